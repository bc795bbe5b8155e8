"""E-mail addresses hidden by Cloudflare, the proxy before the site (docs/site.md 2.9).

The key is in `data-cfemail` of an element with the text "[email protected]", or in the fragment of
a link to `/cdn-cgi/l/email-protection`. It is hex; its first byte is XORed with the others.
Captures of 2017 show the same addresses plain, so decoding undoes what the proxy did.
"""

from __future__ import annotations

import re

ATTRIBUTE = "data-cfemail"
PATH = "/cdn-cgi/l/email-protection"
PLACEHOLDER = "[email\xa0protected]"

_ONE = r"[^\s@,?\x00-\x1f\x7f]+@[^\s@,?\x00-\x1f\x7f]+"
_ADDRESSES = re.compile(rf"{_ONE}(?:,[ ]?{_ONE})*(?:\?[^\x00-\x1f\x7f]*)?")


def decode_key(key: str | None) -> str | None:
    """Return what a key hides (`a@b` or `a@b?subject=x`), `None` where it is no key."""
    if not key:
        return None
    try:
        first, *rest = bytes.fromhex(key)
        plain = bytes(byte ^ first for byte in rest).decode("utf-8")
    except ValueError:  # not hex, nothing, or not UTF-8
        return None
    return plain if _ADDRESSES.fullmatch(plain) else None


def is_placeholder(text: str) -> bool:
    """Return whether a text is just Cloudflare's "[email protected]"."""
    return text.replace("\xa0", " ").strip() == PLACEHOLDER.replace("\xa0", " ")


def decode_link(address: str) -> str | None:
    """Return what the fragment of a link to Cloudflare's page hides, `None` for other links."""
    page, _, key = address.partition("#")
    return decode_key(key) if page.endswith(PATH) else None


def address_only(plain: str) -> str:
    """Return the address alone, without the `?subject=...` that a link may carry."""
    return plain.partition("?")[0]

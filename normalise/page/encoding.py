"""Bytes to text: byte-order mark, then the page's declaration, then UTF-8; never a guess.

The reference archive has an article in Kazakh letters because its scraper guessed
(docs/archive-defects.md 5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from w3lib.encoding import html_body_declared_encoding, read_bom, to_unicode

# Declarations in scripts do not count. The archive's own scripts can push the page's declaration
# far down, so scripts are taken out before the head is searched.
_HEAD_BYTES = 65_536
_SCRIPT = re.compile(rb"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)


# The encodings of the web's Encoding Standard, by Python's names. UTF-16 is not among them: a page
# that declares it in ASCII letters is not in it.
_WEB_ENCODINGS = frozenset(
    (
        *("utf-8", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949"),
        *("koi8-r", "koi8-u", "cp866", "cp874", "mac-roman", "mac-cyrillic"),
        *(f"cp{number}" for number in range(1250, 1259)),
        *(f"iso8859-{number}" for number in (*range(2, 9), 10, 13, 14, 15, 16)),
    )
)

REPLACEMENT = "\ufffd"  # stands for what can't be decoded


@dataclass(frozen=True, slots=True)
class DecodedPage:
    """A page as text, what to give to the parser, the codec, and a warning for each oddity."""

    text: str
    parsed: bytes | str
    charset: str
    warnings: tuple[str, ...] = ()


def decode(html: bytes) -> DecodedPage:
    """Return the text of a page; clean UTF-8 goes to the parser as it is, without its mark.

    A declaration that does not fit its bytes gives way to UTF-8 where that fits; where nothing
    fits, each byte that can't be read is shown as U+FFFD and the warning counts them.
    """
    declared, mark = read_bom(html)
    source = "byte-order mark"
    if declared is None:
        declared, source = _declared(html), "declaration"
    body = html[len(mark) :] if mark else html
    charset = declared or "utf-8"
    text = _clean(body, charset)
    if text is not None:
        return DecodedPage(text, body if charset == "utf-8" else text, charset)
    misfit = f"the {source} says {charset}, which does not fit all bytes"
    text = _clean(body, "utf-8")
    if text is not None:
        return DecodedPage(text, body, "utf-8", (f"{misfit}; read as UTF-8, which does",))
    text = to_unicode(body, charset)
    lost = text.count(REPLACEMENT) - body.count(
        REPLACEMENT.encode(charset, "ignore") or b"\xff\xff\xff"
    )
    places = "1 place" if lost == 1 else f"{lost} places"
    warning = f"{places} can't be read as {charset} and show U+FFFD"
    return DecodedPage(text, text, charset, (warning,))


def _clean(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except UnicodeDecodeError:
        return None


def _declared(html: bytes) -> str | None:
    script = html.find(b"<script", 0, _HEAD_BYTES)
    head = html if script < 0 else html[:script]
    declared = html_body_declared_encoding(head)
    if declared is None and script >= 0:
        declared = html_body_declared_encoding(_SCRIPT.sub(b"", html[script:_HEAD_BYTES]))
    return declared if declared in _WEB_ENCODINGS else None

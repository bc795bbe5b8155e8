"""E-mail addresses hidden by Cloudflare: keys, fragments and what is neither."""

from __future__ import annotations

import pytest
from support.pages import hidden, table

from normalise.page import cloudflare_email

ADDRESS = "captain@ferry.example"
PAGE = "/cdn-cgi/l/email-protection"


@table(
    "key plain",
    {
        "of a radio": ("0f6c6c7a4f7d7b6764216764", "ccu@rthk.hk"),
        "of the site": ("0960676f664961626a676c7e7a276a6664", "info@hkcnews.com"),
        "of its subscriptions": (
            "037076617060716a6166436b68606d6674702d606c6e",
            "subscribe@hkcnews.com",
        ),
    },
)
def test_keys_of_captured_pages_are_decoded(key: str, plain: str) -> None:
    assert cloudflare_email.decode_key(key) == plain
    assert cloudflare_email.decode_key(key.upper()) == plain
    assert hidden(plain, key=int(key[:2], 16)) == key


@pytest.mark.parametrize("first", [0x00, 0x01, 0x40, 0x80, 0xFF])
@pytest.mark.parametrize(
    "plain", [ADDRESS, f"{ADDRESS}?subject=a%20b&body=c", "名字@郵.example", "a+b_c@x.example"]
)
def test_every_first_byte_hides_the_same_address(plain: str, first: int) -> None:
    assert cloudflare_email.decode_key(hidden(plain, key=first)) == plain


@table(
    "key",
    {
        "no attribute": (None,),
        "nothing": ("",),
        "first byte alone": ("8a",),
        "half a byte too few": (hidden(ADDRESS)[:-1],),
        "no hex": ("xyz",),
        "hex behind other letters": (f"#{hidden(ADDRESS)}",),
        "no address in it": (hidden("captain"),),
        "blank in it": (hidden("captain @ferry.example"),),
        "newline in it": (hidden(f"{ADDRESS}\n"),),
        "nothing before the sign": (hidden("@ferry.example"),),
        "nothing behind the sign": (hidden("captain@"),),
        "two signs": (hidden("captain@ferry@example"),),
        "not UTF-8": (bytes([0x5C, *(byte ^ 0x5C for byte in b"a@b\xff")]).hex(),),
    },
)
def test_what_is_no_key_is_not_decoded(key: str | None) -> None:
    assert cloudflare_email.decode_key(key) is None


@table(
    "address plain",
    {
        "path": (f"{PAGE}#{hidden(ADDRESS)}", ADDRESS),
        "whole address": (f"https://www.hkcnews.com{PAGE}#{hidden(ADDRESS)}", ADDRESS),
        "subject": (f"{PAGE}#{hidden(ADDRESS + '?subject=x')}", f"{ADDRESS}?subject=x"),
        "no fragment": (PAGE, None),
        "empty fragment": (f"{PAGE}#", None),
        "broken fragment": (f"{PAGE}#{hidden(ADDRESS)[:-1]}", None),
        "another page": (f"/aboutus/#{hidden(ADDRESS)}", None),
        "mailto": (f"mailto:{ADDRESS}", None),
        "nothing": ("", None),
    },
)
def test_fragment_hides_an_address_on_one_page_only(address: str, plain: str | None) -> None:
    assert cloudflare_email.decode_link(address) == plain


@pytest.mark.parametrize("plain", [ADDRESS, f"{ADDRESS}?subject=x", f"{ADDRESS}?a=1?b=2"])
def test_bare_address_has_no_subject(plain: str) -> None:
    assert cloudflare_email.address_only(plain) == ADDRESS

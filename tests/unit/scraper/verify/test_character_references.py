"""Addresses that a careless HTML reader has broken: what is one, and what only looks like one."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.verify.character_references import break_address, has_broken_address

BROKEN = {
    "not": ("?a=1&notif_t=2", "?a=1¬if_t=2"),
    "sect": ("?a=1&section=2", "?a=1§ion=2"),
    "reg": ("?a=1&region=2", "?a=1®ion=2"),
    "times": ("?a=1&timestamp=2", "?a=1×tamp=2"),
    "pound": ("?a=1&pounds[]=2", "?a=1£s[]=2"),
    "whole": ("?&copy=x&para=y", "?©=x¶=y"),
    "others": ("?x&degC=1&yen=&centre=2&currency=3", "?x°C=1¥=¢re=2¤cy=3"),
    "letter": ("?a=1&ethernet=2", "?a=1ðernet=2"),
    "signs-of-html": ("?a=1&gtm=2&ltd=3", "?a=1>m=2<d=3"),
    "outside-the-query": ("#a=1&section=2", "#a=1§ion=2"),
    "brackets": ("_(x)?a=1&note=2", "_(x)?a=1¬e=2"),
}
PLACES = ["見 [甲]({}) 。", "![圖]({})", '<img src="{}" alt="">', '{{{{< video src="{}" >}}}}']


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("good", "broken"), BROKEN.values(), ids=BROKEN)
def test_a_broken_address(good: str, broken: str, place: str) -> None:
    good, broken = (
        f"https://web.archive.org/web/20/https://pier.hk/x{end}" for end in (good, broken)
    )
    assert break_address(good) == broken
    assert has_broken_address(place.format(broken))
    assert not has_broken_address(place.format(good))


@pytest.mark.parametrize(
    "text",
    [
        "價錢：£x=5，[甲](https://pier.hk/)§a=1",
        '<img src="https://pier.hk/" alt="¬x=1">',
        "![¬x=1](https://pier.hk/)",
        "[甲](https://pier.hk/Grün/x?a=1)",
        "[甲](https://pier.hk/ün=1)",
        "[甲](https://pier.hk/?q=Grün&x=1)",
        "[甲](https://pier.hk/5°C/?q=10×20&x=1)",
        "[甲](https://pier.hk/?a=%C2%ACif_t=2)",
        "[甲](<iframe src=)",
        '[甲](https://pier.hk/?a=1"target=x)',
        "[甲](https://pier.hk/?copy©_x=1)",
        "[甲](https://pier.hk/?a=1)\n¬if=2)",
    ],
)
def test_what_is_no_broken_address(text: str) -> None:
    assert not has_broken_address(text)


@pytest.mark.parametrize("end", ["&copy", "&copy-x=1", "&copy;=1", "&copy_x=1", "&copy&x=1"])
def test_what_every_reader_takes_for_a_character_is_left_alone(end: str) -> None:
    assert break_address(f"https://pier.hk/?a=1{end}") == f"https://pier.hk/?a=1{end}"
    assert not has_broken_address(f"[甲](https://pier.hk/?a=1{end.replace('&copy', '©')})")


NAMES = st.sampled_from(["amp", "notin", "lt", "copy", "fjord", "sect", "para", "q", "ETH", "sup2"])
ENDS = st.sampled_from(["=1", "x=1", "2", "=_"])


@given(st.lists(st.tuples(NAMES, ENDS), max_size=5))
def test_addresses_are_broken_as_by_the_standard_library(parts: list[tuple[str, str]]) -> None:
    address = "https://pier.hk/?a=1" + "".join(f"&{name}{end}" for name, end in parts)
    assert break_address(address) == html.unescape(address)

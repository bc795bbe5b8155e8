"""Addresses in messages: decoded so that they can be given again, and cut where they are long."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from support.warcs import address, capture_url

from scraper.cli.addresses import decode_address, decode_addresses, shorten_addresses
from scraper.selection.target import parse_target

LONG = capture_url(11911) + quote("渡輪停航" * 40)


@pytest.mark.parametrize(
    "kept", ["a%20b", "a%2Fb", "100%25", "%00", "%1b", "%E6%B8", "%ff", "%E2%80%AE", "%E3%80%80"]
)
def test_what_is_no_printable_text_stays_encoded(kept: str) -> None:
    assert decode_address(f"https://a.example/{kept}") == f"https://a.example/{kept}"


def test_text_is_decoded_and_the_result_is_the_same_target() -> None:
    url = capture_url(11911)
    decoded = decode_address(url)
    assert "渡輪-11911" in decoded
    assert parse_target(decoded) == parse_target(url)


def test_all_addresses_of_a_message_are_decoded_and_its_other_words_kept() -> None:
    message = f"no rule: {address(1)}; look at {address(2)}, or 100%E6%B8%A1."
    decoded = decode_addresses(message)
    assert decoded.count("渡輪") == 2
    assert re.fullmatch(r"no rule: \S+; look at \S+, or 100%E6%B8%A1\.", decoded)


def test_a_long_address_is_cut_in_the_middle_and_keeps_timestamp_and_id() -> None:
    short = shorten_addresses(f"none: {LONG}; end")
    assert re.fullmatch(r"none: \S{50,100}\.\.\.\S+; end", short)
    cut = short.removeprefix("none: ").removesuffix("; end")
    assert len(cut) <= 100
    target, whole = parse_target(cut), parse_target(LONG)
    assert target.capture is not None
    assert whole.capture is not None
    assert target.article_id == whole.article_id
    assert target.capture.timestamp == whole.capture.timestamp


def test_a_short_address_is_not_cut() -> None:
    assert shorten_addresses(address(1)) == decode_address(address(1))

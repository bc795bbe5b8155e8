"""Digests of records, in every spelling."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest

from scraper.warc.digests import can_check, parse_digest

CONTENT = b"a record"
SPELLINGS = {
    "md5": ["md5", "MD5"],
    "sha1": ["sha1", "SHA-1", "sha_1"],
    "sha256": ["sha256", "SHA-256"],
    "sha384": ["sha384"],
    "sha512": ["Sha512", "sha-512"],
}


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode()


FORMS: dict[str, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "hex in capitals": lambda value: value.hex().upper(),
    "base32": _base32,
    "base32 in small letters": lambda value: _base32(value).lower(),
    "base32 without padding": lambda value: _base32(value).rstrip("="),
}


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [(name, algorithm) for algorithm, names in SPELLINGS.items() for name in names],
)
def test_a_digest_is_checked_in_every_spelling(name: str, algorithm: str) -> None:
    for form in FORMS.values():
        text = f"{name}:{form(hashlib.new(algorithm, CONTENT).digest())}"
        digest = parse_digest(text)
        assert digest is not None, text
        assert can_check(text)
        assert digest.matches(CONTENT)
        assert not digest.matches(CONTENT + b"!")


@pytest.mark.parametrize(
    "text", ["", "blake3:ab", "sha1:", "sha1:zz", "sha256:" + "a" * 40, "crc32:00000000", "sha1"]
)
def test_another_digest_is_passed_over(text: str) -> None:
    assert parse_digest(text) is None
    assert not can_check(text)

"""Digests of records, in every spelling that programs have (WARC 1.1, 5.8)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

_ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha384", "sha512"})
_USUAL = re.compile(r"sha1:[A-Z2-7]{32}")
_NO_NAME = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that can be checked."""

    algorithm: str
    value: bytes

    def matches(self, content: bytes) -> bool:
        """Return whether it is the digest of these bytes."""
        digest = hashlib.new(self.algorithm, content, usedforsecurity=False)
        return digest.digest() == self.value


def can_check(text: str) -> bool:
    """Return whether a digest can be checked here."""
    return _USUAL.fullmatch(text) is not None or parse_digest(text) is not None


def parse_digest(text: str) -> Digest | None:
    """Return the digest that `algorithm:value` names, `None` for one that can't be checked here.

    The value is hexadecimal or base32, in either case: its length tells which.
    """
    name, _, value = text.partition(":")
    algorithm = _NO_NAME.sub("", name.lower())
    if algorithm not in _ALGORITHMS:
        return None
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    value = value.strip().rstrip("=")
    try:
        if len(value) == 2 * size:
            return Digest(algorithm, bytes.fromhex(value))
        padding = "=" * (-len(value) % 8)
        decoded = base64.b32decode(value + padding, casefold=True)
    except (binascii.Error, ValueError):
        return None
    return Digest(algorithm, decoded) if len(decoded) == size else None

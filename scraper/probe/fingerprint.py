"""What is compared of an article file: a digest of each field, of the whole, and of each block."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher

from scraper.corpus.document import Field, Part
from scraper.probe.common_form import common_pieces

FIELDS = (
    *(Field.TITLE, Field.DATE, Field.LAST_UPDATED, Field.AUTHOR, Field.CATEGORY, Field.TAGS),
    *(Field.BODY, Field.PROMO, Field.BOX),
)
WHOLE_FILE = "whole file"
NAMES = (*(field.value for field in FIELDS), WHOLE_FILE)

# Enough to tell the blocks of one article apart.
_BLOCK_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The digests of one article file.

    `digests` has the SHA-256 of each of `NAMES` in hex, "" where the file has nothing of it.
    Names that were left out are missing. `blocks` are the beginnings of digests of the body's
    blocks, in their order.
    """

    digests: dict[str, str]
    blocks: tuple[str, ...] = ()


def fingerprint(text: str, omitted: Collection[str] = ()) -> Fingerprint:
    """Return the digests of an article file, in the common form of scraper/probe/common_form.py.

    The `omitted` fields are left out, also of the whole file.
    """
    pieces = [(part, piece) for part, piece in common_pieces(text) if part.field not in omitted]
    texts = {
        field.value: "".join(piece for part, piece in pieces if part.field is field)
        for field in FIELDS
        if field not in omitted
    }
    texts[WHOLE_FILE] = "".join(piece for _, piece in pieces)
    digests = {name: _digest(text) if text else "" for name, text in texts.items()}
    return Fingerprint(digests, tuple(map(_block_digest, body_blocks(text))))


def body_blocks(text: str) -> list[str]:
    """Return the blocks of a file's body in the common form, without the newlines round them."""
    body = "".join(piece for part, piece in common_pieces(text) if part is Part.BODY)
    return [block.strip("\n") for block in body.split("\n\n") if block.strip("\n")]


@dataclass(frozen=True, slots=True)
class BlockDifference:
    """How a body differs from the one that digests are known of.

    `unknown` are its blocks that the other has not in that place, `missing` is how many of the
    other's it lacks, and `expected` how many the other has.
    """

    unknown: tuple[str, ...]
    missing: int
    expected: int


def compare_blocks(text: str, expected: tuple[str, ...]) -> BlockDifference:
    """Return how the body of a file differs from the blocks that another one has."""
    blocks = body_blocks(text)
    matcher = SequenceMatcher(None, expected, tuple(map(_block_digest, blocks)), autojunk=False)
    unknown: list[str] = []
    missing = 0
    for kind, first, last, actual_first, actual_last in matcher.get_opcodes():
        if kind != "equal":
            unknown += blocks[actual_first:actual_last]
            missing += last - first
    return BlockDifference(tuple(unknown), missing, len(expected))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _block_digest(block: str) -> str:
    return _digest(block)[:_BLOCK_DIGITS]

from __future__ import annotations

import gzip
import random
from io import BytesIO

import pytest

from scraper.warc.members import DamagedMember, Member

BEFORE = b"before the member"
SIZES = {"less than one read": 3_000, "many reads": 200_000}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_all_that_unpacks_before_a_fault_comes_before_its_error(size: int) -> None:
    content = random.Random(7).randbytes(size)
    member = bytearray(gzip.compress(content))
    member[-8] ^= 1  # the checksum, behind all of the content
    parts: list[bytes] = []
    with pytest.raises(DamagedMember) as raised:
        parts.extend(Member(BytesIO(BEFORE + member), len(BEFORE)))
    assert b"".join(parts) == content
    assert raised.value.is_spoilt
    assert len(BEFORE + member) - 8 <= raised.value.fault < len(BEFORE + member)

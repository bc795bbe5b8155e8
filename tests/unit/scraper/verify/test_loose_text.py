"""Paragraphs that the actual body has in addition: text that the reference lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.verify.allowed_differences import AllowedDifference, ComparedCaptures
from scraper.verify.loose_text import find_loose_text

NEWER, OLDER = "20210503112233", "20210424080910"
ORIGIN = "https://www.hkcnews.com"
SAME = ComparedCaptures(NEWER, ORIGIN, NEWER, differ=False)
OTHER = ComparedCaptures(NEWER, ORIGIN, OLDER, differ=True)
LOOSE = frozenset({AllowedDifference.LOOSE_TEXT})

FIGURE = (
    f'<figure>\n<img src="https://web.archive.org/web/{NEWER}im_/{ORIGIN}/a.jpg" alt="">\n</figure>'
)
VIDEO = '\n{{< video src="https://v.hk/1" >}}\n'
TABLE = "\n| 船 | 時 |\n| --- | --- |\n| 甲 | 八 |\n"
QUOTE = "> 外港   \n 內港\n"  # one without paragraphs
BLOCKS = (
    *("渡輪泊岸。", VIDEO, VIDEO, "### 碼頭", "- 甲", "1. 乙", TABLE, QUOTE, "> 起錨"),
    *("  \n", "\n---\n", FIGURE, "**完** "),
)
LOST = "霧散之後，船長站在橋上數了數人頭，一個也沒有少。"


def body(blocks: Sequence[str]) -> str:
    return "\n\n" + "\n\n".join(blocks)


def found(actual: Sequence[str], expected: Sequence[str]) -> frozenset[AllowedDifference] | None:
    return find_loose_text(body(actual), body(expected), SAME)


PARAGRAPHS = st.sampled_from(
    [LOST, "短句", "> 船歌", "兩行   \n 第二行", "**粗**", f"見 [甲](/web/{NEWER}/{ORIGIN}/x) 。"]
)


def insert(blocks: Sequence[str], added: list[tuple[int, str]]) -> list[str]:
    longer = list(blocks)
    for at, text in sorted(added, reverse=True):
        longer.insert(at, text)
    return longer


PLACES = st.lists(
    st.tuples(st.integers(0, len(BLOCKS)), PARAGRAPHS),
    min_size=1,
    max_size=4,
    unique_by=lambda place: place[1],
)


@given(PLACES)
def test_paragraphs_may_be_added_anywhere(added: list[tuple[int, str]]) -> None:
    assert found(insert(BLOCKS, added), BLOCKS) == LOOSE


@given(PLACES, st.integers(0, len(BLOCKS) - 1))
def test_they_hide_no_block_that_is_missing_or_moved(
    added: list[tuple[int, str]], index: int
) -> None:
    rest = [*BLOCKS[:index], *BLOCKS[index + 1 :]]
    if rest != [*BLOCKS[: index - 1], *BLOCKS[index:]]:
        assert found(insert(rest, added), BLOCKS) is None
        moved = [*rest, BLOCKS[index]] if index < len(BLOCKS) - 1 else [BLOCKS[index], *rest]
        assert found(insert(moved, added), BLOCKS) is None


@given(PLACES, st.data())
def test_they_hide_no_other_character(added: list[tuple[int, str]], data: st.DataObject) -> None:
    expected = body(BLOCKS)
    at = data.draw(st.integers(0, len(expected) - 1))
    character = data.draw(st.sampled_from('字x \n-"').filter(lambda drawn: drawn != expected[at]))
    changed = expected[:at] + character + expected[at + 1 :]
    assert find_loose_text(body(insert(BLOCKS, added)), changed, SAME) is None


@pytest.mark.parametrize(
    "block",
    [
        *(
            "## 標題",
            "- 項",
            "1. 項",
            "> ## 標題",
            "> - 項",
            FIGURE,
            VIDEO,
            TABLE,
            "\n---\n",
            QUOTE,
        ),
        *(" ", "  \n", f"![圖](/web/{NEWER}im_/{ORIGIN}/x.jpg)", f"[甲](/web/{OLDER}/{ORIGIN}/x)"),
    ],
)
def test_what_is_no_lost_text_is_a_fault(block: str) -> None:
    blocks = ["渡輪泊岸。", LOST]
    for at in range(3):
        assert found(insert(blocks, [(at, block)]), blocks) is None
        assert found(insert(blocks, [(at, block), (2, "船歌")]), blocks) is None


def test_a_text_that_is_there_already_is_a_fault() -> None:
    for blocks in ([LOST], [f"- {LOST}"], [f"> {LOST}"], [f"### {LOST}"]):
        assert found([*blocks, LOST], blocks) is None
        assert found([LOST, *blocks], blocks) is None
    assert found(["甲", LOST, LOST], ["甲"]) is None
    assert found(["＊＊＊", "甲", "＊＊＊"], ["＊＊＊", "甲"]) == LOOSE


def test_a_break_at_the_end_of_a_text_is_part_of_it() -> None:
    assert found(["甲", "乙   \n", "丙"], ["甲", "丙"]) == LOOSE
    assert found(["甲", "乙\n", "丙"], ["甲", "丙"]) is None


def test_a_paragraph_that_was_split_or_joined_is_a_fault() -> None:
    assert found(["渡輪", "泊岸。"], ["渡輪泊岸。"]) is None
    assert found(["渡輪泊岸。", LOST], ["渡輪", "泊岸。", LOST]) is None


def test_nothing_added_is_nothing_to_allow() -> None:
    assert found(BLOCKS, BLOCKS) is None


def test_the_rest_may_differ_as_it_may_without_them() -> None:
    hidden = f"[[email\xa0protected]](/web/{OLDER}/{ORIGIN}/cdn-cgi/l/email-protection)"
    expected = ["渡輪泊岸。", f"電郵 {hidden}", FIGURE.replace(NEWER, OLDER)]
    actual = ["渡輪泊岸。", LOST, "電郵 [a@b.hk](mailto:a@b.hk)", "短句", FIGURE]
    both = {AllowedDifference.MAIL, AllowedDifference.CAPTURE}
    assert find_loose_text(body(actual), body(expected), OTHER) == LOOSE | both


def test_many_blocks_are_not_held_against_all_of_a_long_one() -> None:
    """With the length of both multiplied this would take minutes."""
    long = "[email\xa0protected]" + " [x](/web/1" * 50_000
    many = [f"第{number}段" for number in range(20_000)]
    assert found([*many, long], [long]) == LOOSE
    assert found(many, [long]) is None

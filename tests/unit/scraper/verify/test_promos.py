"""Which promo a text is, and when the site may have shown it."""

from __future__ import annotations

import pytest
from support.article_files import BARE, NEWER, standard_promo

from scraper.verify.promos import Promo, identify_promo, may_show


@pytest.mark.parametrize(
    ("text", "promo"),
    [
        ("", Promo.NONE),
        (standard_promo(NEWER), Promo.STANDARD),
        (standard_promo(NEWER, BARE), Promo.STANDARD),
        (standard_promo(NEWER) + "\n\n多一段。", None),
        (standard_promo(NEWER).replace("---", "--"), None),
        ("\n\n\n---\n\n\n請投稿。", None),
    ],
)
def test_a_promo_is_identified_as_a_whole(text: str, promo: Promo | None) -> None:
    assert identify_promo(text) is promo


def test_a_promo_belongs_to_a_time_and_two_may_where_they_change() -> None:
    assert may_show(Promo.STANDARD, NEWER)
    assert may_show(Promo.STANDARD, "20220105000000")
    assert may_show(Promo.NONE, "20220105000000")
    assert not may_show(Promo.ENDED, NEWER)

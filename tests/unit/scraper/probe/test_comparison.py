"""What is said of one page that was fetched, and of one that could not be."""

from __future__ import annotations

import pytest
from support.article_files import BARE, NEWER, OLDER, WWW, complete_file, standard_promo

from normalise import Capture, PageKind
from scraper.crawl.outcomes import Attempt
from scraper.crawl.refetch import FetchedCapture
from scraper.models import AttemptResult, CdxRecord
from scraper.probe.comparison import ProbeResult, compare_fetched, compare_text
from scraper.probe.fingerprint import NAMES, WHOLE_FILE, fingerprint
from scraper.probe.table import ProbeCapture
from scraper.selection.ranking import Candidate

RULES = {"title": "h1"}


def capture(timestamp: str = NEWER, origin: str = WWW) -> Capture:
    return Capture(timestamp, f"{origin}/article/4321/%E7%A2%BC%E9%A0%AD-4321/x")


def asked(text: str = complete_file(), *omitted: str) -> ProbeCapture:
    return ProbeCapture(capture(), fingerprint=fingerprint(text, omitted))


def compared(text: str, served: Capture | None = None) -> ProbeResult:
    return compare_text(asked(), served or capture(), text, RULES)


def fetched(result: AttemptResult, reason: str, message: str) -> FetchedCapture:
    candidate = Candidate(CdxRecord(capture()), "asked for")
    return FetchedCapture(candidate, Attempt(capture(), result, reason, message, capture()))


def test_a_page_that_is_read_rightly_agrees_in_all() -> None:
    result = compared(complete_file())
    assert result.agrees
    assert not result.is_other_capture
    assert result.compared == set(NAMES)
    assert result.rules == RULES


@pytest.mark.parametrize(
    ("before", "after", "name", "value"),
    [
        ('title: "末班船"', 'title: "頭班船"', "title", "頭班船"),
        ('date: "2021-04-20"', 'date: ""', "date", "nothing"),
        ('last_updated: "2021-04-21 09:08:07"\n', "", "last_updated", "nothing"),
        ('  - "渡輪"\n', "", "tags", "碼頭"),
        (standard_promo(NEWER), "", "promo", "nothing"),
        ("拍照。", "拍照", "box", "---\n\n![博客 | 顧晴川](https://web"),
        ("**一把傘**", "一把傘", "body", "1 of 4 blocks missing or changed, 1 others found; "),
        ("\n\n見 [前文]", "\n\n分享\n\n見 [前文]", "body", "nothing missing, 1 blocks more; the"),
        ("\n\n見 [前文]", "\n\n\n見 [前文]", "body", "the same blocks, with other newlines"),
    ],
)
def test_what_differs_is_named_with_the_value_found(
    before: str, after: str, name: str, value: str
) -> None:
    result = compared(complete_file().replace(before, after, 1))
    assert result.differences.keys() == {name, WHOLE_FILE}
    assert result.differences[name].startswith(value)
    assert not result.agrees


def test_a_layout_that_differs_is_seen_in_the_whole_file_only() -> None:
    result = compared(complete_file().replace("---\n\n# ", "---\n# ", 1))
    assert result.differences.keys() == {WHOLE_FILE}


def test_another_capture_of_the_same_text_agrees() -> None:
    result = compared(complete_file(OLDER, BARE), capture(OLDER, BARE))
    assert result.agrees
    assert result.is_other_capture
    assert result.compared == set(NAMES)


def test_the_promo_of_another_capture_is_not_compared_where_the_site_may_have_shown_it() -> None:
    text = complete_file(OLDER).replace(standard_promo(OLDER), "")
    assert compared(text, capture(OLDER)).differences.keys() == {"promo", WHOLE_FILE}
    later = "20220301000000"
    text = complete_file(later).replace(standard_promo(later), "")
    result = compared(text, capture(later))
    assert result.agrees
    assert result.compared == set(NAMES) - {"promo", WHOLE_FILE}


def test_a_value_that_the_reference_has_not_is_told_and_no_fault() -> None:
    undated = complete_file().replace("2021-04-20", "").replace("2021-04-21 09:08:07", "")
    probed = asked(undated, "date", "last_updated")
    result = compare_text(probed, capture(), complete_file(), RULES)
    assert result.agrees
    assert result.additions == {"date": "2021-04-20", "last_updated": "2021-04-21 09:08:07"}


def test_a_page_of_the_kind_that_it_must_be_agrees() -> None:
    probed = ProbeCapture(capture(), PageKind.FAREWELL.value)
    farewell = fetched(AttemptResult.NOT_ARTICLE, PageKind.FAREWELL, "the farewell page")
    assert compare_fetched(probed, farewell).agrees
    other = fetched(AttemptResult.NOT_ARTICLE, PageKind.EMPTY, "an empty page")
    assert compare_fetched(probed, other).failure == "an empty page"


def test_failures_are_equal_whatever_the_addresses_in_them() -> None:
    messages = [f"no rule finds the body of this page: https://a.example/{n}; look" for n in (1, 2)]
    results = [
        compare_fetched(asked(), fetched(AttemptResult.UNREADABLE, "unreadable", message))
        for message in messages
    ]
    assert [result.failure for result in results] == messages
    assert {result.reason for result in results} == {"no rule finds the body of this page; look"}

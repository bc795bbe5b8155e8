"""What `probe` prints of captures that the archive gave in place of others, and of new values."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from support.article_files import complete_file

from normalise import Capture
from scraper.cli.reports.probe import shorten, show_probe
from scraper.probe.comparison import ProbeResult
from scraper.probe.fingerprint import fingerprint
from scraper.probe.run import ProbeReport
from scraper.probe.table import ProbeCapture

ASKED = ProbeCapture(
    Capture("20210629183215", "https://www.hkcnews.com/article/7/x"),
    fingerprint=fingerprint(complete_file(), ("date",)),
)


def printed(result: ProbeResult) -> str:
    output = StringIO()
    show_probe(Console(file=output, width=10_000), ProbeReport((ASKED,), [result]))
    return output.getvalue()


def test_another_address_is_named_with_the_time() -> None:
    served = Capture("20210701000000", "http://hkcnews.com/article/7/y")
    assert (
        "another capture served: article 7: 20210701000000 for 20210629183215, "
        "http://hkcnews.com/article/7/y\n"
    ) in printed(ProbeResult(ASKED, served))


def test_a_value_that_the_reference_lacks_is_shown() -> None:
    result = ProbeResult(ASKED, ASKED.capture, additions={"date": "2021-04-20"})
    assert "not in the reference: article 7: date 2021-04-20\n" in printed(result)


def test_a_field_that_was_compared_nowhere_has_no_line() -> None:
    names = [line.split()[0] for line in printed(ProbeResult(ASKED)).splitlines()[1:]]
    assert names == []


def test_long_values_lose_their_middle() -> None:
    assert shorten("霧\n散\t了\xa0。") == "霧\\n散\\t了\\u00a0。"
    short = shorten("始" + "一" * 1000 + "終")
    assert len(short) < 210
    assert (short[0], short[-1]) == ("始", "終")

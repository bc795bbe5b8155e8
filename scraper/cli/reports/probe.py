"""What `probe` prints: how many pages agree in each field, and what was found in the others."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from scraper.cli.console import print_line
from scraper.probe.comparison import ProbeResult
from scraper.probe.fingerprint import NAMES, WHOLE_FILE
from scraper.probe.run import ProbeReport

_MAX_VALUES = 5
# In characters: a longer value is shown without its middle.
_MAX_LENGTH = 200
_MAX_END = 40
_BLANKS = str.maketrans({"\n": "\\n", "\t": "\\t", "\xa0": "\\u00a0"})


def show_probe(console: Console, report: ProbeReport) -> None:
    """Print what became of the captures so far."""
    read = sum(not result.failure for result in report.results)
    print_line(console, "", f"{read} of {len(report.asked)} pages are of the kind they must be")
    for name in NAMES:
        _show_field(console, report, name)
    for name in NAMES:
        _show_differences(console, report, name)
    _show_other_captures(console, report)
    for reason, results in report.failures().items():
        print_line(console, f"failed ({len(results)}):", reason, "red")
        print_line(console, "", f"  article {_ids(results)}")
    _show_additions(console, report)


def _show_field(console: Console, report: ProbeReport, name: str) -> None:
    compared = report.compared(name)
    if not compared:
        return
    differing = report.differing(name)
    line = f"{len(compared) - len(differing):>4} of {len(compared)} agree"
    filled = [result for result in compared if result.asked.fingerprint.digests[name]]
    if len(filled) < len(compared):
        wrong = sum(result in differing for result in filled)
        line += f" ({len(filled) - wrong} of {len(filled)} that have one)"
    rules = ", ".join(f"{rule} {count}" for rule, count in report.rules(name).most_common())
    if rules:
        line += f"; found by: {rules}"
    print_line(console, f"{name:<12}", line, "red" if differing else "green")


def _show_differences(console: Console, report: ProbeReport, name: str) -> None:
    differing = report.differing(name)
    if name == WHOLE_FILE:  # the other differences say it already
        differing = [result for result in differing if len(result.differences) == 1]
    if not differing:
        return
    print_line(console, f"{name}:", f"differs in {len(differing)}: {_ids(differing)}", "red")
    common = report.common_to(differing, name)
    if common:
        print_line(console, "", f"  in all pages with: {', '.join(common)}")
    for result in differing[:_MAX_VALUES]:
        value = shorten(result.differences[name])
        print_line(console, "", f"  article {result.asked.article_id}: {value}")


def _show_other_captures(console: Console, report: ProbeReport) -> None:
    for result in report.results:
        if result.is_other_capture and result.served is not None:
            asked, served = result.asked.capture, result.served
            text = f"article {result.asked.article_id}: {served.timestamp} for {asked.timestamp}"
            if served.original != asked.original:
                text += f", {shorten(served.original)}"
            print_line(console, "another capture served:", text, "yellow")


def _show_additions(console: Console, report: ProbeReport) -> None:
    """Print what was found where the reference has nothing right to compare it with."""
    for result in report.results:
        if result.additions:
            values = ", ".join(
                f"{name} {value}" for name, value in sorted(result.additions.items())
            )
            text = f"article {result.asked.article_id}: {shorten(values)}"
            print_line(console, "not in the reference:", text)


def _ids(results: Iterable[ProbeResult]) -> str:
    return ", ".join(str(result.asked.article_id) for result in results)


def shorten(value: str) -> str:
    """Return a value on one line, its middle left out where it is long."""
    value = value.translate(_BLANKS)
    if len(value) <= _MAX_LENGTH:
        return value
    return f"{value[: _MAX_LENGTH - _MAX_END]} … {value[-_MAX_END:]}"

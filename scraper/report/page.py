"""The page: `page_files/page.html` filled in, with its style and plots inside it.

Jinja escapes every value. Only the style and the drawings are taken as they are: the first is our
own, the others hold numbers and years alone. The Content-Security-Policy lets nothing run and
nothing load, whatever an article is called.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from scraper.crawl.grouping import what_failed
from scraper.models import AttemptResult
from scraper.report import words
from scraper.report.ledger_facts import MAX_SHOWN, NOT_TRIED
from scraper.report.missing import look_at, shown_address, shown_path
from scraper.report.months import name_of, year_of
from scraper.report.plots import Plot, Plotter, not_installed
from scraper.report.survey import STATUSES, Survey
from scraper.report.topics import Topics

_FOLDER = "page_files"
_CJK = re.compile(r"[\u3400-\u9fff]")
_STATUS_COLORS = dict(zip(STATUSES, ("--written", "--lost", "--failed", "--open"), strict=True))
_RESULT_COLORS = {
    AttemptResult.ARTICLE.value: "--written",
    AttemptResult.NOT_ARTICLE.value: "--lost",
    AttemptResult.UNREADABLE.value: "--failed",
    AttemptResult.UNPLAYABLE.value: "--unplayable",
    AttemptResult.NO_ANSWER.value: "--no-answer",
    AttemptResult.CRASHED.value: "--crashed",
    AttemptResult.STORED.value: "--stored",
    NOT_TRIED: "--open",
}


def render_page(survey: Survey, name: str, at: str) -> str:
    """Return the whole page as HTML.

    `name` is what the crawl's folder is called, `at` when the report is made, in UTC. Raises
    `UsageError` where a package of the extra is missing.
    """
    environment = _environment()
    plotter = Plotter()
    style = (files("scraper.report") / _FOLDER / "style.css").read_text(encoding="utf-8")
    return str(
        environment.get_template("page.html").render(
            survey=survey,
            name=name,
            at=at,
            words=words,
            max_shown=MAX_SHOWN,
            name_in_shell=shlex.quote(name),
            **_statuses(survey, plotter),
            **_captures(survey, plotter),
            **_media(survey, plotter),
            topic_plots=[_topic_plots(survey, each, plotter) for each in survey.topics],
            style=style,
            style_hash=_hash(style),
        )
    )


def _environment() -> Any:
    try:
        import jinja2  # noqa: PLC0415 - of the extra [report]
    except ImportError as error:
        raise not_installed("jinja2") from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("scraper.report", _FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=lambda value: f"{value:,}",
        articles=lambda count: f"{count:,} article{'' if count == 1 else 's'}",
        month=name_of,
        year=year_of,
        language=lambda text: "zh-Hant" if _CJK.search(text) else "",
    )
    environment.globals.update(
        percent=percent,
        whole=whole,
        look_at=look_at,
        shown_address=shown_address,
        shown_path=shown_path,
        what_failed=what_failed,
    )
    return environment


def percent(part: int, whole: int) -> str:
    """Return a share with one place; nothing but all is 100, and nothing but none is 0."""
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 0.05:
        return "<0.1 %"
    if share >= 99.95 and part < whole:
        return ">99.9 %"
    return f"{share:.1f} %"


def whole(part: int, all_of_them: int) -> str:
    """Return the same without a place, for narrow columns."""
    share = 100 * part / all_of_them if all_of_them else 0.0
    if 0 < share < 0.5:
        return "<1 %"
    if share >= 99.5 and part < all_of_them:
        return ">99 %"
    return f"{share:.0f} %"


def _statuses(survey: Survey, plotter: Plotter) -> dict[str, object]:
    """The plots of what became of the articles, with the colours of their legends."""
    there = [each for each in STATUSES if survey.statuses[each]]
    series = [
        (_STATUS_COLORS[status], [row.statuses[status] for row in survey.months])
        for status in there
    ]
    parts = [(_STATUS_COLORS[status], survey.statuses[status]) for status in there]
    months = [row.month for row in survey.months]
    return {
        "statuses": there,
        "status_colors": _STATUS_COLORS,
        "share_plot": plotter.share_bar(parts) if parts else None,
        "month_plot": plotter.stacked_months(months, series) if months else None,
    }


def _captures(survey: Survey, plotter: Plotter) -> dict[str, object]:
    counts = survey.captures
    years = sorted({year for year, _ in counts})
    results = [each for each in _RESULT_COLORS if any(counts[year, each] for year in years)]
    series = [(_RESULT_COLORS[each], [counts[year, each] for year in years]) for each in results]
    return {
        "capture_years": years,
        "results": results,
        "result_colors": _RESULT_COLORS,
        "capture_plot": plotter.stacked_years(years, series) if years else None,
    }


def _media(survey: Survey, plotter: Plotter) -> dict[str, object]:
    months = [row.month for row in survey.months]

    def plot(values: Sequence[int]) -> Plot | None:
        return plotter.stacked_months(months, [("--written", values)]) if any(values) else None

    return {
        "figure_plot": plot([row.figures for row in survey.months]),
        "video_plot": plot([row.videos for row in survey.months]),
    }


def _topic_plots(survey: Survey, topics: Topics, plotter: Plotter) -> list[Plot]:
    months = [row.month for row in survey.months]
    return [
        plotter.small(months, [topic.months[month] for month in months])
        for topic in topics.shown
        if months
    ]


def _hash(style: str) -> str:
    """The source expression of a style for the Content-Security-Policy (CSP Level 3, 2.3.1)."""
    digest = hashlib.sha256(style.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"

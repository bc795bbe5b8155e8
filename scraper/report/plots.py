"""Plots as SVG, drawn by Vega through vl-convert: real text, no script, no style attribute.

Colours are the page's CSS variables, so that dark mode and paper have their own. Every text of a
plot is a number or a year: names come from pages and stand in HTML. Plots with axes are drawn
twice, for wide and for narrow screens: letters that shrink with the screen can't be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scraper.errors import UsageError
from scraper.report.months import name_of

Row = Mapping[str, object]

_WIDE, _NARROW = 720, 328  # pixels, with the numbers at the side
_HEIGHT, _NARROW_HEIGHT, _SMALL_HEIGHT, _BAR_HEIGHT = 250, 200, 44, 28
_SMALL_WIDTH = 240
_CONFIG: dict[str, object] = {
    "aria": False,  # the picture as a whole has a name, and a table beside it
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--soft)",
        "labelFont": "sans-serif",
        "labelFontSize": 13,
        "gridColor": "var(--grid)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
    },
}
_LONG_NUMBER = re.compile(r"(\d+\.\d{2})\d+")
_FRAME = re.compile(r"<svg [^>]*?viewBox=\"([^\"]*)\">(.*)</svg>", re.DOTALL)
_NOTHING = re.compile(
    r"<path class=\"(?:background|foreground)\"[^>]*/>"
    r"| (?:aria-hidden|aria-roledescription|class|opacity|pointer-events|role)=\"[^\"]*\""
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What stands in an `svg` element, and its `viewBox`."""

    view_box: str
    content: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as two drawings; `narrow` is `None` where one serves all screens."""

    wide: Drawing
    narrow: Drawing | None = None


class Plotter:
    """Draws plots. Raises `UsageError` where vl-convert is not installed."""

    def __init__(self) -> None:
        try:
            import vl_convert  # noqa: PLC0415 - of the extra [report]
        except ImportError as error:
            raise not_installed("vl-convert-python") from error
        self._convert = vl_convert.vegalite_to_svg

    def stacked_months(
        self, months: Sequence[int], series: Sequence[tuple[str, Sequence[int]]]
    ) -> Plot:
        """Return columns by month; each series is a CSS variable and a value a month."""
        rows = _rows([f"{name_of(month)}-01" for month in months], series)
        return self._twice(
            rows,
            {
                "field": "x",
                "type": "temporal",
                "timeUnit": "utcyearmonth",
                "axis": {"format": "%Y", "tickCount": "year", "grid": False, "title": None},
            },
            series,
        )

    def stacked_years(
        self, years: Sequence[int], series: Sequence[tuple[str, Sequence[int]]]
    ) -> Plot:
        """Return columns by year; each series is a CSS variable and a value a year."""
        rows = _rows([str(year) for year in years], series)
        axis = {"labelAngle": 0, "title": None}
        return self._twice(rows, {"field": "x", "type": "ordinal", "axis": axis}, series)

    def share_bar(self, parts: Sequence[tuple[str, int]]) -> Plot:
        """Return one bar that is divided as its parts are; each is a CSS variable and a value."""
        rows = [{"c": color, "y": value, "o": place} for place, (color, value) in enumerate(parts)]
        x = {"field": "y", "type": "quantitative", "stack": "normalize", "axis": None}
        drawings = (
            self._draw(
                rows,
                {"type": "bar", "size": _BAR_HEIGHT},
                {"x": x, "color": _colors(parts), "order": {"field": "o"}},
                (width, _BAR_HEIGHT),
            )
            for width in (_WIDE, _NARROW)
        )
        return Plot(*drawings)

    def small(self, months: Sequence[int], values: Sequence[int]) -> Plot:
        """Return a small area by month, without axes, as high as its highest month."""
        rows: list[Row] = [
            {"x": place, "y": value} for place, value in enumerate((*values, *values[-1:]))
        ]
        span = {"domain": [0, len(months)], "nice": False}
        encoding: dict[str, object] = {
            "x": {"field": "x", "type": "quantitative", "axis": None, "scale": span},
            "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"nice": False}},
        }
        mark = {"type": "area", "interpolate": "step-after", "color": "var(--written)"}
        return Plot(self._draw(rows, mark, encoding, (_SMALL_WIDTH, _SMALL_HEIGHT)))

    def _twice(
        self, rows: list[Row], x: Mapping[str, object], series: Sequence[tuple[str, object]]
    ) -> Plot:
        y = {
            "field": "y",
            "type": "quantitative",
            "axis": {"title": None, "format": ",d", "tickCount": 4, "tickMinStep": 1}
            | {"domain": False, "ticks": False},
        }
        encoding = {"x": x, "y": y, "color": _colors(series), "order": {"field": "o"}}
        sizes = ((_WIDE, _HEIGHT), (_NARROW, _NARROW_HEIGHT))
        return Plot(*(self._draw(rows, {"type": "bar"}, encoding, size) for size in sizes))

    def _draw(
        self,
        rows: Sequence[Row],
        mark: Mapping[str, object],
        encoding: Mapping[str, object],
        size: tuple[int, int],
    ) -> Drawing:
        spec: dict[str, Any] = {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "data": {"values": list(rows)},
            "mark": dict(mark),
            "encoding": dict(encoding),
            "width": size[0],
            "height": size[1],
            "autosize": {"type": "fit", "contains": "padding"},
            "padding": 0,
            "config": _CONFIG,
        }
        return _drawing(self._convert(spec))


def not_installed(package: str) -> UsageError:
    """Return the error for a package of the extra that is missing, to be raised."""
    return UsageError(
        f"the report needs the package {package}: pip install 'hkcnews-archive[report]'; "
        "`hkcnews status` and report.json do without"
    )


def _rows(places: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> list[Row]:
    """What Vega takes: a row for each column of each series that has something there."""
    return [
        {"x": place, "y": value, "c": color, "o": order}
        for order, (color, values) in enumerate(series)
        for place, value in zip(places, values, strict=True)
    ]


def _colors(series: Sequence[tuple[str, object]]) -> dict[str, object]:
    names = [color for color, _ in series]
    scale = {"domain": names, "range": [f"var({color})" for color in names]}
    return {"field": "c", "type": "nominal", "scale": scale, "legend": None}


def _drawing(svg: str) -> Drawing:
    """A drawing without what says nothing; its size is the page's to choose."""
    frame = _FRAME.fullmatch(svg.strip())
    assert frame is not None, "vl-convert gives one svg element"
    return Drawing(frame[1], _NOTHING.sub("", _LONG_NUMBER.sub(r"\1", frame[2])))

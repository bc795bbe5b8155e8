"""What `hkcnews inspect` shows of a page: each field, its value, and the rule that found it."""

from __future__ import annotations

import json
from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from normalise import Article, Unreadable, models, omissions
from normalise.editions.json import as_json
from scraper.cli.console import escape_controls, print_line

_NOT_FOUND = "-"
_COUNTED: dict[type, str] = {
    models.Paragraph: "paragraph",
    models.Heading: "heading",
    models.Quote: "quote",
    models.List: "list",
    models.ListItem: "item",
    models.Figure: "figure",
    models.Image: "picture",
    models.Embed: "frame",
    models.Table: "table",
    models.Rule: "rule",
}
_LEFT_RAW = "\n\u3000\xa0"


def show(console: Console, article: Article) -> None:
    """Print the table, and the warnings below it."""
    report = article.provenance
    rules = report.rules if report else {}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("field", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("found by", overflow="fold")
    for field, value in _values(article):
        table.add_row(field, Text(escape_controls(value) or _NOT_FOUND), Text(rules.get(field, "")))
    console.print(table)
    for warning in (*article.warnings, *omissions(article)):
        print_line(console, "warning:", warning, "yellow")


def show_clues(console: Console, error: Unreadable) -> None:
    """Print where the headlines and most of the text of an unreadable page stand."""
    for clue in error.clues:
        print_line(console, "", clue)


def as_text(article: Article) -> str:
    """Return the whole article as JSON, rules and warnings included."""
    text = json.dumps(as_json(article), ensure_ascii=False, indent=1) + "\n"
    return "".join(c if c.isprintable() or c in _LEFT_RAW else json.dumps(c)[1:-1] for c in text)


def _values(article: Article) -> list[tuple[str, str]]:
    report, box = article.provenance, article.box
    rows = [
        ("id", str(article.id)),
        ("capture", article.capture.url),
        ("form", f"{report.form}, {report.charset}" if report else ""),
        ("info line", "found"),
        ("content", "found"),
        ("title", article.title),
        ("date", article.date.isoformat() if article.date else ""),
        ("last_updated", article.last_updated.isoformat(" ") if article.last_updated else ""),
        ("author", article.author),
        ("category", article.category),
        ("tags", ", ".join(article.tags)),
        ("body", _counted(article.body)),
        ("promo", _counted(article.promo)),
        ("box", f"{box.label} | {box.name}" if box else ""),
    ]
    if box is not None:
        rows += [("box avatar", box.avatar), ("box bio", box.bio)]
    return rows


def _counted(content: models.Flow) -> str:
    kinds = Counter(filter(None, (_COUNTED.get(type(node)) for node in models.walk(content))))
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())

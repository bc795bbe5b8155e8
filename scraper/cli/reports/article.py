"""What `inspect` prints of an article: each field, its value, and the rule that found it."""

from __future__ import annotations

import json
from collections import Counter

from rich.console import Console

from normalise import Article, omissions, tree
from normalise.editions.json import as_json
from scraper.cli.addresses import decode_addresses
from scraper.cli.console import print_line
from scraper.cli.tables import Column, print_table

_COLUMNS = (
    Column("field"),
    Column("value", is_long=True),
    Column("found by", is_long=True, label="found by:"),
)
_NOT_FOUND = "-"
_COUNTED_NODES: dict[type, str] = {
    tree.Paragraph: "paragraph",
    tree.Heading: "heading",
    tree.Quote: "quote",
    tree.List: "list",
    tree.ListItem: "item",
    tree.Figure: "figure",
    tree.Image: "picture",
    tree.Embed: "frame",
    tree.Media: "medium",
    tree.Table: "table",
    tree.Rule: "rule",
}
_UNESCAPED = "\n\u3000\xa0"


def show_article(console: Console, article: Article) -> None:
    """Print the table of fields, and the warnings below it."""
    rules = article.provenance.rules if article.provenance else {}
    show = decode_addresses if console.is_terminal else str
    rows = [
        (field, show(value) if value else _NOT_FOUND, rules.get(field, ""))
        for field, value in _fields(article)
    ]
    print_table(console, _COLUMNS, rows)
    for warning in (*article.warnings, *omissions(article)):
        print_line(console, "warning:", decode_addresses(warning), "yellow")


def article_json(article: Article) -> str:
    """Return the whole article as JSON, provenance and warnings included, a newline at the end.

    Characters that could move a terminal are escaped as JSON does it.
    """
    text = json.dumps(as_json(article), ensure_ascii=False, indent=1) + "\n"
    return "".join(
        character
        if character.isprintable() or character in _UNESCAPED
        else json.dumps(character)[1:-1]
        for character in text
    )


def _fields(article: Article) -> list[tuple[str, str]]:
    provenance, box = article.provenance, article.box
    fields = [
        ("id", str(article.id)),
        ("capture", article.capture.url),
        ("form", f"{provenance.form}, {provenance.charset}" if provenance else ""),
        ("info line", "found"),
        ("content", "found"),
        ("title", article.title),
        ("date", article.date.isoformat() if article.date else ""),
        ("last_updated", article.last_updated.isoformat(" ") if article.last_updated else ""),
        ("author", article.author),
        ("category", article.category),
        ("tags", ", ".join(article.tags)),
        ("body", _count_nodes(article.body)),
        ("promo", _count_nodes(article.promo)),
        ("box", f"{box.label} | {box.name}" if box else ""),
    ]
    if box is not None:
        fields += [("box avatar", box.avatar), ("box bio", box.bio)]
    return fields


def _count_nodes(content: tree.Flow) -> str:
    kinds = (_COUNTED_NODES.get(type(node)) for node in tree.walk(content))
    return ", ".join(f"{count} {kind}" for kind, count in Counter(filter(None, kinds)).items())

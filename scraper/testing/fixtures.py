"""Fixtures: saved pages with their expected results, for the regression tests.

A fixture is a folder: `page.html` (the bytes, never edited by any tool), `capture.json` (the
capture, and one line on what the page proves), and the expected result: the article
(`article.json`) and its file (`article.md`), or the refusal (`refusal.json`).

    python -m scraper.testing.fixtures refresh [FIXTURE...]   write the results of today's code
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from normalise import Capture, NotAnArticle, Unreadable, Unrenderable, extract, render
from normalise.editions.json import as_json
from scraper.errors import UsageError
from scraper.warc.saved_page import CAPTURE_FILE, PAGE_FILE

ROOT = Path(__file__).parents[2] / "fixtures"
ARTICLE, REFUSED, UNREADABLE = "articles", "refused", "unreadable"
ARTICLE_FILE, TEXT_FILE, REFUSAL_FILE = "article.json", "article.md", "refusal.json"


@dataclass(frozen=True, slots=True)
class Fixture:
    """One fixture; `name` is its path below the root, such as `articles/lists`."""

    folder: Path
    name: str
    capture: Capture
    why: str

    @property
    def page(self) -> bytes:
        """The bytes of the page."""
        return (self.folder / PAGE_FILE).read_bytes()

    def golden(self, file: str) -> str | None:
        """Return the text of an expected file, `None` if the fixture has no such file."""
        path = self.folder / file
        return path.read_bytes().decode("utf-8") if path.exists() else None


def load(folder: Path, root: Path = ROOT) -> Fixture:
    """Return the fixture in a folder."""
    saved = json.loads((folder / CAPTURE_FILE).read_bytes())
    capture = Capture(saved["timestamp"], saved["original"])
    return Fixture(folder, folder.relative_to(root).as_posix(), capture, saved["why"])


def load_all(root: Path = ROOT) -> Iterator[Fixture]:
    """Yield the fixtures below a folder, by name."""
    for path in sorted(root.glob(f"*/*/{CAPTURE_FILE}")):
        yield load(path.parent, root)


def expected_files(page: bytes, capture: Capture) -> tuple[str, dict[str, str]]:
    """Return which kind of fixture a page is today, and its expected files with their texts."""
    try:
        article = extract(page, capture)
    except NotAnArticle as error:
        return REFUSED, {REFUSAL_FILE: _json({"reason": error.kind.value})}
    except Unreadable as error:
        return UNREADABLE, {REFUSAL_FILE: _json({"missing": error.missing})}
    try:
        text = render(article)
    except Unrenderable as error:
        return UNREADABLE, {REFUSAL_FILE: _json({"missing": f"file: {error.what}"})}
    return ARTICLE, {ARTICLE_FILE: _json(as_json(article)), TEXT_FILE: text}


def move_to_kind(fixture: Fixture) -> Fixture:
    """Move a fixture to the folder of the kind that its page is today; return it as it is there.

    A page that fitted no rule becomes an article when a rule is mended.
    """
    kind, _ = expected_files(fixture.page, fixture.capture)
    root = fixture.folder.parents[1]
    folder = root / kind / fixture.folder.name
    if folder == fixture.folder:
        return fixture
    folder.parent.mkdir(exist_ok=True)
    return load(fixture.folder.rename(folder), root)


def refresh(fixture: Fixture) -> list[str]:
    """Write the results of today's code; return the names of the files that changed."""
    _, texts = expected_files(fixture.page, fixture.capture)
    changed = [file for file, text in texts.items() if fixture.golden(file) != text]
    for file in changed:
        (fixture.folder / file).write_bytes(texts[file].encode("utf-8"))
    for file in {ARTICLE_FILE, TEXT_FILE, REFUSAL_FILE} - set(texts):
        path = fixture.folder / file
        if path.exists():
            path.unlink()
            changed.append(file)
    return changed


def add(name: str, page: bytes, capture: Capture, why: str, root: Path = ROOT) -> Fixture:
    """Save a page as a new fixture, with the results of today's code.

    Raises `UsageError` where a fixture of that name exists: a saved page is never replaced.
    """
    refuse_taken(name, root)
    kind, _ = expected_files(page, capture)
    folder = root / kind / name
    folder.mkdir(parents=True)
    (folder / PAGE_FILE).write_bytes(page)
    saved = {"timestamp": capture.timestamp, "original": capture.original, "why": why}
    (folder / CAPTURE_FILE).write_bytes(_json(saved).encode("utf-8"))
    fixture = load(folder, root)
    refresh(fixture)
    return fixture


def refuse_taken(name: str, root: Path = ROOT) -> None:
    """Raise `UsageError` where a fixture of that name exists: a saved page is never replaced."""
    if any(root.glob(f"*/{name}")):
        raise UsageError(f"a fixture named {name} exists; choose another name, or remove it first")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


app = typer.Typer(help="Refresh what is expected of the saved pages.")


@app.callback()
def _app() -> None:
    """Keep `refresh` a subcommand: typer drops the name of an only command."""


@app.command("refresh")
def _refresh(names: Annotated[list[str] | None, typer.Argument(metavar="FIXTURE")] = None) -> None:
    """Write what comes of the saved pages today; look at the diff before you commit it."""
    chosen = [load(ROOT / name) for name in names] if names else list(load_all())
    for fixture in chosen:
        moved = move_to_kind(fixture)
        if moved != fixture:
            typer.echo(f"{fixture.name} is {moved.name} now")
        for file in refresh(moved):
            typer.echo(f"{moved.name}/{file}")
    typer.echo(f"{len(chosen)} fixtures; the pages themselves are as they were", err=True)


if __name__ == "__main__":
    app()

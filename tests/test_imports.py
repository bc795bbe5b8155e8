"""Which module may import which: data flows one way, and the core is pure.

Every import statement of both packages is held against the tables below, wherever it stands.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("normalise", "scraper")

# From the bottom up: a module may import only what stands above it here, and of that only what
# its own line names. A new module gets a line of its own.
OWN: dict[str, str] = {
    "normalise.errors": "",
    "normalise.models": "normalise.errors",
    "normalise.addresses": "normalise.models",
    "normalise.charset": "",
    "normalise.mail": "",
    "normalise.tree": "",
    "normalise.blocks": "normalise.addresses normalise.mail normalise.models normalise.tree",
    "normalise.box": "normalise.addresses normalise.mail normalise.models normalise.tree",
    "normalise.refusals": "normalise.errors normalise.models normalise.tree",
    "normalise.clues": "normalise.tree",
    "normalise.info_line": "normalise.tree",
    "normalise.extraction": (
        "normalise.addresses normalise.blocks normalise.box normalise.charset normalise.clues "
        "normalise.errors normalise.info_line "
        "normalise.mail normalise.models normalise.refusals normalise.tree"
    ),
    "normalise.front_matter": "",
    "normalise.seed": "normalise.addresses normalise.front_matter normalise.models",
    "normalise.write": "normalise.errors",
    "normalise.as_json": "normalise.models",
    "normalise": "normalise.errors normalise.extraction normalise.models normalise.seed",
    # --- the shell round it ---
    "scraper.errors": "",
    "scraper.encodings": "scraper.errors",
    "scraper.sources": "normalise scraper.encodings scraper.errors",
    "scraper.article_files": "scraper.errors",
    "scraper.article_text": "normalise.extraction scraper.article_files",
    "scraper.listing": "normalise normalise.models scraper.article_files scraper.errors",
    "scraper.reference": "normalise.extraction scraper.article_files scraper.errors",
    "scraper.workers": "scraper.errors",
    "scraper.batch": (
        "normalise normalise.refusals normalise.write scraper.errors scraper.sources "
        "scraper.workers"
    ),
    "scraper.console": "scraper.batch",
    "scraper.inspection": "normalise normalise.as_json normalise.models scraper.console",
    "scraper.settings": "normalise.models scraper.errors",
    "scraper.stop": "scraper.errors",
    "scraper.governor": "scraper.errors scraper.settings scraper.stop",
    "scraper.ids": "normalise.write scraper.errors",
    "scraper.ranking": "normalise normalise.refusals normalise.write",
    "scraper.answers": "scraper.errors",
    "scraper.index": "normalise scraper.answers scraper.encodings scraper.errors scraper.ranking",
    "scraper.playback": (
        "normalise normalise.models scraper.answers scraper.encodings scraper.errors"
    ),
    "scraper.deadline": "",
    "scraper.archive": (
        "scraper.answers scraper.deadline scraper.encodings scraper.errors scraper.governor "
        "scraper.index scraper.stop"
    ),
    "scraper.store": "normalise scraper.errors scraper.playback scraper.sources",
    "scraper.ledger": (
        "normalise scraper.errors scraper.governor scraper.ranking scraper.sources scraper.store"
    ),
    "scraper.folder": "normalise scraper.errors scraper.ledger scraper.playback scraper.store",
    "scraper.fetching": (
        "normalise scraper.archive scraper.errors scraper.governor scraper.ledger "
        "scraper.playback scraper.ranking"
    ),
    "scraper.tally": "scraper.governor scraper.ledger",
    "scraper.enumeration": (
        "normalise scraper.archive scraper.errors scraper.governor scraper.index "
        "scraper.ledger scraper.listing scraper.ranking scraper.tally"
    ),
    "scraper.session": (
        "scraper.archive scraper.governor scraper.ledger scraper.settings scraper.stop"
    ),
    "scraper.crawl": (
        "scraper.archive scraper.batch scraper.enumeration scraper.errors "
        "scraper.fetching scraper.folder scraper.ids scraper.ledger scraper.ranking "
        "scraper.reference scraper.session scraper.settings scraper.stop scraper.tally "
        "scraper.workers"
    ),
    "scraper.again": "normalise.write scraper.batch scraper.folder scraper.ledger scraper.store",
    "scraper.report": "normalise normalise.write scraper.governor scraper.ledger",
    "scraper.display": (
        "scraper.console scraper.crawl scraper.governor scraper.ledger scraper.report scraper.tally"
    ),
    "scraper.target": "normalise normalise.write scraper.errors scraper.ranking",
    "scraper.refetch": (
        "normalise scraper.archive scraper.batch scraper.errors scraper.fetching "
        "scraper.folder scraper.governor scraper.index scraper.ledger scraper.playback "
        "scraper.ranking scraper.sources scraper.target"
    ),
    "scraper.history": "normalise",
    "scraper.fixtures": "normalise normalise.as_json scraper.errors scraper.sources",
    "scraper.recording": (
        "normalise scraper.archive scraper.errors scraper.fixtures scraper.ledger "
        "scraper.ranking scraper.refetch scraper.sources scraper.target"
    ),
    "scraper.fields": "normalise.extraction",
    "scraper.appeals": "scraper.fields",
    "scraper.departures": "normalise.mail",
    "scraper.compare": (
        "normalise normalise.front_matter scraper.appeals scraper.article_files "
        "scraper.departures scraper.fields scraper.reference"
    ),
    "scraper.side_by_side": (
        "scraper.article_files scraper.compare scraper.departures scraper.errors "
        "scraper.fields scraper.reference scraper.workers"
    ),
    "scraper.repeats": "",
    "scraper.defects": (
        "normalise normalise.refusals scraper.article_text scraper.reference scraper.repeats"
    ),
    "scraper.audit": "scraper.article_files scraper.defects scraper.errors scraper.workers",
    "scraper.gate": "normalise scraper.console scraper.errors scraper.inspection",
    "scraper.cli_crawl": (
        "normalise.models scraper.console scraper.crawl scraper.display scraper.errors "
        "scraper.folder scraper.gate scraper.ids scraper.ledger scraper.ranking "
        "scraper.report scraper.settings scraper.tally"
    ),
    "scraper.cli_audit": (
        "scraper.audit scraper.cli_crawl scraper.console scraper.errors scraper.gate"
    ),
    "scraper.cli_compare": (
        "scraper.cli_crawl scraper.compare scraper.console scraper.errors scraper.gate "
        "scraper.side_by_side"
    ),
    "scraper.cli_fetch": (
        "normalise.models normalise.write scraper.archive scraper.cli_crawl "
        "scraper.console scraper.display scraper.errors scraper.folder scraper.gate "
        "scraper.governor scraper.history scraper.ledger scraper.ranking "
        "scraper.recording scraper.refetch scraper.session scraper.settings "
        "scraper.sources scraper.target"
    ),
    "scraper.cli": (
        "normalise normalise.write scraper.again scraper.batch scraper.cli_audit "
        "scraper.cli_compare scraper.cli_crawl scraper.cli_fetch scraper.console "
        "scraper.errors scraper.folder scraper.gate scraper.inspection scraper.settings "
        "scraper.sources"
    ),
    "scraper.__main__": "scraper.cli",
    "scraper": "",
}

# Who may import what others have written.
OTHERS: dict[str, str] = {
    "selectolax": "extraction blocks box clues info_line refusals tree",
    "frontmatter": "seed front_matter article_files",
    "yaml": "article_files",
    "w3lib": "charset",
    "brotli": "encodings",
    "fastwarc": "sources store",
    "warcio": "store",
    "httpcore": "deadline",
    "httpx": "archive answers deadline fetching index playback",
    "tenacity": "archive",
    "aiolimiter": "governor",
    "filelock": "folder",
    "typer": "cli cli_audit cli_compare cli_crawl cli_fetch fixtures gate",
    "rich": "cli_audit cli_compare cli_fetch console display gate inspection",
}

# What the core may have of the standard library: nothing of the network, of processes, of the
# disk; only the writer has more.
PURE = frozenset(
    {
        *("__future__", "base64", "codecs", "collections", "collections.abc", "contextlib"),
        *("dataclasses", "datetime", "enum", "functools", "html", "itertools", "json", "re"),
        *("string", "typing", "unicodedata", "urllib.parse"),
    }
)
WRITER = "normalise.write"
DISK = frozenset({"os", "pathlib", "tempfile"})
# Ways to the disk, and to a module, that need no import.
FORBIDDEN_CALLS = frozenset({"open", "__import__", "exec", "eval", "compile", "input", "print"})


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_module(path): path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))}
CORE = [name for name in FILES if name.split(".")[0] == "normalise"]


def _surface() -> set[str]:
    """What `normalise` itself offers: `extract` is there the function, not the module."""
    tree = ast.parse(FILES["normalise"].read_text(encoding="utf-8"))
    return {
        f"normalise.{alias.asname or alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


# Names behind `from package import` that are modules of it.
SUBMODULES = frozenset(FILES) - _surface()


def imports(source: str, module: str, submodules: frozenset[str] = SUBMODULES) -> set[str]:
    """Every module that a source imports, by its full name."""
    tree = ast.parse(source)
    return {name for node in ast.walk(tree) for name in _named(node, module, submodules)}


def _named(node: ast.AST, module: str, submodules: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = module.split(".")[: -node.level] if node.level else []
        base = ".".join([*above, *filter(None, [node.module])])
        for alias in node.names:
            name = f"{base}.{alias.name}"
            yield name if name in submodules else base


def _imports_of(module: str) -> set[str]:
    return imports(FILES[module].read_text(encoding="utf-8"), module)


def _own(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in PACKAGES}


def _standard(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in sys.stdlib_module_names}


# --- the tables -----------------------------------------------------------------------------


def test_the_table_names_every_module_and_no_other() -> None:
    assert set(OWN) == set(FILES)


def test_the_table_goes_one_way() -> None:
    above: set[str] = set()
    for module, allowed in OWN.items():
        # A package's own name is only its surface: `from scraper import batch` names both.
        below = set(allowed.split()) - above - set(PACKAGES)
        assert below == set(), f"{module} may import what stands below it"
        above.add(module)


def test_the_core_knows_nothing_of_the_shell() -> None:
    for module in CORE:
        assert not any(name.startswith("scraper") for name in OWN[module].split()), module


# --- the imports ----------------------------------------------------------------------------


@pytest.mark.parametrize("module", FILES)
def test_own_modules_are_imported_as_the_table_says(module: str) -> None:
    assert _own(_imports_of(module)) - set(OWN[module].split()) == set()


@pytest.mark.parametrize("module", FILES)
def test_the_table_allows_nothing_that_is_not_used(module: str) -> None:
    assert set(OWN[module].split()) - {"scraper"} - _own(_imports_of(module)) == set()


@pytest.mark.parametrize("module", FILES)
def test_what_others_have_written_is_imported_where_the_table_says(module: str) -> None:
    names = _imports_of(module)
    others = {name.split(".")[0] for name in names - _own(names) - _standard(names)}
    short = module.rpartition(".")[2]
    allowed = {name for name, users in OTHERS.items() if short in users.split()}
    assert others - allowed == set()


@pytest.mark.parametrize("module", CORE)
def test_the_core_has_neither_network_nor_disk(module: str) -> None:
    allowed = PURE | DISK if module == WRITER else PURE
    assert _standard(_imports_of(module)) - allowed == set()


@pytest.mark.parametrize("module", CORE)
def test_the_core_opens_and_prints_nothing(module: str) -> None:
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names & FORBIDDEN_CALLS == set()


@pytest.mark.parametrize("module", FILES)
def test_imports_are_absolute(module: str) -> None:
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    relative = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]
    assert relative == []


# --- the check itself -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import socket", {"socket"}),
        ("import urllib.request as r, os", {"urllib.request", "os"}),
        ("from urllib.request import urlopen", {"urllib.request"}),
        ("from urllib import request", {"urllib"}),
        ("from normalise import mail, extract, Capture", None),
        ("from . import mail", {"normalise.mail"}),
        ("from .mail import decoded", {"normalise.mail"}),
        ("from ..scraper import batch", {"scraper.batch"}),
        ("def f():\n    import socket", {"socket"}),
        ("if TYPE_CHECKING:\n    from scraper.batch import run", {"scraper.batch"}),
        ("try:\n    import http.client\nexcept ImportError:\n    pass", {"http.client"}),
        ("x = 'import socket'", set()),
    ],
)
def test_every_way_to_import_is_seen(source: str, found: set[str] | None) -> None:
    submodules = frozenset({"normalise.mail", "scraper.batch"})
    expected = {"normalise", "normalise.mail"} if found is None else found
    assert imports(source, "normalise.blocks", submodules) == expected

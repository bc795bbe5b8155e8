"""The pictures of the packages in docs/architecture.md, drawn from the import contracts.

    PYTHONPATH=tests python -m checks.architecture            fails where a picture is not as drawn
    PYTHONPATH=tests python -m checks.architecture --write    draws them into the document

A picture has a row for each layer of a contract in pyproject.toml and an arrow for each import that
is really there. An arrow is left out where others lead the same way.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "architecture.md"

Arrow = tuple[str, str]


@dataclass(frozen=True)
class Contract:
    """A layers contract: its id, and its rows of packages from the top down."""

    id: str
    layers: tuple[tuple[str, ...], ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """All packages, from the top down."""
        return tuple(package for layer in self.layers for package in layer)


def main(arguments: list[str]) -> int:
    """Write or check the pictures; return the exit code."""
    before = DOCUMENT.read_text(encoding="utf-8")
    after = before
    for contract in read_contracts():
        after = replace_picture(after, contract.id, draw(contract, find_imports(contract.packages)))
    if "--write" in arguments:
        DOCUMENT.write_text(after, encoding="utf-8", newline="\n")
    elif after != before:
        print("docs: the pictures of docs/architecture.md are not as drawn: `make docs`")  # noqa: T201
        return 1
    return 0


def read_contracts() -> list[Contract]:
    """Return the layers contracts of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = project["tool"]["importlinter"]["contracts"]
    return [
        Contract(contract["id"], tuple(map(_packages, contract["layers"])))
        for contract in contracts
        if contract["type"] == "layers"
    ]


def _packages(layer: str) -> tuple[str, ...]:
    """The packages of a layer, which are divided by `|` or `:` and in brackets if optional."""
    return tuple(part.strip(" ()") for part in re.split(r"[|:]", layer))


def find_imports(packages: Iterable[str]) -> set[Arrow]:
    """Return which of these packages imports which, with all that stands in each."""
    graph = grimp.build_graph("normalise", "scraper")
    known = [package for package in packages if package in graph.modules]
    for package in known:
        graph.squash_module(package)
    return {
        (importer, imported)
        for importer in known
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported in known
    }


def reduce_arrows(arrows: set[Arrow]) -> set[Arrow]:
    """Return the arrows without those that a way over others replaces."""
    return {
        (start, end) for start, end in arrows if not _leads(arrows - {(start, end)}, start, end)
    }


def _leads(arrows: set[Arrow], start: str, end: str) -> bool:
    reached, found = {start}, [start]
    while found:
        last = found.pop()
        following = {target for source, target in arrows if source == last} - reached
        reached |= following
        found += following
    return end in reached


def draw(contract: Contract, imports: set[Arrow]) -> str:
    """Return the Mermaid text of a picture."""
    lines = ["flowchart TD"]
    for number, layer in enumerate(contract.layers):
        lines.append(f'  subgraph layer{number}[" "]')
        lines.append("    direction LR")
        lines += [f'    {_key(package)}["{package}"]' for package in layer]
        lines.append("  end")
    order = {package: at for at, package in enumerate(contract.packages)}
    arrows = sorted(reduce_arrows(imports), key=lambda arrow: (order[arrow[0]], order[arrow[1]]))
    lines += [f"  {_key(start)} --> {_key(end)}" for start, end in arrows]
    return "\n".join(lines)


def _key(package: str) -> str:
    return package.replace(".", "_")


def replace_picture(text: str, name: str, picture: str) -> str:
    """Return a document with another picture behind its mark `<!-- picture: NAME -->`."""
    place = re.compile(rf"(<!-- picture: {name} -->\n```mermaid\n).*?(^```$)", re.DOTALL | re.M)
    replaced, count = place.subn(lambda match: f"{match[1]}{picture}\n{match[2]}", text)
    if count != 1:
        raise SystemExit(f"docs/architecture.md has {count} places for the picture {name}, not one")
    return replaced


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

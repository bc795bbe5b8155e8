"""Looks whether modules and functions are short enough to be read at once.

    PYTHONPATH=tests python -m checks.sizes

At most 300 lines a module and 40 lines a function. The signature and the help of a command do not
count: each of its options is an argument.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_MODULE = 300
MAX_FUNCTION = 40


def main() -> int:
    """Print what is too long; return the exit code."""
    files = [path for name in ("normalise", "scraper") for path in (ROOT / name).rglob("*.py")]
    faults = [fault for path in sorted(files) for fault in faults_in(path)]
    for fault in faults:
        print(f"sizes: {fault}")  # noqa: T201
    return 1 if faults else 0


def faults_in(path: Path) -> Iterator[str]:
    """Yield a sentence for each module or function of a file that is too long."""
    source = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT)
    lines = source.count("\n")
    if lines > MAX_MODULE:
        yield f"{name} has {lines} lines, {MAX_MODULE} is the most"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = _length(node, is_command=path.parent.name == "cli")
            if length > MAX_FUNCTION:
                yield f"{name}: {node.name}() has {length} lines, {MAX_FUNCTION} is the most"


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef, *, is_command: bool) -> int:
    end = function.end_lineno or function.lineno
    statements = function.body[1:] if ast.get_docstring(function) else function.body
    start = statements[0].lineno if is_command and statements else function.lineno
    return end - start + 1


if __name__ == "__main__":
    sys.exit(main())

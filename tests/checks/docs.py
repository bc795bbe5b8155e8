"""Looks whether the documents tell the truth about commands, targets, files and code.

PYTHONPATH=tests python -m checks.docs
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from normalise import PageKind
from scraper.cli.app import app
from scraper.testing import fixtures

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CHANGELOG.md")
# Built of parts, so that this file does not hold what it looks for.
_MACHINE = re.compile("|".join(("/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/")))
_REGISTRY = re.compile("|".join(("py" + r"pi\.", "py" + "thonhosted", "np" + r"mjs\.")))


def main() -> int:
    """Print what is wrong; return the exit code."""
    os.chdir(ROOT)
    readme = Path("README.md").read_text(encoding="utf-8")
    faults = [
        *_commands(readme),
        *_targets(readme),
        *_links(),
        *_reasons(readme),
        *_count_of_fixtures(readme),
        *_code(readme),
        *_leaks(),
    ]
    for fault in faults:
        print(f"docs: {fault}")  # noqa: T201
    return 1 if faults else 0


def _commands(readme: str) -> Iterator[str]:
    """Every command and flag in the README exists, and every command is in the README."""
    group = get_command(app)
    commands = getattr(group, "commands", {})
    shown = re.findall(r"^    hkcnews (\w+)(.*)$", readme, re.MULTILINE)
    for name, rest in shown:
        if name not in commands:
            yield f"README shows `hkcnews {name}`, which does not exist"
            continue
        flags = {flag for parameter in commands[name].params for flag in parameter.opts}
        for flag in re.findall(r"(?<!\S)--[a-z-]+", rest):
            if flag not in flags:
                yield f"README shows {flag} of `hkcnews {name}`, which does not exist"
    for name in set(commands) - {name for name, _ in shown}:
        yield f"README does not show `hkcnews {name}`"


def _targets(readme: str) -> Iterator[str]:
    makefile = Path("Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for name in set(re.findall(r"(?:`|^    )make ([a-z]+)", readme, re.MULTILINE)) - targets:
        yield f"README names `make {name}`, which does not exist"


def _links() -> Iterator[str]:
    for name in DOCUMENTS:
        text = Path(name).read_text(encoding="utf-8")
        paths = re.findall(r"\]\((?!https?:)([^)#]+)", text)
        paths += re.findall(r"`((?:fixtures|normalise|scraper|tests)/[^`*\s]*)`", text)
        for path in paths:
            if not Path(path).exists():
                yield f"{name} names {path}, which does not exist"


def _reasons(readme: str) -> Iterator[str]:
    for reason in PageKind:
        if f"`{reason}`" not in readme:
            yield f"README does not list the reason {reason}"


def _count_of_fixtures(readme: str) -> Iterator[str]:
    count = len(list(fixtures.load_all()))
    if f"holds {count} pages" not in readme:
        yield f"README does not say that there are {count} fixtures"


def _code(readme: str) -> Iterator[str]:
    for code in re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(code, "README.md", "exec"), {})  # noqa: S102
        except Exception as error:
            yield f"the code in README fails: {error!r}"


def _leaks() -> Iterator[str]:
    """No path of a machine and no registry's name in what is committed."""
    command = ["git", "ls-files"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        path = Path(name)
        if path.parts[0] == "fixtures" or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        for match in (_MACHINE.search(text), _REGISTRY.search(text)):
            if match:
                yield f"{name} holds {match[0]}"


if __name__ == "__main__":
    sys.exit(main())

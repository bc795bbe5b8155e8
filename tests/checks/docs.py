"""Looks whether the documents tell the truth about commands, targets, files, classes and code.

    PYTHONPATH=tests python -m checks.docs

Exits with 1 where one does not, or where a comment names what is not there (checks.citations).
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

from checks import citations
from typer.main import get_command

from normalise import PageKind
from scraper.cli.app import app
from scraper.testing import fixtures

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")),
)
# Built of parts, so that this file does not hold what it looks for.
_MACHINE = re.compile("|".join(("/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/")))
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_REGISTRY = re.compile("|".join(("py" + r"pi\.", "py" + "thonhosted", "np" + r"mjs\.")))


def main() -> int:
    """Print what is wrong; return the exit code."""
    os.chdir(ROOT)
    texts = {name: Path(name).read_text(encoding="utf-8") for name in DOCUMENTS}
    readme = texts["README.md"]
    faults = [
        *(fault for name, text in texts.items() for fault in _commands(name, text)),
        *_unshown_commands(readme),
        *(fault for name, text in texts.items() for fault in _targets(name, text)),
        *(fault for name, text in texts.items() for fault in _links(name, text)),
        *_classes(texts["docs/architecture.md"]),
        *_reasons(readme),
        *_count_of_fixtures(readme),
        *_code(readme),
        *citations.find_faults(),
        *_leaks(),
    ]
    for fault in faults:
        print(f"docs: {fault}")  # noqa: T201
    return 1 if faults else 0


def _options() -> dict[str, set[str]]:
    """Every command, with its flags."""
    commands = getattr(get_command(app), "commands", {})
    return {
        name: {"--help", *(flag for option in command.params for flag in option.opts)}
        for name, command in commands.items()
    }


def _commands(name: str, text: str) -> Iterator[str]:
    """Every command and flag in a document exists."""
    options = _options()
    shown = re.findall(r"(?:^    |`)hkcnews ([a-z]+)([^`\n]*)", text, re.MULTILINE)
    for command, rest in shown:
        if command not in options:
            yield f"{name} shows `hkcnews {command}`, which does not exist"
            continue
        for flag in set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - options[command]:
            yield f"{name} shows {flag} of `hkcnews {command}`, which does not exist"
    for flag in set(re.findall(r"`(--[a-z][a-z-]*)", text)) - set().union(*options.values()):
        yield f"{name} shows {flag}, which no command has"


def _unshown_commands(readme: str) -> Iterator[str]:
    for command in _options():
        if not re.search(rf"^    hkcnews {command}\b", readme, re.MULTILINE):
            yield f"README does not show `hkcnews {command}`"


def _targets(name: str, text: str) -> Iterator[str]:
    makefile = Path("Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for target in set(re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.MULTILINE)) - targets:
        yield f"{name} names `make {target}`, which does not exist"


def _links(name: str, text: str) -> Iterator[str]:
    """Links lead to files from where the document lies, paths in back quotes from the root."""
    prose = _CODE.sub("", text)
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", prose):
        if not Path(name).parent.joinpath(link).exists():
            yield f"{name} links to {link}, which does not exist"
    for path in re.findall(r"`((?:fixtures|normalise|scraper|tests)/[^`*\s]*)`", text):
        if not Path(path).exists():
            yield f"{name} names {path}, which does not exist"


def _classes(architecture: str) -> Iterator[str]:
    """Every class that the picture of the whole names is one of the product."""
    sources = (path for folder in ("normalise", "scraper") for path in Path(folder).rglob("*.py"))
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    known = set(re.findall(r"^class (\w+)", code, re.MULTILINE))
    for name in set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+|[A-Z][a-z]+)`", architecture)):
        if name not in known:
            yield f"docs/architecture.md names the class {name}, which does not exist"


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
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in (_MACHINE.search(text), _REGISTRY.search(text)):
            if match:
                yield f"{name} holds {match[0]}"


if __name__ == "__main__":
    sys.exit(main())

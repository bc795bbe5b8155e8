"""Files and sections that comments, docstrings and documents name: each has to be there.

A newcomer follows every name. So a name ending in `.md`, `.py` or `.toml` must be that of a file of
the repository, by its path from the root; a document may also name what lies beside it. Article
files (`article_7.md`) are what the program writes, and may be named anywhere. A section behind the
name of a document must be one that it has, and no section is named without its document.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_WEB = re.compile(r"https?://\S+")
_NAME = re.compile(r"(?<![\w./*<>-])(?:[\w.*<>-]+/)*[\w.*<>-]+\.(?:md|py|toml)\b(?![/-])")
# What the program writes, and a file of any name.
_NO_FILE = re.compile(r"(?:.*/)?\.?article(?:_[\w<>*]+)?\.md|\*\.\w+")
_NUMBER = r"\d(?:\.\d+)?(?![\d%]|\.\d)"
_NUMBERS = rf"{_NUMBER}(?:(?:,|,? and| to) {_NUMBER})*"
_CITATION = re.compile(rf"(docs/[\w-]+\.md) ({_NUMBERS})")
# Such numbers alone in brackets are sections of a document that is not named.
_BARE = re.compile(r"\([1-9]\.\d(?:(?:,| and| to) [1-9]\.\d)*\)")
_OWN = re.compile(rf"\((\d\.\d+)\)|\b[Ss]ections? ({_NUMBER})")
_SECTION = re.compile(r"^(?:#{2,6} |(?:[-*] )?\*\*)(\d+(?:\.\d+)*)\b", re.MULTILINE)


def find_faults() -> Iterator[str]:
    """Yield a sentence for each name of a file or section that is not there."""
    files = tracked_files()
    for name in sorted(files):
        path = Path(name)
        if path.parts[0] == "fixtures" or path.suffix not in (".py", ".md", ".toml", ""):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            yield from _faults_of_document(name, text, files)
            continue
        for line, comment in comments(text) if path.suffix == ".py" else [(1, text)]:
            for fault in faults_of_comment(comment, files):
                yield f"{name}:{line} {fault}"


def tracked_files() -> frozenset[str]:
    """Return the names of all files that are or will be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    return frozenset(name for name in listed.stdout.splitlines() if Path(name).is_file())


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring and each run of comments, on one line."""
    for node in ast.walk(ast.parse(source)):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, _joined(text)
    run: list[tuple[int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, text = token.start[0], token.string.lstrip("#: ")
        if run and run[-1][0] != line - 1:
            yield run[0][0], _joined(" ".join(part for _, part in run))
            run = []
        run.append((line, text))
    if run:
        yield run[0][0], _joined(" ".join(part for _, part in run))


def faults_of_comment(text: str, files: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with the names in a comment or a docstring."""
    text = _WEB.sub("", text)
    for name in _NAME.findall(text):
        if name not in files and not _is_no_file(name) and not _is_bare_module(name, files):
            yield f"names {name}, which is not in the repository"
    for document, numbers in _CITATION.findall(text):
        yield from _missing(document, numbers, files)
    for match in _BARE.findall(text):
        yield f"names the section {match} and no document"


def _faults_of_document(name: str, text: str, files: frozenset[str]) -> Iterator[str]:
    plain = _WEB.sub("", text)
    folder = Path(name).parent
    for shown in _NAME.findall(plain):
        is_here = shown in files or (folder / shown).as_posix() in files
        if not is_here and not _is_no_file(shown):
            yield f"{name} names {shown}, which is not in the repository"
    for document, numbers in _CITATION.findall(_joined(plain)):
        for fault in _missing(document, numbers, files):
            yield f"{name} {fault}"
    own = re.sub(rf"\(?{_CITATION.pattern}\)?", "", _joined(plain))
    if folder.name == "docs":
        for number in {a or b for a, b in _OWN.findall(own)} - sections(name):
            yield f"{name} names its section {number}, which it does not have"


def _missing(document: str, numbers: str, files: frozenset[str]) -> Iterator[str]:
    if document in files:
        for number in re.findall(_NUMBER, numbers):
            if number not in sections(document):
                yield f"names {document} {number}, a section that the document does not have"


@cache
def sections(document: str) -> frozenset[str]:
    """Return the numbers of a document's sections."""
    return frozenset(_SECTION.findall(Path(document).read_text(encoding="utf-8")))


def _is_no_file(name: str) -> bool:
    """Whether a name is none of a certain file of the repository."""
    return _NO_FILE.fullmatch(name) is not None


def _is_bare_module(name: str, files: frozenset[str]) -> bool:
    """Whether a module is named without its folders: its neighbours may do that."""
    return name.endswith(".py") and any(file.endswith(f"/{name}") for file in files)


def _joined(text: str) -> str:
    return " ".join(text.split())

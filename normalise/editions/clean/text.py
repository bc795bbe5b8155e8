"""Literal text in Markdown: what would mean something is escaped, and nothing else.

CommonMark 0.31, tables and strikethrough of GFM, mathematics of GitHub and pandoc, comments and
highlights of Obsidian, definition lists of Hugo, shortcodes of Hugo and tags of Liquid (Jekyll).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

_SPECIAL = re.compile(r"[\\`*_~\[\]!<&${%=]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"<[A-Za-z/!?]")
_LINE_START = re.compile(
    r"(?P<mark>[-+*>](?=\s|$)|>|\#{1,6}(?=\s|$)|:(?=\s|$)|(?:_\s*){3,}$|[|:\-\s]*-[|:\-\s]*$)"
    r"|(?P<number>[0-9]{1,9})(?=[.)](?:\s|$))",
    re.ASCII,
)
_UNDERLINE = re.compile(r"=+\s*$", re.ASCII)  # of a heading, under a line
_CLOSING_HASHES = re.compile(r"(?<=\s)(#+)$|^(#+)$")
_TASK = re.compile(r"\[[ xX]\]")


def escape(text: str, before: str, after: str, *, in_link: bool, has_math: bool) -> str:
    """Return text that means itself; `before` and `after` are the characters that stand round it.

    They are "" at an end of a block, and "*" or the like beside markup.
    """
    if not _SPECIAL.search(text):
        return text
    parts: list[str] = []
    size = len(text)
    for at, character in enumerate(text):
        if character not in "\\`*_~[]!<&${%=":
            parts.append(character)
            continue
        left = text[at - 1] if at else before
        right = text[at + 1] if at + 1 < size else after
        if character == "&":
            parts.append("&amp;" if _ENTITY.match(text, at) else "&")
        elif _needs_backslash(character, left, right, in_link=in_link, has_math=has_math):
            parts.append("\\" + character)
        else:
            parts.append(character)
    return "".join(parts)


def _needs_backslash(
    character: str, left: str, right: str, *, in_link: bool, has_math: bool
) -> bool:
    if character in "[]" and in_link:
        return True
    if character == "$":
        return has_math
    return _MEANS[character](left, right)


def _is_emphasis(left: str, right: str) -> bool:
    return not (_is_blank(left) and _is_blank(right))


# Whether a character between two others means something.
_MEANS: dict[str, Callable[[str, str], bool]] = {
    "\\": lambda _, right: not right or right in _PUNCTUATION or right.isspace(),
    "`": lambda _, __: True,
    "*": _is_emphasis,
    "~": _is_emphasis,
    "_": lambda left, right: _is_emphasis(left, right) and not (left.isalnum() and right.isalnum()),
    "[": lambda _, right: right != "" and right in "[^@",
    "]": lambda _, right: right != "" and right in "([{:",
    "!": lambda _, right: right == "[",
    "<": lambda _, right: right != "" and _TAG.match("<" + right) is not None,
    "{": lambda left, right: left == "{" or right == ":",
    "%": lambda left, _: left != "" and left in "{%",
    "=": lambda left, _: left == "=",
}


def _is_blank(character: str) -> bool:
    return not character or is_space(character)


def is_space(character: str) -> bool:
    """Return whether a character is a blank to CommonMark: not every one that Python has."""
    return character in "\t\n\f\r" or unicodedata.category(character) == "Zs"


def escape_line(line: str, *, is_first: bool = True, is_item_start: bool = False) -> str:
    """Return a line of a paragraph whose beginning and ends mean nothing."""
    if not is_first and _UNDERLINE.match(line):
        line = f"\\{line}"
    elif (match := _LINE_START.match(line)) is not None:
        number = match["number"]
        line = f"{number}\\{line[len(number) :]}" if number else f"\\{line}"
    elif is_item_start and _TASK.match(line):
        line = f"\\{line}"
    return _with_visible_ends(line)


def escape_heading(line: str) -> str:
    """Return the text of a heading: number signs at its end would be dropped."""
    return _with_visible_ends(_CLOSING_HASHES.sub(lambda match: f"\\{match[0]}", line))


def _with_visible_ends(line: str) -> str:
    """Parsers strip wide blanks at the ends of a line: they become references."""
    if not line or not (line[0].isspace() or line[-1].isspace()):
        return line
    core = line.strip()
    start = line.index(core) if core else 0
    head, tail = line[:start], line[start + len(core) :]
    return "".join(map(_reference, head)) + core + "".join(map(_reference, tail))


def _reference(character: str) -> str:
    return character if character == " " else f"&#{ord(character)};"


def escape_html(text: str) -> str:
    """Return text for an HTML block; braces that Hugo or Liquid would take are references."""
    text = html.escape(text, quote=True)
    return text.replace("{{", "{&#123;").replace("{%", "{&#37;")

"""The front matter of the seed edition, written by python-frontmatter (docs/seed-format.md 2).

PyYAML's own emitter chooses other quotes and escapes emoji and TAB. python-frontmatter strips the
body, whose last newlines count here. So writing is our own, and reading is theirs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from frontmatter.default_handlers import YAMLHandler

if TYPE_CHECKING:
    from frontmatter import Post

# What YAML 1.1 and 1.2 forbid inside double quotes on one line: the quote, the backslash, every
# character outside c-printable, and all that either version takes for a line break.
_FORBIDDEN = re.compile(
    '["\\\\\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufffe\\uffff]'
)


class SeedHandler(YAMLHandler):
    """Writes every value in double quotes and leaves the body as it is."""

    def export(self, metadata: dict[str, object], **_: object) -> str:
        """Return the lines between the delimiters: text values, and lists of texts."""
        lines = []
        for key, value in metadata.items():
            if isinstance(value, str):
                lines.append(f"{key}: {quoted(value)}")
            elif isinstance(value, tuple):
                lines.append(f"{key}:")
                lines.extend(f"  - {quoted(item)}" for item in value)
            else:
                raise TypeError(f"front matter holds texts and tuples of texts, not {value!r}")
        return "\n".join(lines)

    def format(self, post: Post, **_: object) -> str:
        """Return the whole file: front matter, an empty line, the body, a newline."""
        return f"---\n{self.export(post.metadata)}\n---\n\n{post.content}\n"


def quoted(value: str) -> str:
    """Return a double-quoted YAML scalar; only what YAML forbids there is escaped."""
    return '"' + _FORBIDDEN.sub(_escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

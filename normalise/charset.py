"""Bytes to text: byte-order mark, then the page's declaration, then UTF-8; never a guess.

A rival archive has an article in Kazakh letters because a detector guessed (facts/format.md 6.6).
"""

from __future__ import annotations

import re

from w3lib.encoding import html_body_declared_encoding, read_bom, to_unicode

# Declarations in scripts are not the page's. The archive's own scripts may push the page's
# declaration far down, so they are taken out before the head is searched.
_HEAD_BYTES = 65_536
_SCRIPT = re.compile(rb"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)


def decode(html: bytes) -> tuple[bytes | str, str, tuple[str, ...]]:
    """Return what to parse, the codec it was read with, and a warning for each thing odd.

    Bytes that are clean UTF-8 come back as they are, without their mark: the parser reads them.
    A declaration that does not fit its bytes gives way to UTF-8 where that fits; where nothing
    fits, each byte that can't be read is shown as U+FFFD.
    """
    declared, mark = read_bom(html)
    source = "byte-order mark"
    if declared is None:
        declared, source = _declared(html), "declaration"
    body = html[len(mark) :] if mark else html
    if declared in (None, "utf-8"):
        if _is_utf8(body):
            return body, "utf-8", ()
        return _with_replacements(body, "utf-8", "")
    assert declared is not None
    try:
        return body.decode(declared), declared, ()
    except UnicodeDecodeError:
        misfit = f"the {source} says {declared}, which does not fit all bytes"
    if _is_utf8(body):
        return body, "utf-8", (f"{misfit}; read as UTF-8, which does",)
    return _with_replacements(body, declared, f"{misfit}; ")


def _declared(html: bytes) -> str | None:
    script = html.find(b"<script", 0, _HEAD_BYTES)
    if script < 0:
        return html_body_declared_encoding(html)
    head = html_body_declared_encoding(html[:script])
    return head or html_body_declared_encoding(_SCRIPT.sub(b"", html[script:_HEAD_BYTES]))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _with_replacements(body: bytes, codec: str, why: str) -> tuple[str, str, tuple[str, ...]]:
    text = to_unicode(body, codec)
    lost = text.count("\ufffd") - body.count("\ufffd".encode(codec, "ignore") or b"\xff\xff\xff")
    places = "1 place" if lost == 1 else f"{lost} places"
    return text, codec, (f"{why}{places} can't be read as {codec} and show U+FFFD",)

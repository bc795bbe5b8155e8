"""The `urlkey` of an address, as the index of the archive has it (facts/wayback.md 1.8)."""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

# `http%3A//host%3A80/` is asked for as well as `http://host:80/` (wayback.md 2.1).
_SCHEME = re.compile(rb"https?(?::|%3a)(?:/|%2f)*", re.IGNORECASE)
_OTHER_SCHEME = re.compile(rb"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_REST = re.compile(rb"(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?", re.DOTALL)
_PORT = re.compile(rb"(?::|%3a)(\d*)$", re.IGNORECASE)
_WWW = re.compile(r"www\d*\.")
# What stays as it is; blanks, `#`, `%` and all that is not ASCII are escaped.
_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def urlkey(url: str) -> str:
    """Return the SURT: host turned round, without scheme, `www.`, port 80 and 443, fragment."""
    raw = url.strip().encode("utf-8", "surrogateescape")
    scheme = _SCHEME.match(raw)
    if scheme is None and _OTHER_SCHEME.match(raw):
        return url.strip().lower()  # `mailto:`, `data:` and scraps stand as they are (1.4)
    parts = _REST.match(raw, scheme.end() if scheme else 0)
    assert parts is not None, "every part may be empty"
    return f"{_host(parts['host'])}){_path(parts['path'])}{_query(parts['query'] or b'')}"


def prefix_key(url: str) -> str:
    """Return what the keys of a prefix query begin with: unlike in a key, a `/` at the end counts.

    `hkcnews.com/article/` -> `com,hkcnews)/article/`
    """
    key = urlkey(url)
    return key + "/" if url.endswith("/") and not key.endswith("/") else key


def host_key(url: str) -> str:
    """Return the host's part of the key, without the `)`: `com,hkcnews`."""
    return urlkey(url).partition(")")[0]


def _host(host: bytes) -> str:
    host = host.rpartition(b"@")[2]
    port = _PORT.search(host)
    number = port[1] if port else b""
    if port:
        host = host[: port.start()]
    name = _escaped(_unescaped(host)).lower().replace("..", ".").strip(".")
    turned = ",".join(reversed(_WWW.sub("", name, count=1).split(".")))
    return turned if number in {b"", b"80", b"443"} else f"{turned}:{number.decode()}"


def _path(path: bytes) -> str:
    kept: list[bytes] = []
    steps = _unescaped(path).split(b"/")[1:]
    for step in steps:
        if step == b"..":
            kept = kept[:-1]
        elif step not in {b"", b"."}:
            kept.append(step)
    return "/" + _escaped(b"/".join(kept)).lower()


def _query(query: bytes) -> str:
    whole = _escaped(_unescaped(query[1:])).lower()
    if not whole:
        return ""
    return "?" + "&".join(sorted(whole.split("&"), key=lambda pair: pair.partition("=")[::2]))


def _unescaped(part: bytes) -> bytes:
    while (shorter := unquote_to_bytes(part)) != part:
        part = shorter
    return part


def _escaped(part: bytes) -> str:
    return quote_from_bytes(part, _SAFE)

"""The `urlkey` of an address in the index of the archive (docs/wayback.md 1.2)."""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

# `http%3A//host%3A80/` is requested as well as `http://host:80/` (docs/wayback.md 2.1).
_SCHEME = re.compile(rb"https?(?::|%3a)(?:/|%2f)*", re.IGNORECASE)
_OTHER_SCHEME = re.compile(rb"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_REST = re.compile(rb"(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?", re.DOTALL)
_PORT = re.compile(rb"(?::|%3a)(\d*)$", re.IGNORECASE)
_WWW = re.compile(r"www\d*\.")
# Characters that stay; blanks, `#`, `%` and all non-ASCII are escaped.
_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def urlkey(url: str) -> str:
    """Return the SURT: host reversed, without scheme, `www.`, port 80 and 443, and fragment."""
    raw = url.strip().encode("utf-8", "surrogateescape")
    scheme = _SCHEME.match(raw)
    if scheme is None and _OTHER_SCHEME.match(raw):
        return url.strip().lower()  # `mailto:`, `data:` and scraps are kept
    parts = _REST.match(raw, scheme.end() if scheme else 0)
    assert parts is not None, "every part may be empty"
    return f"{_host(parts['host'])}){_path(parts['path'])}{_query(parts['query'] or b'')}"


def prefix_key(url: str) -> str:
    """Return the beginning of the keys of a prefix query; unlike in a key, a last `/` counts.

    `hkcnews.com/article/` -> `com,hkcnews)/article/`
    """
    key = urlkey(url)
    return key + "/" if url.endswith("/") and not key.endswith("/") else key


def host_key(url: str) -> str:
    """Return the host part of the key without the `)`, such as `com,hkcnews`."""
    return urlkey(url).partition(")")[0]


def _host(host: bytes) -> str:
    host = host.rpartition(b"@")[2]
    port = _PORT.search(host)
    number = port[1] if port else b""
    if port:
        host = host[: port.start()]
    name = _escaped(_unescaped(host)).lower().replace("..", ".").strip(".")
    reversed_name = ",".join(reversed(_WWW.sub("", name, count=1).split(".")))
    return reversed_name if number in {b"", b"80", b"443"} else f"{reversed_name}:{number.decode()}"


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

"""What every answer allows a browser to do, and which requests are answered at all.

Nothing of an article runs or is loaded from elsewhere. The pages of Datasette have scripts of their
own inside, which are allowed by their digests (CSP level 2, section 5.1).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from normalise.playback_address import ARCHIVE

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_ALWAYS = (
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_VARIABLE = "{{ datasette_allow_facet }}"
_POLICY = b"content-security-policy"
_SAFE = frozenset({"GET", "HEAD"})


def policy(*, shows_pictures: bool = False) -> str:
    """Return the Content-Security-Policy of a page of the reading room."""
    images = f"'self' {ARCHIVE}" if shows_pictures else "'self'"
    return _joined(_STRICT | {"img-src": images})


def data_policy() -> str:
    """Return the Content-Security-Policy of Datasette's own pages."""
    digests = " ".join(sorted(set(map(_digest, _scripts()))))
    return _joined(
        _STRICT
        | {
            "script-src": f"'self' {digests}",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data:",
        }
    )


def guarded(app: App, hosts: Iterable[str] | None) -> App:
    """Return an application whose every answer has these headers.

    Requests for other `hosts` are refused: a page elsewhere must not reach the reading room under
    a name of its own that leads to this machine. `None` takes any. Other sites can link to it, and
    do nothing else with it.
    """
    allowed = None if hosts is None else frozenset(hosts)
    of_data = data_policy().encode()

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "").lower()
        if allowed is not None and re.sub(r":[0-9]+$", "", host) not in allowed:
            await _refuse(send, 421, "The reading room answers under its own address only.")
            return
        if _is_of_other_site(scope["method"], headers, host):
            await _refuse(send, 403, "Other sites can link to the reading room, and no more.")
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                named = [*message.get("headers", ()), *_ALWAYS]
                if _POLICY not in {name.lower() for name, _ in named}:
                    named.append((_POLICY, of_data))
                message = message | {"headers": named}
            await send(message)

        await app(scope, receive, send_safely)

    return guard


def _is_of_other_site(method: str, headers: Mapping[bytes, str], host: str) -> bool:
    """Whether a page elsewhere makes a request that is no plain link (Fetch Metadata, 2)."""
    if method not in _SAFE:
        origin = headers.get(b"origin")
        return origin is not None and urlsplit(origin).netloc.lower() != host
    is_link = headers.get(b"sec-fetch-mode", "navigate") == "navigate"
    return headers.get(b"sec-fetch-site") == "cross-site" and not is_link


async def _refuse(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_ALWAYS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})


def _joined(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _scripts() -> Iterable[str]:
    """The scripts within Datasette's templates, with the values that they can have."""
    for file in resources.files("datasette").joinpath("templates").iterdir():
        if file.name.endswith(".html"):
            for script in _SCRIPT.findall(file.read_text(encoding="utf-8")):
                if _VARIABLE in script:
                    yield from (script.replace(_VARIABLE, each) for each in ("true", "false"))
                elif "{{" not in script and "{%" not in script:
                    yield script


def _digest(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"

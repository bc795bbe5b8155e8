"""The connections to the archive: how many, with which certificates, and through what.

The environment is read as httpx reads it: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in either
case, SSL_CERT_FILE and SSL_CERT_DIR. httpx itself can't be used for it: it has no way in for the
deadline of a request (scraper/wayback/timeouts.py).
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from scraper.errors import UsageError
from scraper.wayback.timeouts import DeadlineBackend

_HTTP = frozenset({"http", "https"})
_SOCKS = frozenset({"socks5", "socks5h"})


@dataclass(frozen=True, slots=True)
class Connections:
    """A pool of connections, and the proxy that they go through, "" for none."""

    pool: httpcore.AsyncConnectionPool
    proxy: str = ""


def open_connections(origin: httpx.URL, max_connections: int) -> Connections:
    """Return connections to an origin, through the proxy that the environment names for it.

    Idle connections are never closed from this side: a slow pace or a pause is no reason for a
    new connection, and opening many is what gets a client banned (docs/wayback.md 2.7). Raises
    `UsageError` for a proxy or a file of certificates that can't be used.
    """
    proxy = _proxy_of(origin)
    schemes = {origin.scheme, proxy.url.scheme if proxy else ""}
    ssl_context = _certificates() if "https" in schemes else None
    options: dict[str, Any] = {
        "ssl_context": ssl_context,
        "max_connections": max_connections,
        "max_keepalive_connections": max_connections,
        "keepalive_expiry": None,
        "network_backend": DeadlineBackend(),
    }
    if proxy is None:
        return Connections(httpcore.AsyncConnectionPool(**options))
    url = httpcore.URL(
        scheme=proxy.url.raw_scheme,
        host=proxy.url.raw_host,
        port=proxy.url.port,
        target=proxy.url.raw_path,
    )
    shown = f"{proxy.url.scheme}://{proxy.url.netloc.decode('ascii')}"  # without the password
    if proxy.url.scheme in _SOCKS:
        return Connections(
            httpcore.AsyncSOCKSProxy(url, proxy_auth=proxy.raw_auth, **options), shown
        )
    if proxy.url.scheme == "https":
        options["proxy_ssl_context"] = ssl_context
    pool = httpcore.AsyncHTTPProxy(url, proxy_auth=proxy.raw_auth, **options)
    return Connections(pool, shown)


def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted: reading them takes longer than many requests."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise UsageError(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names can't be read: {error}"
        ) from error


def _proxy_of(origin: httpx.URL) -> httpx.Proxy | None:
    """The proxy that the environment names for an origin. Raises `UsageError` for no proxy."""
    proxies = getproxies()
    if proxy_bypass(origin.netloc.decode("ascii")):
        return None
    named = proxies.get(origin.scheme) or proxies.get("all")
    if not named:
        return None
    advice = f"correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or name {origin.host} in NO_PROXY"
    try:
        proxy = httpx.Proxy(named if "://" in named else f"http://{named}")
    except (ValueError, httpx.InvalidURL) as error:
        raise UsageError(
            f"the environment names a proxy that is none: {error}; {advice}"
        ) from error
    if proxy.url.scheme not in _HTTP | _SOCKS or not proxy.url.host:
        raise UsageError(f"the environment names a proxy of an unknown kind: {named}; {advice}")
    if proxy.url.scheme in _SOCKS and find_spec("socksio") is None:
        raise UsageError(
            "a SOCKS proxy needs the package socksio: "
            "pip install 'hkcnews-archive[socks]', or name another proxy"
        )
    return proxy

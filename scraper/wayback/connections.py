"""The connections to the archive: how many, with which certificates, and through what."""

from __future__ import annotations

import httpcore
import httpx

from scraper.wayback.timeouts import DeadlineBackend


def open_pool(max_connections: int) -> httpcore.AsyncConnectionPool:
    """Return a pool of direct connections; no proxy of the environment is used.

    Idle connections are never closed from this side: a slow pace or a pause is no reason for a
    new connection, and opening many is what gets a client banned (docs/wayback.md 2.7).
    """
    return httpcore.AsyncConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=False),
        max_connections=max_connections,
        max_keepalive_connections=max_connections,
        keepalive_expiry=None,
        network_backend=DeadlineBackend(),
    )

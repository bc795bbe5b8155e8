"""Serves the reading room on a port of this machine."""

from __future__ import annotations

import ipaddress
import socket
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

from scraper.browse.catalogue import Catalogue
from scraper.errors import UsageError

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def open_socket(host: str, port: int, *, is_public: bool) -> socket.socket:
    """Return a socket that listens; port 0 takes any that is free.

    Raises `UsageError` for a host beyond this machine unless `is_public`, and for an address that
    can't be had.
    """
    if not is_public and not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines: add --public if that is wanted, "
            "or leave --host out"
        )
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, proto)
    except OSError as error:
        raise UsageError(f"{host} is no address of this machine: {error.strerror}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{host} port {port} can't be had: {error.strerror}; give another one with --port, "
            "or --port 0 for any that is free"
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Return the address under which a browser on this machine finds it."""
    host, port = listening.getsockname()[:2]
    is_any = ipaddress.ip_address(host).is_unspecified
    name = "127.0.0.1" if is_any else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def serve(database: Path, listening: socket.socket, *, is_public: bool) -> None:
    """Serve a database until the process is told to end."""
    import uvicorn  # noqa: PLC0415 - of the extra

    config = uvicorn.Config(
        make_app(database, is_public=is_public), log_level="warning", lifespan="on"
    )
    uvicorn.Server(config).run(sockets=[listening])


def make_app(database: Path, *, is_public: bool = False) -> Any:
    """Return the reading room of a database as an ASGI application."""
    from datasette.app import Datasette  # noqa: PLC0415 - of the extra
    from datasette.plugins import pm  # noqa: PLC0415

    from scraper.browse.site import DATABASE, STATIC, ReadingRoom  # noqa: PLC0415

    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        catalogue = Catalogue.load(db)
        tables = _counts(db)
    files = resources.files("scraper.browse")
    datasette = Datasette(
        immutables=[str(database)],
        # Datasette would read the whole file for its digest.
        inspect_data={DATABASE: {"hash": "", "size": database.stat().st_size, "tables": tables}},
        template_dir=str(files / "templates"),
        static_mounts=[(STATIC, str(files / "static"))],
        metadata={"title": "眾新聞 Citizen News", "databases": {DATABASE: {"tables": _FACETS}}},
        settings={"default_cache_ttl": 0},
    )
    room = ReadingRoom(catalogue, None if is_public else frozenset(_LOOPBACK_NAMES))
    pm.register(room)
    try:
        return datasette.app()
    finally:
        pm.unregister(room)


_FACETS = {
    "article_list": {"facets": ["category"], "sort_desc": "date"},
    "captures": {"facets": ["result", "reason"]},
    "outcomes": {"facets": ["status", "reason"]},
}


def _counts(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """The number of rows of each table, as Datasette takes it."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    query = 'SELECT count(*) FROM "{}"'
    return {name: {"count": db.execute(query.format(name)).fetchone()[0]} for name in names}


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

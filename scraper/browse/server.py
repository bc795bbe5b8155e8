"""Serves the reading room on a port of this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from scraper.browse.catalogue import Catalogue
from scraper.browse.database import reading
from scraper.crawl.layout import IMAGE_FOLDER
from scraper.errors import UsageError

_LOOPBACK, _ALL = "127.0.0.1", "0.0.0.0"  # noqa: S104 - only if the user says so
_LOOPBACK_NAMES = frozenset({"localhost", _LOOPBACK, "[::1]"})
_OWN_HANDLER = "datasette.handle_exception"


def open_socket(host: str | None, port: int, *, is_public: bool) -> socket.socket:
    """Return a socket that listens; port 0 takes any that is free.

    `host` is `None` for loopback, and for all addresses of this machine if `is_public`. Raises
    `UsageError` for a host beyond this machine unless `is_public`, and for an address that can't
    be had.
    """
    name = (host or (_ALL if is_public else _LOOPBACK)).strip("[]").lower()
    if not is_public and not _is_loopback(name):
        raise UsageError(
            f"{name} can be reached from other machines: add --public if that is wanted, "
            "or leave --host out"
        )
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, proto)
    except OSError as error:
        raise UsageError(f"{name} is no address of this machine: {error.strerror}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{name} port {port} can't be had: {error.strerror}; give another one with --port, "
            "or --port 0 for any that is free"
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Return the address under which a browser on this machine finds it."""
    return f"http://{_name_of(listening)}:{listening.getsockname()[1]}/"


def _name_of(listening: socket.socket) -> str:
    host = listening.getsockname()[0]
    if ipaddress.ip_address(host).is_unspecified:
        return _LOOPBACK
    return f"[{host}]" if ":" in host else str(host)


def serve(app: Any, listening: socket.socket) -> None:
    """Serve an application until the process is told to end."""
    import uvicorn  # noqa: PLC0415 - of the extra

    config = uvicorn.Config(app, log_level="warning", lifespan="on")
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def reading_room(
    database: Path, listening: socket.socket, *, is_public: bool = False
) -> Iterator[Any]:
    """Give the reading room of a database as an ASGI application for as long as the block lasts.

    It keeps to the file that is there now: one that takes its place is seen by the next one. A
    process has one reading room at a time, as Datasette has one list of plugins. Raises
    `UsageError` where the database can't be read.
    """
    from datasette.plugins import pm  # noqa: PLC0415 - of the extra

    from scraper.browse.plugin import Plugin  # noqa: PLC0415
    from scraper.browse.site import ReadingRoom  # noqa: PLC0415

    with reading(database) as db:
        catalogue, tables = Catalogue.load(db), _counts(db)
    hosts = None if is_public else _LOOPBACK_NAMES | {_name_of(listening)}
    # Datasette's own prints a traceback of every address that does not exist.
    own_handler = pm.unregister(name=_OWN_HANDLER)
    plugin = Plugin(ReadingRoom(catalogue), hosts)
    pm.register(plugin)
    try:
        with _datasette(database, tables, is_public=is_public) as datasette:
            yield datasette.app()
    finally:
        pm.unregister(plugin)
        pm.register(own_handler, _OWN_HANDLER)


@contextmanager
def _datasette(
    database: Path, tables: dict[str, dict[str, int | None]], *, is_public: bool
) -> Iterator[Any]:
    from datasette.app import Datasette  # noqa: PLC0415 - of the extra
    from datasette.database import Database  # noqa: PLC0415

    from scraper.browse import data_pages  # noqa: PLC0415
    from scraper.browse.site import STATIC  # noqa: PLC0415

    files, images = resources.files("scraper.browse"), database.parent / IMAGE_FOLDER
    size, name = database.stat().st_size, data_pages.DATABASE
    datasette = Datasette(
        # Datasette would read the whole file for its digest.
        inspect_data={name: {"hash": "", "size": size, "tables": tables}},
        template_dir=str(files / "templates"),
        static_mounts=[
            (STATIC, str(files / "static")),
            *([(IMAGE_FOLDER, str(images.resolve()))] if images.is_dir() else []),
        ],
        metadata=data_pages.METADATA,
        settings=data_pages.settings(is_public=is_public),
    )
    datasette.remove_database("_memory")
    with closing(Database(datasette, path=str(database), is_mutable=False)) as opened:
        datasette.add_database(opened, name=name)
        opening = _open_all(opened, datasette.setting("num_sql_threads"))
        with ThreadPoolExecutor(1) as thread:  # this one may have a loop that runs already
            thread.submit(asyncio.run, opening).result()
        yield datasette


async def _open_all(database: Any, threads: int) -> None:
    """Open the file once for each thread, while it is the one that was looked at."""
    all_there = threading.Barrier(threads)

    def wait(db: sqlite3.Connection) -> None:
        db.execute("SELECT count(*) FROM about")
        all_there.wait()

    await asyncio.gather(*(database.execute_fn(wait) for _ in range(threads)))


def _counts(db: sqlite3.Connection) -> dict[str, dict[str, int | None]]:
    """The number of rows of each table, as Datasette takes it.

    The tables of the search are left uncounted: their 200 MB would have to be read.
    """
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    query = 'SELECT count(*) FROM "{}"'
    return {
        name: {
            "count": None
            if name.partition("_")[0] == "search"
            else db.execute(query.format(name)).fetchone()[0]
        }
        for name in names
    }


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""The reading room as a plugin of Datasette: its addresses, its guards, its errors."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup
from pluggy import HookimplMarker

from scraper.browse import data_pages
from scraper.browse.safety import App, guarded
from scraper.browse.site import ReadingRoom

hookimpl = HookimplMarker("datasette")
View = Callable[..., Any]
_log = logging.getLogger("uvicorn.error")
_FAULT = 500


class Plugin:
    """Answers for one Datasette; `hosts` are those under which it answers, `None` for any."""

    __name__ = "hkcnews-reading-room"  # Datasette asks every plugin for it

    def __init__(self, room: ReadingRoom, hosts: frozenset[str] | None) -> None:
        self._room = room
        self._hosts = hosts

    @hookimpl
    def asgi_wrapper(self) -> Callable[[App], App]:
        """Guard all answers, those of Datasette included."""
        return lambda app: guarded(data_pages.searching_rightly(app), self._hosts)

    @hookimpl
    def register_routes(self) -> list[tuple[str, View]]:
        """Return the addresses of the pages."""
        room = self._room
        return [
            (r"^/$", room.front),
            (r"^/calendar$", room.calendar),
            (r"^/month/(?P<month>[^/]+)$", room.month),
            (r"^/day/(?P<date>[^/]+)$", room.day),
            (r"^/(?P<kind>category|author|tag)$", room.term),
            (r"^/search$", room.search),
            (r"^/article/(?P<id>[0-9]+)$", room.article),
            (r"^/article/(?P<id>[0-9]+)/changes$", room.changes),
            (r"^/article/(?P<id>[0-9]+)/.*$", room.old_address),
            (r"^/settings$", room.settings),
        ]

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """Prepare each connection to the archive."""
        if database == data_pages.DATABASE:
            data_pages.prepare(conn)

    @hookimpl
    def render_cell(self, value: object, column: str, table: str | None) -> Markup | None:
        """Let ids of articles lead to them."""
        return data_pages.linked(value, column, table)

    @hookimpl
    def handle_exception(
        self, datasette: Any, request: Request, exception: Exception
    ) -> Callable[[], Awaitable[Response]]:
        """Tell what went wrong on a page of the reading room, or as JSON where that was asked."""

        async def answer() -> Response:
            status, message = _status_and_message(exception)
            if status >= _FAULT:
                _log.error("%s %s: %r", request.method, request.path, exception)
            if request.path.endswith(".json"):
                error = {"ok": False, "error": message, "status": status}
                return Response.json(error, status=status)
            return await self._room.failure(datasette, request, status, message)

        return answer


def _status_and_message(exception: Exception) -> tuple[int, str]:
    if isinstance(exception, DatasetteError):
        return exception.status, Markup(exception.message).striptags()  # noqa: S704 - no HTML left
    if isinstance(exception, Base400):
        return exception.status, str(exception)
    return _FAULT, "a fault of this program"

"""What the reading room answers where something went wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from datasette.utils.asgi import Base400, NotFound, Response
from datasette.views.base import DatasetteError

from scraper.browse.plugin import Plugin
from scraper.browse.site import ReadingRoom


class Room(ReadingRoom):
    """Gives back what it was told."""

    def __init__(self) -> None:
        """Needs no catalogue."""

    async def failure(self, datasette: Any, request: Any, status: int, message: str) -> Response:
        del datasette, request
        return Response.html(message, status=status)


def answer(error: Exception, path: str = "/archive") -> Response:
    request: Any = SimpleNamespace(method="GET", path=path)
    told = Plugin(Room(), None).handle_exception(None, request, error)

    async def wait() -> Response:
        return await told()

    return asyncio.run(wait())


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (NotFound("gone"), 404, "gone"),
        (Base400("odd"), 400, "odd"),
        (DatasetteError("<b>slow</b> query", status=400, message_is_html=True), 400, "slow query"),
    ],
)
def test_errors_are_told_in_their_words(error: Exception, status: int, message: str) -> None:
    shown = answer(error)
    assert (shown.status, shown.body) == (status, message)


def test_a_fault_is_told_without_its_inside_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "uvicorn.error"):
        shown = answer(RuntimeError("a secret"))
    assert (shown.status, shown.body) == (500, "a fault of this program")
    assert "GET /archive: RuntimeError('a secret')" in caplog.text


def test_programs_get_errors_as_json() -> None:
    shown = answer(NotFound("gone"), "/archive/x.json")
    assert json.loads(shown.body) == {"ok": False, "error": "gone", "status": 404}

"""The deadline of a request: each step on its connection ends by then."""

from __future__ import annotations

import asyncio

import httpcore
import pytest
from support import sockets

from scraper.wayback import timeouts
from scraper.wayback.timeouts import DeadlineBackend


async def connect(server: sockets.Asked) -> httpcore.AsyncNetworkStream:
    host, port = server.origin.removeprefix("http://").split(":")
    return await DeadlineBackend().connect_tcp(host, int(port), timeout=60.0)


@pytest.mark.parametrize("timeout", [None, 60.0])
def test_a_read_ends_at_the_deadline(timeout: float | None) -> None:
    async def scenario() -> bool:
        async with sockets.answering() as server:
            with timeouts.within(60.0):
                stream = await connect(server)
            with timeouts.within(0.01):
                with pytest.raises(httpcore.ReadTimeout):
                    await stream.read(1, timeout)
                await stream.aclose()
                return timeouts.has_passed()

    assert asyncio.run(scenario())


def test_a_read_has_a_limit_of_its_own() -> None:
    async def scenario() -> bool:
        async with sockets.answering() as server:
            with timeouts.within(60.0):
                stream = await connect(server)
                with pytest.raises(httpcore.ReadTimeout):
                    await stream.read(1, 0.01)
                await stream.aclose()
                return timeouts.has_passed()

    assert not asyncio.run(scenario())


def test_nothing_is_begun_after_the_deadline() -> None:
    async def scenario() -> None:
        async with sockets.answering() as server:
            with timeouts.within(60.0):
                stream = await connect(server)
            with timeouts.within(0.0):
                with pytest.raises(httpcore.ConnectTimeout):
                    await connect(server)
                with pytest.raises(httpcore.WriteTimeout):
                    await stream.write(b"x")
            await stream.aclose()

    asyncio.run(scenario())

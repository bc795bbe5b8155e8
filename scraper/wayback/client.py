"""The archive over HTTP: the one place that makes requests, and the gate for httpx's errors.

Every request has its turn of the governor; tenacity makes it again where its failure passes.
httpx's transport is asked without its client: what that would add (cookies, redirects and proxies
of its own) must not happen here, and takes a third of the time of a request.
Requests are never cancelled while they are under way: httpcore loses the place of such a
connection for good (encode/httpcore#1093; seen with 1.0.9).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_random_exponential,
)

from scraper.content_encoding import LARGEST_PAGE
from scraper.errors import (
    Broken,
    NoAnswer,
    Refused,
    ScraperError,
    TryAgain,
    Unplayable,
    Unplayed,
)
from scraper.wayback import cdx, timeouts
from scraper.wayback.responses import refuse
from scraper.wayback.stop import Stop
from scraper.wayback.throttle import Endpoint, Governor

T = TypeVar("T")
Read = Callable[[httpx.Response, bytes], T]

TRIES = 5
_CONNECT_SECONDS = 30.0
_READ_SECONDS = 60.0  # between two parts: slow captures come from a cache the next time (2.8)
_MOST_SECONDS = 300.0  # for one answer, its head as well, however it drips
_MOST_WORKING_SECONDS = 600.0  # for all tries together, pauses left out
_MOST_BYTES = {Endpoint.INDEX: cdx.MOST_BYTES, Endpoint.PLAYBACK: LARGEST_PAGE}


@dataclass
class Effort:
    """What it took to get an answer: requests made, and the seconds that they took."""

    requests: int = 0
    seconds: float = 0.0


class Archive(AbstractAsyncContextManager["Archive"]):
    """Asks one origin, and no other host.

    `origin` is scheme and host; `wait` the seconds from which the waits between tries double.
    """

    def __init__(
        self,
        origin: str,
        governor: Governor,
        stop: Stop,
        agent: str,
        concurrency: int = 4,
        wait: float = 2.0,
    ) -> None:
        self._governor = governor
        self._slots = asyncio.Semaphore(concurrency)
        self._origin = httpx.URL(origin)
        self._transport = timeouts.Transport(
            httpx.Limits(
                max_connections=concurrency,
                max_keepalive_connections=concurrency,
                keepalive_expiry=None,  # a gentle pace or a pause is no reason for another one
            )
        )
        self._timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS, pool=None).as_dict()
        self._headers = httpx.Headers(
            {
                "User-Agent": agent,
                "Accept": "*/*",
                "Accept-Encoding": "gzip",
                "Connection": "keep-alive",
            }
        )
        self._retrying = AsyncRetrying(
            retry=retry_if_exception_type(TryAgain),
            stop=_is_enough,
            wait=wait_random_exponential(multiplier=wait, max=30 * wait),
            sleep=stop.sleep,
            retry_error_callback=_give_up,
        )

    @property
    def host(self) -> str:
        """The host that requests go to, with its port where that is not the usual one."""
        return self._origin.netloc.decode("ascii")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._transport.aclose()

    async def ask(self, endpoint: Endpoint, target: bytes, read: Read[T], effort: Effort) -> T:
        """Return what `read` makes of the answer; `effort` grows by what it took.

        What pauses everybody costs none of the tries. Raises `NoAnswer` when these are used up,
        `Paused` when the archive refuses for long, `Stopped` when the run is to end, and what
        `read` raises for good.
        """
        # As it is: httpx would take `..` out of an address and encode some of its characters.
        exactly = {"target": target, "timeout": self._timeout}
        request = httpx.Request("GET", self._origin, headers=self._headers, extensions=exactly)
        retrying = self._retrying.copy()  # it keeps notes
        return await retrying(self._once_allowed, endpoint, request, read, effort)

    async def _once_allowed(
        self, endpoint: Endpoint, request: httpx.Request, read: Read[T], effort: Effort
    ) -> T:
        while True:
            async with self._slots:
                turn = await self._governor.turn(endpoint)
                effort.requests += 1
                start = time.monotonic()
                try:
                    answer = await self._answer(endpoint, request, read)
                except Refused as refusal:
                    self._governor.refused(turn, refusal)
                    continue
                except (TryAgain, Broken):
                    raise
                except ScraperError:  # an answer all the same
                    self._governor.answered(turn)
                    raise
                finally:
                    effort.seconds += time.monotonic() - start
                self._governor.answered(turn)
                return answer

    async def _answer(self, endpoint: Endpoint, request: httpx.Request, read: Read[T]) -> T:
        with timeouts.within(_MOST_SECONDS):
            response, body = await self._received(endpoint, request)
        return read(response, body)

    async def _received(
        self, endpoint: Endpoint, request: httpx.Request
    ) -> tuple[httpx.Response, bytes]:
        try:
            response = await self._transport.handle_async_request(request)
            try:
                return response, await _body(response, _MOST_BYTES[endpoint])
            except httpx.HTTPError:
                if "memento-datetime" not in response.headers:
                    refuse(response, "")  # a 429 is one, whatever becomes of its body
                raise
            finally:
                await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _no_connection(error) from error
        except httpx.TimeoutException as error:
            if timeouts.has_passed():
                said = f"an answer that does not end in {_MOST_SECONDS:.0f} seconds"
                raise TryAgain(said) from error
            raise TryAgain(f"no answer in {_READ_SECONDS:.0f} seconds") from error
        except httpx.HTTPError as error:
            raise TryAgain(f"the connection broke: {error or type(error).__name__}") from error


async def _body(response: httpx.Response, most: int) -> bytes:
    """The body as it came, packed or not; it may not grow without end."""
    parts = bytearray()
    async for part in response.aiter_raw():
        parts += part
        if len(parts) > most:
            said = f"the answer is larger than {most} bytes, as no page is"
            raise Unplayable(Unplayed.TOO_LARGE, said)
    return bytes(parts)


def _no_connection(error: httpx.HTTPError) -> ScraperError:
    """A ban looks like this: it is at the firewall, where no connection is made any more (2.9)."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Broken(f"the archive's certificate does not hold: {cause}")
        cause = cause.__cause__ or cause.__context__
    return Refused(f"the archive takes no connection ({error or type(error).__name__})")


def _is_enough(state: RetryCallState) -> bool:
    effort: Effort = state.args[-1]
    return state.attempt_number >= TRIES or effort.seconds >= _MOST_WORKING_SECONDS


def _give_up(state: RetryCallState) -> None:
    assert state.outcome is not None, "called after a try"
    error = state.outcome.exception()
    raise NoAnswer(f"{error}, {state.attempt_number} times") from error

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

from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import (
    PlaybackError,
    PlaybackFailure,
    RateLimited,
    RetriesExhausted,
    ScraperError,
    StorageError,
    TryAgain,
)
from scraper.wayback import cdx, timeouts
from scraper.wayback.responses import raise_for_archive_error
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint, Throttle

T = TypeVar("T")
Read = Callable[[httpx.Response, bytes], T]

MAX_TRIES = 5
_CONNECT_SECONDS = 30.0
_READ_SECONDS = 60.0  # between two parts: slow captures come from a cache the next time (2.8)
_MOST_SECONDS = 300.0  # for one answer, its head as well, however it drips
_MOST_WORKING_SECONDS = 600.0  # for all tries together, pauses left out
_MOST_BYTES = {Endpoint.INDEX: cdx.MAX_BYTES, Endpoint.PLAYBACK: MAX_PAGE_BYTES}


@dataclass
class RequestStats:
    """What it took to get an answer: requests made, and the seconds that they took."""

    requests: int = 0
    seconds: float = 0.0


class WaybackClient(AbstractAsyncContextManager["WaybackClient"]):
    """Asks one origin, and no other host.

    `origin` is scheme and host; `wait` the seconds from which the waits between tries double.
    """

    def __init__(
        self,
        origin: str,
        governor: Throttle,
        stop: StopSignal,
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

    async def get(
        self, endpoint: Endpoint, target: bytes, read: Read[T], effort: RequestStats
    ) -> T:
        """Return what `read` makes of the answer; `effort` grows by what it took.

        What pauses everybody costs none of the tries. Raises `RetriesExhausted` when these are
        used up,
        `Paused` when the archive refuses for long, `Stopped` when the run is to end, and what
        `read` raises for good.
        """
        # As it is: httpx would take `..` out of an address and encode some of its characters.
        exactly = {"target": target, "timeout": self._timeout}
        request = httpx.Request("GET", self._origin, headers=self._headers, extensions=exactly)
        retrying = self._retrying.copy()  # it keeps notes
        return await retrying(self._once_allowed, endpoint, request, read, effort)

    async def _once_allowed(
        self, endpoint: Endpoint, request: httpx.Request, read: Read[T], effort: RequestStats
    ) -> T:
        while True:
            async with self._slots:
                turn = await self._governor.acquire(endpoint)
                effort.requests += 1
                start = time.monotonic()
                try:
                    answer = await self._answer(endpoint, request, read)
                except RateLimited as refusal:
                    self._governor.record_refusal(turn, refusal)
                    continue
                except (TryAgain, StorageError):
                    raise
                except ScraperError:  # an answer all the same
                    self._governor.record_success(turn)
                    raise
                finally:
                    effort.seconds += time.monotonic() - start
                self._governor.record_success(turn)
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
                    raise_for_archive_error(
                        response, ""
                    )  # a 429 is one, whatever becomes of its body
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
            raise PlaybackError(PlaybackFailure.TOO_LARGE, said)
    return bytes(parts)


def _no_connection(error: httpx.HTTPError) -> ScraperError:
    """A ban looks like this: it is at the firewall, where no connection is made any more (2.9)."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return StorageError(f"the archive's certificate does not hold: {cause}")
        cause = cause.__cause__ or cause.__context__
    return RateLimited(f"the archive takes no connection ({error or type(error).__name__})")


def _is_enough(state: RetryCallState) -> bool:
    effort: RequestStats = state.args[-1]
    return state.attempt_number >= MAX_TRIES or effort.seconds >= _MOST_WORKING_SECONDS


def _give_up(state: RetryCallState) -> None:
    assert state.outcome is not None, "called after a try"
    error = state.outcome.exception()
    raise RetriesExhausted(f"{error}, {state.attempt_number} times") from error

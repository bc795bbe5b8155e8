"""The archive over HTTP: the one place that makes requests and translates httpcore's errors.

Every request waits for the throttle first; tenacity repeats it when its failure may pass.
httpcore's pool is used without httpx's client: cookies, redirects and proxies of its own must not
happen here, and cost a third of the time of a request. Responses are handed on as httpx's.
Requests under way are never cancelled: httpcore would lose their places in the pool
(encode/httpcore#1093, seen with 1.0.9).
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

import httpcore
import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_random_exponential,
)

from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import (
    CertificateError,
    PlaybackError,
    PlaybackFailure,
    ProxyRefusal,
    RateLimited,
    RetriesExhausted,
    ScraperError,
    TryAgain,
)
from scraper.wayback import cdx, timeouts
from scraper.wayback.connections import open_connections
from scraper.wayback.responses import raise_for_archive_error
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint, Throttle

T = TypeVar("T")
Read = Callable[[httpx.Response, bytes], T]

MAX_TRIES = 5
_CONNECT_SECONDS = 30.0
# For one read. A slow capture often comes at once the next time (docs/wayback.md 2.8).
_READ_SECONDS = 60.0
_MAX_SECONDS = 300.0  # for one answer with its head, however slowly its bytes come
_MAX_WORKING_SECONDS = 600.0  # for all tries of a request together, without pauses
_MAX_BYTES = {Endpoint.INDEX: cdx.MAX_BYTES, Endpoint.PLAYBACK: MAX_PAGE_BYTES}
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "keep-alive"}
_PASSING_OF_PROXY = ("500", "502", "503", "504")
# These have no common base class.
_TRANSPORT_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


@dataclass
class RequestStats:
    """What it took to get an answer: the requests made, and the seconds that they took."""

    requests: int = 0
    seconds: float = 0.0


class WaybackClient(AbstractAsyncContextManager["WaybackClient"]):
    """Makes requests to one origin and to no other host.

    `origin` is scheme and host, `agent` the User-Agent. `wait` is in seconds: the waits between
    tries are random, with a bound that begins there and doubles.
    """

    def __init__(
        self,
        origin: str,
        throttle: Throttle,
        stop: StopSignal,
        agent: str,
        concurrency: int = 4,
        wait: float = 2.0,
    ) -> None:
        self._throttle = throttle
        self._slots = asyncio.Semaphore(concurrency)
        request = httpx.Request("GET", origin, headers={"User-Agent": agent, **_HEADERS})
        self._origin = request.url
        self._headers = request.headers.raw
        connections = open_connections(self._origin, concurrency)
        self._pool, self._proxy = connections.pool, connections.proxy
        self._timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS, pool=None).as_dict()
        self._retrying = AsyncRetrying(
            retry=retry_if_exception_type(TryAgain),
            stop=_is_enough,
            wait=wait_random_exponential(multiplier=wait, max=30 * wait),
            sleep=stop.sleep,
            retry_error_callback=_give_up,
        )

    @property
    def host(self) -> str:
        """The host that requests go to, with its port unless that is the usual one."""
        return self._origin.netloc.decode("ascii")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._pool.aclose()

    async def get(
        self,
        endpoint: Endpoint,
        target: bytes,
        read: Read[T],
        stats: RequestStats,
        max_bytes: int | None = None,
    ) -> T:
        """Return what `read` makes of the answer to `target`; add to `stats` what it took.

        `max_bytes` bounds the answer where it may be larger than those of the endpoint usually are.
        A refusal that pauses everybody does not count as a try. Raises `RetriesExhausted` after
        the last try, `Paused` when the archive has refused for long, `Stopped` when the run is to
        end, `CertificateError` and `ProxyRefusal` where no request can succeed, and any other
        error of `read`.
        """
        retrying = self._retrying.copy()  # it holds the state of one call
        bound = _MAX_BYTES[endpoint] if max_bytes is None else max_bytes
        return await retrying(self._attempt, endpoint, target, bound, read, stats)

    async def _attempt(
        self, endpoint: Endpoint, target: bytes, max_bytes: int, read: Read[T], stats: RequestStats
    ) -> T:
        """Make one try: a request, and another after each pause that the archive asks for."""
        while True:
            async with self._slots:
                ticket = await self._throttle.acquire(endpoint)
                stats.requests += 1
                start = time.monotonic()
                try:
                    with timeouts.within(_MAX_SECONDS):
                        response, body = await self._receive(target, max_bytes)
                    result = read(response, body)
                except RateLimited as refusal:
                    self._throttle.record_refusal(ticket, refusal)
                    continue
                except (TryAgain, CertificateError, ProxyRefusal):
                    raise
                except ScraperError:  # an answer all the same
                    self._throttle.record_success(ticket)
                    raise
                finally:
                    stats.seconds += time.monotonic() - start
                self._throttle.record_success(ticket)
                return result

    async def _receive(self, target: bytes, max_bytes: int) -> tuple[httpx.Response, bytes]:
        """Return the head of the answer as a response without body, and the body as it came."""
        # The target goes out as it is: httpx would resolve `..` in it and encode characters.
        url = httpcore.URL(
            scheme=self._origin.raw_scheme,
            host=self._origin.raw_host,
            port=self._origin.port,
            target=target,
        )
        try:
            async with self._pool.stream(
                "GET", url, headers=self._headers, extensions={"timeout": self._timeout}
            ) as raw:
                response = httpx.Response(
                    raw.status,
                    headers=raw.headers,
                    stream=httpx.ByteStream(b""),
                    extensions=raw.extensions,
                )
                if response.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
                    raise _refused_by_proxy(self._proxy, "407 Proxy Authentication Required")
                try:
                    return response, await _read_body(raw, max_bytes)
                except _TRANSPORT_ERRORS:
                    if "memento-datetime" not in response.headers:
                        raise_for_archive_error(response, "")  # a 429 counts without its body
                    raise
        except _TRANSPORT_ERRORS as error:
            raise self._translate(error) from error

    def _translate(self, error: Exception) -> ScraperError:
        """The error of this package for one of httpcore."""
        reason = str(error) or type(error).__name__
        if isinstance(error, httpcore.ProxyError):
            if reason.startswith(_PASSING_OF_PROXY):
                return TryAgain(f"the proxy {self._proxy} answers: {reason}")
            return _refused_by_proxy(self._proxy, reason)
        if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
            certificate = _certificate_failure(error)
            if certificate is not None:
                return CertificateError(f"the archive's certificate does not hold: {certificate}")
            # A ban looks like this: the firewall takes no connections (docs/wayback.md 2.7).
            whose = f"the proxy {self._proxy}" if self._proxy else "the archive"
            return RateLimited(f"{whose} takes no connection ({reason})")
        if isinstance(error, httpcore.TimeoutException):
            if timeouts.has_passed():
                return TryAgain(f"an answer that does not end in {_MAX_SECONDS:.0f} seconds")
            return TryAgain(f"no answer in {_READ_SECONDS:.0f} seconds")
        return TryAgain(f"the connection broke: {reason}")


def _refused_by_proxy(proxy: str, reason: str) -> ProxyRefusal:
    return ProxyRefusal(
        f"the proxy {proxy} refuses: {reason}; correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY "
        "(http://user:password@host:port), and start the same command again"
    )


async def _read_body(response: httpcore.Response, max_bytes: int) -> bytes:
    """The body as it came, compressed or not. Raises `PlaybackError` where it is too large."""
    body = bytearray()
    async for part in response.aiter_stream():
        body += part
        if len(body) > max_bytes:
            message = f"the answer is larger than {max_bytes} bytes, as no page is"
            raise PlaybackError(PlaybackFailure.TOO_LARGE, message)
    return bytes(body)


def _certificate_failure(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """The failed check of a certificate that caused an error, if that was the cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _is_enough(state: RetryCallState) -> bool:
    stats: RequestStats = state.args[-1]
    return state.attempt_number >= MAX_TRIES or stats.seconds >= _MAX_WORKING_SECONDS


def _give_up(state: RetryCallState) -> None:
    assert state.outcome is not None, "called after a try"
    error = state.outcome.exception()
    raise RetriesExhausted(f"{error}, {state.attempt_number} times") from error

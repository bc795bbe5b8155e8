"""What a request is answered, and the log of it all."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from fake_archive import index, playback
from fake_archive.answers import Answer, plain
from fake_archive.archive import Archive
from fake_archive.rules import INDEX, OTHER, PLAYBACK, FaultInjector, Faults


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in, and what it was answered.

    `at` is `time.monotonic()`, the same clock in all processes of a machine. `status` is 0 where
    no head was sent. `kind` is the word for the answer as it would have been ("capture",
    "nearest", "hrm", "rows", ...), `fault` the name of what was done to it, "" for nothing.
    """

    number: int
    at: float
    target: str
    endpoint: str
    status: int
    kind: str
    fault: str
    connection: int
    agent: str

    @property
    def timestamp(self) -> str:
        """The 14 digits that playback was asked for; "" for other requests."""
        return self._part("timestamp")

    @property
    def original(self) -> str:
        """The address that playback was asked for; "" for other requests."""
        return self._part("url")

    def _part(self, name: str) -> str:
        match = playback.TARGET.match(self.target)
        return match[name] if match else ""


class RequestHandler:
    """Answers requests from an archive, with faults, and writes them down."""

    def __init__(self, archive: Archive, faults: Faults) -> None:
        self._archive = archive
        self._referee = FaultInjector(faults)
        self._log: list[Request] = []
        self._news = threading.Condition()

    @property
    def log(self) -> list[Request]:
        """Everything that was asked so far, in the order it came in."""
        with self._news:
            return list(self._log)

    def change(self, faults: Faults) -> None:
        """Go on with other faults, counting from 1 again."""
        self._referee = FaultInjector(faults)

    def wait_for(self, count: int, timeout: float) -> None:
        """Wait until so many requests have come in; raises `TimeoutError`."""
        with self._news:
            if not self._news.wait_for(lambda: len(self._log) >= count, timeout):
                raise TimeoutError(f"{len(self._log)} requests of {count} came in {timeout} s")

    def answer(self, target: str, agent: str, connection: int) -> Answer:
        """Return the answer to a GET."""
        at = time.monotonic()
        endpoint, referee = endpoint_of(target), self._referee
        answer = self._truth(endpoint, target, referee.faults)
        fault = referee.judge(endpoint, target)
        kind = answer.kind
        if fault is not None:
            answer = fault.change(answer, target)
        status = answer.status if answer.head else 0
        name = fault.name if fault else ""
        with self._news:
            number = len(self._log) + 1
            request = Request(number, at, target, endpoint, status, kind, name, connection, agent)
            self._log.append(request)
            self._news.notify_all()
        return answer

    def _truth(self, endpoint: str, target: str, faults: Faults) -> Answer:
        if endpoint == PLAYBACK:
            return playback.answer(self._archive, target)
        if endpoint == INDEX:
            return index.answer(self._archive, target.partition("?")[2], faults.quirks)
        return plain("not found", 404, "<h1>404 Not Found</h1>")


def endpoint_of(target: str) -> str:
    """Return which part of the archive a target is of."""
    if target.startswith(playback.PREFIX):
        return PLAYBACK
    return INDEX if target.partition("?")[0] == index.PATH else OTHER

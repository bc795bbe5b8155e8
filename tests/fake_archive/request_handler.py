"""Chooses the response to each request, and keeps a log of all requests."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from fake_archive import index, playback
from fake_archive.archive import Archive
from fake_archive.fault_injector import INDEX, OTHER, PLAYBACK, FaultInjector, Faults
from fake_archive.responses import Response, service_response


@dataclass(frozen=True, slots=True)
class Request:
    """One request and its response.

    `number` counts from 1. `at` is `time.monotonic()`, which all processes of a machine share.
    `status` is 0 if no head was sent. `kind` is the name of the response without any fault
    ("capture", "nearest", "hrm", "rows", ...), `fault` the name of the fault, "" for none.
    `connection` is the number of the connection, `agent` the User-Agent.
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
        """The timestamp in a playback request; "" for other requests."""
        return self._part("timestamp")

    @property
    def original(self) -> str:
        """The address in a playback request; "" for other requests."""
        return self._part("url")

    def _part(self, name: str) -> str:
        match = playback.TARGET.match(self.target)
        return match[name] if match else ""


class RequestHandler:
    """Answers requests from an archive, injects faults, and logs both."""

    def __init__(self, archive: Archive, faults: Faults) -> None:
        self._archive = archive
        self._injector = FaultInjector(faults)
        self._log: list[Request] = []
        self._logged = threading.Condition()

    @property
    def log(self) -> list[Request]:
        """All requests so far, in the order in which they came in."""
        with self._logged:
            return list(self._log)

    def change(self, faults: Faults) -> None:
        """Use other faults from now on; requests are counted from 1 again."""
        self._injector = FaultInjector(faults)

    def wait_for(self, count: int, timeout: float) -> None:
        """Wait until `count` requests have come in; `TimeoutError` after `timeout` seconds."""
        with self._logged:
            if not self._logged.wait_for(lambda: len(self._log) >= count, timeout):
                raise TimeoutError(f"{len(self._log)} requests of {count} came in {timeout} s")

    def respond(self, target: str, agent: str, connection: int) -> Response:
        """Return the response to a GET."""
        at = time.monotonic()
        endpoint, injector = endpoint_of(target), self._injector
        response = self._faultless(endpoint, target, injector.faults)
        fault = injector.next_fault(endpoint, target)
        kind = response.kind
        if fault is not None:
            response = fault.change(response, target)
        status = response.status if response.head else 0
        name = fault.name if fault else ""
        with self._logged:
            number = len(self._log) + 1
            request = Request(number, at, target, endpoint, status, kind, name, connection, agent)
            self._log.append(request)
            self._logged.notify_all()
        return response

    def _faultless(self, endpoint: str, target: str, faults: Faults) -> Response:
        if endpoint == PLAYBACK:
            return playback.respond(self._archive, target)
        if endpoint == INDEX:
            return index.respond(self._archive, target.partition("?")[2], faults.quirks)
        return service_response("not found", 404, "<h1>404 Not Found</h1>")


def endpoint_of(target: str) -> str:
    """Return the endpoint that a target belongs to."""
    if target.startswith(playback.PREFIX):
        return PLAYBACK
    return INDEX if target.partition("?")[0] == index.PATH else OTHER

"""Faults of the archive (docs/wayback.md 1.5, 2.2, 2.4 to 2.9).

Each fault changes the response that would have been given.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from fake_archive import error_pages, playback
from fake_archive.index import RUNTIME_ERROR
from fake_archive.mementos import Header
from fake_archive.playback import service_headers
from fake_archive.responses import Encoding, Ending, Response, service_response

# From the response that would have been given, and the requested target.
Change = Callable[[Response, str], Response]


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of responses; `name` is its name in the log."""

    name: str
    change: Change


def says(
    name: str, status: int, body: str, *headers: Header, reason: str = "", html: bool = True
) -> Fault:
    """Another response of the service: the basis of faults below, and of faults of a test."""
    response = replace(service_response("fault", status, body, *headers, html=html), reason=reason)
    return Fault(name, partial(_instead, instead=response))


def on_the_wire(
    name: str,
    *,
    encoding: Encoding | None = None,
    ending: Ending = Ending.COMPLETE,
    sent: float = 1.0,
    head: bool = True,
) -> Fault:
    """The right response, badly packed or in part."""
    change = partial(_on_the_wire, encoding=encoding, ending=ending, sent=sent, head=head)
    return Fault(name, change)


# --- playback and index ---------------------------------------------------------------------


def too_many(retry_after: int | str | None = None, status: int = 429) -> Fault:
    """A 429 of the archive itself, also seen with status 200 (docs/wayback.md 2.7).

    No recording has a `Retry-After`.
    """
    headers: tuple[Header, ...] = (("cache-control", "no-cache"), *service_headers(status))
    if retry_after is not None:
        headers += (("Retry-After", str(retry_after)),)
    return says(f"429 with {status}", status, error_pages.bot_traffic(), *headers)


def outage(status: int = 503) -> Fault:
    """The outage page: 503 on some days, 200 on others (docs/wayback.md 2.9)."""
    return says(f"outage with {status}", status, error_pages.outage())


def gateway(status: int = 504, after: float = 0.0) -> Fault:
    """502, 503 or 504 of the gateway, after some seconds (docs/wayback.md 1.5 and 2.9)."""
    return slow(after, says(str(status), status, error_pages.gateway(status)))


def refused(seconds: float = 0.0) -> Fault:
    """The connection breaks, and new ones are refused for some seconds (docs/wayback.md 2.7).

    With 0 seconds they are refused until `Server.back()`.
    """
    change = partial(_on_the_wire, ending=Ending.RESET, sent=0.0, head=False)
    return Fault("refused", partial(_refused, change=change, seconds=seconds))


def hung_up() -> Fault:
    """The connection is closed before the first byte of the response (docs/wayback.md 2.9)."""
    return on_the_wire("hung up", ending=Ending.CLOSED, sent=0.0, head=False)


def reset(sent: float | None = None) -> Fault:
    """The connection is reset: before the response, or after a part of the body."""
    if sent is None:
        return on_the_wire("reset before", ending=Ending.RESET, sent=0.0, head=False)
    return on_the_wire("reset within", ending=Ending.RESET, sent=sent)


def cut_short(sent: float = 0.5) -> Fault:
    """The connection is closed within the body, before the last chunk (docs/wayback.md 2.4)."""
    return on_the_wire("cut short", ending=Ending.CLOSED, sent=sent)


def stalled(sent: float | None = None) -> Fault:
    """The response stops before the head or within the body, and the connection stays open."""
    if sent is None:
        return on_the_wire("stalled", ending=Ending.STALLED, sent=0.0, head=False)
    return on_the_wire("stalled within", ending=Ending.STALLED, sent=sent)


def dripping(sent: float = 0.5) -> Fault:
    """A byte now and then: no read times out, and the response never ends."""
    return Fault("dripping", partial(_dripping, sent=sent))


def slow(seconds: float, then: Fault | None = None) -> Fault:
    """The response, or another fault, after some seconds (docs/wayback.md 2.8)."""
    name = then.name if then else "slow"
    return Fault(name, partial(_slow, seconds=seconds, change=then.change if then else None))


def held(then: Fault | None = None) -> Fault:
    """The response, or another fault, when the test calls `Server.release()`."""
    name = f"held {then.name}" if then else "held"
    return Fault(name, partial(_held, change=then.change if then else None))


# --- bodies ---------------------------------------------------------------------------------


def shortened(sent: float = 0.5) -> Fault:
    """A part of the body in a correct frame: incomplete JSON, or an incomplete page."""
    return Fault("shortened", partial(_shortened, sent=sent))


def empty() -> Fault:
    """No body, but status and headers of a memento (docs/wayback.md 2.4)."""
    return Fault("empty", partial(_shortened, sent=0.0))


def blank() -> Fault:
    """Status 200 without a body and without `Memento-Datetime` (docs/wayback.md 2.9)."""
    return says("blank", 200, "")


def gzip_claimed() -> Fault:
    """The header says gzip, the body is plain (docs/wayback.md 2.4)."""
    return on_the_wire("gzip claimed", encoding=Encoding.CLAIMED)


def gzip_unasked() -> Fault:
    """Gzip, though the request does not accept it (docs/wayback.md 2.4)."""
    return on_the_wire("gzip unasked", encoding=Encoding.UNREQUESTED)


def gzip_unsaid() -> Fault:
    """Gzip without a header."""
    return on_the_wire("gzip unsaid", encoding=Encoding.UNDECLARED)


def gzip_twice() -> Fault:
    """Gzip in gzip, the header says it once (docs/wayback.md 2.4)."""
    return on_the_wire("gzip twice", encoding=Encoding.TWICE)


def gzip_cut() -> Fault:
    """A gzip stream that ends in the middle, in complete chunks (docs/wayback.md 2.4)."""
    return on_the_wire("gzip cut", encoding=Encoding.CUT)


def doubled_encoding() -> Fault:
    """Two headers, `content-encoding: ` and `Content-Encoding: gzip` (docs/wayback.md 2.4)."""
    return on_the_wire("doubled encoding", encoding=Encoding.DOUBLED_HEADER)


# --- the index ------------------------------------------------------------------------------


def needs_authorization() -> Fault:
    """403 for a type of query, see `PREFIX_QUERY` (docs/wayback.md 1.5)."""
    return says("needs authorization", 403, error_pages.NEEDS_AUTHORIZATION, html=False)


def blocked_site(error: str = error_pages.BLOCKED_SITE) -> Fault:
    """403 for an excluded site (docs/wayback.md 1.5).

    `error_pages.BLOCKED_SITE_2020` is the longer form.
    """
    return says("blocked site", 403, error, (RUNTIME_ERROR, error), html=False)


def robots_of_index() -> Fault:
    """The error about robots.txt as a line after the records, with 200 (docs/wayback.md 1.5)."""
    line = f"org.archive.wayback.exception.{error_pages.BLOCKED_BY_ROBOTS}\n"
    return Fault("robots line", partial(_one_more_line, line=line.encode()))


def no_agent() -> Fault:
    """445 for a request without User-Agent (docs/wayback.md 1.5)."""
    return says("no agent", 445, "", html=False)


def line_too_large() -> Fault:
    """The text for a too long request line (docs/wayback.md 1.5); the status is a guess."""
    return says("line too large", 400, "Requested Line is too large\n", html=False)


def ends_early(part: float = 0.5) -> Fault:
    """A page with a part of its records and without a resume key (docs/wayback.md 1.3)."""
    return Fault("ends early", partial(_ends_early, part=part))


# --- playback -------------------------------------------------------------------------------


def nearest(timestamp: str, form: str = playback.ARCHIVE + playback.PREFIX) -> Fault:
    """A redirect to another timestamp of the address (docs/wayback.md 2.2).

    `form` is the beginning of the Location: "/web/" in 2016, and "" for the original alone.
    """
    return Fault("nearest", partial(_nearest, timestamp=timestamp, form=form))


def hrm() -> Fault:
    """The 404 page of an address that was never archived (docs/wayback.md 2.6)."""
    return Fault("hrm", _hrm)


def excluded(status: int = 200) -> Fault:
    """The page of an excluded address: 200 in 2020, 403 elsewhere (docs/wayback.md 2.6)."""
    return says(f"excluded with {status}", status, error_pages.excluded(), *service_headers(status))


def robots(status: int = 403, *, with_header: bool = False) -> Fault:
    """The page of an address that robots.txt forbids (docs/wayback.md 2.6); the header: 2016."""
    header = (
        (("X-Archive-Wayback-Runtime-Error", error_pages.BLOCKED_BY_ROBOTS),) if with_header else ()
    )
    return says("robots", status, error_pages.robots(), *header)


# --- the changes ----------------------------------------------------------------------------


def _instead(_: Response, __: str, *, instead: Response) -> Response:
    return instead


def _on_the_wire(
    response: Response,
    _: str,
    *,
    encoding: Encoding | None = None,
    ending: Ending,
    sent: float,
    head: bool,
) -> Response:
    packed = response.encoding if encoding is None else encoding
    return replace(response, encoding=packed, ending=ending, sent=sent, head=head)


def _dripping(response: Response, target: str, *, sent: float) -> Response:
    part = _shortened(response, target, sent=sent)  # in whole chunks, and never packed
    return replace(part, chunked=True, encoding=Encoding.PLAIN, ending=Ending.DRIPPING)


def _refused(response: Response, target: str, *, change: Change, seconds: float) -> Response:
    return replace(change(response, target), away=seconds)


def _slow(response: Response, target: str, *, seconds: float, change: Change | None) -> Response:
    return replace(change(response, target) if change else response, delay=seconds)


def _held(response: Response, target: str, *, change: Change | None) -> Response:
    return replace(change(response, target) if change else response, held=True)


def _shortened(response: Response, _: str, *, sent: float) -> Response:
    return replace(response, body=response.body[: int(len(response.body) * sent)])


def _ends_early(response: Response, _: str, *, part: float) -> Response:
    if not response.body.startswith(b"["):
        records = response.body.partition(b"\n\n")[0].splitlines(keepends=True)
        return replace(response, body=b"".join(records[: int(len(records) * part)]))
    lines = json.loads(response.body)
    records = lines[: lines.index([])] if [] in lines else lines
    kept = records[: 1 + int((len(records) - 1) * part)]
    body = ",\n".join(json.dumps(record, separators=(",", ":")) for record in kept)
    return replace(response, body=f"[{body}]\n".encode())


def _one_more_line(response: Response, _: str, *, line: bytes) -> Response:
    return replace(response, body=response.body + line)


def _nearest(response: Response, target: str, *, timestamp: str, form: str) -> Response:
    parts = playback.TARGET.match(target)
    if parts is None:
        return response
    modifier, url = parts["modifier"] or "", parts["url"]
    return playback.found_at(timestamp, modifier, url, form)


def _hrm(response: Response, target: str) -> Response:
    parts = playback.TARGET.match(target)
    return response if parts is None else playback.not_archived(parts["url"])

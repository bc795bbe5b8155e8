"""What goes wrong at the archive (facts/wayback.md 1.9, 2.2, 2.4 to 2.10).

Each fault is a change of the answer that would have been given.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from fake_archive import playback, words
from fake_archive.answers import Answer, Coding, Ending, plain
from fake_archive.index import RUNTIME_ERROR
from fake_archive.mementos import Header
from fake_archive.playback import of_service

# The answer that would have been given, and the target that was asked for.
Change = Callable[[Answer, str], Answer]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong; `name` is its word in the log."""

    name: str
    change: Change


def says(
    name: str, status: int, body: str, *headers: Header, reason: str = "", html: bool = True
) -> Fault:
    """Something else is answered: the building block of the faults below, and for new ones."""
    answer = replace(plain("fault", status, body, *headers, html=html), reason=reason)
    return Fault(name, partial(_instead, instead=answer))


def on_the_wire(
    name: str,
    *,
    coding: Coding | None = None,
    ending: Ending = Ending.WHOLE,
    sent: float = 1.0,
    head: bool = True,
) -> Fault:
    """The right answer, badly packed or in part; other answers than 200 keep their packing."""
    change = partial(_on_the_wire, coding=coding, ending=ending, sent=sent, head=head)
    return Fault(name, change)


# --- the service: playback and index --------------------------------------------------------


def too_many(retry_after: int | str | None = None, status: int = 429) -> Fault:
    """A 429 of the archive itself (2.7): `Retry-After` was never recorded; also seen with 200."""
    headers: tuple[Header, ...] = (("cache-control", "no-cache"), *of_service(status))
    if retry_after is not None:
        headers += (("Retry-After", str(retry_after)),)
    return says(f"429 with {status}", status, words.bot_traffic(), *headers)


def outage(status: int = 503) -> Fault:
    """The outage page: 503 on some days, 200 on others (2.8)."""
    return says(f"outage with {status}", status, words.outage())


def gateway(status: int = 504, after: float = 0.0) -> Fault:
    """502, 503 or 504 of the gateway, after so many seconds (2.8; the index: 1.9)."""
    return slow(after, says(str(status), status, words.gateway(status)))


def refused(seconds: float = 0.0) -> Fault:
    """The connection breaks, and new ones are refused for a time (2.9).

    Without a time they are until `Server.back()`.
    """
    change = partial(_on_the_wire, ending=Ending.RESET, sent=0.0, head=False)
    return Fault("refused", partial(_refused, change=change, seconds=seconds))


def hung_up() -> Fault:
    """The connection is closed without a byte of an answer (2.9, RemoteDisconnected)."""
    return on_the_wire("hung up", ending=Ending.CLOSED, sent=0.0, head=False)


def reset(sent: float | None = None) -> Fault:
    """The connection is reset: before the answer, or when a part of the body has gone out."""
    if sent is None:
        return on_the_wire("reset before", ending=Ending.RESET, sent=0.0, head=False)
    return on_the_wire("reset within", ending=Ending.RESET, sent=sent)


def cut_short(sent: float = 0.5) -> Fault:
    """The connection is closed in mid-body: the last chunk never comes (2.9)."""
    return on_the_wire("cut short", ending=Ending.CLOSED, sent=sent)


def stalled(sent: float | None = None) -> Fault:
    """Nothing more comes, before the head or in mid-body, as long as the server lives."""
    if sent is None:
        return on_the_wire("stalled", ending=Ending.STALLED, sent=0.0, head=False)
    return on_the_wire("stalled within", ending=Ending.STALLED, sent=sent)


def dripping(sent: float = 0.5) -> Fault:
    """A byte now and then for ever: no read ever times out, and the answer never ends."""
    return Fault("dripping", partial(_dripping, sent=sent))


def slow(seconds: float, then: Fault | None = None) -> Fault:
    """The answer, or another fault, after some seconds (2.8: the second time it is quick)."""
    name = then.name if then else "slow"
    return Fault(name, partial(_slow, seconds=seconds, change=then.change if then else None))


def held(then: Fault | None = None) -> Fault:
    """The answer, or another fault, when the test says `Server.release()`."""
    name = f"held {then.name}" if then else "held"
    return Fault(name, partial(_held, change=then.change if then else None))


# --- bodies ---------------------------------------------------------------------------------


def shortened(sent: float = 0.5) -> Fault:
    """A part of the body in a frame that fits it: cut JSON (1.9), a page only the digest tells."""
    return Fault("shortened", partial(_shortened, sent=sent))


def empty() -> Fault:
    """No byte of body, status and headers as they are: `Memento-Datetime` too (2.9)."""
    return Fault("empty", partial(_shortened, sent=0.0))


def blank() -> Fault:
    """200 and nothing else: no body, no `Memento-Datetime` (2.9)."""
    return says("blank", 200, "")


def gzip_claimed() -> Fault:
    """The header says gzip, the body is plain (2.10)."""
    return on_the_wire("gzip claimed", coding=Coding.CLAIMED)


def gzip_unasked() -> Fault:
    """Gzip, though the request does not allow it (2.10)."""
    return on_the_wire("gzip unasked", coding=Coding.UNASKED)


def gzip_unsaid() -> Fault:
    """Gzip without a header."""
    return on_the_wire("gzip unsaid", coding=Coding.UNSAID)


def gzip_twice() -> Fault:
    """Gzip in gzip, the header says it once (2.10: unpack at most twice)."""
    return on_the_wire("gzip twice", coding=Coding.TWICE)


def gzip_cut() -> Fault:
    """A gzip stream that stops in the middle, in chunks that end well (2.9)."""
    return on_the_wire("gzip cut", coding=Coding.CUT)


def doubled_encoding() -> Fault:
    """Two headers, `content-encoding: ` and `Content-Encoding: gzip` (2.10)."""
    return on_the_wire("doubled encoding", coding=Coding.DOUBLED_HEADER)


# --- the index ------------------------------------------------------------------------------


def needs_authorization() -> Fault:
    """403 for a type of query (1.9); `rules.PREFIX_QUERY` is the pattern of those it is about."""
    return says("needs authorization", 403, words.NEEDS_AUTHORIZATION, html=False)


def blocked_site(error: str = words.BLOCKED_SITE) -> Fault:
    """403 for an excluded site (1.9); `words.BLOCKED_SITE_2020` is the longer form."""
    return says("blocked site", 403, error, (RUNTIME_ERROR, error), html=False)


def robots_of_index() -> Fault:
    """The error about robots.txt as one more line behind the rows, with 200 (1.9)."""
    line = f"org.archive.wayback.exception.{words.BLOCKED_BY_ROBOTS}\n"
    return Fault("robots line", partial(_one_more_line, line=line.encode()))


def no_agent() -> Fault:
    """445 for a request without User-Agent (1.9, April 2020)."""
    return says("no agent", 445, "", html=False)


def line_too_large() -> Fault:
    """The text for a too long request line (1.9); its status is not known, this is a guess."""
    return says("line too large", 400, "Requested Line is too large\n", html=False)


def ends_early(part: float = 0.5) -> Fault:
    """A page with a part of its rows and without a key: the old scan limit (1.5)."""
    return Fault("ends early", partial(_ends_early, part=part))


# --- playback -------------------------------------------------------------------------------


def nearest(timestamp: str, form: str = playback.ARCHIVE + playback.PREFIX) -> Fault:
    """A redirect to another timestamp of the address, also for a capture in the index (2.2).

    `form` is what the Location begins with: "/web/" in 2016, and once "", which leaves the
    address that was captured.
    """
    return Fault("nearest", partial(_nearest, timestamp=timestamp, form=form))


def hrm() -> Fault:
    """The 404 page of an address never archived (2.6)."""
    return Fault("hrm", _hrm)


def excluded(status: int = 200) -> Fault:
    """The page of an excluded address: 200 in 2020, 403 elsewhere (2.6)."""
    return says(f"excluded with {status}", status, words.excluded(), *of_service(status))


def robots(status: int = 403, *, with_header: bool = False) -> Fault:
    """The page of an address that robots.txt forbids; the header is of 2016 (2.6)."""
    header = (("X-Archive-Wayback-Runtime-Error", words.BLOCKED_BY_ROBOTS),) if with_header else ()
    return says("robots", status, words.robots(), *header)


# --- the changes ----------------------------------------------------------------------------


def _instead(_: Answer, __: str, *, instead: Answer) -> Answer:
    return instead


def _on_the_wire(
    answer: Answer,
    _: str,
    *,
    coding: Coding | None = None,
    ending: Ending,
    sent: float,
    head: bool,
) -> Answer:
    packed = answer.coding if coding is None else coding
    return replace(answer, coding=packed, ending=ending, sent=sent, head=head)


def _dripping(answer: Answer, target: str, *, sent: float) -> Answer:
    part = _shortened(answer, target, sent=sent)  # in whole chunks, and never packed
    return replace(part, chunked=True, coding=Coding.PLAIN, ending=Ending.DRIPPING)


def _refused(answer: Answer, target: str, *, change: Change, seconds: float) -> Answer:
    return replace(change(answer, target), away=seconds)


def _slow(answer: Answer, target: str, *, seconds: float, change: Change | None) -> Answer:
    return replace(change(answer, target) if change else answer, delay=seconds)


def _held(answer: Answer, target: str, *, change: Change | None) -> Answer:
    return replace(change(answer, target) if change else answer, held=True)


def _shortened(answer: Answer, _: str, *, sent: float) -> Answer:
    return replace(answer, body=answer.body[: int(len(answer.body) * sent)])


def _ends_early(answer: Answer, _: str, *, part: float) -> Answer:
    if not answer.body.startswith(b"["):
        rows = answer.body.partition(b"\n\n")[0].splitlines(keepends=True)
        return replace(answer, body=b"".join(rows[: int(len(rows) * part)]))
    lines = json.loads(answer.body)
    rows = lines[: lines.index([])] if [] in lines else lines
    kept = rows[: 1 + int((len(rows) - 1) * part)]
    body = ",\n".join(json.dumps(row, separators=(",", ":")) for row in kept)
    return replace(answer, body=f"[{body}]\n".encode())


def _one_more_line(answer: Answer, _: str, *, line: bytes) -> Answer:
    return replace(answer, body=answer.body + line)


def _nearest(answer: Answer, target: str, *, timestamp: str, form: str) -> Answer:
    asked = playback.TARGET.match(target)
    if asked is None:
        return answer
    modifier, url = asked["modifier"] or "", asked["url"]
    return playback.found_at(timestamp, modifier, url, form)


def _hrm(answer: Answer, target: str) -> Answer:
    asked = playback.TARGET.match(target)
    return answer if asked is None else playback.not_archived(asked["url"])

"""Where redirects lead, what is stored, and that nothing is fetched twice."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import fastwarc
import pytest
from fake_archive import Archive as Captures
from fake_archive import FakeMemento, Faults, Rule, faults, on_playback, replay, samples
from fake_archive.mementos import digest_of
from support import sockets
from support.pages import table
from warcio.archiveiterator import ArchiveIterator

from normalise import Capture
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import CrawlFolder, open_folder
from scraper.crawl.outcomes import Attempt
from scraper.errors import Paused, PlaybackFailure
from scraper.models import AttemptResult, CdxRecord
from scraper.wayback.client import MAX_TRIES, WaybackClient
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Throttle

SITE = "https://www.hkcnews.com"
ADDRESS, OTHER_SLUG = f"{SITE}/article/1/x-1/one", f"{SITE}/article/1/x-1/another"
OTHER_ARTICLE = f"{SITE}/article/2/x-2/two"
EARLY, LATE = "20190101000000", "20200101000000"
CAPTURE = Capture(LATE, ADDRESS)
PAGE = "<html><head></head><body>渡輪停航一天</body></html>".encode() * 40


@dataclass(frozen=True)
class Fetched:
    """What became of records, and the timestamps and addresses that were requested."""

    attempts: list[Attempt]
    requested: list[tuple[str, str]]

    @property
    def reasons(self) -> list[str]:
        """What became of each attempt, in one word."""
        return [each.reason or each.result for each in self.attempts]


def fetch(
    path: Path,
    mementos: Sequence[FakeMemento],
    *rules: Rule,
    records: Sequence[CdxRecord] = (CdxRecord(CAPTURE),),
    port: int = 0,
) -> Fetched:
    """Fetch the captures of records one after the other into a folder."""

    async def story(origin: str, folder: CrawlFolder) -> list[Attempt]:
        stop = StopSignal()
        throttle = Throttle(stop, rate=0, cooldown=0.004)
        async with WaybackClient(origin, throttle, stop, "tests/1", wait=0.001) as client:
            fetcher = Fetcher(client, folder)
            return [await fetcher.fetch(record) for record in records]

    with (
        replay(Captures(mementos), Faults(rules), port=port) as server,
        open_folder(path, "tests/1") as folder,
    ):
        attempts = asyncio.run(story(server.origin, folder))
        requested = [(request.timestamp, request.original) for request in server.log]
    assert sum(each.requests for each in attempts) == len(requested)
    return Fetched(attempts, requested)


def in_ledger(path: Path, capture: Capture) -> str | None:
    with open_folder(path, "tests/1") as folder:
        return folder.redirect_of(capture)


@dataclass(frozen=True)
class Record:
    """A response of a WARC, as warcio has it."""

    capture: Capture
    source: str
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    digest: str

    def __getitem__(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


def warc(path: Path) -> Path:
    (file,) = (path / "captures").glob("*.warc.gz")
    return file


def records(path: Path) -> list[Record]:
    """All responses in the store; fails where a digest does not fit."""
    found = []
    with warc(path).open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            body = record.content_stream().read()
            if record.rec_type != "response":
                assert record.rec_type == "warcinfo"
                continue
            fields = record.rec_headers
            timestamp = "".join(filter(str.isdigit, fields.get_header("WARC-Date")))
            found.append(
                Record(
                    Capture(timestamp, fields.get_header("WARC-Target-URI")),
                    fields.get_header("WARC-Source-URI"),
                    record.http_headers.statusline,
                    list(record.http_headers.headers),
                    body,
                    fields.get_header("WARC-Payload-Digest"),
                )
            )
    return found


def stored(path: Path) -> list[Capture]:
    return [record.capture for record in records(path)]


def page(original: str = ADDRESS, timestamp: str = LATE) -> FakeMemento:
    return FakeMemento(original, timestamp, PAGE)


def moved(location: str, status: int = 302) -> Rule:
    """The capture that is wanted is answered with a redirect of the archive."""
    fault = faults.says("moved", status, "", ("Location", location))
    return on_playback(fault, path=f"/{LATE}id_/{ADDRESS}$")


# --- the capture served ---------------------------------------------------------------------


def test_a_capture_is_fetched_and_stored(tmp_path: Path) -> None:
    fetched = fetch(tmp_path, [page()])
    assert fetched.reasons == [AttemptResult.STORED]
    assert fetched.attempts[0].served == CAPTURE
    assert fetched.requested == [(LATE, ADDRESS)]
    assert stored(tmp_path) == [CAPTURE]
    assert in_ledger(tmp_path, CAPTURE) == ""


def test_the_nearest_capture_is_recorded_as_what_it_is(tmp_path: Path) -> None:
    fetched = fetch(tmp_path, [page(timestamp=EARLY), samples.unplayable(ADDRESS, LATE)])
    served = Capture(EARLY, ADDRESS)
    (attempt,) = fetched.attempts
    assert (attempt.requested, attempt.served, attempt.result) == (
        CAPTURE,
        served,
        AttemptResult.STORED,
    )
    assert fetched.requested == [(LATE, ADDRESS), (EARLY, ADDRESS)]
    assert stored(tmp_path) == [served]
    assert in_ledger(tmp_path, served) == ""
    assert in_ledger(tmp_path, CAPTURE) is None


def test_the_address_really_captured_is_recorded(tmp_path: Path) -> None:
    by_http = ADDRESS.replace("https", "http") + "?fbclid=a&utm_source=b"
    asked = Capture(LATE, f"{ADDRESS}?fbclid=a&utm_source=b")
    fetched = fetch(tmp_path, [page(by_http)], records=[CdxRecord(asked)])
    assert fetched.attempts[0].served == Capture(LATE, by_http)
    (record,) = records(tmp_path)
    assert record.capture == Capture(LATE, by_http)
    assert record.source == f"https://web.archive.org/web/{LATE}id_/{asked.original}"


def test_a_capture_of_another_article_is_none_of_this(tmp_path: Path) -> None:
    link = f'<{OTHER_ARTICLE}>; rel="original"'
    headers = ("Memento-Datetime", "Wed, 01 Jan 2020 00:00:00 GMT"), ("Link", link)
    rule = on_playback(faults.says("another", 200, "<p>", *headers))
    assert fetch(tmp_path, [page()], rule).reasons == [PlaybackFailure.ELSEWHERE]
    assert in_ledger(tmp_path, CAPTURE) is None


@pytest.mark.parametrize("status", [403, 404, 429, 503])
def test_a_captured_error_is_stored_with_its_status(status: int, tmp_path: Path) -> None:
    fetched = fetch(tmp_path, [samples.error(ADDRESS, LATE, status)])
    assert fetched.reasons == [AttemptResult.STORED]
    (record,) = records(tmp_path)
    assert record.status.startswith(f"{status} ")


@table(
    "fault digest requests body",
    {
        "as the index has it": (None, digest_of(PAGE), 1, PAGE),
        "of no known digest": (faults.shortened(), "", 1, PAGE[: len(PAGE) // 2]),
        "cut in its frame": (faults.shortened(), digest_of(PAGE), 2, PAGE),
        "other than the index has it": (None, digest_of(b"another"), 2, PAGE),
    },
)
def test_bytes_that_the_index_does_not_know_are_asked_for_twice(
    fault: faults.Fault | None, digest: str, requests: int, body: bytes, tmp_path: Path
) -> None:
    rules = [on_playback(fault, 1)] if fault else []
    fetched = fetch(tmp_path, [page()], *rules, records=[CdxRecord(CAPTURE, digest=digest)])
    assert (fetched.reasons, len(fetched.requested)) == ([AttemptResult.STORED], requests)
    assert [record.body for record in records(tmp_path)] == [body]


# --- redirects of the archive ---------------------------------------------------------------

FOLLOWED = {
    "the archive's own": f"https://web.archive.org/web/{EARLY}id_/{ADDRESS}",
    "by http": f"http://web.archive.org/web/{EARLY}id_/{ADDRESS}",
    "from the host": f"//web.archive.org/web/{EARLY}id_/{ADDRESS}",
    "from the root": f"/web/{EARLY}id_/{ADDRESS}",
    "in the view form": f"https://web.archive.org/web/{EARLY}/{ADDRESS}",
    "the server asked": "{origin}/web/" + f"{EARLY}id_/{ADDRESS}",
    "with blanks round it": f"  /web/{EARLY}id_/{ADDRESS} ",
    "without the archive's prefix": OTHER_SLUG,
    "without the archive's prefix, from the root": "/article/1/x-1/another",
    "without the archive's prefix, from the folder": "another",
}
LEFT = {
    "another article": f"/web/{EARLY}id_/{OTHER_ARTICLE}",
    "another article, without the prefix": OTHER_ARTICLE,
    "another page of the site": f"/web/{EARLY}id_/{SITE}/",
    "another site's article": f"/web/{EARLY}id_/https://example.org/article/1/x",
    "another host": f"https://example.org/web/{EARLY}id_/{ADDRESS}",
    "another host that begins alike": f"https://web.archive.org.example.org/web/{EARLY}id_/{ADDRESS}",
    "another host behind a name": f"https://web.archive.org@example.org/web/{EARLY}id_/{ADDRESS}",
    "another host from the host": f"//example.org/web/{EARLY}id_/{ADDRESS}",
    "another service": f"https://web.archive.org/save/{ADDRESS}",
    "a calendar": f"/web/*/{ADDRESS}",
    "mail": "mailto:a@example.org",
    "a script": "javascript:void(0)",
    "no address": "http://[",
    "a capture of none": f"/web/{EARLY}id_/ftp://www.hkcnews.com/article/1/x",
}


@pytest.mark.parametrize("location", FOLLOWED.values(), ids=FOLLOWED)
def test_a_redirect_within_the_article_is_followed(location: str, tmp_path: Path) -> None:
    with replay(Captures([])) as server:  # for a port that is free
        port = server.port
    location = location.format(origin=f"http://127.0.0.1:{port}")
    mementos = [page(timestamp=EARLY), page(OTHER_SLUG), page()]
    fetched = fetch(tmp_path, mementos, moved(location), port=port)
    assert fetched.reasons == [AttemptResult.STORED]
    assert fetched.attempts[0].served in {Capture(EARLY, ADDRESS), Capture(LATE, OTHER_SLUG)}
    assert len(fetched.requested) == 2


# Nothing that the archive would say of a capture: asked for again, and not believed.
FAULTY = {"another service", "a calendar", "mail", "a script", "no address"}


@pytest.mark.parametrize(("what", "location"), LEFT.items(), ids=LEFT)
def test_a_redirect_to_anything_else_is_not_followed(
    what: str, location: str, tmp_path: Path
) -> None:
    mementos = [page(timestamp=EARLY), page(OTHER_ARTICLE, EARLY), page()]
    fetched = fetch(tmp_path, mementos, moved(location))
    assert fetched.reasons == [
        AttemptResult.NO_ANSWER if what in FAULTY else PlaybackFailure.ELSEWHERE
    ]
    assert set(fetched.requested) == {(LATE, ADDRESS)}
    assert not list(tmp_path.glob("captures/*"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_other_host_is_ever_asked(status: int, tmp_path: Path) -> None:
    async def story() -> int:
        async with sockets.answering() as other:
            location = f"{other.origin}/web/{EARLY}id_/{ADDRESS}"
            fetched = await asyncio.to_thread(fetch, tmp_path, [page()], moved(location, status))
            assert fetched.reasons == [PlaybackFailure.ELSEWHERE]
            return other.connections

    assert asyncio.run(story()) == 0


@pytest.mark.parametrize("location", ["", "  "])
def test_a_redirect_to_nowhere_is_no_answer(location: str, tmp_path: Path) -> None:
    fetched = fetch(tmp_path, [page()], moved(location))
    assert fetched.reasons == [AttemptResult.NO_ANSWER]
    assert len(fetched.requested) == MAX_TRIES


# --- captured redirects ---------------------------------------------------------------------


@table(
    "location",
    {
        "absolute": (OTHER_SLUG,),
        "from the root": ("/article/1/x-1/another",),
        "from the host": ("//www.hkcnews.com/article/1/x-1/another",),
    },
)
@pytest.mark.parametrize("timestamp", [LATE, EARLY])
def test_a_captured_redirect_is_stored_and_followed(
    location: str, timestamp: str, tmp_path: Path
) -> None:
    mementos = [samples.redirect(ADDRESS, LATE, location, 301), page(OTHER_SLUG, timestamp)]
    fetched = fetch(tmp_path, mementos)
    served = Capture(timestamp, OTHER_SLUG)
    assert fetched.reasons == [AttemptResult.STORED]
    assert fetched.attempts[0].served == served
    assert stored(tmp_path) == [CAPTURE, served]
    redirect = records(tmp_path)[0]
    assert redirect.status == "301 Moved Permanently"
    assert redirect.body == b""
    (kept,) = redirect["location"]
    assert kept.removeprefix("https:").removeprefix("//www.hkcnews.com") == "/article/1/x-1/another"


def test_a_captured_redirect_to_another_article_is_stored_and_not_followed(tmp_path: Path) -> None:
    mementos = [samples.redirect(ADDRESS, LATE, OTHER_ARTICLE), page(OTHER_ARTICLE)]
    fetched = fetch(tmp_path, mementos)
    assert fetched.reasons == [PlaybackFailure.ELSEWHERE]
    assert fetched.requested == [(LATE, ADDRESS)]
    assert stored(tmp_path) == [CAPTURE]


def test_a_stored_redirect_leads_on_though_the_ledger_is_lost(tmp_path: Path) -> None:
    mementos = [samples.redirect(ADDRESS, LATE, OTHER_SLUG, 301), page(OTHER_SLUG)]
    first = fetch(tmp_path, mementos)
    assert len(first.requested) == 2
    for file in tmp_path.glob("crawl.db*"):
        file.unlink()
    again = fetch(tmp_path, mementos)
    assert again.requested == []
    assert again.attempts[0].served == Capture(LATE, OTHER_SLUG)


def test_a_loop_of_four_is_cut(tmp_path: Path) -> None:
    mementos = samples.loop_of_four(ADDRESS, OTHER_SLUG)
    start = Capture(mementos[0].timestamp, ADDRESS)
    first = fetch(tmp_path, mementos, records=[CdxRecord(start)])
    assert first.reasons == [PlaybackFailure.LOOP]
    assert len(first.requested) == 4
    assert sorted(stored(tmp_path), key=str) == sorted(
        [Capture(one.timestamp, one.original) for one in mementos], key=str
    )
    again = fetch(tmp_path, mementos, records=[CdxRecord(start)])
    assert again.reasons == [PlaybackFailure.LOOP]
    assert len(again.requested) == 2, "what is stored is not fetched again"


def test_a_redirect_to_itself_is_a_loop(tmp_path: Path) -> None:
    fetched = fetch(tmp_path, [samples.redirect(ADDRESS, LATE, ADDRESS)])
    assert fetched.reasons == [PlaybackFailure.LOOP]
    assert len(fetched.requested) == 1


def test_redirects_without_end_are_cut(tmp_path: Path) -> None:
    steps = [f"{SITE}/article/1/x-1/{step}" for step in range(30)]
    mementos = [samples.redirect(here, LATE, there) for here, there in pairwise(steps)]
    fetched = fetch(tmp_path, mementos, records=[CdxRecord(Capture(LATE, steps[0]))])
    assert fetched.reasons == [PlaybackFailure.LOOP]
    assert len(fetched.requested) == 8


# --- never twice ----------------------------------------------------------------------------


def test_a_stored_page_is_not_fetched_again(tmp_path: Path) -> None:
    first = fetch(tmp_path, [page()], records=[CdxRecord(CAPTURE)] * 3)
    assert len(first.requested) == 1
    again = fetch(tmp_path, [page()])
    assert again.requested == []
    assert [one.served for one in first.attempts + again.attempts] == [CAPTURE] * 4
    assert stored(tmp_path) == [CAPTURE]


def test_captures_that_lead_to_the_same_one_store_it_once(tmp_path: Path) -> None:
    asked = ["20200303000000", "20200404000000"]
    mementos = [
        page(timestamp=EARLY),
        *(samples.unplayable(ADDRESS, timestamp) for timestamp in asked),
    ]
    cdx_records = [CdxRecord(Capture(timestamp, ADDRESS)) for timestamp in asked]
    fetched = fetch(tmp_path, mementos, records=cdx_records)
    assert [timestamp for timestamp, _ in fetched.requested] == [asked[0], EARLY, asked[1]]
    assert stored(tmp_path) == [Capture(EARLY, ADDRESS)]


def test_addresses_that_stand_for_the_same_capture_store_it_once(tmp_path: Path) -> None:
    addresses = [ADDRESS.replace("https://www.", prefix) for prefix in ("https://", "http://www.")]
    cdx_records = [CdxRecord(Capture(LATE, address)) for address in (*addresses, ADDRESS)]
    fetched = fetch(tmp_path, [page()], records=cdx_records)
    assert [one.served for one in fetched.attempts] == [CAPTURE] * 3
    assert stored(tmp_path) == [CAPTURE]


@table(
    "rules reason",
    {
        "not archived": ([on_playback(faults.hrm())], PlaybackFailure.NOT_ARCHIVED),
        "excluded": ([on_playback(faults.excluded())], PlaybackFailure.EXCLUDED),
        "no answer": ([on_playback(faults.cut_short())], AttemptResult.NO_ANSWER),
        "the outage page in its place once": (
            [on_playback(faults.outage(200), 1)],
            AttemptResult.STORED,
        ),
    },
)
def test_nothing_but_captures_is_stored(rules: list[Rule], reason: str, tmp_path: Path) -> None:
    assert fetch(tmp_path, [page()], *rules).reasons == [reason]
    is_stored = reason == AttemptResult.STORED
    assert in_ledger(tmp_path, CAPTURE) == ("" if is_stored else None)
    assert len(list(tmp_path.glob("captures/*"))) == int(is_stored)
    if is_stored:
        assert [record.body for record in records(tmp_path)] == [PAGE]


@pytest.mark.parametrize(
    "rule", [on_playback(faults.too_many()), moved("https://web.archive.org/429.html")]
)
def test_a_long_refusal_is_no_outcome_of_an_article(rule: Rule, tmp_path: Path) -> None:
    with pytest.raises(Paused):
        fetch(tmp_path, [page()], rule)


# --- the store ------------------------------------------------------------------------------

PACKED: dict[str, Callable[[], faults.Fault]] = {
    "as asked for": lambda: faults.on_the_wire("as it is"),
    "claimed": faults.gzip_claimed,
    "unasked": faults.gzip_unasked,
    "unsaid": faults.gzip_unsaid,
    "twice": faults.gzip_twice,
    "with a doubled header": faults.doubled_encoding,
}


@pytest.mark.parametrize("fault", PACKED.values(), ids=PACKED)
def test_bodies_are_stored_unpacked(fault: Callable[[], faults.Fault], tmp_path: Path) -> None:
    captured = (
        *(("X-Cache", "MISS"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        *(("Content-Length", "7"), ("Transfer-Encoding", "chunked")),
    )
    mementos = FakeMemento(
        ADDRESS, LATE, PAGE, content_type="text/html; charset=UTF-8", headers=captured
    )
    assert fetch(tmp_path, [mementos], on_playback(fault())).reasons == [AttemptResult.STORED]
    (record,) = records(tmp_path)
    assert record.body == PAGE
    assert record.digest == f"sha1:{digest_of(PAGE)}"
    assert record.status == "200 OK"
    assert record["content-encoding"] == record["transfer-encoding"] == []
    assert record["content-length"] == [str(len(PAGE))]
    assert record["content-type"] == ["text/html; charset=UTF-8"]
    assert record["x-cache"] == ["MISS"]
    assert record["set-cookie"] == ["a=1", "b=2"]
    assert record["server"] == ["cloudflare"], "that of the site, not the archive's"
    assert not [name for name, _ in record.headers if name.lower().startswith("x-archive")]
    assert not {"memento-datetime", "link", "x-rl"} & {name.lower() for name, _ in record.headers}


def test_other_tools_read_the_store(tmp_path: Path) -> None:
    mementos = [page(), page(OTHER_SLUG), samples.redirect(OTHER_ARTICLE, LATE, "/article/2/y")]
    mementos += [FakeMemento(f"{SITE}/article/2/y", LATE, b"")]
    cdx_records = [
        CdxRecord(Capture(LATE, one.original), digest=digest_of(one.body)) for one in mementos
    ]
    fetch(tmp_path, mementos, records=cdx_records)
    with warc(tmp_path).open("rb") as file:
        kinds = fastwarc.WarcRecordType
        read: list[Any] = []
        for record in fastwarc.ArchiveIterator(file, verify_digests=True):
            if record.record_type == kinds.response:
                uri, http = record.headers["WARC-Target-URI"], record.http_headers
                read.append((uri, http.status_code, record.reader.read()))
    assert sorted(read) == sorted((one.original, one.status, one.body) for one in mementos)
    by_warcio = [(r.capture.original, int(r.status[:3]), r.body) for r in records(tmp_path)]
    assert by_warcio == read


def test_every_record_is_a_member_of_its_own_where_the_ledger_says(tmp_path: Path) -> None:
    mementos = [page(), page(OTHER_SLUG), page(timestamp=EARLY)]
    cdx_records = [CdxRecord(Capture(one.timestamp, one.original)) for one in mementos]
    fetch(tmp_path, mementos, records=cdx_records)
    content = warc(tmp_path).read_bytes()
    with open_folder(tmp_path, "tests/1") as folder:
        locations = [folder.ledger.memento_location(record.capture) for record in cdx_records]
    for record, location in zip(cdx_records, locations, strict=True):
        member = gzip.decompress(content[location.offset : location.offset + location.length])
        assert f"WARC-Target-URI: {record.capture.original}\r\n".encode() in member
        assert member.count(b"WARC/1.0") == 1
    assert locations[-1].offset + locations[-1].length == len(content)

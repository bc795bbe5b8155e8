"""The stand-in archive answers as recordings of the real archive show (../shared/recordings)."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    Replay,
    Rule,
    error_pages,
    faults,
    on_index,
    on_playback,
    replay,
    samples,
)
from fake_archive.index import parse_resume_key, resume_key
from fake_archive.surt import urlkey
from support.http_requests import Reply, get
from support.shared_files import need

CDX = "/cdx/search/cdx"
ORIGIN = "https://web.archive.org"
PAGE = "<html><head></head><body>渡輪停航一天</body></html>".encode()
CAPTURE = FakeMemento("https://www.hkcnews.com/article/1/x-1/one", "20200101000000", PAGE)

Serve = Callable[..., Replay]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves an archive until the test is over."""
    with contextlib.ExitStack() as running:

        def start(archive: Archive, *rules: Rule) -> Replay:
            return running.enter_context(replay(archive, Faults(rules)))

        yield start


# --- the recordings: playback ---------------------------------------------------------------

# Headers that were sent in 2020 only, and headers that depend on the encoding.
OLD_HEADERS = {"x-cache-key", "x-archive-screenname"}
ENCODING_HEADERS = {"content-length", "transfer-encoding", "content-encoding"}


@dataclass(frozen=True)
class Recording:
    target: str
    reply: Reply

    @property
    def timestamp(self) -> str:
        return re.split(r"\D", self.target.removeprefix("/web/"))[0]

    @property
    def url(self) -> str:
        return re.sub(r"/web/\d+([a-z]{2}_)?/", "", self.target)

    @property
    def is_capture(self) -> bool:
        return "memento-datetime" in self.reply


def recordings(*parts: str) -> list[Recording]:
    """Return the recorded playback exchanges of a folder."""
    folder, found = need("recordings", *parts), []
    for path in sorted(folder.glob("*.meta.json")):
        meta = json.loads(path.read_bytes())
        target = meta["request"]["uri"].removeprefix(ORIGIN)
        if target.startswith("/web/"):
            response = meta["response"]
            headers = [(k, value) for k, values in response["headers"].items() for value in values]
            status = response["status"]
            body = (folder / meta["body_file"]).read_bytes()
            reply = Reply(status["code"], status["message"], headers, body)
            found.append(Recording(target, reply))
    return found


def memento_of(recording: Recording) -> FakeMemento:
    """Return the capture behind a recorded response, with its original Location."""
    reply = recording.reply
    prefix = "x-archive-orig-"
    headers = [(k[len(prefix) :], v) for k, v in reply.headers if k.lower().startswith(prefix)]
    if "location" in reply:
        parts = re.fullmatch(r"((?:https:)?//[^/]+)?/web/\d+id_/(.*)", reply["location"])
        assert parts
        cut = {None: r"https?://[^/]*", "//web.archive.org": "https?:"}.get(parts[1], "$^")
        headers.append(("Location", re.sub(cut, "", parts[2], count=1)))
    original = re.match(r"<(.*?)>", reply["link"])
    assert original
    return FakeMemento(
        original[1].replace("&amp;", "&"),
        recording.timestamp,
        reply.body,
        reply.status,
        reply["content-type"],
        tuple(headers),
        reason=reply.reason,
    )


EDGI = "edgi-wayback/decoded"
FOLDERS = [
    f"{EDGI}/test_get_memento{name}"
    for name in (
        "",
        "_follows_historical_redirects",
        "_raises_for_mementos_that_redirect_in_a_loop",
        "_returns_memento_with_accurate_url",
        "_target_window",
        "_with_inexact_string_datetime",
        "_with_path_based_redirects",
        "_with_redirects",
        "_with_schemeless_redirects",
        "_works_on_archived_rate_limit_responses",
    )
]
FOLDERS += [f"{EDGI}/test_memento_rate_limits", f"{EDGI}/tutorial"]
FOLDERS += [
    f"edgi-web-monitoring/{name}"
    for name in (
        "test_format_memento",
        "test_format_memento_handles_redirects",
        "test_format_memento_pdf",
        "test_html_title_parsing",
        "test_import_skips_bad_mementos",
    )
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_playback_is_as_recorded(folder: str, serve: Serve) -> None:
    exchanges = recordings(folder)
    archive = archive_of(exchanges)
    server = serve(archive)
    for recorded in {exchange.target: exchange for exchange in exchanges}.values():
        actual = get(server, recorded.target)
        assert (actual.status, actual.reason) == (recorded.reply.status, recorded.reply.reason)
        for name in ("location", "memento-datetime", "content-type", "x-archive-redirect-reason"):
            assert actual.all(name) == recorded.reply.all(name), name
        assert actual.body == recorded.reply.body
        missing = recorded.reply.names - actual.names - OLD_HEADERS
        assert missing <= ENCODING_HEADERS
        if "2026" in recorded.reply["date"]:
            assert actual.names - recorded.reply.names <= ENCODING_HEADERS
        if recorded.is_capture:
            for name in ("link", *(n for n in actual.names if n.startswith("x-archive-orig"))):
                assert actual[name].partition(", ")[0] == recorded.reply[name].partition(", ")[0]
            assert links(actual) <= links(recorded.reply)


def test_a_capture_that_the_index_lists_redirects_as_recorded(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_should_fail_for_non_playbackable_mementos")[0]
    archive = archive_of([recorded])
    archive.add(samples.unplayable(recorded.url, recorded.timestamp))
    server = serve(archive)
    assert get(server, recorded.target)["location"] == recorded.reply["location"]
    assert recorded.timestamp in get(server, f"{CDX}?url={recorded.url}").text


def archive_of(exchanges: Sequence[Recording]) -> Archive:
    """Return the recorded captures, and those that the recorded redirects lead to."""
    captures = {e.target: memento_of(e) for e in exchanges if e.is_capture}
    archive = Archive(captures.values())
    for exchange in exchanges:
        if not exchange.is_capture and not archive.captures_of(urlkey(exchange.url)):
            nearest = re.fullmatch(r".*/web/(\d+)id_/(.*)", exchange.reply["location"])
            assert nearest
            archive.add(FakeMemento(nearest[2], nearest[1], PAGE))
    return archive


def links(reply: Reply) -> set[str]:
    """Return the relations of the Link header."""
    return set(re.findall(r'rel="([^"]*)"', reply["link"]))


def test_the_recorded_loop_of_four_leads_back_to_its_start(serve: Serve) -> None:
    exchanges = recordings(f"{EDGI}/test_get_memento_raises_for_mementos_that_redirect_in_a_loop")
    start = exchanges[0].target
    for archive in (
        archive_of(exchanges),
        Archive(samples.loop_of_four(exchanges[0].url, exchanges[1].url)),
    ):
        server = serve(archive)
        assert followed(server, start) == [start, *(e.target for e in exchanges[1:]), start]
        assert [request.kind for request in server.log] == ["capture", "nearest"] * 2


def followed(server: Replay, target: str, most: int = 4) -> list[str]:
    """Return the targets that redirects lead to, up to `most` steps."""
    seen = [target]
    while len(seen) <= most and (reply := get(server, seen[-1])).status // 100 == 3:
        seen.append(re.sub(r"^(?:https:)?//[^/]+", "", reply["location"]))
    return seen


def test_an_address_never_archived_is_as_recorded(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_raises_no_memento_error")[0]
    actual = get(serve(Archive([CAPTURE])), recorded.target)
    assert (actual.status, actual.reason) == (404, recorded.reply.reason)
    assert "memento-datetime" not in actual
    assert recorded.reply.names <= actual.names
    sentence = re.search(r"<h2>Hrm\.</h2>.*?</a>", recorded.reply.text, re.DOTALL)
    assert sentence
    assert sentence[0] in actual.text


def test_an_excluded_address_is_as_recorded(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_raises_blocked_error")[0]
    server = serve(Archive([CAPTURE]), on_playback(faults.excluded()))
    actual = get(server, recorded.target)
    assert actual.status == recorded.reply.status == 200
    assert "memento-datetime" not in recorded.reply
    assert "memento-datetime" not in actual
    assert recorded.reply.names - actual.names <= OLD_HEADERS | {"x-location"}
    sentence = r"<h2>Sorry\.</h2>\s+<p>This URL has been excluded from the Wayback Machine\.</p>"
    assert re.search(sentence, recorded.reply.text)
    assert re.search(sentence, actual.text)


def test_a_redirect_in_view_mode_is_the_recorded_page(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_with_redirect_in_view_mode")[0]
    to = "/ostp/about/student/faqs"
    redirect = samples.redirect(recorded.url, recorded.timestamp, to, status=301)
    actual = get(serve(Archive([redirect])), recorded.target)
    for reply in (recorded.reply, actual):
        assert reply.status == 200
        assert "x-archive-src" in reply
        assert "memento-datetime" not in reply
        assert "link" not in reply
    lines = [line.strip() for line in actual.text.partition('<p class="code">')[2].splitlines()]
    for line in lines[: lines.index("</div>")]:
        assert line in recorded.reply.text


def test_view_mode_of_a_capture_has_the_recorded_headers(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_with_mode")[0]
    memento = FakeMemento(recorded.url, recorded.timestamp, PAGE)
    actual = get(serve(Archive([memento])), recorded.target)
    for name in ("content-type", "memento-datetime", "x-archive-guessed-charset"):
        assert actual[name] == recorded.reply[name]
    assert "cache-control" not in actual
    for text in (actual.text, recorded.reply.text):
        assert "__wm.wombat(" in text
        assert "FILE ARCHIVED ON 15:13:15 Nov 24, 2017 AND RETRIEVED" in text


# --- the recordings: index ------------------------------------------------------------------

QUERIES = [
    f"{EDGI}/{name}/00"
    for name in (
        "tutorial",
        "test_search",
        "test_search_multipage",
        "test_search_with_date",
        "test_search_does_not_repeat_results",
        "test_search_with_filter",
        "test_search_with_filter_list",
    )
] + [f"{EDGI}/test_search_with_filter/01"]


def memento_of_record(line: str) -> FakeMemento:
    key, timestamp, original, mimetype, status, digest, length = line.split(" ")
    revisit = status == "-"
    return FakeMemento(
        original,
        timestamp,
        status=200 if revisit else int(status),
        mimetype=mimetype,
        revisit=revisit,
        digest=digest,
        length=length,
        urlkey=key,
    )


@pytest.mark.parametrize("name", QUERIES)
def test_the_index_lists_the_recorded_records(name: str, serve: Serve) -> None:
    meta = json.loads(need("recordings", f"{name}.meta.json").read_bytes())
    recorded = need("recordings", f"{name}.body.txt").read_text(encoding="utf-8")
    records, gap, key = recorded.partition("\n\n")
    lines = records.splitlines()
    archive = Archive([memento_of_record(line) for line in lines])
    assert [urlkey(memento.original) for memento in archive] == [m.urlkey for m in archive]
    archive.add(memento_of_record("com,other)/ 20220120000000 http://other.com/ text/html 301 X 1"))
    if gap:  # a resume key follows: there were more records
        archive.add(memento_of_record(following(lines[-1])))
    actual = get(serve(archive), meta["request"]["uri"].removeprefix(ORIGIN))
    assert actual.text.splitlines()[: len(lines)] == lines
    assert ("\n\n" in actual.text) is bool(gap)
    if key.startswith("eJ"):
        assert actual.text == recorded
        names = {name.lower() for name in meta["response"]["headers"]}
        assert actual.names == names


def following(line: str) -> str:
    """Return the record of a capture a second later."""
    key, timestamp, *rest = line.split(" ")
    return " ".join([key, str(int(timestamp) + 1), *rest])


def cdx_toolkit(name: str) -> dict[str, Any]:
    text = need("recordings", "cdx_toolkit", f"{name}.jsonl").read_text(encoding="utf-8")
    first: dict[str, Any] = json.loads(text.splitlines()[0])
    return first


@pytest.mark.parametrize("name", ["test_capture_object", "test_multi_ia", "test_warc_prefix_2"])
def test_json_is_byte_for_byte_as_recorded(name: str, serve: Serve) -> None:
    recorded = cdx_toolkit(name)
    records = [" ".join(record) for record in json.loads(recorded["response_text"])[1:]]
    archive = Archive(memento_of_record(record) for record in [*records, following(records[-1])])
    query = recorded["request_params"]
    actual = get(serve(archive), f"{CDX}?url={query['url']}&limit={query['limit']}&output=json")
    assert actual.text == recorded["response_text"]
    assert actual["content-type"] == recorded["response_headers"]["Content-Type"]
    assert {name.lower() for name in recorded["response_headers"]} <= actual.names


@pytest.mark.parametrize("name", ["cdx.example.com.200.json", "cdx.example.com.small.200.json"])
def test_fields_come_in_the_order_of_the_query(name: str, serve: Serve) -> None:
    fields, *records = json.loads(need("recordings", "pywaybackup-cdx", name).read_bytes())
    archive = Archive(
        FakeMemento(
            each["original"], each["timestamp"], digest=each["digest"], mimetype=each["mimetype"]
        )
        for each in (dict(zip(fields, record, strict=True)) for record in records)
        if each["statuscode"] == "200"
    )
    target = f"{CDX}?url=example.com/*&output=json&fl={','.join(fields)}"
    header, *actual = json.loads(get(serve(archive), target).text)
    assert header == fields
    assert sorted(actual) == sorted(record for record in records if record[3] == "200")


def test_a_blocked_site_is_as_recorded(serve: Serve) -> None:
    folder = need("recordings", EDGI, "test_search_raises_for_blocked_urls")
    meta = json.loads((folder / "00.meta.json").read_bytes())
    error = (folder / "00.body.txt").read_text(encoding="utf-8").strip()
    assert error == error_pages.BLOCKED_SITE_2020
    server = serve(Archive([CAPTURE]), on_index(faults.blocked_site(error)))
    actual = get(server, meta["request"]["uri"].removeprefix(ORIGIN))
    assert (actual.status, actual.text) == (403, error)
    assert actual["x-archive-wayback-runtime-error"] == error


def test_error_pages_have_the_transcribed_sentences() -> None:
    for file, page in (
        ("429-bot-2026.txt", error_pages.BOT_SENTENCE),
        ("cdx-403-authorization.txt", error_pages.NEEDS_AUTHORIZATION),
        ("cdx-errors.txt", error_pages.BLOCKED_SITE),
        ("503-temporarily-offline.txt", "<title>Internet Archive: Temporarily Offline</title>"),
    ):
        assert page in need("recordings", "transcribed", file).read_text(encoding="utf-8")


def test_a_429_has_the_headers_transcribed(serve: Serve) -> None:
    path = need("recordings", "transcribed", "429-headers-2022.txt")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    names = {line.partition(":")[0] for line in lines if line}
    actual = get(
        serve(Archive([CAPTURE]), on_playback(faults.too_many())),
        f"/web/{CAPTURE.timestamp}id_/{CAPTURE.original}",
    )
    assert names <= actual.names


# Recorded and transcribed in 2026 (docs/wayback.md 1.3).
KEYS = {
    "eJxLzy_TyUssTtTUVzAyMDAxsDQwNTA3NTe0BABfMwZl": ("gov,nasa)/", "20040905075719"),
    "eJxLzs_VSa1IzC3ISdXUVzAyMDA3MDI0MDA2tDQ2AwB_XgeS": ("com,example)/", "20070210031936"),
    "eJxLK9LJSc3Nz0tJ1dRXMLS0NDcwMzIyNDE0MTABAHR-BzM": ("fr,lemonde)/", "19970622141404"),
}


@pytest.mark.parametrize("key", KEYS)
def test_resume_keys_are_the_recorded_ones(key: str) -> None:
    assert parse_resume_key(key) == KEYS[key]
    assert resume_key(KEYS[key]) == key


def test_urlkeys_are_those_of_the_index() -> None:
    path = need("recordings", "hkcnews-archivist-samples", "hkcnews_captures.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [line.split("\t") for line in islice(file, 1, None, 49)]
    assert len(records) > 1000
    assert [record for record in records if urlkey(record[2]) != record[0]] == []

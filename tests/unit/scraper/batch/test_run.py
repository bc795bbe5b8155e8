"""A run over many captures: which one is taken, what is counted, and that one bad page, even one
that kills the process that reads it, costs nothing but itself."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from support.warcs import (
    address,
    article_file,
    article_page,
    farewell_page,
    gzipped,
    http,
    packed_whole,
    record,
    response,
    saved,
    tree,
    unreadable_page,
    warc_date,
    warc_file,
    warcinfo,
)

from normalise import Article, Capture, PageKind, Unreadable, extract
from scraper.batch import run as batch
from scraper.batch.run import BatchSummary, Status
from scraper.errors import UsageError
from scraper.models import CaptureLocation
from scraper.warc.inputs import find_captures

OLD, NEW, NEWEST = "20180101000000", "20200101000000", "20230101000000"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def path_of(article_id: int) -> str:
    return f"articles/1-1000/article_{article_id}.md"


def run(folder: Path, records: list[bytes], out: Path, jobs: int = 1) -> BatchSummary:
    return batch.convert_all([warc_file(folder, [warcinfo(), *records])], out, jobs)


# --- which capture --------------------------------------------------------------------------

UNUSABLE = {
    "farewell": response(7, farewell_page(), timestamp=NEWEST),
    "unreadable": response(7, unreadable_page(), timestamp=NEWEST),
    "damaged": response(7, gzipped(article_page(7))[:-20], timestamp=NEWEST),
    "empty": response(7, b"", timestamp=NEWEST),
    "not found": response(7, timestamp=NEWEST, status="404 Not Found"),
    "redirect": response(7, timestamp=NEWEST, status="302 Found"),
    "revisit": record(http(b""), kind="revisit", uri=address(7), date=warc_date(NEWEST)),
}


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_capture_wins(tmp_path: Path, out: Path, order: int) -> None:
    pages = [
        response(7, article_page(7, body=f"<p>{timestamp}</p>"), timestamp=timestamp)
        for timestamp in (OLD, NEWEST, NEW)
    ]
    summary = run(tmp_path, pages[::order], out)
    assert tree(out) == {path_of(7): article_file(7, NEWEST, NEWEST)}
    assert summary.counts == {Status.WRITTEN: 1}
    assert summary.warned == []


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("newest", UNUSABLE.values(), ids=UNUSABLE)
def test_the_newest_usable_capture_wins_with_a_warning(
    tmp_path: Path, out: Path, newest: bytes, order: int
) -> None:
    records = [response(7, timestamp=OLD), response(7, timestamp=NEW), newest]
    summary = run(tmp_path, records[::order], out)
    assert tree(out) == {path_of(7): article_file(7, NEW)}
    assert summary.counts == {Status.WRITTEN: 1}
    assert (summary.kinds, summary.failed) == ({}, [])
    (outcome,) = summary.warned
    (warning,) = outcome.warnings
    assert warning.startswith("passed over: ")
    assert "article 7 " in outcome.where


def test_every_capture_passed_over_is_warned_of(tmp_path: Path, out: Path) -> None:
    records = [response(7, timestamp=OLD), *UNUSABLE.values()]
    (outcome,) = run(tmp_path, records, out).warned
    assert len(outcome.warnings) == len(UNUSABLE)
    assert tree(out) == {path_of(7): article_file(7, OLD)}


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_usable_capture_wins_over_several_sources(
    tmp_path: Path, out: Path, order: int
) -> None:
    sources = []
    for name, records in (
        ("a.warc.gz", [response(7, timestamp=OLD), response(8, timestamp=NEW)]),
        ("b.warc", [response(7, timestamp=NEW), response(8, timestamp=OLD)]),
        ("c.warc.gz", [response(7, farewell_page(), timestamp=NEWEST), response(9)]),
    ):
        sources.append(warc_file(tmp_path, records, name))
    sources.append(saved(tmp_path / "saved", 10))
    summary = batch.convert_all(sources[::order], out, 1)
    assert tree(out) == {
        path_of(7): article_file(7, NEW),
        path_of(8): article_file(8, NEW),
        path_of(9): article_file(9),
        path_of(10): article_file(10),
    }
    assert summary.counts == {Status.WRITTEN: 4}


def test_captures_under_other_addresses_of_an_article_are_its_captures(
    tmp_path: Path, out: Path
) -> None:
    other = "http://hkcnews.com/article/7"
    newer = record(http(article_page(7)), uri=other, date=warc_date(NEW))
    summary = run(tmp_path, [response(7, timestamp=OLD), newer], out)
    assert summary.counts == {Status.WRITTEN: 1}
    assert f'original_url: "{other}"\n'.encode() in tree(out)[path_of(7)]


def test_choose_keeps_the_order_of_the_sources_and_puts_the_newest_first() -> None:
    places = [
        CaptureLocation(Capture(timestamp, address(number)), Path("x.warc"), at)
        for at, (timestamp, number) in enumerate([(OLD, 5), (NEW, 3), (NEWEST, 5), (NEW, 5)])
    ]
    assert batch.group_by_article(places) == [(places[2], places[3], places[0]), (places[1],)]


# --- what is counted ------------------------------------------------------------------------


def test_what_is_no_article_is_counted_by_reason_and_never_written(
    tmp_path: Path, out: Path
) -> None:
    def at(uri: str) -> bytes:
        return record(http(article_page(1)), uri=uri)

    records = [
        response(1),
        response(2, farewell_page()),
        response(3, farewell_page()),
        response(4, b""),
        response(5, b'{"error": "x"}'),
        at("https://www.hkcnews.com/"),
        at("https://www.hkcnews.com/news"),
        at("https://www.hkcnews.com/bloggers/12"),
        at("https://example.com/article/6/elsewhere"),
        at("https://www.hkcnews.com/article/images/logo.svg"),
    ]
    summary = run(tmp_path, records, out)
    assert tree(out) == {path_of(1): article_file(1)}
    assert summary.counts == {Status.WRITTEN: 1, Status.NOT_ARTICLE: 9}
    assert summary.kinds == {
        PageKind.FAREWELL: 2,
        PageKind.EMPTY: 1,
        PageKind.NOT_HTML: 1,
        PageKind.FRONT_PAGE: 1,
        PageKind.LISTING: 3,
        PageKind.IMAGE: 1,
    }
    assert (summary.failed, summary.warned) == ([], [])


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("301 Moved Permanently", PageKind.REDIRECT),
        ("302 Found", PageKind.REDIRECT),
        ("404 Not Found", PageKind.ERROR_PAGE),
        ("429 Too Many Requests", PageKind.ERROR_PAGE),
        ("503 Service Unavailable", PageKind.ERROR_PAGE),
    ],
)
@pytest.mark.parametrize("page", [article_page(7), unreadable_page()], ids=["article", "odd"])
def test_a_page_with_an_error_status_is_never_an_article(
    tmp_path: Path, out: Path, status: str, reason: PageKind, page: bytes
) -> None:
    summary = run(tmp_path, [response(7, page, status=status)], out)
    assert tree(out) == {}
    assert summary.counts == {Status.NOT_ARTICLE: 1}
    assert summary.kinds == {reason: 1}


def test_a_known_page_with_an_error_status_keeps_its_reason(tmp_path: Path, out: Path) -> None:
    summary = run(tmp_path, [response(7, farewell_page(), status="404 Not Found")], out)
    assert summary.kinds == {PageKind.FAREWELL: 1}


def test_of_captures_that_are_all_no_articles_the_newest_is_counted(
    tmp_path: Path, out: Path
) -> None:
    records = [response(7, b"", timestamp=OLD), response(7, farewell_page(), timestamp=NEW)]
    summary = run(tmp_path, records, out)
    assert summary.counts == {Status.NOT_ARTICLE: 1}
    assert summary.kinds == {PageKind.FAREWELL: 1}


@pytest.mark.parametrize("order", [1, -1])
def test_an_article_fails_if_any_of_its_captures_might_have_been_one(
    tmp_path: Path, out: Path, order: int
) -> None:
    times = [OLD, NEW][::order]
    records = [
        response(7, farewell_page(), timestamp=times[0]),
        response(7, unreadable_page(), timestamp=times[1]),
    ]
    summary = run(tmp_path, records, out)
    assert summary.counts == {Status.FAILED: 1}
    (failure,) = summary.failed
    assert "info line" in failure.message


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
@pytest.mark.parametrize(
    "body", [unreadable_page(), gzipped(article_page(2))[:-9]], ids=["unreadable", "damaged"]
)
def test_a_failure_names_file_and_record(tmp_path: Path, out: Path, name: str, body: bytes) -> None:
    warc = warc_file(tmp_path, [response(1), response(2, body), response(3)], name)
    summary = batch.convert_all([warc], out, 1)
    assert sorted(tree(out)) == [path_of(1), path_of(3)]
    (failure,) = summary.failed
    places = [
        place for place in find_captures([warc], tmp_path) if isinstance(place, CaptureLocation)
    ]
    assert failure.where == f"{warc}, record at byte {places[1].offset}"
    assert failure.message


def test_a_failure_in_a_file_packed_as_a_whole_names_the_file_that_was_given(
    tmp_path: Path, out: Path
) -> None:
    warc = tmp_path / "pages.warc.gz"
    warc.write_bytes(packed_whole([response(1), response(2, unreadable_page())]).content)
    (failure,) = batch.convert_all([warc], out, 1).failed
    assert str(warc) in failure.where


def test_a_failing_saved_page_is_named(tmp_path: Path, out: Path) -> None:
    folder = saved(tmp_path / "one", 1, unreadable_page())
    (failure,) = batch.convert_all([folder], out, 1).failed
    assert failure.where == str(folder / "page.html")


def test_damage_between_records_is_a_failure_and_the_run_goes_on(tmp_path: Path, out: Path) -> None:
    warc = warc_file(tmp_path, [response(1), b"no record\r\n", response(2)])
    summary = batch.convert_all([warc], out, 1)
    assert sorted(tree(out)) == [path_of(1), path_of(2)]
    assert summary.counts == {Status.WRITTEN: 2, Status.FAILED: 1}
    (failure,) = summary.failed
    assert str(warc) in failure.message


@pytest.mark.parametrize("article_id", [0, 1_000_000, 123_456_789])
def test_an_article_whose_number_is_refused_fails_alone(
    tmp_path: Path, out: Path, article_id: int
) -> None:
    summary = run(tmp_path, [response(article_id), response(1)], out)
    assert tree(out) == {path_of(1): article_file(1)}
    (failure,) = summary.failed
    assert str(article_id) in failure.message


def test_warnings_of_a_page_are_kept_with_its_name(tmp_path: Path, out: Path) -> None:
    summary = run(tmp_path, [response(1, article_page(1, body="只有文字。")), response(2)], out)
    (outcome,) = summary.warned
    assert "article 1 " in outcome.where
    assert outcome.warnings


def test_a_second_run_changes_nothing(tmp_path: Path, out: Path) -> None:
    records = [response(number) for number in (1, 2, 3)]
    run(tmp_path, records, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    summary = run(tmp_path, [*records[:2], response(3, article_page(3, body="<p>改</p>"))], out)
    assert summary.counts == {Status.UNCHANGED: 2, Status.WRITTEN: 1}
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    assert {path for path in before if before[path] != after[path]} == {
        out / path_of(3),
        (out / path_of(3)).parent,
    }


def test_progress_is_told(tmp_path: Path, out: Path) -> None:
    listed: list[int] = []
    done: list[tuple[int, int]] = []
    warc = warc_file(tmp_path, [response(1), response(2), response(2, timestamp=OLD)])
    batch.convert_all(
        [warc], out, 1, listed.append, lambda count, total: done.append((count, total))
    )
    assert listed == [1, 2, 3]
    assert done == [(1, 2), (2, 2)]


def test_a_source_that_is_none_is_told_before_anything_is_written(
    tmp_path: Path, out: Path
) -> None:
    warc = warc_file(tmp_path, [response(1)])
    with pytest.raises(UsageError):
        batch.convert_all([warc, tmp_path / "missing.warc"], out, 1)
    assert not out.exists()


# --- worker processes -----------------------------------------------------------------------


def _mixed() -> list[bytes]:
    """More articles than two chunks hold, with some of everything."""
    records = [response(number) for number in range(1, 71)]
    records[5] = response(6, unreadable_page())
    records[20] = response(21, farewell_page())
    records[40] = response(41, gzipped(article_page(41))[:-30])
    records[60] = response(61, article_page(61, body="只有文字。"))
    return [
        *records,
        response(9, unreadable_page(), timestamp=NEWEST),
        record(http(b"x"), uri="https://www.hkcnews.com/"),
        b"no record\r\n",
        response(71),
    ]


def test_one_job_and_two_give_the_same_files_and_the_same_summary(tmp_path: Path) -> None:
    outs = [tmp_path / "one", tmp_path / "two"]
    one, two = (run(tmp_path, _mixed(), folder, jobs) for jobs, folder in enumerate(outs, start=1))
    assert tree(outs[0]) == tree(outs[1])
    assert one == two
    assert one.counts == {Status.WRITTEN: 68, Status.NOT_ARTICLE: 2, Status.FAILED: 3}
    assert len(one.warned) == 2


def test_few_articles_are_done_without_worker_processes(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pool(*_: object, **__: object) -> None:
        pytest.fail("worker processes were started")

    monkeypatch.setattr(batch, "ProcessPoolExecutor", no_pool)
    assert batch.convert_all([warc_file(tmp_path, [response(1)])], out).counts == {
        Status.WRITTEN: 1
    }
    assert batch.convert_all([warc_file(tmp_path, [response(1)])], out, 1).counts == {
        Status.UNCHANGED: 1
    }


# Python runs a module of this name when it starts: thus a worker is made to die of a page as it
# would of a fault in the parser, and the program under test knows nothing of it.
_DEADLY = """
import os, signal
from scraper.batch import run as batch

extract, replace = batch.extract, os.replace

def deadly(html, capture):
    if b"deadly to read" in html:
        os.kill(os.getpid(), signal.SIGKILL)
    return extract(html, capture)

def ended_before(source, target):
    with open(source, "rb") as file:
        if b"ended while it writes" in file.read():
            os.kill(os.getpid(), signal.SIGTERM)
    replace(source, target)

batch.extract, os.replace = deadly, ended_before
"""


@pytest.fixture
def _deadly_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(_DEADLY, encoding="utf-8")
    path = [str(tmp_path / "start"), os.environ.get("PYTHONPATH")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))


def _articles(out: Path) -> dict[str, bytes]:
    """The finished files: of a worker that was ended others may be left, see below."""
    return {name: content for name, content in tree(out).items() if name.endswith(".md")}


@pytest.mark.usefixtures("_deadly_workers")
def test_a_page_that_kills_its_worker_costs_itself_only(tmp_path: Path, out: Path) -> None:
    records = [response(number) for number in range(1, 35)]  # a chunk, and one of two articles
    records[33] = response(34, article_page(34, body="<p>deadly to read</p>"))
    warc = warc_file(tmp_path, records)
    summary = batch.convert_all([warc], out, 2)
    assert _articles(out) == {path_of(number): article_file(number) for number in range(1, 34)}
    assert summary.counts[Status.FAILED] == 1
    assert summary.counts[Status.WRITTEN] + summary.counts[Status.UNCHANGED] == 33
    (failure,) = summary.failed
    assert "crash" in failure.message
    assert failure.where.startswith(f"{warc}, record at byte ")


@pytest.mark.usefixtures("_deadly_workers")
def test_a_chunk_done_again_finds_the_page_that_kills(tmp_path: Path, out: Path) -> None:
    records = [response(1), response(2, article_page(2, body="<p>deadly to read</p>")), response(3)]
    places = find_captures([warc_file(tmp_path, records)], tmp_path)
    chunk = batch.group_by_article(place for place in places if isinstance(place, CaptureLocation))
    first, second, third = batch._after_crash(chunk, out)
    assert second.status is Status.FAILED
    assert {first.status, third.status} <= {Status.WRITTEN, Status.UNCHANGED}
    assert sorted(_articles(out)) == [path_of(1), path_of(3)]


class _Dying(ProcessPoolExecutor):
    """A pool that breaks when it's given its fourth piece of work, as one does whose worker dies
    while its parent still hands out the work."""

    given = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        if self.given > 3:
            raise BrokenProcessPool("A child process terminated abruptly")
        return super().submit(fn, *args, **kwargs)


def test_a_worker_that_dies_while_work_is_handed_out_costs_nothing(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools = iter([_Dying])

    def pool(*args: Any, **kwargs: Any) -> ProcessPoolExecutor:
        return next(pools, ProcessPoolExecutor)(*args, **kwargs)

    monkeypatch.setattr(batch, "ProcessPoolExecutor", pool)
    summary = run(tmp_path, [response(number) for number in range(1, 100)], out, 2)
    assert _articles(out) == {path_of(number): article_file(number) for number in range(1, 100)}
    assert summary.failed == []


@pytest.mark.usefixtures("_deadly_workers")
def test_a_worker_that_is_ended_while_it_writes_leaves_no_partial_file(
    tmp_path: Path, out: Path
) -> None:
    records = [response(1), response(2, article_page(2, body="<p>ended while it writes</p>"))]
    summary = run(tmp_path, records, out, 2)
    assert summary.counts[Status.FAILED] == 1
    assert sorted(tree(out)) == [path_of(1)]


# --- faults of ours, and of the disk --------------------------------------------------------


def _failing(monkeypatch: pytest.MonkeyPatch, step: str, article_id: int) -> None:
    """Make a step of the work stumble over one article."""
    right = getattr(batch, step)

    def stumble(*args: object) -> object:
        if any(_id_in(arg) == article_id for arg in args):
            raise ZeroDivisionError("of our own making")
        return right(*args)

    monkeypatch.setattr(batch, step, stumble)


def _id_in(value: object) -> int | None:
    match value:
        case Capture():
            return value.article_id
        case Article():
            return value.id
        case CaptureLocation():
            return value.capture.article_id
    return None


@pytest.mark.parametrize("step", ["read_payload", "extract", "render"])
def test_a_fault_of_ours_on_one_page_fails_that_page_alone(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _failing(monkeypatch, step, 2)
    summary = run(tmp_path, [response(number) for number in (1, 2, 3)], out)
    assert sorted(tree(out)) == [path_of(1), path_of(3)]
    (failure,) = summary.failed
    assert "fault of this program" in failure.message
    assert "of our own making" in failure.message


def test_after_a_fault_of_ours_an_older_capture_is_tried(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = extract

    def stumble(html: bytes, capture: Capture) -> Article:
        if capture.timestamp == NEW:
            raise ZeroDivisionError
        return right(html, capture)

    monkeypatch.setattr(batch, "extract", stumble)
    summary = run(tmp_path, [response(7, timestamp=NEW), response(7, timestamp=OLD)], out)
    assert tree(out) == {path_of(7): article_file(7, OLD)}
    assert len(summary.warned) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_that_can_not_be_written_stops_the_run(
    tmp_path: Path, out: Path, jobs: int
) -> None:
    out.write_bytes(b"a file, not a folder")
    with pytest.raises(OSError, match="Not a directory"):
        run(tmp_path, [response(number) for number in range(1, 40)], out, jobs)
    assert out.read_bytes() == b"a file, not a folder"


def test_a_full_disk_stops_the_run_at_once(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def full(source: object, target: object) -> None:
        tried.append((source, target))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        run(tmp_path, [response(number) for number in range(1, 10)], out)
    assert len(tried) == 1
    assert tree(out) == {}


def test_a_page_that_can_not_be_read_from_the_disk_fails_alone(tmp_path: Path, out: Path) -> None:
    gone = saved(tmp_path / "source" / "a", 1)
    (gone / "page.html").unlink()
    saved(tmp_path / "source" / "b", 2)
    summary = batch.convert_all([tmp_path / "source"], out, 1)
    assert tree(out) == {path_of(2): article_file(2)}
    assert summary.counts == {Status.WRITTEN: 1, Status.FAILED: 1}


def test_article_of_raises_what_extract_does(tmp_path: Path) -> None:
    (place,) = find_captures([warc_file(tmp_path, [response(1, unreadable_page())])], tmp_path)
    assert isinstance(place, CaptureLocation)
    with pytest.raises(Unreadable):
        batch.article_of(place)

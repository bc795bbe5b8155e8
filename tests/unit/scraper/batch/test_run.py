"""A run over many captures: what is counted, and that one bad page, even one that kills the process
that reads it, costs nothing but itself."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.batches import NEWEST, OLD, convert_records, counts, path_of
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
    warc_file,
)

from normalise import PageKind
from scraper import workers
from scraper.batch import run as batch
from scraper.batch.convert import convert_many, group_by_article
from scraper.batch.run import convert_all
from scraper.errors import UsageError
from scraper.models import ArticleStatus, CaptureLocation
from scraper.warc.inputs import find_captures


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
    summary = convert_records(tmp_path, records, out)
    assert tree(out) == {path_of(1): article_file(1)}
    assert counts(summary) == {"written": 1, "not an article": 9}
    assert summary.kinds == {
        PageKind.FAREWELL: 2,
        PageKind.EMPTY: 1,
        PageKind.NOT_HTML: 1,
        PageKind.FRONT_PAGE: 1,
        PageKind.LISTING: 3,
        PageKind.IMAGE: 1,
    }
    assert (summary.failed, summary.warned) == ([], [])


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
@pytest.mark.parametrize(
    "body", [unreadable_page(), gzipped(article_page(2))[:-9]], ids=["unreadable", "damaged"]
)
def test_a_failure_names_file_and_record(tmp_path: Path, out: Path, name: str, body: bytes) -> None:
    warc = warc_file(tmp_path, [response(1), response(2, body), response(3)], name)
    summary = convert_all([warc], out, 1)
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
    (failure,) = convert_all([warc], out, 1).failed
    assert str(warc) in failure.where


def test_a_failing_saved_page_is_named(tmp_path: Path, out: Path) -> None:
    folder = saved(tmp_path / "one", 1, unreadable_page())
    (failure,) = convert_all([folder], out, 1).failed
    assert failure.where == str(folder / "page.html")


def test_damage_between_records_is_a_failure_and_the_run_goes_on(tmp_path: Path, out: Path) -> None:
    warc = warc_file(tmp_path, [response(1), b"no record\r\n", response(2)])
    summary = convert_all([warc], out, 1)
    assert sorted(tree(out)) == [path_of(1), path_of(2)]
    assert counts(summary) == {"written": 2, "failed": 1}
    (failure,) = summary.failed
    assert str(warc) in failure.message


def test_a_second_run_changes_nothing(tmp_path: Path, out: Path) -> None:
    records = [response(number) for number in (1, 2, 3)]
    convert_records(tmp_path, records, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    summary = convert_records(
        tmp_path, [*records[:2], response(3, article_page(3, body="<p>改</p>"))], out
    )
    assert counts(summary) == {"unchanged": 2, "written": 1}
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    assert {path for path in before if before[path] != after[path]} == {
        out / path_of(3),
        (out / path_of(3)).parent,
    }


def test_what_is_noted_of_a_source_is_no_failure(tmp_path: Path, out: Path) -> None:
    page = record(http(article_page(1)), "WARC-Block-Digest: blake3:abab", uri=address(1))
    summary = convert_records(tmp_path, [page], out)
    assert counts(summary) == {"written": 1}
    (note,) = summary.notes
    assert "can't be checked" in note


def test_progress_is_reported(tmp_path: Path, out: Path) -> None:
    listed: list[int] = []
    done: list[tuple[int, int]] = []
    warc = warc_file(tmp_path, [response(1), response(2), response(2, timestamp=OLD)])
    convert_all([warc], out, 1, listed.append, lambda count, total: done.append((count, total)))
    assert listed == [1, 2, 3]
    assert done == [(1, 2), (2, 2)]


def test_a_source_that_is_none_is_an_error_before_anything_is_written(
    tmp_path: Path, out: Path
) -> None:
    warc = warc_file(tmp_path, [response(1)])
    with pytest.raises(UsageError):
        convert_all([warc, tmp_path / "missing.warc"], out, 1)
    assert not out.exists()


# --- worker processes: they die of pages that say so (support/deadly_pages.py) --------------


def _mixed() -> list[bytes]:
    """More articles than two chunks hold, with some of everything."""
    records = [response(number) for number in range(1, 71)]
    records[5] = response(6, unreadable_page())
    records[20] = response(21, farewell_page())
    records[40] = response(41, gzipped(article_page(41))[:-30])
    records[60] = response(61, article_page(61, body="<p>霧</p><figure></figure>"))
    return [
        *records,
        response(9, unreadable_page(), timestamp=NEWEST),
        record(http(b"x"), uri="https://www.hkcnews.com/"),
        b"no record\r\n",
        response(71),
    ]


@pytest.mark.usefixtures("spawned_workers")
def test_one_job_and_two_give_the_same_files_and_the_same_summary(tmp_path: Path) -> None:
    outs = [tmp_path / "one", tmp_path / "two"]
    one, two = (
        convert_records(tmp_path, _mixed(), folder, jobs)
        for jobs, folder in enumerate(outs, start=1)
    )
    assert tree(outs[0]) == tree(outs[1])
    assert one == two
    assert counts(one) == {"written": 68, "not an article": 2, "failed": 3}
    assert len(one.warned) == 2


def test_few_articles_are_done_without_worker_processes(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pool(*_: object, **__: object) -> None:
        pytest.fail("worker processes were started")

    monkeypatch.setattr(workers, "ProcessPoolExecutor", no_pool)
    warc = warc_file(tmp_path, [response(1)])
    assert counts(convert_all([warc], out)) == {"written": 1}
    assert counts(convert_all([warc], out, 1)) == {"unchanged": 1}


def _articles(out: Path) -> dict[str, bytes]:
    """The finished files: of a worker that was ended others may be left, see below."""
    return {name: content for name, content in tree(out).items() if name.endswith(".md")}


def test_a_page_that_kills_its_worker_costs_itself_only(tmp_path: Path, out: Path) -> None:
    records = [response(number) for number in range(1, 35)]  # a chunk, and one of two articles
    records[33] = response(34, article_page(34, body="<p>deadly to read</p>"))
    warc = warc_file(tmp_path, records)
    summary = convert_all([warc], out, 2)
    assert _articles(out) == {path_of(number): article_file(number) for number in range(1, 34)}
    assert counts(summary)["failed"] == 1
    assert summary.written + summary.unchanged == 33
    (failure,) = summary.failed
    assert "crash" in failure.message
    assert failure.where.startswith(f"{warc}, record at byte ")


def test_a_chunk_done_again_finds_the_page_that_kills(tmp_path: Path, out: Path) -> None:
    records = [response(1), response(2, article_page(2, body="<p>deadly to read</p>")), response(3)]
    places = find_captures([warc_file(tmp_path, records)], tmp_path)
    chunk = group_by_article(place for place in places if isinstance(place, CaptureLocation))
    first, second, third = batch._after_crash(chunk, partial(convert_many, out=out))
    assert second.status is ArticleStatus.FAILED
    assert first.status is third.status is ArticleStatus.WRITTEN
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

    monkeypatch.setattr(workers, "ProcessPoolExecutor", pool)
    summary = convert_records(tmp_path, [response(number) for number in range(1, 100)], out, 2)
    assert _articles(out) == {path_of(number): article_file(number) for number in range(1, 100)}
    assert summary.failed == []


def test_a_worker_that_is_ended_while_it_writes_leaves_no_partial_file(
    tmp_path: Path, out: Path
) -> None:
    records = [response(1), response(2, article_page(2, body="<p>ended while it writes</p>"))]
    summary = convert_records(tmp_path, records, out, 2)
    assert counts(summary)["failed"] == 1
    assert sorted(tree(out)) == [path_of(1)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_that_can_not_be_written_stops_the_run(
    tmp_path: Path, out: Path, jobs: int
) -> None:
    out.write_bytes(b"a file, not a folder")
    with pytest.raises(OSError, match="Not a directory"):
        convert_records(tmp_path, [response(number) for number in range(1, 40)], out, jobs)
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
        convert_records(tmp_path, [response(number) for number in range(1, 10)], out)
    assert len(tried) == 1
    assert tree(out) == {}


def test_a_page_that_can_not_be_read_from_the_disk_fails_alone(tmp_path: Path, out: Path) -> None:
    gone = saved(tmp_path / "source" / "a", 1)
    (gone / "page.html").unlink()
    saved(tmp_path / "source" / "b", 2)
    summary = convert_all([tmp_path / "source"], out, 1)
    assert tree(out) == {path_of(2): article_file(2)}
    assert counts(summary) == {"written": 1, "failed": 1}

"""The command `crawl` killed, interrupted, in another one's way, and on a full disk.

Each time the same command goes on where the first one was, and nothing is asked for twice.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    faults,
    generated,
    on_index,
    on_playback,
    replay,
)
from support.command import hkcnews, run_process, start_process
from support.crawling import crawl, crawl_args, read_report, requests_to
from support.processes import (
    descendants,
    exit_code_and_messages,
    has_signal,
    interrupt,
    is_alive,
    kill,
    wait_until,
)
from support.warcs import TIMESTAMP, address, article_page, articles, files, tree

from normalise.files import article_path
from scraper.wayback import cdx

INTERRUPTED = 130

# Python runs a module of this name when it starts: the pages of the index become small.
_FEW_RECORDS = """
from scraper.wayback import cdx

cdx.query_target.__defaults__ = (None, 5)
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _parts(out: Path) -> list[str]:
    """The files that are half written."""
    return [name for name in tree(out) if name.endswith(".part")]


# --- kill -9 --------------------------------------------------------------------------------


@pytest.fixture
def few_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Make the pages of the index small here and, with this environment, in other processes."""
    monkeypatch.setattr(cdx.query_target, "__defaults__", (None, 5))
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(_FEW_RECORDS, encoding="utf-8")
    paths = [str(tmp_path / "start"), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def test_killed_while_it_reads_the_index_it_goes_on_there(
    out: Path, few_records: dict[str, str]
) -> None:
    with replay(generated(13), Faults([on_index(faults.held(), 3)])) as server:
        with start_process(*crawl_args(out, server), environment=few_records) as process:
            server.wait_for(3)
            kill(process)
        cut_off = server.log[-1].target
        assert "resumeKey" in cut_off
        server.change(Faults())
        result = crawl(out, server)
        assert (result.exit_code, result.stderr.count("error")) == (0, 0)
        queries = [request.target for request in requests_to(server, "index")]
        assert queries[3] == cut_off
        assert len(queries) == 3 + 1
        assert len(set(queries)) == 3
        assert len(requests_to(server)) == 13
    assert articles(out) == files(*range(1, 14))


def test_killed_while_it_reads_the_index_again_it_goes_on_there(
    out: Path, few_records: dict[str, str]
) -> None:
    archive = generated(13)
    with replay(archive) as server:
        assert crawl(out, server).exit_code == 0
        archive.add(FakeMemento(address(14), TIMESTAMP, article_page(14)))
        server.change(Faults([on_index(faults.held(), 2)]))
        with start_process(
            *crawl_args(out, server, "--refresh-index"), environment=few_records
        ) as process:
            server.wait_for(len(server.log) + 2)
            kill(process)
        cut_off = requests_to(server, "index")[-1].target
        assert "resumeKey" in cut_off
        server.change(Faults())
        assert crawl(out, server, "--refresh-index").exit_code == 0
        assert requests_to(server, "index")[5].target == cut_off
        assert len(requests_to(server, "index")) == 3 + 2 + 2
        assert len(requests_to(server)) == 14
    assert articles(out) == files(*range(1, 15))


COUNT = 20
FEW = 3  # requests at a time


def _held_from(number: int) -> Faults:
    """Let no page come but those before the n-th."""
    return Faults([on_playback(faults.held(), *range(number, COUNT + 1))])


def test_killed_again_and_again_it_comes_to_the_same_end(out: Path) -> None:
    def written() -> int:
        return len(list(out.glob("articles/*/article_*.md")))

    with replay(generated(COUNT)) as server:

        def asked() -> int:
            return len(requests_to(server))

        instants: list[tuple[Faults, Callable[[], bool]]] = [
            (_held_from(1), lambda: asked() == FEW),  # the first pages are under way
            (_held_from(5), lambda: written() >= 1),  # the first article has been written
            (_held_from(7), lambda: asked() >= 7 + 2 * FEW),  # some are done, some under way
            (Faults(), lambda: written() >= COUNT - 1),  # the last article is being written
        ]
        killed: list[int] = []
        for kills, (held, is_time) in enumerate(instants, start=1):
            server.change(held)
            with start_process(*crawl_args(out, server, "--concurrency", str(FEW))) as process:
                wait_until(is_time)
                workers = kill(process)
            assert workers
            killed += workers
            assert asked() <= COUNT + kills * FEW
        result = crawl(out, server, "--concurrency", str(FEW))  # at once
        assert result.exit_code == 0, result.stderr
        assert len({request.target for request in requests_to(server)}) == COUNT
        assert asked() <= COUNT + len(instants) * FEW
        assert len(requests_to(server, "index")) == 1
        before = len(server.log)
        again = hkcnews("normalise", out)
        assert again.exit_code == 0
        assert f"{COUNT} unchanged" in " ".join(again.stderr.split())
        assert len(server.log) == before
    assert articles(out) == files(*range(1, COUNT + 1))
    assert _parts(out) == []
    assert read_report(out)["open"] == 0
    wait_until(lambda: not any(is_alive(pid) for pid in killed))


# --- Ctrl-C ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_what_is_under_way_and_goes_on_the_next_time(
    out: Path, number: signal.Signals
) -> None:
    with replay(generated(5), Faults([on_playback(faults.held(), 3)])) as server:
        with start_process(*crawl_args(out, server, "--concurrency", "1")) as process:
            server.wait_for(1 + 3)
            interrupt(process, number)
            server.release()
            exit_code, messages = exit_code_and_messages(process)
        assert exit_code == INTERRUPTED
        assert len(requests_to(server)) == 3
        assert articles(out) == files(1, 2, 3)
        assert "interrupted: run the same command again to go on" in messages
        assert re.search(r"3 +60\.0 % +written", messages)
        assert re.search(r"2 +40\.0 % +not done yet", messages)
        assert "Traceback" not in messages
        assert read_report(out)["open"] == 2
        result = crawl(out, server)
        assert result.exit_code == 0
        assert len(requests_to(server)) == 5
    assert articles(out) == files(1, 2, 3, 4, 5)


def test_interrupted_twice_it_does_not_wait_for_what_is_under_way(out: Path) -> None:
    with replay(generated(5), Faults([on_playback(faults.held(), 2)])) as server:
        with start_process(*crawl_args(out, server, "--concurrency", "1")) as process:
            server.wait_for(1 + 2)
            interrupt(process)
            interrupt(process)
            exit_code, messages = exit_code_and_messages(process)
        assert exit_code == INTERRUPTED
        assert "interrupted:" in messages
        assert "Traceback" not in messages
        server.change(Faults())
        assert crawl(out, server).exit_code == 0
        assert len(requests_to(server)) == 6
    assert articles(out) == files(1, 2, 3, 4, 5)


def test_interrupted_in_a_pause_it_ends_at_once(out: Path) -> None:
    with replay(generated(2), Faults([on_playback(faults.too_many(1000), 1)])) as server:
        with start_process(*crawl_args(out, server)) as process:
            assert process.stderr is not None
            line = next(line for line in process.stderr if line.startswith(b"paused:")).decode()
            assert re.search(r"going on in 1[67] min \(\d\d:\d\d:\d\d UTC\)", line)
            interrupt(process)
            exit_code, _ = exit_code_and_messages(process)
        assert exit_code == INTERRUPTED
        status = hkcnews("status", "--out", out)
        assert "the archive wants no requests until" in status.stdout
        assert read_report(out)["paused_until"] is not None


def test_ctrl_c_is_left_to_the_parent_by_workers_that_just_start(out: Path) -> None:
    with replay(generated(3), Faults([on_playback(faults.held(), 1)])) as server:
        command = crawl_args(out, server, "--concurrency", "1")
        with start_process(*command, own_group=True) as process:
            wait_until(lambda: any(_is_worker(pid) for pid in descendants(process.pid)))
            server.wait_for(2)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            server.release()
            exit_code, messages = exit_code_and_messages(process)
    assert articles(out) == files(1)
    assert exit_code == INTERRUPTED
    assert "interrupted:" in messages
    assert "Traceback" not in messages


def _is_worker(pid: int) -> bool:
    """Whether it is one whose Python has begun, and would raise `KeyboardInterrupt`."""
    try:
        is_one = b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return is_one and has_signal(pid, "Sig(Cgt|Ign)", signal.SIGINT)


def test_interrupted_while_it_reads_the_index_it_goes_on_there(
    out: Path, few_records: dict[str, str]
) -> None:
    with replay(generated(13), Faults([on_index(faults.held(), 2)])) as server:
        with start_process(*crawl_args(out, server), environment=few_records) as process:
            server.wait_for(2)
            interrupt(process)
            server.release()
            assert exit_code_and_messages(process)[0] == INTERRUPTED
        assert len(server.log) == 2
        assert crawl(out, server).exit_code == 0
        assert len(requests_to(server, "index")) == 3
    assert articles(out) == files(*range(1, 14))


# --- in each other's way --------------------------------------------------------------------


def test_a_folder_is_for_one_at_a_time_and_its_status_for_everybody(out: Path) -> None:
    with replay(generated(3), Faults([on_playback(faults.held(), 2)])) as server:
        with start_process(*crawl_args(out, server, "--concurrency", "1")) as process:
            server.wait_for(1 + 2)
            wait_until((out / article_path(1)).exists)
            assert articles(out) == files(1)
            for command in (crawl_args(out, server), ["normalise", str(out)]):
                result = hkcnews(*command)
                assert result.exit_code == 2
                assert f"error: another crawl works in {out}" in result.stderr
                assert f"hkcnews status --out {out}" in result.stderr
            elsewhere = hkcnews("normalise", out, "--out", out.with_name("other"))
            assert elsewhere.exit_code == 0
            status = hkcnews("status", "--out", out)
            assert status.exit_code == 0
            assert re.search(r"1 +33\.3 % +written", status.stdout)
            assert re.search(r"2 +66\.7 % +not done yet", status.stdout)
            server.release()
            assert exit_code_and_messages(process)[0] == 0
        assert len(requests_to(server)) == 3
    assert articles(out) == files(1, 2, 3)
    assert articles(out.with_name("other")) == files(1)


# --- a full disk ----------------------------------------------------------------------------

_SIZE = 150_000


def _incompressible(article: int) -> bytes:
    """A page of as many bytes in the store as on the disk, nearly."""
    text = os.urandom(_SIZE // 2).hex()
    return article_page(article, body=f"<p>{text}</p>")


def _long(article: int) -> bytes:
    """A page that is small in the store, and whose file is large."""
    return article_page(article, body=f"<p>{'渡輪停航一天' * (_SIZE // 10)}</p>")


FULL: dict[str, tuple[str, int, Callable[[int], bytes]]] = {
    "the ledger at its start": ("crawl.db", 8, article_page),
    "the ledger": ("crawl.db", 60, article_page),
    "the store": ("hkcnews-00001.warc.gz", 230, _incompressible),
    "an article": ("article_1.md", 200, _long),
}


@pytest.mark.parametrize(("named", "limit", "make"), FULL.values(), ids=FULL)
def test_a_full_disk_ends_the_run_and_a_later_one_goes_on(
    out: Path, named: str, limit: int, make: Callable[[int], bytes]
) -> None:
    archive = Archive(FakeMemento(address(n), TIMESTAMP, make(n)) for n in range(1, 5))
    small = ("bash", "-c", f'ulimit -f {limit}; exec "$@"', "bash")
    with replay(archive) as server:
        result = run_process(*crawl_args(out, server, "--concurrency", "1"), before=small)
        assert result.returncode == 1
        (line,) = re.findall("^error: .*$", result.stderr.decode(), re.MULTILINE)
        assert named in line
        assert re.search("too large|disk I/O|full", line)
        assert b"Traceback" not in result.stderr
        assert _parts(out) == []
        half_done = articles(out)
        again = crawl(out, server)
        assert again.exit_code == 0, again.stderr
        assert len({request.target for request in requests_to(server)}) == 4
        assert len(requests_to(server)) <= 5
    assert len(articles(out)) == 4
    assert half_done.items() <= articles(out).items()
    assert hkcnews("normalise", out, "--out", out.with_name("other")).exit_code == 0
    assert articles(out.with_name("other")) == articles(out)


# --- pauses ---------------------------------------------------------------------------------


def test_refused_for_long_it_says_when_to_come_back_and_waits_until_then(out: Path) -> None:
    refusals = [
        on_playback(faults.too_many(), 2, 3, 4, 5),
        on_playback(faults.too_many(100), 6),
    ]
    with replay(generated(3), Faults(refusals)) as server:
        result = crawl(out, server, "--concurrency", "1")
        assert result.exit_code == 3
        (line,) = re.findall(r"^paused: the archive says.*start.*$", result.stderr, re.MULTILINE)
        assert "5 times in a row" in line
        when = re.search(r"at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC or later", line)
        assert when is not None
        assert articles(out) == files(1)
        assert read_report(out)["paused_until"] == f"{when[1]}T{when[2]}Z"
        before = len(server.log)
        with start_process(*crawl_args(out, server)) as process:
            assert process.stderr is not None
            line = next(line for line in process.stderr if line.startswith(b"paused:")).decode()
            assert f"({when[2]} UTC)" in line
            interrupt(process)
            assert exit_code_and_messages(process)[0] == INTERRUPTED
        assert len(server.log) == before
        assert f"until {when[1]}T{when[2]}Z" in hkcnews("status", "--out", out).stdout

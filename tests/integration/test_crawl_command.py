"""The command `hkcnews crawl` in a process of its own: killed, interrupted, in each other's way,
on a full disk; what it says and how it exits."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    Replay,
    Request,
    faults,
    generated,
    on_index,
    on_playback,
    replay,
)
from support.command import hkcnews
from support.warcs import (
    TIMESTAMP,
    address,
    article_file,
    article_page,
    articles,
    farewell_page,
    files,
    tree,
)
from support.warcs import unreadable_page as unreadable
from typer.testing import Result

from normalise.files import article_path
from scraper.wayback import cdx

HKCNEWS = Path(sys.executable).with_name("hkcnews")
SECONDS = 20.0  # for anything that must come to pass
INTERRUPTED = 130

# Python runs a module of this name when it starts: the pages of the index become small.
_FEW_ROWS = """
from scraper.wayback import cdx

cdx.query_target.__defaults__ = (None, 5)
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment of which nothing is left to chance."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    # Nor is anything written beside the program: on a disk that is full it would be half a file.
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}


def of_crawl(out: Path, server: Replay, *args: str) -> list[str]:
    to = ["--out", str(out), "--archive", server.origin]
    return ["crawl", *to, "--rate", "0", "--cooldown", "0.05", *args]


def crawl(out: Path, server: Replay, *args: str) -> Result:
    return hkcnews(*of_crawl(out, server, *args))


def in_a_process(
    *args: str | Path, env: Mapping[str, str] | None = None, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end in a process of its own; `before` is a command that runs it."""
    return subprocess.run(
        [*before, str(HKCNEWS), *map(str, args)],
        capture_output=True,
        text=True,
        env=environment(env),
        check=False,
        timeout=60,
    )


@contextmanager
def started(
    *args: str, env: Mapping[str, str] | None = None, of_its_own: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """The command while it runs, in a group of its own if need be; killed at the end."""
    process = subprocess.Popen(
        [str(HKCNEWS), *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(env),
        start_new_session=of_its_own,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code and the messages."""
    _, said = process.communicate(timeout=SECONDS)
    return process.returncode, said


def kill(process: subprocess.Popen[str]) -> list[int]:
    """Kill it as `kill -9` does; return the processes that it had started."""
    started_by_it = _descendants(process.pid)
    process.kill()
    process.wait()
    return started_by_it


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        parents.setdefault(_stat(int(folder.name))[1], []).append(int(folder.name))
    found, at = [], [pid]
    while at:
        found += (at := [child for parent in at for child in parents.get(parent, [])])
    return found


def _stat(pid: int) -> tuple[str, int]:
    """State and parent of a process; one that is gone has no state."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", 0
    state, parent = stat.rpartition(")")[2].split()[:2]
    return state, int(parent)


def is_alive(pid: int) -> bool:
    return _stat(pid)[0] not in {"", "Z", "X"}


def until(is_so: Callable[[], bool]) -> None:
    """Look again and again until it is so."""
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end, "it has not come to pass"
        time.sleep(0.002)


def asked(server: Replay, endpoint: str = "playback") -> list[Request]:
    return [request for request in server.log if request.endpoint == endpoint]


def parts(out: Path) -> list[str]:
    return [name for name in tree(out) if name.endswith(".part")]


def report(out: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((out / "report.json").read_bytes())
    return told


# --- kill -9 --------------------------------------------------------------------------------


@pytest.fixture
def few_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Make the pages of the index small here and, with this environment, in other processes."""
    monkeypatch.setattr(cdx.query_target, "__defaults__", (None, 5))
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(_FEW_ROWS, encoding="utf-8")
    return {"PYTHONPATH": str(tmp_path / "start")}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_killed_while_it_reads_the_index_it_goes_on_there(
    out: Path, few_rows: dict[str, str], number: int
) -> None:
    with replay(generated(13), Faults([on_index(faults.held(), number)])) as server:
        with started(*of_crawl(out, server), env=few_rows) as process:
            server.wait_for(number)
            kill(process)
        cut_off = server.log[-1].target
        assert ("resumeKey" in cut_off) is (number > 1)
        server.change(Faults())
        done = crawl(out, server)
        assert (done.exit_code, done.stderr.count("error")) == (0, 0)
        queries = [request.target for request in asked(server, "index")]
        assert queries[number] == cut_off
        assert len(queries) == 3 + 1
        assert len(set(queries)) == 3
        assert len(asked(server)) == 13
    assert articles(out) == files(*range(1, 14))


def test_killed_while_it_reads_the_index_again_it_goes_on_there(
    out: Path, few_rows: dict[str, str]
) -> None:
    archive = generated(13)
    with replay(archive) as server:
        assert crawl(out, server).exit_code == 0
        archive.add(FakeMemento(address(14), TIMESTAMP, article_page(14)))
        server.change(Faults([on_index(faults.held(), 2)]))
        with started(*of_crawl(out, server, "--refresh-index"), env=few_rows) as process:
            server.wait_for(len(server.log) + 2)
            kill(process)
        cut_off = asked(server, "index")[-1].target
        assert "resumeKey" in cut_off
        server.change(Faults())
        assert crawl(out, server, "--refresh-index").exit_code == 0
        assert asked(server, "index")[5].target == cut_off
        assert len(asked(server, "index")) == 3 + 2 + 2
        assert len(asked(server)) == 14
    assert articles(out) == files(*range(1, 15))


COUNT = 40
FEW = 3  # requests at a time


def _killed_and_run_again(out: Path, server: Replay, process: subprocess.Popen[str]) -> None:
    """Kill, begin again at once, and compare with what an undisturbed run gives."""
    workers = kill(process)
    server.change(Faults())
    done = crawl(out, server, "--concurrency", str(FEW))
    assert done.exit_code == 0, done.stderr
    until(lambda: not any(is_alive(pid) for pid in workers))
    targets = [request.target for request in asked(server)]
    assert len(set(targets)) == COUNT
    assert len(targets) <= COUNT + FEW
    assert articles(out) == files(*range(1, COUNT + 1))
    assert parts(out) == []
    before = len(server.log)
    again = hkcnews("normalise", out)
    assert again.exit_code == 0
    assert f"{COUNT} unchanged" in " ".join(again.stderr.split())
    assert len(server.log) == before


@pytest.mark.parametrize("number", [1, 2, 7, 20])
def test_killed_while_it_fetches_it_loses_what_is_under_way(out: Path, number: int) -> None:
    with replay(generated(COUNT), Faults([on_playback(faults.held(), number)])) as server:
        command = of_crawl(out, server, "--concurrency", str(FEW))
        with started(*command) as process:
            server.wait_for(1 + number)
            _killed_and_run_again(out, server, process)


@pytest.mark.parametrize("count", [1, 12, 39])
def test_killed_while_it_writes_it_loses_what_is_under_way(out: Path, count: int) -> None:
    with replay(generated(COUNT)) as server:
        command = of_crawl(out, server, "--concurrency", str(FEW))
        with started(*command) as process:
            until(lambda: len(list(out.glob("articles/*/article_*.md"))) >= count)
            _killed_and_run_again(out, server, process)


def test_killed_again_and_again_it_comes_to_the_same_end(out: Path) -> None:
    with replay(generated(COUNT)) as server:
        for kills, count in enumerate((3, 6, 11, 24, 33), start=1):
            with started(*of_crawl(out, server, "--concurrency", str(FEW))) as process:
                server.wait_for(1 + count)
                kill(process)
            assert len(asked(server)) <= COUNT + kills * FEW
        done = crawl(out, server, "--concurrency", str(FEW))
        assert done.exit_code == 0, done.stderr
        assert len({request.target for request in asked(server)}) == COUNT
        assert len(asked(server)) <= COUNT + 5 * FEW
        assert len(asked(server, "index")) == 1
    assert articles(out) == files(*range(1, COUNT + 1))
    assert parts(out) == []
    assert report(out)["open"] == 0


def test_worker_processes_end_with_a_parent_that_is_killed(out: Path) -> None:
    with replay(generated(2), Faults([on_playback(faults.held())])) as server:
        with started(*of_crawl(out, server)) as process:
            server.wait_for(3)
            workers = kill(process)
        assert workers
        until(lambda: not any(is_alive(pid) for pid in workers))


# --- Ctrl-C ---------------------------------------------------------------------------------


def interrupt(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> None:
    """Send a signal, and wait until the process has taken it: two at once would be one."""
    process.send_signal(number)
    until(lambda: process.poll() is not None or not _has(process.pid, "S..Pnd", number))


def _has(pid: int, kind: str, number: int) -> bool:
    """Whether a signal is in a set of those that the system keeps for each process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    sets = re.finditer(rf"^{kind}:\s*(?P<set>[0-9a-f]+)", status, re.MULTILINE)
    return any(int(found["set"], 16) >> (number - 1) & 1 for found in sets)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_what_is_under_way_and_goes_on_the_next_time(
    out: Path, number: signal.Signals
) -> None:
    with replay(generated(5), Faults([on_playback(faults.held(), 3)])) as server:
        with started(*of_crawl(out, server, "--concurrency", "1")) as process:
            server.wait_for(1 + 3)
            interrupt(process, number)
            server.release()
            code, said = ended(process)
        assert code == INTERRUPTED
        assert len(asked(server)) == 3
        assert articles(out) == files(1, 2, 3)
        assert "interrupted: run the same command again to go on" in said
        assert re.search(r"3 +60\.0 % +written", said)
        assert re.search(r"2 +40\.0 % +not done yet", said)
        assert "Traceback" not in said
        assert report(out)["open"] == 2
        done = crawl(out, server)
        assert done.exit_code == 0
        assert len(asked(server)) == 5
    assert articles(out) == files(1, 2, 3, 4, 5)


def test_interrupted_twice_it_does_not_wait_for_what_is_under_way(out: Path) -> None:
    with replay(generated(5), Faults([on_playback(faults.held(), 2)])) as server:
        with started(*of_crawl(out, server, "--concurrency", "1")) as process:
            server.wait_for(1 + 2)
            interrupt(process)
            interrupt(process)
            code, said = ended(process)
        assert code == INTERRUPTED
        assert "interrupted:" in said
        assert "Traceback" not in said
        server.change(Faults())
        assert crawl(out, server).exit_code == 0
        assert len(asked(server)) == 6
    assert articles(out) == files(1, 2, 3, 4, 5)


def test_interrupted_in_a_pause_it_ends_at_once(out: Path) -> None:
    with replay(generated(2), Faults([on_playback(faults.too_many(1000), 1)])) as server:
        with started(*of_crawl(out, server)) as process:
            assert process.stderr is not None
            line = next(line for line in process.stderr if line.startswith("paused:"))
            assert re.search(r"going on in 1[67] min \(\d\d:\d\d:\d\d UTC\)", line)
            interrupt(process)
            code, _ = ended(process)
        assert code == INTERRUPTED
        status = hkcnews("status", "--out", out)
        assert "the archive wants no requests until" in status.stdout
        assert report(out)["paused_until"] is not None


def test_ctrl_c_is_left_to_the_parent_by_workers_that_just_start(out: Path) -> None:
    with replay(generated(3), Faults([on_playback(faults.held(), 1)])) as server:
        command = of_crawl(out, server, "--concurrency", "1")
        with started(*command, of_its_own=True) as process:
            until(lambda: any(_is_worker(pid) for pid in _descendants(process.pid)))
            server.wait_for(2)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            server.release()
            code, said = ended(process)
    assert articles(out) == files(1)
    assert code == INTERRUPTED
    assert "interrupted:" in said
    assert "Traceback" not in said


def _is_worker(pid: int) -> bool:
    """Whether it is one whose Python has begun, and would raise `KeyboardInterrupt`."""
    try:
        is_one = b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return is_one and _has(pid, "Sig(Cgt|Ign)", signal.SIGINT)


def test_interrupted_while_it_reads_the_index_it_goes_on_there(
    out: Path, few_rows: dict[str, str]
) -> None:
    with replay(generated(13), Faults([on_index(faults.held(), 2)])) as server:
        with started(*of_crawl(out, server), env=few_rows) as process:
            server.wait_for(2)
            interrupt(process)
            server.release()
            assert ended(process)[0] == INTERRUPTED
        assert len(server.log) == 2
        assert crawl(out, server).exit_code == 0
        assert len(asked(server, "index")) == 3
    assert articles(out) == files(*range(1, 14))


# --- in each other's way --------------------------------------------------------------------


def test_a_folder_is_for_one_at_a_time_and_its_status_for_everybody(out: Path) -> None:
    with replay(generated(3), Faults([on_playback(faults.held(), 2)])) as server:
        with started(*of_crawl(out, server, "--concurrency", "1")) as process:
            server.wait_for(1 + 2)
            until((out / article_path(1)).exists)
            assert articles(out) == files(1)
            for command in (of_crawl(out, server), ["normalise", str(out)]):
                done = hkcnews(*command)
                assert done.exit_code == 2
                assert f"error: another crawl works in {out}" in done.stderr
                assert f"hkcnews status --out {out}" in done.stderr
            elsewhere = hkcnews("normalise", out, "--out", out.with_name("other"))
            assert elsewhere.exit_code == 0
            status = hkcnews("status", "--out", out)
            assert status.exit_code == 0
            assert re.search(r"1 +33\.3 % +written", status.stdout)
            assert re.search(r"2 +66\.7 % +not done yet", status.stdout)
            server.release()
            assert ended(process)[0] == 0
        assert len(asked(server)) == 3
    assert articles(out) == files(1, 2, 3)
    assert articles(out.with_name("other")) == files(1)


# --- a full disk ----------------------------------------------------------------------------

_SIZE = 150_000


def _incompressible(article: int) -> bytes:
    """A page of as many bytes in the store as on the disk, nearly."""
    text = os.urandom(_SIZE // 4).hex()
    return article_page(article, body=f"<p>{text}</p>")


def _long(article: int) -> bytes:
    """A page that is small in the store, and whose file is large."""
    return article_page(article, body=f"<p>{'渡輪停航一天' * (_SIZE // 10)}</p>")


FULL: dict[str, tuple[str, int, Callable[[int], bytes]]] = {
    "the ledger at its start": ("crawl.db", 8, article_page),
    "the ledger": ("crawl.db", 60, article_page),
    "the store": ("hkcnews-00001.warc.gz", 120, _incompressible),
    "an article": ("article_1.md", 200, _long),
}


@pytest.mark.parametrize(("named", "limit", "make"), FULL.values(), ids=FULL)
def test_a_full_disk_ends_the_run_and_a_later_one_goes_on(
    out: Path, named: str, limit: int, make: Callable[[int], bytes]
) -> None:
    archive = Archive(FakeMemento(address(n), TIMESTAMP, make(n)) for n in range(1, 5))
    small = ("bash", "-c", f'ulimit -f {limit}; exec "$@"', "bash")
    with replay(archive) as server:
        done = in_a_process(*of_crawl(out, server, "--concurrency", "1"), before=small)
        assert done.returncode == 1
        (line,) = re.findall("^error: .*$", done.stderr, re.MULTILINE)
        assert named in line
        assert re.search("too large|disk I/O|full", line)
        assert "Traceback" not in done.stderr
        assert parts(out) == []
        half_done = articles(out)
        again = crawl(out, server)
        assert again.exit_code == 0, again.stderr
        assert len({request.target for request in asked(server)}) == 4
        assert len(asked(server)) <= 5
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
        done = crawl(out, server, "--concurrency", "1")
        assert done.exit_code == 3
        (line,) = re.findall(r"^paused: the archive says.*start.*$", done.stderr, re.MULTILINE)
        assert "5 times in a row" in line
        when = re.search(r"at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC or later", line)
        assert when is not None
        assert articles(out) == files(1)
        assert report(out)["paused_until"] == f"{when[1]}T{when[2]}Z"
        before = len(server.log)
        with started(*of_crawl(out, server)) as process:
            assert process.stderr is not None
            line = next(line for line in process.stderr if line.startswith("paused:"))
            assert f"({when[2]} UTC)" in line
            interrupt(process)
            assert ended(process)[0] == INTERRUPTED
        assert len(server.log) == before
        assert f"until {when[1]}T{when[2]}Z" in hkcnews("status", "--out", out).stdout


# --- what is said ---------------------------------------------------------------------------


def _mixed() -> Archive:
    return Archive(
        [
            *(FakeMemento(address(n), TIMESTAMP, article_page(n)) for n in (1, 2, 3, 4, 5)),
            FakeMemento(address(6), TIMESTAMP, farewell_page()),
            FakeMemento(address(7), TIMESTAMP, b""),
            FakeMemento(address(8), TIMESTAMP, unreadable()),
        ]
    )


def test_what_became_of_all_is_told_at_the_end_and_by_status(out: Path) -> None:
    with replay(_mixed(), Faults([on_playback(faults.gateway(503), 1)])) as server:
        done = crawl(out, server, "--concurrency", "1")
    assert (done.exit_code, done.stdout) == (1, "")
    told = report(out)
    status = hkcnews("status", "--out", out)
    assert (status.exit_code, status.stderr) == (0, "")
    for said in (done.stderr, status.stdout):
        assert re.search(r"^failed: article 8: .*info line", said, re.MULTILINE)
        assert re.search(r"^ +5 +62\.5 % +written$", said, re.MULTILINE)
        assert re.search(
            r"^ +2 +25\.0 % +no usable capture \((farewell 1, empty 1|empty 1, farewell 1)\)$",
            said,
            re.MULTILINE,
        )
        assert re.search(r"^ +1 +12\.5 % +failed \(unreadable 1\)$", said, re.MULTILINE)
        assert re.search(r"^ +8 articles known, 9 requests for pages$", said, re.MULTILINE)
        assert re.search(r"^most retried: article 1: 2 requests in ", said, re.MULTILINE)
        assert "\x1b" not in said
    at = told.pop("at")
    again = report(out)
    assert again.pop("at") != ""
    assert again == told
    assert isinstance(at, str)
    assert (told["articles"], told["open"], told["requests"]) == (8, 0, 9)
    assert isinstance(told["failed"], list)
    assert [failure["article"] for failure in told["failed"]] == [8]


def test_a_crawl_without_a_failure_exits_with_0_and_a_second_one_asks_nothing(out: Path) -> None:
    archive = _mixed()
    with replay(archive) as server:
        assert crawl(out, server, "--ids", "1-7").exit_code == 0
        before = len(server.log)
        assert crawl(out, server, "--ids", "1-7").exit_code == 0
        assert len(server.log) == before
    assert articles(out) == files(1, 2, 3, 4, 5)


def test_a_run_answers_for_the_articles_that_it_was_asked_for(out: Path) -> None:
    with replay(_mixed()) as server:
        assert crawl(out, server, "--ids", "8").exit_code == 1
        assert crawl(out, server, "--ids", "1-6").exit_code == 0
        assert crawl(out, server, "--ids", "8").exit_code == 1  # there is nothing left to do
        assert crawl(out, server).exit_code == 1


@pytest.mark.parametrize("ids", ["500", "1,500", "500-500,1-3"])
def test_an_id_that_the_index_does_not_know_is_named(out: Path, ids: str) -> None:
    with replay(_mixed()) as server:
        for _ in range(2):
            done = crawl(out, server, "--ids", ids)
            assert (done.exit_code, done.stdout) == (1, "")
            assert re.search(r"^not to be had: .* of 500$", done.stderr, re.MULTILINE)


def test_a_range_of_ids_may_have_gaps(out: Path) -> None:
    with replay(_mixed()) as server:
        done = crawl(out, server, "--ids", "2-3,400-600")
    assert done.exit_code == 0
    assert "not to be had" not in done.stderr
    assert articles(out) == files(2, 3)


def test_an_id_that_the_reference_holds_is_not_missed(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "reference" / article_path(500)
    path.parent.mkdir(parents=True)
    path.write_bytes(article_file(500))
    with replay(_mixed()) as server:
        args = ["--ids", "1,500", "--only-missing", str(tmp_path / "reference")]
        done = crawl(out, server, *args)
    assert "not to be had" not in done.stderr
    assert done.exit_code == 0


def test_dry_run_says_numbers_and_fetches_no_page(out: Path) -> None:
    with replay(generated(16)) as server:
        done = hkcnews(*of_crawl(out, server, "--dry-run", "--ids", "1-9", "--rate", "0.0025"))
        assert asked(server) == []
    assert done.exit_code == 0
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert [number for number, _ in rows] == ["9", "9", "1.0"]
    assert "0.0025 a second" in done.stdout
    assert articles(out) == {}


WRONG: dict[str, tuple[list[str], str]] = {
    "faster than the archive allows": (["--rate", "8.1"], "--rate"),
    "without a pace": (["--rate", "0"], "--rate"),
    "back too soon": (["--cooldown", "59"], "--cooldown"),
    "ids that are none": (["--ids", "9-1"], "--ids"),
    "an archive that is none": (["--archive", "web.archive.org"], "--archive"),
    "a limit of none": (["--limit", "0"], "--limit"),
    "a list and the index": (["--captures", "x", "--refresh-index"], "--refresh-index"),
    "a contact of two lines": (["--contact", "me\r\nX: y"], "--contact"),
}


@pytest.mark.parametrize(("args", "named"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_told_before_anything_is_done(
    out: Path, args: list[str], named: str
) -> None:
    done = hkcnews("crawl", "--out", out, *args)
    assert done.exit_code == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_a_list_that_is_not_there_is_wrong_usage(out: Path) -> None:
    with replay(generated(1)) as server:
        done = crawl(out, server, "--captures", "no-such\x1b[31m.tsv")
        assert server.log == []
    assert done.exit_code == 2
    assert "no-such" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_file_as_folder_is_wrong_usage(out: Path) -> None:
    out.write_bytes(b"a file")
    with replay(generated(1)) as server:
        assert crawl(out, server).exit_code == 2
        assert server.log == []
    assert out.read_bytes() == b"a file"


def test_status_of_what_is_no_crawl_is_wrong_usage(out: Path) -> None:
    out.mkdir()
    done = hkcnews("status", "--out", out)
    assert done.exit_code == 2
    assert "holds no crawl" in done.stderr
    assert list(out.iterdir()) == []


def test_where_prefix_queries_are_refused_the_way_out_is_named(out: Path) -> None:
    with replay(generated(1), Faults([on_index(faults.needs_authorization())])) as server:
        done = in_a_process(*of_crawl(out, server))
        assert len(server.log) == 1
    assert done.returncode == 1
    assert "--captures" in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback_of_an_error(out: Path) -> None:
    with replay(generated(1), Faults([on_index(faults.needs_authorization())])) as server:
        done = in_a_process(*of_crawl(out, server, "--debug"))
    assert done.returncode == 1
    assert "Traceback (most recent call last):" in done.stderr
    assert "IndexUnavailable" in done.stderr


WILD = "\x1b[2J\x1b[31m停\x07航\x9b1m\x1b]0;x\x07"


def test_control_characters_of_an_answer_do_not_reach_the_terminal(out: Path) -> None:
    wild = faults.says("wild", 418, f"<h1>{WILD}</h1>")
    with replay(generated(1), Faults([on_index(wild)])) as server:
        done = crawl(out, server)
    assert done.exit_code == 1
    assert "418" in done.stderr
    assert all(c.isprintable() or c == "\n" for c in done.stderr)


def test_control_characters_of_a_page_do_not_reach_the_terminal(tmp_path: Path) -> None:
    wild = re.sub(b"<h1>[^<]*", b"<h1>" + WILD.encode(), unreadable())
    out = tmp_path / "o\x1b[31mut"
    with replay(Archive([FakeMemento(address(1), TIMESTAMP, wild)])) as server:
        done = crawl(out, server)
        said = done.stderr + hkcnews("status", "--out", out).stdout
    assert done.exit_code == 1
    assert "failed: article 1" in said
    assert all(c.isprintable() or c == "\n" for c in said)


def test_lines_of_a_list_that_name_no_capture_are_told(tmp_path: Path, out: Path) -> None:
    listed = tmp_path / "list.tsv"
    rows = [
        f"{TIMESTAMP}\t{address(1)}",
        f"no time\t{address(2)}",
        f"{TIMESTAMP}\thttps://a.example/",
    ]
    listed.write_text("\n".join(["timestamp\toriginal", *rows, ""]), encoding="utf-8")
    with replay(generated(2)) as server:
        done = crawl(out, server, "--captures", str(listed))
    assert articles(out) == files(1)
    assert done.exit_code == 0
    assert "line 3" in done.stderr


def test_settings_come_from_the_environment_and_flags_win(out: Path) -> None:
    with replay(generated(3)) as server:
        env = {
            "HKCNEWS_OUT": str(out),
            "HKCNEWS_ARCHIVE": server.origin,
            "HKCNEWS_RATE": "0",
            "HKCNEWS_COOLDOWN": "0.05",
            "HKCNEWS_CONCURRENCY": "1",
            "HKCNEWS_CONTACT": "env@example.org",
        }
        assert in_a_process("crawl", "--ids", "1", env=env).returncode == 0
        assert {request.agent.partition(" ")[2] for request in server.log} == {"(+env@example.org)"}
        before = len(server.log)
        env |= {"HKCNEWS_ARCHIVE": "http://127.0.0.1:9", "HKCNEWS_OUT": str(out) + "2"}
        flags = of_crawl(out, server, "--contact", "flag@example.org")
        assert in_a_process(*flags, env=env).returncode == 0
        assert {request.agent.partition(" ")[2] for request in server.log[before:]} == {
            "(+flag@example.org)"
        }
        assert len(asked(server)) == 3
        status = in_a_process("status", env={"HKCNEWS_OUT": str(out)})
        assert re.search(r"3 +100\.0 % +written", status.stdout)
    assert articles(out) == files(1, 2, 3)
    assert not Path(str(out) + "2").exists()


@pytest.mark.parametrize("command", ["crawl", "status"])
def test_the_help_has_an_example_and_the_exit_codes(command: str) -> None:
    done = hkcnews(command, "--help")
    text = " ".join(done.stdout.split())
    assert done.exit_code == 0
    assert f"Example: hkcnews {command} --out archive" in text
    assert "Exit codes: 0 done" in text


# --- on a terminal --------------------------------------------------------------------------


def test_on_a_terminal_progress_is_shown_and_gone_at_the_end(out: Path) -> None:
    rules = [on_playback(faults.too_many(1), 2), on_playback(faults.held(), 5)]
    with replay(generated(4), Faults(rules)) as server:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [str(HKCNEWS), *of_crawl(out, server, "--concurrency", "1")],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment({"TERM": "xterm-256color", "COLUMNS": "100"}),
        )
        os.close(theirs)
        shown = b""
        with process:
            try:
                shown += _read_until(ours, b"paused:")
                shown += _read_until(ours, b"3 of 4")
                server.release()
                shown += _read_until(ours, None)
                assert process.wait(SECONDS) == 0
            finally:
                process.kill()
                os.close(ours)
    text = shown.decode()
    assert "fetching articles" in text
    assert "going on in" in text
    assert "Traceback" not in text
    # The cursor is back, and the summary stands below what is gone.
    live, shows_cursor, rest = text.rpartition("\x1b[?25h")
    assert shows_cursor
    assert "\x1b[?25l" in live
    assert re.search(r"4 +100\.0 % +written", rest)
    assert articles(out) == files(1, 2, 3, 4)


def test_on_a_terminal_that_can_do_nothing_there_are_plain_lines(out: Path) -> None:
    with replay(generated(4), Faults([on_playback(faults.held(), 3)])) as server:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [str(HKCNEWS), *of_crawl(out, server, "--concurrency", "1")],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment({"TERM": "dumb", "COLUMNS": "100"}),
        )
        os.close(theirs)
        shown = b""
        with process:
            try:
                shown += _read_until(ours, b"fetching articles")
                server.release()
                shown += _read_until(ours, None)
                assert process.wait(SECONDS) == 0
            finally:
                process.kill()
                os.close(ours)
    text = shown.decode()
    assert "\x1b" not in text
    assert re.search(r"^fetching articles, \d of 4", text, re.MULTILINE)
    assert re.search(r"4 +100\.0 % +written", text)
    assert articles(out) == files(1, 2, 3, 4)


def _read_until(terminal: int, word: bytes | None) -> bytes:
    """What is shown until a word comes, or until the end."""
    shown = b""
    while word is None or word not in shown:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # how Linux tells of the end
            part = b""
        if not part:
            assert word is None, f"{word!r} never came: {shown!r}"
            break
        shown += part
    return shown

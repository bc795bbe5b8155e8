"""The pictures of a crawl through all faults at once, killed again and again; then a count.

    PYTHONPATH=tests python -m stress.pictures [PICTURES] [KILLS] [SEED]

The stand-in archive serves made-up pictures, and what stands in the place of pictures: nothing,
HTML, SVG, cut and empty bodies, other sizes, captures of other times, redirects, copies of one
digest; some pictures are shown by two articles. What must become of each is known by its number. At
the end each picture must have its bytes, or its reason. Before that a run without faults is
measured, of a tenth of the pictures and of all: memory must not grow with them.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

from fake_archive import Archive, FakeMemento, Faults, Request, replay, samples
from stress import long_run, torture
from stress.torture import CONCURRENCY, COOLDOWN, HARMLESS, HKCNEWS, Result
from support import pictures
from support.pictures import AT, HOST, captured
from support.warcs import TIMESTAMP

from scraper.wayback.playback import payload_digest

PER_ARTICLE = 4
_CYCLE = 200
HTML = b"<!DOCTYPE html><html><body>gone</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
# What stands at the address of a picture, by the rest of its number; all others are good.
ODD = {
    0: "not-archived",
    10: "smaller",
    20: "other capture",
    30: "svg",
    40: "cut-short",
    50: "empty",
    60: "html",
    71: "same bytes",
    73: "redirected",
    75: "copies",
    **dict.fromkeys(range(80, 90), "other time"),
}
_LOST = frozenset({"not-archived", "svg", "cut-short", "empty", "html"})
# Requested again on purpose: such a body might be whole the next time.
_REPEATED = frozenset({"cut-short", "empty", "copies"})
_END = 4  # bytes that are cut off: all of the header stays
# From an answer to what the ledger knows of it. A kill in between, or broken connections, lose it.
_SECONDS_TO_SETTLE = 2.0
_COMMENT = 20_000  # bytes, so that a file is as large as a small picture of the site
MAX_GROWTH = 1.25  # of the memory, from a tenth of the pictures to all


def kind_of(number: int) -> str:
    """Return what stands at the address of a picture, "" for itself."""
    return ODD.get(number % _CYCLE, "")


def body_of(number: int) -> bytes:
    """Return the bytes that a picture must have."""
    number -= kind_of(number) == "same bytes"
    return pictures.picture(number, comment=b"%06d" % number * (_COMMENT // 6))


def archive(count: int) -> Archive:
    """Return articles with pictures, and the captures of these."""
    found: list[FakeMemento] = []
    for first in range(1, count + 1, PER_ARTICLE):
        numbers = range(first, min(first + PER_ARTICLE, count + 1))
        shown = [*numbers, *range(max(1, first - 1), first)]  # the last one of the article before
        body = "".join(pictures.in_sizes(f"/{n}.jpg", f"/{n}-small.jpg") for n in shown)
        found.append(pictures.article(first // PER_ARTICLE + 1, body))
        for number in numbers:
            found += _captures(number)
    return Archive(found)


def _captures(number: int) -> list[FakeMemento]:
    path, kind, whole = f"/{number}.jpg", kind_of(number), partial(body_of, number)
    good = FakeMemento(HOST + path, TIMESTAMP, whole, content_type="image/jpeg")
    match kind:
        case "not-archived":
            return []
        case "smaller":
            small = FakeMemento(f"{HOST}/{number}-small.jpg", AT, whole)
            return [captured(path, HTML, TIMESTAMP), small]
        case "other capture":
            return [
                captured(path, HTML, TIMESTAMP),
                FakeMemento(HOST + path, "20180101000000", whole),
            ]
        case "redirected":
            elsewhere = f"https://cdn.example{path}"
            return [
                samples.redirect(HOST + path, TIMESTAMP, elsewhere),
                FakeMemento(elsewhere, AT, whole, content_type="image/jpeg"),
            ]
        case "copies":  # the index has one digest for both, and the nearer one comes cut
            cut = FakeMemento(
                *(HOST + path, TIMESTAMP, whole()[:-_END]), digest=payload_digest(whole())
            )
            return [cut, FakeMemento(HOST + path, "20180101000000", whole)]
        case "other time":
            return [FakeMemento(HOST + path, AT, whole)]
        case "svg" | "html" | "empty" | "cut-short":
            wrong = {"svg": SVG, "html": HTML, "empty": b"", "cut-short": body_of(number)[:-_END]}
            return [captured(path, wrong[kind], TIMESTAMP)]
    return [good]


def campaign(folder: Path, count: int, kills: int, seed: int) -> Result:
    """Fetch pictures through all faults; return the counts."""
    result, chance = Result(unit="pictures"), random.Random(seed)
    out = folder / "disturbed"
    with replay(partial(archive, count), process=True) as server:
        crawl(server.origin, out)
    faults = torture.everything(seed, 0)
    with replay(partial(archive, count), faults, process=True) as server:
        start = partial(_start, server.origin, out)
        killed_at = torture.disturbed(server, start, kills, chance, result)
        _judge(server.log, killed_at, result)
    _compare(out, count, result)
    return result


def crawl(origin: str, out: Path) -> None:
    """Crawl the articles, undisturbed."""
    command = [str(HKCNEWS), "crawl", "--out", str(out), "--archive", origin, "--rate", "0"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _command(origin: str, out: Path) -> list[str]:
    pace = ["--rate", "0", "--cooldown", str(COOLDOWN), "--concurrency", str(CONCURRENCY)]
    return ["images", "--out", str(out), "--archive", origin, *pace]


def _start(origin: str, out: Path) -> subprocess.Popen[bytes]:
    command = [str(HKCNEWS), *_command(origin, out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _judge(log: list[Request], killed_at: list[float], result: Result) -> None:
    result.requests = len(log)
    result.injected = Counter(request.fault for request in log if request.fault)
    torture.look_for_pauses(log, killed_at, result)
    settled: dict[str, float] = {}
    losses = [*killed_at, *(request.at for request in log if request.fault == "refused")]
    for request in log:
        if (
            request.kind in {"capture", "hrm", "rows"}
            and request.fault in HARMLESS
            and kind_of(_number(request)) not in _REPEATED
        ):
            answered = settled.setdefault(request.target, request.at)
            if answered == request.at:
                continue
            result.fetched_again += 1
            if not any(0 <= loss - answered <= _SECONDS_TO_SETTLE for loss in losses):
                seconds = request.at - answered
                result.wrong.append(
                    f"asked for again after {seconds:.1f} s, and no kill came: {request.target}"
                )
            settled[request.target] = request.at
    if result.fetched_again > CONCURRENCY * result.kills:
        result.wrong.append(f"{result.fetched_again} answers asked for again")


def _number(request: Request) -> int:
    name = request.original.rpartition("/")[2].partition(".")[0]
    return int(name) if name.isdigit() else -1


def _compare(out: Path, count: int, result: Result) -> None:
    """Check that each picture has its bytes or its reason, and that no file is half-written."""
    with closing(sqlite3.connect(out / "crawl.db")) as ledger:
        rows = ledger.execute("SELECT original, status, reason, file FROM images").fetchall()
    result.articles = len(rows)
    if len(rows) != count:
        result.wrong.append(f"{len(rows)} pictures are known, not {count}")
    for original, status, reason, file in rows:
        number = int(original.rpartition("/")[2].partition(".")[0])
        kind = kind_of(number)
        if kind in _LOST:
            if (status, reason) != ("no usable capture", kind):
                result.wrong.append(f"{number}, which is {kind}, is {status} ({reason})")
        elif status != "written" or (out / file).read_bytes() != body_of(number):
            result.wrong.append(f"{number} is {status} ({reason}), or has other bytes")
    named, there = {file for *_, file in rows if file}, set(out.glob("images/*/*"))
    result.wrong += [
        f"{path} is of no picture" for path in there if str(path.relative_to(out)) not in named
    ]
    result.wrong += [f"{path} was left half-written" for path in out.rglob("*.part")]


def measure(folder: Path, count: int) -> long_run.Run:
    """Fetch pictures without a fault; return the time and the memory that it took."""
    with replay(partial(archive, count), Faults(), process=True) as server:
        crawl(server.origin, folder / str(count))
        run = long_run.run(*_command(server.origin, folder / str(count)))
    shutil.rmtree(folder / str(count))
    return run


def main(count: str = "20000", kills: str = "25", seed: str = "1") -> int:
    """Measure, run the campaign; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as folder:
        few, many = int(count) // 10, int(count)
        runs = {each: measure(Path(folder), each) for each in (few, many)}
        for each, run in runs.items():
            print(f"{each:,} pictures without faults: {run}")  # noqa: T201
        result = campaign(Path(folder), many, int(kills), int(seed))
    if runs[many].megabytes > MAX_GROWTH * runs[few].megabytes:
        result.wrong.append("memory grows with the number of pictures")
    print(result)  # noqa: T201
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

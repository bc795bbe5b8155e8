"""Runs the targets of `tests/fuzz/targets.py` with atheris, or with hypothesis without it.

PYTHONPATH=tests python -m fuzz.run [--seconds N] [TARGET ...]

.fuzz/corpus keeps the inputs that a search has found, .fuzz/crashes those that broke a target. To
run a target on one file: `PYTHONPATH=tests python -m fuzz.run --on FILE TARGET`.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".fuzz"
_EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)|^Done (\d+) in", re.MULTILINE)
_MAX_SECONDS_FOR_ONE_INPUT = 20
_MAX_INPUT_BYTES = 20_000  # most of the seeds are smaller
_EXAMPLES_A_SECOND = 30
# Words that a search would take long to guess.
_WORDS = (
    *(
        "article-info",
        "article-content",
        "article-block",
        "group",
        "hidden",
        "figure",
        "data-cfemail",
    ),
    *("/cdn-cgi/l/email-protection#", "blockquote", "iframe", "&#13;", "&#x1b;", "&#x202e;"),
    *("WARC/1.0\\x0d\\x0a", "WARC-Type: response", "WARC-Date: ", "WARC-Target-URI: ", "revisit"),
    *("Content-Length: ", "Transfer-Encoding: chunked", "Content-Encoding: gzip", "HTTP/1.1 200"),
    *("Memento-Datetime: ", "Location: ", "Link: <", 'rel=\\"original\\"', "Retry-After: "),
    *("X-Archive-Orig-", "/web/20210629183215id_/", "https://www.hkcnews.com/article/7"),
    *("timestamp", "original", "\\x1f\\x8b\\x08", "\\xff\\xfe", "---\\x0a", 'title: \\"', "%3a"),
)


def main() -> int:
    """Fuzz; return 1 if a target broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_RAW)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--on", type=Path, metavar="FILE", help="only this input")
    parser.add_argument("--child", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        _search(*arguments.child)
    if arguments.on is not None:
        return _run_on(arguments.on, arguments.targets)
    if importlib.util.find_spec("atheris") is None:
        return _with_hypothesis(arguments.seconds)
    broken = [name for name in arguments.targets or _names() if _broken(name, arguments.seconds)]
    return int(bool(broken))


_RAW = argparse.RawDescriptionHelpFormatter


def _names() -> list[str]:
    from fuzz import targets

    return list(targets.TARGETS)


def _search(name: str, *arguments: str) -> None:
    """Search with atheris; ends the process."""
    import atheris

    with atheris.instrument_imports(include=["normalise", "scraper"]):
        from fuzz import targets
    atheris.Setup([sys.argv[0], *arguments], targets.TARGETS[name])
    atheris.Fuzz()


def _broken(name: str, seconds: int) -> bool:
    """Search one target in a process of its own, print the result, return whether it broke."""
    from fuzz import targets

    corpus, crashes = FOLDER / "corpus" / name, FOLDER / "crashes"
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(targets.seeds(name)):
        (corpus / f"seed-{number:03d}").write_bytes(seed)
    words = FOLDER / "words"
    words.write_text("".join(f'"{word}"\n' for word in _WORDS), encoding="ascii")
    log = FOLDER / f"{name}.log"
    start = time.monotonic()
    options = (
        *(str(corpus), f"-max_total_time={seconds}", f"-timeout={_MAX_SECONDS_FOR_ONE_INPUT}"),
        *(f"-max_len={_MAX_INPUT_BYTES}", f"-dict={words}", f"-artifact_prefix={crashes / name}-"),
        *("-print_final_stats=1", "-rss_limit_mb=2048"),
    )
    with log.open("wb") as file:
        command = [sys.executable, __file__, "--child", name, *options]
        done = subprocess.run(command, stdout=file, stderr=file, check=False)
    output = log.read_text(encoding="utf-8", errors="replace")
    executed = max((int(a or b) for a, b in _EXECUTED.findall(output)), default=0)
    took = time.monotonic() - start
    result = f"BROKEN, see {log} and {crashes}" if done.returncode else "held"
    print(f"{name:14} {executed:>10,} inputs in {took:4.0f} s: {result}", flush=True)  # noqa: T201
    return done.returncode != 0


def _run_on(path: Path, names: list[str]) -> int:
    from fuzz import targets

    for name in names:
        targets.TARGETS[name](path.read_bytes())
    return 0


def _with_hypothesis(seconds: int) -> int:
    print("atheris is not installed: hypothesis searches instead", flush=True)  # noqa: T201
    examples = str(seconds * _EXAMPLES_A_SECOND)
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--quiet",
            "--numprocesses",
            "2",
            "tests/fuzz/test_fuzz.py",
        ],
        cwd=ROOT,
        env={**os.environ, "FUZZ_EXAMPLES": examples},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())

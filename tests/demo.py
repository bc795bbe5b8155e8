"""The demonstration: a replay of the bundled pages on loopback, and a crawl of it.

PYTHONPATH=tests python -m demo DIR
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from fake_archive import demo_faults, replay
from fake_archive.painted import illustrated_demo

HKCNEWS = Path(sys.executable).with_name("hkcnews")
SHOWN = "articles/14001-15000/article_14655.md"
# Faster than the real archive allows: this one is on loopback.
PACE = ["--rate", "100", "--cooldown", "1"]


def main(out: Path) -> int:
    """Crawl, and show what came out; return the exit code of the crawl."""
    shutil.rmtree(out, ignore_errors=True)
    with replay(illustrated_demo, demo_faults(), process=True) as server:
        show("The pages of this archive are odd on purpose, so there is much to tell of them.\n")
        code = 0
        for name in ("crawl", "images"):
            code = code or _run(name, "--out", out, "--archive", server.origin, *PACE)
    room = out / "reading-room"
    code = code or _run("export", out, "--format", "sqlite", "--out", room, "--quiet")
    code = code or _run("report", "--out", out)
    show(f"\n$ cat {out / SHOWN}")
    show((out / SHOWN).read_text(encoding="utf-8"))
    show("What became of it, at any time:")
    show(f"  .venv/bin/hkcnews status --out {out}")
    show("The same as a page with plots, for any browser:")
    show(f"  {(out / 'report.html').absolute().as_uri()}")
    show("As clean Markdown (also: hugo, jsonl, parquet, sqlite), to look at in any program:")
    show(f"  .venv/bin/hkcnews export {out} --format markdown --out {out}-markdown")
    show("To read and search in the browser:")
    show(f"  .venv/bin/hkcnews browse {out}")
    show("The same with the real archive, at the pace that it asks for:")
    show("  .venv/bin/hkcnews crawl --out archive --contact you@example.org")
    return code


def _run(*arguments: object) -> int:
    command = [str(each) for each in arguments]
    show(f"$ hkcnews {' '.join(command)}")
    return subprocess.run([HKCNEWS, *command], check=False).returncode


def show(text: str) -> None:
    """Print at once: the command that is called prints as well."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""The demonstration: a replay of the bundled pages on loopback, and a crawl of it.

PYTHONPATH=tests python -m demo DIR
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from fake_archive import demo_archive, demo_faults, replay

HKCNEWS = Path(sys.executable).with_name("hkcnews")
SHOWN = "articles/18001-19000/article_18123.md"
# Faster than the real archive allows: this one is on loopback.
PACE = ["--rate", "100", "--cooldown", "1"]


def main(out: Path) -> int:
    """Crawl, and show what came out; return the exit code of the crawl."""
    shutil.rmtree(out, ignore_errors=True)
    with replay(demo_archive, demo_faults(), process=True) as server:
        command = ["crawl", "--out", str(out), "--archive", server.origin, *PACE]
        show(f"$ hkcnews {' '.join(command)}")
        code = subprocess.run([HKCNEWS, *command], check=False).returncode
    made = [
        ["export", str(out), "--format", "sqlite", "--out", str(out / "reading-room")],
        ["report", "--out", str(out)],
    ]
    for command in made:
        show(f"\n$ hkcnews {' '.join(command)}")
        code = code or subprocess.run([HKCNEWS, *command], check=False).returncode
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


def show(text: str) -> None:
    """Print at once: the command that is called prints as well."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

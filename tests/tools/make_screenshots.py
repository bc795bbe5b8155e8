"""Makes docs/reading-room.png: the reading room of the archive that `make demo` crawls.

    PYTHONPATH=tests python -m tools.make_screenshots

It needs a browser (support/browser.py) and fonts with Chinese letters.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from demo import HKCNEWS, PACE
from fake_archive import demo_faults, replay
from fake_archive.painted import illustrated_demo
from support.browser import DESKTOP, browsing, program, reading
from support.reading_room import reading_room

OUT = Path(__file__).parents[2] / "docs" / "reading-room.png"


def main() -> int:
    """Make it; return the exit code."""
    if not program():
        print("no browser on this machine: install chromium")  # noqa: T201
        return 1
    with tempfile.TemporaryDirectory() as name:
        out = Path(name, "archive")
        with replay(illustrated_demo, demo_faults(), process=True) as server:
            for command in ("crawl", "images"):
                _run(command, "--out", out, "--archive", server.origin, *PACE)
        _run("export", out, "--format", "sqlite", "--out", Path(name, "data"))
        with (
            browsing() as browser,
            reading_room(Path(name, "data", "archive.db")) as origin,
            reading(browser, width=DESKTOP) as reader,
        ):
            reader.go(f"{origin}/category?name=眾聞&page=3")
            reader.page.screenshot(path=OUT)
    print(f"written: {OUT.relative_to(OUT.parents[1])}")  # noqa: T201
    return 0


def _run(*arguments: object) -> None:
    subprocess.run([str(each) for each in (HKCNEWS, *arguments, "--quiet")], check=True)


if __name__ == "__main__":
    sys.exit(main())

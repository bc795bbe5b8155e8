"""The work of `browse`: the database found or made, and the reading room served."""

from __future__ import annotations

import webbrowser
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

from scraper.browse import database
from scraper.browse.server import address_of, open_socket, serve
from scraper.cli.console import print_line, stderr_console
from scraper.errors import UsageError

_PACKAGES = ("datasette", "markdown_it", "nh3", "rapidfuzz")
_SECONDS_TO_OPEN = 1.0  # the browser asks again if the server is not there yet


@dataclass(frozen=True, slots=True)
class BrowseJob:
    """What is to be served, and where."""

    archive: Path
    host: str
    port: int
    jobs: int | None
    is_public: bool
    opens: bool
    is_quiet: bool

    def run(self, *, is_refreshed: bool) -> None:
        """Serve until Ctrl-C. Raises `UsageError` for what can't be served."""
        if any(find_spec(package) is None for package in _PACKAGES):
            raise UsageError(
                "the reading room needs some more packages: pip install 'hkcnews-archive[browse]'"
            )
        place = database.place_of(self.archive)
        with closing(open_socket(self.host, self.port, is_public=self.is_public)) as listening:
            if is_refreshed or not place.database.is_file():
                self._make(place)
            elif place.is_old:
                self._say("note:", "the crawl has gone on since: --refresh makes the database anew")
            database.check(place.database)
            address = address_of(listening)
            self._say("", f"reading room: {address} (Ctrl-C ends it)")
            if self.opens:
                timer = Timer(_SECONDS_TO_OPEN, webbrowser.open, (address,))
                timer.daemon = True
                timer.start()
            with suppress(KeyboardInterrupt):
                serve(place.database, listening, is_public=self.is_public)

    def _make(self, place: database.Place) -> None:
        from scraper.cli.progress import NormaliseView, show_progress  # noqa: PLC0415 - slow
        from scraper.cli.reports.batch import Detail, show_summary  # noqa: PLC0415

        view = NormaliseView("making the database")
        with show_progress(stderr_console, view, is_quiet=self.is_quiet):
            summary = database.make(place, self.jobs, view.set_done)
        show_summary(stderr_console, summary, Detail.of(is_verbose=False, is_quiet=self.is_quiet))

    def _say(self, label: str, line: str) -> None:
        if label and self.is_quiet:
            return
        print_line(stderr_console, label, line, "yellow")

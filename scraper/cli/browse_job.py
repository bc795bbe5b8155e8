"""The work of `browse`: the database found or made, and the reading room served."""

from __future__ import annotations

import webbrowser
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

from scraper.browse import database
from scraper.browse.server import address_of, open_socket, reading_room, serve
from scraper.cli.console import print_line, stderr_console
from scraper.errors import UsageError

_PACKAGES = ("datasette", "markdown_it", "nh3", "rapidfuzz")
_SECONDS_TO_OPEN = 1.0  # a browser that comes sooner waits for the first answer


@dataclass(frozen=True, slots=True)
class BrowseJob:
    """What is to be served, and where."""

    archive: Path
    host: str | None
    port: int
    jobs: int | None
    is_public: bool
    opens: bool
    is_quiet: bool

    def run(self, *, is_refreshed: bool) -> bool:
        """Serve until Ctrl-C; return whether an article could not be put into the database.

        Raises `UsageError` for what can't be served.
        """
        if any(find_spec(package) is None for package in _PACKAGES):
            raise UsageError(
                "the reading room needs some more packages: pip install 'hkcnews-archive[browse]'"
            )
        place, has_failed = database.place_of(self.archive), False
        with closing(open_socket(self.host, self.port, is_public=self.is_public)) as listening:
            if is_refreshed or not place.database.is_file():
                has_failed = self._make(place)
            database.check(place)
            if place.is_old:
                self._note("the crawl has gone on since: --refresh makes the database anew")
            with reading_room(place.database, listening, is_public=self.is_public) as app:
                address = address_of(listening)
                if self.is_public:
                    self._note("everybody who reaches this machine can read here")
                print_line(stderr_console, "", f"reading room: {address} (Ctrl-C ends it)")
                if self.opens:
                    timer = Timer(_SECONDS_TO_OPEN, webbrowser.open, (address,))
                    timer.daemon = True
                    timer.start()
                with suppress(KeyboardInterrupt):
                    serve(app, listening)
        return has_failed

    def _make(self, place: database.Place) -> bool:
        from scraper.cli.progress import NormaliseView, show_progress  # noqa: PLC0415 - slow
        from scraper.cli.reports.batch import Detail, show_summary  # noqa: PLC0415

        view = NormaliseView("making the database")
        with show_progress(stderr_console, view, is_quiet=self.is_quiet):
            summary = database.make(place, self.jobs, view.set_done)
        show_summary(stderr_console, summary, Detail.of(is_verbose=False, is_quiet=self.is_quiet))
        return bool(summary.failed)

    def _note(self, line: str) -> None:
        if not self.is_quiet:
            print_line(stderr_console, "note:", line, "yellow")

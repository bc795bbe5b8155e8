"""The notes of the ledger: single values under names, and the pauses that archives asked for."""

from __future__ import annotations

from scraper.crawl.database import Database
from scraper.models import Pause

_PAUSE_NOTE = "pause "  # and the origin of the archive


class Notes:
    """Values that outlive the process."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def set_note(self, name: str, value: str | None) -> None:
        """Keep a value under a name; `None` forgets it."""
        if value is None:
            self._db.execute("DELETE FROM notes WHERE name = ?", name)
        else:
            self._db.execute("REPLACE INTO notes VALUES (?, ?)", name, value)

    def get_note(self, name: str) -> str | None:
        """Return what is kept under a name, `None` for nothing."""
        for (value,) in self._db.rows("SELECT value FROM notes WHERE name = ?", name):
            return str(value)
        return None

    def save_pause(self, origin: str, pause: Pause | None) -> None:
        """Keep the pause that an archive has asked for, for the next run to wait out."""
        text = None if pause is None else f"{pause.until!r} {pause.streak} {pause.reason}"
        self.set_note(_PAUSE_NOTE + origin, text)

    def load_pause(self, origin: str) -> Pause | None:
        """Return the pause that was kept for an archive."""
        text = self.get_note(_PAUSE_NOTE + origin)
        return None if text is None else _pause(text)

    def pauses(self) -> list[Pause]:
        """Return the pauses that were kept, for whichever archive."""
        query = "SELECT value FROM notes WHERE name LIKE ? || '%'"
        return [_pause(text) for (text,) in self._db.rows(query, _PAUSE_NOTE)]


def _pause(text: str) -> Pause:
    until, streak, reason = text.split(" ", 2)
    return Pause(float(until), int(streak), reason)

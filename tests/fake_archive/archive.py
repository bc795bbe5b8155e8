"""The captures of the archive, in the order of the index."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from fake_archive.mementos import FakeMemento, seconds_of

# Appended to a key, it sorts after every key that begins so.
LAST = "\U0010ffff"


class Archive:
    """Captures, sorted by urlkey and timestamp."""

    def __init__(self, mementos: Iterable[FakeMemento] = ()) -> None:
        self._mementos: list[FakeMemento] = []
        self._places: list[tuple[str, str]] = []
        self.add(*mementos)

    def __len__(self) -> int:
        return len(self._mementos)

    def __iter__(self) -> Iterator[FakeMemento]:
        return iter(self._mementos)

    def add(self, *mementos: FakeMemento) -> None:
        """Add captures; many are added quickest in one call."""
        self._mementos.extend(mementos)
        self._mementos.sort(key=_place)
        self._places = [_place(memento) for memento in self._mementos]

    def listed(
        self, first: str, last: str, since: tuple[str, str] = ("", "")
    ) -> Iterator[FakeMemento]:
        """Yield the listed captures from urlkey `first` up to, but not including, `last`.

        `since` is a urlkey and a timestamp; nothing before them is yielded.
        """
        start = bisect_left(self._places, max((first, ""), since))
        for at in range(start, bisect_left(self._places, (last, ""))):
            if self._mementos[at].listed:
                yield self._mementos[at]

    def captures_of(self, key: str) -> list[FakeMemento]:
        """Return all captures of a urlkey, oldest first, listed or not."""
        start = bisect_left(self._places, (key, ""))
        return self._mementos[start : bisect_left(self._places, (key, LAST), lo=start)]


def exactly(captures: list[FakeMemento], timestamp: str, url: str) -> FakeMemento | None:
    """Return the capture of exactly this second that playback serves, `None` if there is none.

    Of several captures, the one whose address was requested literally is preferred
    (docs/wayback.md 2.1).
    """
    found = [m for m in captures if m.timestamp == timestamp and m.playable]
    return next((m for m in found if m.original == url), found[0] if found else None)


def nearest(captures: list[FakeMemento], timestamp: str) -> FakeMemento | None:
    """Return the capture nearest in time that playback serves (docs/wayback.md 2.2)."""
    wanted = seconds_of(timestamp)
    playable = [memento for memento in captures if memento.playable]
    return min(playable, key=lambda m: abs(seconds_of(m.timestamp) - wanted), default=None)


def _place(memento: FakeMemento) -> tuple[str, str]:
    return memento.urlkey, memento.timestamp

"""What a run for pictures is asked for, and what it would take."""

from __future__ import annotations

from dataclasses import dataclass

from scraper.selection.ids import IdSet

# Nothing is known of the sizes of the site's pictures; photographs for the web have some 100 to 300
# kilobytes. As soon as pictures are there, their mean takes the place of this.
ASSUMED_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """Which pictures to fetch: those of some articles, `None` for all; `limit` of them at most."""

    ids: IdSet | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ImageEstimate:
    """What a run would take; `measured` is how many pictures the mean size in bytes is of."""

    images: int
    seconds: float
    mean_bytes: float
    measured: int

    @property
    def gigabytes(self) -> float:
        """Return how much disk the pictures take, in the files and once more in the store."""
        return 2 * self.images * self.mean_bytes / 1e9

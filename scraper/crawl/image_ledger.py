"""What the ledger knows of pictures: who shows them, what was tried, what became of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from normalise import Capture
from scraper.crawl.database import Database
from scraper.crawl.image_values import (
    Image,
    ImageAttempt,
    ImageFacts,
    ImageOutcome,
    ImageResult,
    ListedCapture,
    ShownImage,
)
from scraper.models import ArticleStatus, WarcLocation
from scraper.utc import utc_now
from scraper.wayback.playback import bare_address

Ids = Collection[int] | None  # of articles; `None` for all

# Pictures that written articles show, of all articles or of those with certain ids.
_SHOWN = """
EXISTS (
    SELECT 1 FROM image_uses JOIN articles ON articles.id = image_uses.article_id
    WHERE image_id = images.id AND articles.status = 'written'
    AND (? IS NULL OR image_uses.article_id IN (SELECT value FROM json_each(?)))
)
"""
_UNSEARCHED = """
SELECT articles.id, mementos.timestamp, mementos.original, file, offset, length
FROM articles JOIN mementos
    ON mementos.timestamp = articles.timestamp AND mementos.original = articles.original
LEFT JOIN image_pages ON article_id = articles.id
    AND image_pages.timestamp = articles.timestamp AND image_pages.original = articles.original
    AND image_pages.extractor = ?
WHERE articles.status = 'written' AND article_id IS NULL ORDER BY articles.id
"""
_COUNT_UNSEARCHED = f"""
SELECT count(*) FROM ({_UNSEARCHED})
WHERE ? IS NULL OR id IN (SELECT value FROM json_each(?))
"""  # noqa: S608
_INSERT_IMAGE = (
    "INSERT INTO images (key, original, timestamp, article_id, number, sizes) VALUES (?,?,?,?,?,?)"
)
_REOPEN = "status = '', reason = '', message = '', file = ''"
_LOST = "(SELECT timestamp, original FROM mementos WHERE file = ? AND offset + length > ?)"
_FORGET_IMAGES = (
    f"UPDATE images SET {_REOPEN} "  # noqa: S608
    f"WHERE status != '' AND (served_timestamp, served_original) IN {_LOST}"
)
_FORGET_ATTEMPTS = (
    f"DELETE FROM image_attempts WHERE (served_timestamp, served_original) IN {_LOST}"  # noqa: S608
)


class ImageLedger:
    """The part of the ledger that is about pictures."""

    _db: Database

    # --- who shows them --------------------------------------------------------------------

    def unsearched_pages(self, extractor: str) -> Iterator[tuple[int, Capture, WarcLocation]]:
        """Yield the page of each written article that these rules have not searched for pictures.

        It comes as the article's id, the capture that the article was written from, and where that
        is stored.
        """
        for article_id, timestamp, original, *place in self._db.rows(_UNSEARCHED, extractor):
            yield article_id, Capture(timestamp, original), WarcLocation(*place)

    def count_unsearched(self, extractor: str, ids: Ids = None) -> int:
        """Return how many written articles these rules have not searched for pictures."""
        ((count,),) = self._db.rows(_COUNT_UNSEARCHED, extractor, *_twice(ids))
        return int(count)

    def record_page(
        self, article_id: int, capture: Capture, extractor: str, shown: Sequence[ShownImage]
    ) -> None:
        """Record which pictures an article shows, in their order, in place of an earlier list.

        A picture that is known gains the sizes that are new. One that is lost is open again then,
        and where its article was written from another capture.
        """
        with self._db.transaction():
            self._db.execute("DELETE FROM image_uses WHERE article_id = ?", article_id)
            for number, image in enumerate(shown, start=1):
                key = bare_address(image.original)
                self._add_image(key, (article_id, number), capture.timestamp, image)
                self._db.execute(
                    "INSERT INTO image_uses SELECT ?, ?, id, ?, ? FROM images WHERE key = ?",
                    *(article_id, number, image.original, image.is_avatar, key),
                )
            self._db.execute(
                "REPLACE INTO image_pages VALUES (?,?,?,?)",
                *(article_id, capture.timestamp, capture.original, extractor),
            )

    def _add_image(
        self, key: str, place: tuple[int, int], timestamp: str, image: ShownImage
    ) -> None:
        """Add a picture, or what is new of it; `place` is an article and the number in it."""
        query = "SELECT id, timestamp, article_id, sizes, status FROM images WHERE key = ?"
        known = next(self._db.rows(query, key), None)
        if known is None:
            row = (key, image.original, timestamp, *place, json.dumps(image.sizes))
            self._db.execute(_INSERT_IMAGE, *row)
            return
        image_id, before, first, sizes, status = known
        merged = dict.fromkeys([*json.loads(sizes), *image.sizes])
        merged.pop(image.original, None)
        now = timestamp if first == place[0] and status != ArticleStatus.WRITTEN else before
        if (json.dumps(list(merged)), now) != (sizes, before):
            changes = "sizes = ?, timestamp = ?"
            if status == ArticleStatus.NO_CAPTURE:
                changes += f", {_REOPEN}"
            query = f"UPDATE images SET {changes} WHERE id = ?"  # noqa: S608
            self._db.execute(query, json.dumps(list(merged)), now, image_id)

    def forget_listed(self) -> None:
        """Forget what the index lists for pictures that are not written: they are open again."""
        self._db.execute(
            f"UPDATE images SET listed = '', {_REOPEN} "  # noqa: S608
            "WHERE listed != '' AND status != ?",
            ArticleStatus.WRITTEN,
        )

    def pending_images(self, ids: Ids = None) -> list[int]:
        """Return the pictures with which there is something left to do.

        Those that were never tried come first, each in the order of the articles.
        """
        query = (
            f"SELECT id FROM images WHERE status IN ('', ?) AND {_SHOWN} "  # noqa: S608
            "ORDER BY status != '', article_id, number"
        )
        rows = self._db.rows(query, ArticleStatus.FAILED, *_twice(ids))
        return [image_id for (image_id,) in rows]

    def image(self, image_id: int) -> Image:
        """Return a picture."""
        query = (
            "SELECT original, timestamp, article_id, number, sizes, listed FROM images WHERE id = ?"
        )
        ((original, timestamp, article_id, number, sizes, listed),) = self._db.rows(query, image_id)
        captures = None
        if listed:
            captures = tuple(
                ListedCapture(Capture(*each), digest) for *each, digest in json.loads(listed)
            )
        return Image(
            *(image_id, Capture(timestamp, original), article_id, number, tuple(json.loads(sizes))),
            listed=captures,
        )

    def set_listed(self, image_id: int, captures: Iterable[ListedCapture]) -> None:
        """Keep the captures of a picture that the index has given."""
        listed = json.dumps([[*_key(each.capture), each.digest] for each in captures])
        self._db.execute("UPDATE images SET listed = ? WHERE id = ?", listed, image_id)

    # --- what was tried --------------------------------------------------------------------

    def image_attempt(self, capture: Capture) -> ImageAttempt | None:
        """Return what became of a capture that was requested, `None` for one that was not."""
        query = (
            "SELECT result, reason, message, served_timestamp, served_original, requests, seconds "
            "FROM image_attempts WHERE timestamp = ? AND original = ?"
        )
        for result, reason, message, timestamp, original, *took in self._db.rows(
            query, capture.timestamp, capture.original
        ):
            served = None if timestamp is None else Capture(timestamp, original)
            return ImageAttempt(capture, ImageResult(result), reason, message, served, *took)
        return None

    def record_image_attempt(self, attempt: ImageAttempt) -> None:
        """Record an attempt, in the place of an earlier one of the same capture."""
        self._db.execute(
            "REPLACE INTO image_attempts VALUES (?,?,?,?,?,?,?,?,?,?)",
            *_key(attempt.requested),
            *(attempt.result, attempt.reason, attempt.message, *_key(attempt.served)),
            *(attempt.requests, attempt.seconds, utc_now()),
        )

    # --- what became of them ---------------------------------------------------------------

    def record_image(self, outcome: ImageOutcome, attempt: ImageAttempt | None = None) -> None:
        """Record what became of a picture, together with the attempt that decided it."""
        facts = outcome.facts or ImageFacts("", 0, 0, 0, "")
        with self._db.transaction():
            if attempt is not None:
                self.record_image_attempt(attempt)
            self._db.execute(
                "UPDATE images SET status = ?, reason = ?, message = ?, file = ?, mime = ?, "
                "width = ?, height = ?, bytes = ?, digest = ?, served_timestamp = ?, "
                "served_original = ?, at = ? WHERE id = ?",
                *(outcome.status, outcome.reason, outcome.message, outcome.file),
                *(facts.mime, facts.width, facts.height, facts.bytes, facts.digest),
                *(*_key(outcome.served), utc_now(), outcome.image_id),
            )

    def file_of_digest(self, digest: str) -> str | None:
        """Return the file of a picture with these bytes, `None` where there is none."""
        query = "SELECT file FROM images WHERE digest = ? AND file != '' LIMIT 1"
        for (file,) in self._db.rows(query, digest):
            return str(file)
        return None

    def image_files(self) -> list[tuple[str, int]]:
        """Return the files of all pictures, each with its bytes."""
        return list(self._db.rows("SELECT DISTINCT file, bytes FROM images WHERE file != ''"))

    def reopen_images(self, file: str) -> None:
        """Forget what became of the pictures with a file that is gone or damaged."""
        self._db.execute(f"UPDATE images SET {_REOPEN} WHERE file = ?", file)  # noqa: S608

    def forget_images(self, file: str, end: int) -> None:
        """Forget what was made of captures that should lie in a file of the store after a byte."""
        self._db.execute(_FORGET_IMAGES, file, end)
        self._db.execute(_FORGET_ATTEMPTS, file, end)

    # --- for reports and exports -----------------------------------------------------------

    def has_images(self) -> bool:
        """Return whether any picture of the crawl was ever asked for."""
        query = (
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM image_attempts) "
            "OR EXISTS (SELECT 1 FROM images WHERE status != '')"
        )
        return next(self._db.rows(query), None) is not None

    def count_images(self, ids: Ids = None) -> Counter[tuple[str, str]]:
        """Return how many pictures came to each end for each reason; status "" is still open."""
        query = (
            f"SELECT status, reason, count(*) FROM images WHERE {_SHOWN} "  # noqa: S608
            "GROUP BY status, reason"
        )
        rows = self._db.rows(query, *_twice(ids))
        return Counter({(status, reason): count for status, reason, count in rows})

    def failed_images(self, ids: Ids = None) -> list[tuple[int, str, str, str]]:
        """Return the pictures that failed: first article, address, reason, message."""
        query = (
            f"SELECT article_id, original, reason, message FROM images WHERE {_SHOWN} "  # noqa: S608
            "AND status = ? ORDER BY article_id, number"
        )
        return list(self._db.rows(query, *_twice(ids), ArticleStatus.FAILED))

    def measure_images(self) -> tuple[int, int, int]:
        """Return how many files of pictures there are, their bytes, and the requests of all."""
        files = "SELECT count(*), coalesce(sum(size), 0) FROM (SELECT max(bytes) AS size FROM "
        files += "images WHERE file != '' GROUP BY file)"
        requests = "SELECT coalesce(sum(requests), 0) FROM image_attempts"
        ((count, size),) = self._db.rows(files)
        ((requested,),) = self._db.rows(requests)
        return count, size, requested

    def shown_images(self) -> Iterator[tuple[Any, ...]]:
        """Yield article id, address, status, reason, file and facts of each picture shown.

        They come once for each article that shows one, in the order of the articles.
        """
        yield from self._db.rows(
            "SELECT uses.article_id, uses.original, status, reason, file, mime, width, height, "
            "bytes, digest FROM image_uses AS uses JOIN images ON images.id = image_id "
            "ORDER BY uses.article_id, uses.number"
        )


def _key(capture: Capture | None) -> tuple[str | None, str | None]:
    return (capture.timestamp, capture.original) if capture else (None, None)


def _twice(ids: Ids) -> tuple[str | None, str | None]:
    """The two values that `_SHOWN` takes."""
    text = None if ids is None else json.dumps(sorted(ids))
    return text, text

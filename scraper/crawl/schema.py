"""The tables of the ledger, and the way from older versions of them (docs/crawl-folder.md 2, 5).

The version stands in SQLite's `user_version`. To change the tables, change `SCHEMA` and append to
`MIGRATIONS` what makes the new tables of the old ones; a test holds the two against each other.
"""

from __future__ import annotations

SCHEMA = (
    "CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # What the index or a list says of each capture. Most captures share their addresses.
    _ADDRESSES := "CREATE TABLE addresses (id INTEGER PRIMARY KEY, original TEXT NOT NULL UNIQUE)",
    _CDX_ROWS := """
    CREATE TABLE cdx_rows (
        source TEXT, article_id INTEGER, timestamp INTEGER, address_id INTEGER,
        mimetype TEXT, statuscode TEXT, digest TEXT,
        PRIMARY KEY (source, article_id, timestamp, address_id, mimetype, statuscode, digest)
    ) WITHOUT ROWID
    """,
    _CDX_RECORDS := """
    CREATE VIEW cdx_records AS
    SELECT source, article_id, printf('%014d', timestamp) AS timestamp, original,
        mimetype, statuscode, digest
    FROM cdx_rows JOIN addresses ON addresses.id = address_id
    """,
    # Digests that captures of several articles have: no article is as common.
    "CREATE TABLE shared_digests (digest TEXT PRIMARY KEY) WITHOUT ROWID",
    # Every capture in the store; `redirect` is where it leads, "" for no redirect.
    """
    CREATE TABLE mementos (
        timestamp TEXT, original TEXT, redirect TEXT NOT NULL,
        file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
        PRIMARY KEY (timestamp, original)
    ) WITHOUT ROWID
    """,
    # Captures that were requested, in the order in which they were done, and those served.
    """
    CREATE TABLE attempts (
        timestamp TEXT, original TEXT, article_id INTEGER NOT NULL,
        result TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
        served_timestamp TEXT, served_original TEXT,
        requests INTEGER NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL,
        extractor TEXT NOT NULL DEFAULT '',
        UNIQUE (timestamp, original)
    )
    """,
    "CREATE INDEX attempts_of_article ON attempts (article_id)",
    # Articles that have come to an end, the capture that each was written from, and what the
    # rules have found on its page.
    """
    CREATE TABLE articles (
        id INTEGER PRIMARY KEY, status TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
        timestamp TEXT, original TEXT, is_pinned INTEGER NOT NULL, at TEXT NOT NULL,
        warnings TEXT NOT NULL DEFAULT '', category TEXT NOT NULL DEFAULT '',
        rules TEXT NOT NULL DEFAULT '', characters INTEGER NOT NULL DEFAULT 0,
        left_out INTEGER NOT NULL DEFAULT 0, extractor TEXT NOT NULL DEFAULT ''
    )
    """,
    # The pages that were searched for pictures, and by which version of the rules.
    _IMAGE_PAGES := """
    CREATE TABLE image_pages (
        article_id INTEGER PRIMARY KEY, timestamp TEXT NOT NULL, original TEXT NOT NULL,
        extractor TEXT NOT NULL
    )
    """,
    # Pictures by their captured address, the article that shows each first, and what became of it.
    # `key` is the address without scheme and www: the archive takes all spellings for one.
    _IMAGES := """
    CREATE TABLE images (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
        original TEXT NOT NULL, timestamp TEXT NOT NULL,
        article_id INTEGER NOT NULL, number INTEGER NOT NULL,
        sizes TEXT NOT NULL, listed TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
        message TEXT NOT NULL DEFAULT '', file TEXT NOT NULL DEFAULT '',
        mime TEXT NOT NULL DEFAULT '', width INTEGER NOT NULL DEFAULT 0,
        height INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
        digest TEXT NOT NULL DEFAULT '', served_timestamp TEXT, served_original TEXT,
        at TEXT NOT NULL DEFAULT ''
    )
    """,
    _IMAGES_OF_DIGEST := "CREATE INDEX images_of_digest ON images (digest)",
    # Which article shows which picture, in the order of its page and under which address.
    _IMAGE_USES := """
    CREATE TABLE image_uses (
        article_id INTEGER, number INTEGER, image_id INTEGER NOT NULL, original TEXT NOT NULL,
        is_avatar INTEGER NOT NULL,
        PRIMARY KEY (article_id, number)
    ) WITHOUT ROWID
    """,
    _USES_OF_IMAGE := "CREATE INDEX uses_of_image ON image_uses (image_id)",
    # Captures of pictures that were requested.
    _IMAGE_ATTEMPTS := """
    CREATE TABLE image_attempts (
        timestamp TEXT, original TEXT,
        result TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
        served_timestamp TEXT, served_original TEXT,
        requests INTEGER NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (timestamp, original)
    ) WITHOUT ROWID
    """,
)

_TO_2 = (  # names only
    "ALTER TABLE about RENAME TO notes",
    "ALTER TABLE captures RENAME TO cdx_records",
    "ALTER TABLE cdx_records RENAME COLUMN article TO article_id",
    "ALTER TABLE shared RENAME TO shared_digests",
    "ALTER TABLE pages RENAME TO mementos",
    "ALTER TABLE mementos RENAME COLUMN location TO redirect",
    "ALTER TABLE mementos RENAME COLUMN warc TO file",
    "ALTER TABLE mementos RENAME COLUMN start TO offset",
    "ALTER TABLE tries RENAME TO attempts",
    "ALTER TABLE attempts RENAME COLUMN article TO article_id",
    "ALTER TABLE attempts RENAME COLUMN verdict TO result",
    "ALTER TABLE attempts RENAME COLUMN said TO message",
    "DROP INDEX tries_of_article",
    "CREATE INDEX attempts_of_article ON attempts (article_id)",
    "ALTER TABLE articles RENAME COLUMN outcome TO status",
    "ALTER TABLE articles RENAME COLUMN said TO message",
    "ALTER TABLE articles RENAME COLUMN pinned TO is_pinned",
)

_TO_3 = (
    "ALTER TABLE attempts ADD COLUMN extractor TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE articles ADD COLUMN warnings TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE articles ADD COLUMN category TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE articles ADD COLUMN rules TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE articles ADD COLUMN characters INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE articles ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE articles ADD COLUMN extractor TEXT NOT NULL DEFAULT ''",
    # All warnings of an article were in one line there, which can't be divided for certain.
    "UPDATE articles SET warnings = message, message = '' WHERE status = 'written'",
)

_TO_4 = (
    "ALTER TABLE cdx_records RENAME TO old_records",
    _ADDRESSES,
    "INSERT INTO addresses (original) SELECT DISTINCT original FROM old_records",
    _CDX_ROWS,
    """
    INSERT INTO cdx_rows
    SELECT source, article_id, CAST(timestamp AS INTEGER), addresses.id,
        mimetype, statuscode, digest
    FROM old_records JOIN addresses USING (original)
    """,
    "DROP TABLE old_records",
    _CDX_RECORDS,
)

_TO_5 = (
    _IMAGE_PAGES,
    _IMAGES,
    _IMAGES_OF_DIGEST,
    _IMAGE_USES,
    _USES_OF_IMAGE,
    _IMAGE_ATTEMPTS,
)

# The first makes version 2 of version 1, and so on. What has been released is never changed.
MIGRATIONS: tuple[tuple[str, ...], ...] = (_TO_2, _TO_3, _TO_4, _TO_5)
VERSION = 1 + len(MIGRATIONS)


def statements_from(version: int) -> tuple[str, ...]:
    """Return what brings a ledger of a version to `VERSION`; 0 is a file without tables."""
    changes = SCHEMA if version == 0 else sum(MIGRATIONS[version - 1 :], start=())
    return (*changes, f"PRAGMA user_version = {VERSION}")

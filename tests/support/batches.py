"""Runs over captures that a test has put into a WARC file."""

from __future__ import annotations

from pathlib import Path

from support.warcs import warc_file, warcinfo

from scraper.batch.outcome import BatchSummary
from scraper.batch.run import convert_all

OLD, NEW, NEWEST = "20180101000000", "20200101000000", "20230101000000"


def path_of(article_id: int) -> str:
    return f"articles/1-1000/article_{article_id}.md"


def counts(summary: BatchSummary) -> dict[str, int]:
    """What became of how many articles, without zeros."""
    return {word: count for word, count in summary.counts().items() if count}


def convert_records(folder: Path, records: list[bytes], out: Path, jobs: int = 1) -> BatchSummary:
    return convert_all([warc_file(folder, [warcinfo(), *records])], out, jobs)

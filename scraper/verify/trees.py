"""Two trees of article files side by side: each pair compared, the kinds and fields counted.

No text outlives its comparison: what is kept are paths, ids and counts. Worker processes read the
files themselves, some at a time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import cpu_count
from pathlib import Path

from scraper.corpus.completeness import is_article
from scraper.corpus.fields import Field
from scraper.corpus.files import find_articles
from scraper.errors import StorageError, UsageError
from scraper.verify.allowed_differences import AllowedDifference
from scraper.verify.compare import Comparison, Kind, compare
from scraper.workers import process_pool

# Below this starting worker processes takes longer than the work.
_FEWEST_ARTICLES_FOR_WORKERS = 2_000
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of one article, `None` where a tree has none."""

    article: int
    actual: str | None
    expected: str | None


@dataclass(frozen=True, slots=True)
class Trees:
    """Where the files of two archives lie, by article."""

    actual: dict[int, str]
    expected: dict[int, str]

    @classmethod
    def of(cls, mine: Path, reference: Path) -> Trees:
        """Return what lies below two folders, at any depth.

        Raises `UsageError` for a folder that holds no article file, or two of one article.
        """
        return cls(_articles(mine), _articles(reference))

    def pair(self, article: int) -> Pair:
        """Return where the files of an article lie."""
        return Pair(article, self.actual.get(article), self.expected.get(article))

    @property
    def articles(self) -> list[int]:
        """The ids that either has, sorted."""
        return sorted(self.actual.keys() | self.expected.keys())


@dataclass
class TreeComparison:
    """What came of comparing two trees.

    `ids` has the sorted ids of each kind but the identical, which are just counted; `fields`
    counts the files in which a field differs, by the kind of its difference; `departures` counts
    the repaired files by what departs in them.
    """

    identical: int = 0
    ids: dict[Kind, list[int]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    only_actual: list[int] = field(default_factory=list)
    only_expected: list[int] = field(default_factory=list)
    fields: Counter[tuple[Field, Kind]] = field(default_factory=Counter)
    allowed_differences: Counter[AllowedDifference] = field(default_factory=Counter)

    def add(self, article: int, comparison: Comparison) -> None:
        """Count one more file that both have, or that is no article there."""
        if comparison.kind is Kind.IDENTICAL:
            self.identical += 1
            return
        self.ids[comparison.kind].append(article)
        self.fields.update(comparison.fields)
        if comparison.kind is Kind.REPAIRED:
            self.allowed_differences.update(comparison.differences)

    def differing(self) -> dict[Field, int]:
        """Return in how many files each field differs, whatever the kind of its difference."""
        return {one: sum(self.fields[one, kind] for kind in Kind) for one in Field}

    def as_json(self) -> str:
        """Return it for programs, a newline at the end; lists hold ids."""
        said = {
            "identical": self.identical,
            "differing": self.differing(),
            "repaired": self.ids[Kind.REPAIRED],
            "other_capture": self.ids[Kind.OTHER_CAPTURE],
            "regressions": self.ids[Kind.REGRESSION],
            "only_mine": self.only_actual,
            "only_reference": self.only_expected,
            "not_an_article": self.ids[Kind.NOT_AN_ARTICLE],
        }
        return json.dumps(said, indent=2) + "\n"


def compare_trees(
    trees: Trees,
    jobs: int | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> TreeComparison:
    """Compare all files of two trees; `done` is told how many articles of how many are finished.

    `jobs` is the number of worker processes, `None` for one a core where there is enough to do.
    Raises `UsageError` for a file that can't be read, `StorageError` where a worker is killed.
    """
    result = TreeComparison()
    articles = trees.articles
    workers = jobs or (1 if len(articles) < _FEWEST_ARTICLES_FOR_WORKERS else cpu_count())
    for count, (article, comparison) in enumerate(_compared(trees, articles, workers), start=1):
        if comparison is not None:
            result.add(article, comparison)
        elif article in trees.actual:
            result.only_actual.append(article)
        else:
            result.only_expected.append(article)
        if count % _CHUNK == 0:
            done(count, len(articles))
    return result


def compare_pairs(pairs: list[Pair]) -> list[Comparison | None]:
    """Compare some files: the work of a worker process. `None` is for what only one tree has.

    Raises `UsageError` for a file that can't be read.
    """
    return [_comparison(pair) for pair in pairs]


def read(path: str) -> bytes:
    """Return the bytes of a file. Raises `UsageError` where it can't be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error


def _comparison(pair: Pair) -> Comparison | None:
    if pair.expected is None:
        return None
    reference = read(pair.expected)
    if pair.actual is not None:
        return compare(read(pair.actual), reference, pair.article)
    if is_article(reference.decode("utf-8", "replace")):
        return None
    return Comparison(Kind.NOT_AN_ARTICLE)


def _compared(
    trees: Trees, articles: list[int], workers: int
) -> Iterator[tuple[int, Comparison | None]]:
    chunks = [articles[at : at + _CHUNK] for at in range(0, len(articles), _CHUNK)]
    jobs = ([trees.pair(article) for article in chunk] for chunk in chunks)
    if workers == 1:
        for chunk, job in zip(chunks, jobs, strict=True):
            yield from zip(chunk, compare_pairs(job), strict=True)
        return
    finished = 0
    with process_pool(workers) as pool:
        try:
            for chunk, comparisons in zip(chunks, pool.map(compare_pairs, jobs), strict=True):
                yield from zip(chunk, comparisons, strict=True)
                finished += len(chunk)
        except BrokenProcessPool as error:
            raise StorageError(
                f"a worker process was killed at one of the articles from {articles[finished]} on, "
                "maybe for want of memory; --jobs 1 takes the least"
            ) from error


def _articles(folder: Path) -> dict[int, str]:
    found: dict[int, str] = {}
    for article, path in find_articles(folder):
        if article in found:
            raise UsageError(
                f"{found[article]} and {path} are both article {article}; "
                "give the folder of one archive"
            )
        found[article] = str(path)
    return found

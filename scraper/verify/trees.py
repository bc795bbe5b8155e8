"""Two trees of article files side by side: each pair compared, the kinds and fields counted.

No text outlives its comparison: what is kept are paths, ids and counts. Worker processes read the
files themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from scraper.corpus.completeness import is_article
from scraper.corpus.document import Field
from scraper.corpus.files import find_articles
from scraper.errors import UsageError, WorkerError
from scraper.verify.allowed_differences import AllowedDifference
from scraper.verify.compare import Comparison, ComparisonKind, compare
from scraper.verify.parallel import WorkerDied, map_in_order

_MIN_ARTICLES_FOR_WORKERS = 2_000
_PROGRESS_STEP = 256


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of one article, `None` where a tree has none."""

    article_id: int
    actual: str | None
    expected: str | None


@dataclass(frozen=True, slots=True)
class Trees:
    """Where the files of two archives lie, by article."""

    actual: dict[int, str]
    expected: dict[int, str]

    @classmethod
    def of(cls, actual: Path, expected: Path) -> Trees:
        """Return what lies below two folders, at any depth.

        Raises `UsageError` for a folder that holds no article file, or two of one article.
        """
        return cls(_paths_by_id(actual), _paths_by_id(expected))

    def pair(self, article_id: int) -> Pair:
        """Return where the files of an article lie."""
        return Pair(article_id, self.actual.get(article_id), self.expected.get(article_id))

    @property
    def article_ids(self) -> list[int]:
        """The ids that either has, sorted."""
        return sorted(self.actual.keys() | self.expected.keys())


def _paths_by_id(folder: Path) -> dict[int, str]:
    paths: dict[int, str] = {}
    for article_id, path in find_articles(folder):
        if article_id in paths:
            raise UsageError(
                f"{paths[article_id]} and {path} are both article {article_id}; "
                "give the folder of one archive"
            )
        paths[article_id] = str(path)
    return paths


@dataclass
class TreeComparison:
    """What came of comparing two trees.

    `ids` has the sorted ids of each kind but the identical, which are just counted. `fields`
    counts the files in which a field differs, by the kind of its difference.
    `allowed_differences` counts the repaired files by what differs in them.
    """

    identical: int = 0
    ids: dict[ComparisonKind, list[int]] = field(
        default_factory=lambda: {kind: [] for kind in ComparisonKind}
    )
    only_actual: list[int] = field(default_factory=list)
    only_expected: list[int] = field(default_factory=list)
    fields: Counter[tuple[Field, ComparisonKind]] = field(default_factory=Counter)
    allowed_differences: Counter[AllowedDifference] = field(default_factory=Counter)

    def add(self, article_id: int, comparison: Comparison) -> None:
        """Count one more file that both have, or whose expected file is no article."""
        if comparison.kind is ComparisonKind.IDENTICAL:
            self.identical += 1
            return
        self.ids[comparison.kind].append(article_id)
        self.fields.update(comparison.fields)
        if comparison.kind is ComparisonKind.REPAIRED:
            self.allowed_differences.update(comparison.differences)

    def differing(self) -> dict[Field, int]:
        """Return in how many files each field differs, whatever the kind of its difference."""
        return {each: sum(self.fields[each, kind] for kind in ComparisonKind) for each in Field}

    def as_json(self) -> str:
        """Return it for programs, a newline at the end; lists hold ids."""
        content = {
            "identical": self.identical,
            "differing": self.differing(),
            "repaired": self.ids[ComparisonKind.REPAIRED],
            "other_capture": self.ids[ComparisonKind.OTHER_CAPTURE],
            "regressions": self.ids[ComparisonKind.REGRESSION],
            "only_mine": self.only_actual,
            "only_reference": self.only_expected,
            "not_an_article": self.ids[ComparisonKind.NOT_AN_ARTICLE],
        }
        return json.dumps(content, indent=2) + "\n"


def compare_trees(
    trees: Trees,
    jobs: int | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> TreeComparison:
    """Compare all files of two trees.

    `jobs` is the number of worker processes, `None` for one a core where there is enough to do.
    `done` is called now and then with the count of articles finished and the count of all.
    Raises `UsageError` for a file that can't be read, `WorkerError` where a worker is killed.
    """
    tree_comparison = TreeComparison()
    pairs = [trees.pair(article_id) for article_id in trees.article_ids]
    comparisons = map_in_order(compare_pairs, pairs, jobs, _MIN_ARTICLES_FOR_WORKERS)
    try:
        for count, (pair, comparison) in enumerate(zip(pairs, comparisons, strict=True), start=1):
            if comparison is not None:
                tree_comparison.add(pair.article_id, comparison)
            elif pair.actual is not None:
                tree_comparison.only_actual.append(pair.article_id)
            else:
                tree_comparison.only_expected.append(pair.article_id)
            if count % _PROGRESS_STEP == 0:
                done(count, len(pairs))
    except WorkerDied as error:
        raise WorkerError(
            "a worker process was killed at one of the articles from "
            f"{pairs[error.finished].article_id} on, maybe for want of memory; "
            "--jobs 1 takes the least"
        ) from error
    return tree_comparison


def compare_pairs(pairs: list[Pair]) -> list[Comparison | None]:
    """Compare some files: the work of a worker process. `None` is for what only one tree has.

    Raises `UsageError` for a file that can't be read.
    """
    return [_compare_pair(pair) for pair in pairs]


def _compare_pair(pair: Pair) -> Comparison | None:
    if pair.expected is None:
        return None
    expected = read(pair.expected)
    if pair.actual is not None:
        return compare(read(pair.actual), expected, pair.article_id)
    if is_article(expected.decode("utf-8", "replace")):
        return None
    return Comparison(ComparisonKind.NOT_AN_ARTICLE)


def read(path: str) -> bytes:
    """Return the bytes of a file. Raises `UsageError` where it can't be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error

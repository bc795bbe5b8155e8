"""The audit of a finished archive: what is wrong with which article, over all of its files.

Of each file only its id, the names of its defects and a digest of its text are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from normalise.files import article_id_of
from scraper.corpus.files import find_markdown, no_articles_below
from scraper.errors import WorkerError
from scraper.verify.defects import NO_ARTICLE, Defect, Finding, examine, unreadable
from scraper.verify.parallel import WorkerDied, map_in_order

_MIN_FILES_FOR_WORKERS = 4_000


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What is wrong with an archive: ids by defect, in order.

    `misnamed` are the paths below the archive of files of `Defect.BAD_NAME`, which have no id.
    `aliases` has the newest id with the same text for each older one. `gaps` are the first and
    last of missing ids in a row. `unreadable` has the reason by id.
    """

    files: int
    flawless: int
    found: dict[Defect, tuple[int, ...]]
    misnamed: tuple[str, ...]
    aliases: dict[int, int]
    gaps: tuple[tuple[int, int], ...]
    unreadable: dict[int, str]

    @property
    def is_sound(self) -> bool:
        """Whether every file holds the article that it is named for."""
        return not self.misnamed and not any(self.found[defect] for defect in NO_ARTICLE)

    def as_json(self) -> dict[str, list[int] | list[str]]:
        """Return the ids under the name of each defect, those that were not found as well.

        Under `bad_name` stand paths: such files have no id.
        """
        lists: dict[str, list[int] | list[str]] = {
            defect.value: list(ids) for defect, ids in self.found.items()
        }
        lists[Defect.BAD_NAME.value] = list(self.misnamed)
        return lists


def audit(
    folder: Path,
    jobs: int | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
    incomplete: Collection[int] = (),
) -> AuditReport:
    """Return what is wrong with the files `article_<id>.md` at any depth below a folder.

    `jobs` is the number of worker processes, `None` for one a core where there is enough to do;
    `done` is called after each file with the count of files read and the count of all. Other
    Markdown files are left alone, unless they are named nearly like an article. `incomplete` are
    the articles whose files lack much of their page's text, as the ledger of a crawl has them.

    Raises `UsageError` where the folder can't be read or holds no article, `WorkerError` where a
    worker process died.
    """
    files, misnamed = _list_files(folder)
    if not files and not misnamed:
        raise no_articles_below(folder)
    collector = _Collector()
    findings = map_in_order(examine_files, files, jobs, _MIN_FILES_FOR_WORKERS)
    try:
        for count, (article_id, finding) in enumerate(findings, start=1):
            collector.add(article_id, finding)
            done(count, len(files))
    except WorkerDied as error:
        raise WorkerError(
            "a worker process died, be it for want of memory or of a fault in a file; "
            "run the audit again with --jobs 1"
        ) from error
    collector.add_incomplete(incomplete)
    return collector.report(tuple(misnamed))


def _list_files(folder: Path) -> tuple[list[tuple[int, str]], list[str]]:
    """The id and path of every article, and the paths of those that are named nearly so."""
    files, misnamed = [], []
    for path in find_markdown(folder):
        article_id = article_id_of(path.name)
        if article_id is not None:
            files.append((article_id, str(path)))
        elif path.name.lower().startswith("article"):
            misnamed.append(str(path.relative_to(folder)))
    return files, misnamed


def examine_files(files: list[tuple[int, str]]) -> list[tuple[int, Finding]]:
    """Return what is wrong with some files: the work of a worker process."""
    return [(article_id, _examine_file(article_id, path)) for article_id, path in files]


def _examine_file(article_id: int, path: str) -> Finding:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return unreadable(f"it can't be opened: {error.strerror}")
    return examine(data, article_id)


@dataclass
class _Collector:
    """The findings so far: ids by defect, and ids by the digest of their text."""

    files: int = 0
    flawless: int = 0
    ids: set[int] = field(default_factory=set)
    found: dict[Defect, set[int]] = field(default_factory=lambda: {each: set() for each in Defect})
    unreadable: dict[int, str] = field(default_factory=dict)
    newest: dict[bytes, int] = field(default_factory=dict)
    older: dict[int, bytes] = field(default_factory=dict)

    def add(self, article_id: int, finding: Finding) -> None:
        self.files += 1
        self.flawless += not finding.defects
        if article_id in self.ids:
            self.found[Defect.ID_TWICE].add(article_id)
        self.ids.add(article_id)
        for defect in finding.defects:
            self.found[defect].add(article_id)
        if finding.reason:
            self.unreadable[article_id] = finding.reason
        if finding.digest is not None:
            self._add_digest(article_id, finding.digest)

    def add_incomplete(self, article_ids: Collection[int]) -> None:
        self.found[Defect.TEXT_LEFT_OUT] |= self.ids.intersection(article_ids)

    def _add_digest(self, article_id: int, digest: bytes) -> None:
        other = self.newest.setdefault(digest, article_id)
        if other != article_id:
            self.newest[digest] = max(other, article_id)
            self.older[min(other, article_id)] = digest

    def report(self, misnamed: tuple[str, ...]) -> AuditReport:
        """All of it, with what only shows once every file has been seen."""
        aliases = {each: self.newest[self.older[each]] for each in sorted(self.older)}
        gaps = tuple(_gaps(sorted(self.ids)))
        found = {defect: tuple(sorted(ids)) for defect, ids in self.found.items()}
        found[Defect.ALIAS] = tuple(aliases)
        found[Defect.GAP] = tuple(each for low, high in gaps for each in range(low, high + 1))
        return AuditReport(
            self.files, self.flawless, found, misnamed, aliases, gaps, self.unreadable
        )


def _gaps(ids: list[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of ids that are missing between sorted ids."""
    return ((low + 1, high - 1) for low, high in pairwise(ids) if high - low > 1)

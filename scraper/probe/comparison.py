"""What was read from one page of the archive, held against what the table has of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from normalise import Capture
from scraper.corpus.document import ArticleDocument, Field, Part
from scraper.crawl.refetch import FetchedCapture
from scraper.models import AttemptResult
from scraper.probe.common_form import move_to_capture
from scraper.probe.fingerprint import WHOLE_FILE, compare_blocks, fingerprint
from scraper.probe.table import ARTICLE, ProbeCapture
from scraper.verify.promos import identify_promo, may_show

_ADDRESS = re.compile(r"[:,]? ?\bhttps?://\S+?(?=[;,]?(?:\s|\Z))")


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What became of one capture of the table.

    `served` is the capture that the archive gave, `None` where it gave none. `failure` says why
    the page is not of the kind that it must be, "" where it is. `compared` are the names (of
    `NAMES`) that were compared, and `differences` has for each that differs the value found, in
    words. `rules` maps each field to the rule that found it. `additions` are values of fields that
    were not compared, as the reference has none.
    """

    asked: ProbeCapture
    served: Capture | None = None
    failure: str = ""
    compared: frozenset[str] = frozenset()
    differences: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    additions: dict[str, str] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Whether all is as the table has it."""
        return not self.failure and not self.differences

    @property
    def is_other_capture(self) -> bool:
        """Whether the archive gave another capture than the one asked for."""
        return self.served is not None and self.served != self.asked.capture

    @property
    def reason(self) -> str:
        """The failure without addresses, so that equal failures of several pages are equal."""
        return " ".join(_ADDRESS.sub("", self.failure).split())


def compare_fetched(asked: ProbeCapture, fetched: FetchedCapture) -> ProbeResult:
    """Return what became of a capture that was asked for."""
    attempt = fetched.attempt
    if asked.kind != ARTICLE:
        failure = _failure_of_kind(asked.kind, fetched)
        return ProbeResult(asked, attempt.served, failure)
    if fetched.article is None:
        return ProbeResult(asked, attempt.served, attempt.message or attempt.result.value)
    article = fetched.article
    rules = dict(article.provenance.rules) if article.provenance else {}
    return compare_text(asked, article.capture, fetched.text, rules)


def _failure_of_kind(kind: str, fetched: FetchedCapture) -> str:
    attempt = fetched.attempt
    if attempt.result is AttemptResult.NOT_ARTICLE and attempt.reason == kind:
        return ""
    if fetched.article is not None:
        return f"read as an article, where the page is known to be of the kind {kind}"
    return attempt.message or attempt.result.value


def compare_text(
    asked: ProbeCapture, served: Capture, text: str, rules: dict[str, str]
) -> ProbeResult:
    """Return how an article file agrees with what the table has of it.

    A file of another capture than the one asked for is brought to the addresses of that one. Its
    promo is compared only if the site can't have shown it at that time.
    """
    expected = asked.fingerprint
    text = move_to_capture(text, served, asked.capture)
    document = ArticleDocument.parse(text)
    digests = fingerprint(text, asked.omitted).digests
    compared = set(expected.digests)
    if served != asked.capture and digests.get(Field.PROMO) != expected.digests.get(Field.PROMO):
        promo = identify_promo(document.piece(Part.PROMO))
        if promo is not None and may_show(promo, served.timestamp):
            compared -= {Field.PROMO.value, WHOLE_FILE}
    names = [name for name in expected.digests if name in compared]
    differing = [name for name in names if digests[name] != expected.digests[name]]
    return ProbeResult(
        asked,
        served,
        compared=frozenset(compared),
        differences={name: _value(name, document, text, asked) for name in differing},
        rules=rules,
        additions={
            name.value: value for name in asked.omitted if (value := _field_value(name, document))
        },
    )


def _value(name: str, document: ArticleDocument, text: str, asked: ProbeCapture) -> str:
    """The value found, in words."""
    if name == WHOLE_FILE:
        return "the layout, or an address of the front matter, is another"
    if name == Field.BODY:
        return _body_value(text, asked.fingerprint.blocks)
    return _field_value(Field(name), document) or "nothing"


def _field_value(name: Field, document: ArticleDocument) -> str:
    part = Part(name.value)
    if part is Part.PROMO or part is Part.BOX:
        return document.piece(part).strip()
    if part is Part.TAGS:
        return ", ".join(re.findall(r'^  - "(.*)"$', document.piece(part), re.MULTILINE))
    return document.quoted(part)


def _body_value(text: str, blocks: tuple[str, ...]) -> str:
    difference = compare_blocks(text, blocks)
    if difference.unknown and not difference.missing:
        # Text outside any paragraph is shown (docs/seed-format.md 7.9). It may also be a part of
        # the page that is none of the article's, so people must look at it.
        more = len(difference.unknown)
        return f"nothing missing, {more} blocks more; the first: {difference.unknown[0]}"
    missing = f"{difference.missing} of {difference.expected} blocks missing or changed"
    if not difference.unknown:
        return missing if difference.missing else "the same blocks, with other newlines"
    return f"{missing}, {len(difference.unknown)} others found; the first: {difference.unknown[0]}"

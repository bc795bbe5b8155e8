"""The report of 49,122 articles with two million captures: seconds, megabytes, size of the page.

    PYTHONPATH=tests python -m bench.report [--small] [DIR]

The crawl is made up: nobody is asked, and its pages are not there. It is left in DIR where one is
given, and taken from there the next time. Making it does not count.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.export import memory_of
from bench.figures import is_small, machine, say
from support.article_files import FIGURE, article_file

from normalise import Capture, Completeness
from normalise.files import ArticleWriter
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, Attempt, CaptureSource
from scraper.models import ArticleStatus, AttemptResult, CdxRecord, PageReading

ARTICLES = 1_000 if is_small() else 49_122
CAPTURES = 40  # of an article
FIRST, LAST = dt.date(2016, 12, 20), dt.date(2022, 1, 2)
CATEGORIES = {"眾聞": 60, "眾說": 18, "眾觀": 10, "tri-angles": 5, "眾數": 3, "眾坊": 3, "我們": 1}
SURNAMES, GIVEN = "葉顧舟陸沈溫柳方", ("知秋", "晴川", "小行", "望月", "臨風", "聽雨", "問樵")
WORDS = "渡輪離島纜車燈塔漁港舊區街市電車書店屋邨山徑潮汐"
VIDEO = '{{< video src="https://www.youtube.com/embed/abcdefghijk" >}}'
REASONS = ("farewell", "farewell", "farewell", "outage", "error-page", "redirect", "not-archived")
HKCNEWS = Path(sys.executable).with_name("hkcnews")


def main() -> None:
    """Print the figures."""
    say(f"{machine()}; {ARTICLES:,} articles, {ARTICLES * CAPTURES:,} captures")
    given = [Path(each) for each in sys.argv[1:] if not each.startswith("-")]
    with tempfile.TemporaryDirectory() as name:
        folder = given[0] if given else Path(name, "crawl")
        if not folder.exists():
            make_crawl(folder)
        start, peak = time.monotonic(), 0
        command = [str(HKCNEWS), "report", "--out", str(folder), "--quiet"]
        with subprocess.Popen(command) as process:
            while process.poll() is None:
                peak = max(peak, memory_of(process.pid))
                time.sleep(0.1)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        say(f"  {time.monotonic() - start:8.1f} s")
        say(f"  {used.ru_utime + used.ru_stime:8.1f} s of a core, all processes together")
        say(f"  {peak / 1e3:8.0f} MB of memory, all processes together")
        size = (folder / "report.html").stat().st_size
        say(f"  {size / 1e6:8.2f} MB of HTML")


def make_crawl(folder: Path) -> None:
    """Make the folder of a crawl that has come to an end but for its last articles."""
    chance = random.Random(7)
    folder.mkdir(parents=True)
    with closing(Ledger(folder)) as ledger:
        for start in range(1, ARTICLES + 1, 1_000):
            ids = range(start, min(start + 1_000, ARTICLES + 1))
            ledger.add_records(CaptureSource.INDEX, _records(ids), {})
        writer = ArticleWriter(folder)
        ledger._db.execute("PRAGMA synchronous = OFF")
        for article_id in range(1, ARTICLES + 1):
            _finish(article_id, ledger, writer, chance)


def _records(ids: range) -> Iterator[CdxRecord]:
    for article_id in ids:
        for number in range(CAPTURES):
            digest = hashlib.sha1(f"{article_id} {number}".encode(), usedforsecurity=False).digest()
            yield CdxRecord(
                Capture(_timestamp(article_id, number), _address(article_id, number % 3)),
                "text/html",
                "200",
                base64.b32encode(digest).decode(),
            )


def _timestamp(article_id: int, number: int) -> str:
    day = _day(article_id) + dt.timedelta(days=min(number**2, 700))
    return f"{day:%Y%m%d}{number:06}"


def _address(article_id: int, variant: int) -> str:
    slug = "%E6%B8%A1%E8%BC%AA-%E9%9B%A2%E5%B3%B6" * (2 + variant)
    return f"https://www.hkcnews.com/article/{article_id}/{slug}"


def _day(article_id: int) -> dt.date:
    return FIRST + (LAST - FIRST) * article_id / ARTICLES


def _finish(article_id: int, ledger: Ledger, writer: ArticleWriter, chance: random.Random) -> None:
    """Record what became of an article, and write its file if it was recovered."""
    day, capture = _day(article_id), Capture(_timestamp(article_id, 0), _address(article_id, 0))
    luck = chance.random()
    if article_id > ARTICLES * 0.995:
        return  # still open
    if luck < 0.03 + 0.06 * (day.year == 2017):
        reason = chance.choice(REASONS)
        outcome = ArticleOutcome(
            article_id, ArticleStatus.NO_CAPTURE, reason, f"{reason}: {capture.url}"
        )
        ledger.record_outcome(outcome, Attempt(capture, AttemptResult.NOT_ARTICLE, reason))
    elif luck < 0.032:
        message = f"no rule finds the body of this page: {capture.url}; look at it"
        outcome = ArticleOutcome(article_id, ArticleStatus.FAILED, "unreadable", message)
        ledger.record_outcome(outcome, Attempt(capture, AttemptResult.UNREADABLE, "unreadable"))
    else:
        category = chance.choices(list(CATEGORIES), list(CATEGORIES.values()))[0]
        rules = {
            "title": "headline",
            "category": "group",
            "tags": "keywords",
            "promo": "the last rule",
        }
        rules |= {"date": "label"} if day.year < 2021 or chance.random() < 0.3 else {}
        rules |= {"author": chance.choices(("label, up to the bar", "author box"), (9, 1))[0]}
        rules |= {"last_updated": "label"} if chance.random() < 0.28 else {}
        rules |= {} if category == "眾聞" else {"box": "class"}
        reading = PageReading(category, rules, Completeness(1_000, 0))
        ledger.record_outcome(
            ArticleOutcome(article_id, ArticleStatus.WRITTEN, capture=capture, reading=reading),
            Attempt(capture, AttemptResult.ARTICLE, served=capture),
        )
        writer.write(article_id, _text(article_id, day, category, chance))


def _text(article_id: int, day: dt.date, category: str, chance: random.Random) -> str:
    author = f"記者{SURNAMES[int(8 * chance.random() ** 2)]}{chance.choice(GIVEN)}"
    tags = {WORDS[2 * int(12 * chance.random() ** 2) :][:2] for _ in range(3)}
    season = "渡輪" if day.month in {6, 7, 8} else "燈塔"
    blocks = [f"第{article_id if chance.random() > 0.002 else 1}天，船長說，霧散了便開。" * 12]
    blocks += [FIGURE] * chance.randrange(4) + [VIDEO] * (chance.random() < 0.1 * (day.year - 2016))
    return article_file(
        *blocks,
        article_id=article_id,
        title=f"第{article_id}號渡輪停航",
        date=day.isoformat(),
        author=author,
        category=category,
        tags=(season, *sorted(tags - {season})),
    )


if __name__ == "__main__":
    main()

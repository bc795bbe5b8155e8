"""A reading room for tests: a small archive with everything that its pages show, served."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import uvicorn
from support.command import SECONDS
from support.warcs import address, article_page, http, record, response, warc_date, warc_file

from scraper.browse import server
from scraper.browse.server import open_socket
from scraper.export.formats import ExportFormat
from scraper.export.run import export_all

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"
_EVIL_BODY = (
    "<p>燈<script>alert(2)</script><img src='/x.jpg' onerror='alert(3)' alt='\"><script>'></p>"
    "<p><a href='javascript:alert(4)'>繩</a> <a href='//elsewhere.example/'>島</a></p>"
    "<p>&lt;script&gt;alert(5)&lt;/script&gt; ![x](javascript:alert(6)) <b>&lt;style&gt;</b></p>"
)
_OLD = "<p>船長說，霧散了便開。船上有三隻貓。</p>"
_NEW = "<p>船長說，霧散了才開。船上有四隻貓。</p>"
_FULL = (
    '<p>香港的<b>渡輪</b>停航，見 <a href="/article/2/x">前文</a>。</p>'
    '<figure class="image"><img src="/pier.jpg" alt="碼頭">'
    "<figcaption>清晨的碼頭</figcaption></figure>"
    "<blockquote><p>霧大。</p></blockquote><table><tr><td>船</td><td>時</td></tr></table>"
)


def records() -> list[bytes]:
    """Return captures: ten plain articles, and one each of what needs care."""
    plain = [
        response(number, article_page(number, date=f"{number:02}.06.21")) for number in range(2, 12)
    ]
    old = record(
        http(article_page(20, body=_OLD)), uri=address(20), date=warc_date("20210601000000")
    )
    return [
        response(1, article_page(1, body=_FULL, date="12.05.21")),
        *plain,
        old,
        response(20, article_page(20, body=_NEW)),
        response(
            21, article_page(21, title=escape(HOSTILE), body=_EVIL_BODY, author=escape(HOSTILE))
        ),
        response(
            22, article_page(22, title="A ferry in fog", category="tri-angles", body="<p>Fog.</p>")
        ),
        response(23, article_page(23, title="無日期", date="")),
    ]


def database(folder: Path) -> Path:
    """Return an archive.db of these captures, made in a folder."""
    out = folder / "data"
    summary = export_all([warc_file(folder, records())], ExportFormat.SQLITE, out, jobs=1)
    assert not summary.failed, summary.failed
    return out / "archive.db"


@contextmanager
def reading_room(path: Path, host: str | None = None) -> Iterator[str]:
    """Serve a database for as long as the block lasts; give its address, without a `/`."""
    with (
        open_socket(host, 0, is_public=False) as listening,
        server.reading_room(path, listening) as app,
    ):
        config = uvicorn.Config(app, log_level="warning", lifespan="on")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        try:
            yield server.address_of(listening).rstrip("/")
        finally:
            running.should_exit = True
            thread.join(SECONDS)

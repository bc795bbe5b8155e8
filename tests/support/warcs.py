"""Builds the inputs of the command: pages of made-up articles, HTTP responses, WARC files.

All of it is bytes put together by hand, so that a test may damage any of them. The code under test
has no part in it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from normalise.files import article_path

TIMESTAMP = "20210629183215"
DATE = "2021-06-29T18:32:15Z"
NEW_LINE = b"\r\n"

# --- pages ----------------------------------------------------------------------------------


def address(article_id: int) -> str:
    """The address of an article as the site gave it."""
    return f"https://www.hkcnews.com/article/{article_id}/%E6%B8%A1%E8%BC%AA-{article_id}/ferry"


def capture_url(article_id: int, timestamp: str = TIMESTAMP) -> str:
    """The address of an article's capture at the archive."""
    return f"https://web.archive.org/web/{timestamp}/{address(article_id)}"


def article_page(
    article_id: int,
    *,
    title: str = "",
    body: str = "<p>船長說，霧散了便開。</p>",
    category: str = "眾聞",
    author: str = "記者舟小行",
    date: str = "28.06.21",
) -> bytes:
    """A page in the site's markup with everything a news article has; it gives no warnings."""
    return (
        "<!DOCTYPE html>\n"
        '<html lang="zh-HK"><head><meta charset="utf-8">'
        f"<title>眾新聞 - {title or title_of(article_id)}</title>"
        '<meta name="keywords" content="眾新聞, hkcnews, 渡輪, 離島"></head>\n'
        f'<body class="article"><a class="group" href="/news">{category}</a>\n'
        f"<h1>{title or title_of(article_id)}</h1>\n"
        f'<div class="row article-info">撰文: {author} | 發佈日期: {date}</div>\n'
        f'<div class="article-content">{body}</div>\n'
        "</body></html>\n"
    ).encode()


def title_of(article_id: int) -> str:
    """The headline that `article_page` gives an article."""
    return f"第{article_id}號渡輪停航"


def article_file(
    article_id: int, timestamp: str = TIMESTAMP, text: str = "船長說，霧散了便開。"
) -> bytes:
    """The article file of an `article_page`."""
    return (
        "---\n"
        f'title: "{title_of(article_id)}"\n'
        'date: "2021-06-28"\n'
        'author: "記者舟小行"\n'
        'category: "眾聞"\n'
        "tags:\n"
        '  - "渡輪"\n'
        '  - "離島"\n'
        f'url: "{capture_url(article_id, timestamp)}"\n'
        f'original_url: "{address(article_id)}"\n'
        "---\n"
        "\n"
        f"# {title_of(article_id)}\n"
        "\n"
        f"{text}\n"
    ).encode()


def farewell_page() -> bytes:
    """The page that the site served for every address from 2023 on."""
    return (
        "<!DOCTYPE html><html><head><title>眾新聞告別 感謝讀者</title></head><body>"
        '<img src="images/HKCNEWS-text-white.svg"><h1>眾新聞告別　感謝讀者</h1>'
        "<p>再會。</p></body></html>"
    ).encode()


def unreadable_page() -> bytes:
    """A page that looks like an article, but has a template that the extractor does not know."""
    return (
        "<html><body><h1>碼頭的燈</h1><article>撰文: 舟小行"
        f"<p>{'燈亮了一夜。' * 100}</p></article></body></html>"
    ).encode()


# --- HTTP -----------------------------------------------------------------------------------


def http(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    """An HTTP response; `fields` are lines of its header, `body` goes in unchanged."""
    header = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=UTF-8", *fields, "", ""]
    return "\r\n".join(header).encode() + body


def chunked(body: bytes, size: int = 100) -> bytes:
    """The body in chunks, as `Transfer-Encoding: chunked` has it."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def gzipped(body: bytes) -> bytes:
    """The body in gzip, without the time of day."""
    return gzip.compress(body, mtime=0)


def deflated(body: bytes) -> bytes:
    """The body as `Content-Encoding: deflate` has it by the standard (RFC 9110, 8.4.1.2)."""
    return zlib.compress(body)


def brotlied(body: bytes) -> bytes:
    """The body in brotli: one block that is not compressed (RFC 7932, 9.2)."""
    assert 0 < len(body) <= 1 << 16
    # Bits from the lowest: window of 16 bits (0); not the last block (0); a length of four
    # nibbles (00); that length less one (16 bits); not compressed (1). Then a last, empty block.
    header = (len(body) - 1) << 4 | 1 << 20
    return header.to_bytes(3, "little") + body + b"\x03"


def zstded(body: bytes) -> bytes:
    """The body in zstd: one block that is not compressed (RFC 8878, 3.1.1)."""
    assert 0 < len(body) < 1 << 16
    # One segment, the content's size in two bytes (less 256), or in one below that.
    size = (
        b"\x20" + bytes([len(body)])
        if len(body) < 256
        else b"\x60" + (len(body) - 256).to_bytes(2, "little")
    )
    block = (len(body) << 3 | 1).to_bytes(3, "little")  # the last one, raw
    return b"\x28\xb5\x2f\xfd" + size + block + body


# --- WARC -----------------------------------------------------------------------------------


def record(
    block: bytes,
    *fields: str,
    kind: str = "response",
    uri: str | None = None,
    date: str = DATE,
    content_type: str = "application/http; msgtype=response",
    length: int | None = None,
) -> bytes:
    """A WARC record; `length` is the Content-Length of its header, if that is to be wrong."""
    header = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{zlib.crc32(block):012x}>",
        f"WARC-Date: {date}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block) if length is None else length}",
        *fields,
    ]
    if uri is not None:
        header.insert(2, f"WARC-Target-URI: {uri}")
    return "\r\n".join([*header, "", ""]).encode() + block + NEW_LINE * 2


def response(
    article_id: int,
    body: bytes | None = None,
    *fields: str,
    timestamp: str = TIMESTAMP,
    status: str = "200 OK",
) -> bytes:
    """The record of an article's capture; `fields` are lines of the HTTP header."""
    page = article_page(article_id) if body is None else body
    return record(
        http(page, *fields, status=status), uri=address(article_id), date=warc_date(timestamp)
    )


def warcinfo() -> bytes:
    """The record that most WARC files begin with."""
    return record(
        b"software: made by hand\r\n", kind="warcinfo", content_type="application/warc-fields"
    )


def warc_date(timestamp: str) -> str:
    """The archive's 14 digits as a `WARC-Date`."""
    t = timestamp
    return f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:]}Z"


def digest(block: bytes) -> str:
    """The value of a `WARC-Block-Digest`."""
    return "sha1:" + base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()


@dataclass(frozen=True)
class Warc:
    """A WARC file's content, and the bytes at which its records begin."""

    content: bytes
    starts: tuple[int, ...]

    def end(self, index: int) -> int:
        """The byte at which a record ends."""
        return (*self.starts, len(self.content))[index + 1]


def plain(records: Iterable[bytes]) -> Warc:
    """A `.warc` file."""
    content, starts = b"", []
    for part in records:
        starts.append(len(content))
        content += part
    return Warc(content, tuple(starts))


def packed(records: Iterable[bytes]) -> Warc:
    """A `.warc.gz` with a gzip member for each record, as the standard has it."""
    return plain(gzipped(part) for part in records)


def packed_whole(records: Iterable[bytes]) -> Warc:
    """A `.warc.gz` as people make it with gzip(1): one member for all records."""
    return Warc(gzipped(b"".join(records)), (0,))


def zipped(members: Mapping[str, bytes], level: int = 0) -> bytes:
    """A zip file; its members are stored as they are unless a level is given."""
    out = BytesIO()
    method = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", method, compresslevel=level or None) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def page_file(folder: Path, content: bytes) -> Path:
    """Write a page into a folder; return its path."""
    path = folder / "page.html"
    path.write_bytes(content)
    return path


def warc_file(folder: Path, records: Sequence[bytes], name: str = "pages.warc.gz") -> Path:
    """Write a WARC file into a folder, compressed if its name ends in `.gz`; return its path."""
    path = folder / name
    content = packed(records) if name.endswith(".gz") else plain(records)
    path.write_bytes(content.content)
    return path


def saved(folder: Path, article_id: int, page: bytes | None = None) -> Path:
    """Create a folder with a saved page; return it."""
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(article_page(article_id) if page is None else page)
    capture = {"timestamp": TIMESTAMP, "original": address(article_id)}
    (folder / "capture.json").write_text(json.dumps(capture), encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their paths in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def articles(out: Path) -> dict[str, bytes]:
    """The article files in a folder, by their paths."""
    return {name: content for name, content in tree(out).items() if name.startswith("articles/")}


def files(*ids: int, timestamp: str = TIMESTAMP) -> dict[str, bytes]:
    """The files of articles whose captures are `article_page`s, by their paths."""
    return {str(article_path(each)): article_file(each, timestamp) for each in ids}

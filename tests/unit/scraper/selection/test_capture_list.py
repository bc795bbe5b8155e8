"""Lists of captures: tables of every make, files of an archive, and what is wrong with them."""

from __future__ import annotations

import csv
import gzip
import io
import os
import tracemalloc
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shared_files import need

from normalise import Capture
from scraper.errors import BadRecord, UsageError
from scraper.models import CdxRecord
from scraper.selection.capture_list import read_captures

TIMESTAMP = "20210629183215"
ADDRESS = "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA-7/x"
CAPTURE = Capture(TIMESTAMP, ADDRESS)
OTHER = Capture("20190304050607", "http://hkcnews.com/article/8")
PLAYBACK = f"https://web.archive.org/web/{TIMESTAMP}id_/{ADDRESS}"
ROW, OTHER_ROW = (f"{capture.timestamp}\t{capture.original}\n" for capture in (CAPTURE, OTHER))
Found = list[Capture | BadRecord]


def read_list(path: Path) -> Found:
    found = read_captures(path)
    return [each.capture if isinstance(each, CdxRecord) else each for each in found]


def read(folder: Path, content: str | bytes) -> Found:
    path = folder / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_list(path)


def messages(found: Found) -> list[str]:
    return [str(each) for each in found if isinstance(each, BadRecord)]


def as_table(rows: Iterable[Iterable[str]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


# --- tables ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ROW, id="tsv"),
        pytest.param(ROW.strip(), id="no-newline-at-the-end"),
        pytest.param(ROW.replace("\t", ","), id="csv"),
        pytest.param(f"\ufeff{ROW}", id="BOM"),
        pytest.param(ROW.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"\n \n{ROW}\n\t\n", id="blank-lines"),
        pytest.param(ROW.replace("\t", ";"), id="semicolons"),
        pytest.param(f"Nr;Timestamp;Original\n1;{TIMESTAMP};{ADDRESS}\n", id="semicolons-header"),
        pytest.param(ROW.replace("\t", " "), id="blanks"),
        pytest.param(f"timestamp original\n{TIMESTAMP} {ADDRESS}\n", id="blanks-header"),
        pytest.param(f"甲\t {TIMESTAMP} \t200\t {ADDRESS} \ttext/html\n", id="among-others"),
        pytest.param(f"{ADDRESS}\t{TIMESTAMP}\n", id="other-order"),
        pytest.param(
            f"2021\t{TIMESTAMP}0\t{TIMESTAMP}\t{ADDRESS}\thttps://x.hk/\n", id="first-of-each"
        ),
        pytest.param(f"timestamp\toriginal\n{ROW}", id="header"),
        pytest.param(
            f"\ufeffTimestamp , ORIGINAL\n{TIMESTAMP} , {ADDRESS}\n", id="header-in-capitals"
        ),
        pytest.param(
            f"key,original,status,timestamp\nhttps://no.hk/,{ADDRESS},20000000000000,{TIMESTAMP}\n",
            id="header-in-other-order",
        ),
        pytest.param(f"\n\ntimestamp\toriginal\n\n{ROW}", id="header-behind-blank-lines"),
        pytest.param(f"{PLAYBACK}\n", id="address-of-the-archive"),
        pytest.param(f"{PLAYBACK.replace('id_', '')}\n", id="its-view"),
        pytest.param(f"甲,{PLAYBACK.replace('https://web', 'HTTP://Web')}\n", id="in-capitals"),
        pytest.param(f"original\ttimestamp\n{PLAYBACK}\t\n", id="in-a-column"),
        pytest.param(f"{PLAYBACK.replace('.org/', '.org:443/')}\n", id="with-a-port"),
        pytest.param(f'"{TIMESTAMP}","{ADDRESS}"\n', id="quoted"),
        pytest.param(f'{TIMESTAMP}\t{ADDRESS}\t"引號不成對\n', id="stray-quote-in-tsv"),
        pytest.param(f'"引號\t{TIMESTAMP}\t{ADDRESS}\n', id="stray-quote-before-it"),
        pytest.param(f"{TIMESTAMP},{ADDRESS},{'長' * 300_000}\n", id="huge-cell"),
    ],
)
def test_every_make_gives_the_capture(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == [CAPTURE]


def test_a_list_may_be_gzip(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(f"\ufeff{ROW}".encode())) == [CAPTURE]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_may_be_utf_16(tmp_path: Path, encoding: str) -> None:
    rows = f"{TIMESTAMP}\t{ADDRESS}\t渡輪\r\n" + OTHER_ROW * 2_000  # more than is read at once
    found = read(tmp_path, rows.encode(encoding))
    assert found == [CAPTURE, *[OTHER] * 2_000]


def test_captures_come_in_the_order_of_the_list_and_as_often(tmp_path: Path) -> None:
    assert read(tmp_path, ROW + OTHER_ROW + ROW) == [CAPTURE, OTHER, CAPTURE]


def test_gzip_of_several_members_is_read_to_the_end(tmp_path: Path) -> None:
    content = gzip.compress(ROW.encode()) + gzip.compress(OTHER_ROW.encode())
    assert read(tmp_path, content) == [CAPTURE, OTHER]


def test_captures_of_other_pages_are_given_too(tmp_path: Path) -> None:
    assert read(tmp_path, f"{TIMESTAMP}\thttps://example.hk\n") == [
        Capture(TIMESTAMP, "https://example.hk")
    ]


@pytest.mark.parametrize(
    "prefix", [f"{TIMESTAMP}\t", f"https://web.archive.org/web/{TIMESTAMP}if_/"]
)
def test_raw_chinese_is_encoded_and_what_is_encoded_stays(tmp_path: Path, prefix: str) -> None:
    address = "https://www.hkcnews.com/article/7/渡 輪-7/%25E8"
    (capture,) = read(tmp_path, f"{prefix}{address}\n")
    assert capture == Capture(
        TIMESTAMP, "https://www.hkcnews.com/article/7/%E6%B8%A1%20%E8%BC%AA-7/%25E8"
    )


def test_an_address_in_capitals_is_one(tmp_path: Path) -> None:
    assert read(tmp_path, f"{TIMESTAMP}\tHTTPS://www.hkcnews.com/article/7\n") == [
        Capture(TIMESTAMP, "HTTPS://www.hkcnews.com/article/7")
    ]


def test_a_long_address_is_whole(tmp_path: Path) -> None:
    address = f"{ADDRESS}{'y' * 3000}"
    assert read(tmp_path, f"{TIMESTAMP},{address}\n") == [Capture(TIMESTAMP, address)]


def test_lists_are_mixed_at_will(tmp_path: Path) -> None:
    found = read(tmp_path, f"{PLAYBACK}\n{OTHER.timestamp},{OTHER.original}\n{PLAYBACK}\n")
    assert found == [CAPTURE, OTHER, CAPTURE]


def test_blanks_round_a_bare_address_are_no_part_of_it(tmp_path: Path) -> None:
    assert read(tmp_path, f"{PLAYBACK}\n  {PLAYBACK},1 \n")[1:] == [
        Capture(TIMESTAMP, f"{ADDRESS},1")
    ]


def test_a_bare_list_of_addresses_may_have_commas_in_them(tmp_path: Path) -> None:
    found = read(tmp_path, f"{PLAYBACK}\n{PLAYBACK},甲\n")
    assert found == [CAPTURE, Capture(TIMESTAMP, f"{ADDRESS},%E7%94%B2")]


def test_a_tab_in_a_cell_makes_no_table_of_tabs(tmp_path: Path) -> None:
    assert read(tmp_path, f'{TIMESTAMP},{ADDRESS},"甲\t乙"\n') == [CAPTURE]
    assert read(tmp_path, f"甲,乙\t{PLAYBACK}\n") == [CAPTURE]


captures = st.builds(
    Capture,
    st.from_regex(r"[0-9]{14}", fullmatch=True),
    st.builds(
        "{}/{}".format,
        st.sampled_from(["https://www.hkcnews.com", "http://hkcnews.com", "HTTPS://x.hk:80"]),
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40),
    ),
)


@given(
    st.lists(captures, min_size=1, max_size=5),
    st.sampled_from("\t,;"),
    st.sampled_from([None, ["timestamp", "original", "note"], ["n", "Original", "TimeStamp "]]),
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=9),
)
def test_any_list_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    wanted: list[Capture],
    delimiter: str,
    header: list[str] | None,
    note: str,
) -> None:
    rows = [[each.timestamp, each.original, note] for each in wanted]
    if header and header[0] == "n":
        rows = [row[::-1] for row in rows]
    content = as_table([*([header] if header else []), *rows], delimiter)
    assert read(tmp_path_factory.getbasetemp(), content) == wanted


# --- rows that name no capture --------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("甲\t乙", "no web address"),
        (f"{TIMESTAMP}\twww.hkcnews.com/article/7", "no web address"),
        (f"2021-06-29\t{ADDRESS}", "no timestamp"),
        (f"{TIMESTAMP}1\t{ADDRESS}", "no timestamp"),
        (f"１２３４５６７８９０１２３４\t{ADDRESS}", "no timestamp"),
        (f"{TIMESTAMP}\thttps://", "not a captured web address"),
        (f"{TIMESTAMP}\thttps://[x/article/7", "not a captured web address"),
        (f"{TIMESTAMP}\thttps://web.archive.org/web/2021/{ADDRESS}", "14 digits"),
        (f"{TIMESTAMP}\thttps://web.archive.org/web/*/{ADDRESS}", "not the address of a capture"),
        (f"https://web.archive.org/web/{TIMESTAMP}/nowhere", "not a captured web address"),
    ],
)
def test_a_row_that_names_no_capture_is_reported(tmp_path: Path, row: str, reason: str) -> None:
    found = read(tmp_path, f"{ROW}\n{row}\n{OTHER_ROW}")
    assert [each for each in found if isinstance(each, Capture)] == [CAPTURE, OTHER]
    (error,) = messages(found)
    assert f"{tmp_path / 'list'}, line 3," in error
    assert reason in error
    assert "a row has a timestamp of 14 digits and a web address" in error


@pytest.mark.parametrize(
    "row",
    [TIMESTAMP, ADDRESS, f"{TIMESTAMP},", f",{ADDRESS}", f"甲,{ADDRESS}", f"{ADDRESS},{TIMESTAMP}"],
)
def test_a_row_that_lacks_a_named_column_is_reported(tmp_path: Path, row: str) -> None:
    found = read(tmp_path, f"timestamp,original\n{TIMESTAMP},{ADDRESS}\n{row}\n")
    assert found[0] == CAPTURE
    assert len(messages(found)) == 1


@pytest.mark.parametrize("header", ["", "timestamp,original\n"])
def test_an_address_is_never_cut_at_a_comma(tmp_path: Path, header: str) -> None:
    first = f"{OTHER.timestamp},{OTHER.original}\n"
    found = read(tmp_path, f"{header}{first}{TIMESTAMP},{ADDRESS},甲\n")
    assert found[0] == OTHER
    (error,) = messages(found)
    assert "double quotes" in error


def test_a_stray_quote_swallows_no_other_row(tmp_path: Path) -> None:
    found = read(
        tmp_path, f'{TIMESTAMP},{ADDRESS}\n"{TIMESTAMP},{ADDRESS}\n"{TIMESTAMP}",{ADDRESS}\n'
    )
    assert [each for each in found if isinstance(each, Capture)] == [CAPTURE, CAPTURE]
    (error,) = messages(found)
    assert "line 2" in error


def test_the_header_is_looked_for_in_the_first_row_alone(tmp_path: Path) -> None:
    found = read(tmp_path, f"{ROW}original\ttimestamp\n{OTHER_ROW}")
    assert found[0] == CAPTURE
    assert found[2] == OTHER
    assert len(messages(found)) == 1


@given(st.lists(st.text(st.sampled_from("\"\t, 'x1渡\x00\r")), max_size=4))
def test_whatever_stands_in_a_list_its_captures_come_or_it_is_reported(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    content = "\n".join([ROW.strip(), *rows, OTHER_ROW])
    try:
        found = read(tmp_path_factory.getbasetemp(), content)
    except UsageError:
        if "\0" in content or "\r" in content:
            return
        raise
    assert (found[0], found[-1]) == (CAPTURE, OTHER)
    assert len(found) == 2 + sum(1 for row in rows if row.strip())


# --- lists that can't be read ---------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n\n", id="blank"),
        pytest.param(b"timestamp\toriginal\n", id="header-alone"),
        pytest.param(gzip.compress(b""), id="empty-gzip"),
        pytest.param("渡輪\n碼頭\n".encode(), id="other-text"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", id="picture"),
        pytest.param("20210629183215\thttps://x.hk/渡".encode("big5"), id="Big5"),
        pytest.param(b"\x1f\x8b", id="begins-like-gzip"),
        pytest.param(b"\x1f\x8b\x08\x00abc", id="no-gzip-behind-its-head"),
    ],
)
def test_a_file_without_captures_is_wrong_usage(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError, match=str(tmp_path / "list")):
        read(tmp_path, content)


def test_rows_are_reported_before_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("甲\t乙\n", encoding="utf-8")
    found = read_captures(path)
    assert isinstance(next(found), BadRecord)
    with pytest.raises(UsageError, match="no capture in any"):
        next(found)


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(b"\xff\xfe", id="no-UTF-8"),
        pytest.param(b"\0\0\0\0", id="hole"),
        pytest.param(
            f"{TIMESTAMP}\t{ADDRESS}\r{TIMESTAMP}\t{ADDRESS}".encode(), id="old-line-ends"
        ),
        pytest.param(b"x" * (1 << 20), id="endless-line"),
    ],
)
def test_a_list_that_is_spoilt_behind_its_first_row_is_wrong_usage(
    tmp_path: Path, spoilt: bytes
) -> None:
    with pytest.raises(UsageError, match="line 2"):
        read(tmp_path, ROW.encode() + spoilt + b"\n" + OTHER_ROW.encode())


PACKED = gzip.compress((ROW + OTHER_ROW).encode())


def test_a_gzip_file_that_breaks_off_anywhere_is_wrong_usage(tmp_path: Path) -> None:
    for length in range(2, len(PACKED)):
        with pytest.raises(UsageError, match="get the file again"):
            read(tmp_path, PACKED[:length])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PACKED[:-6] + b"\0" + PACKED[-5:], id="checksum"),
        pytest.param(PACKED[:10] + b"\xff" * 9 + PACKED[19:], id="content"),
        pytest.param(PACKED + PACKED[:40], id="second-member"),
        pytest.param(PACKED + b"x", id="other-bytes-behind"),
    ],
)
def test_a_damaged_gzip_file_is_wrong_usage(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError, match="get the file again"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "reason"), [("gone", "No such file"), ("n" * 300, "File name too long")]
)
def test_a_path_that_leads_nowhere_is_wrong_usage(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"{name} can't be read: {reason}"):
        read_list(tmp_path / name)


# --- streams --------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [ROW.encode(), PACKED], ids=["plain", "gzip"])
def test_a_list_may_come_through_a_pipe(tmp_path: Path, content: bytes) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(content,), daemon=True)
    writer.start()
    found = read_list(pipe)
    writer.join()
    assert found[0] == CAPTURE


def test_a_long_list_is_not_held_in_memory(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(gzip.compress(ROW.encode() * 5_000))
    tracemalloc.start()
    count = sum(1 for _ in read_captures(tmp_path / "list"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 5_000
    assert peak < 500_000


# --- files of an archive --------------------------------------------------------------------


def article(url: str, title: str = "渡輪") -> str:
    return (
        f'---\ntitle: "{title}"\ndate: "2021-06-29"\nurl: {url}\n---\n\n# {title}\n\n---\nurl: x\n'
    )


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(article(f'"{PLAYBACK}"'), id="raw"),
        pytest.param(article(f'"{PLAYBACK.replace("id_", "")}"'), id="view"),
        pytest.param(article(f"'{PLAYBACK}'"), id="other-quotes"),
        pytest.param(article(PLAYBACK), id="no-quotes"),
        pytest.param(article(f'"{PLAYBACK}"').replace("\n", "\r\n"), id="CRLF"),
        pytest.param("\ufeff" + article(f'"{PLAYBACK}"'), id="BOM"),
        pytest.param(article(f'"{PLAYBACK}"').replace('"2021-06-29"', "2021-99-99"), id="odd-date"),
        pytest.param(
            f'---\nurl: "{PLAYBACK}"\noriginal_url: "https://no.hk/"\n---\n',
            id="front-matter-alone",
        ),
    ],
)
def test_an_article_file_gives_the_capture_in_its_front_matter(tmp_path: Path, text: str) -> None:
    put(tmp_path, "article_7.md", text)
    assert read_list(tmp_path) == [CAPTURE]


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    names = ["b/1.md", "a/2.md", "a/1.md", "a.md", "c.md", "a/d/0.md"]
    for number, name in enumerate(names):
        put(
            tmp_path,
            name,
            article(f"https://web.archive.org/web/{TIMESTAMP}/https://x.hk/{number}"),
        )
    put(tmp_path, "a/notes.txt", article(PLAYBACK))
    order = sorted(tmp_path.rglob("*.md"))
    assert read_list(tmp_path) == [
        Capture(TIMESTAMP, f"https://x.hk/{names.index(path.relative_to(tmp_path).as_posix())}")
        for path in order
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(f"# 渡輪\n\nurl: {PLAYBACK}\n", id="no-front-matter"),
        pytest.param(f"---\nurl: {PLAYBACK}\n", id="no-end"),
        pytest.param(article(PLAYBACK, title="渡\x08輪"), id="control-character"),
        pytest.param(article(f'"{PLAYBACK}'), id="unpaired-quote"),
        pytest.param(article(f"[{PLAYBACK}]"), id="list"),
        pytest.param(article(""), id="nothing"),
        pytest.param(article(ADDRESS), id="other-address"),
        pytest.param(article(PLAYBACK).replace("url:", "original_url:", 1), id="other-key"),
        pytest.param(f"---\n- {PLAYBACK}\n---\n", id="no-keys"),
        pytest.param(f"---\nurl: {PLAYBACK}\nx: {'[' * 200_000}\n---\n", id="bottomless"),
    ],
)
def test_a_file_that_names_no_capture_is_reported(tmp_path: Path, text: str) -> None:
    put(tmp_path, "article_1.md", text)
    put(tmp_path, "article_2.md", article(PLAYBACK))
    error, capture = read_list(tmp_path)
    assert isinstance(error, BadRecord)
    assert str(tmp_path / "article_1.md") in str(error)
    assert capture == CAPTURE


def test_files_that_are_no_text_and_links_that_lead_nowhere_are_reported(tmp_path: Path) -> None:
    (tmp_path / "article_1.md").write_bytes(b"---\nurl: \xff\n---\n")
    (tmp_path / "article_2.md").symlink_to(tmp_path / "gone")
    put(tmp_path, "article_3.md", article(PLAYBACK))
    found = read_list(tmp_path)
    assert len(messages(found)) == 2
    assert found[2] == CAPTURE


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "article_1.md", article(PLAYBACK))
    (tmp_path / "again").symlink_to(tmp_path)
    assert read_list(tmp_path) == [CAPTURE]


def test_a_folder_without_article_files_is_wrong_usage(tmp_path: Path) -> None:
    put(tmp_path, "deep/list.tsv", ROW)
    with pytest.raises(UsageError, match=r"no file \*\.md"):
        read_list(tmp_path)


# --- the material ---------------------------------------------------------------------------


def test_the_list_of_the_reference_archive_can_be_read() -> None:
    path = need("recordings", "hkcnews-archivist-samples", "hkcnews_captures.tsv.gz")
    found = list(islice(read_captures(path), 5_000))
    assert len(found) == 5_000
    assert all(isinstance(each, CdxRecord) and each.article_id for each in found)

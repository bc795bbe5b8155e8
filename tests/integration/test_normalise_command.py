"""The command `normalise`: what goes to which output, what is written, and the exit codes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support.command import hkcnews
from support.warcs import (
    TIMESTAMP,
    Warc,
    address,
    article_file,
    article_page,
    capture_url,
    farewell_page,
    packed,
    packed_whole,
    page_file,
    plain,
    response,
    saved,
    tree,
    unreadable_page,
    warc_file,
    warcinfo,
)

from scraper.cli.addresses import decode_address

ID = 11911
URL = capture_url(ID)
PATH = "articles/11001-12000/article_11911.md"


# --- one page -------------------------------------------------------------------------------


def test_one_page_goes_to_standard_output_as_its_exact_file(page: Path) -> None:
    result = hkcnews("normalise", page, "--url", URL)
    assert result.stdout_bytes == article_file(ID)
    assert (result.stderr, result.exit_code) == ("", 0)


def test_one_page_from_standard_input() -> None:
    result = hkcnews("normalise", "-", "--url", URL, stdin=article_page(ID))
    assert result.stdout_bytes == article_file(ID)
    assert (result.stderr, result.exit_code) == ("", 0)


@pytest.mark.parametrize("kind", ["", "id_", "if_"])
def test_the_capture_may_be_named_in_any_form(page: Path, kind: str) -> None:
    result = hkcnews("normalise", page, "--url", URL.replace(TIMESTAMP, TIMESTAMP + kind))
    assert (result.stdout_bytes, result.exit_code) == (article_file(ID), 0)


def test_one_page_into_a_folder(page: Path, out: Path) -> None:
    result = hkcnews("normalise", page, "--url", URL, "--out", out)
    assert tree(out) == {PATH: article_file(ID)}
    assert (result.stdout, result.exit_code) == ("", 0)
    assert result.stderr.split("\n")[0].split() == ["1", "written"]


def test_one_page_a_second_time_is_unchanged(page: Path, out: Path) -> None:
    hkcnews("normalise", page, "--url", URL, "--out", out)
    os.utime(out / PATH, ns=(1, 1))
    result = hkcnews("normalise", page, "--url", URL, "--out", out)
    assert result.stderr.split("\n")[1].split() == ["1", "unchanged"]
    assert (out / PATH).stat().st_mtime_ns == 1


def test_warnings_go_to_standard_error(tmp_path: Path) -> None:
    page = page_file(tmp_path, article_page(ID, category="眾不知"))
    result = hkcnews("normalise", page, "--url", URL)
    assert result.stdout_bytes.startswith(b"---\n")
    assert result.stdout_bytes.endswith("便開。\n".encode())
    assert f"warning: article {ID}: " in result.stderr
    assert "眾不知" in result.stderr
    assert result.exit_code == 0


NO_ARTICLES = {
    "farewell": (farewell_page(), "farewell"),
    "empty": (b"", "without any text"),
    "unreadable": (unreadable_page(), "info line"),
}


@pytest.mark.parametrize(("content", "message"), NO_ARTICLES.values(), ids=NO_ARTICLES)
@pytest.mark.parametrize("has_folder", [False, True], ids=["stdout", "folder"])
def test_a_page_that_is_no_article_fails_with_nothing_on_standard_output(
    tmp_path: Path, out: Path, content: bytes, message: str, *, has_folder: bool
) -> None:
    options = ["--out", out] if has_folder else []
    result = hkcnews("normalise", page_file(tmp_path, content), "--url", URL, *options)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert decode_address(URL) in result.stderr
    assert result.stderr.count("error: ") == 1
    assert not out.exists()


def test_an_id_that_no_article_has_fails(page: Path, out: Path) -> None:
    result = hkcnews("normalise", page, "--url", capture_url(1_000_000), "--out", out)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "1000000" in result.stderr
    assert not out.exists()


def test_a_file_as_output_folder_is_wrong_usage(page: Path, out: Path) -> None:
    out.write_bytes(b"a file where a folder should be")
    result = hkcnews("normalise", page, "--url", URL, "--out", out)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert str(out) in result.stderr.replace("\n", "")


# --- many pages -----------------------------------------------------------------------------


def _mixed(folder: Path) -> Path:
    records = [
        *(warcinfo(), response(1), response(2, farewell_page())),
        *(response(3, unreadable_page()), response(4), response(5, b"")),
    ]
    return warc_file(folder, records)


def test_a_warc_into_a_folder(tmp_path: Path, out: Path) -> None:
    warc = _mixed(tmp_path)
    result = hkcnews("normalise", warc, "--out", out)
    assert tree(out) == {
        f"articles/1-1000/article_{number}.md": article_file(number) for number in (1, 4)
    }
    assert (result.stdout, result.exit_code) == ("", 1)
    lines = result.stderr.splitlines()
    (failed,) = (line for line in lines if line.startswith("failed: "))
    assert "info line" in failed
    assert re.search(rf"\({re.escape(str(warc))}, record at byte \d+\)$", failed)
    assert [line.strip() for line in lines if line is not failed] == [
        "2 written",
        "0 unchanged",
        "2 not an article (farewell 1, empty 1)",
        "1 failed",
    ]


def test_a_second_run_says_unchanged_and_touches_nothing(tmp_path: Path, out: Path) -> None:
    warc = _mixed(tmp_path)
    hkcnews("normalise", warc, "--out", out)
    for path in out.rglob("*.md"):
        os.utime(path, ns=(1, 1))
    result = hkcnews("normalise", warc, "--out", out)
    assert "0 written" in result.stderr
    assert "2 unchanged" in result.stderr
    assert [path.stat().st_mtime_ns for path in out.rglob("*.md")] == [1, 1]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_jobs_change_nothing_but_the_time(tmp_path: Path, out: Path, jobs: str) -> None:
    result = hkcnews("normalise", _mixed(tmp_path), "--out", out, "--jobs", jobs)
    assert len(tree(out)) == 2
    assert result.exit_code == 1
    assert "2 written" in result.stderr


def test_a_run_without_any_article_is_no_failure(tmp_path: Path, out: Path) -> None:
    warc = warc_file(tmp_path, [response(2, farewell_page()), response(3, b"")])
    result = hkcnews("normalise", warc, "--out", out)
    assert (result.stdout, result.exit_code) == ("", 0)
    assert "2 not an article (farewell 1, empty 1)" in result.stderr
    assert not out.exists()


def test_several_sources_and_kinds(tmp_path: Path, out: Path) -> None:
    saved(tmp_path / "saved" / "one", 1)
    first = warc_file(tmp_path, [response(2)], "a.warc")
    second = warc_file(tmp_path, [response(3)], "b.warc.gz")
    result = hkcnews("normalise", first, tmp_path / "saved", second, "--out", out)
    assert result.exit_code == 0
    assert sorted(tree(out)) == [f"articles/1-1000/article_{number}.md" for number in (1, 2, 3)]


@pytest.mark.parametrize("make", [plain, packed, packed_whole])
def test_a_warc_through_standard_input(out: Path, make: Callable[[Sequence[bytes]], Warc]) -> None:
    content = make([warcinfo(), response(1), response(2)]).content
    result = hkcnews("normalise", "-", "--out", out, stdin=content)
    assert (result.stdout, result.exit_code) == ("", 0)
    assert tree(out) == {
        f"articles/1-1000/article_{number}.md": article_file(number) for number in (1, 2)
    }


def test_warnings_are_shown_up_to_a_number_and_all_of_them_if_wished(
    tmp_path: Path, out: Path
) -> None:
    warc = warc_file(
        tmp_path,
        [response(number, article_page(number, category="眾?")) for number in range(1, 41)],
    )
    few = hkcnews("normalise", warc, "--out", out).stderr
    every = hkcnews("normalise", warc, "--out", out, "--verbose").stderr
    assert 0 < few.count("warning: ") < every.count("warning: ")
    assert "--verbose" in few
    assert every.count("article 40 ") >= 1


def test_a_capture_passed_over_is_warned_of(tmp_path: Path, out: Path) -> None:
    records = [response(1), response(1, farewell_page(), timestamp="20230101000000")]
    result = hkcnews("normalise", warc_file(tmp_path, records), "--out", out)
    assert result.exit_code == 0
    assert "warning: article 1 " in result.stderr
    assert "passed over: the site's farewell page" in result.stderr


# --- wrong usage ----------------------------------------------------------------------------


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, to work in, with one source of each kind."""
    monkeypatch.chdir(tmp_path)
    page_file(tmp_path, article_page(ID))
    (tmp_path / "other.html").write_bytes(article_page(ID))
    warc_file(tmp_path, [response(1)])
    saved(tmp_path / "saved", 1)
    (tmp_path / "nothing").mkdir()
    return tmp_path


WRONG = [
    (["page.html"], "give --url"),
    (["-"], "give --url"),
    (["pages.warc.gz", "--url", URL, "--out", "out"], "leave out --url"),
    (["saved", "--url", URL, "--out", "out"], "leave out --url"),
    (["page.html", "other.html", "--url", URL], "give just that file"),
    (["page.html", "other.html", "--out", "out"], "with --url"),
    (["-", "page.html", "--url", URL], "leave out the other sources"),
    (["-", "-", "--out", "out"], "leave out the other sources"),
    (["gone.html", "--url", URL], "gone.html"),
    (["gone.html"], "gone.html"),
    (["gone.warc.gz", "--out", "out"], "gone.warc.gz"),
    (["pages.warc.gz", "gone.warc", "--out", "out"], "gone.warc"),
    (["saved"], "give --out DIR"),
    (["pages.warc.gz", "saved"], "give --out DIR"),
    (["nothing", "--out", "out"], "no WARC file"),
    (["page.html", "--url", ""], "looks like https://web.archive.org/web/2021"),
    (["page.html", "--url", address(ID)], "looks like https://web.archive.org/"),
    (["page.html", "--url", URL.replace(TIMESTAMP, "2021")], "14 digits"),
    (["page.html", "--url", URL.replace("https://www", "ftp://www")], "http"),
    (["pages.warc.gz", "--out", "out", "--jobs", "0"], "--jobs"),
    (["page.html", "--url", URL, "--loud"], "--loud"),
]


@pytest.mark.parametrize(("args", "message"), WRONG, ids=[" ".join(args) for args, _ in WRONG])
def test_wrong_usage_says_what_to_do(sources: Path, args: list[str], message: str) -> None:
    result = hkcnews("normalise", *args, stdin=article_page(ID))
    assert (result.stdout, result.exit_code) == ("", 2)
    assert message in result.stderr
    assert not (sources / "out").exists()


def test_a_warc_through_standard_input_with_an_address_is_wrong_usage(sources: Path) -> None:
    warc = (sources / "pages.warc.gz").read_bytes()
    result = hkcnews("normalise", "-", "--url", URL, stdin=warc)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "leave out --url" in result.stderr


def test_a_warc_through_standard_input_without_a_folder_is_wrong_usage(sources: Path) -> None:
    result = hkcnews("normalise", "-", stdin=(sources / "pages.warc.gz").read_bytes())
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "give --out DIR" in result.stderr


def test_quietly_there_is_only_the_result(tmp_path: Path, out: Path) -> None:
    page = page_file(tmp_path, article_page(ID, category="眾不知"))
    assert hkcnews("normalise", page, "--url", URL, "--quiet").stderr == ""
    result = hkcnews("normalise", _mixed(tmp_path), "--out", out, "--quiet")
    assert result.stderr.startswith("failed: ")
    result = hkcnews("normalise", _mixed(tmp_path), "--out", out, "--quiet", "--verbose")
    assert (result.exit_code, "--quiet and --verbose" in result.stderr) == (2, True)

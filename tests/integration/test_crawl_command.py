"""The command `crawl`: what it reports, its exit codes, wrong usage, and its display."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    faults,
    generated,
    on_index,
    on_playback,
    replay,
)
from support.command import SECONDS, hkcnews, on_terminal
from support.crawling import crawl, crawl_args, read_report, requests_to
from support.warcs import (
    TIMESTAMP,
    address,
    article_file,
    article_page,
    articles,
    farewell_page,
    files,
    unreadable_page,
)

from normalise.files import article_id_of, article_path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


# --- reports -------------------------------------------------------------------------------


def _mixed() -> Archive:
    return Archive(
        [
            *(FakeMemento(address(n), TIMESTAMP, article_page(n)) for n in (1, 2, 3, 4, 5)),
            FakeMemento(address(6), TIMESTAMP, farewell_page()),
            FakeMemento(address(7), TIMESTAMP, b""),
            FakeMemento(address(8), TIMESTAMP, unreadable_page()),
        ]
    )


def test_what_became_of_all_is_told_at_the_end_and_by_status(out: Path) -> None:
    with replay(_mixed(), Faults([on_playback(faults.gateway(503), 1)])) as server:
        result = crawl(out, server, "--concurrency", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    report = read_report(out)
    status = hkcnews("status", "--out", out)
    assert (status.exit_code, status.stderr) == (0, "")
    for summary, scope in ((result.stderr, "asked for"), (status.stdout, "known")):
        assert re.search(r"^failed: 1 article: .*info line.*: 8$", summary, re.MULTILINE)
        assert re.search(r"^ +5 +62\.5 % +written$", summary, re.MULTILINE)
        assert re.search(
            r"^ +2 +25\.0 % +no usable capture \((farewell 1, empty 1|empty 1, farewell 1)\)$",
            summary,
            re.MULTILINE,
        )
        assert re.search(r"^ +1 +12\.5 % +failed \(unreadable 1\)$", summary, re.MULTILINE)
        assert re.search(rf"^ +8 articles {scope}, 9 requests for pages$", summary, re.MULTILINE)
        assert re.search(r"^most retried: article 1: 2 requests in ", summary, re.MULTILINE)
        assert "\x1b" not in summary
    at = report.pop("at")
    again = read_report(out)
    assert again.pop("at") != ""
    assert again == report
    assert isinstance(at, str)
    assert (report["articles"], report["open"], report["requests"]) == (8, 0, 9)
    assert isinstance(report["failed"], list)
    assert [failure["article"] for failure in report["failed"]] == [8]


def test_a_crawl_without_a_failure_exits_with_0_and_a_second_one_asks_nothing(out: Path) -> None:
    archive = _mixed()
    with replay(archive) as server:
        assert crawl(out, server, "--ids", "1-7").exit_code == 0
        before = len(server.log)
        assert crawl(out, server, "--ids", "1-7").exit_code == 0
        assert len(server.log) == before
    assert articles(out) == files(1, 2, 3, 4, 5)


def test_a_run_answers_for_the_articles_that_it_was_asked_for(out: Path) -> None:
    with replay(_mixed()) as server:
        assert crawl(out, server, "--ids", "8").exit_code == 1
        assert crawl(out, server, "--ids", "1-6").exit_code == 0
        assert crawl(out, server, "--ids", "8").exit_code == 1  # there is nothing left to do
        assert crawl(out, server).exit_code == 1


@pytest.mark.parametrize("ids", ["500", "1,500", "500-500,1-3"])
def test_an_id_that_the_index_does_not_know_is_named(out: Path, ids: str) -> None:
    with replay(_mixed()) as server:
        for _ in range(2):
            result = crawl(out, server, "--ids", ids)
            assert (result.exit_code, result.stdout) == (1, "")
            assert re.search(r"^not to be had: .* of 500$", result.stderr, re.MULTILINE)


def test_a_range_of_ids_may_have_gaps(out: Path) -> None:
    with replay(_mixed()) as server:
        result = crawl(out, server, "--ids", "2-3,400-600")
    assert result.exit_code == 0
    assert "not to be had" not in result.stderr
    assert articles(out) == files(2, 3)


def test_an_id_that_the_reference_holds_is_not_missed(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "reference" / article_path(500)
    path.parent.mkdir(parents=True)
    path.write_bytes(article_file(500))
    with replay(_mixed()) as server:
        args = ["--ids", "1,500", "--only-missing", str(tmp_path / "reference")]
        result = crawl(out, server, *args)
    assert "not to be had" not in result.stderr
    assert result.exit_code == 0


def test_dry_run_says_numbers_and_fetches_no_page(out: Path) -> None:
    with replay(generated(16)) as server:
        result = hkcnews(*crawl_args(out, server, "--dry-run", "--ids", "1-9", "--rate", "0.0025"))
        assert requests_to(server) == []
    assert result.exit_code == 0
    rows = [line.split(maxsplit=1) for line in result.stdout.splitlines()]
    assert [number for number, _ in rows] == ["9", "9", "1.0"]
    assert "0.0025 a second" in result.stdout
    assert articles(out) == {}


WRONG: dict[str, tuple[list[str], str]] = {
    "faster than the archive allows": (["--rate", "8.1"], "--rate"),
    "without a pace": (["--rate", "0"], "--rate"),
    "back too soon": (["--cooldown", "59"], "--cooldown"),
    "ids that are none": (["--ids", "9-1"], "--ids"),
    "an archive that is none": (["--archive", "web.archive.org"], "--archive"),
    "a limit of none": (["--limit", "0"], "--limit"),
    "a list and the index": (["--captures", "x", "--refresh-index"], "--refresh-index"),
    "a contact of two lines": (["--contact", "me\r\nX: y"], "--contact"),
}


@pytest.mark.parametrize(("args", "named"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_told_before_anything_is_done(
    out: Path, args: list[str], named: str
) -> None:
    result = hkcnews("crawl", "--out", out, *args)
    assert result.exit_code == 2
    assert named in result.stderr
    assert "Traceback" not in result.stderr
    assert not out.exists()


def test_a_list_that_is_not_there_is_wrong_usage(out: Path) -> None:
    with replay(generated(1)) as server:
        result = crawl(out, server, "--captures", "no-such\x1b[31m.tsv")
        assert server.log == []
    assert result.exit_code == 2
    assert "no-such" in result.stderr
    assert "\x1b" not in result.stderr


def test_a_file_as_folder_is_wrong_usage(out: Path) -> None:
    out.write_bytes(b"a file")
    with replay(generated(1)) as server:
        assert crawl(out, server).exit_code == 2
        assert server.log == []
    assert out.read_bytes() == b"a file"


def test_status_of_what_is_no_crawl_is_wrong_usage(out: Path) -> None:
    out.mkdir()
    result = hkcnews("status", "--out", out)
    assert result.exit_code == 2
    assert "holds no crawl" in result.stderr
    assert list(out.iterdir()) == []


def test_where_prefix_queries_are_refused_the_way_out_is_named(out: Path) -> None:
    with replay(generated(1), Faults([on_index(faults.needs_authorization())])) as server:
        result = crawl(out, server)
        assert len(server.log) == 1
    assert result.exit_code == 1
    assert "--captures" in result.stderr


def test_lines_of_a_list_that_name_no_capture_are_told(tmp_path: Path, out: Path) -> None:
    listed = tmp_path / "list.tsv"
    rows = [
        f"{TIMESTAMP}\t{address(1)}",
        f"no time\t{address(2)}",
        f"{TIMESTAMP}\thttps://a.example/",
    ]
    listed.write_text("\n".join(["timestamp\toriginal", *rows, ""]), encoding="utf-8")
    with replay(generated(2)) as server:
        result = crawl(out, server, "--captures", str(listed))
    assert articles(out) == files(1)
    assert result.exit_code == 0
    assert "line 3" in result.stderr


def test_settings_come_from_the_environment_and_flags_win(out: Path) -> None:
    with replay(generated(3)) as server:
        environment = {
            "HKCNEWS_OUT": str(out),
            "HKCNEWS_ARCHIVE": server.origin,
            "HKCNEWS_RATE": "0",
            "HKCNEWS_COOLDOWN": "0.05",
            "HKCNEWS_CONCURRENCY": "1",
            "HKCNEWS_CONTACT": "env@example.org",
        }
        assert hkcnews("crawl", "--ids", "1", environment=environment).exit_code == 0
        assert {request.agent.partition(" ")[2] for request in server.log} == {"(+env@example.org)"}
        before = len(server.log)
        environment |= {"HKCNEWS_ARCHIVE": "http://127.0.0.1:9", "HKCNEWS_OUT": str(out) + "2"}
        args = crawl_args(out, server, "--contact", "flag@example.org")
        assert hkcnews(*args, environment=environment).exit_code == 0
        assert {request.agent.partition(" ")[2] for request in server.log[before:]} == {
            "(+flag@example.org)"
        }
        assert len(requests_to(server)) == 3
        status = hkcnews("status", environment={"HKCNEWS_OUT": str(out)})
        assert re.search(r"3 +100\.0 % +written", status.stdout)
    assert articles(out) == files(1, 2, 3)
    assert not Path(str(out) + "2").exists()


# --- on a terminal --------------------------------------------------------------------------


def test_on_a_terminal_progress_is_shown_and_gone_at_the_end(out: Path) -> None:
    rules = [on_playback(faults.too_many(1), 2), on_playback(faults.held(), 5)]
    with replay(generated(4), Faults(rules)) as server:
        args = crawl_args(out, server, "--concurrency", "1")
        with on_terminal(*args) as terminal:
            terminal.read_until("paused:")
            terminal.read_until("3 of 4")
            server.wait_for(6)
            server.release()
            shown = terminal.read_to_end()
            assert terminal.process.wait(SECONDS) == 0
    assert "fetching articles" in shown
    assert "going on in" in shown
    assert "Traceback" not in shown
    # The cursor is back, and the summary stands below what is gone.
    live, shows_cursor, rest = shown.rpartition("\x1b[?25h")
    assert shows_cursor
    assert "\x1b[?25l" in live
    assert re.search(r"4 +100\.0 % +written", rest)
    assert articles(out) == files(1, 2, 3, 4)


def test_on_a_terminal_that_can_do_nothing_there_are_plain_lines(out: Path) -> None:
    with replay(generated(4), Faults([on_playback(faults.held(), 3)])) as server:
        args = crawl_args(out, server, "--concurrency", "1")
        with on_terminal(*args, kind="dumb") as terminal:
            terminal.read_until("fetching articles")
            server.wait_for(4)  # nothing is held back before
            server.release()
            shown = terminal.read_to_end()
            assert terminal.process.wait(SECONDS) == 0
    assert "\x1b" not in shown
    assert re.search(r"^fetching articles, \d of 4", shown, re.MULTILINE)
    assert re.search(r"4 +100\.0 % +written", shown)
    assert articles(out) == files(1, 2, 3, 4)


# --- a sample, a check, and few words -------------------------------------------------------


def test_a_summary_is_of_what_was_asked_for_and_the_report_of_all(out: Path) -> None:
    with replay(_mixed()) as server:
        crawl(out, server)
        result = crawl(out, server, "--ids", "1-2")
    assert result.exit_code == 0
    assert "failed: " not in result.stderr
    assert " 2 articles asked for" in result.stderr
    assert read_report(out)["articles"] == 8
    assert "failed: 1 article" in hkcnews("status", "--out", out).stdout


def test_status_as_json_is_the_report(out: Path) -> None:
    with replay(_mixed()) as server:
        crawl(out, server)
    printed = json.loads(hkcnews("status", "--out", out, "--json").stdout)
    assert printed == read_report(out)
    assert printed["articles"] == 8


def test_a_sample_is_spread_over_the_ids(out: Path) -> None:
    mementos = [FakeMemento(address(n), TIMESTAMP, article_page(n)) for n in range(1, 31)]
    with replay(Archive(mementos)) as server:
        result = crawl(out, server, "--sample", "3")
    assert result.exit_code == 0
    ids = sorted(
        article_id for path in articles(out) if (article_id := article_id_of(Path(path).name))
    )
    assert len(ids) == 3
    assert ids[-1] - ids[0] > 10


def test_quietly_there_is_only_the_result(out: Path) -> None:
    with replay(_mixed(), Faults([on_playback(faults.gateway(503), 1)])) as server:
        result = crawl(out, server, "--quiet")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[0].startswith("failed: ")
    assert lines[-1].endswith("requests for pages")
    assert not re.search("^(fetching|reading|most retried|warning)", result.stderr, re.MULTILINE)


def _reference(folder: Path, *article_ids: int, text: str = "船長說，霧散了便開。") -> Path:
    for article_id in article_ids:
        path = folder / article_path(article_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(article_file(article_id, text=text))
    return folder


def test_a_check_compares_what_was_asked_for_and_written(tmp_path: Path, out: Path) -> None:
    reference = _reference(tmp_path / "reference", 1, 2, 3, 8, 900)
    with replay(_mixed()) as server:
        result = crawl(out, server, "--ids", "1-2,4", "--check", str(reference))
    assert result.exit_code == 0
    for line in ("2 identical", "0 regressions", "1 only in MINE", "0 only in REFERENCE"):
        assert re.search(rf"^ +{line}$", result.stderr, re.MULTILINE), line


def test_a_regression_ends_in_1_also_where_nothing_was_left_to_do(
    tmp_path: Path, out: Path
) -> None:
    reference = _reference(tmp_path / "reference", 1, 2, text="船長不說。")
    with replay(_mixed()) as server:
        for _ in range(2):
            result = crawl(out, server, "--ids", "1-2", "--check", str(reference))
            assert result.exit_code == 1
            assert "regressions: articles 1, 2" in result.stderr
    assert f"`hkcnews compare {out} {reference} --show 3`" in result.stderr


def test_a_check_of_nothing_is_said_to_be_one(tmp_path: Path, out: Path) -> None:
    with replay(_mixed()) as server:
        result = crawl(out, server, "--ids", "7", "--check", str(_reference(tmp_path / "r", 1)))
    assert result.exit_code == 0
    assert "nothing to compare" in result.stderr


def test_a_reference_that_is_none_is_told_before_anything_is_asked(
    tmp_path: Path, out: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with replay(_mixed()) as server:
        for name in ("gone", "empty"):
            result = crawl(out, server, "--check", str(tmp_path / name))
            assert (result.exit_code, result.stdout) == (2, "")
            assert name in result.stderr
        assert server.log == []


def test_where_most_pages_can_not_be_read_it_stops_with_commands_to_paste(out: Path) -> None:
    mementos = [FakeMemento(address(n), TIMESTAMP, unreadable_page()) for n in range(1, 90)]
    with replay(Archive(mementos)) as server:
        result = crawl(out, server, "--ids", "1-89", "--prefer", "oldest", "--quiet")
        assert len(requests_to(server)) < 89
        commands = re.findall(r"^  hkcnews (.*)$", result.stderr, re.MULTILINE)
        assert result.exit_code == 1
        inspect, record, again = map(shlex.split, commands)
        args = crawl_args(out, server, "--ids", "1-89", "--prefer", "oldest", "--quiet")
        assert sorted(again) == sorted(args)
        shown = hkcnews(*inspect)
        recorded = hkcnews(*record, "--fixtures", out.parent / "fixtures")
        assert "no rule finds the info line" in shown.stderr
        assert recorded.exit_code == 0
        going = crawl(out, server, "--ids", "1-89", "--keep-going")
        assert len(requests_to(server)) >= 89
    assert going.exit_code == 1
    assert re.search("^failed: 89 articles: no rule finds ", going.stderr, re.MULTILINE)


def test_a_field_that_no_page_has_is_an_alarm_and_ends_in_1(out: Path) -> None:
    pages = [article_page(n, author="") for n in range(1, 31)]
    mementos = [FakeMemento(address(n), TIMESTAMP, page) for n, page in enumerate(pages, start=1)]
    with replay(Archive(mementos)) as server:
        result = crawl(out, server)
    status = hkcnews("status", "--out", out)
    assert (result.exit_code, status.exit_code) == (1, 0)
    for summary in (result.stderr, status.stdout):
        assert re.search("^alarm: author is missing on 30 of 30", summary, re.MULTILINE)
        assert re.search("^warning: .*author.*: 30 of 30$", summary, re.MULTILINE)

"""The file of the ledger: its versions, and what a run that is killed leaves of it."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from support import ledger_v1

from scraper.crawl import database, schema
from scraper.crawl.database import Database
from scraper.crawl.ledger import Ledger
from scraper.crawl.lock import locked
from scraper.errors import FolderInUse, StorageError

DOCUMENT = Path(__file__).parents[4] / "docs" / "crawl-folder.md"


def layout(path: Path) -> dict[str, object]:
    """The version of a ledger, and the statements that would make its tables and indexes."""
    with closing(sqlite3.connect(path)) as ledger:
        statements = ledger.execute("SELECT name, sql FROM sqlite_master").fetchall()
        (version,) = ledger.execute("PRAGMA user_version").fetchone()
    return {"version": version} | {
        # A table that was renamed is quoted; columns that were added follow without a blank.
        name: re.sub(r" ?([(),]) ?", r"\1", re.sub(r'["\s]+', " ", sql or "")).strip()
        for name, sql in statements
    }


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger of version 1 with a row."""
    path = tmp_path / "crawl.db"
    ledger_v1.make_empty(path)
    with closing(sqlite3.connect(path)) as ledger, ledger:
        ledger.execute("INSERT INTO about VALUES ('index listed', '2026-01-01T00:00:00Z')")
    return path


def test_an_old_ledger_gets_the_tables_of_a_new_one(tmp_path: Path, old: Path) -> None:
    (tmp_path / "new").mkdir()
    for folder in (tmp_path, tmp_path / "new"):
        Ledger(folder).close()
    assert layout(old) == layout(tmp_path / "new" / "crawl.db")
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.get_note("index listed") == "2026-01-01T00:00:00Z"


# Kills the process when it comes to a statement that begins so.
_KILL = """
import os, pathlib, signal, sqlite3, sys
from functools import partial
from scraper.crawl.database import Database

class Deadly(sqlite3.Connection):
    def execute(self, statement, *values):
        if statement.startswith(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(statement, *values)

sqlite3.connect = partial(sqlite3.connect, factory=Deadly)
Database(pathlib.Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE captures", "CREATE INDEX", f"PRAGMA user_version = {schema.VERSION}", "COMMIT"],
)
def test_a_run_killed_while_it_migrates_leaves_the_old_ledger_whole(
    old: Path, statement: str
) -> None:
    before = layout(old)
    done = subprocess.run([sys.executable, "-c", _KILL, old, statement], check=False)
    assert done.returncode == -signal.SIGKILL
    assert layout(old) == before
    with closing(Ledger(old.parent)) as ledger:
        assert ledger.get_note("index listed") == "2026-01-01T00:00:00Z"


def test_a_migration_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = layout(old)
    monkeypatch.setattr(schema, "MIGRATIONS", ((*schema.MIGRATIONS[0], "DROP TABLE missing"),))
    with pytest.raises(StorageError, match="no such table: missing"):
        Ledger(old.parent)
    assert layout(old) == before


def test_a_ledger_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "crawl.db"
    with closing(sqlite3.connect(path)) as ledger:
        ledger.execute("PRAGMA user_version = 77")
    with pytest.raises(StorageError, match=r"version 77.*use the program that made it"):
        Ledger.open_existing(tmp_path)
    assert layout(path) == {"version": 77}


def test_an_old_ledger_is_not_changed_under_a_crawl_that_may_be_of_the_old_program(
    old: Path,
) -> None:
    before = layout(old)
    with (
        locked(old.parent, "not expected"),
        pytest.raises(FolderInUse, match="older version of this program crawls"),
    ):
        Ledger.open_existing(old.parent)
    assert layout(old) == before
    Ledger.open_existing(old.parent).close()
    assert layout(old) != before


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "crawl.db"
    path.write_bytes(b"no database" * 1000)
    for open_ledger in (Ledger, Ledger.open_existing):
        with pytest.raises(StorageError, match=r"crawl\.db can't be used"):
            open_ledger(tmp_path)
    assert path.read_bytes() == b"no database" * 1000


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "crawl.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE articles (id INTEGER)")
    before = layout(path)
    with pytest.raises(StorageError, match=r"tables but no version.*give another folder"):
        Ledger(tmp_path)
    assert layout(path) == before


def test_what_a_ledger_of_version_2_knows_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "crawl.db"
    Ledger(tmp_path).close()
    ledger_v1.downgrade(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        for statement in schema.MIGRATIONS[0]:
            ledger.execute(statement)
        ledger.execute("PRAGMA user_version = 2")
        ledger.execute(
            "INSERT INTO articles VALUES (1, 'written', '', 'odd; very', NULL, NULL, 0, 'then'), "
            "(2, 'failed', 'unreadable', 'why', NULL, NULL, 0, 'then')"
        )
    with closing(Ledger(tmp_path)) as ledger_now:
        assert list(ledger_now.warnings()) == [(1, ["odd; very"])]
        assert [failure.message for failure in ledger_now.failures()] == ["why"]
        assert list(ledger_now.count_rules()) == []


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full: make room"),
        (sqlite3.SQLITE_READONLY | (1 << 8), "may not be written: get the right"),
    ],
)
def test_a_disk_that_refuses_is_told_with_what_to_do(
    tmp_path: Path, code: int, advice: str
) -> None:
    error = sqlite3.OperationalError("refused")
    error.sqlite_errorcode = code
    with closing(Database(tmp_path / "crawl.db")) as database:
        message = rf"crawl\.db can't be used: .*{advice}.*same command again"
        with pytest.raises(StorageError, match=message), database.transaction():
            raise error


def test_changes_that_belong_together_are_made_together(tmp_path: Path) -> None:
    insert = "INSERT INTO notes VALUES (?, ?)"
    with closing(Database(tmp_path / "crawl.db")) as database:
        with pytest.raises(StorageError, match="UNIQUE"), database.transaction():  # noqa: PT012
            database.execute(insert, "name", "first")
            database.execute(insert, "name", "second")
        assert list(database.rows("SELECT * FROM notes")) == []


def test_the_document_names_every_table_and_column(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    text = DOCUMENT.read_text(encoding="utf-8")
    documented = {
        section.split("`")[1]: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        for section in re.split(r"^### 2\.\d+ ", text, flags=re.MULTILINE)[1:]
    }
    with closing(sqlite3.connect(tmp_path / "crawl.db")) as ledger:
        for (table,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = [row[1] for row in ledger.execute(f"PRAGMA table_info({table})")]
            assert documented.pop(table)[: len(columns)] == columns
    assert documented == {}


def test_a_snapshot_sees_nothing_of_what_is_written_meanwhile(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as writer, closing(Ledger.open_existing(tmp_path)) as reader:
        writer.set_note("first", "1")
        with reader.snapshot():
            assert reader.get_note("first") == "1"
            writer.set_note("first", "2")
            assert reader.get_note("first") == "1"
        assert reader.get_note("first") == "2"


@pytest.mark.parametrize("has_log", [False, True])
def test_a_copy_has_what_the_log_holds(tmp_path: Path, *, has_log: bool) -> None:
    path = tmp_path / "crawl.db"
    path.write_bytes(b"database")
    if has_log:
        path.with_name("crawl.db-wal").write_bytes(b"log")
    with database.copied(path) as folder:
        found = {each.name: each.read_bytes() for each in Path(folder).iterdir()}
    assert found == {"crawl.db": b"database"} | ({"crawl.db-wal": b"log"} if has_log else {})


def test_a_copy_of_what_changes_all_the_time_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "crawl.db"
    path.write_bytes(b"database")
    changes = count()
    monkeypatch.setattr(database, "_states", lambda _: next(changes))
    with pytest.raises(StorageError, match="being written all the time: ask again"):
        database.copied(path)

"""The writer's promises: where a file lies, that it is whole or not there, that none is touched
without need, and that nothing is ever written outside the folder."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.warcs import tree

from normalise import RefusedPath
from normalise.files import ArticleWriter, article_path

ID = 11911
PATH = "articles/11001-12000/article_11911.md"
TEXT = '---\ntitle: "渡輪"\n---\n\n# 渡輪\n\n停航　三日。\n'


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


# --- paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("article_id", "path"),
    [
        (1, "articles/1-1000/article_1.md"),
        (999, "articles/1-1000/article_999.md"),
        (1000, "articles/1-1000/article_1000.md"),
        (1001, "articles/1001-2000/article_1001.md"),
        (11911, "articles/11001-12000/article_11911.md"),
        (12000, "articles/11001-12000/article_12000.md"),
        (999_000, "articles/998001-999000/article_999000.md"),
        (999_999, "articles/999001-1000000/article_999999.md"),
    ],
)
def test_files_lie_in_folders_of_a_thousand(out: Path, article_id: int, path: str) -> None:
    assert article_path(article_id).as_posix() == path
    assert ArticleWriter(out).write(article_id, TEXT)
    assert tree(out) == {path: TEXT.encode()}


@pytest.mark.parametrize("article_id", [0, -1, -11911, 1_000_000, 123_456_789])
def test_ids_that_no_article_has_are_refused(out: Path, article_id: int) -> None:
    with pytest.raises(RefusedPath, match=str(article_id)):
        article_path(article_id)
    with pytest.raises(RefusedPath, match=str(article_id)):
        ArticleWriter(out).write(article_id, TEXT)
    assert not out.exists()


def test_no_folder_is_made_before_the_first_file(out: Path) -> None:
    ArticleWriter(out)
    assert not out.exists()


# --- bytes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("渡輪\n", b"\xe6\xb8\xa1\xe8\xbc\xaa\n"),
        ("a\nb\n\n", b"a\nb\n\n"),
        ("a\r\nb\rc", b"a\r\nb\rc"),
        ("\U0001f6a2\t\u3000\u2028\n", b"\xf0\x9f\x9a\xa2\t\xe3\x80\x80\xe2\x80\xa8\n"),
        ("", b""),
    ],
)
def test_a_text_is_written_as_utf8_and_otherwise_as_it_is(
    out: Path, text: str, content: bytes
) -> None:
    ArticleWriter(out).write(ID, text)
    assert (out / PATH).read_bytes() == content


def test_a_text_that_is_none_leaves_the_file_as_it_was(out: Path) -> None:
    ArticleWriter(out).write(ID, TEXT)
    with pytest.raises(UnicodeEncodeError):
        ArticleWriter(out).write(ID, "half a character: \ud83d")
    assert tree(out) == {PATH: TEXT.encode()}


# --- unchanged and changed ------------------------------------------------------------------


def test_an_unchanged_file_is_not_touched(out: Path) -> None:
    assert ArticleWriter(out).write(ID, TEXT)
    os.utime(out / PATH, ns=(1, 1))
    before = (out / PATH).stat()
    assert not ArticleWriter(out).write(ID, TEXT)
    after = (out / PATH).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert after.st_mtime_ns == 1


def test_an_unchanged_file_of_the_same_run_is_not_touched(out: Path) -> None:
    writer = ArticleWriter(out)
    assert writer.write(ID, TEXT)
    before = (out / PATH).stat()
    assert not writer.write(ID, TEXT)
    assert (out / PATH).stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    "old", ["", TEXT[:-1], TEXT.replace("三", "兩"), TEXT + "\n", "\ufeff" + TEXT]
)
def test_a_changed_file_is_replaced(out: Path, old: str) -> None:
    (out / PATH).parent.mkdir(parents=True)
    (out / PATH).write_text(old, encoding="utf-8")
    before = (out / PATH).stat().st_ino
    assert ArticleWriter(out).write(ID, TEXT)
    assert tree(out) == {PATH: TEXT.encode()}
    assert (out / PATH).stat().st_ino != before  # another file in its place, not the same one


def test_a_reader_of_the_old_file_keeps_it_whole(out: Path) -> None:
    ArticleWriter(out).write(ID, TEXT)
    with (out / PATH).open("rb") as reader:
        ArticleWriter(out).write(ID, TEXT * 2)
        assert reader.read() == TEXT.encode()


# --- whole or not at all --------------------------------------------------------------------


@contextmanager
def _disk_of(size: int) -> Iterator[None]:
    """Let no file grow beyond a size: what a full disk does, done by the system itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("old", [None, "舊\n"])
def test_a_disk_that_fills_up_leaves_what_was_there(out: Path, old: str | None) -> None:
    if old is not None:
        ArticleWriter(out).write(ID, old)
    with _disk_of(4096), pytest.raises(OSError, match="too large"):
        ArticleWriter(out).write(ID, TEXT * 1000)
    assert tree(out) == ({} if old is None else {PATH: old.encode()})


@pytest.mark.parametrize("old", [None, "舊\n"])
@pytest.mark.parametrize("error", [OSError(errno.EIO, "broken"), KeyboardInterrupt()])
def test_a_file_that_can_not_be_put_in_place_leaves_what_was_there(
    out: Path, monkeypatch: pytest.MonkeyPatch, old: str | None, error: BaseException
) -> None:
    if old is not None:
        ArticleWriter(out).write(ID, old)

    def refuse(source: object, target: object) -> None:
        assert Path(str(source)).read_bytes() == TEXT.encode()  # whole before it is put in place
        assert Path(str(source)).parent == Path(str(target)).parent
        raise error

    for name in ("replace", "rename"):
        monkeypatch.setattr(os, name, refuse)
    with pytest.raises(type(error)):
        ArticleWriter(out).write(ID, TEXT)
    assert tree(out) == ({} if old is None else {PATH: old.encode()})


def test_a_run_goes_on_after_a_file_that_could_not_be_written(out: Path) -> None:
    writer = ArticleWriter(out)
    with _disk_of(100), pytest.raises(OSError, match="too large"):
        writer.write(ID, TEXT * 1000)
    assert writer.write(ID, TEXT)
    assert tree(out) == {PATH: TEXT.encode()}


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_permissions_follow_the_umask(out: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        ArticleWriter(out).write(ID, TEXT)
    finally:
        left = os.umask(before)
    assert left == umask
    assert (out / PATH).stat().st_mode & 0o777 == mode


# --- links ----------------------------------------------------------------------------------

LINKS = ["articles", "articles/11001-12000"]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("is_relative", ["absolute", "relative"])
def test_a_folder_that_is_a_link_to_the_outside_is_refused(
    out: Path, tmp_path: Path, link: str, is_relative: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (out / link).parent.mkdir(parents=True)
    up = "../" * (link.count("/") + 1)
    (out / link).symlink_to(f"{up}outside" if is_relative == "relative" else outside)
    with pytest.raises(RefusedPath, match="leads out of"):
        ArticleWriter(out).write(ID, TEXT)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("content", [None, "不動\n", TEXT])
def test_a_file_that_is_a_link_to_the_outside_is_refused(
    out: Path, tmp_path: Path, content: str | None
) -> None:
    outside = tmp_path / "outside.md"
    if content is not None:
        outside.write_text(content, encoding="utf-8")
    (out / PATH).parent.mkdir(parents=True)
    (out / PATH).symlink_to(outside)
    with pytest.raises(RefusedPath, match="leads out of"):
        ArticleWriter(out).write(ID, TEXT)
    assert (outside.read_text(encoding="utf-8") if outside.exists() else None) == content
    assert (out / PATH).is_symlink()


def test_a_neighbour_whose_name_begins_alike_is_outside(out: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()  # "out" is the beginning of its name
    out.mkdir()
    (out / "articles").symlink_to(tmp_path / "outside")
    with pytest.raises(RefusedPath):
        ArticleWriter(out).write(ID, TEXT)
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("link", LINKS)
def test_a_folder_that_is_a_link_within_is_followed(out: Path, link: str) -> None:
    (out / "elsewhere").mkdir(parents=True)
    (out / link).parent.mkdir(parents=True, exist_ok=True)
    (out / link).symlink_to(out / "elsewhere")
    assert ArticleWriter(out).write(ID, TEXT)
    assert (out / PATH).read_bytes() == TEXT.encode()
    assert len(tree(out / "elsewhere")) == 1


def test_a_file_that_is_a_link_within_is_written(out: Path) -> None:
    (out / PATH).parent.mkdir(parents=True)
    (out / "old.md").write_text("舊\n", encoding="utf-8")
    (out / PATH).symlink_to(out / "old.md")
    assert ArticleWriter(out).write(ID, TEXT)
    assert (out / PATH).read_bytes() == TEXT.encode()


def test_the_folder_itself_may_be_a_link(out: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    out.symlink_to(tmp_path / "real")
    assert ArticleWriter(out).write(ID, TEXT)
    assert tree(tmp_path / "real") == {PATH: TEXT.encode()}


def test_a_link_in_a_circle_is_refused(out: Path) -> None:
    out.mkdir()
    (out / "articles").symlink_to(out / "articles")
    with pytest.raises((RefusedPath, OSError)):
        ArticleWriter(out).write(ID, TEXT)

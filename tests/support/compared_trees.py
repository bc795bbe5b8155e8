"""Two small archives that differ in every way, and what comparing them must say."""

from __future__ import annotations

from pathlib import Path

from support.article_files import COMPLETE_ID, OLDER, complete_file, with_title

EXPECTED_JSON = {
    "identical": 2,
    "differing": {
        **dict.fromkeys(("date", "last_updated", "author", "category", "layout"), 0),
        "title": 2,
        "tags": 1,
        "url": 1,
        "body": 2,
        "promo": 1,
        "box": 1,
    },
    "repaired": [3],
    "other_capture": [4],
    "regressions": [2, 10],
    "only_mine": [5],
    "only_reference": [6],
    "not_an_article": [7, 8],
}

_OTHER_PAGE = '---\ntitle: ""\ndate: ""\nauthor: ""\n---\n\n\n'


def write_trees(folder: Path) -> tuple[Path, Path]:
    """Write both archives; return the folders of the actual and of the expected one."""
    file = complete_file()
    pairs: dict[int, tuple[str | None, str | None]] = {
        1: (file, file),
        2: (file.replace("碼頭", "海邊"), file),
        3: (with_title(r"末\x08班", "船"), with_title("末\x08班", "船")),
        4: (complete_file(OLDER), file),
        5: (file, None),
        6: (None, file),
        7: (file, _OTHER_PAGE),
        8: (None, _OTHER_PAGE),
        9: (_OTHER_PAGE, _OTHER_PAGE),
        10: (file.replace("末班船", "末班\x1b[2J車"), file),
    }
    for article_id, (actual, expected) in pairs.items():
        if actual is not None:
            write_complete(folder / "mine", article_id, actual)
        if expected is not None:
            write_complete(folder / "reference", article_id, expected, below="else/where")
    return folder / "mine", folder / "reference"


def write_complete(
    folder: Path, article_id: int, text: str, below: str = "articles/1-1000"
) -> None:
    """Put a complete file into an archive as that of another article."""
    path = folder / below / f"article_{article_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.replace(f"/article/{COMPLETE_ID}/", f"/article/{article_id}/").encode())

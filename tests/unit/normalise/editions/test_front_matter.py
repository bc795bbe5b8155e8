"""The front matter: every value in double quotes, escaped only where YAML needs it."""

from __future__ import annotations

import dataclasses
import re

import frontmatter
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.pages import CAPTURE, article_of, page, table

from normalise import render
from normalise.editions.front_matter import SeedHandler, quoted


@table(
    "value scalar",
    {
        "nothing": ("", '""'),
        "plain": ("渡輪停航", '"渡輪停航"'),
        "quotation mark": ('名為"海星"的船', '"名為\\"海星\\"的船"'),
        "backslash": ("C:\\n", '"C:\\\\n"'),
        "other quotation marks": ("'單' “雙” 「角」", "\"'單' “雙” 「角」\""),
        "signs of YAML": ("# a: b, [c] {d} &*e | %f @g `h", '"# a: b, [c] {d} &*e | %f @g `h"'),
        "words of YAML": ("null", '"null"'),
        "delimiter": ("---", '"---"'),
        "tab": ("東\t西", '"東\t西"'),
        "ideographic space": ("東\u3000西", '"東\u3000西"'),
        "no-break space": ("東\xa0西", '"東\xa0西"'),
        "byte-order mark": ("東\ufeff西", '"東\ufeff西"'),
        "zero-width space": ("東\u200b西", '"東\u200b西"'),
        "soft hyphen": ("a\xadb", '"a\xadb"'),
        "emoji": ("⛴️😀", '"⛴️😀"'),
        "private letter": ("\uf728\U0010fc27", '"\uf728\U0010fc27"'),
        "lost character": ("\ufffd", '"\ufffd"'),
        "NUL": ("a\x00b", '"a\\x00b"'),
        "control characters of the site": ("\x03\x08\x10\x1c", '"\\x03\\x08\\x10\\x1c"'),
        "delete": ("a\x7fb", '"a\\x7fb"'),
        "C1 control character": ("a\x9fb", '"a\\x9fb"'),
        "newline": ("a\nb", '"a\\x0ab"'),
        "carriage return": ("a\rb", '"a\\x0db"'),
        "next line": ("a\x85b", '"a\\x85b"'),
        "line separator": ("a\u2028b", '"a\\u2028b"'),
        "paragraph separator": ("a\u2029b", '"a\\u2029b"'),
        "last of the plane": ("a\uffffb", '"a\\uffffb"'),
    },
)  # fmt: skip
def test_value_is_quoted_and_reads_back(value: str, scalar: str) -> None:
    assert quoted(value) == scalar
    assert yaml.safe_load(f"key: {scalar}\n") == {"key": value}


PLANE = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
ESCAPED = [character for character in PLANE if quoted(character) != f'"{character}"']


def test_characters_that_stay_literal_read_back() -> None:
    literal = "".join(character for character in PLANE if character not in ESCAPED)
    assert yaml.safe_load(f'"a{literal}a"') == f"a{literal}a"


def test_characters_that_are_escaped_read_back() -> None:
    assert yaml.safe_load(quoted("".join(ESCAPED))) == "".join(ESCAPED)


def test_characters_that_are_escaped_would_not_read_back_literally() -> None:
    assert [f"U+{ord(each):04X}" for each in ESCAPED if _reads_back(f"a {each} b")] == []


def _reads_back(text: str) -> bool:
    try:
        return bool(yaml.safe_load(f'"{text}"') == text)
    except yaml.YAMLError:
        return False


def test_lists_stand_in_lines_of_their_own() -> None:
    assert SeedHandler().export({"title": "甲", "tags": ("乙", '"丙"'), "url": "x"}) == (
        'title: "甲"\ntags:\n  - "乙"\n  - "\\"丙\\""\nurl: "x"'
    )


@pytest.mark.parametrize("value", [7, None, ["甲"], {"a": "b"}, ("甲", 7)])
def test_values_that_are_no_texts_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        SeedHandler().export({"title": value})


@pytest.mark.parametrize(
    "body", ["", "甲", "\n甲\n", "甲\n\n\n", "   ", "甲\n---\n乙", "\u3000甲 "]
)
def test_body_is_neither_stripped_nor_changed(body: str) -> None:
    post = frontmatter.Post(body)
    post.metadata = {"title": "題"}
    text = frontmatter.dumps(post, handler=SeedHandler())
    assert text == f'---\ntitle: "題"\n---\n\n{body}\n'
    assert frontmatter.loads(text).metadata == {"title": "題"}


ARTICLE = article_of(page("<p>汽笛響</p>"))
SIGNS = "山Bz0 \n\t\u3000\xa0\u200b\ufeff\x85\u2028*_#[]|`~\\-.!{}'\"\r\x00\x1c\x7f\u2029\ufffe"
any_text = st.text() | st.text(SIGNS)


@given(title=any_text, author=any_text, category=any_text, tags=st.lists(any_text, max_size=3))
def test_front_matter_reads_back_as_the_values(
    title: str, author: str, category: str, tags: list[str]
) -> None:
    changed = dataclasses.replace(
        ARTICLE, title=title, author=author, category=category, tags=tuple(tags)
    )
    values: dict[str, str | list[str]] = {
        "title": title.strip(),
        "date": "2019-02-13",
        "author": author,
        "category": category,
        "tags": tags,
        "url": CAPTURE.url,
        "original_url": CAPTURE.original,
    }
    shown = {key: value for key, value in values.items() if value or key in ("title", "author")}
    text = render(changed)
    front, _, _ = text.removeprefix("---\n").partition("\n---\n\n")
    read = yaml.safe_load(front)
    assert list(read.items()) == list(shown.items())
    assert frontmatter.loads(text).metadata == shown
    assert front.count("\\") == sum(map(escapes, [title.strip(), author, category, *tags]))


def escapes(value: str) -> int:
    """How many backslashes YAML needs for a text between double quotes."""
    forbidden = re.findall(
        yaml.reader.Reader.NON_PRINTABLE.pattern + "|[\n\r\x85\u2028\u2029]", value
    )
    return len(forbidden) + value.count('"') + 2 * value.count("\\")

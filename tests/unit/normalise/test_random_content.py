"""What holds for any content: random pieces, the same ones each time.

The oracle is the reference archive's format as a program of its own (../shared/oracle), fed with
the same content in view form. It parses with html.parser, so it gets only well-formed pieces.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import pytest
from selectolax.lexbor import LexborHTMLParser
from support.pages import (
    AVATAR,
    FORMS,
    NAME,
    PROMO,
    article_of,
    as_viewed,
    blocks_of,
    hidden,
    page,
)
from support.shared_files import need
from support.soup import content, soup

from normalise import omissions, render
from normalise.editions import seed_blocks
from normalise.tree import (
    Text,
    plain_text,
    walk,
)

pytestmark = pytest.mark.unmeasured  # a branch that these alone go through is not tested

COUNT = 150
KEY = hidden("captain@ferry.example")
EMAILS = (
    "",
    '<p><a href="mailto:crew@ferry.example">甲</a></p>',
    f'<p><a href="/cdn-cgi/l/email-protection#{KEY}">乙</a></p>',
    f'<p><a href="/cdn-cgi/l/email-protection" data-cfemail="{KEY}">[email&#160;protected]</a></p>',
    '<p><a href="/cdn-cgi/l/email-protection">[email&#160;protected]</a></p>',
)
BOX = f'<div><img src="{AVATAR}"><div class="line">博客 | {NAME}</div><p>甲<br>\n乙</p></div>'

Oracle = Callable[[str], list[str]]


def smallest(bodies: Iterator[str], holds: Callable[[str], bool]) -> str | None:
    """The shortest body for which something does not hold, `None` where it holds for all."""
    return min((body for body in bodies if not holds(body)), key=len, default=None)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    path = need("oracle", "ref_convert.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def blocks(html: str) -> list[str]:
        found: list[str] = module.convert_content(module.soup(f"<div>{html}</div>").div)
        return found

    return blocks


def test_the_blocks_are_those_of_the_oracle(
    oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_blocks, "with_paragraphs", lambda flow: flow)  # the oracle loses it

    def is_as_the_oracle_says(body: str) -> bool:
        return blocks_of(page(body)) == "\n\n".join(oracle(as_viewed(body)))

    assert smallest(map(content, range(COUNT)), is_as_the_oracle_says) is None


def text_of_content(html: str) -> str:
    """The text of the content element that is for readers, without blanks."""
    element = LexborHTMLParser(html).css_first(".article-content")
    assert element is not None
    for silent in element.css("script, style, template"):
        silent.decompose()
    return "".join(element.text().split())


def test_the_tree_has_the_text_of_the_content_once() -> None:
    def has_all_text_once(body: str) -> bool:
        article = article_of(page(body))
        text = plain_text(article.body + article.promo)
        return "".join(text.split()) == text_of_content(page(body))

    bodies = (make(seed) for make in (content, soup) for seed in range(4 * COUNT))
    assert smallest(bodies, has_all_text_once) is None


def bare(text: str) -> str:
    """A text without blanks, and without the mark of a quote, which comes before each line."""
    return "".join(text.replace(">", "").split())


def test_a_text_that_the_file_lacks_is_named_as_left_out() -> None:
    def names_what_is_lost(body: str) -> bool:
        article = article_of(page(body))
        shown = bare(blocks_of(page(body)))
        texts = (bare(node.value) for node in walk(article.body) if type(node) is Text)
        is_lost = any(text not in shown for text in texts)
        return not is_lost or any("text" in line or "figure" in line for line in omissions(article))

    bodies = (make(seed) for make in (content, soup) for seed in range(COUNT))
    assert smallest(bodies, names_what_is_lost) is None


@pytest.mark.parametrize("tail", ["", PROMO, BOX, PROMO + BOX], ids=["", "promo", "box", "both"])
@pytest.mark.parametrize("category", ["眾聞", "眾說"])
def test_both_forms_give_equal_articles_and_equal_files(tail: str, category: str) -> None:
    def is_the_same_in_both_forms(body: str) -> bool:
        raw = page(body, tail=tail, category=category)
        articles = [article_of(raw), *(article_of(form(raw)) for form in FORMS.values())]
        return len(set(articles)) == 1 and len(set(map(render, articles))) == 1

    bodies = (content(seed) + EMAILS[seed % len(EMAILS)] for seed in range(COUNT // 6))
    assert smallest(bodies, is_the_same_in_both_forms) is None

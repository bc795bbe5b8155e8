"""The pages of the reading room."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from scraper.browse import calendar
from scraper.browse.article import body_of, is_at_archive, shown_source
from scraper.browse.catalogue import Catalogue
from scraper.browse.changes import changes
from scraper.browse.data_pages import DATABASE
from scraper.browse.language import Language, Words, preferred
from scraper.browse.library import Library
from scraper.browse.models import CapturedText, TermKind
from scraper.browse.safety import policy
from scraper.browse.search import Order, Question, search

STATIC = "room"
_MAX_PAGE_DIGITS = 5
_TERMS_PER_PAGE = 500  # those with most articles first
_MAX_ID_DIGITS = 9
_NOT_FOUND = 404
_YEAR_SECONDS = 365 * 86_400
# A browser takes a tab or a line end out of an address, and a backslash for a slash.
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
T = TypeVar("T")


class ReadingRoom:
    """Shows one database; `catalogue` is of the same."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    # --- lists of articles ----------------------------------------------------------------------

    async def front(self, datasette: Any, request: Request) -> Response:
        """The newest articles, by day."""
        number = _number(request)
        page = await self._ask(datasette, lambda library: library.newest(number))
        return await self._page(datasette, request, "front", page=page)

    async def calendar(self, datasette: Any, request: Request) -> Response:
        """Every month with its number of articles."""
        years = calendar.months_of(self._catalogue.days)
        undated = sum(not date for date in self._catalogue.dates.values())
        return await self._page(datasette, request, "calendar", years=years, undated=undated)

    async def month(self, datasette: Any, request: Request) -> Response:
        """The calendar of a month, with counts."""
        month = unquote(request.url_vars["month"])
        if not calendar.is_month(month):
            return await self._not_found(datasette, request)
        counts = self._catalogue.days
        months = sorted({date[:7] for date in counts})
        before, after = calendar.neighbours(months, month)
        weeks = calendar.weeks_of(month, counts)
        return await self._page(
            *(datasette, request, "month"), month=month, weeks=weeks, before=before, after=after
        )

    async def day(self, datasette: Any, request: Request) -> Response:
        """The articles of a day, or those without a date."""
        date = unquote(request.url_vars["date"])
        days = self._catalogue.days
        if date not in {*days, "none"}:
            return await self._not_found(datasette, request)
        wanted = "" if date == "none" else date
        entries = await self._ask(datasette, lambda library: library.of_day(wanted))
        before, after = calendar.neighbours(list(days), date) if wanted else ("", "")
        return await self._page(
            *(datasette, request, "day"), date=wanted, entries=entries, before=before, after=after
        )

    async def term(self, datasette: Any, request: Request) -> Response:
        """All categories, authors or tags; or the articles of the one that is named."""
        kind, name = TermKind(request.url_vars["kind"]), request.args.get("name")
        if name is None:
            return await self._terms(datasette, request, kind)
        term, number = self._catalogue.term(kind, name), _number(request)
        if term is None:
            return await self._not_found(
                datasette, request, _words(request)["no_term"].format(name)
            )
        page = await self._ask(datasette, lambda library: library.of_term(kind, term.id, number))
        return await self._page(datasette, request, "term", kind=kind, term=term, page=page)

    async def _terms(self, datasette: Any, request: Request, kind: TermKind) -> Response:
        terms, number = self._catalogue.terms[kind], _number(request)
        start = (number - 1) * _TERMS_PER_PAGE
        return await self._page(
            *(datasette, request, "terms"),
            kind=kind,
            terms=terms[start : start + _TERMS_PER_PAGE],
            number=number,
            last=max(1, -(-len(terms) // _TERMS_PER_PAGE)),
        )

    async def search(self, datasette: Any, request: Request) -> Response:
        """What is found; with `part` only the list, for the script that asks as one types."""
        values = {name: request.args.get(name) or "" for name in ("year", "category", "author")}
        order = Order.RANK if request.args.get("order") == Order.RANK else Order.DATE
        query = request.args.get("q") or ""
        question = Question(query, order, **values, number=_number(request))
        found = await datasette.get_database(DATABASE).execute_fn(
            lambda db: search(db, self._catalogue, question)
        )
        name = "_found" if request.args.get("part") else "search"
        return await self._page(datasette, request, name, found=found, orders=list(Order))

    # --- one article ----------------------------------------------------------------------------

    async def article(self, datasette: Any, request: Request) -> Response:
        """The article as a newspaper would have it."""
        article_id = _article_id(request)
        article = await self._ask(datasette, lambda library: library.article(article_id))
        if article is None:
            text = _words(request)["not_held"]
            return await self._not_found(datasette, request, text, article_id)
        shows_pictures = _shows_pictures(request)
        hidden = _words(request)["hidden_picture"]
        avatar = shown_source(article.box["avatar"])
        has_hidden_avatar = is_at_archive(avatar) and not shows_pictures
        return await self._page(
            *(datasette, request, "article"),
            article=article,
            body=body_of(article.markdown, hidden, shows_pictures=shows_pictures),
            avatar="" if has_hidden_avatar else avatar,
            has_hidden_avatar=has_hidden_avatar,
        )

    async def changes(self, datasette: Any, request: Request) -> Response:
        """How the text changed between two captures."""
        article_id = _article_id(request)
        texts = await self._ask(datasette, lambda library: library.captured_texts(article_id))
        if not texts:
            return await self._not_found(datasette, request, _words(request)["one_text"])
        # Named as the archive names a capture: two may be of one second.
        old = _named(texts, request.args.get("from"), texts[0])
        new = _named(texts, request.args.get("to"), texts[-1])
        pieces = changes(f"{old.title}\n\n{old.text}", f"{new.title}\n\n{new.text}")
        return await self._page(
            *(datasette, request, "changes"),
            id=article_id,
            texts=texts,
            old=old,
            new=new,
            pieces=pieces,
        )

    async def old_address(self, request: Request) -> Response:
        """The addresses that the site had end at the article."""
        return Response.redirect(f"/article/{_article_id(request)}", status=301)

    # --- the reader's choices -------------------------------------------------------------------

    async def settings(self, request: Request) -> Response:
        """Keep a choice in a cookie, and go back to where it was made."""
        values = await request.post_vars() if request.method == "POST" else {}
        back = values.get("back", "/")
        response = Response.redirect(back if _LOCAL.fullmatch(back) else "/", status=303)
        if values.get("language") in list(Language):
            response.set_cookie("language", values["language"], max_age=_YEAR_SECONDS)
        if values.get("pictures") in {"shown", "hidden"}:
            response.set_cookie("pictures", values["pictures"], max_age=_YEAR_SECONDS)
        return response

    # --- what all pages share -------------------------------------------------------------------

    async def _ask(self, datasette: Any, question: Callable[[Library], T]) -> T:
        """The answer of the database to a question."""

        def ask(db: sqlite3.Connection) -> T:
            return question(Library(db, self._catalogue))

        answer: T = await datasette.get_database(DATABASE).execute_fn(ask)
        return answer

    async def _page(
        self, datasette: Any, request: Request, name: str, *, status: int = 200, **values: Any
    ) -> Response:
        shows_pictures = _shows_pictures(request)
        context = {
            "t": _words(request),
            "kinds": list(TermKind),
            "here": request.path + (f"?{request.query_string}" if request.query_string else ""),
            "path": request.path,
            "shows_pictures": shows_pictures,
            "static": f"/{STATIC}",
            **values,
        }
        text = await datasette.render_template(f"room/{name}.html", context, request=request)
        headers = {
            "Content-Security-Policy": policy(shows_pictures=shows_pictures),
            "Vary": "Cookie, Accept-Language",
        }
        return Response.html(text, status=status, headers=headers)

    async def failure(
        self, datasette: Any, request: Request, status: int, message: str
    ) -> Response:
        """Why there is no page, with a way back."""
        if status == _NOT_FOUND:
            return await self._not_found(datasette, request)
        return await self._page(datasette, request, "failure", status=status, message=message)

    async def _not_found(
        self, datasette: Any, request: Request, text: str = "", article_id: int = 0
    ) -> Response:
        return await self._page(
            *(datasette, request, "not_found"), status=_NOT_FOUND, text=text, article_id=article_id
        )


def _words(request: Request) -> Words:
    return Words(preferred(request.headers.get("accept-language", ""), request.cookies))


def _shows_pictures(request: Request) -> bool:
    return bool(request.cookies.get("pictures") == "shown")


def _number(request: Request) -> int:
    """The number of the page that is asked for; 1 where none is named."""
    named = request.args.get("page") or ""
    is_number = named.isascii() and named.isdecimal() and len(named) <= _MAX_PAGE_DIGITS
    return max(1, int(named)) if is_number else 1


def _article_id(request: Request) -> int:
    """The id in an address; 0, which no article has, for one that is too long."""
    digits = request.url_vars["id"]
    return int(digits) if len(digits) <= _MAX_ID_DIGITS else 0


def _named(
    texts: tuple[CapturedText, ...], name: str | None, default: CapturedText
) -> CapturedText:
    return next((each for each in texts if each.name == name), default)

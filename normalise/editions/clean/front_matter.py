"""The front matter of the clean edition: YAML that every program reads alike.

Every text stands between double quotes, so that no reader takes one for a date, a number or a
truth; characters that a reader may not take, TAB among them, are escaped.
"""

from __future__ import annotations

from typing import Any

from normalise.editions.clean.addresses import Addresses
from normalise.editions.front_matter import quoted
from normalise.models import Article, AuthorBox

_TIME_ZONE = "+08:00"  # Hong Kong


def metadata(article: Article, addresses: Addresses) -> dict[str, Any]:
    """Return what stands in the front matter of an article, in its order."""
    capture = article.capture
    values: dict[str, Any] = {"title": article.title.strip()}
    if article.date is not None:
        values["date"] = article.date.isoformat()
    if article.last_updated is not None:
        values["lastmod"] = article.last_updated.isoformat(timespec="seconds") + _TIME_ZONE
    values["authors"] = [article.author] if article.author else []
    values["categories"] = [article.category] if article.category else []
    values["tags"] = list(dict.fromkeys(article.tags))
    values["article_id"] = article.id
    values["url"] = f"/article/{article.id}/"
    values["archive_url"] = capture.url
    values["original_url"] = capture.original
    values["captured"] = captured_at(capture.timestamp)
    if article.box is not None:
        values["author_box"] = _box(article.box, addresses)
    return values


def captured_at(timestamp: str) -> str:
    """Return 14 digits of UTC as `2021-06-29T18:32:15Z`."""
    t = timestamp
    return f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:]}Z"


def _box(box: AuthorBox, addresses: Addresses) -> dict[str, str]:
    is_there = box.avatar and not addresses.captures_of_lost(box.avatar)
    avatar = addresses.image(box.avatar) if is_there else ""
    return {"label": box.label, "name": box.name, "bio": box.bio, "avatar": avatar}


def dump(values: dict[str, Any]) -> str:
    """Return the lines between the delimiters."""
    lines: list[str] = []
    for key, value in values.items():
        if isinstance(value, list):
            lines.append(f"{key}:" if value else f"{key}: []")
            lines += [f"  - {_scalar(item)}" for item in value]
        elif isinstance(value, dict):
            lines.append(f"{key}:")
            lines += [f"  {name}: {_scalar(item)}" for name, item in value.items()]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return "\n".join(lines)


def _scalar(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if text.isprintable() and '"' not in text and "\\" not in text:  # as most
        return f'"{text}"'
    return quoted(text).replace("\t", "\\t").replace("\ufeff", "\\ufeff")

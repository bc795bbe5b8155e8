"""An `Article` as plain values for JSON: what the goldens of the fixtures hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from functools import cache
from typing import Any

from normalise.capture import Capture
from normalise.editions.omissions import omissions
from normalise.models import Article
from normalise.tree import Flow

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def as_json(article: Article) -> dict[str, Any]:
    """Return the article as dicts, lists and texts.

    A node of the body is a dict whose `kind` is its class in lower case ("list-item"); dates are
    ISO 8601; what is not known is `None` or empty as in the model. `left_out` says what of the
    page the seed edition does not show.
    """
    fields = {field.name: getattr(article, field.name) for field in dataclasses.fields(article)}
    values = {name: _plain(value) for name, value in fields.items()}
    return {"id": article.id, **values, "left_out": list(omissions(article))}


def as_json_tree(content: Flow) -> list[Any]:
    """Return a content as lists and dicts: the `body` of `as_json`."""
    return [_plain(node) for node in content]


@cache
def _shape(kind: type) -> tuple[str, tuple[str, ...]]:
    """The word for a class, and the names of its fields."""
    names = tuple(field.name for field in dataclasses.fields(kind))
    return _WORD.sub("-", kind.__name__).lower(), names


def _plain(value: object) -> Any:
    if isinstance(value, str | bool | int) or value is None:
        return value
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case dt.date() | dt.datetime():
            return value.isoformat()
        case Capture():
            return {"timestamp": value.timestamp, "original": value.original}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            kind, names = _shape(type(value))
            return {"kind": kind} | {name: _plain(getattr(value, name)) for name in names}
        case _:
            return value

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
from normalise.tree import Flow, Image, Node

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OTHERS = ("sizes", "late")  # other addresses of pictures, which few have
_PLAIN = (str, int, type(None))  # as JSON has them; a bool is an int


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
    """Return a content as lists and dicts: the `body` of `as_json` without `_OTHERS`."""
    return [_plain_node(node) for node in content]


@cache
def _shape(kind: type) -> tuple[str, tuple[str, ...]]:
    """The word for a class, and the names of its fields."""
    names = tuple(field.name for field in dataclasses.fields(kind))
    return _WORD.sub("-", kind.__name__).lower(), names


@cache
def _tree_shape(kind: type) -> tuple[str, tuple[str, ...]]:
    """The word for a class of nodes, and the names of its fields but for `_OTHERS`."""
    word, names = _shape(kind)
    return word, tuple(name for name in names if name not in _OTHERS)


def _plain_node(node: Node) -> dict[str, Any]:
    kind: type = type(node)
    word, names = _tree_shape(kind)
    plain: dict[str, Any] = {"kind": word}
    for name in names:
        value = getattr(node, name)
        plain[name] = as_json_tree(value) if type(value) is tuple else value
    return plain


def _plain(value: object) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Capture):
        return {"timestamp": value.timestamp, "original": value.original}
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    word, names = _shape(type(value))
    plain = {"kind": word}
    for name in names:
        plain[name] = _plain(getattr(value, name))
    if type(value) is Image:
        for name in _OTHERS:
            if not plain[name]:
                del plain[name]
    return plain

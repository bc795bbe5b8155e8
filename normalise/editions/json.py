"""An `Article` as plain values for JSON: what the goldens of the fixtures hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any

from normalise.capture import Capture
from normalise.editions.omissions import omissions
from normalise.models import Article

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


def _plain(value: object) -> Any:
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case dt.date() | dt.datetime():
            return value.isoformat()
        case Capture():
            return {"timestamp": value.timestamp, "original": value.original}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            kind = _WORD.sub("-", type(value).__name__).lower()
            names = (field.name for field in dataclasses.fields(value))
            return {"kind": kind} | {name: _plain(getattr(value, name)) for name in names}
        case _:
            return value

"""What a rule finds on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Found(Generic[_T]):
    """A value, the name of the rule that found it ("" for none), and a sentence for each oddity."""

    value: _T
    rule: str = ""
    warnings: tuple[str, ...] = ()

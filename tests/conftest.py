"""How hypothesis looks for examples.

The same ones each time in `make test`: what a search finds by chance is for `make fuzz`.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("the same each time", derandomize=True, deadline=None)
settings.load_profile("the same each time")

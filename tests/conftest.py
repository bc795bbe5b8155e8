"""How hypothesis searches for examples.

`make test` tries the same examples each time, so that it never fails by chance. Searching anew is
for `make fuzz`.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same each time", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("same each time")

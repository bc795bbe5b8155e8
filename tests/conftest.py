"""How hypothesis searches for examples, and what the environment may not change.

`make test` tries the same examples each time, so that it never fails by chance. Searching anew is
for `make fuzz`.
"""

from __future__ import annotations

import os
from urllib.request import getproxies_environment

from hypothesis import settings

settings.register_profile("same each time", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("same each time")

# The proxies of whoever runs the tests have no part in them: servers are on loopback.
for _name in getproxies_environment():
    for _variable in (f"{_name}_proxy", f"{_name}_PROXY".upper()):
        os.environ.pop(_variable, None)

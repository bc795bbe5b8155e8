"""The grammar of the archive's playback addresses (docs/wayback.md 2.1).

    https://web.archive.org/web/20210629183215im_/https://www.hkcnews.com/images/a.jpg
    {          origin      }    {  timestamp }{ modifier }{          original          }

The archive writes them with its origin, with `//web.archive.org` or from `/web/` on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ARCHIVE_HOST = "web.archive.org"
ARCHIVE = f"https://{ARCHIVE_HOST}"

# Pieces of patterns that look for such addresses in a text.
TIMESTAMP = r"[0-9]{14}"
MODIFIER = r"[a-z]{2}_"  # `id_` for captured bytes, `im_` for pictures, `if_` for frames
ARCHIVE_ORIGIN = r"(?:https?:)?//web\.archive\.org"

_PLAYBACK = re.compile(
    rf"(?P<origin>(?:https?:)?//[^/]+)?/web/(?P<timestamp>[0-9]+)(?P<modifier>{MODIFIER})?/"
    r"(?P<original>.*)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PlaybackAddress:
    """The parts of a playback address, as written.

    `origin` is "" where the address begins with `/web/`; `timestamp` has any number of digits;
    `modifier` is "" for the view form.
    """

    origin: str
    timestamp: str
    modifier: str
    original: str

    @property
    def host(self) -> str:
        """The host in lower case, with its port; "" where the address names none."""
        return self.origin.rpartition("//")[2].lower()

    @property
    def is_of_archive(self) -> bool:
        """Whether the host is the archive's, whatever the port."""
        return self.host.partition(":")[0] == ARCHIVE_HOST


def parse_playback(address: str) -> PlaybackAddress | None:
    """Return the parts of a playback address of any host, `None` for any other address."""
    match = _PLAYBACK.fullmatch(address)
    if match is None:
        return None
    return PlaybackAddress(
        match["origin"] or "", match["timestamp"], match["modifier"] or "", match["original"]
    )

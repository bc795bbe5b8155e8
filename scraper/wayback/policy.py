"""How requests are made: where, how fast, in whose name; and what is never allowed."""

from __future__ import annotations

import importlib.metadata
import math
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from normalise.playback_address import ARCHIVE
from scraper.errors import UsageError

PACKAGE = "hkcnews-archive"
# Bounds for the public archive, and the defaults for any (docs/wayback.md 2.7, 4).
DEFAULT_CONCURRENCY = 4  # requests at a time, each on a connection of its own
_MAX_CONCURRENCY = 8  # 15 to 17 new connections in a short time have been refused
DEFAULT_RATE = 8.0  # playback requests a second: 80 percent of the limit that its staff gave
DEFAULT_COOLDOWN = 60.0  # seconds of a first pause: it has been enough after 429s
_PUBLIC_SUFFIX = ".archive.org"
_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]*)?/?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """How requests are made.

    `archive` is scheme and host, `rate` playback requests a second (0 for no pace), `cooldown`
    the seconds of a first pause. Raises `UsageError` for values that make no sense, and for those
    that are impolite to the public archive (docs/wayback.md 4).
    """

    archive: str = ARCHIVE
    rate: float = DEFAULT_RATE
    concurrency: int = DEFAULT_CONCURRENCY
    cooldown: float = DEFAULT_COOLDOWN
    contact: str = ""

    def __post_init__(self) -> None:
        host = _host(self.archive)
        if not (math.isfinite(self.rate) and self.rate >= 0):
            raise UsageError(f"--rate is requests a second, 0 or more, not {self.rate}")
        if not (math.isfinite(self.cooldown) and self.cooldown > 0):
            raise UsageError(f"--cooldown is seconds, more than 0, not {self.cooldown}")
        if self.concurrency < 1:
            raise UsageError(f"--concurrency is 1 or more, not {self.concurrency}")
        if not self.contact.isascii() or not (self.contact + "x").isprintable():
            raise UsageError(f"--contact goes into a header: plain ASCII, not {self.contact!r}")
        if _is_public(host):
            self._refuse_impolite()

    def _refuse_impolite(self) -> None:
        if not 0 < self.rate <= DEFAULT_RATE:
            raise UsageError(
                f"--rate {self.rate:g} is more than the archive allows: it bans those who ask "
                f"faster; {DEFAULT_RATE:g} pages a second is the most"
            )
        if self.concurrency > _MAX_CONCURRENCY:
            raise UsageError(
                f"--concurrency {self.concurrency} is too many: the archive refuses those who "
                f"open many connections; {_MAX_CONCURRENCY} is the most"
            )
        if self.cooldown < DEFAULT_COOLDOWN:
            raise UsageError(
                f"--cooldown {self.cooldown:g} is too short: the archive bans those who come back "
                f"too soon; {DEFAULT_COOLDOWN:g} seconds is the least"
            )

    @property
    def pause_key(self) -> str:
        """The server that a pause holds for: one key for the public archive, else the origin."""
        host = _host(self.archive)
        if _is_public(host):
            return ARCHIVE
        url = urlsplit(self.archive)
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        return f"{url.scheme}://{host.rstrip('.')}:{port}"

    @property
    def user_agent(self) -> str:
        """Who asks: name, version and contact, as the archive wants it (docs/wayback.md 4)."""
        contact = f" (+{self.contact})" if self.contact else ""
        return f"{software()}{contact}"


def software() -> str:
    """Return name and version of this program."""
    return f"{PACKAGE}/{importlib.metadata.version(PACKAGE)}"


def _is_public(host: str) -> bool:
    return f".{host.rstrip('.')}".endswith(_PUBLIC_SUFFIX)


def _host(archive: str) -> str:
    """The host of an origin, in lower case. Raises `UsageError` for what is no origin."""
    try:
        url = urlsplit(archive)
        is_origin = _ORIGIN.fullmatch(archive) is not None and url.port != 0
    except ValueError:
        is_origin = False
    if not is_origin or not url.hostname:
        raise UsageError(
            f"--archive is scheme and host, such as {ARCHIVE} or http://127.0.0.1:8080, "
            f"not {archive!r}"
        )
    return url.hostname

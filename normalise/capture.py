"""A capture's identity: when the archive took it, and of which address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from normalise.errors import BadCapture
from normalise.playback_address import ARCHIVE, parse_playback
from normalise.site import SITE_HOSTS

_TIMESTAMP = re.compile(r"[0-9]{14}")
_ADDRESS = re.compile(r"(https?://([^/?#\[\]]+))((?:/[^?#]*)?)(?=[?#]|\Z)", re.IGNORECASE)
_ARTICLE_PATH = re.compile(r"/article/(\d{1,9})(?:/|$)")
# What the CDX leaves raw in an address is printable ASCII; a `%` is never encoded again.
_ADDRESS_SAFE = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


@dataclass(frozen=True, slots=True)
class Capture:
    """The identity of one capture: when the archive took it, and of which address.

    `timestamp` is 14 digits of UTC (`20210629183215`; months and days of `00` occur in the
    archive's index). `original` is the address as captured, percent-encoded ASCII and otherwise
    untouched: never decoded, never encoded twice (docs/seed-format.md 2).

    Raises `BadCapture` where either is something else.
    """

    timestamp: str
    original: str

    def __post_init__(self) -> None:
        if not _TIMESTAMP.fullmatch(self.timestamp):
            raise BadCapture(
                f"the timestamp of a capture has 14 digits, this has not: {self.timestamp!r}; "
                "take it from the address bar of the archive or from its index"
            )
        if fault := _fault(self.original):
            raise BadCapture(fault)

    def __reduce__(self) -> tuple[type[Capture], tuple[str, str]]:
        return type(self), (self.timestamp, self.original)

    @classmethod
    def from_url(cls, url: str) -> Capture:
        """Return the capture that an address of the archive names, whatever its modifier.

        Raw non-ASCII and blanks are percent-encoded (UTF-8, upper-case hex) as the archive's
        index has them. Raises `BadCapture` for any other address.
        """
        parts = parse_playback(url.strip())
        if parts is None or not parts.is_of_archive or not parts.original:
            raise BadCapture(
                f"not the address of a capture: {url!r}; "
                f"it looks like {ARCHIVE}/web/20210629183215/https://www.hkcnews.com/article/..."
            )
        return cls.of(parts.timestamp, parts.original)

    @classmethod
    def of(cls, timestamp: str, address: str) -> Capture:
        """Return the capture of an address that may have raw non-ASCII or blanks in it."""
        if _fault(address):  # else it would stay as it is
            address = quote(address, safe=_ADDRESS_SAFE)
        return cls(timestamp, address)

    @property
    def url(self) -> str:
        """The capture's address at the archive, in its plain (view) form."""
        return f"{ARCHIVE}/web/{self.timestamp}/{self.original}"

    @property
    def raw_url(self) -> str:
        """The address at the archive of the captured bytes (`id_`); a `#` is part of it."""
        return self.url_in_form("id_")

    def url_in_form(self, modifier: str) -> str:
        """Return the address at the archive with a modifier; a `#` is part of the original."""
        return f"{ARCHIVE}/web/{self.timestamp}{modifier}/{self.original.replace('#', '%23')}"

    @property
    def origin(self) -> str:
        """Scheme and host of the captured address: `https://www.hkcnews.com`."""
        return _parts(self.original)[0]

    @property
    def path(self) -> str:
        """The path of the captured address, `/` where it has none."""
        return _parts(self.original)[2] or "/"

    @property
    def is_of_site(self) -> bool:
        """Whether the address is one of hkcnews.com itself."""
        host = _parts(self.original)[1].lower().partition(":")[0]
        return host in SITE_HOSTS

    @property
    def article_id(self) -> int | None:
        """The number of the article, `None` for any other page.

        It is the first number of the path; the one behind the tags names a later revision
        (docs/site.md 4).
        """
        return _article_id(self.original)


@lru_cache(maxsize=64)  # captures of one address come together in the index
def _fault(address: str) -> str:
    """Why an address can't be one that was captured, "" for one that can."""
    if not address.isascii() or not address.isprintable() or " " in address:
        return (
            f"a captured address is printable ASCII without blanks, this is not: {address!r}; "
            "Capture.from_url() encodes it"
        )
    if _ADDRESS.match(address) is None:
        return (
            f"not a captured web address: {address!r}; "
            "it begins with http:// or https:// and names a host"
        )
    return ""


@lru_cache(maxsize=64)  # asked many times for one page
def _article_id(address: str) -> int | None:
    _, host, path = _parts(address)
    is_of_site = host.lower().partition(":")[0] in SITE_HOSTS
    match = _ARTICLE_PATH.match(path) if is_of_site else None
    return int(match[1]) if match else None


@lru_cache(maxsize=64)
def _parts(address: str) -> tuple[str, str, str]:
    """Origin, host and path of an address."""
    match = _ADDRESS.match(address)
    assert match is not None, "Capture.__post_init__() looked"
    return match[1], match[2], match[3]

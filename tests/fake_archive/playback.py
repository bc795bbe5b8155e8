"""Playback, /web/<timestamp><modifier>/<address> (docs/wayback.md 2)."""

from __future__ import annotations

import re
import time
from urllib.parse import unquote, urljoin, urlsplit

from fake_archive import error_pages
from fake_archive.archive import Archive, exactly, nearest
from fake_archive.mementos import FakeMemento, Header, http_date, seconds_of
from fake_archive.responses import Encoding, Response, service_response, to_bytes
from fake_archive.surt import urlkey

ARCHIVE = "https://web.archive.org"
PREFIX = "/web/"
TARGET = re.compile(r"/web/(?P<timestamp>\d{1,14})(?P<modifier>[a-z]{2}_)?/(?P<url>.+)", re.DOTALL)
RAW = "id_"
IMAGE = "im_"  # a picture comes as it was captured (docs/wayback.md 5)
_ENCODED = re.compile(r"https?%3a", re.IGNORECASE)
_OF_TIMEMAP = 'type="application/link-format"'
# Captured errors and redirects below this have a Content-Length (docs/wayback.md 2.3).
SMALL_BYTES = 600

_POLICY = (
    "default-src 'self' 'unsafe-eval' 'unsafe-inline' data: blob: archive.org web.archive.org "
    "web-static.archive.org wayback-api.archive.org athena.archive.org analytics.archive.org "
    "pragma.archivelab.org wwwb-events.archive.org"
)
_COMMON: tuple[Header, ...] = (
    ("X-RL", "1"),
    ("X-NA", "0"),
    ("X-Page-Cache", "MISS"),
    ("X-NID", "-"),
    ("X-AS", "21928"),
    ("Referrer-Policy", "no-referrer-when-downgrade"),
    ("Permissions-Policy", "interest-cohort=()"),
)
_TIMINGS: tuple[Header, ...] = (
    ("server-timing", "captures_list;dur=3.174, exclusion.robots;dur=0.191, load_resource;dur=338"),
    ("server-timing", "TR;dur=0,Tw;dur=0,Tc;dur=0"),
    ("server-timing", "MISS"),
    ("x-app-server", "wwwb-app204-dc6"),
)
_INJECTED = (
    '<script type="text/javascript" '
    'src="https://web-static.archive.org/_static/js/bundle-playback.js" charset="utf-8"></script>\n'
    '<script type="text/javascript">\n    __wm.init("https://web.archive.org/web");\n'
    '  __wm.wombat("{url}","{timestamp}","https://web.archive.org/","web",'
    '"https://web-static.archive.org/_static/",\n\t      "{seconds}");\n</script>\n'
    "<!-- End Wayback Rewrite JS Include -->\n"
)
_APPENDED = (
    "<!--\n     FILE ARCHIVED ON {when} AND RETRIEVED FROM THE\n     INTERNET ARCHIVE.\n-->\n"
)


def respond(archive: Archive, target: str) -> Response:
    """Return the response of playback to a request target."""
    parts = TARGET.match(target)
    if parts is None:
        return service_response("not found", 404, error_pages.hrm(target))
    timestamp, modifier, url = parts["timestamp"], parts["modifier"] or "", parts["url"]
    captures = archive.captures_of(urlkey(_plain_url(url)))
    if not captures:  # a captured `#` is always requested encoded
        captures = archive.captures_of(urlkey(url.replace("%23", "#")))
    found = exactly(captures, timestamp, url)
    if found is not None:
        return _memento(found, captures, modifier)
    near = nearest(captures, timestamp)
    if near is None:
        return not_archived(url)
    return found_at(near.timestamp, modifier, near.original)


def found_at(
    timestamp: str, modifier: str, original: str, form: str = ARCHIVE + PREFIX
) -> Response:
    """Return the redirect to another capture, without Memento-Datetime and Link.

    `form` is the beginning of the Location (docs/wayback.md 2.2).
    """
    place = f"{timestamp}{modifier}/" if form else ""
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("x-archive-redirect-reason", f"found capture at {timestamp}"),
        ("Location", f"{form}{place}{original}"),
        *service_headers(302),
        ("X-location", "All"),
    )
    return Response("nearest", 302, headers, reason="FOUND", chunked=False)


def not_archived(url: str) -> Response:
    """Return the page of an address that was never archived (docs/wayback.md 2.6)."""
    headers = (("Content-Type", "text/html; charset=utf-8"), *service_headers(404))
    return Response("hrm", 404, headers, to_bytes(error_pages.hrm(url)), reason="NOT FOUND")


def service_headers(status: int) -> tuple[Header, ...]:
    """Return the headers of a response of the service itself."""
    return (*_TIMINGS, ("x-ts", str(status)), ("x-tr", "162"), *_COMMON)


def playback_location(location: str, original: str, timestamp: str, modifier: str) -> str:
    """Return a captured Location in playback, which keeps its form (docs/wayback.md 2.5)."""
    place = f"/web/{timestamp}{modifier}/{urljoin(original, location)}"
    if location.startswith("//"):
        return "//web.archive.org" + place
    return ARCHIVE + place if urlsplit(location).scheme else place


def _plain_url(url: str) -> str:
    """Return the requested address, which may be percent-encoded once more."""
    return unquote(url) if _ENCODED.match(url) else url


# --- mementos -------------------------------------------------------------------------------


def _memento(memento: FakeMemento, captures: list[FakeMemento], modifier: str) -> Response:
    if modifier in {RAW, IMAGE}:
        return _raw(memento, captures, modifier)
    return _redirect_page(memento, modifier) if memento.location else _view(memento, captures)


def _raw(memento: FakeMemento, captures: list[FakeMemento], modifier: str) -> Response:
    """The captured bytes, with the headers of 2026 in their order (docs/wayback.md 2.3)."""
    body, is_pdf = memento.body, memento.content_type.startswith("application/pdf")
    headers: list[Header] = []
    if memento.content_type:
        headers.append(("Content-Type", memento.content_type))
    if memento.location:
        arguments = memento.location, memento.original, memento.timestamp, modifier
        headers.append(("Location", playback_location(*arguments)))
    if is_pdf:
        headers.append(("Accept-Ranges", "bytes"))
    headers += [
        *_original_headers(memento),
        ("cache-control", "max-age=1800"),
        ("cache-control", "private"),
    ]
    headers += _memento_headers(memento, captures, where="_pdf" if is_pdf else "All")
    is_small = memento.status >= 300 and len(body) < SMALL_BYTES
    return Response(
        "capture",
        memento.status,
        tuple(headers),
        body,
        reason=memento.reason,
        chunked=not (is_pdf or is_small),
        encoding=Encoding.UNREQUESTED if memento.gzipped else Encoding.AS_REQUESTED,
    )


def _view(memento: FakeMemento, captures: list[FakeMemento]) -> Response:
    """The page with scripts and a comment added (docs/wayback.md 3.1); links stay unchanged."""
    media_type = memento.content_type.partition(";")[0]
    headers = (
        ("Content-Type", f"{media_type}; charset=utf-8"),
        *_original_headers(memento),
        ("x-archive-guessed-content-type", media_type),
        ("x-archive-guessed-charset", "utf-8"),
        *_memento_headers(memento, captures, where="All"),
    )
    injected = _INJECTED.format(
        url=memento.original,
        timestamp=memento.timestamp,
        seconds=seconds_of(memento.timestamp),
    )
    body = memento.body.replace(b"<head>", b"<head>" + injected.encode(), 1)
    body += _APPENDED.format(when=_when(memento, "%H:%M:%S %b %d, %Y")).encode()
    return Response("capture", memento.status, headers, body, reason=memento.reason)


def _redirect_page(memento: FakeMemento, modifier: str) -> Response:
    """A captured redirect in view form: status 200, no Memento-Datetime (docs/wayback.md 2.5)."""
    target = urljoin(memento.original, memento.location)
    link = f"/web/{memento.timestamp}{modifier}/{target}"
    when = _when(memento, "%H:%M:%S %B %d, %Y")
    page = error_pages.redirect_page(memento.original, when, memento.status, memento.location, link)
    return service_response(
        "redirect page", 200, page, ("x-archive-src", _source(memento)), *service_headers(200)
    )


def _memento_headers(
    memento: FakeMemento, captures: list[FakeMemento], where: str
) -> tuple[Header, ...]:
    return (
        ("memento-datetime", http_date(memento.timestamp)),
        ("link", _link(memento, captures)),
        ("content-security-policy", _POLICY),
        ("x-archive-src", _source(memento)),
        *_TIMINGS,
        ("x-ts", str(memento.status)),
        ("x-tr", "868"),
        ("set-cookie", "wb-p-SERVER=wwwb-app204; path=/"),
        ("X-location", where),
        *_COMMON,
    )


def _original_headers(memento: FakeMemento) -> list[Header]:
    """Return the captured headers, as playback names them."""
    return [(f"x-archive-orig-{name.lower()}", value) for name, value in _captured_headers(memento)]


def _captured_headers(memento: FakeMemento) -> tuple[Header, ...]:
    dropped = {"location", "content-type", "content-encoding"}
    given = tuple(header for header in memento.headers if header[0].lower() not in dropped)
    if any(name.lower() == "date" for name, _ in given):
        return given
    return ("date", http_date(memento.timestamp)), ("server", "cloudflare"), *given


def _link(memento: FakeMemento, captures: list[FakeMemento]) -> str:
    """Return the Link header; its addresses are of the view form (docs/wayback.md 2.3)."""
    at = captures.index(memento)
    shown = [("first", captures[0])]
    if at > 0:
        shown.append(("prev", captures[at - 1]))
    shown.append(("", memento))
    if at + 1 < len(captures):
        shown.append(("next", captures[at + 1]))
    shown.append(("last", captures[-1]))
    links = [
        f'<{memento.original}>; rel="original"',
        f'<{ARCHIVE}/web/timemap/link/{memento.original}>; rel="timemap"; {_OF_TIMEMAP}',
        f'<{ARCHIVE}/web/{memento.original}>; rel="timegate"',
    ]
    for word, other in shown:
        rel = f"{word} memento".strip()
        url = f"{ARCHIVE}/web/{other.timestamp}/{other.original}"
        links.append(f'<{url}>; rel="{rel}"; datetime="{http_date(other.timestamp)}"')
    return ", ".join(links).replace("&", "&amp;")


def _source(memento: FakeMemento) -> str:
    day = memento.timestamp[:8]
    return f"replay-{day}/REPLAY-{day}000000-crawl000/REPLAY-{day}000000-00000.warc.gz"


def _when(memento: FakeMemento, form: str) -> str:
    return time.strftime(form, time.gmtime(seconds_of(memento.timestamp)))

"""Redirects, followed from capture to capture until one leads no further (docs/wayback.md 2.5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from normalise import Capture
from scraper.errors import PlaybackError, PlaybackFailure
from scraper.wayback import playback

_MAX_HOPS = 8

# Plays a capture; returns the one that is served for it, and where that leads, "" for nowhere.
Play = Callable[[Capture], Awaitable[tuple[Capture, str]]]


async def follow(capture: Capture, play: Play, host: str) -> Capture:
    """Return the capture that is served in the end; `host` is where requests go.

    Raises `PlaybackError` for a circle, for a redirect to what is no capture, and as `play` does.
    """
    seen: set[Capture] = set()
    while capture not in seen and len(seen) < _MAX_HOPS:
        seen.add(capture)
        capture, redirect = await play(capture)
        if not redirect:
            return capture
        capture = playback.resolve_redirect(capture, redirect, host)
    message = f"redirects that lead in a circle, by {capture.url}"
    raise PlaybackError(PlaybackFailure.LOOP, message)

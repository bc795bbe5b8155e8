"""Addresses of a page as the archive's view of a capture has them (docs/seed-format.md 5)."""

from __future__ import annotations

import re

from normalise.capture import Capture
from normalise.playback_address import ARCHIVE

_WEB = re.compile(r"https?://", re.IGNORECASE)


def archived_link(address: str, capture: Capture) -> str:
    """Return a link's address as the archive's view of the capture shows it.

    Addresses that are not of the web (`mailto:`, `#x`, `bit.ly/x`) stay as they are.
    """
    if address.startswith("/") and not address.startswith("//"):
        return f"/web/{capture.timestamp}/{capture.origin}{address}"
    return _archived(address, capture, "")


def archived_image(address: str, capture: Capture) -> str:
    """Return a picture's address as the archive serves it: modifier `im_`, always with a host."""
    return _archived(address, capture, "im_")


def archived_frame(address: str, capture: Capture) -> str:
    """Return a frame's address as the archive serves it: modifier `if_`."""
    return _archived(address, capture, "if_")


def _archived(address: str, capture: Capture, modifier: str) -> str:
    if address.startswith("//"):
        return f"//web.archive.org/web/{capture.timestamp}{modifier}/https:{address}"
    if address.startswith("/"):
        return f"{ARCHIVE}/web/{capture.timestamp}{modifier}/{capture.origin}{address}"
    if _WEB.match(address):
        return f"{ARCHIVE}/web/{capture.timestamp}{modifier}/{address}"
    return address

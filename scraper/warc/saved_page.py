"""A page saved as a file beside its capture: `page.html` and `capture.json` in one folder."""

from __future__ import annotations

import json
from pathlib import Path

from normalise import BadCapture, Capture
from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import BadRecord
from scraper.models import CaptureLocation

PAGE_FILE = "page.html"
CAPTURE_FILE = "capture.json"


def saved_page(folder: Path) -> CaptureLocation | BadRecord:
    """Return where the page of a folder lies, or what is wrong with its capture.

    The page itself is not looked at.
    """
    path = folder / CAPTURE_FILE
    try:
        saved = json.loads(path.read_bytes())
        capture = Capture(saved["timestamp"], saved["original"])
    except RecursionError:
        return BadRecord(f"{path} does not name a capture: its JSON is nested too deep")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, BadCapture) as error:
        return BadRecord(f"{path} does not name a capture: {error!r}")
    return CaptureLocation(capture, folder / PAGE_FILE)


def read_page_file(path: Path) -> bytes:
    """Return the bytes of a file that is a page.

    Raises `OSError`, and `BadRecord` for a file that is larger than any page.
    """
    with path.open("rb") as file:
        body = file.read(MAX_PAGE_BYTES + 1)
    if len(body) > MAX_PAGE_BYTES:
        raise BadRecord(f"{path}: no page is larger than {MAX_PAGE_BYTES} bytes")
    return body

"""Every error that this package raises, each named for what the caller does next.

ScraperError
├── WrongUsage    what was asked for can't be meant: correct the command line
└── BadRecord     one page can't be had from its source: note it, go on with the next
    └── Revisit   the page itself is in another record: take that
"""

from __future__ import annotations


class ScraperError(Exception):
    """The root: whatever this package refuses to do."""


class WrongUsage(ScraperError):
    """The command line asks for something that can't be."""


class BadRecord(ScraperError):
    """A record of a WARC, or a saved page, is damaged; the message says where and how."""


class Revisit(BadRecord):
    """A record that says only that the page was the same as in another one."""

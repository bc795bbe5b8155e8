"""The command, run to its end in this process: quick, and its branches are counted."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from scraper.cli.app import app


def hkcnews(*args: object, stdin: bytes | None = None) -> Result:
    """Return what came of the command; an exception that it let through is a failed test."""
    done = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done

"""Processes that are started, killed and interrupted, and looked at while they run (Linux)."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from support.command import SECONDS


def exit_code_and_messages(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Wait for the end of a process; return its exit code and its standard error."""
    _, messages = process.communicate(timeout=SECONDS)
    return process.returncode, messages.decode()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Look again and again until it is so."""
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end, "it has not come to pass"
        time.sleep(0.002)


def kill(process: subprocess.Popen[bytes]) -> list[int]:
    """Kill a process as `kill -9` does; return the processes that it had started."""
    children = descendants(process.pid)
    process.kill()
    process.wait()
    return children


def interrupt(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGINT) -> None:
    """Send a signal, and wait until the process has taken it: two at once would be one."""
    process.send_signal(number)
    wait_until(lambda: process.poll() is not None or not has_signal(process.pid, "S..Pnd", number))


def descendants(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        children.setdefault(_state_and_parent(int(folder.name))[1], []).append(int(folder.name))
    found, generation = [], [pid]
    while generation:
        generation = [child for parent in generation for child in children.get(parent, [])]
        found += generation
    return found


def is_alive(pid: int) -> bool:
    """Return whether a process is there, and is no zombie."""
    return _state_and_parent(pid)[0] not in {"", "Z", "X"}


def has_signal(pid: int, kind: str, number: int) -> bool:
    """Return whether a signal is in a set that /proc/PID/status names, such as `SigCgt`."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    sets = re.finditer(rf"^{kind}:\s*(?P<set>[0-9a-f]+)", status, re.MULTILINE)
    return any(int(found["set"], 16) >> (number - 1) & 1 for found in sets)


def _state_and_parent(pid: int) -> tuple[str, int]:
    """The state and the parent of a process; one that is gone has no state."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", 0
    state, parent = stat.rpartition(")")[2].split()[:2]
    return state, int(parent)

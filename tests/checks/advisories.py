"""Lists known vulnerabilities of the locked packages, according to OSV.dev.

    PYTHONPATH=tests python -m checks.advisories

Exits with 1 if a locked version has one. If OSV.dev can't be reached, a message says so and the
exit code is 0.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parents[2] / "requirements.lock"
# Not PyPI: if a mirror does not know a package, pip-audit reports no vulnerabilities for it.
AUDIT = [
    *("-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip", "--no-deps"),
    *("--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off"),
]
_UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ReadTimeout")


def main() -> int:
    """Print each vulnerability and a count; return the exit code."""
    command = [sys.executable, *AUDIT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        if any(word in done.stderr for word in _UNREACHABLE):
            _say("skipped: OSV.dev can't be reached, so nothing is known of the packages")
            return 0
        _say(f"pip-audit failed: {done.stderr.strip()[-500:]}")
        return 2
    packages = json.loads(done.stdout)["dependencies"]
    vulnerabilities = [
        (package, known) for package in packages for known in package.get("vulns", [])
    ]
    for package, known in vulnerabilities:
        fixed = ", ".join(known["fix_versions"]) or "no version"
        _say(f"{package['name']} {package['version']}: {known['id']}, fixed in {fixed}")
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown:
        _say(f"not looked up: {', '.join(unknown)}")
    _say(
        f"{len(vulnerabilities)} vulnerabilities in {len(packages) - len(unknown)} locked packages"
    )
    return 1 if vulnerabilities or unknown else 0


def _say(line: str) -> None:
    print(line)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())

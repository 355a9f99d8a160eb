"""pip-audit on the pins, where its service can be reached."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

SERVICE = "https://api.osv.dev/v1/vulns/PYSEC-2022-42969"
"""An advisory that is always there."""

REACH_SECONDS, RUN_SECONDS = 5, 300


def ask(root: Path) -> tuple[str, list[str]]:
    """Return how far pip-audit came (empty: it did not run), and the advisories that it knows."""
    if not _is_reachable():
        return "", []
    told: list[str] = []
    looked = skipped = 0
    for path in sorted(root.glob("requirements*.txt")):
        command = ["pip_audit", "-r", str(path), "--no-deps", "--disable-pip", "-s", "osv", "-f", "json"]
        try:
            ended = subprocess.run(
                [sys.executable, "-m", *command], capture_output=True, timeout=RUN_SECONDS, check=False
            )
            packages = json.loads(ended.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return "", told
        for package in packages:
            looked += "vulns" in package
            skipped += "vulns" not in package
            told += [
                f"{package['name']} {package['version']}: {hole['id']}, mended in "
                f"{', '.join(hole['fix_versions']) or 'no version yet'}"
                for hole in package.get("vulns", [])
            ]
    return f"{looked} packages looked up, {skipped} unknown to it", sorted(set(told))


def _is_reachable() -> bool:
    try:
        with urllib.request.urlopen(SERVICE, timeout=REACH_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

"""Finds the Chromium that browser tests drive; run as a script, it sees to it that there is one.

    python tests/support/browser.py

Tried are the file that PLAYWRIGHT_CHROMIUM names, the browser that Playwright downloads, and the system's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

VARIABLE = "PLAYWRIGHT_CHROMIUM"
REQUIRE_ALL = "VEREDITO_REQUIRE_ALL"
SYSTEM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
ADVICE = (
    f"install Chromium with your system's package manager, run `{sys.executable} -m playwright install "
    f"--with-deps chromium`, or set {VARIABLE} to the browser's file"
)


def find_chromium() -> str | None:
    """Return the file of the first Chromium found; None when there is none."""
    for candidate in (os.environ.get(VARIABLE, ""), _playwrights_own(), *SYSTEM_NAMES):
        if candidate and (path := shutil.which(candidate)):
            return path
    return None


def provide_chromium() -> tuple[str | None, str]:
    """Find a Chromium that starts, or install one; return its file and how it came about."""
    if (path := find_chromium()) and _starts(path):
        return path, "found"
    for install, name in ((_from_playwright, "Playwright's download"), (_from_debian, "apt-get")):
        if install() and (path := find_chromium()) and _starts(path):
            return path, f"installed with {name}"
    return None, "not found and not installable here"


def _playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    return _works([path, "--version", "--no-sandbox"])


def _from_playwright() -> bool:
    return _works([sys.executable, "-m", "playwright", "install", "chromium"])


def _from_debian() -> bool:
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return False
    return _works(["apt-get", "update"]) and _works(["apt-get", "install", "-y", "chromium"])


def _works(command: list[str]) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=quiet, capture_output=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main(provide: Callable[[], tuple[str | None, str]] = provide_chromium) -> int:
    """Say in one line what was found or done; 1 when a browser is required and there is none."""
    path, how = provide()
    if path is not None:
        print(f"browser tests: {path} ({how})")
        return 0
    required = os.environ.get(REQUIRE_ALL) == "1"
    outcome = "would fail" if required else "are skipped"
    print(f"browser tests: no Chromium ({how}), so they {outcome}; {ADVICE}", file=sys.stderr)
    return 1 if required else 0


if __name__ == "__main__":
    sys.exit(main())

"""Two hundred hostile inputs and more through every way in: taken as text or refused in words, nothing else.

What is promised of memory holds for all the inputs of a channel together, one after the other.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.inputs import ALL_TEXTS, NAMES

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300

MOST_GROWTH = 256
"""Mebibytes that the memory of a process grows by at most, stated in docs/security.md."""


def run(sandbox: Path, *command: str) -> str:
    """Run a module in the sandbox, which is all that it knows of the machine."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHON_DOTENV_DISABLED": "1",
        "HOME": str(sandbox / "home"),
        "TMPDIR": str(sandbox / "tmp"),
    }
    ran = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=sandbox / "work",
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    return ran.stdout


def snapshot(sandbox: Path) -> dict[str, str]:
    """Return every file outside the data folder with the hash of what it holds, links as what they name."""
    found = {}
    for folder, folders, names in os.walk(sandbox):
        folders[:] = [name for name in folders if Path(folder, name) != sandbox / "data"]
        for path in (Path(folder, name) for name in (*folders, *names)):
            if path.is_symlink():
                found[str(path)] = os.readlink(path)
            elif path.is_file() and path.stat().st_size < 2**26:
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
            else:
                found[str(path)] = str(path.stat().st_size) if path.is_file() else "folder"
    return found


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """Give a folder with a data folder in it, and beside that what nobody may touch."""
    for name in ("data", "home", "inbox", "tmp", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "home" / "authorized_keys").write_text("ours")
    return tmp_path


@pytest.mark.parametrize(("channel", "at_least"), [("files", 200), ("uploads", 100), ("texts", 1_500)])
def test_every_input_is_taken_as_text_or_refused_in_words(sandbox: Path, channel: str, at_least: int) -> None:
    if channel == "files":
        run(sandbox, "tests.hostile.files", str(sandbox / "inbox"))
    before = snapshot(sandbox)

    said = json.loads(run(sandbox, "tests.hostile.taking_in", channel, str(sandbox)))

    assert said["broken"] == []
    assert said["taken"] + said["refused"] >= at_least
    assert said["grown"] <= MOST_GROWTH
    assert snapshot(sandbox) == before


def test_there_are_more_than_two_hundred() -> None:
    assert len(set(ALL_TEXTS)) + len(set(NAMES)) > 200
    assert len(ALL_TEXTS) == len(set(ALL_TEXTS))

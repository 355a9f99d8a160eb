"""`make audit`: a planted key, an old version and a loose pin each make it fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import advisories, audit, pins, secret_scan

ROOT = Path(__file__).parents[1]

# In pieces, or they would be found here.
PLANTED = {
    "key of a model server": 'OPENAI_API_KEY = "sk-'
    + "proj-aB3dE5fG7hI"
    + "9jK1lM3nO5pQ"
    + "7rS9tU1vW3xY5"
    + '"',
    "key of a cloud": "aws_access_key_id = AKIA" + "QX5TB7ZLM2NP4RSV",
    "token of a forge": 'token = "ghp_' + "a1B2c3D4e5F6" + "g7H8i9J0k1L2" + "m3N4o5P6q7R8" + '"',
    "private key": "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE",
    "password of a database": "postgresql://me:" + "correcthorse9" + "@db/lab",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "notes.md").write_text("# Notes\n\nNothing to hide.\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_secret_is_found_and_not_repeated(repository: Path, what: str) -> None:
    assert secret_scan.faults(repository) == []
    (repository / "settings.py").write_text(PLANTED[what] + "\n", encoding="utf-8")
    faults = secret_scan.faults(repository)
    assert faults and all(fault.startswith("line 1: settings.py") for fault in faults)
    assert not any(PLANTED[what][-16:] in fault for fault in faults)


def test_only_the_value_that_was_looked_at_is_allowed(repository: Path) -> None:
    (repository / "settings.py").write_text(PLANTED["token of a forge"], encoding="utf-8")
    faults = secret_scan.faults(repository)
    (repository / "tools").mkdir()
    lines = [fault.partition(": ")[2] + " | made up" for fault in faults]
    (repository / secret_scan.LIST).write_text("\n".join(lines), encoding="utf-8")
    assert secret_scan.faults(repository) == []
    (repository / "settings.py").write_text(PLANTED["token of a forge"].replace("a1", "z9"), encoding="utf-8")
    assert secret_scan.faults(repository) != []


def test_what_git_ignores_is_not_looked_at(repository: Path) -> None:
    (repository / ".gitignore").write_text(".env\n", encoding="utf-8")
    (repository / ".env").write_text(PLANTED["key of a model server"], encoding="utf-8")
    assert secret_scan.faults(repository) == []


def test_a_version_with_a_known_hole_is_found(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("starlette==0.46.0\nAuthlib==1.6.5\n", encoding="utf-8")
    found = advisories.faults(tmp_path)
    assert any("CVE-2025-62727" in fault for fault in found)
    assert all(fault.startswith("starlette 0.46.0") for fault in found)


@pytest.mark.parametrize("line", ["starlette", "starlette>=1.1", "starlette==1.*", "-e .", "git+https://x/y"])
def test_a_requirement_that_is_not_pinned_exactly_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"# ours\n{line}\n", encoding="utf-8")
    assert any(fault.startswith("requirements.txt, line 2:") for fault in pins.faults(tmp_path))


def test_another_version_than_the_pin_is_found_when_it_is_installed(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pytest==0.0.1\nnot-there-at-all==1.0\n", encoding="utf-8")
    old, missing = pins.faults(tmp_path)
    assert "not 0.0.1" in old
    assert "not installed" in missing


def test_the_gpl_is_told_from_other_licences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    licences = {
        "License-Expression: GPL-3.0-or-later": True,
        "License-Expression: AGPL-3.0-only": True,
        "License-Expression: MIT OR GPL-2.0-only": False,
        "License-Expression: LGPL-3.0-only": False,
        "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)": True,
        "Classifier: License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)": False,
        "License: BSD-3-Clause": False,
        "License: GPLv3": True,
        "Summary: no licence is named": False,
    }
    monkeypatch.syspath_prepend(str(tmp_path))
    for number, head in enumerate(licences):
        name = f"made-up-{number}"
        folder = tmp_path / f"made_up_{number}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{head}\n")
    requirements = "".join(f"made-up-{number}==1.0\n" for number in range(len(licences)))
    (tmp_path / "requirements.txt").write_text(requirements, encoding="utf-8")
    found = {fault.partition(" ")[0] for fault in pins.licence_faults(tmp_path)}
    assert found == {f"made-up-{number}" for number, is_gpl in enumerate(licences.values()) if is_gpl}


def test_the_audit_fails_says_why_and_whether_it_asked_the_network(repository: Path) -> None:
    (repository / "requirements.txt").write_text("starlette==0.46.0\n", encoding="utf-8")
    (repository / "settings.py").write_text(PLANTED["private key"], encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "tools.audit", str(repository)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "https_proxy": "http://127.0.0.1:9", "HOME": str(repository)},
    )
    assert ended.returncode == 1, ended.stderr
    for told in ("starlette 0.46.0", "settings.py | Private Key", "asks the network: DID NOT RUN"):
        assert told in ended.stdout


def test_make_check_runs_the_audit_and_this_project_passes_what_is_quick() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "check: lint audit test" in makefile
    assert "make audit" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    quick = [faults for name, faults in audit.CHECKS if name != "secrets"]
    assert [faults(ROOT) for faults in quick] == [[], [], []]

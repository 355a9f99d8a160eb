from pathlib import Path

import pytest

from dashboard.config import load_settings


def test_the_home_folder_is_meant_by_a_tilde_that_no_shell_has_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env = tmp_path / ".env"
    env.write_text("VEREDITO_DATA_DIR=~/estudo\n")
    monkeypatch.delenv("VEREDITO_DATA_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("dashboard.config.load_dotenv", lambda: load_dotenv_from(env, monkeypatch))

    assert load_settings().data_dir == tmp_path / "estudo"


def load_dotenv_from(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dotenv import dotenv_values

    for name, value in dotenv_values(path).items():
        monkeypatch.setenv(name, value or "")

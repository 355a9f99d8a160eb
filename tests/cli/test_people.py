"""Letting people in from the command line, as an operator's script does it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app
from dashboard.config import Settings
from dashboard.services import sign_ins
from dashboard.services.project import open_project


@pytest.fixture(autouse=True)
def _team(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "veredito.db").write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("VEREDITO_AUTH", "invite")
    monkeypatch.setenv("VEREDITO_PUBLIC_URL", "https://veredito.example.org/lab/")


def run(*command: str) -> Result:
    return CliRunner().invoke(app, command)


def test_the_first_admin_comes_in_by_a_link_of_the_command_line() -> None:
    report = json.loads(run("invite", "Ada", "--role", "admin", "--json").stdout)
    base, _slash, token = report["url"].rpartition("/")
    assert base == "https://veredito.example.org/lab/invite"
    project = open_project(Settings())
    found = sign_ins.signed_in(project, sign_ins.open_invite(project, token).token)
    project.close()
    assert found and (found.name, found.role.value) == ("Ada", "admin")


def test_roles_are_given_by_name_email_or_domain_and_taken_away() -> None:
    for command in (
        ("grant", "Ada", "admin"),
        ("grant", "Bia", "annotator"),
        ("grant", "Rui@Lab.example", "researcher"),
        ("grant", "@lab.example", "annotator"),
        ("remove", "Bia"),
    ):
        assert run(*command).exit_code == 0
    report = json.loads(run("people", "--json").stdout)
    assert [(one["name"], one["role"], one["removed_at"] is None) for one in report["people"]] == [
        ("Ada", "admin", True),
        ("Bia", "annotator", False),
    ]
    assert report["rules"] == [
        {"pattern": "@lab.example", "role": "annotator"},
        {"pattern": "rui@lab.example", "role": "researcher"},
    ]
    assert "removed      Bia" in run("people").stdout
    assert run("grant", "Bia", "researcher").exit_code == 0
    assert "researcher   Bia" in run("people").stdout

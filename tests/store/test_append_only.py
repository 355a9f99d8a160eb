import pytest
from sqlalchemy import func, select, text

from dashboard.errors import StoreError
from dashboard.responses import Verdict
from dashboard.store.schema import APPEND_ONLY
from dashboard.store.store import Store
from tests.support import project

TABLES = ["annotation", "relevance", "support", "adjudication"]


@pytest.fixture
def filled(store: Store) -> Store:
    made = project.a_project(store, 1)
    project.label(store, made.answer_ids[0], "C")
    project.grade(store, made.question_ids[0], made.segments[0].segment_id, 3)
    project.support(store, made.answer_ids[0], Verdict.PARTLY)
    project.adjudicate(store, made.answer_ids[0], "P")
    return store


def test_every_kind_of_event_is_among_the_protected_tables() -> None:
    assert sorted(row.__tablename__ for row in APPEND_ONLY) == sorted(TABLES)


@pytest.mark.parametrize("change", ["UPDATE {table} SET seconds = 1", "DELETE FROM {table}"])
def test_the_database_itself_refuses_to_change_or_delete_an_event(filled: Store, change: str) -> None:
    before = filled.revision()
    for table in TABLES:
        with pytest.raises(StoreError, match=f"{table} is append-only"), filled.write() as session:
            session.execute(text(change.format(table=table)))
        count_and_seconds = select(func.count(), func.max(text("seconds"))).select_from(text(table))
        with filled.read() as session:
            count, seconds = session.execute(count_and_seconds).one()
        assert count == 1
        assert seconds > 1
    assert filled.revision() == before

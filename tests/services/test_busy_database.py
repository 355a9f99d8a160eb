import pytest
from sqlalchemy import create_engine, text

from dashboard.errors import StoreError
from dashboard.store.store import Store


def test_when_every_connection_is_in_use_both_reads_and_writes_say_so(database_url: str) -> None:
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    store = Store(engine)
    try:
        with engine.connect() as taken:
            assert taken.execute(text("SELECT 1")).scalar() == 1
            with pytest.raises(StoreError, match="Every connection to the database is in use"):
                store.revision()
            with pytest.raises(StoreError, match="Every connection to the database is in use"):
                store.set_fact("a", "b")
        store.set_fact("a", "b")
        assert store.fact("a") == "b"
    finally:
        store.close()

"""The store: short reads, one short write at a time, and a revision that every write raises."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from dashboard.errors import N_, PassingError, StoreError
from dashboard.store.backups import KEEP_BACKUPS, back_up_before_migration
from dashboard.store.engine import explain, open_engine
from dashboard.store.migrate import migrate
from dashboard.store.postgres import attempts, is_unknown, not_known
from dashboard.store.schema import ProjectFact, Revision

Result = TypeVar("Result")


class Store:
    """An open database, ready to be read and written from several threads.

    Args:
        engine: An engine whose database is at the present schema; `open_store` gives one.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._is_server = engine.dialect.name == "postgresql"
        # PostgreSQL's default would show each statement of a read another moment.
        reader = engine.execution_options(isolation_level="REPEATABLE READ") if self._is_server else engine
        self._read_session = sessionmaker(reader, expire_on_commit=False)
        self._write_session = sessionmaker(
            engine.execution_options(sqlite_begin="IMMEDIATE"), expire_on_commit=False
        )
        # SQLite's own waiting is unfair: among many writers one may wait for seconds. A queue is not.
        self._turn: AbstractContextManager[object] = (
            threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading; whatever it sees belongs to one moment.

        A server that was away is waited for.

        Raises:
            PassingError: The database went away and did not come back in time, or went away in between.
            StoreError: The database failed; the message says what to do.
        """
        with _explained(), self._read_session() as session:
            if self._is_server:
                _with_patience(session, lambda: session.connection())
            yield session

    @contextmanager
    def write(self, *, corpus: bool = False) -> Iterator[Session]:
        """Open a session whose changes are all stored at the end, or not at all.

        Writers wait for each other on the revision's row (PostgreSQL) or on the file (SQLite), so that
        numbers can be given out inside without races. A server that was away when the write begins is
        waited for. One that goes away later ends the write: what was done inside cannot be done again here.

        Args:
            corpus: Whether the segments that can be found change.

        Raises:
            PassingError: The database went away. Nothing was stored, or, when it went while it was storing,
                nobody can tell; the message says which.
            StoreError: The database failed and nothing was stored; the message says what to do.
        """
        names = ["all", "corpus"] if corpus else ["all"]

        def begin() -> None:
            # One by one and in this order, or two writers could hold a row each and wait for ever.
            for name in names:
                session.execute(
                    update(Revision).where(Revision.name == name).values(value=Revision.value + 1)
                )

        with _explained(), self._turn, self._write_session() as session:
            if self._is_server:
                _with_patience(session, begin)
            else:
                begin()
            yield session
            session.flush()
            try:
                session.commit()
            except DBAPIError as error:
                if self._is_server and is_unknown(error):
                    raise not_known() from error
                raise

    def write_repeatable(self, work: Callable[[Session], Result]) -> Result:
        """Write by a function, which is called again as long as the database fails in a way that passes.

        Only for work that changes nothing when it was stored before, such as events that carry the id that
        their client made: a connection that is cut in the last moment leaves open whether it was stored.

        Args:
            work: Gets the session of the write, and may be called several times, each time in a new one.

        Raises:
            StoreError: As in `write`.
        """
        if not self._is_server:
            with self.write() as session:
                return work(session)
        for attempt in attempts(lambda error: isinstance(error, PassingError)):
            with attempt, self.write() as session:
                return work(session)
        raise AssertionError("the last attempt returns or raises")

    def revision(self, name: str = "all") -> int:
        """Return how many writes there have been: `all` of them, or those to the `corpus`."""
        with self.read() as session:
            return session.execute(select(Revision.value).where(Revision.name == name)).scalar_one()

    def corpus_version(self) -> str:
        """Return a text that changes whenever other segments can be found, and differs between databases."""
        with self.read() as session:
            project = session.execute(
                select(ProjectFact.value).where(ProjectFact.name == "project_id")
            ).scalar_one()
        return f"{project}:{self.revision('corpus')}"

    def fact(self, name: str) -> str:
        """Return a fact about the project, empty when it was never set."""
        with self.read() as session:
            found = session.get(ProjectFact, name)
            return found.value if found else ""

    def set_fact(self, name: str, value: str) -> None:
        """Set a fact about the project."""
        with self.write() as session:
            session.merge(ProjectFact(name=name, value=value))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise explain(error) from error
    except PoolTimeout as error:
        raise StoreError(
            N_("Every connection to the database is in use. Wait a moment and try again.")
        ) from error


def _with_patience(session: Session, begin: Callable[[], object]) -> None:
    """Make a session's first steps, again as long as the server is away or others were first."""
    for attempt in attempts():
        with attempt:
            try:
                begin()
            except DBAPIError:
                session.rollback()
                raise


def open_store(address: str, backup_dir: Path | None = None, keep_backups: int = KEEP_BACKUPS) -> Store:
    """Open a database, create it when it is new, and bring its schema up to date.

    Args:
        address: A SQLAlchemy address.
        backup_dir: Where the database is backed up before a migration; None for beside a SQLite file.
        keep_backups: How many of these backups are kept.

    Raises:
        StoreError: It cannot be opened, is damaged, or was written by a newer Veredito.
        BackupError: It would have to be backed up first, and there is no place for that.
    """
    engine = open_engine(address)
    folder = backup_dir
    if folder is None and engine.dialect.name == "sqlite":
        folder = Path(engine.url.database or "").parent
    try:
        migrate(
            engine,
            None if folder is None else partial(back_up_before_migration, engine, folder, keep_backups),
        )
    except DBAPIError as error:
        engine.dispose()
        raise explain(error) from error
    return Store(engine)

"""Keeping a project: backups, putting them back, and moving it to another database."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from dashboard.config import Settings
from dashboard.errors import N_, BackupError, StoreError
from dashboard.roles import Role
from dashboard.services import audit
from dashboard.services.access import needs
from dashboard.services.encoder_choice import encoders_dir
from dashboard.services.project import Project
from dashboard.services.replicas import FOLDER_FACT
from dashboard.store import backups, migrate, sign_ins, transfer
from dashboard.store.archive import workshop
from dashboard.store.audit import add_event
from dashboard.store.engine import explain, open_engine
from dashboard.store.manifest import ENCODERS
from dashboard.store.transfer import Progress, unseen


@dataclass(frozen=True, slots=True)
class KeptReport:
    """What was backed up, put back or moved.

    Attributes:
        place: The backup, or the database's address without a password.
        schema: The schema of what was read.
        rows: How many rows each table holds.
        encoders: How many tuned encoders there are.
        size: The backup's bytes; 0 where none was written.
        seconds: How long it took.
    """

    place: str
    schema: str
    rows: dict[str, int]
    encoders: int
    size: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "place": self.place,
            "schema": self.schema,
            "rows": sum(self.rows.values()),
            "tables": self.rows,
            "encoders": self.encoders,
            "bytes": self.size,
            "seconds": round(self.seconds, 3),
        }


def backups_dir(settings: Settings) -> Path:
    """Return the folder of the backups that nobody gave another place."""
    return settings.data_dir / "backups"


@needs(Role.ADMIN)
def back_up(project: Project, out: Path | None = None, progress: Progress = unseen) -> KeptReport:
    """Back up the database and the tuned encoders while others go on labelling.

    Vectors and indexes are left out, because they can be made again, and so is media.

    Args:
        project: What is backed up.
        out: The backup's place; None for a new name in the folder of the backups.
        progress: Told how far it is.

    Raises:
        BackupError: The place is taken, full, or cannot be written; nothing is left there.
        StoreError: The database is damaged.
    """
    began = time.perf_counter()
    final = out or backups_dir(project.settings) / f"veredito-{backups.moment()}.zip"
    manifest = backups.back_up(project.store.engine, final, encoders_dir(project.settings), progress=progress)
    size = final.stat().st_size
    audit.note(project, "back_up", "backup", final.name, bytes=size)
    rows = {name: table.rows for name, table in manifest.tables.items()}
    names = _encoders(manifest.members)
    return KeptReport(str(final), manifest.schema, rows, len(names), size, time.perf_counter() - began)


def restore(settings: Settings, file: Path, progress: Progress = unseen) -> KeptReport:
    """Put a backup into an empty place, and prove that all of it is there.

    Args:
        settings: They name the place: the database and the data folder.
        file: The backup.
        progress: Told how far it is.

    Raises:
        BackupError: The backup is damaged, or the place cannot be used; it is left empty.
        StoreError: There is something in the place already; it is left as it was.
    """
    began = time.perf_counter()
    with _new_place(settings.database) as engine, workshop(settings.data_dir) as beside:
        manifest, database = backups.unpack(file, beside)
        source = open_engine(f"sqlite:///{database}")
        placed = _place_encoders(beside / ENCODERS, encoders_dir(settings))
        try:
            migrate.migrate(engine)
            found = transfer.transfer(source, engine, progress)
        except BaseException:
            for path in placed:
                os.replace(path, beside / path.name)
            raise
        finally:
            source.dispose()
        place = engine.url.render_as_string(hide_password=True)
    rows = {name: table.rows for name, table in found.items()}
    names = _encoders(manifest.members)
    return KeptReport(place, manifest.schema, rows, len(names), 0, time.perf_counter() - began)


@needs(Role.ADMIN)
def settle(project: Project, file: Path) -> None:
    """Let a project that was just put back know its new place, and put on record who did that.

    Whoever was signed in when the backup was made signs in again, and links made before open nothing any
    more: they may have been taken back since.

    Args:
        project: The project, in the hands of whoever put it back.
        file: The backup that it came from.
    """
    if project.store.fact(FOLDER_FACT):
        project.store.set_fact(FOLDER_FACT, "")
    with project.store.write() as session:
        sign_ins.end_all(session)
        add_event(session, project.actor, "restore", "backup", file.name)


def move(source: str, target: str, progress: Progress = unseen) -> KeptReport:
    """Copy a whole project into an empty database, and prove that all of it is there.

    Args:
        source: The SQLAlchemy address of the project's database, which may be in use.
        target: That of a new database, or of one with nothing in it.
        progress: Told how far it is.

    Raises:
        StoreError: There is no project, or there is something in the target already.
    """
    began = time.perf_counter()
    for address in (source, target):
        _require_address(address)
    if make_url(source) == make_url(target):
        raise StoreError(N_("Both addresses are of the same database. Name another to copy it to."))
    old = _existing(source)
    try:
        with _new_place(target) as engine:
            migrate.migrate(engine)
            with migrate.held_schema(old):
                found = transfer.transfer(old, engine, progress)
            place = engine.url.render_as_string(hide_password=True)
    finally:
        old.dispose()
    rows = {name: table.rows for name, table in found.items()}
    return KeptReport(place, migrate.HEAD, rows, 0, 0, time.perf_counter() - began)


def _existing(address: str) -> Engine:
    """Return the engine of a database that holds a project of this schema."""
    path = _file_of(address)
    if path is not None and not path.is_file():
        raise StoreError(N_("There is no database in {path}. Name one that is there."), path=path)
    engine = open_engine(address)
    try:
        with engine.connect() as connection:
            version = migrate.schema_version(connection)
    except DBAPIError as error:
        engine.dispose()
        raise explain(error) from error
    if version == migrate.HEAD:
        return engine
    engine.dispose()
    if version is None:
        raise StoreError(
            N_("There is no project in the database {address}. Name one in which there is."),
            address=engine.url.render_as_string(hide_password=True),
        )
    raise StoreError(
        N_(
            "The database {address} is of schema {found}, this Veredito of {known}. Open it once with this "
            "Veredito, which brings it up to date: python -m dashboard init."
        ),
        address=engine.url.render_as_string(hide_password=True),
        found=version,
        known=migrate.HEAD,
    )


@contextmanager
def _new_place(address: str) -> Iterator[Engine]:
    """Give a database with nothing in it; a file that was not there before is removed after a failure."""
    path = _file_of(address)
    is_new = path is not None and not path.exists()
    engine = open_engine(address)
    try:
        _require_empty(engine)
        yield engine
    except BaseException as error:
        engine.dispose()
        if path is not None and is_new:
            for ending in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        if isinstance(error, DBAPIError):
            raise explain(error) from error
        raise
    engine.dispose()


def _require_empty(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            transfer.require_empty(connection)
    except DBAPIError as error:
        raise BackupError(
            N_(
                "What lies in {address} cannot be read as a database ({reason}). Move it away together with "
                "its -wal and -shm files, and keep them; then try again."
            ),
            address=engine.url.render_as_string(hide_password=True),
            reason=str(error.orig).strip().splitlines()[0],
        ) from error


def _require_address(address: str) -> None:
    try:
        make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError(
            N_(
                "{found!r} is not a database address. Use for example sqlite:///data/local/veredito.db or "
                "postgresql+psycopg://user@host/name."
            ),
            found=address,
        ) from None


def _file_of(address: str) -> Path | None:
    url = make_url(address)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _place_encoders(unpacked: Path, folder: Path) -> list[Path]:
    """Move unpacked encoders into their folder, and return those that were not there already."""
    if not unpacked.is_dir():
        return []
    folder.mkdir(parents=True, exist_ok=True)
    # An encoder's name ends in the hash of its content, so that one that is there is the same.
    new = [path for path in sorted(unpacked.iterdir()) if not (folder / path.name).exists()]
    for path in new:
        os.replace(path, folder / path.name)
    return [folder / path.name for path in new]


def _encoders(members: Any) -> set[str]:
    return {name.split("/")[1] for name in members if name.startswith(f"{ENCODERS}/")}

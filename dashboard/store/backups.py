"""Backups: copies of a database that are consistent while it is in use, and putting them back."""

import re
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from dashboard.errors import N_, BackupError, StoreError
from dashboard.store import archive, content, unpacking
from dashboard.store import migrate as migrating
from dashboard.store.content import Fingerprint
from dashboard.store.engine import DAMAGED, explain, open_engine, sqlite_module
from dashboard.store.manifest import DATABASE, DUMP, Manifest, refuse
from dashboard.store.migrate import held_schema, migrate, schema_version, upgrade
from dashboard.store.pg_dump import dump
from dashboard.store.transfer import Progress, transfer, unseen

KEEP_BACKUPS = 10
"""How many backups are kept of those that were made before migrations."""

_AUTOMATIC = re.compile(r"veredito-schema-\d{4}-\d{8}T\d{12}Z\.zip")
_SCHEMA = re.compile(r"\d{4}")
_SQLITE = b"SQLite format 3\0"


def moment() -> str:
    """Return the present moment as the names of backups hold it."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def back_up(
    engine: Engine,
    final: Path,
    encoders: Path | None = None,
    *,
    is_automatic: bool = False,
    progress: Progress = unseen,
) -> Manifest:
    """Back up a database, of this schema or an older one, while others go on using it.

    Args:
        engine: The database.
        final: The backup's place; it must be free.
        encoders: The folder of the tuned encoders; None to leave them out.
        is_automatic: Whether nobody asked for it.
        progress: Told how far it is.

    Raises:
        BackupError: The place is taken, full, or cannot be written; nothing is left there.
        StoreError: The database failed, or is damaged.
    """
    if final.exists():
        raise BackupError(N_("{path} is there already. Choose another name for the backup."), path=final)
    with archive.workshop(final.parent) as beside:
        copy = beside / DATABASE
        try:
            if engine.dialect.name == "sqlite":
                _copy_pages(engine, copy)
            else:
                _copy_rows(engine, copy, progress)
            schema, tables = examine(copy)
        except DBAPIError as error:
            raise explain(error) from error
        return archive.write_archive(
            beside, final, copy, encoders, schema, tables, engine.dialect.name, is_automatic, progress
        )


def back_up_before_migration(engine: Engine, folder: Path, keep: int, version: str) -> None:
    """Back up a database that is about to be migrated, and remove the oldest such backups but a few.

    Args:
        engine: The database.
        folder: Where these backups are.
        keep: How many of them are kept.
        version: The schema that the database is at.

    Raises:
        BackupError: The folder is full, or cannot be written.
    """
    final = folder / f"veredito-schema-{version}-{moment()}.zip"
    if back_up(engine, final, is_automatic=True).schema != version:
        # Another process was faster, and so was its backup of what was there before.
        final.unlink()
    # By whatever name: what a person asked for is never removed.
    made = [path for path in folder.iterdir() if _AUTOMATIC.fullmatch(path.name) and _is_automatic(path)]
    for path in sorted(made, key=_moment_in)[:-keep]:
        path.unlink(missing_ok=True)


def unpack(file: Path, place: Path) -> tuple[Manifest, Path]:
    """Unpack a backup into an empty folder, prove that it is whole, and bring its schema up to date.

    Args:
        file: A backup, or a SQLite file as earlier versions copied it before a migration.
        place: Where to unpack it.

    Returns:
        What is in it, and the unpacked database.

    Raises:
        BackupError: It is damaged, altered, of another program or of a newer Veredito.
    """
    database = place / DATABASE
    if _is_sqlite(file):
        shutil.copyfile(file, database)
        schema, tables = _examined(database, file)
        manifest = Manifest(schema, datetime.now(UTC), False, tables, {}, "", "sqlite")
        _require_known(manifest, file)
    else:
        _require_known(unpacking.read_manifest(file), file)
        manifest = unpacking.unpack(file, place)
        if _examined(database, file) != (manifest.schema, manifest.tables):
            refuse(file, "its database is another than its manifest describes")
    engine = open_engine(URL.create("sqlite", database=str(database)).render_as_string(False))
    try:
        migrate(engine)
    except DBAPIError as error:
        refuse(file, str(error.orig))
    finally:
        engine.dispose()
    return manifest, database


def examine(database: Path) -> tuple[str, dict[str, Fingerprint]]:
    """Return the schema of a SQLite file and what its tables hold, after looking at every page of it.

    Raises:
        StoreError: It is damaged, or holds references to what is not there.
    """
    engine = create_engine(URL.create("sqlite", database=str(database)), module=sqlite_module())
    try:
        with engine.connect() as connection:
            # It may come from anywhere, and a schema can hold functions to run.
            connection.exec_driver_sql("PRAGMA trusted_schema = OFF")
            verdict = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
            dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if dangling is not None:
                verdict = f"{dangling[0]} refers to what is not there"
            if verdict != "ok":
                raise StoreError(DAMAGED, reason=verdict.splitlines()[-1])
            return schema_version(connection) or "", content.fingerprints(connection)
    finally:
        engine.dispose()


def newest(folder: Path) -> Path | None:
    """Return the newest backup in a folder; None where there is none, or the folder cannot be read."""
    try:
        found = [path for path in folder.iterdir() if path.is_file() and _is_backup(path)]
        return max(found, key=lambda path: path.stat().st_mtime, default=None)
    except OSError:
        return None


def _moment_in(path: Path) -> str:
    return path.stem.rpartition("-")[2]


def _is_automatic(path: Path) -> bool:
    try:
        return unpacking.read_manifest(path).is_automatic
    except BackupError:
        return False


def _is_backup(path: Path) -> bool:
    try:
        return _is_sqlite(path) or bool(unpacking.read_manifest(path))
    except (BackupError, OSError):
        return False


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise archive.disk_error(error, path) from error


def _examined(database: Path, file: Path) -> tuple[str, dict[str, Fingerprint]]:
    try:
        return examine(database)
    except StoreError as error:
        refuse(file, str(error.found.get("reason", error)))
    except DBAPIError as error:
        refuse(file, str(error.orig))


def _require_known(manifest: Manifest, file: Path) -> None:
    if not _SCHEMA.fullmatch(manifest.schema):
        refuse(file, "it is of no known schema")
    if manifest.schema > migrating.HEAD:
        raise BackupError(
            N_("{path} is a backup of a newer Veredito ({found}). Update Veredito, then try again."),
            path=file,
            found=manifest.schema,
        )


def _copy_pages(engine: Engine, copy: Path) -> None:
    module = sqlite_module()
    try:
        with closing(engine.raw_connection()) as source, closing(module.connect(copy)) as target:
            driver: Any = source.driver_connection
            driver.backup(target)
            # A copy is one file; its write-ahead log would be a second.
            target.execute("PRAGMA journal_mode = DELETE")
    except module.Error as error:
        raise DBAPIError("", None, error) from error


def _copy_rows(engine: Engine, copy: Path, progress: Progress) -> None:
    """Make a SQLite file of the same schema, whichever that is, copy every row, and dump the same moment."""
    target = open_engine(URL.create("sqlite", database=str(copy)).render_as_string(False))
    try:
        with held_schema(engine):
            with engine.connect() as connection:
                version = schema_version(connection) or ""
            upgrade(target, version)
            transfer(engine, target, progress, lambda read: dump(read, copy.with_name(DUMP)))
    finally:
        target.dispose()
    with closing(sqlite_module().connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")

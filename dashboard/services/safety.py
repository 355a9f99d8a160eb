"""Whether a project is kept safe, and what to do when its database is damaged."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import quote

from sqlalchemy import make_url

from dashboard.config import Settings
from dashboard.services.keeping import backups_dir
from dashboard.store.backups import newest
from dashboard.store.file_systems import network_file_system

BACKUP_AFTER = timedelta(days=7)
"""Beyond this age of the newest backup `doctor` asks for another."""

BACK_UP = "Make one: python -m dashboard backup"


def database_file(settings: Settings) -> Path | None:
    """Return the SQLite file of the settings; None where the database is a server."""
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def network_of(settings: Settings) -> str:
    """Return the kind of network file system that the SQLite file lies on; empty for none."""
    path = database_file(settings)
    return "" if path is None else network_file_system(path)


def newest_backup(settings: Settings) -> tuple[str, bool]:
    """Return the newest backup in words, and whether it is new enough."""
    path = newest(backups_dir(settings))
    if path is None:
        return f"none in {backups_dir(settings)}", False
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return f"{path}, {made:%Y-%m-%d %H:%M} UTC", datetime.now(UTC) - made <= BACKUP_AFTER


def how_to_put_back(settings: Settings) -> str:
    """Return the steps that put the newest backup in the place of a database that is damaged."""
    path = newest(backups_dir(settings))
    restore = (
        f"python -m dashboard restore {quote(str(path))}" if path else "python -m dashboard restore FILE"
    )
    which = "" if path else f" There is no backup in {backups_dir(settings)}; FILE is one from elsewhere."
    file = database_file(settings)
    if file is None:
        return f"Make an empty database, name it in VEREDITO_DATABASE_URL, then: {restore}{which}"
    damaged, aside = quote(str(file)), quote(str(file.parent / "damaged"))
    return (
        f"Stop Veredito, then: mkdir {aside} && mv {damaged}* {aside}/ && {restore}{which} Keep what was "
        "moved away: labels newer than the backup are in it, and docs/operations.md says how to get them out."
    )

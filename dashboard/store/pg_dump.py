"""PostgreSQL's own dump, beside the portable copy, where a program that fits the server is at hand."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from dashboard.store.content import VECTOR_TABLES


def dump(connection: Connection, path: Path) -> bool:
    """Dump a database as the transaction of a connection sees it.

    Args:
        connection: A connection that sees the database at one moment, and goes on seeing it.
        path: The file to write.

    Returns:
        Whether it was dumped. There is no file without the program `pg_dump`, with one older than the server,
        or when it failed.
    """
    program = _fitting(connection)
    if program is None:
        return False
    from psycopg.conninfo import make_conninfo

    url = connection.engine.url
    place: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "dbname": url.database,
        **url.query,
    }
    # The password must not stand among the arguments, which everybody on the machine can read.
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = make_conninfo("", **place)
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    ran = subprocess.run(
        [
            program,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--snapshot={snapshot}",
            *(f"--exclude-table={name}" for name in VECTOR_TABLES),
            f"--file={path}",
            f"--dbname={address}",
        ],
        env={**os.environ, **secret},
        capture_output=True,
        check=False,
    )
    if ran.returncode != 0:
        path.unlink(missing_ok=True)
    return ran.returncode == 0


def _fitting(connection: Connection) -> str | None:
    program = shutil.which("pg_dump")
    if program is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\d+", said)
    # Given in ten thousands.
    server = (
        int(connection.execute(text("SELECT current_setting('server_version_num')")).scalar_one()) // 10_000
    )
    return program if version and int(version[0]) >= server else None

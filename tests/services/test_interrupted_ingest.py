"""A real ingest in a process of its own, ended in the middle of embedding."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dashboard.config import Settings
from dashboard.services.ingest import ingest
from dashboard.services.project import Project, open_project
from tests.services.lectures import all_segments, hashes, srt

WORDS = "dado memória índice busca vetor texto peso função passo mínimo erro modelo teste classe".split()
LECTURES, CUES = 4, 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write lectures with more segments than are embedded in one go."""
    made = tmp_path_factory.mktemp("long")
    for lecture in range(LECTURES):
        sentences = [
            f"Aula {lecture}, parte {part}: " + " ".join(WORDS[part:] + WORDS[:part]) for part in range(CUES)
        ]
        (made / f"aula-{lecture}.srt").write_text(srt(sentences), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def uninterrupted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = open_project(Settings(data_dir=tmp_path_factory.mktemp("whole"), database_url=""))
    ingest(project, [folder], 40, 0)
    yield project
    project.close()


def _interrupt(folder: Path, data_dir: Path, how: signal.Signals) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dashboard", "ingest", str(folder)]
    process = subprocess.Popen(
        [*command, "--window-tokens", "40", "--overlap-tokens", "0"],
        env={**os.environ, "VEREDITO_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not any('"sha256"' in path.read_text() for path in data_dir.glob("vectors/*/manifest.json")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "nothing was embedded"
        time.sleep(0.002)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "ctrl-c"])
def test_an_interrupted_ingest_continues_and_ends_like_an_uninterrupted_one(
    how: signal.Signals, folder: Path, uninterrupted: Project, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"

    ended = _interrupt(folder, data_dir, how)

    assert ended.returncode == (130 if how is signal.SIGINT else -signal.SIGKILL), ended.stderr
    assert "Traceback" not in ended.stderr
    if how is signal.SIGINT:
        assert "stopped; the same command continues where it was" in ended.stderr
    project = open_project(Settings(data_dir=data_dir, database_url=""))
    try:
        done = len(hashes(project)) - len(project.vectors.missing(hashes(project)))
        assert 0 < done < len(hashes(project))

        report = ingest(project, [folder], 40, 0)

        assert report.embedded == len(set(hashes(project))) - done
        assert report.skipped == LECTURES
        assert all_segments(project) == all_segments(uninterrupted)
        same = project.vectors.matrix(hashes(project)), uninterrupted.vectors.matrix(hashes(uninterrupted))
        assert np.allclose(*same, atol=1e-5)
        for question in ("parte 7 da aula 2", "busca de texto no índice"):
            here = project.searcher.search(question, 10).hits
            there = uninterrupted.searcher.search(question, 10).hits
            assert [hit.segment for hit in here] == [hit.segment for hit in there]
    finally:
        project.close()

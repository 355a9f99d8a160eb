"""What all sessions share: the project, and cached reads that know when they are stale."""

import gc
import threading

import streamlit as st

from dashboard.config import load_settings
from dashboard.services.driving import JobWorkers
from dashboard.services.project import Project, open_project

COLLECT_EVERY_SECONDS = 60.0


def get_project() -> Project:
    """Return the project of the settings, opened once for all sessions."""
    return _opened()[0]


def get_workers() -> JobWorkers:
    """Return what drives the project's judging jobs, whoever looks on."""
    return _opened()[1]


@st.cache_resource(show_spinner=False)
def _opened() -> tuple[Project, JobWorkers]:
    """Open the project, and let the jobs go on that were running when it was last open."""
    project = open_project(load_settings())
    workers = JobWorkers(project)
    workers.resume()
    _collect_by_the_clock()
    return project, workers


def _collect_by_the_clock() -> None:
    # What is loaded by now stays, so it need not be looked through again and again.
    gc.freeze()

    def collect() -> None:
        while not waiting.wait(COLLECT_EVERY_SECONDS):
            gc.collect()

    waiting = threading.Event()
    threading.Thread(target=collect, name="collect-garbage", daemon=True).start()

"""What all sessions share: the project, and cached reads that know when they are stale."""

import gc

import streamlit as st

from dashboard.config import load_settings
from dashboard.services.bank_work import BankWorkers
from dashboard.services.job_workers import JobWorkers
from dashboard.services.project import Project, open_project
from dashboard.services.repeating import every

COLLECT_EVERY_SECONDS = 60.0
RESUME_EVERY_SECONDS = 15.0


@st.cache_resource(show_spinner=False)
def get_project() -> Project:
    """Return the project of the settings, opened once for all sessions."""
    project = open_project(load_settings())
    _collect_by_the_clock()
    return project


@st.cache_resource(show_spinner=False)
def get_workers() -> JobWorkers:
    """Return what drives the project's judging jobs; those that were running when it was closed go on."""
    workers = JobWorkers(get_project())
    workers.resume()
    # Also those that another app process drove, when it ends for good.
    every(RESUME_EVERY_SECONDS, workers.resume, "resume-jobs")
    return workers


@st.cache_resource(show_spinner=False)
def get_bank_workers() -> BankWorkers:
    """Return what answers runs of question banks; a run that was under way when it was closed waits."""
    return BankWorkers(get_project())


def _collect_by_the_clock() -> None:
    # What is loaded by now stays, so it need not be looked through again and again.
    gc.freeze()

    every(COLLECT_EVERY_SECONDS, gc.collect, "collect-garbage")

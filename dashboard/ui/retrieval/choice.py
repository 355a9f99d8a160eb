"""What is measured against what: the choice in the address, and what follows, computed once a revision."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.errors import VereditoError
from dashboard.models import Run
from dashboard.services import evaluating
from dashboard.services.agreement import list_judges
from dashboard.services.browsing import choices
from dashboard.services.evaluating import Evaluated
from dashboard.services.project import Project
from dashboard.services.rankings import Ranked, ranked_by_run
from dashboard.services.truth import JUDGE, PEOPLE, QUESTIONS, TITLES, Truth, find_truth, known_truths
from dashboard.ui.addressed import choose
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain, number
from dashboard.ui.judge_names import judge_title
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.searching import offered_retrievers, ranked_now
from dashboard.ui.retriever import retriever_name
from dashboard.ui.runs import run_texts

CUTOFFS = ("1", "3", "5", "10", "20")
USUAL_CUTOFF = "10"
RUN = "run-"
"""Begins the code of a run in the address, where a retriever's is its setting."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of the part: who looks, at what, measured against what."""

    visit: Visit
    truth: Truth
    evaluated: Evaluated
    k: int
    ranker: str
    """What ranked, in words."""
    unfindable: int
    """Relevant segments that no search can find now; 0 for a run, which found what there was."""


def choose_truth(visit: Visit) -> Truth | None:
    """Draw the choice of the source of truth and return it; None when there is none, and then say so."""
    codes = _known_truths(visit.project.store.revision())
    if not codes:
        st.info(
            _(
                "There is nothing to measure with yet. Take lectures in, whose titles can serve as "
                "questions, or grade segments."
            ),
            icon=":material/inbox:",
        )
        st.page_link("pages/corpus.py", label=_("Take lectures in"), icon=":material/video_library:")
        return None
    texts = truth_texts(codes)
    forget = ("ranker", "rankers", "show", "sort", "question")
    code = choose(_("Measured against"), "truth", codes, texts.__getitem__, width=300, forget=forget)
    try:
        return get_truth(code, _revision(visit.project, code))
    except VereditoError as error:
        st.info(explain(error), icon=":material/inbox:")
        return None


def choose_cutoff() -> int:
    """Draw the choice of k and return it."""
    options = [USUAL_CUTOFF, *(one for one in CUTOFFS if one != USUAL_CUTOFF)]
    return int(choose("k", "k", options, width=90))


def open_measurement(visit: Visit) -> Measurement | None:
    """Draw the choice and return what was measured; None while there is nothing to show yet."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        truth = choose_truth(visit)
        if truth is None:
            return None
        rankers = offered_rankers(visit, truth)
        chosen = choose(_("Retriever or run"), "ranker", list(rankers), rankers.__getitem__, width=300)
        k = choose_cutoff()
    evaluated = evaluated_by(visit, truth, chosen, k)
    if evaluated is None:
        return None
    revision, version = _revision(visit.project, truth.code), visit.project.store.corpus_version()
    unfindable = 0 if chosen.startswith(RUN) else get_unfindable(truth.code, revision, version)
    return Measurement(visit, truth, evaluated, k, rankers[chosen], unfindable)


def evaluated_by(visit: Visit, truth: Truth, ranker: str, k: int) -> Evaluated | None:
    """Return what a retriever or run reaches; None while it is not known, and then say why."""
    revision = _revision(visit.project, truth.code)
    try:
        if ranker.startswith(RUN):
            return _run_measured(truth.code, int(ranker.removeprefix(RUN)), k, revision)
        ranked = ranked_now(ranker, truth.questions)
        if ranked is None:
            return None
        version, encoder = visit.project.store.corpus_version(), visit.project.encoder_choice.setting
        return measured(truth.code, ranker, k, revision, version, encoder, ranked)
    except VereditoError as error:
        st.info(explain(error), icon=":material/filter_alt_off:")
        return None


def truth_texts(codes: list[str]) -> Mapping[str, str]:
    """Return each source of truth in words."""
    fixed = {
        PEOPLE: _("People's grades"),
        QUESTIONS: _("Questions whose lecture is known"),
        TITLES: _("Titles of the lectures as questions"),
    }
    judges = {str(judge.judge_id): judge_title(judge) for judge, _count in list_judges(get_project())}
    return {code: fixed.get(code) or judges.get(code.removeprefix(f"{JUDGE}:"), code) for code in codes}


@st.cache_resource(max_entries=8, show_spinner=False)
def get_truth(code: str, revision: int) -> Truth:
    """Return a source of truth, read again only after something that it rests on was written."""
    return find_truth(get_project(), code)


@st.cache_data(max_entries=8, show_spinner=False)
def get_unfindable(code: str, revision: int, corpus_version: str) -> int:
    """Return how many relevant segments no search can find now."""
    return evaluating.unfindable(get_project(), get_truth(code, revision))


@st.cache_resource(max_entries=16, show_spinner=False)
def measured(
    code: str, retriever: str, k: int, revision: int, corpus_version: str, encoder: str, _ranked: Ranked
) -> Evaluated:
    """Return the measures of what a retriever found, computed once a state of grades, corpus and encoder."""
    return evaluating.measure_ranked(get_truth(code, revision), _ranked, k)


@st.cache_resource(max_entries=16, show_spinner=False)
def _run_measured(code: str, run_id: int, k: int, revision: int) -> Evaluated:
    return evaluating.measure_ranked(get_truth(code, revision), ranked_by_run(get_project(), run_id), k)


@st.cache_data(max_entries=2, show_spinner=False)
def _known_truths(revision: int) -> list[str]:
    return known_truths(get_project())


@st.cache_data(max_entries=2, show_spinner=False)
def _runs(revision: int) -> dict[int, Run]:
    return choices(get_project()).runs


def _revision(project: Project, code: str) -> int:
    """Return the revision of what a source of truth rests on; labels change nothing for titles."""
    return project.store.revision("corpus" if code == TITLES else "all")


def offered_rankers(visit: Visit, truth: Truth) -> dict[str, str]:
    """Return the retrievers, and where questions are stored the runs, that can be measured, in words."""
    found = {one: retriever_name(one) for one in offered_retrievers(visit.project)}
    if truth.is_stored:
        runs = _runs(visit.project.store.revision())
        for run_id, text in run_texts(runs).items():
            found[f"{RUN}{run_id}"] = _("run {number} · {name}").format(number=number(run_id), name=text)
    return found

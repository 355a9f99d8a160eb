"""Questions that mean nearly the same."""

import streamlit as st

from dashboard.services.question_pairs import (
    Pairs,
    bank_version,
    count_unembedded,
    embed_questions,
    similar_questions,
)
from dashboard.services.task import Task
from dashboard.store.questions import StoredQuestion
from dashboard.ui.addressed import choose
from dashboard.ui.bank.address import choose_question
from dashboard.ui.bank.questions import shortened, tag_badges
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.resources import get_project
from dashboard.ui.text import plain

THRESHOLDS = ("0.95", "0.99", "0.98", "0.97", "0.96", "0.94", "0.93", "0.92", "0.91", "0.90")
"""The first is where the choice begins. Vectors of E5 lie close together: unrelated questions reach 0.8."""

SHOWN_PAIRS = 50
REFRESH_SECONDS = 1


def draw_alike(visit: Visit) -> None:
    """Draw the pairs of questions that are at least as alike as the address says."""
    st.markdown(
        _(
            "Pairs of questions whose vectors are close. Nothing is merged: what was said of a question "
            "holds for its own wording. A question of which nothing was said can be deleted."
        )
    )
    if not _is_embedded(visit):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        threshold = choose(
            _("Cosine similarity from"),
            "alike",
            THRESHOLDS,
            lambda one: number(float(one), 2),
            width=190,
        )
    # Another encoder, which may be promoted elsewhere, finds other pairs.
    found = _pairs(bank_version(visit.project), visit.project.encoder_choice.setting, threshold)
    if not found.total:
        st.info(_("No two questions are this alike."), icon=":material/check:")
        return
    st.caption(ngettext("{count} pair", "{count} pairs", found.total))
    for place, pair in enumerate(found.pairs):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f":gray-badge[{number(pair.similarity, 3)}]")
            _draw_side(pair.first, place)
            _draw_side(pair.second, place)
    if found.total > len(found.pairs):
        st.caption(
            _("… and {count} more. Choose a higher similarity.").format(
                count=number(found.total - len(found.pairs))
            )
        )


def _draw_side(one: StoredQuestion, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.button(
                f"**{one.number}.** {plain(shortened(one.text))}",
                key=f"open-alike-{place}-{one.question_id}",
                type="tertiary",
                on_click=choose_question,
                args=(one.question_id,),
            )
        facts = tag_badges(one.tags[:3])
        answers = ngettext("{count} answer", "{count} answers", one.answers)
        st.markdown(f"{facts} :small[{answers}]", width="content")


@st.cache_data(max_entries=4, show_spinner=False)
def _pairs(version: str, encoder: str, threshold: str) -> Pairs:
    return similar_questions(get_project(), float(threshold), SHOWN_PAIRS)


class _Embedding:
    """The one work of giving questions vectors in this process; None while there is none."""

    def __init__(self) -> None:
        self.task: Task[int] | None = None


@st.cache_resource(show_spinner=False)
def _embedding() -> _Embedding:
    return _Embedding()


def _is_embedded(visit: Visit) -> bool:
    """Return whether every question has its vector; what lacks one is embedded when asked for."""
    work = _embedding()
    if work.task is not None:
        if not work.task.wait(0):
            st.fragment(_draw_progress, run_every=REFRESH_SECONDS)()
            return False
        _end(work)
    with st.spinner(_("Looking for vectors …")):
        missing = count_unembedded(visit.project)
    if not missing:
        return True
    st.info(
        ngettext("{count} question has no vector yet.", "{count} questions have no vector yet.", missing),
        icon=":material/memory:",
    )
    if st.button(_("Compare all questions"), type="primary", icon=":material/join_inner:"):
        project = visit.project
        work.task = Task(
            lambda tell: embed_questions(project, lambda done, total: tell("embed", done, total))
        )
        st.rerun()
    return False


def _end(work: _Embedding) -> int:
    """Forget work that has ended, whose error, if any, the page tells; return what it gave."""
    task, work.task = work.task, None
    return task.result if task is not None else 0


def _draw_progress() -> None:
    task = _embedding().task
    if task is None or task.wait(0):
        st.rerun()
    st.progress(
        task.done / task.total if task.total else 0.0,
        text=_("Turning questions into vectors") + f": {number(task.done)} / {number(task.total)}",
    )

"""What a person says of the evidence: a grade for each segment, a verdict for each citation."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

import streamlit as st

from dashboard.answering.citations import CitedMoment, cited_moments
from dashboard.answering.support import mark
from dashboard.clock import short_clock
from dashboard.errors import ChangedMeanwhile
from dashboard.models import Answer, Hit, Reference
from dashboard.responses import GRADES, VERDICT_TEXTS, Verdict
from dashboard.services.desk import peek
from dashboard.services.grading import check_citation, grade_segment
from dashboard.ui.actions import draw_failure, guarded
from dashboard.ui.evidence import draw_evidence
from dashboard.ui.i18n import _
from dashboard.ui.player import draw_player, play
from dashboard.ui.text import plain
from dashboard.ui.workplace import Workplace


@st.fragment
def draw_moments(work: Workplace, answer: Answer) -> None:
    """Draw the player and the evidence with a grade on each card; a click draws nothing else anew."""
    draw_failure()
    draw_player(work.visit.project, work.scope, answer.hits)
    draw_evidence(answer.question.text, work.scope, answer.hits, "annotate", beside=partial(_grade, work))


def prefetch(work: Workplace) -> None:
    """Read the answer that comes next and mark its evidence while the person reads this one."""
    if work.desk.place is None:
        return
    coming = peek(work.visit.project, work.visit.annotator, work.place)
    if coming is not None:
        for hit in coming.hits:
            mark(hit.segment.text, coming.question.text)


def _grade(work: Workplace, hit: Hit) -> None:
    key = f"grade-{work.scope}-{hit.rank}"
    st.segmented_control(
        _("Relevance of segment {rank}").format(rank=hit.rank),
        GRADES,
        default=work.desk.grades.get(hit.segment.segment_id),
        key=key,
        label_visibility="collapsed",
        on_change=guarded(_keep_grade),
        args=(work, hit.rank, key),
    )
    _note_shown(key)


def _note_shown(key: str) -> None:
    """Note what a control shows: a callback finds only what was chosen instead."""
    if (chosen := st.session_state.get(key)) is not None:
        st.session_state[_shown(key)] = chosen


def _shown(key: str) -> str:
    return f"{key}.shown"


@contextmanager
def _showing_what_stands(key: str) -> Iterator[None]:
    """Let a control show what was stored in another tab, where what was chosen may not replace it."""
    try:
        yield
    except ChangedMeanwhile as clash:
        st.session_state[key] = clash.found["found"]
        raise


def _keep_grade(work: Workplace, rank: int, key: str) -> None:
    grade = st.session_state.get(key)
    if grade is None:
        return
    with _showing_what_stands(key):
        grade_segment(
            work.visit.project,
            work.visit.annotator,
            work.place.answer_id,
            rank,
            grade,
            uuid4().hex,
            shown=st.session_state.get(_shown(key)),
        )


def draw_citations(work: Workplace, answer: Answer) -> None:
    """Draw each citation with the sentence that it is to support, and ask whether it does."""
    moments = moments_of(answer)
    if not moments:
        return
    hits = {hit.rank: hit for hit in answer.hits}
    st.caption(_("Does the cited moment support the sentence? (optional)"))
    unchecked = next((one.number for one in moments if _verdict(work, one) is None), None)
    for moment in moments:
        name = "citation-next" if moment.number == unchecked else f"citation-{moment.number}"
        with st.container(key=name, gap="xsmall"):
            _draw_citation(work, moment, hits[moment.rank])


def references_aside(answer: Answer) -> list[Reference]:
    """Return the references that are not among the citations, as imported records may bring them."""
    cited = {moment.rank for moment in moments_of(answer)}
    return [one for one in answer.references if one.rank not in cited]


def moments_of(answer: Answer) -> list[CitedMoment]:
    """Return the citations of an answer; where its text has none, its references that name a segment."""
    ranks = {hit.rank for hit in answer.hits}
    found = [one for one in cited_moments(answer.text, len(answer.hits)) if one.rank in ranks]
    if found:
        return found
    cited = [one.rank for one in answer.references if one.rank in ranks]
    return [CitedMoment(number, "", rank) for number, rank in enumerate(cited) if rank is not None]


def _draw_citation(work: Workplace, moment: CitedMoment, hit: Hit) -> None:
    key = _support_key(work, moment)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"**[{moment.rank}]** {short_clock(hit.segment.start_s) or _('no times')}",
            key=f"cited-{work.scope}-{moment.number}",
            icon=":material/play_circle:",
            type="tertiary",
            help=plain(hit.segment.title),
            on_click=play,
            args=(work.scope, moment.rank),
        )
        st.segmented_control(
            _("Does citation {number} support its sentence?").format(number=moment.number + 1),
            list(Verdict),
            default=work.desk.supports.get(moment.number),
            key=key,
            format_func=lambda verdict: _(VERDICT_TEXTS[verdict]),
            label_visibility="collapsed",
            on_change=guarded(_keep_verdict),
            args=(work, moment, key),
        )
        _note_shown(key)
    if moment.sentence:
        st.caption(plain(moment.sentence))


def _verdict(work: Workplace, moment: CitedMoment) -> Verdict | None:
    found: Verdict | None = st.session_state.get(
        _support_key(work, moment), work.desk.supports.get(moment.number)
    )
    return found


def _keep_verdict(work: Workplace, moment: CitedMoment, key: str) -> None:
    verdict = st.session_state.get(key)
    if verdict is None:
        return
    with _showing_what_stands(key):
        check_citation(
            work.visit.project,
            work.visit.annotator,
            work.place.answer_id,
            moment.number,
            moment.rank,
            Verdict(verdict),
            uuid4().hex,
            shown=st.session_state.get(_shown(key)),
        )


def _support_key(work: Workplace, moment: CitedMoment) -> str:
    return f"support-{work.scope}-{moment.number}"

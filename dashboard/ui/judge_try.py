"""Trying a rubric, stored or not, on one answer."""

from dataclasses import dataclass

import streamlit as st

from dashboard.errors import VereditoError
from dashboard.judging.rubric import Rubric
from dashboard.services.asking import find_answer
from dashboard.services.browsing import after, look_up, summaries
from dashboard.services.cases import to_case
from dashboard.services.judges import ModelChoice
from dashboard.services.judging import TryOut, try_out
from dashboard.services.task import Task
from dashboard.store.browse import AnswerSummary
from dashboard.ui.answer import draw_question, with_citations
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain
from dashboard.ui.judge_model import draw_model_choice
from dashboard.ui.navigation import choose_answer, chosen_answer
from dashboard.ui.text import plain
from dashboard.ui.verdict_details import draw_more
from dashboard.ui.verdicts import draw_verdict

OFFERED = 20
POLL_SECONDS = 0.3
_TASK, _TRIED, _BOX = "judge.trying", "judge.tried", "judge.try-answer"


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried on which answer, and what came of it."""

    answer_id: int
    rubric: Rubric
    choice: ModelChoice
    outcome: TryOut


def draw_try(visit: Visit, rubric: Rubric | None) -> None:
    """Draw the choice of an answer and of a model, and what the model says of it by a rubric."""
    st.subheader(_("Try it on one answer"), anchor=False)
    answer_id = _draw_pick(visit)
    if answer_id is None:
        st.info(_("There is no answer with these words."), icon=":material/search_off:")
        return
    answer = find_answer(visit.project, answer_id)
    with st.container(border=True, height=240, key="judge-tried-answer"):
        draw_question(answer)
        st.markdown(with_citations(answer.text, len(answer.hits)))
    choice = draw_model_choice(visit.project.settings.judge_model, "judge.model")
    task: Task[Tried] | None = st.session_state.get(_TASK)
    is_pressed = st.button(
        _("Try it"),
        type="primary",
        icon=":material/science:",
        disabled=rubric is None or not choice.model.strip() or task is not None,
        key="judge.try",
        help=_("You see a judge's verdict then, so a label that you give this answer later is not blind."),
    )
    if is_pressed and rubric is not None:
        task = st.session_state[_TASK] = _begin(visit, rubric, choice, answer_id)
        st.session_state.pop(_TRIED, None)
    if task is not None:
        _follow(task)
    tried: Tried | None = st.session_state.get(_TRIED)
    if tried is not None and tried.answer_id == answer_id:
        note_shown(visit.project, visit.annotator, [answer_id])
        _draw_tried(visit, tried, rubric)


def _begin(visit: Visit, rubric: Rubric, choice: ModelChoice, answer_id: int) -> Task[Tried]:
    project = visit.project
    return Task(
        lambda _progress: Tried(answer_id, rubric, choice, try_out(project, rubric, choice, answer_id))
    )


def _follow(task: Task[Tried]) -> None:
    waiting = st.empty()
    while not task.wait(POLL_SECONDS):
        waiting.caption(":material/hourglass_top: " + _("The judge reads the answer …"))
    waiting.empty()
    st.session_state[_TASK] = None
    try:
        st.session_state[_TRIED] = task.result
    except VereditoError as error:
        st.error(plain(explain(error)), icon=":material/error:")


def _draw_pick(visit: Visit) -> int | None:
    words = st.text_input(
        _("Question number, or words of question or answer"), key="judge.find", persist_state="session"
    )
    offered = {line.answer_id: line for line in look_up(visit.project, str(words or ""), OFFERED)}
    asked = chosen_answer()
    if asked is not None and asked not in offered and not words:
        offered = {line.answer_id: line for line in summaries(visit.project, [asked])} | offered
    if not offered:
        return None
    st.session_state[_BOX] = asked if asked in offered else next(iter(offered))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("Answer"),
            list(offered),
            format_func=lambda one: _line(offered[one]),
            key=_BOX,
            on_change=_choose,
        )
        st.button(
            _("Next answer"),
            icon=":material/skip_next:",
            on_click=_go_on,
            args=(visit, chosen),
            key="judge.next-answer",
        )
    return int(chosen) if chosen is not None else None


def _choose() -> None:
    choose_answer(int(st.session_state[_BOX]))


def _go_on(visit: Visit, answer_id: int) -> None:
    st.session_state["judge.find"] = ""
    choose_answer(after(visit.project, answer_id))


def _line(line: AnswerSummary) -> str:
    return f"{line.number}. {line.question[:120]} · {line.answer[:80]}"


def _draw_tried(visit: Visit, tried: Tried, rubric: Rubric | None) -> None:
    verdict = tried.outcome.verdict
    with st.container(border=True):
        if rubric is None or rubric.source != tried.rubric.source:
            st.caption(":material/history: " + _("Tried with an earlier text of the rubric."))
        draw_verdict(verdict, f"{tried.rubric.title} · {tried.choice.model}")
        draw_more(
            verdict, tried.rubric.key, to_case(find_answer(visit.project, tried.answer_id)), tried.rubric
        )
        if verdict.raw_reply:
            with st.expander(_("Reply to the letter")):
                st.code(verdict.raw_reply, language=None, wrap_lines=True)
        with st.expander(_("Prompt to the letter")):
            st.code(tried.outcome.prompt, language=None, wrap_lines=True)

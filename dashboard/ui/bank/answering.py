"""Answering questions of the bank as one run, and how far such runs are."""

from datetime import datetime

import streamlit as st

from dashboard.retrieval.retriever import METHODS
from dashboard.services import bank, questions
from dashboard.services.asking import DEFAULT_K
from dashboard.services.bank_work import Work
from dashboard.store.planned import RunProgress
from dashboard.store.questions import ANSWERED, UNANSWERED, QuestionFilter
from dashboard.ui.actions import guarded
from dashboard.ui.answer import author
from dashboard.ui.bank.address import LIST, filter_in_address, turn_to_part
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain, moment, ngettext, number, retold, span
from dashboard.ui.resources import get_bank_workers
from dashboard.ui.retriever import retriever_name
from dashboard.ui.runs import retriever_title, run_title
from dashboard.ui.text import plain

LARGEST_K = 30
SHOWN_RUNS = 20
SHOWN_ERRORS = 20
REFRESH_SECONDS = 1
WIDTH = 640


def draw_answering(visit: Visit) -> None:
    """Draw the form for a run, and the runs that there are."""
    _draw_form(visit)
    found = bank.list_runs(visit.project, SHOWN_RUNS)
    if not found:
        return
    st.subheader(_("Runs"))
    running = [one.run.run_id for one in found if _work(one) is not None]
    if running:
        st.fragment(_draw_running, run_every=REFRESH_SECONDS)(visit, running)
    for one in found:
        if one.run.run_id not in running:
            _draw_ended(visit, one)
    if len(found) == SHOWN_RUNS:
        st.caption(_("Older runs are not listed."))


def _draw_form(visit: Visit) -> None:
    chosen = filter_in_address()
    total = questions.count(visit.project, chosen)
    with st.container(width=WIDTH):
        if chosen != QuestionFilter():
            st.markdown(_("Questions of the list: {filter}").format(filter=_in_words(chosen)))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                "**" + ngettext("{count} question", "{count} questions", total) + "**", width="content"
            )
            st.button(
                _("Choose others in the list"),
                icon=":material/filter_alt:",
                type="tertiary",
                on_click=turn_to_part,
                args=(LIST,),
                key="questions.choose",
            )
        if not total:
            st.info(_("There is no question to answer here."), icon=":material/inbox:")
            return
        name = st.text_input(
            _("Name of the run"),
            chosen.tag or _("Bank"),
            key="questions.run-name",
            max_chars=bank.LONGEST_NAME,
        )
        with st.container(horizontal=True):
            retriever = st.selectbox(
                _("Retriever"),
                list(dict.fromkeys([visit.project.settings.retriever, *METHODS])),
                format_func=retriever_name,
                key="questions.retriever",
                width=240,
            )
            k = st.number_input(_("Segments"), 1, LARGEST_K, DEFAULT_K, key="questions.k", width=140)
        _draw_cost(visit, total)
        if st.button(
            ngettext("Answer {count} question", "Answer {count} questions", total),
            type="primary",
            icon=":material/play_arrow:",
            key="questions.run",
        ):
            with st.spinner(_("The run is being made …")):
                ids = questions.ids_of(visit.project, chosen)
                run_id = bank.plan_run(visit.project, str(name or ""), ids, int(k), str(retriever))
            get_bank_workers().begin(run_id)
            st.rerun()


def _draw_cost(visit: Visit, total: int) -> None:
    model = visit.project.settings.answer_model
    if model:
        cost = ngettext(
            "{count} request to the model at least", "{count} requests to the model at least", total
        )
        st.caption(_("Answered by {name}: {cost}.").format(name=plain(model), cost=cost))
    else:
        st.caption(_("Answered by {name}: no request, no cost.").format(name=author("extractive")))
    st.caption(_("The same questions under the same name and settings are the same run, which goes on."))


def _in_words(chosen: QuestionFilter) -> str:
    answered = {ANSWERED: _("answered"), UNANSWERED: _("not answered yet")}
    asked = {
        _("Text or number"): plain(chosen.text),
        _("Tag"): plain(chosen.tag),
        _("Answers"): answered.get(chosen.answered, ""),
    }
    return " · ".join(f"{name}: **{value}**" for name, value in asked.items() if value)


def _work(one: RunProgress) -> Work | None:
    """Return the work that this process does on a run now, None where it does none."""
    work = get_bank_workers().look(one.run.run_id)
    return work if work is not None and not work.is_over else None


def _draw_running(visit: Visit, run_ids: list[int]) -> None:
    """Draw the runs that are under way; once one has ended the whole page is drawn anew."""
    found = bank.progress_of(visit.project, run_ids)
    works = {one.run.run_id: work for one in found if (work := _work(one))}
    if len(works) < len(run_ids):
        st.rerun()
    for one in found:
        work = works[one.run.run_id]
        with st.container(border=True, gap="xsmall"):
            is_ending = work.halt.is_set()
            badge = (
                ":gray-badge[" + _("being stopped") + "]"
                if is_ending
                else ":green-badge[" + _("running") + "]"
            )
            _draw_head(one, badge, _pace(work))
            st.button(
                _("Stop"),
                icon=":material/stop:",
                disabled=is_ending,
                on_click=guarded(get_bank_workers().stop),
                args=(one.run.run_id,),
                key=f"questions.stop-{one.run.run_id}",
                help=_(
                    "The question that is being answered is answered to its end; the run can be continued."
                ),
            )


def _pace(work: Work) -> list[str]:
    if not work.rate or work.seconds_left is None:
        return []
    return [
        _("{rate} answers a minute").format(rate=number(work.rate * 60)),
        _("{time} left").format(time=span(work.seconds_left)),
    ]


def _draw_ended(visit: Visit, one: RunProgress) -> None:
    work = get_bank_workers().look(one.run.run_id)
    badge = ":blue-badge[" + _("done") + "]" if one.is_done else ":orange-badge[" + _("stopped") + "]"
    with st.container(border=True, gap="xsmall"):
        _draw_head(one, badge, [])
        if work is not None and work.error is not None and not one.is_done:
            st.error(explain(work.error), icon=":material/error:")
        if one.failed:
            _draw_errors(visit, one)
        with st.container(horizontal=True, vertical_alignment="center"):
            if not one.is_done and st.button(
                _("Continue"),
                icon=":material/play_arrow:",
                type="primary",
                key=f"questions.continue-{one.run.run_id}",
            ):
                bank.check_settings(visit.project, one.run)
                get_bank_workers().begin(one.run.run_id)
                st.rerun()
            if one.answered:
                st.page_link(
                    "pages/explore.py",
                    label=_("Answers in Explore"),
                    icon=":material/table_view:",
                    query_params={"run": str(one.run.run_id)},
                )


def _draw_errors(visit: Visit, one: RunProgress) -> None:
    with st.expander(ngettext("{count} question failed", "{count} questions failed", one.failed)):
        for _question_id, asked, error in bank.run_errors(visit.project, one.run.run_id, SHOWN_ERRORS):
            st.markdown(f"**{asked}**: {plain(retold(error))}")
        if one.failed > SHOWN_ERRORS:
            st.caption(_("… and {count} more").format(count=number(one.failed - SHOWN_ERRORS)))


def _draw_head(one: RunProgress, badge: str, pace: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.markdown(f"**{run_title(one.run)}**")
        st.markdown(badge, width="content")
    st.progress(
        one.answered / one.total if one.total else 1.0,
        text=_("{done} of {total} answered").format(done=number(one.answered), total=number(one.total)),
    )
    failed = [ngettext("{count} failed", "{count} failed", one.failed)] if one.failed else []
    st.caption(" · ".join([*pace, *failed, *_facts(one, one.run.created_at)]))


def _facts(one: RunProgress, begun: datetime) -> list[str]:
    config = one.run.config
    return [
        retriever_title(config.retriever),
        ngettext("{count} segment", "{count} segments", config.k),
        author(config.answerer),
        _("begun {moment}").format(moment=moment(begun)),
    ]

"""The parts of the adjudication page: which case is before the reader, what was said, and settling it."""

import time
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import streamlit as st

from dashboard.errors import N_
from dashboard.labels import FIRST_KEY_IS_BEST, STYLES, Label
from dashboard.services import adjudicating
from dashboard.services.adjudicating import Case, CaseLine, Estimates
from dashboard.services.exposure import reveal
from dashboard.store.cases import Scope, Show, Tally
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import choose, draw_pages, page_number
from dashboard.ui.clash import Waiting, draw_clash, or_wait
from dashboard.ui.desk import PACE, Press, draw_desk, seconds_on
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, number
from dashboard.ui.labels import badge, button_text
from dashboard.ui.navigation import choose_answer, chosen_answer
from dashboard.ui.recent import Recent
from dashboard.ui.resources import get_project
from dashboard.ui.text import paragraphs, plain
from dashboard.ui.verdicts import draw_judgements

LONGEST_REASON = 4000
PAGE_SIZE = 20
SHOWN_CARDS = 10

SHOW_TEXTS = {
    Show.OPEN: N_("to settle"),
    Show.SETTLED: N_("settled"),
    Show.ALL: N_("two labels or more"),
}
"""The lists in words."""

_AFTER, _EVENT = "adjudicate.after", "adjudicate.event"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where an adjudicator works: on which list, and at which of its cases (None: at none)."""

    visit: Visit
    scope: Scope
    show: Show
    tally: Tally
    case: Case | None


def draw_bar(visit: Visit) -> Bench:
    """Draw the choice of list, how far it is and the ways onward; return what is before the reader."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-bar"):
        scope, show = _choose_list(visit)
        counted = _tally(scope, adjudicating.versions(visit.project))
        asked = chosen_answer()
        case = None
        if asked is not None or show is Show.OPEN:
            after = int(st.session_state.pop(_AFTER, 0))
            case = adjudicating.find_case(visit.project, visit.annotator, scope, show, asked, after)
            choose_answer(case.answer.answer_id if case else None)
        _draw_progress(counted)
        _draw_last(visit)
        if show is not Show.OPEN and case is not None:
            st.button(_("List"), icon=":material/list:", on_click=choose_answer, args=(None,))
        if case is not None:
            _draw_ways(case)
    return Bench(visit, scope, show, counted, case)


def draw_settling(bench: Bench, case: Case) -> None:
    """Draw the three labels, the reason and what is proposed."""
    answer_id = case.answer.answer_id
    holds = case.settled[0] if case.settled else None
    agreed = holds.label if holds else None
    event_id = _event_for(bench.visit, answer_id)
    if holds is not None:
        keep = partial(_go_on, bench, answer_id)
        shown, by = badge(holds.label), plain(holds.annotator)
        draw_clash(_clash_scope(answer_id), shown, holds.reason, holds.event_id, keep, by)
    with st.container(horizontal=True, key="label-bar"):
        for label in FIRST_KEY_IS_BEST:
            st.button(
                button_text(label, is_given=label == agreed),
                key=f"settle-{label.value}-{answer_id}",
                shortcut=STYLES[label].shortcut,
                type="primary" if label == agreed else "secondary",
                width="stretch",
                on_click=partial(guarded(_settle), bench, answer_id, event_id, label),
            )
    with st.container(key="reason-box"):
        st.text_area(
            _("Reason"),
            value=_own_reason(bench, case),
            key=_reason_key(bench.visit, answer_id),
            height=68,
            max_chars=LONGEST_REASON,
            placeholder=_("Why this label? It is stored with the agreed label. (N to write, Esc to leave)"),
            label_visibility="collapsed",
            persist_state="session",
        )
    _draw_proposals(bench, case)


def draw_keys(bench: Bench, case: Case) -> None:
    """Bring the keys and the clock to the page."""
    answer_id = case.answer.answer_id
    cards = {
        f"Shift+{rank % 10}": Press(f".st-key-card-{answer_id}-{rank} button")
        for rank in range(1, SHOWN_CARDS + 1)
    }
    keys = {
        **cards,
        "n": Press(".st-key-reason-box textarea", "focus"),
        "j": Press(f".st-key-judges-{answer_id} summary"),
    }
    draw_desk(item=_event_for(bench.visit, answer_id), keys=keys, note="", on_report=lambda: None)


def draw_judges(bench: Bench, case: Case) -> None:
    """Draw the box whose content, the judges' verdicts, is read and sent only once it is opened."""
    answer_id = case.answer.answer_id
    with st.expander(_("What the judges said"), key=f"judges-{answer_id}", on_change="rerun") as opened:
        if opened.open:
            found = reveal(bench.visit.project, bench.visit.annotator, answer_id)
            draw_judgements(found.judgements, whole=False)


def draw_list(bench: Bench) -> None:
    """Draw the page of the list that the address asks for; each line opens its case."""
    total = bench.tally.settled if bench.show is Show.SETTLED else bench.tally.all
    if not total:
        draw_nothing(bench)
        return
    pages = -(-total // PAGE_SIZE)
    lines = adjudicating.find_lines(
        bench.visit.project, bench.visit.annotator, bench.scope, bench.show, page_number(pages), PAGE_SIZE
    )
    for line in lines:
        _draw_line(line)
    draw_pages(pages)


def draw_nothing(bench: Bench) -> None:
    """Say why there is nothing before the reader."""
    if bench.show is Show.SETTLED:
        st.info(_("Nothing has been settled here yet."), icon=":material/inbox:")
    elif not bench.tally.all:
        st.info(
            _("No answer here has labels of two people yet. Those that differ come here."),
            icon=":material/inbox:",
        )
        st.page_link("pages/annotate.py", label=_("Annotate"), icon=":material/edit_note:")
    elif bench.tally.settled:
        st.success(_("All is settled. Thank you!"), icon=":material/celebration:")
    else:
        st.success(_("Everyone agrees, nothing to settle."), icon=":material/handshake:")


def _choose_list(visit: Visit) -> tuple[Scope, Show]:
    scopes = {str(scope.campaign_id): scope for scope in adjudicating.list_scopes(visit.project)}
    chosen = ""
    if scopes:
        chosen = choose(
            _("Campaign"),
            "campaign",
            list(scopes),
            lambda key: str(scopes[key].campaign),
            width=200,
            nothing=_("All answers"),
            is_titled=False,
            forget=("answer",),
        )
    lists = {show.value: _(text) for show, text in SHOW_TEXTS.items()}
    show = choose(
        _("Show"),
        "show",
        list(lists),
        lists.__getitem__,
        width=190,
        is_titled=False,
        forget=("answer",),
    )
    return scopes.get(chosen, Scope()), Show(show)


def _draw_progress(counted: Tally) -> None:
    both = counted.open + counted.settled
    st.progress(
        counted.settled / both if both else 0.0,
        text=_("{done} settled, {left} to settle").format(
            done=number(counted.settled), left=number(counted.open)
        ),
    )


def _draw_last(visit: Visit) -> None:
    last = adjudicating.last_settled(visit.project, visit.annotator)
    title = _("Last settled: {number} {label}")
    st.button(
        title.format(number=last.number, label=badge(last.label))
        if last
        else title.format(number="–", label=""),
        key="last-settled",
        icon=":material/undo:",
        type="tertiary",
        disabled=last is None,
        help=_("Look at it again, or settle it otherwise"),
        on_click=choose_answer,
        args=(last.answer_id if last else None,),
    )


def _draw_ways(case: Case) -> None:
    # The keys are drawn as arrows, so these two need no icon.
    for text, key, answer_id in ((_("Previous"), "Left", case.previous), (_("Next"), "Right", case.next)):
        st.button(
            text,
            key=f"way-{key}",
            shortcut=key,
            disabled=answer_id is None,
            on_click=choose_answer,
            args=(answer_id,),
        )


def _draw_proposals(bench: Bench, case: Case) -> None:
    most = case.majority
    by_votes = _("Majority: none")
    if most is not None:
        by_votes = _("Majority: {label} {votes} of {people}").format(
            label=badge(most.label), votes=number(most.votes), people=number(most.people)
        )
    newest_response, _newest_adjudication = adjudicating.versions(bench.visit.project)
    found = _estimates(bench.scope).get(newest_response).of(case.answer.answer_id)
    by_model = _("Dawid-Skene: none")
    if found is not None:
        by_model = _("Dawid-Skene: {label} {confidence}").format(
            label=badge(found.label), confidence=number(found.confidence, 2)
        )
    st.markdown(
        f":small[{by_votes} · {by_model}]",
        help=_(
            "Proposals only. Dawid and Skene (1979) weigh each person by how often that person errs,"
            " estimated from all labels of this list; with few answers, or fewer than three people on one,"
            " it looks surer than it is."
        ),
    )


def _draw_line(line: CaseLine) -> None:
    summary = line.summary
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.button(
                    f"**{summary.number}.** {plain(summary.question)}",
                    key=f"open-{summary.answer_id}",
                    type="tertiary",
                    on_click=choose_answer,
                    args=(summary.answer_id,),
                )
            said = (f"{plain(name)} {badge(label or '?')}" for name, label in line.said.items())
            st.markdown(":small[" + " · ".join(said) + "]", width="content")
        if line.settled is not None:
            agreed = _("Agreed label: {label}").format(label=badge(line.settled.label))
            st.markdown(f":small[{agreed} · **{plain(line.settled.annotator)}**]")
            if line.settled.reason:
                st.caption(paragraphs(line.settled.reason))


def _own_reason(bench: Bench, case: Case) -> str:
    """Return the reason of the adjudication that holds, where it is the reader's own to change."""
    newest = case.settled[0] if case.settled else None
    return newest.reason if newest and newest.annotator == bench.visit.annotator else ""


def _event_for(visit: Visit, answer_id: int) -> str:
    """Return the id of what is settled from this drawing of the case, however often it is sent."""
    event = st.session_state.get(_EVENT)
    if event is None or event[0] != (visit.annotator, answer_id):
        event = ((visit.annotator, answer_id), uuid4().hex, time.monotonic())
        st.session_state[_EVENT] = event
    return str(event[1])


def _seconds_worked(sent: str) -> float | None:
    """Return how many seconds the adjudicator has worked on what is sent; None where it was sent before."""
    event = st.session_state.get(_EVENT)
    if event is None or event[1] != sent:
        return None
    counted = seconds_on(sent)
    return counted if counted is not None else min(time.monotonic() - float(event[2]), PACE.report_every)


def _settle(bench: Bench, answer_id: int, event_id: str, label: Label) -> None:
    reason = str(st.session_state.get(_reason_key(bench.visit, answer_id)) or "").strip()
    seconds = _seconds_worked(event_id)

    def store(seen: str | None) -> None:
        adjudicating.settle(
            bench.visit.project,
            answer_id,
            annotator=bench.visit.annotator,
            label=label,
            event_id=event_id,
            reason=reason,
            seconds=seconds,
            seen=seen,
        )
        event = st.session_state.get(_EVENT)
        if event is not None and event[1] == event_id:
            _go_on(bench, answer_id)

    settled = bench.case.settled if bench.case else ()
    waiting = Waiting(_clash_scope(answer_id), badge(label), reason, store)
    or_wait(waiting, settled[0].event_id if settled else None)


def _go_on(bench: Bench, answer_id: int) -> None:
    if bench.show is Show.OPEN:
        # It is no longer in the list, so the next one of the list follows.
        st.session_state[_AFTER] = answer_id
        choose_answer(None)
    st.session_state.pop(_EVENT, None)


def _clash_scope(answer_id: int) -> str:
    return f"settle-{answer_id}"


def _reason_key(visit: Visit, answer_id: int) -> str:
    return f"settle-reason-{answer_id}-{visit.annotator}"


@st.cache_data(max_entries=16, show_spinner=False)
def _tally(scope: Scope, versions: tuple[int, int]) -> Tally:
    return adjudicating.tally(get_project(), scope)


@st.cache_resource(max_entries=8, show_spinner=False)
def _estimates(scope: Scope) -> Recent[Estimates]:
    return Recent(partial(adjudicating.estimate, get_project(), scope))

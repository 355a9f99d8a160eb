"""The label bar: three labels and "cannot tell", and the ways back and onward."""

from functools import partial

import streamlit as st

from dashboard.campaigns import Draft
from dashboard.labels import FIRST_KEY_IS_BEST, STYLES
from dashboard.responses import REASON_TEXTS, RESPONSES, Kind, Reason
from dashboard.services.labelling import Response, keep_draft, respond, undo
from dashboard.ui.actions import guarded
from dashboard.ui.clash import Waiting, draw_clash, or_wait
from dashboard.ui.i18n import _
from dashboard.ui.labels import badge, button_text, hinted, response_badge, said_badge
from dashboard.ui.response import entered
from dashboard.ui.reveal import draw_verdicts_on_demand
from dashboard.ui.workplace import Coming, Workplace, coming, end_event, go_to, is_on_desk

FIRST_REASON_KEY = 5
"""The key of the first reason; the others follow."""


def draw_label_bar(work: Workplace) -> None:
    """Draw what can be said of the answer on the desk, each with its key."""
    own, draft = work.desk.own, work.desk.draft
    given = own.label if own else draft.label
    with st.container(horizontal=True, key="label-bar"):
        for label in FIRST_KEY_IS_BEST:
            st.button(
                button_text(label, is_given=label == given),
                key=f"label-{label.value}-{work.scope}",
                shortcut=STYLES[label].shortcut,
                type="primary" if label == given else "secondary",
                width="stretch",
                on_click=_say(work, Response(Kind.LABEL, label)),
            )


def draw_cannot_tell(work: Workplace) -> None:
    """Draw the reasons for which a person may leave an answer without a label."""
    own = work.desk.own
    given = own.reason if own is not None and own.kind is Kind.CANNOT_TELL else ""
    title = hinted(_("Cannot tell"), "4") + (f" {badge('?')}" if given else "")
    with st.popover(title, key="cannot-tell"):
        st.caption(_("Why? The answer then counts as done, without a label."))
        for key, reason in enumerate(Reason, start=FIRST_REASON_KEY):
            st.button(
                _(REASON_TEXTS[reason]),
                key=f"reason-{reason.value}-{work.scope}",
                shortcut=str(key),
                type="primary" if reason.value == given else "secondary",
                width="stretch",
                on_click=_say(work, Response(Kind.CANNOT_TELL, reason=reason.value)),
            )


def draw_ways(work: Workplace) -> None:
    """Draw what was said last, with the way to take it back, and the ways to other places."""
    desk = work.desk
    _draw_last(work)
    st.button(
        _("Undo"),
        shortcut="U",
        key=f"undo-{work.scope}-{desk.last.event.event_id if desk.last else 'none'}",
        disabled=desk.last is None,
        on_click=guarded(_take_back),
        args=(work,),
    )
    st.button(
        _("Previous"),
        shortcut="B",
        key=f"previous-{work.scope}",
        disabled=desk.previous is None,
        on_click=guarded(go_to),
        args=(desk.previous,),
    )
    _draw_onward(work)


def _draw_onward(work: Workplace) -> None:
    desk = work.desk
    if desk.place is None or desk.own is not None:
        after = desk.place.position if desk.place else 0
        on_click = partial(guarded(go_to), None, after)
        text, disabled = _("Next"), desk.place is None
    else:
        on_click, text, disabled = _say(work, Response(Kind.SKIP)), _("Skip"), False
    with st.container(key="onward", width="content"):
        st.button(
            text,
            shortcut="S",
            key=f"onward-{work.scope}",
            disabled=disabled,
            on_click=on_click,
        )


def _draw_last(work: Workplace) -> None:
    last = work.desk.last
    if last is None or last.event.kind not in RESPONSES:
        st.popover(hinted(_("Last"), "J"), icon=":material/gavel:", key="last", disabled=True)
        return
    shown = hinted(f"{last.number}. {response_badge(last.event)}", "J")
    with st.popover(shown, icon=":material/gavel:", key="last", on_change="rerun") as opened:
        draw_verdicts_on_demand(work, last.place.answer_id, is_wanted=bool(opened.open))


def _say(work: Workplace, response: Response) -> partial[None]:
    """Return the callback that sends a response with what was entered beside it."""
    return partial(guarded(_send), work, response, coming(work))


def _send(work: Workplace, response: Response, event: Coming) -> None:
    if not is_on_desk(work):
        return
    draft, seconds = entered(work), end_event(event.event_id)

    def store(seen: str | None) -> None:
        respond(
            work.visit.project,
            work.place,
            Response(response.kind, response.label, draft.also, response.reason, draft.flags, draft.note),
            event_id=event.event_id,
            annotator=work.visit.annotator,
            seconds=seconds,
            guideline_version=work.campaign.guideline_version if work.campaign else None,
            seen=seen,
        )
        go_to(None, after=work.place.position)

    said = said_badge(response.kind, response.label)
    or_wait(Waiting(work.scope, said, draft.note, store), event.seen)


def draw_other_tab(work: Workplace) -> None:
    """Draw what was sent from this page and clashes with what the same person said in another tab."""
    own = work.desk.own
    stands, note = (response_badge(own), own.note) if own else ("", "")
    draw_clash(work.scope, stands, note, own.event_id if own else None, partial(_leave_as_stored, work))


def _leave_as_stored(work: Workplace) -> None:
    keep_draft(work.visit.project, work.place, work.visit.annotator, Draft())
    go_to(None, after=work.place.position)


def _take_back(work: Workplace) -> None:
    last = work.desk.last
    assert last is not None
    if not is_on_desk(work):
        return
    undo(work.visit.project, last.event, last.place)
    go_to(last.place.position)

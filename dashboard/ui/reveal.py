"""What judges and other people said of an answer, sent to the browser only when it is asked for."""

from collections.abc import Sequence

import streamlit as st

from dashboard.models import Annotation
from dashboard.services.exposure import reveal
from dashboard.ui.i18n import _
from dashboard.ui.labels import response_badge
from dashboard.ui.text import paragraphs, plain
from dashboard.ui.verdicts import draw_judgements
from dashboard.ui.workplace import Workplace


def draw_verdicts_on_demand(work: Workplace, answer_id: int, *, is_wanted: bool) -> None:
    """Draw every judge's and every other person's verdict once somebody has opened their box."""
    if not is_wanted:
        return
    found = reveal(work.visit.project, work.visit.annotator, answer_id)
    draw_judgements(found.judgements, whole=False)
    _draw_people(found.people)
    st.caption(_("Whoever changes a label from here on does so with others' verdicts in view."))


def draw_reveal_box(work: Workplace) -> None:
    """Draw the box behind which the verdicts on the answer on the desk wait until it is labelled.

    In a campaign that is not blind they are in view from the start.
    """
    if work.campaign is not None and not work.campaign.is_blind:
        with st.container(border=True):
            draw_verdicts_on_demand(work, work.place.answer_id, is_wanted=True)
    elif work.desk.own is not None and not work.place.is_repeat:
        title = _("What judges and other people said")
        with st.expander(title, key=f"reveal-{work.scope}", on_change="rerun") as opened:
            draw_verdicts_on_demand(work, work.place.answer_id, is_wanted=bool(opened.open))


def _draw_people(people: Sequence[Annotation]) -> None:
    for event in people:
        also = " · " + _("also acceptable: {label}").format(label=event.also.value) if event.also else ""
        st.markdown(f"{response_badge(event)} · **{plain(event.annotator)}**{also}")
        if event.note:
            st.caption(paragraphs(event.note))

"""Where a person works: which campaign, which place of its queue, and what stands in the address of it."""

import time
from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

import streamlit as st

from dashboard.campaigns import Campaign
from dashboard.roles import Role
from dashboard.services.campaigns import campaigns_of
from dashboard.services.desk import Desk, Place, has_free, sit_down
from dashboard.ui.desk import PACE, seconds_on
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, number
from dashboard.ui.navigation import chosen_campaign, number_in_address, put_number

_WHO, _CHOICE, _SHOWN = "annotate.who", "annotate.campaign", "annotate.shown"
_AFTER, _LEFT, _EVENT = "annotate.after", "annotate.left", "annotate.event"

LOOK_AGAIN_SECONDS = 5
"""How often a page on which nothing is left looks whether somebody left something."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A person at work: in which campaign (None for all answers sent to annotation) and at which desk."""

    visit: Visit
    campaign: Campaign | None
    desk: Desk

    @property
    def place(self) -> Place:
        """The place at which the person is; only where the desk is not empty."""
        assert self.desk.place is not None
        return self.desk.place

    @property
    def scope(self) -> str:
        """What tells the widgets of this place from those of every other."""
        campaign = self.campaign.campaign_id if self.campaign else "all"
        return f"{campaign}-{self.desk.place.position if self.desk.place else 'none'}"


def start_work(visit: Visit) -> Workplace:
    """Draw the choice of campaign and sit down; whoever comes after somebody else begins afresh."""
    if st.session_state.setdefault(_WHO, visit.annotator) != visit.annotator:
        st.session_state[_WHO] = visit.annotator
        _leave()
    campaign = _choose_campaign(visit)
    name = "turn" if campaign else "answer"
    desk = sit_down(
        visit.project,
        visit.annotator,
        campaign.campaign_id if campaign else None,
        position=_asked_position(name),
        after=int(st.session_state.setdefault(_AFTER, 0)),
    )
    put_number("turn" if campaign is None else "answer", None)
    put_number(name, desk.place.position if desk.place else None)
    work = Workplace(visit, campaign, desk)
    st.session_state[_SHOWN] = work.scope
    return work


def _asked_position(name: str) -> int | None:
    """Return the place that the address asks for, unless the person has just gone on from it.

    A key that is pressed twice comes with the address of the first time, which would bring the place back.
    """
    asked = number_in_address(name)
    return asked if asked != st.session_state.get(_LEFT) else None


def _choose_campaign(visit: Visit) -> Campaign | None:
    offered = {one.campaign_id: one for one in campaigns_of(visit.project, visit.annotator)}
    asked = chosen_campaign()
    if not offered:
        put_number("campaign", None)
        return None
    keys: list[int | None] = [*_all_answers(visit), *offered]
    chosen = st.selectbox(
        _("Campaign"),
        keys,
        index=keys.index(asked) if asked in offered else 0,
        format_func=lambda key: offered[key].name if key else _("All answers sent to annotation"),
        key=_CHOICE,
        on_change=_take_campaign,
        label_visibility="collapsed",
        width=190,
    )
    put_number("campaign", chosen)
    return offered[chosen] if chosen else None


def _all_answers(visit: Visit) -> list[None]:
    """Return the choice of all answers, which an annotator does not have."""
    return [None] if visit.role.covers(Role.RESEARCHER) else []


def has_work(visit: Visit) -> bool:
    """Return whether there is anything that this person may label: campaigns, for researchers all answers."""
    return bool(_all_answers(visit) or campaigns_of(visit.project, visit.annotator))


def _take_campaign() -> None:
    put_number("campaign", st.session_state.get(_CHOICE))
    _leave()


def _leave() -> None:
    for name in (_AFTER, _LEFT, _EVENT):
        st.session_state.pop(name, None)
    put_number("turn", None)
    put_number("answer", None)


def is_on_desk(work: Workplace) -> bool:
    """Return whether a workplace is the one that was drawn last.

    While a page is drawn, buttons of the one before are still there for a moment, and a key presses them too.
    """
    return bool(st.session_state.get(_SHOWN) == work.scope)


def go_to(position: int | None, after: int = 0) -> None:
    """Turn to a certain place, or to the next that waits, those above `after` first."""
    st.session_state.pop(_EVENT, None)
    st.session_state[_AFTER] = after
    st.session_state[_LEFT] = after if position is None else None
    put_number("turn" if chosen_campaign() else "answer", position)


class Coming(NamedTuple):
    """What is going to be said at a place, from the moment at which the person came there.

    Attributes:
        at: The person and the place.
        event_id: Its id, however often it is sent.
        since: When the person came, by the server's monotonic clock.
        seen: What the person had said there before, None for nothing.
    """

    at: tuple[str, str]
    event_id: str
    since: float
    seen: str | None


def coming(work: Workplace) -> Coming:
    """Return what is going to be said at this place; drawing the place again does not change it."""
    event: Coming | None = st.session_state.get(_EVENT)
    if event is None or event.at != (work.visit.annotator, work.scope):
        own = work.desk.own
        at = (work.visit.annotator, work.scope)
        event = Coming(at, uuid4().hex, time.monotonic(), own.event_id if own else None)
        st.session_state[_EVENT] = event
    return event


def event_id(work: Workplace) -> str:
    """Return the id of what is said from this drawing of the place, however often it is sent."""
    return coming(work).event_id


def end_event(sent: str) -> float | None:
    """Return how many seconds a person worked before sending an event, and let the next one begin.

    What the browser counted decides; before its first report, the server's clock does.
    """
    event: Coming | None = st.session_state.get(_EVENT)
    if event is None or event.event_id != sent:
        return None
    counted = seconds_on(item(event.at[1], sent))
    st.session_state.pop(_EVENT, None)
    return counted if counted is not None else min(time.monotonic() - event.since, PACE.report_every)


def item(scope: str, event: str) -> str:
    """Return what the browser's clock counts for: this place, from this drawing on."""
    return f"{scope}/{event}"


def draw_progress(work: Workplace) -> None:
    """Draw how far the person is."""
    done, total = work.desk.done, work.desk.done + work.desk.left
    st.progress(
        done / total if total else 0.0,
        text=_("{done} of {total} labelled").format(done=number(done), total=number(total)),
    )


def draw_rest(work: Workplace) -> None:
    """Say why nothing lies on the desk, and what to do."""
    campaign, desk = work.campaign, work.desk
    if campaign is not None and campaign.closed_at is not None:
        st.info(_("This campaign was ended. Thank you for your labels!"), icon=":material/flag:")
    elif desk.left:
        st.info(
            _("Other people are at work on all that is left. What they leave appears here by itself."),
            icon=":material/hourglass_top:",
        )
        st.fragment(_look_again, run_every=LOOK_AGAIN_SECONDS)(work)
    elif desk.done or campaign is not None:
        st.success(_("You have labelled all that waited for you. Thank you!"), icon=":material/celebration:")
    else:
        st.info(
            _("No answer was sent to annotation yet. Ask a question, or import records."),
            icon=":material/inbox:",
        )
        st.page_link("pages/ask.py", label=_("Ask"), icon=":material/forum:")


def draw_no_campaign() -> None:
    """Say that no campaign has this person in it, and what to do."""
    st.title(_("Annotate"))
    st.info(
        _("You are in no running campaign. A researcher can add you to one; it then appears here."),
        icon=":material/inbox:",
    )


def _look_again(work: Workplace) -> None:
    if work.campaign and has_free(work.visit.project, work.visit.annotator, work.campaign.campaign_id):
        st.rerun()

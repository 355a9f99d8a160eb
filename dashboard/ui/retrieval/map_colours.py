"""By what the map is coloured; labels and scores only for those who accept what seeing them means."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dashboard.services.agreement import list_judges
from dashboard.services.map_marks import Marks, count_unseen, label_marks, score_marks
from dashboard.services.segment_map import SegmentMap
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import choose, turn_to
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext
from dashboard.ui.judge_names import judge_title
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.map_groups import LECTURE_STYLES, Grouping, by_label, by_lecture, by_score

_LECTURES = "map.lectures"
_SHOWN = "map.shown"


def draw_colours(visit: Visit, found: SegmentMap, titles: Mapping[str, str]) -> Grouping:
    """Draw the choice and return how the points are grouped by it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colour = turn_to(_("Coloured by"), "colour", ["lecture", "label", "score"], _colour_text)
        if colour == "lecture":
            return _lectures(found, titles)
        judge_id = _judge(visit) if colour == "score" else None
    if colour == "score" and judge_id is None:
        st.info(_("No judge has judged anything yet."), icon=":material/inbox:")
        marks = Marks()
    else:
        marks = _marks(judge_id, visit.project.store.revision())
    if marks.answers and not _is_accepted(visit, marks):
        marks = Marks()
    note_shown(visit.project, visit.annotator, marks.answers)
    if marks.answers:
        st.caption(_marks_text(colour))
    ids = found.segments["id"].tolist(), found.questions["id"].tolist()
    return by_label(*ids, marks) if colour == "label" else by_score(*ids, marks)


def _lectures(found: SegmentMap, titles: Mapping[str, str]) -> Grouping:
    placed = {video_id: at for at, video_id in enumerate(found.lectures)}
    offered = [video_id for video_id in titles if video_id in placed]
    asked = [one for one in st.query_params.get_all("lecture") if one in placed and one in titles]
    chosen = st.multiselect(
        _("Lectures"),
        offered,
        default=asked[: len(LECTURE_STYLES)],
        format_func=titles.__getitem__,
        max_selections=len(LECTURE_STYLES),
        placeholder=_("those with the most segments"),
        key=_LECTURES,
        on_change=guarded(_write_lectures),
        label_visibility="collapsed",
        width=420,
    )
    if not chosen:
        chosen = _largest(found, offered)
    lectures = [placed[one] for one in chosen]
    named = {placed[one]: titles[one] for one in chosen}
    return by_lecture(found.segments["lecture"].astype(np.int64), named, lectures, len(found.questions))


def _largest(found: SegmentMap, offered: list[str]) -> list[str]:
    counts = np.bincount(found.segments["lecture"], minlength=len(found.lectures))
    by_id = dict(zip(found.lectures, counts.tolist(), strict=True))
    return sorted(offered, key=lambda one: -by_id[one])[: len(LECTURE_STYLES)]


def _write_lectures() -> None:
    st.query_params["lecture"] = st.session_state.get(_LECTURES) or []


def _judge(visit: Visit) -> int | None:
    judges = {str(judge.judge_id): judge for judge, _count in list_judges(visit.project)}
    if not judges:
        return None
    chosen = choose(
        _("Judge"),
        "judge",
        list(judges),
        lambda code: judge_title(judges[code]),
        width=320,
        is_titled=False,
    )
    return int(chosen) if chosen else None


@st.cache_data(max_entries=8, show_spinner=False)
def _marks(judge_id: int | None, revision: int) -> Marks:
    """Return people's labels, or a judge's scores, as of a revision."""
    project = get_project()
    return label_marks(project) if judge_id is None else score_marks(project, judge_id)


def _is_accepted(visit: Visit, marks: Marks) -> bool:
    """Return whether the verdicts may be shown; ask first where that would end somebody's blindness."""
    if st.session_state.get(_SHOWN):
        return True
    unseen = count_unseen(visit.project, visit.annotator, marks)
    if not unseen:
        return True
    st.warning(
        ngettext(
            "These colours show the verdict on {count} answer that you have not seen yet. Whoever has seen "
            "it no longer labels it blind.",
            "These colours show the verdicts on {count} answers that you have not seen yet. Whoever has "
            "seen them no longer labels them blind.",
            unseen,
        ),
        icon=":material/visibility:",
    )
    st.button(_("Show them"), key="map.show", icon=":material/visibility:", on_click=_accept)
    return False


def _accept() -> None:
    st.session_state[_SHOWN] = True


def _marks_text(colour: str) -> str:
    if colour == "label":
        return _(
            "A question has the label of its newest labelled answer (the agreed one, else the majority); a "
            "segment that of the newest such answer whose first hit it is."
        )
    return _(
        "A question has the score of its newest answer with one; a segment that of the newest such answer "
        "whose first hit it is."
    )


def _colour_text(code: str) -> str:
    return {"lecture": _("Lecture"), "label": _("People's label"), "score": _("Judge's score")}[code]

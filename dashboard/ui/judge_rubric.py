"""Rubrics on the judge page: read, changed, stored as a new version, and compared."""

import streamlit as st

from dashboard.errors import RubricError
from dashboard.judging.rubric import Rubric, Unit
from dashboard.services.rubrics import (
    RubricVersion,
    check_key,
    diff,
    newest_rubrics,
    rubric_versions,
    save_rubric,
)
from dashboard.ui.addressed import choose
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain, language, moment, number
from dashboard.ui.judge_names import rubric_name
from dashboard.ui.judge_try import draw_try
from dashboard.ui.navigation import number_in_address, put_number
from dashboard.ui.text import plain

LONGEST_RUBRIC = 50_000
_STORED = "judge.stored"


def choose_rubric(visit: Visit) -> str:
    """Draw the choice of the rubric, which lives in the address, and return its key."""
    rubrics = {rubric.key: rubric for rubric in newest_rubrics(visit.project)}
    own = [key for key in rubrics if key.endswith(f".{language()}")]
    return choose(
        _("Rubric"),
        "rubric",
        list(dict.fromkeys([*own, *rubrics])),
        {key: rubric_name(rubric) for key, rubric in rubrics.items()}.__getitem__,
        width=520,
        forget=("version",),
    )


def draw_rubrics(visit: Visit) -> None:
    """Draw the chosen rubric to be changed and tried, and its versions."""
    key = choose_rubric(visit)
    versions = rubric_versions(visit.project, key)
    left, right = st.columns([6, 5], gap="large")
    with left:
        rubric = _draw_editor(visit, key, versions[-1])
        _draw_versions(key, versions)
    with right:
        draw_try(visit, rubric)


def _draw_editor(visit: Visit, key: str, newest: RubricVersion) -> Rubric | None:
    """Draw the whole text to be changed; return its rubric, None while it is none."""
    box, base = _box(key), f"judge.base-{key}"
    begun = st.session_state.get(base)
    stored = newest.rubric.source
    if box not in st.session_state or st.session_state[box] == begun:
        st.session_state[box] = st.session_state[base] = stored
    elif begun != stored:
        st.warning(
            _("Another version was stored while you were writing. Compare before you store yours."),
            icon=":material/warning:",
        )
    text = str(
        st.text_area(
            _("The rubric: its header, and below it the instructions"),
            key=box,
            height=520,
            max_chars=LONGEST_RUBRIC,
            persist_state="session",
        )
        or ""
    )
    rubric = _checked(text, key)
    if rubric is not None:
        _draw_summary(rubric)
    _draw_saving(visit, key, newest, text if rubric is not None else None)
    return rubric


def _checked(text: str, key: str) -> Rubric | None:
    try:
        return check_key(text, key)
    except RubricError as error:
        st.error(plain(explain(error)), icon=":material/error:")
        return None


def _draw_saving(visit: Visit, key: str, newest: RubricVersion, text: str | None) -> None:
    is_changed = st.session_state[_box(key)] != newest.rubric.source
    with st.container(horizontal=True, vertical_alignment="center"):
        # Open even while nothing is changed: a press that takes the cursor out of the box counts, too.
        is_pressed = st.button(
            _("Store as version {number}").format(number=newest.number + 1),
            type="primary",
            icon=":material/save:",
            disabled=not visit.annotator,
            key="judge.save",
        )
        st.button(
            _("Undo all changes"),
            icon=":material/undo:",
            disabled=not is_changed,
            on_click=_put_text,
            args=(key, newest.rubric.source),
            key="judge.undo",
        )
    if not visit.annotator:
        st.caption(_("Choose or type your name in the menu: a version says who wrote it."))
    elif is_changed:
        st.caption(_("Not stored yet. A new version makes new judges; the old ones keep their text."))
    if is_pressed and text is not None:
        if not is_changed:
            st.info(_("Nothing is changed, so there is nothing to store."), icon=":material/info:")
            return
        saved = save_rubric(visit.project, text, visit.annotator)
        st.session_state[f"judge.base-{key}"] = text
        st.session_state[_STORED] = saved.number
        put_number("version", saved.number)
        st.rerun()
    if (number_stored := st.session_state.pop(_STORED, None)) is not None:
        st.success(
            _("Stored as version {number}.").format(number=number_stored), icon=":material/check_circle:"
        )


def _box(key: str) -> str:
    return f"judge.text-{key}"


def _put_text(key: str, text: str) -> None:
    st.session_state[_box(key)] = text


def _draw_summary(rubric: Rubric) -> None:
    units = {
        Unit.ANSWER: _("one grade for the answer"),
        Unit.SENTENCE: _("a grade for each sentence, of which the mean counts"),
        Unit.SEGMENT: _("a grade for each segment, of which the mean counts"),
    }
    seen = {
        "question": _("question"),
        "reference": _("reference answer"),
        "segments": _("segments"),
        "answer": _("answer"),
    }
    st.caption(
        " · ".join(
            (
                _("sees {material}").format(material=", ".join(seen[name] for name in rubric.sees)),
                units[rubric.unit],
                _("grades {grades}").format(grades=plain(" < ".join(rubric.scale))),
                _("partial from {partial}, correct from {correct} (the lowest grade is 0)").format(
                    partial=_short(rubric.partial_from), correct=_short(rubric.correct_from)
                ),
            )
        )
    )


def _short(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 2)


def _draw_versions(key: str, versions: list[RubricVersion]) -> None:
    st.subheader(_("Versions"), anchor=False)
    known = {one.number: one for one in reversed(versions)}
    titles = {place: version_title(one) for place, one in known.items()}
    asked = number_in_address("version")
    box = f"judge.shown-{key}"
    st.session_state[box] = asked if asked in known else versions[-1].number
    chosen = st.radio(
        _("Version"),
        list(known),
        format_func=titles.__getitem__,
        key=box,
        on_change=_turn_to_version,
        args=(box,),
        label_visibility="collapsed",
    )
    shown = known[int(chosen or versions[-1].number)]
    before = known.get(shown.number - 1)
    if before is None:
        st.caption(_("The first version, so there is none to compare it with."))
    elif changed := diff(before, shown):
        st.code(changed, language="diff", wrap_lines=True)
    else:
        st.caption(_("Nothing differs from the version before."))
    with st.expander(_("Whole text")):
        st.code(shown.rubric.source, language=None, wrap_lines=True)
    if shown.number != versions[-1].number:
        st.button(
            _("Take this text into the editor"),
            icon=":material/history:",
            on_click=_put_text,
            args=(key, shown.rubric.source),
            key="judge.take-version",
        )


def _turn_to_version(box: str) -> None:
    put_number("version", int(st.session_state[box]))


def version_title(one: RubricVersion) -> str:
    """Return a version's number with who wrote it and when, as Markdown."""
    name = plain(one.annotator) or _("came along with Veredito")
    return _("Version {number} · {name} · {moment}").format(
        number=one.number, name=name, moment=moment(one.created_at)
    )

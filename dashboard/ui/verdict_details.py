"""What lies behind a verdict: grades, samples, members of a panel, and signs of something odd."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.judging.case import Case
from dashboard.judging.rubric import Rubric, Unit
from dashboard.judging.shipped import shipped
from dashboard.judging.suspicion import SUSPICION_TEXTS, Suspicion
from dashboard.judging.unscored import UNSCORED_TEXTS, Unscored
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.services.baseline import NAME, RUBRIC
from dashboard.ui.i18n import _, moment_of, number, retold
from dashboard.ui.judge_names import judge_name
from dashboard.ui.labels import badge
from dashboard.ui.text import paragraphs, plain

SHORT = 300


def draw_signs(verdict: NewJudgement) -> None:
    """Say that a verdict came from a stored reply, and that the judged texts may try to sway the judge."""
    signs = []
    if verdict.is_cached:
        signs.append(":gray-badge[:material/inventory_2: " + _("from stored reply") + "]")
    signs += [
        ":orange-badge[:material/warning: " + plain(suspicion_text(code)) + "]" for code in verdict.suspicions
    ]
    if signs:
        st.markdown(" ".join(signs))


def suspicion_text(code: str) -> str:
    """Return a sign of an attempt to sway the judge in words."""
    return _(SUSPICION_TEXTS[Suspicion(code)]) if code in tuple(Suspicion) else code


def unscored_text(reason: str) -> str:
    """Return why answers are unscored in words; an imported reason as it is."""
    if not reason:
        return _("No reason given")
    return _(UNSCORED_TEXTS[Unscored(reason)]) if reason in tuple(Unscored) else reason


def draw_unscored(verdict: NewJudgement) -> None:
    """Say why an answer is unscored."""
    said = [unscored_text(verdict.reason)] if verdict.reason else []
    if verdict.error:
        said.append(retold(verdict.error))
    st.caption(_("Unscored: {reason}").format(reason=plain(" – ".join(said))))


def draw_more(
    verdict: NewJudgement, rubric_key: str, case: Case | None, rubric: Rubric | None = None
) -> None:
    """Draw what led to a verdict: grades of sentences or segments, samples, members, earlier tries.

    `rubric` is the very rubric, where it is known; else its unit is that of the one that came along.
    """
    details = verdict.details
    grades, samples, members, earlier = (
        _list(details, name) for name in ("grades", "samples", "members", "earlier")
    )
    if grades:
        _draw_grades(grades, rubric or _known(rubric_key), case, is_exact=rubric is not None)
    if samples:
        _draw_samples(samples, details)
    if members:
        _draw_members(members)
    if earlier:
        with st.expander(_("Earlier tries")):
            for one in earlier:
                when = moment_of(str(one.get("created_at", "")))
                error = retold(str(one.get("error", "")))
                st.caption(f"{when} · {plain(error)}")


def _list(details: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = details.get(name)
    return found if isinstance(found, list) else []


def _known(key: str) -> Rubric | None:
    return next((rubric for rubric in shipped() if rubric.key == key), None)


def _draw_grades(
    grades: Sequence[float], rubric: Rubric | None, case: Case | None, *, is_exact: bool
) -> None:
    texts: Sequence[str] = ()
    if rubric is not None and case is not None:
        texts = case.sentences if rubric.unit is Unit.SENTENCE else case.segments
    if len(texts) != len(grades):
        texts = [""] * len(grades)
    is_segment = rubric is not None and rubric.unit is Unit.SEGMENT
    title = _("Grades of the segments") if is_segment else _("Grades of the sentences")
    with st.expander(title, expanded=is_exact):
        for place, (grade, text) in enumerate(zip(grades, texts, strict=True), start=1):
            shown = number(grade, 0 if float(grade).is_integer() else 2)
            if rubric is not None and is_exact:
                shown += f" / {rubric.highest}"
            short = text if len(text) <= SHORT else text[:SHORT].rstrip() + "…"
            st.markdown(f"**{place}** · :gray-badge[{shown}] {plain(short)}")


def _draw_samples(samples: Sequence[Mapping[str, Any]], details: Mapping[str, Any]) -> None:
    letters = [badge(_label(one.get("label"))) for one in samples]
    spread = details.get("spread")
    with st.container(gap="xsmall"):
        words = _("{count} samples").format(count=number(len(samples)))
        if isinstance(spread, int | float):
            words += " · " + _("spread {spread} (highest less lowest raw score)").format(
                spread=number(spread, 0 if float(spread).is_integer() else 2)
            )
        st.markdown(f"{' '.join(letters)} :small[{words}]")
        with st.expander(_("Every sample")):
            for place, one in enumerate(samples, start=1):
                said = str(one.get("reasoning") or retold(str(one.get("error") or "")))
                st.markdown(f"**{place}** {badge(_label(one.get('label')))} {paragraphs(said)}")


def _draw_members(members: Sequence[Mapping[str, Any]]) -> None:
    lines = [
        f"{badge(_label(one.get('label')))} {plain(_member_name(str(one.get('judge', ''))))}"
        for one in members
    ]
    st.markdown("  \n".join(lines))


def _member_name(name: str) -> str:
    return judge_name(JudgeConfig(name, RUBRIC if name == NAME else "", "", ""))


def _label(value: object) -> str:
    return str(value) if value in tuple(Label) else "?"

"""The parts of the judge page, and the ways between them."""

import streamlit as st

from dashboard.ui.i18n import _

JOBS, NEW, RUBRICS, JUDGES, IMPORT = "jobs", "new", "rubrics", "judges", "import"
PARTS = (JOBS, NEW, RUBRICS, JUDGES, IMPORT)
"""The parts by their names in the address, in the order in which they are shown."""

_PART, _BOX = "part", "judge.part"
_ADDRESS = (
    *("job", "kind", "rubric", "version", "answer", "judge", "before", "after"),
    *("label", "judge_label", "annotator", "run", "tag", "text", "page"),
)
"""What the parts keep in the address."""


def draw_parts() -> str:
    """Draw the choice of the part, which lives in the address, and return it."""
    titles = {
        JOBS: _("Jobs"),
        NEW: _("New job"),
        RUBRICS: _("Rubrics"),
        JUDGES: _("Judges"),
        IMPORT: _("Import judgements"),
    }
    found = st.query_params.get(_PART, "")
    st.session_state[_BOX] = found if found in PARTS else JOBS
    chosen = st.segmented_control(
        _("Part of the page"),
        PARTS,
        required=True,
        format_func=titles.__getitem__,
        key=_BOX,
        on_change=_turn,
        label_visibility="collapsed",
    )
    return str(chosen)


def open_part(part: str, **parameters: object) -> None:
    """Put a part, and what is chosen in it, into the address, and nothing else."""
    for name in _ADDRESS:
        st.query_params.pop(name, None)
    st.query_params[_PART] = part
    for name, value in parameters.items():
        st.query_params[name] = str(value)


def _turn() -> None:
    open_part(str(st.session_state[_BOX]))

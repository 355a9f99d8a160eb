"""Judgements of judges that work elsewhere, taken in from their dumps."""

from pathlib import Path

import streamlit as st

from dashboard.services.judgement_import import JudgementReport, check_judgements, import_judgements
from dashboard.services.project import Project
from dashboard.ui.i18n import _, number
from dashboard.ui.record_files import draw_problems, on_disk
from dashboard.ui.resources import get_project

ENDINGS = ["jsonl", "csv", "json", "eval"]
LONGEST_NAME = 200


def draw_import(project: Project) -> None:
    """Read uploaded dumps, say what is in them, and store it only when the person says so."""
    st.markdown(
        _(
            "Judgements as JSONL or CSV, as logs of Inspect AI, or as records of TruLens. They belong to the "
            "answers with their key, or with the same question and answer. Nothing is stored before you "
            "confirm."
        )
    )
    with st.container(horizontal=True, vertical_alignment="top"):
        files = st.file_uploader(
            _("Files"), type=ENDINGS, accept_multiple_files=True, key="judge.files", width=520
        )
        judge = st.text_input(
            _("Name of the judge"),
            key="judge.import-name",
            max_chars=LONGEST_NAME,
            width=320,
            help=_("For files that name none."),
        )
    if not files:
        return
    name = str(judge or "").strip()
    with on_disk(files) as paths:
        report = _checked(tuple(one.file_id for one in files), name, project.store.revision(), paths)
        if not report.judgements:
            st.info(_("There is no judgement in these files that can be stored."), icon=":material/inbox:")
            draw_problems(report.problems)
            return
        _draw_contents(report, _("These files hold:"))
        draw_problems(report.problems)
        text = _("Store the good judgements") if report.problems else _("Store these judgements")
        if st.button(text, type="primary", icon=":material/save:", key="judge.import"):
            with st.spinner(_("The judgements are being stored …")):
                stored = import_judgements(project, paths, name)
            _draw_contents(stored, _("Stored, without what was there already:"))


@st.cache_data(max_entries=8, show_spinner=False)
def _checked(file_ids: tuple[str, ...], judge: str, revision: int, _paths: list[Path]) -> JudgementReport:
    return check_judgements(get_project(), _paths, judge)


def _draw_contents(report: JudgementReport, title: str) -> None:
    st.markdown(title)
    with st.container(horizontal=True):
        for name, count in (
            (_("Judges"), report.judges),
            (_("Judgements"), report.judgements),
            (_("New answers"), report.answers_added),
            (_("Without an answer here"), report.unmatched),
        ):
            st.metric(name, number(count), border=True)

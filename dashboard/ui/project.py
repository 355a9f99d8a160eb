"""Records in and out, and the settings in force."""

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from dashboard.errors import N_
from dashboard.records.formats import FORMATS
from dashboard.services.exporting import export
from dashboard.services.importing import ImportReport, import_records
from dashboard.services.project import Project
from dashboard.ui.i18n import _, number
from dashboard.ui.record_files import ENDINGS, checked, draw_problems, on_disk
from dashboard.ui.retriever import retriever_name
from dashboard.ui.text import plain

FORMAT_NAMES = {"md": "Markdown", "jsonl": "JSONL", "csv": "CSV", "parquet": "Parquet"}

WHO_COMES_IN = {
    "open": N_("anybody on this machine, under any name"),
    "invite": N_("whoever holds a link that was made for them"),
    "oidc": N_("whoever the provider vouches for and an account or rule names"),
}


def draw_import(project: Project) -> None:
    """Read uploaded records, say what is in them, and store them only when the person says so."""
    st.markdown(
        _("Answered questions as Markdown, JSONL, CSV or Parquet. Nothing is stored before you confirm.")
    )
    files = st.file_uploader(_("Files"), type=ENDINGS, accept_multiple_files=True, key="project.files")
    if not files:
        return
    with on_disk(files) as paths:
        report = checked(files, paths)
        if not report.answers:
            st.info(_("There is no record in these files that can be stored."), icon=":material/inbox:")
            draw_problems(report.problems)
            return
        _draw_contents(report, _("These files hold:"))
        draw_problems(report.problems)
        text = _("Store the good records") if report.problems else _("Store these records")
        if st.button(text, type="primary", icon=":material/save:"):
            _draw_contents(import_records(project, paths), _("Stored, without what was there already:"))


def draw_export(project: Project) -> None:
    """Offer every record in each format."""
    st.markdown(_("Every answer with its evidence, labels and judgements."))
    name = st.segmented_control(
        _("Format"),
        list(FORMATS),
        default="jsonl",
        required=True,
        key="project.format",
        format_func=lambda name: FORMAT_NAMES.get(name, name),
    )
    chosen = FORMATS[str(name)]
    st.download_button(
        _("Download"),
        data=lambda: _exported(project, chosen.name),
        file_name=f"veredito{chosen.suffixes[0]}",
        mime=chosen.mime,
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
    if chosen.name == "md":
        st.caption(
            _("Markdown holds one label and one judgement of each answer; JSONL and Parquet hold all.")
        )


def draw_settings(project: Project) -> None:
    """Show the settings in force, without anything secret."""
    settings = project.settings
    facts = {
        _("Data folder"): str(settings.data_dir),
        _("Database"): project.store.engine.url.render_as_string(hide_password=True),
        _("Encoder"): project.encoder_choice.setting,
        _("Retriever"): retriever_name(settings.retriever),
        _("Model that answers"): settings.answer_model or _("none: extractive answers, no language model"),
        _("Model that judges"): settings.judge_model or _("none"),
        _("Who may come in"): _(WHO_COMES_IN[settings.auth]),
    }
    st.markdown("  \n".join(f"**{name}**: {plain(value)}" for name, value in facts.items()))
    st.caption(_("Change them with environment variables, or in a file .env, and start again."))


def _exported(project: Project, format_name: str) -> bytes:
    with TemporaryDirectory(prefix="veredito-") as folder:
        path = Path(folder) / "records"
        export(project, format_name, path)
        return path.read_bytes()


def _draw_contents(report: ImportReport, title: str) -> None:
    st.markdown(title)
    with st.container(horizontal=True):
        for name, count in (
            (_("Questions"), report.questions),
            (_("Answers"), report.answers),
            (_("Segments"), report.hits),
            (_("Labels"), report.annotations),
            (_("Judgements"), report.judgements),
        ):
            st.metric(name, number(count), border=True)

"""The lectures that are there, and taking in more."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.clock import short_clock
from dashboard.errors import EncoderError
from dashboard.services.corpus import (
    count_unembedded,
    count_vectors,
    count_videos,
    counts,
    find_videos,
    segments_of,
)
from dashboard.services.ingest import IngestReport, Progress, embed_corpus
from dashboard.services.project import Project
from dashboard.services.task import Task
from dashboard.services.uploads import check_sizes, ingest_uploads
from dashboard.store.corpus import VideoSummary
from dashboard.ui.addressed import draw_pages, page_number, type_in
from dashboard.ui.i18n import _, fill, ngettext, number
from dashboard.ui.resources import get_project
from dashboard.ui.text import plain

PAGE_SIZE = 20
SHOWN_NOTICES = 100
READING_WIDTH = 760
"""Pixels; longer lines tire the eye."""

POLL_SECONDS = 0.3
_TASK, _REPORT = "corpus.task", "corpus.report"
ENDINGS = ["srt", "vtt", "json", "txt", "md", "csv"]


def draw_state(project: Project) -> None:
    """Say how much there is, and offer to embed what has no vector yet."""
    videos, segments = counts(project)
    works = st.session_state.get("corpus.works", 0)
    unembedded = _unembedded(project.store.revision("corpus"), works, count_vectors(project))
    with st.container(horizontal=True):
        st.metric(_("Lectures"), number(videos), border=True)
        st.metric(_("Segments"), number(segments), border=True)
        missing = "–" if unembedded is None else number(unembedded)
        st.metric(_("Segments without a vector"), missing, border=True)
    st.caption(_("Encoder: {name}").format(name=plain(project.encoder_choice.setting)))
    if unembedded is None:
        st.warning(_("The encoder cannot be used now, so new segments get no vectors."))
    elif unembedded and st.button(_("Embed now"), type="primary", icon=":material/memory:"):
        begin(lambda progress: IngestReport(embedded=embed_corpus(project, progress)))


@st.cache_data(max_entries=4, show_spinner=False)
def _unembedded(revision: int, works: int, vectors: int | None) -> int | None:
    """Return how many segments lack a vector, as of a revision, of ended works and of vectors there are."""
    try:
        return count_unembedded(get_project())
    except EncoderError:
        return None


def draw_lectures(project: Project) -> None:
    """List the lectures, a page at a time, each with its segments on demand."""
    text = type_in(_("Words in the title or said in the lecture"), "text", width=400)
    total = count_videos(project, text, said=True)
    if not total:
        st.info(
            _("No lecture has this in its title, and in none it is said.")
            if text
            else _("There is no lecture yet. Take some in."),
            icon=":material/inbox:",
        )
        return
    pages = -(-total // PAGE_SIZE)
    for summary in find_videos(project, text, page_number(pages), PAGE_SIZE, said=True):
        _draw_lecture(project, summary, text)
    draw_pages(pages)


def _draw_lecture(project: Project, summary: VideoSummary, words: str) -> None:
    length = short_clock(summary.duration_s) or _("no times")
    count = ngettext("{count} segment", "{count} segments", summary.segments)
    title = f"{plain(summary.video.title)} · {length} · {count}"
    key = f"corpus.lecture.{summary.video.video_id}"
    with st.expander(title, key=key, on_change="rerun") as opened:
        if not opened.open:
            return
        source = " · ".join(
            part for part in (summary.source_name, summary.caption_kind, summary.video.language) if part
        )
        st.caption(plain(source))
        segments = segments_of(project, summary.video.video_id, words)
        if len(segments) < summary.segments:
            said = len(segments)
            st.caption(ngettext("Said in {count} segment:", "Said in {count} segments:", said))
        for segment in segments:
            times = f"{short_clock(segment.start_s)}–{short_clock(segment.end_s)}"
            st.markdown(f"**{segment.corpus_id}** · {times}  \n{plain(segment.text)}", width=READING_WIDTH)


def draw_ingest(project: Project) -> None:
    """Take in uploaded files, with a progress bar and a report."""
    st.markdown(
        _(
            "Captions as SRT, WebVTT or JSON, documents as text or Markdown. Upload a `videos.csv` together "
            "with its captions to give lectures their titles and links."
        )
    )
    with st.form("corpus.upload", border=False, clear_on_submit=True):
        files = st.file_uploader(_("Files"), type=ENDINGS, accept_multiple_files=True)
        sent = st.form_submit_button(_("Take in"), type="primary", icon=":material/upload:")
    if not sent:
        return
    check_sizes([file.size for file in files])
    contents = {file.name: file.getvalue() for file in files}
    if not files:
        st.warning(_("Choose at least one file first."), icon=":material/edit:")
    elif len(contents) < len(files):
        st.error(_("Two of the files have the same name. Give each another name and choose them again."))
    else:
        begin(lambda progress: ingest_uploads(project, contents, progress))


def begin(work: Callable[[Progress], IngestReport]) -> None:
    """Begin work that goes on whatever the reader clicks; one at a time for each reader."""
    if st.session_state.get(_TASK) is None:
        st.session_state[_TASK] = Task(work)
    st.rerun()


def draw_work() -> None:
    """Follow the work that is under way to its end, and report what it did."""
    if report := st.session_state.pop(_REPORT, None):
        _draw_report(report)
    task: Task[IngestReport] | None = st.session_state.get(_TASK)
    if task is None:
        return
    bar = st.progress(0.0)
    texts = {"": "", "read": _("Reading the lectures"), "embed": _("Turning segments into vectors")}
    while not task.wait(POLL_SECONDS):
        share = task.done / task.total if task.total else 0.0
        bar.progress(share, text=f"{texts[task.step]}: {number(task.done)} / {number(task.total)}")
    st.session_state[_TASK] = None
    st.session_state["corpus.works"] = st.session_state.get("corpus.works", 0) + 1
    st.session_state[_REPORT] = task.result
    st.rerun()


def _draw_report(report: IngestReport) -> None:
    st.success(
        _(
            "{videos} lectures taken in, {skipped} unchanged, {segments} new segments, {embedded} embedded."
        ).format(
            videos=number(report.videos),
            skipped=number(report.skipped),
            segments=number(report.segments),
            embedded=number(report.embedded),
        )
    )
    for notice in report.notices[:SHOWN_NOTICES]:
        draw = st.error if notice.is_error else st.warning
        draw(f"**{plain(Path(notice.file).name)}**: {plain(fill(notice.message, notice.found))}")

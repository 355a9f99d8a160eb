"""Uploaded files of records: read once, and what is wrong with them told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.records.formats import FORMATS
from dashboard.services.importing import FileProblem, ImportReport, check
from dashboard.services.uploads import check_sizes, file_name
from dashboard.ui.i18n import _, fill, number
from dashboard.ui.text import plain

SHOWN_PROBLEMS = 100

ENDINGS = [suffix.lstrip(".") for each in FORMATS.values() for suffix in each.suffixes]
"""What the names of files of records end in."""


@contextmanager
def on_disk(files: list[UploadedFile]) -> Iterator[list[Path]]:
    """Give the uploaded files as files, which are gone afterwards.

    Raises:
        CorpusError: They are too much at once.
    """
    check_sizes([file.size for file in files])
    with TemporaryDirectory(prefix="veredito-") as folder:
        paths = []
        for place, file in enumerate(files):
            path = Path(folder) / str(place) / file_name(file.name)
            path.parent.mkdir()
            path.write_bytes(file.getbuffer())
            paths.append(path)
        yield paths


def checked(files: list[UploadedFile], paths: list[Path]) -> ImportReport:
    """Return what uploaded files hold; the same upload is read once."""
    return _checked(tuple(file.file_id for file in files), paths)


@st.cache_data(max_entries=8, show_spinner=False)
def _checked(file_ids: tuple[str, ...], _paths: list[Path]) -> ImportReport:
    return check(_paths)


def draw_problems(problems: Sequence[FileProblem]) -> None:
    """Name each problem with its file and line."""
    for one in problems[:SHOWN_PROBLEMS]:
        # Records do not know their lines; what only the database refuses has none.
        line = ", " + _("line {line}").format(line=number(one.problem.line)) if one.problem.line else ""
        message = plain(fill(one.problem.message, dict(one.problem.found)))
        st.error(f"**{plain(one.file)}**{line}: {message}", icon=":material/error:")

"""Files from a browser, which arrive without their folders."""

import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from dashboard.corpus.catalogue import CATALOGUE, read_catalogue
from dashboard.errors import N_, CorpusError
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.ingest import IngestReport, Notice, Progress, ingest
from dashboard.services.project import Project

LARGEST_UPLOAD = 256 * 2**20
"""Bytes of all files that are taken in at once from a browser; the command line reads any number."""

MOST_FILES = 2_000
"""Files that are taken in at once from a browser."""

UNNAMED = "unnamed"
"""Stands for a name of which nothing is left."""

_LONGEST_NAME = 200
_DEEPEST = 8
_SPECIAL = frozenset(':*?"<>|')


def check_sizes(sizes: Collection[int]) -> None:
    """Refuse more than may be taken in at once, before any of it is read.

    Raises:
        CorpusError: There are too many files, or too many bytes.
    """
    if len(sizes) > MOST_FILES or sum(sizes) > LARGEST_UPLOAD:
        raise CorpusError(
            N_(
                "Too much at once: found {files} files of {found} bytes together, at most {most} files and "
                "{limit} bytes. Take them in one part after the other, or use the command line."
            ),
            files=len(sizes),
            found=sum(sizes),
            most=MOST_FILES,
            limit=LARGEST_UPLOAD,
        )


def file_name(name: str) -> str:
    """Return the name under which an uploaded file may lie in a folder: no path, nothing special, not long.

    It keeps its ending, which says what the file is.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join("_" if one in _SPECIAL or not one.isprintable() else one for one in base).rstrip(". ")
    path = PurePosixPath(kept)
    stem = path.stem
    while len(f"{stem}{path.suffix[:20]}".encode()) > _LONGEST_NAME:
        stem = stem[: -max(1, len(stem) // 10)]
    return f"{stem}{path.suffix[:20]}" or UNNAMED


@needs(Role.RESEARCHER)
def ingest_uploads(project: Project, files: Mapping[str, bytes], progress: Progress) -> IngestReport:
    """Take uploaded files in as one folder.

    Args:
        project: The project that grows.
        files: Content by name; folders in the names are ignored, also in `videos.csv`.
        progress: Told how far it is.

    Raises:
        CorpusError: They are too much at once; two files, or captions in different folders of `videos.csv`,
            have the same name.
    """
    check_sizes([len(content) for content in files.values()])
    with tempfile.TemporaryDirectory(prefix="veredito-") as name:
        # Always the same name, so that the same file uploaded again counts as from the same place.
        folder = Path(name) / "upload"
        folder.mkdir()
        for file, content in files.items():
            base = file_name(file)
            if base != UNNAMED and (folder / base).exists():
                raise CorpusError(
                    N_("Two of the files have the name {found}. Give each another name."), found=base
                )
            (folder / (CATALOGUE if base.lower() == CATALOGUE else base)).write_bytes(content)
        if (folder / CATALOGUE).is_file():
            _put_in_place(folder)
        report = ingest(project, [folder], progress=progress)
    report.notices = [_without(f"{folder}/", notice) for notice in report.notices]
    return report


def _put_in_place(folder: Path) -> None:
    """Put each caption file where `videos.csv` says it is; what is wrong with the table ingest will say."""
    try:
        entries, _ = read_catalogue(folder / CATALOGUE)
    except CorpusError:
        return
    places = {PurePosixPath(entry.captions.replace("\\", "/")) for entry in entries if entry.captions}
    twice = [name for name, count in Counter(place.name for place in places).items() if count > 1]
    if twice:
        raise CorpusError(
            N_(
                "{catalogue} names captions of several lectures {found}, in different folders. Uploads lose "
                "their folders: give each file another name, or use `python -m dashboard ingest FOLDER`."
            ),
            catalogue=CATALOGUE,
            found=twice[0],
        )
    for place in places:
        source, target = folder / place.name, folder / place
        if 1 < len(place.parts) <= _DEEPEST and not _leads_out(place):
            # What cannot be put there is missing there, which ingest will say.
            with suppress(OSError):
                if source.is_file():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    source.rename(target)


def _leads_out(place: PurePosixPath) -> bool:
    return ".." in place.parts or place.is_absolute() or bool(PureWindowsPath(place).anchor)


def _without(folder: str, notice: Notice) -> Notice:
    found = {
        name: value.replace(folder, "") if isinstance(value, str) else value
        for name, value in notice.found.items()
    }
    return replace(notice, file=notice.file.replace(folder, ""), found=found)

"""Files from a browser, which arrive without their folders."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from dashboard.corpus.catalogue import CATALOGUE, read_catalogue
from dashboard.errors import N_, CorpusError
from dashboard.services.ingest import IngestReport, Notice, Progress, ingest
from dashboard.services.project import Project

_UNNAMED = "unnamed"


def ingest_uploads(project: Project, files: Mapping[str, bytes], progress: Progress) -> IngestReport:
    """Take uploaded files in as one folder.

    Args:
        project: The project that grows.
        files: Content by name; folders in the names are ignored, also in `videos.csv`.
        progress: Told how far it is.

    Raises:
        CorpusError: Two files, or captions in different folders of `videos.csv`, have the same name.
    """
    with tempfile.TemporaryDirectory(prefix="veredito-") as name:
        # Always the same name, so that the same file uploaded again counts as from the same place.
        folder = Path(name) / "upload"
        folder.mkdir()
        for file, content in files.items():
            base = _base(file)
            if base != _UNNAMED and (folder / base).exists():
                raise CorpusError(
                    N_("Two of the files have the name {found}. Give each another name."), found=base
                )
            (folder / (CATALOGUE if base.lower() == CATALOGUE else base)).write_bytes(content)
        if (folder / CATALOGUE).is_file():
            _put_in_place(folder)
        report = ingest(project, [folder], progress=progress)
    report.notices = [_without(f"{folder}/", notice) for notice in report.notices]
    return report


def _base(name: str) -> str:
    base = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    return base if base not in {"", ".."} else _UNNAMED


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
        if len(place.parts) > 1 and ".." not in place.parts and not place.is_absolute() and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)


def _without(folder: str, notice: Notice) -> Notice:
    found = {
        name: value.replace(folder, "") if isinstance(value, str) else value
        for name, value in notice.found.items()
    }
    return replace(notice, file=notice.file.replace(folder, ""), found=found)

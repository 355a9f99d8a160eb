"""Paths that a person gives to the lectures found there."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from dashboard.corpus.captions import Notice
from dashboard.corpus.catalogue import CATALOGUE, Entry, read_catalogue
from dashboard.corpus.markup import one_line
from dashboard.corpus.names import slug
from dashboard.corpus.transcript import SUFFIXES, check_suffix
from dashboard.errors import N_, CorpusError
from dashboard.models import Video

_NOT_LECTURES = {"readme", "license", "licence", "changelog"}


@dataclass(frozen=True, slots=True)
class Lecture:
    """A video and the caption file that holds its words.

    Attributes:
        video: The lecture; without a row of `videos.csv` its id and title are made from the file's name.
        path: Its captions.
        caption_kind: How the captions came to be, as `videos.csv` says it.
        is_listed: Whether `videos.csv` lists the lecture.
    """

    video: Video
    path: Path
    caption_kind: str = ""
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file that kept a lecture out, or was dropped from it."""

    file: str
    notice: Notice


@dataclass(slots=True)
class Found:
    """The lectures, in order and with different ids, and what stood in the way of others."""

    lectures: list[Lecture] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_lectures(paths: Sequence[Path]) -> Found:
    """Find the lectures of folders and files; nothing is read but `videos.csv`.

    A folder with a `videos.csv` gives the lectures it lists; a folder without gives every caption file below
    it, named by its path; a file gives itself. Hidden files, and texts such as README, are passed over in
    folders. A fault of one lecture never keeps another out, and no error is raised: see `Found.problems`.
    """
    found = _Collector()
    for path in paths:
        if path.name.lower() == CATALOGUE and path.is_file():
            found.add_catalogue(path)
        elif path.is_dir():
            catalogue = path / CATALOGUE
            if catalogue.is_file():
                found.add_catalogue(catalogue)
            else:
                found.add_folder(path)
        elif path.is_file():
            found.add_file(path)
        else:
            found.report(
                str(path),
                N_("{file} does not exist or is not a file or folder. Check the path."),
                file=str(path),
            )
    return Found(found.lectures, found.problems)


class _Collector:
    def __init__(self) -> None:
        self.lectures: list[Lecture] = []
        self.problems: list[Problem] = []
        self._paths: dict[str, Path] = {}

    def report(self, file: str, message: str, /, **values: object) -> None:
        self.problems.append(Problem(file, Notice(message, values)))

    def add_catalogue(self, catalogue: Path) -> None:
        try:
            entries, notices = read_catalogue(catalogue)
        except CorpusError as error:
            self.report(str(catalogue), error.message, **error.found)
            return
        self.problems += [Problem(str(catalogue), notice) for notice in notices]
        for entry in entries:
            self.problems += [Problem(str(catalogue), notice) for notice in entry.notices]
            if entry.video:
                self._add_entry(catalogue, entry, entry.video)

    def add_folder(self, folder: Path) -> None:
        before = len(self.lectures) + len(self.problems)
        for path in _caption_files(folder):
            if _leaves(path, folder):
                self.report(
                    str(path),
                    N_("{file} is a link that leaves {folder}. Copy the file into the folder."),
                    file=str(path),
                    folder=str(folder),
                )
            else:
                self._add_named(path, path.relative_to(folder))
        if len(self.lectures) + len(self.problems) == before:
            self.report(
                str(folder),
                N_("{file} holds no captions: found no {catalogue} and no file ending in {suffixes}."),
                file=str(folder),
                catalogue=CATALOGUE,
                suffixes=", ".join(SUFFIXES),
            )

    def add_file(self, path: Path) -> None:
        if self._has_reader(path):
            self._add_named(path, Path(path.name))

    def _add_named(self, path: Path, name: Path) -> None:
        stem = name.with_suffix("")
        title = one_line(stem.name.replace("_", " ")) or stem.name
        video_id = slug(str(stem))
        if not video_id:
            self.report(
                str(path),
                N_("{file} cannot be named: found no letter or digit in its name. Rename it."),
                file=str(path),
            )
            return
        self._add(Lecture(Video(video_id, title), path))

    def _add_entry(self, catalogue: Path, entry: Entry, video: Video) -> None:
        path = self._inside(catalogue, entry)
        if path and self._has_reader(path):
            self._add(Lecture(video, path, entry.caption_kind, is_listed=True))

    def _inside(self, catalogue: Path, entry: Entry) -> Path | None:
        """Return the caption file of a row, None (reported) where it leaves the folder or is not there."""
        written = entry.captions
        path = catalogue.parent / written.replace("\\", "/")
        values = {"line": entry.line, "found": repr(written[:200])}
        if not written or not written.isprintable():
            self.report(
                str(catalogue),
                N_("Line {line}: {found} is not the name of a caption file. Fill in the column captions."),
                **values,
            )
        elif (
            Path(written).is_absolute() or PureWindowsPath(written).anchor or _leaves(path, catalogue.parent)
        ):
            self.report(
                str(catalogue),
                N_("Line {line}: the captions {found} lie outside the folder. Copy them into it."),
                **values,
            )
        elif not _is_file(path):
            self.report(
                str(path),
                N_("Line {line}: the captions {found} are not there. Correct the name or add the file."),
                **values,
            )
        else:
            return path
        return None

    def _has_reader(self, path: Path) -> bool:
        try:
            check_suffix(path)
        except CorpusError as error:
            self.report(str(path), error.message, **error.found)
            return False
        return True

    def _add(self, lecture: Lecture) -> None:
        video_id = lecture.video.video_id
        if video_id in self._paths:
            self.report(
                str(lecture.path),
                N_("The video_id {video_id} is taken by {other}, which was kept. Give this lecture another."),
                video_id=video_id,
                other=str(self._paths[video_id]),
            )
            return
        self._paths[video_id] = lecture.path
        self.lectures.append(lecture)


def _caption_files(folder: Path) -> Iterator[Path]:
    """Yield caption files in the order of their names; of a lecture in several formats, the best first."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    captions = [
        path
        for path in found
        if path.suffix.lower() in SUFFIXES and path.stem.lower() not in _NOT_LECTURES and _is_file(path)
    ]
    return iter(
        sorted(captions, key=lambda path: (path.with_suffix("").parts, SUFFIXES.index(path.suffix.lower())))
    )


def _leaves(path: Path, folder: Path) -> bool:
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return True


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # for instance a name longer than the file system allows
        return False

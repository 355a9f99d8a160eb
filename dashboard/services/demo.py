"""The demonstration project: ten made-up lectures with questions, answers, labels and judgements."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.errors import N_, CorpusError
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.importing import import_records
from dashboard.services.ingest import Progress, ingest
from dashboard.services.overview import overview
from dashboard.services.project import DEMO, Project

DEMO_DIR = Path(__file__).parents[2] / "data" / "demo"

RECORDS = "records.jsonl"
"""The demonstration's answered questions, in its folder."""


@dataclass(frozen=True, slots=True)
class InitReport:
    """Where the project is and what is in it now."""

    data_dir: Path
    database: str
    videos: int
    segments: int
    answers: int

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "data_dir": str(self.data_dir),
            "database": self.database,
            "videos": self.videos,
            "segments": self.segments,
            "answers": self.answers,
        }


@needs(Role.RESEARCHER)
def describe(project: Project) -> InitReport:
    """Say where the project is and what is in it; a password in the database's address is left out."""
    now = overview(project)
    return InitReport(
        data_dir=project.settings.data_dir,
        database=project.store.engine.url.render_as_string(hide_password=True),
        videos=now.videos,
        segments=now.segments,
        answers=now.answers,
    )


@needs(Role.RESEARCHER)
def load_demo(project: Project, progress: Progress = lambda step, done, total: None) -> None:
    """Load the demonstration; what is there already is left as it is.

    Its vectors come with it, so that nothing has to be embedded with the default encoder.

    Raises:
        CorpusError: The project holds work of its own, or the demonstration's files are not there.
    """
    if not (DEMO_DIR / "videos.csv").is_file():
        raise CorpusError(
            N_("The demonstration is not in {path}. Run this from a complete copy of Veredito."),
            path=DEMO_DIR,
        )
    if not project.is_demo and not _is_empty(project):
        raise CorpusError(
            N_(
                "The project in {path} holds work of its own, which made-up labels must not mix with. Load "
                "the demonstration into an empty folder: set VEREDITO_DATA_DIR."
            ),
            path=project.settings.data_dir,
        )
    # First of all, so that a loading that is interrupted can be repeated.
    if not project.is_demo:
        project.store.set_fact(DEMO, "1")
    _copy_missing(DEMO_DIR / "media", project.settings.media_dir)
    _copy_vectors(project)
    ingest(project, [DEMO_DIR], progress=progress)
    import_records(project, list(DEMO_DIR.glob(RECORDS)))


def _is_empty(project: Project) -> bool:
    now = overview(project)
    return not (now.videos or now.answers)


def _copy_missing(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in source.glob("*.webm"):
        if not (target / path.name).exists():
            unfinished = target / f"{path.name}.part"
            shutil.copy2(path, unfinished)
            unfinished.replace(target / path.name)


def _copy_vectors(project: Project) -> None:
    for folder in (DEMO_DIR / "vectors").glob("*/"):
        target = project.settings.data_dir / "vectors" / folder.name
        if not target.exists():
            shutil.copytree(folder, target)

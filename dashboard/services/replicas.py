"""Whether several app processes on one PostgreSQL share what they have to: vectors and the data folder."""

from uuid import uuid4

from dashboard.retrieval.files import write_durably
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.check import Check
from dashboard.services.project import Project
from dashboard.store.base import now
from dashboard.store.schema import ProjectFact

FOLDER_FACT = "data_folder"
"""The fact that names the data folder of this database; empty until one was looked at."""

FOLDER_FILE = "folder-id"
"""The file that names a data folder, so that it is known again wherever it is mounted."""


@needs(Role.ADMIN)
def is_shared(project: Project) -> bool:
    """Return whether the database can be that of several app processes on several machines."""
    return project.store.engine.dialect.name == "postgresql"


@needs(Role.ADMIN)
def check_vectors(project: Project) -> Check:
    """Say where the vectors are, and why not in the database when they are not.

    Raises:
        VereditoError: The database or the encoder failed.
    """
    from dashboard.retrieval.database_home import DatabaseHome
    from dashboard.store.vector_schema import prepare

    if isinstance(project.home, DatabaseHome):
        return Check("vectors", True, project.home.describe(project.encoder))
    fault = prepare(project.store.engine)
    found = str(fault) if fault else "pgvector was not there when the project was opened."
    advice = (
        "Until then each data folder has its own vectors and index, and what is embedded on one machine "
        "is embedded again on the others. Start Veredito again when it is done."
    )
    return Check("vectors", True, f"in files of this data folder, with FAISS. {found}", advice)


@needs(Role.ADMIN)
def check_folder(project: Project) -> Check:
    """Say whether this data folder is the one of the database, and make it that where there is none yet.

    Raises:
        StoreError: The database failed.
    """
    path = project.settings.data_dir / FOLDER_FILE
    try:
        here = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        if not here:
            path.parent.mkdir(parents=True, exist_ok=True)
            here = f"{now():%Y-%m-%d}-{uuid4().hex}"
            write_durably(path, f"{here}\n".encode())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Check("shared folder", False, f"{path}: {reason}", "Make the data folder writable.")
    expected = _first_named(project, here)
    if here == expected:
        return Check(
            "shared folder", True, f"{project.settings.data_dir} is the data folder of this database"
        )
    return Check(
        "shared folder",
        False,
        f"{project.settings.data_dir} is not the data folder that other app processes of this database use",
        "Mount the same folder as VEREDITO_DATA_DIR on every machine: videos and tuned encoders are only in "
        f"that one. If this one has taken its place for good, write {expected} into {path}.",
    )


def _first_named(project: Project, here: str) -> str:
    if expected := project.store.fact(FOLDER_FACT):
        return expected
    # Two may look at once: the second finds what the first has stored.
    with project.store.write() as session:
        found = session.get(ProjectFact, FOLDER_FACT)
        if found is None or not found.value:
            session.merge(ProjectFact(name=FOLDER_FACT, value=here))
            return here
        return found.value

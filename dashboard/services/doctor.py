"""Looking at every part of a project and saying what to do about what is wrong."""

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from dashboard.config import Settings, load_settings
from dashboard.errors import ModelError, StoreError, VereditoError
from dashboard.model_server.connection import open_client
from dashboard.services import corpus, replicas, safety
from dashboard.services.check import Check
from dashboard.services.project import Project, open_project
from dashboard.services.sign_in_check import find_fault, find_no_admin
from dashboard.store.engine import DAMAGED, is_safe_for_wal, sqlite_module

MODEL_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every check; the project is well when all are."""

    checks: list[Check]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return the diagnosis as the command line prints it."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def diagnose() -> Diagnosis:
    """Read the settings and check everything; settings that cannot be used are the only finding."""
    try:
        settings = load_settings()
    except VereditoError as error:
        return Diagnosis([Check("settings", False, str(error), "See the message.")])
    return examine(settings)


def examine(settings: Settings) -> Diagnosis:
    """Check settings, database, library, corpus, encoder, index and model server.

    What the program makes by itself is made: a missing database, a newer schema, a missing or damaged index.
    """
    checks = [_data_dir(settings)]
    try:
        project = open_project(settings)
    except VereditoError as error:
        return Diagnosis([*checks, _unopened(settings, error), _backup(settings)])
    try:
        checks += [
            _database(project),
            _guarded("saving", lambda: _saving(project)),
            _backup(settings),
            _sqlite(project),
            *_sign_in(project),
            _guarded("corpus", lambda: _corpus(project)),
            _guarded("encoder", lambda: _encoder(project)),
            *_guarded_list("promoted encoder", lambda: _promotion(project)),
            _guarded("search", lambda: _search(project)),
            _guarded("model server", lambda: _model_server(settings)),
            *_shared(project),
        ]
    finally:
        project.close()
    return Diagnosis(checks)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except VereditoError as error:
        return Check(name, False, str(error), "See the message.")


def _guarded_list(name: str, check: Callable[[], list[Check]]) -> list[Check]:
    try:
        return check()
    except VereditoError as error:
        return [Check(name, False, str(error), "See the message.")]


def _data_dir(settings: Settings) -> Check:
    folder = settings.data_dir
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        advice = "Make it writable, or choose another in VEREDITO_DATA_DIR."
        return Check("data folder", False, str(folder), advice)
    free = shutil.disk_usage(nearest).free // 1_000_000
    if free < settings.min_free_mb:
        advice = "Free some space: with a full disk nothing can be saved."
        return Check("data folder", False, f"{folder}: {free} MB free on its disk", advice)
    return Check("data folder", True, str(folder))


def _database(project: Project) -> Check:
    address = project.store.engine.url.render_as_string(hide_password=True)
    if project.store.engine.dialect.name != "sqlite":
        return _postgres(project, address)
    try:
        with project.store.read() as session:
            verdict = str(session.execute(text("PRAGMA quick_check(1)")).scalar()).splitlines()[-1]
    except StoreError as error:
        verdict = str(error)
    if verdict != "ok":
        return Check("database", False, f"{address}: {verdict}", safety.how_to_put_back(project.settings))
    if network := safety.network_of(project.settings):
        advice = "Move it to a disk of this machine, or to PostgreSQL: python -m dashboard migrate-store"
        return Check("database", False, f"{address}: on a network file system ({network})", advice)
    return Check("database", True, f"{address}: {verdict}")


def _unopened(settings: Settings, error: VereditoError) -> Check:
    """Tell what kept the database from being opened, and what to do when that is damage."""
    is_damaged = error.message == DAMAGED
    return Check(
        "database",
        False,
        str(error),
        safety.how_to_put_back(settings) if is_damaged else "See the message.",
    )


def _saving(project: Project) -> Check:
    """Try whether anything can be stored, without storing anything."""
    with project.store.write() as session:
        session.rollback()
    return Check("saving", True, "possible")


def _backup(settings: Settings) -> Check:
    """Look for a recent backup; without one the project works all the same."""
    found, is_recent = safety.newest_backup(settings)
    return Check("backup", True, found, "" if is_recent else safety.BACK_UP)


def _postgres(project: Project, address: str) -> Check:
    query = (
        "SELECT current_setting('server_version'), current_setting('transaction_read_only'), "
        "current_setting('max_connections')::int, "
        "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
    )
    with project.store.read() as session:
        version, read_only, most, used = session.execute(text(query)).one()
    found = f"{address}: PostgreSQL {version}, {used} of {most} connections in use"
    if read_only == "on":
        advice = "Name the server that can be written in VEREDITO_DATABASE_URL."
        return Check("database", False, f"{found}, read-only", advice)
    advice = "Raise its max_connections: with more people it may run out." if used > 0.8 * most else ""
    return Check("database", True, found, advice)


def _sqlite(project: Project) -> Check:
    module = sqlite_module()
    if project.store.engine.dialect.name != "sqlite":
        return Check("SQLite library", True, "not used")
    if is_safe_for_wal(module):
        return Check("SQLite library", True, f"{module.sqlite_version}, write-ahead log")
    return Check(
        "SQLite library",
        True,
        f"{module.sqlite_version}, rollback journal: versions before 3.51.3 can damage a write-ahead log",
        "Install the wheel pysqlite3 for more speed with several people.",
    )


def _sign_in(project: Project) -> list[Check]:
    """Look at who may come in, where people sign in."""
    if project.settings.auth == "open":
        return []
    found, advice = find_no_admin(project)
    checks = [Check("people", True, found, advice)]
    if project.settings.auth == "oidc":
        found, advice = find_fault(Path.cwd())
        checks.append(Check("provider", not advice, found, advice))
    return checks


def _corpus(project: Project) -> Check:
    videos, segments = corpus.counts(project)
    advice = "" if segments else "Take lectures in: python -m dashboard ingest FOLDER"
    return Check("corpus", True, f"{videos} lectures, {segments} segments", advice)


def _encoder(project: Project) -> Check:
    lacking = corpus.count_unembedded(project)
    encoder = project.encoder
    found = f"{encoder.id}, {encoder.dimension} dimensions, {lacking} segments without a vector"
    advice = "Embed them: python -m dashboard ingest, or “Embed now” on the Corpus page." if lacking else ""
    return Check("encoder", lacking == 0, found, advice)


def _promotion(project: Project) -> list[Check]:
    """Look at the promoted encoder, where there is one."""
    choice = project.encoder_choice
    if choice.promotion is None:
        return []
    if choice.fault is None:
        return [Check("promoted encoder", True, f"{choice.setting}, made from {choice.promotion.over}")]
    advice = f"{choice.setting} is used meanwhile. To leave it so: python -m dashboard encoders --go-back"
    return [Check("promoted encoder", False, str(choice.fault), advice)]


def _shared(project: Project) -> list[Check]:
    """Look at what app processes on several machines share, where the database lets there be several."""
    if not replicas.is_shared(project):
        return []
    return [
        _guarded("vectors", lambda: replicas.check_vectors(project)),
        _guarded("shared folder", lambda: replicas.check_folder(project)),
    ]


def _search(project: Project) -> Check:
    from dashboard.retrieval.retriever import parse_retriever

    parse_retriever(project.settings.retriever)
    if not corpus.counts(project)[1]:
        return Check("search", True, "nothing to search yet")
    result = project.searcher.search("teste", 1, project.settings.retriever)
    return Check("search", True, f"{project.settings.retriever}, index current, {len(result.hits)} hit")


def _model_server(settings: Settings) -> Check:
    if not settings.answer_model and not settings.judge_model:
        return Check("model server", True, "no model is set: extractive answers, no judge")
    import openai

    try:
        with open_client(MODEL_TIMEOUT_SECONDS) as client:
            names = {model.id for model in client.models.list()}
    # The client has no error of its own for a page where a list of models should be.
    except (openai.OpenAIError, ModelError, AttributeError, RecursionError, TypeError, ValueError) as error:
        return Check(
            "model server",
            False,
            _in_words(error),
            "Check OPENAI_API_KEY and OPENAI_BASE_URL, and that the server is running.",
        )
    missing = [name for name in (settings.answer_model, settings.judge_model) if name and name not in names]
    return Check(
        "model server",
        not missing,
        f"{len(names)} {'model' if len(names) == 1 else 'models'}"
        + (f", without {', '.join(missing)}" if missing else ""),
        "Set VEREDITO_ANSWER_MODEL and VEREDITO_JUDGE_MODEL to models that it has." if missing else "",
    )


def _in_words(error: Exception) -> str:
    """Return what kept a model server from listing its models, without anything that it said itself."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return f"it refused with HTTP {error.status_code}"
    if isinstance(error, openai.APITimeoutError):
        return f"no answer within {MODEL_TIMEOUT_SECONDS:g} s"
    if isinstance(error, openai.APIConnectionError):
        return "it cannot be reached"
    if isinstance(error, openai.OpenAIError) and not os.environ.get("OPENAI_API_KEY"):
        return "OPENAI_API_KEY is not set"
    return "what it sent is no list of models"

"""Rubrics as a project has them: those that came along, and what people made of them, version by version."""

import difflib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dashboard.errors import N_, NotFound, RubricError
from dashboard.judging.prompt import prompt_version
from dashboard.judging.rubric import Rubric, parse_rubric
from dashboard.judging.shipped import shipped
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import rubrics
from dashboard.store.audit import add_event
from dashboard.store.rubrics import StoredRubric


@dataclass(frozen=True, slots=True)
class RubricVersion:
    """A version of a rubric; `annotator` is empty for what came along with the program."""

    rubric: Rubric
    number: int
    annotator: str
    created_at: datetime

    @property
    def prompt_version(self) -> str:
        """The version as judges carry it: the number, and a hash of all that a model is told by it."""
        return prompt_version(self.rubric, self.number)


@needs(Role.RESEARCHER)
def rubric_keys(project: Project) -> list[str]:
    """Return the key of every rubric: those that came along in their order, then the others by name."""
    with project.store.read() as session:
        stored = {f"{name}.{language}" for name, language in rubrics.names(session)}
    known = [rubric.key for rubric in shipped()]
    return [*known, *sorted(stored - set(known))]


@needs(Role.RESEARCHER)
def newest_rubrics(project: Project) -> list[Rubric]:
    """Return every rubric's newest text: those that came along in their order, then the others by key."""
    with project.store.read() as session:
        stored = {rubric.key: rubric for rubric in map(parse_rubric, rubrics.newest_sources(session))}
    known = [stored.pop(rubric.key, rubric) for rubric in shipped()]
    return [*known, *(stored[key] for key in sorted(stored))]


@needs(Role.RESEARCHER)
def rubric_versions(project: Project, key: str) -> list[RubricVersion]:
    """Return the versions of a rubric, the oldest first.

    Raises:
        NotFound: There is no such rubric.
    """
    name, _, language = key.rpartition(".")
    with project.store.read() as session:
        found = rubrics.versions(session, name, language)
    if _is_behind(found, key):
        with project.store.write() as session:
            found = _caught_up(session, key)
    if not found:
        raise NotFound(
            N_("There is no rubric {found}. Choose one of: {known}."),
            found=key,
            known=", ".join(rubric_keys(project)),
        )
    return [_version(one) for one in found]


@needs(Role.RESEARCHER)
def current_rubric(project: Project, key: str) -> RubricVersion:
    """Return the newest version of a rubric.

    Raises:
        NotFound: There is no such rubric.
    """
    return rubric_versions(project, key)[-1]


@needs(Role.RESEARCHER)
def find_version(project: Project, key: str, prompt_version: str) -> RubricVersion:
    """Return the version of a rubric that a judge carries.

    Raises:
        NotFound: The project has it no more, or it was written for another edition of the program.
    """
    for version in rubric_versions(project, key):
        if version.prompt_version == prompt_version:
            return version
    raise NotFound(
        N_(
            "The rubric {key} has no version {found} here, so this judge can judge no more. "
            "Make a judge with the newest version."
        ),
        key=key,
        found=prompt_version,
    )


@needs(Role.RESEARCHER, own="annotator")
def save_rubric(project: Project, source: str, annotator: str) -> RubricVersion:
    """Store a text as the newest version of the rubric that its header names; the same text makes none.

    Raises:
        RubricError: The text is not a rubric, or belongs to another one than is being changed.
        RecordError: It holds what no database takes.
    """
    check_entered(source, "rubric")
    rubric = parse_rubric(source)
    with project.store.write() as session:
        found = _caught_up(session, rubric.key)
        if not found or found[-1].source != source:
            rubrics.add_version(session, rubric.name, rubric.language, source, annotator)
            add_event(session, project.actor.named(annotator), "rubric.save", "rubric", rubric.key)
            found = rubrics.versions(session, rubric.name, rubric.language)
    return _version(found[-1])


def check_key(source: str, key: str) -> Rubric:
    """Return the rubric of a text that is to follow the rubric of a key.

    Raises:
        RubricError: It is no rubric, or its header names another.
    """
    rubric = parse_rubric(source)
    if rubric.key != key:
        raise RubricError(
            N_("The header names the rubric {found}, but {key} is being changed. Leave name and language."),
            found=rubric.key,
            key=key,
        )
    return rubric


def diff(old: RubricVersion, new: RubricVersion) -> str:
    """Return what changed between two versions, as a unified diff; empty when nothing did."""
    lines = difflib.unified_diff(
        old.rubric.source.splitlines(),
        new.rubric.source.splitlines(),
        f"{old.rubric.key} {old.number}",
        f"{new.rubric.key} {new.number}",
        lineterm="",
    )
    return "\n".join(lines)


def _is_behind(found: list[StoredRubric], key: str) -> bool:
    """Return whether the text that came along is not stored yet, and no person's text follows it."""
    own = next((rubric for rubric in shipped() if rubric.key == key), None)
    if own is None:
        return False
    return not found or (not found[-1].annotator and found[-1].source != own.source)


def _caught_up(session: Session, key: str) -> list[StoredRubric]:
    name, _, language = key.rpartition(".")
    found = rubrics.versions(session, name, language)
    if _is_behind(found, key):
        own = next(rubric for rubric in shipped() if rubric.key == key)
        rubrics.add_version(session, name, language, own.source)
        found = rubrics.versions(session, name, language)
    return found


def _version(stored: StoredRubric) -> RubricVersion:
    return RubricVersion(parse_rubric(stored.source), stored.version, stored.annotator, stored.created_at)

"""Whether somebody may do what they ask for: checked here, below every page, at every call."""

import inspect
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from dashboard.errors import N_, AccessRefused
from dashboard.roles import Role, Via
from dashboard.services.project import Project
from dashboard.store import audit, sign_ins, turns

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")
_UseCase = Callable[Concatenate[Project, _Args], _Result]

_is_checked: ContextVar[bool] = ContextVar("is_checked", default=False)
"""Whether a use case that was checked is running: what it uses needs no check of its own."""


def needs(role: Role, *, own: str = "") -> Callable[[_UseCase[_Args, _Result]], _UseCase[_Args, _Result]]:
    """Mark a use case as one that a person may run only with a role, or with one that covers it.

    The role is read from the database at every call, so that whoever loses it is refused at once.

    Args:
        role: The least that is needed.
        own: The parameter that names a person, who must be the one who acts: nobody labels as another.
    """

    def mark(use_case: _UseCase[_Args, _Result]) -> _UseCase[_Args, _Result]:
        signature = inspect.signature(use_case)
        name = f"{use_case.__module__.rpartition('.')[2]}.{use_case.__name__}"

        @wraps(use_case)
        def checked(project: Project, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
            if not is_free(project) and not _is_checked.get():
                named = (
                    str(signature.bind_partial(project, *args, **kwargs).arguments.get(own, ""))
                    if own
                    else ""
                )
                check(project, role, name, named or project.actor.name)
            token = _is_checked.set(True)
            try:
                return use_case(project, *args, **kwargs)
            finally:
                _is_checked.reset(token)

        checked.needed_role = role  # type: ignore[attr-defined]
        return cast(_UseCase[_Args, _Result], checked)

    return mark


def is_free(project: Project) -> bool:
    """Return whether no role is asked for: on one's own machine, on the command line, in the program."""
    return project.settings.auth == "open" or project.actor.via is not Via.PAGE


def check(project: Project, role: Role, operation: str, named: str = "") -> None:
    """Refuse, and put the refusal on record, unless the one who acts has a role.

    Args:
        project: Whose actor is looked at.
        role: The least that is needed.
        operation: What is asked for, for the record.
        named: In whose name it would be done; empty for nobody's.

    Raises:
        AccessRefused: Nobody is signed in, the role does not suffice, or the name is another person's.
    """
    if is_free(project):
        return
    has = role_here(project)
    if has is not None and has.covers(role) and named in ("", project.actor.name):
        return
    _put_on_record(project, operation, has, role)
    if has is None:
        raise AccessRefused(N_("You are not signed in, or your access was taken away. Sign in again."))
    if named not in ("", project.actor.name):
        raise AccessRefused(N_("Nothing can be done in another person's name. It was put on record."))
    raise AccessRefused(
        N_("This needs the role {needed}; yours is {found}. Ask an admin if you need it."),
        needed=role,
        found=has,
    )


def check_reach(project: Project, answer_ids: Sequence[int], operation: str) -> None:
    """Refuse, and put on record, what an annotator wants with answers that are in none of their queues.

    Args:
        project: Whose actor is looked at.
        answer_ids: The answers.
        operation: What is asked for, for the record.

    Raises:
        AccessRefused: An answer is in no campaign of this person, who is an annotator.
    """
    if is_free(project):
        return
    has = role_here(project)
    if has is not None and has.covers(Role.ADJUDICATOR):
        return
    with project.store.read() as session:
        mine = turns.offered(session, project.actor.name, answer_ids)
    if mine.issuperset(answer_ids):
        return
    _put_on_record(project, operation, has, Role.ADJUDICATOR)
    raise AccessRefused(N_("This answer is in none of your campaigns. Open Annotate and choose one."))


def _put_on_record(project: Project, operation: str, has: Role | None, needed: Role) -> None:
    details = {"role": has.value if has else "", "needed": needed.value}
    with project.store.write() as session:
        audit.add_event(session, project.actor, operation, outcome="refused", details=details)


def role_here(project: Project) -> Role | None:
    """Return the role of the one who acts; admin where nobody is asked for a role."""
    if is_free(project):
        return Role.ADMIN
    with project.store.read() as session:
        return sign_ins.role_now(session, project.actor)

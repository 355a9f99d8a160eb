"""Who may what, asked of the use cases themselves, below every page."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

import dashboard.services
from dashboard.campaigns import NewCampaign
from dashboard.errors import AccessRefused
from dashboard.labels import Label
from dashboard.roles import Actor, Role, Via
from dashboard.services import access, campaigns, desk, exporting, grading, judging, labelling
from dashboard.services import audit as recorded
from dashboard.services.desk import Place, sit_down
from dashboard.services.exposure import reveal
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project
from dashboard.store import accounts, annotations, audit
from dashboard.store.audit import AuditFilter
from tests.support import project as made

OF_THE_PROGRAM = {
    "check",
    "check_reach",
    "is_free",
    "role_here",
    "note",
    "roles_within_reach",
    "find_no_admin",
}
"""What checks and records itself, or only tells what somebody may."""

BEFORE_ANY_ROLE = "sign_ins"
"""The module of the ways in, which nobody has a role for yet."""


def use_cases() -> dict[str, Callable[..., Any]]:
    """Return every public function of the services that is given the project first."""
    found = {}
    for module_info in pkgutil.iter_modules(dashboard.services.__path__):
        module = importlib.import_module(f"dashboard.services.{module_info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(function).parameters.values()), None)
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            is_own = is_own and module_info.name != BEFORE_ANY_ROLE
            if is_own and first is not None and first.name == "project" and name not in OF_THE_PROGRAM:
                found[f"{module_info.name}.{name}"] = function
    return found


USE_CASES = use_cases()


@pytest.fixture
def team(empty: Project) -> Project:
    """Give a project that asks everybody for a role, with one person of each and two answers."""
    made.a_project(empty.store, answers_wanted=2)
    with empty.store.write() as session:
        for role in Role:
            accounts.put_account(session, role.value, role)
    shared = Project(empty.settings.model_copy(update={"auth": "invite"}), empty.store)
    return shared


def as_(project: Project, name: str) -> Project:
    return project.acting_as(Actor(name, Via.PAGE))


def events(project: Project, **chosen: str) -> list[tuple[str, str, str]]:
    with project.store.read() as session:
        found = audit.all_events(session, AuditFilter(**chosen))
        return [(event.who or event.operator, event.action, event.outcome) for event in found]


def campaign_of(project: Project, member: str, answer_ids: list[int]) -> int:
    new = NewCampaign(f"de {member}", members=(member,))
    return campaigns.create_campaign(as_(project, "researcher"), new, "researcher", answer_ids=answer_ids)


def test_every_use_case_says_which_role_it_needs() -> None:
    assert len(USE_CASES) > 150
    assert [name for name, function in USE_CASES.items() if not hasattr(function, "needed_role")] == []


def test_every_use_case_refuses_each_role_below_the_one_it_needs_and_lets_in_the_others(
    team: Project,
) -> None:
    refusals = 0
    for name, function in USE_CASES.items():
        needed: Role = function.needed_role  # type: ignore[attr-defined]
        for role in Role:
            if role.covers(needed):
                continue
            refusals += 1
            with pytest.raises(AccessRefused, match=rf"needs the role {needed}; yours is {role}"):
                function(as_(team, role.value))
            assert events(team)[-1] == (role.value, name, "refused")
        with pytest.raises(AccessRefused, match="not signed in"):
            function(as_(team, "nobody"))
    assert refusals > 300


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_it_needs_no_more_for(team: Project, role: Role) -> None:
    project = as_(team, role.value)
    may = {
        Role.ANNOTATOR: lambda: campaigns.campaigns_of(project, role.value),
        Role.ADJUDICATOR: lambda: importlib.import_module("dashboard.services.adjudicating").versions(
            project
        ),
        Role.RESEARCHER: lambda: list(exporting.records(project)),
        Role.ADMIN: lambda: recorded.actions_in_use(project),
    }
    for needed, use in may.items():
        if role.covers(needed):
            use()
        else:
            with pytest.raises(AccessRefused):
                use()


def test_nobody_labels_in_another_persons_name(team: Project) -> None:
    campaign_id = campaign_of(team, "annotator", [1])
    place = sit_down(as_(team, "annotator"), "annotator", campaign_id).place
    assert place is not None
    for intruder in ("adjudicator", "researcher", "admin"):
        with pytest.raises(AccessRefused, match="another person's name"):
            respond(
                as_(team, intruder),
                place,
                Response(label=Label.CORRECT),
                event_id=uuid4().hex,
                annotator="annotator",
            )
    with team.store.read() as session:
        assert annotations.history(session, 1) == []


def test_nobody_takes_back_what_another_person_said(team: Project) -> None:
    campaign_id = campaign_of(team, "annotator", [1, 2])
    own = as_(team, "annotator")
    place = sit_down(own, "annotator", campaign_id).place
    assert place is not None
    respond(own, place, Response(label=Label.CORRECT), event_id="a" * 32, annotator="annotator")
    last = sit_down(own, "annotator", campaign_id).last
    assert last is not None
    with pytest.raises(AccessRefused, match="another person's name"):
        labelling.undo(as_(team, "researcher"), last.event, last.place)
    labelling.undo(own, last.event, last.place)


def test_an_annotator_reaches_the_answers_of_own_campaigns_and_no_others(team: Project) -> None:
    campaign_id = campaign_of(team, "annotator", [1])
    campaign_of(team, "adjudicator", [2])
    own = as_(team, "annotator")
    place = sit_down(own, "annotator", campaign_id).place
    assert place is not None and place.answer_id == 1
    assert respond(own, place, Response(label=Label.CORRECT), event_id="b" * 32, annotator="annotator")
    assert [one.name for one in campaigns.campaigns_of(own, "annotator")] == ["de annotator"]
    elsewhere = Place(2)
    attempts = [
        lambda: respond(own, elsewhere, Response(label=Label.CORRECT), event_id="c", annotator="annotator"),
        lambda: labelling.keep_draft(own, elsewhere, "annotator", desk.Draft(note="x")),
        lambda: grading.grade_segment(own, "annotator", 2, 1, 3, "d"),
        lambda: reveal(own, "annotator", 2),
        lambda: desk.peek(own, "annotator", elsewhere),
    ]
    for attempt in attempts:
        with pytest.raises(AccessRefused, match="none of your campaigns"):
            attempt()
    with pytest.raises(AccessRefused):
        sit_down(own, "annotator")
    with pytest.raises(AccessRefused):
        campaigns.guidelines(own, 2)
    assert len(events(team, outcome="refused")) == len(attempts) + 2
    with team.store.read() as session:
        assert annotations.history(session, 2) == []


def test_who_loses_a_role_is_refused_at_the_next_call(team: Project) -> None:
    project = as_(team, "researcher")
    list(exporting.records(project))
    with team.store.write() as session:
        accounts.put_account(session, "researcher", Role.ANNOTATOR)
    with pytest.raises(AccessRefused, match="yours is annotator"):
        exporting.records(project)
    with team.store.write() as session:
        person = accounts.put_account(session, "researcher", Role.RESEARCHER)
        accounts.remove_account(session, person)
    with pytest.raises(AccessRefused, match="not signed in"):
        exporting.records(project)


def test_in_open_mode_and_on_the_command_line_nobody_is_asked_for_a_role(
    answered: Project, team: Project
) -> None:
    list(exporting.records(answered.acting_as(Actor("Ana", Via.PAGE))))
    list(exporting.records(team.acting_as(Actor("root", Via.COMMAND_LINE))))
    assert access.role_here(answered.acting_as(Actor("", Via.PAGE))) is Role.ADMIN


def test_what_a_use_case_uses_needs_no_role_of_its_own(team: Project) -> None:
    # Sitting down reads a campaign, for which alone an annotator would be refused.
    campaign_id = campaign_of(team, "annotator", [1])
    own = as_(team, "annotator")
    assert sit_down(own, "annotator", campaign_id).place is not None
    with pytest.raises(AccessRefused):
        campaigns.get_campaign(own, campaign_id)


def test_a_refused_judging_job_is_not_begun(team: Project) -> None:
    with pytest.raises(AccessRefused):
        judging.start_job(as_(team, "annotator"), made.JUDGE, judging.JobLimits(), annotator="annotator")
    assert judging.list_progress(team) == []

"""The people who label."""

import json
from secrets import token_hex

from dashboard.errors import N_, AccountError, NotFound
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.encoder_choice import FACT
from dashboard.services.project import Project
from dashboard.store import accounts, people
from dashboard.store.audit import add_event
from dashboard.store.schema import ProjectFact


@needs(Role.ANNOTATOR, own="name")
def number_of(project: Project, name: str) -> int | None:
    """Return the number of the annotator of that name, None while nothing was stored for them."""
    with project.store.read() as session:
        return people.find_annotator(session, name)


@needs(Role.RESEARCHER)
def known_annotators(project: Project) -> list[str]:
    """Return every annotator's name, in alphabetical order."""
    with project.store.read() as session:
        return people.list_annotators(session)


@needs(Role.ADMIN)
def pseudonymise(project: Project, name: str) -> str:
    """Take a person out of the project and keep what they said, under a pseudonym that is returned.

    Name, e-mail, drafts, invites and sign-ins go; labels, grades and the audit stay, since they refer to the
    person by a number. The pseudonym is drawn by lot, so nobody can get from it to the name. Backups and
    exports made before still hold the name.

    Raises:
        NotFound: There is nobody of that name.
        AccountError: The person may still come in.
    """
    with project.store.write() as session:
        person = people.find_annotator(session, name)
        if person is None:
            raise NotFound(N_("There is nobody called {found}. Choose a name from the list."), found=name)
        account = accounts.find_account(session, name)
        if account is not None and account.may_come_in:
            raise AccountError(N_("{name} may still come in. Remove them first."), name=name)
        pseudonym = f"anonymous-{token_hex(4)}"
        people.forget(session, person, pseudonym)
        promoted = session.get(ProjectFact, FACT)
        if promoted is not None and promoted.value:
            promotion = json.loads(promoted.value)
            if promotion.get("by") == name:
                promoted.value = json.dumps({**promotion, "by": pseudonym}, ensure_ascii=False)
        add_event(session, project.actor, "person.pseudonymise", "person", person)
    return pseudonym

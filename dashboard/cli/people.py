"""The commands that let people in: links, roles, and who may come in at all."""

from dataclasses import asdict
from typing import Annotated

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.progress import say
from dashboard.roles import Role
from dashboard.services import accounts, invites
from dashboard.services.people import pseudonymise

HERE = "http://127.0.0.1:8501"

Name = Annotated[str, typer.Argument(help="The person's name.")]


@app.command()
def invite(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.ANNOTATOR,
    days: Annotated[int, typer.Option(min=1, help="For how many days the link lets them in.")] = (
        invites.DEFAULT_DAYS
    ),
    as_json: Json = False,
) -> None:
    """Make a link that lets a person in. It is shown once and kept nowhere."""
    with open_here() as project:
        token = invites.make_invite(project, name, role, days)
        address = invites.invite_address(project.settings.public_url or HERE, token)
        if project.settings.auth != "invite":
            say("warning: links let people in only with VEREDITO_AUTH=invite")
    report = {"name": name, "role": role.value, "days": days, "url": address}
    print_report(as_json, report, address)


@app.command()
def people(as_json: Json = False) -> None:
    """List who has an account, with role and e-mail."""
    with open_here() as project:
        found = accounts.all_accounts(project)
        rules = accounts.list_rules(project)
    report = {
        "people": [
            {
                **asdict(one),
                "role": one.role.value,
                "added_at": one.added_at.isoformat(),
                "removed_at": one.removed_at.isoformat() if one.removed_at else None,
            }
            for one in found
        ],
        "rules": [{"pattern": pattern, "role": role.value} for pattern, role in rules],
    }
    lines = [
        f"{one.role.value if one.may_come_in else 'removed':<12} {one.name}"
        + (f" <{one.email}>" if one.email else "")
        for one in found
    ]
    lines += [f"{role.value:<12} {pattern} (rule)" for pattern, role in rules]
    print_report(as_json, report, "\n".join(lines) or "nobody has an account yet")


@app.command()
def grant(
    who: Annotated[str, typer.Argument(help="The person's name, e-mail, or @domain.")],
    role: Annotated[Role, typer.Argument(help="What the person may do.")],
    as_json: Json = False,
) -> None:
    """Give a person a role; an e-mail without an account has it from its first sign-in on."""
    with open_here() as project:
        given = accounts.grant(project, who, role)
    print_report(as_json, {"who": given, "role": role.value}, f"{given}: {role.value}")


@app.command()
def remove(name: Name, as_json: Json = False) -> None:
    """Let a person not come in any more; what they labelled stays."""
    with open_here() as project:
        account = accounts.person_named(project, name)
        accounts.remove(project, account.person_id)
    print_report(as_json, {"name": account.name, "removed": True}, f"{account.name}: removed")


@app.command()
def anonymise(name: Name, as_json: Json = False) -> None:
    """Put a pseudonym in the place of a person who was removed, for good; what they labelled stays."""
    with open_here() as project:
        pseudonym = pseudonymise(project, name)
    print_report(as_json, {"name": pseudonym}, f"{pseudonym}: no longer under a name")

"""Who may what: the roles of people, and who acts in a use case."""

from dataclasses import dataclass, replace
from enum import StrEnum

from dashboard.errors import N_


class Role(StrEnum):
    """What a person may do. Each role may also do everything that those before it may."""

    ANNOTATOR = "annotator"
    ADJUDICATOR = "adjudicator"
    RESEARCHER = "researcher"
    ADMIN = "admin"

    def covers(self, other: "Role") -> bool:
        """Return whether this role may do what the other may."""
        return _ORDER.index(self) >= _ORDER.index(other)


_ORDER = tuple(Role)

ROLE_NAMES: dict[Role, str] = {
    Role.ANNOTATOR: N_("annotator"),
    Role.ADJUDICATOR: N_("adjudicator"),
    Role.RESEARCHER: N_("researcher"),
    Role.ADMIN: N_("admin"),
}

ROLE_TEXTS: dict[Role, str] = {
    Role.ANNOTATOR: N_("annotator: own campaigns, own history"),
    Role.ADJUDICATOR: N_("adjudicator: also settles answers on which people differ"),
    Role.RESEARCHER: N_("researcher: all data, judges, exports"),
    Role.ADMIN: N_("admin: also people and settings"),
}


class Via(StrEnum):
    """The way on which somebody acts."""

    PAGE = "page"
    COMMAND_LINE = "command line"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        name: On a page the person's name, empty before one was chosen or known. On the command line the name
            of the operating-system user.
        via: The way. Pages are checked against the person's role; whoever has the command line has the
            database too, so it may everything; the system is the program's own work, begun by somebody who
            was checked.
        sign_in: The sign-in on which a person came; whatever they do is refused once it has ended. None
            where nobody signs in.
    """

    name: str = ""
    via: Via = Via.SYSTEM
    sign_in: int | None = None

    def named(self, person: str) -> "Actor":
        """Return who acts where a person is named: that person, unless the actor has a name already."""
        return self if self.name else replace(self, name=person)


SYSTEM = Actor()
"""The program itself."""

"""Why an answer has no score although a judge looked at it. Such an answer is counted, never imputed."""

from enum import StrEnum

from dashboard.errors import N_
from dashboard.model_server import failures
from dashboard.model_server.failures import BrokenAnswer
from dashboard.store.jobs import NOTHING_TO_JUDGE


class Unscored(StrEnum):
    """The kind of reason, short enough to be counted."""

    UNREADABLE = "unreadable"
    REFUSED = "refused"
    FILTERED = "filtered"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REJECTED = "rejected"
    NO_MAJORITY = "no_majority"
    MEMBERS_UNSCORED = "members_unscored"
    NO_EVIDENCE = NOTHING_TO_JUDGE


UNSCORED_TEXTS: dict[Unscored, str] = {
    Unscored.UNREADABLE: N_("Reply could not be read"),
    Unscored.REFUSED: N_("The model refused"),
    Unscored.FILTERED: N_("Content filter"),
    Unscored.TOO_LONG: N_("Too long for the model"),
    Unscored.EMPTY: N_("Empty reply"),
    Unscored.TIMEOUT: N_("No reply in time"),
    Unscored.UNREACHABLE: N_("Server not reached"),
    Unscored.RATE_LIMITED: N_("Too many requests"),
    Unscored.SERVER_ERROR: N_("The server failed"),
    Unscored.REJECTED: N_("Request rejected"),
    Unscored.NO_MAJORITY: N_("No majority in the panel"),
    Unscored.MEMBERS_UNSCORED: N_("Too few of the panel scored it"),
    Unscored.NO_EVIDENCE: N_("Nothing to judge: no segments or sentences"),
}
"""Each reason's text, as a message id."""

_OF_FAILURE: dict[str, Unscored] = {
    failures.REFUSED: Unscored.REFUSED,
    failures.FILTERED: Unscored.FILTERED,
    failures.TOO_LONG_ANSWER: Unscored.TOO_LONG,
    failures.CONTEXT_TOO_LONG: Unscored.TOO_LONG,
    failures.EMPTY: Unscored.EMPTY,
    failures.TOO_SLOW: Unscored.TIMEOUT,
    failures.UNREACHABLE: Unscored.UNREACHABLE,
    failures.RATE_LIMITED: Unscored.RATE_LIMITED,
    failures.REJECTED: Unscored.REJECTED,
}

TRANSPORT = frozenset(
    {
        Unscored.TIMEOUT,
        Unscored.UNREACHABLE,
        Unscored.RATE_LIMITED,
        Unscored.SERVER_ERROR,
        Unscored.REJECTED,
    }
)
"""Reasons that lie with the server and not with the answer: many in a row mean that going on is pointless."""


def reason_of(failure: BrokenAnswer) -> Unscored:
    """Return the kind of reason that a failure at the model server is."""
    return _OF_FAILURE.get(failure.message, Unscored.SERVER_ERROR)

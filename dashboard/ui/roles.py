"""Roles in the reader's language."""

from dashboard.roles import ROLE_NAMES, ROLE_TEXTS, Role
from dashboard.ui.i18n import _


def role_name(role: Role) -> str:
    """Return a role in a word."""
    return _(ROLE_NAMES[role])


def role_text(role: Role) -> str:
    """Return a role with what it may do."""
    return _(ROLE_TEXTS[role])

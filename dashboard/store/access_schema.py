"""The tables of who may come in, and of who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import SERIAL, Base, now

ROLES = "role IN ('annotator', 'adjudicator', 'researcher', 'admin')"


class AccountRow(Base):
    """A person who may come in, or might until `removed_at`. The e-mail is kept in small letters."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(ROLES, name="role"),)
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    added_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]


class InviteRow(Base):
    """A link for a named person. Only the hash of its token is kept."""

    __tablename__ = "invite"
    __table_args__ = (Index(None, "annotator_id"), CheckConstraint(ROLES, name="role"))
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    role: Mapped[str] = mapped_column(String(20))
    created_by: Mapped[int | None] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class SignInRow(Base):
    """A person who is signed in on a device. Only the hash of the cookie's token is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "annotator_id"),)
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    how: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RoleRuleRow(Base):
    """The role of whoever signs in with an e-mail, or with any of a domain (`@example.org`)."""

    __tablename__ = "role_rule"
    __table_args__ = (CheckConstraint(ROLES, name="role"),)
    pattern: Mapped[str] = mapped_column(String(320), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=now)


class AuditRow(Base):
    """Something that somebody did, or was refused. Holds no text that anybody wrote, no key and no token."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(None, "annotator_id", "sequence"),
        Index(None, "action", "sequence"),
        Index(None, "object_kind", "object_id"),
        CheckConstraint("outcome IN ('done', 'refused')", name="outcome"),
    )
    sequence: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    annotator_id: Mapped[int | None] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    operator: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(20), default="")
    object_id: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[str] = mapped_column(String(10), default="done")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

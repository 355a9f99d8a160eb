"""Who may come in and with which role, and who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ROLES = "role IN ('annotator', 'adjudicator', 'researcher', 'admin')"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint(ROLES, name=op.f("ck_account_role")),
        _of_annotator("account"),
        sa.PrimaryKeyConstraint("annotator_id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "invite",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_by", SERIAL, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint(ROLES, name=op.f("ck_invite_role")),
        _of_annotator("invite"),
        _of_annotator("invite", "created_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invite_token_hash")),
    )
    op.create_index(op.f("ix_invite_annotator_id"), "invite", ["annotator_id"])
    op.create_table(
        "sign_in",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _of_annotator("sign_in"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_annotator_id"), "sign_in", ["annotator_id"])
    op.create_table(
        "role_rule",
        sa.Column("pattern", sa.String(length=320), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_role_rule_role")),
        sa.PrimaryKeyConstraint("pattern", name=op.f("pk_role_rule")),
    )
    _audit()


def _audit() -> None:
    op.create_table(
        "audit_event",
        sa.Column("sequence", SERIAL, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=True),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f("ck_audit_event_outcome")),
        _of_annotator("audit_event"),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
    )
    for columns in (["annotator_id", "sequence"], ["action", "sequence"], ["object_kind", "object_id"]):
        op.create_index(op.f(f"ix_audit_event_{'_'.join(columns)}"), "audit_event", columns)
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_event_is_append_only_{action.lower()} BEFORE {action} ON audit_event "
                "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _of_annotator(table: str, column: str = "annotator_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["annotator.id"], name=op.f(f"fk_{table}_{column}"))

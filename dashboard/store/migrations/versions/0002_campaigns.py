"""Campaigns with their turns and drafts, support verdicts, and more that a person can say of an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _extend_annotation()
    _create_support()
    _create_campaigns()


def _extend_annotation() -> None:
    # SQLite cannot take NOT NULL away, so the table is made anew there, which drops its triggers.
    with op.batch_alter_table("annotation") as table:
        table.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="label"))
        table.alter_column("label", existing_type=sa.String(length=1), nullable=True)
        table.add_column(sa.Column("also", sa.String(length=1), nullable=True))
        table.add_column(sa.Column("reason", sa.String(length=20), nullable=False, server_default=""))
        table.add_column(sa.Column("flags", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("campaign", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("guideline_version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("is_repeat", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint(op.f("ck_annotation_also"), "also IN ('I', 'P', 'C')")
        table.create_check_constraint(
            op.f("ck_annotation_kind"), "kind IN ('label', 'cannot_tell', 'skip', 'withdrawn')"
        )
        table.create_check_constraint(
            op.f("ck_annotation_kind_label"), "(kind = 'label') = (label IS NOT NULL)"
        )
        table.create_index(
            op.f("ix_annotation_campaign_annotator_id_sequence"), ["campaign", "annotator_id", "sequence"]
        )
    with op.batch_alter_table("annotation") as table:
        for column, kind in (
            ("kind", sa.String(length=12)),
            ("reason", sa.String(length=20)),
            ("flags", sa.String(length=200)),
            ("campaign", sa.String(length=200)),
            ("is_repeat", sa.Boolean()),
        ):
            table.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)
    if op.get_bind().dialect.name == "sqlite":
        _forbid_change("annotation")


def _create_support() -> None:
    op.create_table(
        "support",
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("citation", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("sequence", SERIAL, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("verdict IN ('yes', 'partly', 'no')", name=op.f("ck_support_verdict")),
        sa.CheckConstraint("phase IN ('blind', 'revealed')", name=op.f("ck_support_phase")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_support_answer_id")),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_support_annotator_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_support")),
        sa.UniqueConstraint("event_id", name=op.f("uq_support_event_id")),
    )
    op.create_index(
        op.f("ix_support_answer_id_annotator_id_sequence"),
        "support",
        ["answer_id", "annotator_id", "sequence"],
    )
    _forbid_change("support")


def _create_campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("labels_per_answer", sa.Integer(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("ordering", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("repeat_share", sa.Double(), nullable=False),
        sa.Column("is_assigned", sa.Boolean(), nullable=False),
        sa.Column("created_by", SERIAL, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["annotator.id"], name=op.f("fk_campaign_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("name", name=op.f("uq_campaign_name")),
    )
    op.create_table(
        "guidelines",
        *_of_campaign("guidelines", "annotator_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "version", name=op.f("pk_guidelines")),
    )
    op.create_table(
        "member",
        *_of_campaign("member", "annotator_id"),
        sa.Column("is_invited", sa.Boolean(), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "annotator_id", name=op.f("pk_member")),
    )
    op.create_table(
        "item",
        *_of_campaign("item", "answer_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("labels_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "answer_id", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_campaign_id_labels_left"), "item", ["campaign_id", "labels_left"])
    op.create_index(op.f("ix_item_campaign_id_position"), "item", ["campaign_id", "position"])
    op.create_table(
        "turn",
        *_of_campaign("turn", "annotator_id", "answer_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'skipped', 'done', 'closed')", name=op.f("ck_turn_state")),
        sa.PrimaryKeyConstraint("campaign_id", "annotator_id", "position", name=op.f("pk_turn")),
        sa.UniqueConstraint(
            "campaign_id",
            "annotator_id",
            "answer_id",
            "is_repeat",
            name=op.f("uq_turn_campaign_id_annotator_id_answer_id_is_repeat"),
        ),
    )
    op.create_index(
        op.f("ix_turn_campaign_id_annotator_id_state_position"),
        "turn",
        ["campaign_id", "annotator_id", "state", "position"],
    )
    op.create_index(
        op.f("ix_turn_campaign_id_answer_id_leased_until"),
        "turn",
        ["campaign_id", "answer_id", "leased_until"],
    )
    op.create_index(op.f("ix_turn_annotator_id_answer_id"), "turn", ["annotator_id", "answer_id"])
    op.create_table(
        "draft",
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("campaign", sa.String(length=200), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_draft_annotator_id")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_draft_answer_id")),
        sa.PrimaryKeyConstraint("annotator_id", "answer_id", "campaign", "is_repeat", name=op.f("pk_draft")),
    )


def _of_campaign(table: str, *others: str) -> list[sa.schema.SchemaItem]:
    """Return the column of the campaign and those of what else the table belongs to, with their keys."""
    columns = [sa.Column(name, SERIAL, nullable=False) for name in ("campaign_id", *others)]
    keys = [
        sa.ForeignKeyConstraint([name], [f"{name.removesuffix('_id')}.id"], name=op.f(f"fk_{table}_{name}"))
        for name in ("campaign_id", *others)
    ]
    return [*columns, *keys]


def _forbid_change(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_is_append_only_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )

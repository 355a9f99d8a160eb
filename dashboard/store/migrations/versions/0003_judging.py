"""Rubric versions, stored replies, what servers can do, jobs, and more that is known of a judgement."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _extend_judgement()
    _create_rubrics_and_replies()
    _create_jobs()


def _extend_judgement() -> None:
    columns = (
        ("reason", sa.String(length=20), ""),
        ("is_cached", sa.Boolean(), sa.false()),
        ("suspicions", sa.JSON(), "[]"),
        ("details", sa.JSON(), "{}"),
    )
    with op.batch_alter_table("judgement") as table:
        for name, kind, before in columns:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=before))
    with op.batch_alter_table("judgement") as table:
        for name, kind, _ in columns:
            table.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def _create_rubrics_and_replies() -> None:
    op.create_table(
        "rubric",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["annotator_id"], ["annotator.id"], name=op.f("fk_rubric_annotator_id_annotator")
        ),
        sa.PrimaryKeyConstraint("name", "language", "version", name=op.f("pk_rubric")),
    )
    op.create_table(
        "reply",
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Double(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("request_hash", name=op.f("pk_reply")),
    )
    op.create_table(
        "output_mode",
        sa.Column("server_hash", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("server_hash", "model", name=op.f("pk_output_mode")),
    )


def _create_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("judge_id", SERIAL, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("requests_a_minute", sa.Integer(), nullable=True),
        sa.Column("tokens_a_minute", sa.BigInteger(), nullable=True),
        sa.Column("budget_tokens", sa.BigInteger(), nullable=True),
        sa.Column("budget_money", sa.Double(), nullable=True),
        sa.Column("worker", sa.String(length=32), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("annotator_id", SERIAL, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'stopped', 'exhausted', 'failed', 'done')", name=op.f("ck_job_state")
        ),
        sa.ForeignKeyConstraint(
            ["annotator_id"], ["annotator.id"], name=op.f("fk_job_annotator_id_annotator")
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_job_judge_id_judge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_judge_id_state"), "job", ["judge_id", "state"])
    op.create_table(
        "job_item",
        sa.Column("job_id", SERIAL, nullable=False),
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("is_cached", sa.Boolean(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("outcome IN ('', 'judged', 'unscored')", name=op.f("ck_job_item_outcome")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_job_item_answer_id_answer")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_item_job_id_job")),
        sa.PrimaryKeyConstraint("job_id", "answer_id", name=op.f("pk_job_item")),
    )
    op.create_index(
        op.f("ix_job_item_job_id_outcome_answer_id"), "job_item", ["job_id", "outcome", "answer_id"]
    )

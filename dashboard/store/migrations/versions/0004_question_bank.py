"""Where the answer to a question is known, and which questions a run is to answer."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "question_link",
        sa.Column("question_id", SERIAL, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("video_id", sa.String(length=200), nullable=True),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_link_question_id")),
        sa.ForeignKeyConstraint(["video_id"], ["video.video_id"], name=op.f("fk_question_link_video_id")),
        sa.PrimaryKeyConstraint("question_id", "position", name=op.f("pk_question_link")),
    )
    op.create_index(op.f("ix_question_link_video_id"), "question_link", ["video_id"])
    op.create_table(
        "run_question",
        sa.Column("run_id", SERIAL, nullable=False),
        sa.Column("question_id", SERIAL, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_question_run_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_run_question_question_id")),
        sa.PrimaryKeyConstraint("run_id", "question_id", name=op.f("pk_run_question")),
    )
    op.create_index(op.f("ix_run_question_question_id"), "run_question", ["question_id"])

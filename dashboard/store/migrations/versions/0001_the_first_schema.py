"""The first schema: every noun, append-only events, the revision counter."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("annotation", "relevance", "adjudication")


def upgrade() -> None:
    op.create_table(
        "annotator",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotator")),
        sa.UniqueConstraint("name", name=op.f("uq_annotator_name")),
    )
    op.create_table(
        "judge",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rubric", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge")),
        sa.UniqueConstraint("key", name=op.f("uq_judge_key")),
    )
    op.create_table(
        "project_fact",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_project_fact")),
    )
    op.create_table(
        "question",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("reference_answer", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_number"), "question", ["number"], unique=False)
    op.create_index(op.f("ix_question_text_hash"), "question", ["text_hash"], unique=False)
    op.create_table(
        "revision",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revision")),
    )
    op.create_table(
        "run",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("retriever", sa.Text(), nullable=False),
        sa.Column("encoder", sa.Text(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("answerer", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("key", name=op.f("uq_run_key")),
    )
    op.create_table(
        "video",
        sa.Column("video_id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("caption_kind", sa.String(length=50), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("video_id", name=op.f("pk_video")),
    )
    op.create_table(
        "answer",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("question_id", SERIAL, nullable=False),
        sa.Column("run_id", SERIAL, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("latency_ms", sa.Double(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("queued_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_question_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_answer_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("key", name=op.f("uq_answer_key")),
    )
    op.create_index(op.f("ix_answer_question_id"), "answer", ["question_id"], unique=False)
    op.create_index(op.f("ix_answer_queued_at_id"), "answer", ["queued_at", "id"], unique=False)
    op.create_index(op.f("ix_answer_run_id"), "answer", ["run_id"], unique=False)
    op.create_table(
        "question_tag",
        sa.Column("question_id", SERIAL, nullable=False),
        sa.Column("tag", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_tag_question_id")),
        sa.PrimaryKeyConstraint("question_id", "tag", name=op.f("pk_question_tag")),
    )
    op.create_index(op.f("ix_question_tag_tag"), "question_tag", ["tag"], unique=False)
    op.create_table(
        "segment",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("corpus_id", sa.BigInteger(), nullable=False),
        sa.Column("video_id", sa.String(length=200), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("end_s", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["video_id"], ["video.video_id"], name=op.f("fk_segment_video_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_segment_active_id"), "segment", ["active", "id"], unique=False)
    op.create_index(op.f("ix_segment_corpus_id"), "segment", ["corpus_id"], unique=False)
    op.create_index(op.f("ix_segment_video_id_position"), "segment", ["video_id", "position"], unique=False)
    op.create_table(
        "adjudication",
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("label", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sequence", SERIAL, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("label IN ('I', 'P', 'C')", name=op.f("ck_adjudication_label")),
        sa.CheckConstraint("phase IN ('blind', 'revealed')", name=op.f("ck_adjudication_phase")),
        sa.ForeignKeyConstraint(
            ["annotator_id"], ["annotator.id"], name=op.f("fk_adjudication_annotator_id")
        ),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_adjudication_answer_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_adjudication")),
        sa.UniqueConstraint("event_id", name=op.f("uq_adjudication_event_id")),
    )
    op.create_index(
        op.f("ix_adjudication_answer_id_sequence"), "adjudication", ["answer_id", "sequence"], unique=False
    )
    op.create_table(
        "exposure",
        sa.Column("annotator_id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("answer_id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_exposure_annotator_id")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_exposure_answer_id")),
        sa.PrimaryKeyConstraint("annotator_id", "answer_id", name=op.f("pk_exposure")),
    )
    op.create_table(
        "annotation",
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("label", sa.String(length=1), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sequence", SERIAL, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("label IN ('I', 'P', 'C')", name=op.f("ck_annotation_label")),
        sa.CheckConstraint("phase IN ('blind', 'revealed')", name=op.f("ck_annotation_phase")),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_annotation_annotator_id")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_annotation_answer_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_annotation")),
        sa.UniqueConstraint("event_id", name=op.f("uq_annotation_event_id")),
    )
    op.create_index(
        op.f("ix_annotation_annotator_id_answer_id"),
        "annotation",
        ["annotator_id", "answer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_annotation_answer_id_annotator_id_sequence"),
        "annotation",
        ["answer_id", "annotator_id", "sequence"],
        unique=False,
    )
    op.create_table(
        "hit",
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("segment_id", SERIAL, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("score_text", sa.Text(), nullable=False),
        sa.Column("url_hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_hit_answer_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_hit_segment_id")),
        sa.PrimaryKeyConstraint("answer_id", "rank", name=op.f("pk_hit")),
    )
    op.create_index(op.f("ix_hit_segment_id"), "hit", ["segment_id"], unique=False)
    op.create_table(
        "judgement",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("judge_id", SERIAL, nullable=False),
        sa.Column("raw_score", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("label", sa.String(length=1), nullable=True),
        sa.Column("reasoning", sa.Text(), nullable=False),
        sa.Column("raw_reply", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Double(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("label IN ('I', 'P', 'C')", name=op.f("ck_judgement_label")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_judgement_answer_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_judgement_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint("answer_id", "judge_id", name=op.f("uq_judgement_answer_id_judge_id")),
    )
    op.create_index(
        op.f("ix_judgement_judge_id_answer_id"), "judgement", ["judge_id", "answer_id"], unique=False
    )
    op.create_table(
        "reference",
        sa.Column("answer_id", SERIAL, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_reference_answer_id")),
        sa.PrimaryKeyConstraint("answer_id", "position", name=op.f("pk_reference")),
    )
    op.create_table(
        "relevance",
        sa.Column("question_id", SERIAL, nullable=False),
        sa.Column("segment_id", SERIAL, nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("sequence", SERIAL, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("annotator_id", SERIAL, nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("phase IN ('blind', 'revealed')", name=op.f("ck_relevance_phase")),
        sa.CheckConstraint("grade BETWEEN 0 AND 3", name=op.f("ck_relevance_grade")),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_relevance_annotator_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_relevance_question_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_relevance_segment_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_relevance")),
        sa.UniqueConstraint("event_id", name=op.f("uq_relevance_event_id")),
    )
    op.create_index(
        op.f("ix_relevance_question_id_segment_id_annotator_id_sequence"),
        "relevance",
        ["question_id", "segment_id", "annotator_id", "sequence"],
        unique=False,
    )
    _seed()
    _forbid_change()


def _seed() -> None:
    revision_table = sa.table("revision", sa.column("name"), sa.column("value"))
    op.bulk_insert(revision_table, [{"name": "all", "value": 0}, {"name": "corpus", "value": 0}])
    fact_table = sa.table("project_fact", sa.column("name"), sa.column("value"))
    op.bulk_insert(fact_table, [{"name": "project_id", "value": uuid4().hex}])


def _forbid_change() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for action in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_is_append_only_{action.lower()} BEFORE {action} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )

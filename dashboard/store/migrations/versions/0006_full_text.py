"""Full-text search: the words of questions, answers and segments, kept up to date by the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

COLUMNS = {"question": ("text", "reference_answer"), "answer": ("text",), "segment": ("text",)}

# PostgreSQL gives up on a text with more than a megabyte of different words.
MOST_CHARACTERS = 100_000

# Accents that stand apart after the decomposition, and what separates words: the parser of PostgreSQL would
# else take "entrada/saída" for the name of a file and “ for a letter.
MARKS = r"[\u0300-\u036f]+"
SEPARATORS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf"
    r"\u2190-\u2bff\u3000-\u303f\U0001f000-\U0001faff]+"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in COLUMNS.items():
            _for_sqlite(table, columns)
        return
    op.get_bind().exec_driver_sql(
        "CREATE FUNCTION veredito_words(content text) RETURNS tsvector "
        "LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ DECLARE folded text; BEGIN "
        f"folded := normalize(left(content, {MOST_CHARACTERS}), NFKD); "
        f"folded := regexp_replace(folded, '{MARKS}', '', 'g'); "
        f"folded := lower(regexp_replace(folded, '{SEPARATORS}', ' ', 'g')); "
        "RETURN strip(to_tsvector('pg_catalog.simple', folded) "
        "|| to_tsvector('pg_catalog.portuguese', folded)); END $$"
    )
    for table, columns in COLUMNS.items():
        added = ", ".join(
            f"ADD COLUMN {column}_words tsvector GENERATED ALWAYS AS (veredito_words({column})) STORED"
            for column in columns
        )
        op.execute(f"ALTER TABLE {table} {added}")
        for column in columns:
            name = f"ix_{table}_{column}_words"
            op.execute(f"CREATE INDEX {name} ON {table} USING gin ({column}_words)")


def _for_sqlite(table: str, columns: tuple[str, ...]) -> None:
    words, names = f"{table}_words", ", ".join(columns)
    old = f"VALUES ('delete', old.id, {', '.join(f'old.{column}' for column in columns)})"
    new = f"VALUES (new.id, {', '.join(f'new.{column}' for column in columns)})"
    forget = f"INSERT INTO {words} ({words}, rowid, {names}) {old};"
    learn = f"INSERT INTO {words} (rowid, {names}) {new};"
    op.execute(
        f"CREATE VIRTUAL TABLE {words} USING fts5({names}, content='{table}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    op.execute(f"CREATE TRIGGER {words}_insert AFTER INSERT ON {table} BEGIN {learn} END")
    op.execute(f"CREATE TRIGGER {words}_delete AFTER DELETE ON {table} BEGIN {forget} END")
    op.execute(f"CREATE TRIGGER {words}_update AFTER UPDATE OF {names} ON {table} BEGIN {forget} {learn} END")
    op.bulk_insert(sa.table(words, sa.column(words)), [{words: "rebuild"}])

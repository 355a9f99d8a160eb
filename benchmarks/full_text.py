"""Full-text search over 100,000 answers, on SQLite and PostgreSQL: `python benchmarks/full_text.py`."""

import random
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.store import migrate
from dashboard.store.browse import AnswerFilter, count_answers, find_answers
from dashboard.store.schema import AnswerRow, QuestionRow
from dashboard.store.store import Store, open_store
from tests.support import project as made
from tests.support.postgres_server import PostgresServer

ANSWERS, WORDS = 100_000, 80
BATCH = 5_000
TYPED = ("gradiente", "probabilidade exemp", "derivada do gradi", "de", "nuncadita")
ROUNDS = 5


def main() -> None:
    captions = (Path(__file__).resolve().parents[1] / "data/demo/captions").glob("*.srt")
    spoken = [word for path in captions for word in path.read_text(encoding="utf-8").split()]
    server = PostgresServer()
    try:
        with TemporaryDirectory() as folder:
            for name, address in (
                ("SQLite", f"sqlite:///{folder}/veredito.db"),
                ("PostgreSQL", server.address("postgres")),
            ):
                measure(name, address, spoken)
    finally:
        server.close()


def measure(name: str, address: str, spoken: list[str]) -> None:
    head = migrate.HEAD
    migrate.HEAD = "0005"
    store = open_store(address)
    fill(store, spoken)
    store.close()
    migrate.HEAD = head
    started = time.perf_counter()
    store = open_store(address)
    print(f"{name}: the words of {ANSWERS:,} answers in {time.perf_counter() - started:.1f} s", flush=True)
    for typed in TYPED:
        with store.read() as session:
            count = count_answers(session, AnswerFilter(text=typed))
        print(
            f"  {typed!r}: {count:,} found; page {timed(store, typed, find_answers):.1f} ms, "
            f"count {timed(store, typed, count_answers):.1f} ms",
            flush=True,
        )
    store.close()


def timed(store: Store, typed: str, ask: object) -> float:
    seconds = []
    for _ in range(ROUNDS):
        with store.read() as session:
            started = time.perf_counter()
            ask(session, AnswerFilter(text=typed))  # type: ignore[operator]
            seconds.append(time.perf_counter() - started)
    return 1000 * median(seconds)


def fill(store: Store, spoken: list[str]) -> None:
    chance = random.Random(7)
    run_id = made.add_run(store)
    with store.write() as session:
        for first in range(0, ANSWERS, BATCH):
            numbers = range(first + 1, first + BATCH + 1)
            rows = [
                {"id": number, "number": number, "text": f"Pergunta {number}?", "text_hash": str(number)}
                for number in numbers
            ]
            session.execute(insert(QuestionRow), rows)
            texts = (chance.randrange(len(spoken) - WORDS) for _ in numbers)
            session.execute(
                insert(AnswerRow),
                [
                    {
                        "id": number,
                        "key": str(number),
                        "question_id": number,
                        "run_id": run_id,
                        "text": " ".join(spoken[start : start + WORDS]),
                        "model": "extractive",
                    }
                    for number, start in zip(numbers, texts, strict=True)
                ],
            )


if __name__ == "__main__":
    main()

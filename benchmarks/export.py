"""Writing 50,000 labelled answers in each format: `python benchmarks/export.py`. Memory is the peak."""

import resource
import sys
import time
import uuid
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.config import Settings
from dashboard.models import JudgeConfig, RunConfig
from dashboard.services.exporting import export
from dashboard.services.project import open_project
from dashboard.store import judgements, people, runs, schema

ANSWERS = 50_000
SEGMENTS = 1_000
HITS = 3


def main() -> None:
    with TemporaryDirectory() as folder:
        alone(fill, Path(folder))
        print("| format | answers | seconds | megabytes |")
        print("| --- | ---: | ---: | ---: |", flush=True)
        for name in ("jsonl", "csv", "md", "parquet"):
            alone(measure, Path(folder), name)


def alone(work: Callable[..., None], *arguments: object) -> None:
    """Work in a process of its own, so that each has its own peak of memory."""
    process = get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()


def measure(folder: Path, name: str) -> None:
    project = open_project(Settings(data_dir=folder))
    started = time.perf_counter()
    count = export(project, name, folder / name)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"| {name} | {count:,} | {seconds:.1f} | {memory} |", flush=True)


def fill(folder: Path) -> None:
    project = open_project(Settings(data_dir=folder))
    numbers = range(1, ANSWERS + 1)
    with project.store.write() as session:
        run = runs.put_run(session, RunConfig("dense", "encoder", HITS, "extractive"), "benchmark")
        person = people.annotator_id(session, "Ana")
        judge = judgements.put_judge(session, JudgeConfig("judge", "answer relevance", "1", "model"))
        for table, rows in (
            (schema.SegmentRow, [segment(number) for number in range(1, SEGMENTS + 1)]),
            (schema.QuestionRow, [question(number) for number in numbers]),
            (schema.AnswerRow, [answer(number, run) for number in numbers]),
            (schema.HitRow, [hit(number, rank) for number in numbers for rank in range(1, HITS + 1)]),
            (schema.AnnotationRow, [label(number, person) for number in numbers]),
            (schema.JudgementRow, [judgement(number, judge) for number in numbers]),
        ):
            session.execute(insert(table), rows)


def segment(number: int) -> dict[str, object]:
    text = "o gradiente aponta para a subida mais íngreme, " * 5
    return {"id": number, "corpus_id": number, "text": text, "content_hash": f"{number:064d}", "end_s": 9.0}


def question(number: int) -> dict[str, object]:
    return {"id": number, "number": number, "text": f"Pergunta {number}?", "text_hash": f"{number:064d}"}


def answer(number: int, run: int) -> dict[str, object]:
    text = "uma resposta de tamanho comum, com uma citação [1] " * 4
    key = uuid.uuid4().hex
    return {"id": number, "key": key, "question_id": number, "run_id": run, "text": text, "model": "model"}


def hit(number: int, rank: int) -> dict[str, object]:
    return {"answer_id": number, "rank": rank, "segment_id": (number * 7 + rank) % SEGMENTS + 1, "score": 0.8}


def label(number: int, person: int) -> dict[str, object]:
    key = uuid.uuid4().hex
    return {
        "event_id": key,
        "answer_id": number,
        "annotator_id": person,
        "label": "CPI"[number % 3],
        "phase": "blind",
        "seconds": 3.0,
    }


def judgement(number: int, judge: int) -> dict[str, object]:
    return {
        "answer_id": number,
        "judge_id": judge,
        "raw_score": 3.0,
        "score": 1.0,
        "label": "C",
        "reasoning": "Criteria: relevance. Supporting Evidence: the answer names it. Score: 3",
    }


if __name__ == "__main__":
    main()

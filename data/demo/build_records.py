"""Build `records.jsonl` and `vectors/` of the demonstration from its captions, questions and `written.jsonl`.

Hits and extractive answers come from the program itself; the other answers, labels, relevance grades and
judgements are made up (see `README.md`). Run it after the captions or the questions have changed:

    python data/demo/build_records.py
"""

import argparse
import csv
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import NAMESPACE_URL, uuid5

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from dashboard.answering.citations import references  # noqa: E402
from dashboard.config import Settings  # noqa: E402
from dashboard.labels import Label  # noqa: E402
from dashboard.models import (  # noqa: E402
    Hit,
    JudgeConfig,
    NewAnnotation,
    NewJudgement,
    Phase,
    RunConfig,
    Segment,
)
from dashboard.progress import bar, say  # noqa: E402
from dashboard.records.jsonl import write_jsonl  # noqa: E402
from dashboard.records.record import Provenance, Record, RecordHit, RecordJudgement, RecordRelevance  # noqa: E402
from dashboard.services.bank import run_bank  # noqa: E402
from dashboard.services.exporting import records  # noqa: E402
from dashboard.services.ingest import ingest  # noqa: E402
from dashboard.services.project import Project, open_project  # noqa: E402

FIRST_DAY = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
JUDGE = JudgeConfig(
    name="Juiz de demonstração (AR)",
    rubric="answer relevance",
    prompt_version="demonstração",
    model="escrito à mão, sem modelo",
)
SCORE_LABELS = {0: Label.INCORRECT, 1: Label.INCORRECT, 2: Label.PARTIAL, 3: Label.CORRECT}


def main() -> None:
    """Parse, build, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, help="keep the project here, to build again sooner")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        build(arguments.work_dir or Path(folder))


def build(data_dir: Path) -> None:
    """Answer the questions in a project at `data_dir` and write the demonstration's records."""
    project = open_project(Settings(data_dir=data_dir, retriever="dense", answer_model=""))
    with bar() as progress:
        ingest(project, [HERE], progress=progress)
        run_bank(project, HERE / "questions.csv", progress=lambda done, n: progress("answer", done, n))
    lines = (HERE / "written.jsonl").read_text(encoding="utf-8").splitlines()
    written = {line["number"]: line for line in map(json.loads, lines)}
    with (HERE / "records.jsonl").open("wb") as file:
        count = write_jsonl(_all_records(project, written), file)
    _keep_vectors(project)
    project.close()
    say(f"{count} records")


def _all_records(project: Project, written: dict[int, dict[str, Any]]) -> Iterator[Record]:
    extractive = sorted(records(project), key=lambda record: record.number)
    for record in extractive:
        config = record.provenance.config
        assert config is not None
        yield _judged(
            replace(record, run="Extrativa", relevance=tuple(_grades(record.number))),
            "extractive",
            replace(config, bank="demo"),
            written[record.number],
        )
    for record in extractive:
        line = written[record.number]
        config = RunConfig(
            retriever="dense", encoder=project.encoder.id, k=10, answerer="demonstration", bank="demo"
        )
        by_hand = replace(
            record,
            answer=line["answer"],
            references=references(
                line["answer"], [_hit(rank, hit) for rank, hit in enumerate(record.hits, 1)]
            ),
            run="Escrita à mão (demonstração)",
            model="demonstração, escrita à mão",
        )
        yield _judged(by_hand, "written", config, line)


def _judged(record: Record, kind: str, config: RunConfig, line: dict[str, Any]) -> Record:
    name = f"demo/{kind}/{record.number}"
    asked = FIRST_DAY + timedelta(minutes=record.number)
    return replace(
        record,
        created_at=asked,
        annotations=tuple(_labels(name, kind, asked, line)),
        judgements=(RecordJudgement(JUDGE, _verdict(asked, line["judge"][kind])),),
        provenance=Provenance(key=uuid5(NAMESPACE_URL, name).hex, config=config),
    )


def _labels(name: str, kind: str, asked: datetime, line: dict[str, Any]) -> Iterator[NewAnnotation]:
    rounds = ((Phase.BLIND, 1, line["labels"]), (Phase.REVEALED, 9, line.get("revised", {})))
    for phase, days, labels in rounds:
        for place, (person, (label, note)) in enumerate(sorted(labels.get(kind, {}).items())):
            event = uuid5(NAMESPACE_URL, f"{name}/{person}/{phase}")
            # Believable times, the same at every build.
            seconds = 12.0 + event.int % 70
            given = asked + timedelta(days=days + place, seconds=int(seconds))
            yield NewAnnotation(event.hex, person, Label(label), phase, note, seconds, given)


def _grades(number: int) -> Iterator[RecordRelevance]:
    with (HERE / "relevance.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if int(line["number"]) == number]
    for place, line in enumerate(lines):
        person, corpus_id = line["annotator"], int(line["corpus_id"])
        event = uuid5(NAMESPACE_URL, f"demo/relevance/{number}/{person}/{corpus_id}").hex
        given = FIRST_DAY + timedelta(days=15, minutes=number, seconds=8 * place)
        yield RecordRelevance(corpus_id, person, int(line["grade"]), event, given, seconds=8.0)


def _verdict(asked: datetime, judged: dict[str, Any]) -> NewJudgement:
    given = asked + timedelta(days=20)
    score = judged["score"]
    if score is None:
        raw_reply, error = judged["raw_reply"], judged["error"]
        return NewJudgement(None, None, None, raw_reply=raw_reply, error=error, created_at=given)
    reasoning = judged["reasoning"]
    return NewJudgement(
        float(score), score / 3, SCORE_LABELS[score], reasoning, raw_reply=reasoning, created_at=given
    )


def _hit(rank: int, hit: RecordHit) -> Hit:
    segment = Segment(
        0, hit.corpus_id, hit.video_id, hit.title, hit.url, hit.start_s, hit.end_s, hit.text, ""
    )
    return Hit(rank, segment, hit.score)


def _keep_vectors(project: Project) -> None:
    source = project.vectors.folder
    target = HERE / "vectors" / source.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("lock", "damaged"))


if __name__ == "__main__":
    main()

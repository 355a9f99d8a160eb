"""The project that browser tests look at: lectures with video, and answers with known labels and judge."""

import shutil
from pathlib import Path

from dashboard.config import Settings
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.services.demo import DEMO_DIR, load_demo
from dashboard.services.ingest import ingest
from dashboard.services.project import open_project
from dashboard.store import judgements
from dashboard.store.browse import AnswerFilter, find_answers
from dashboard.store.corpus import segments_of
from dashboard.store.store import Store, open_store
from tests.support.project import add_answer, add_run, label

LECTURE = "gradiente-descendente"
CAPTIONS = ("gradiente-descendente.srt", "redes-tcp-ip.vtt")
QUESTIONS = (
    "Pergunta de prova alfa?",
    "Pergunta de prova beta?",
    "Pergunta de prova gama?",
    "Pergunta de prova delta?",
)
TAG = "prova"
JUDGE = JudgeConfig("juiz-de-prova", "answer-relevance", "1", "modelo-de-prova")
SECRET = "PARECERESCONDIDO"
"""A word that only the judge of the seeded answers uses."""


def make_project(folder: Path) -> None:
    """Make a data folder: the demonstration where its vectors are there, else two of its lectures."""
    project = open_project(Settings(data_dir=folder))
    if (DEMO_DIR / "vectors").is_dir():
        load_demo(project)
    else:
        ingest(project, [DEMO_DIR / "captions" / name for name in CAPTIONS])
        (folder / "media").mkdir()
        for name in CAPTIONS:
            shutil.copy2(DEMO_DIR / "media" / f"{Path(name).stem}.webm", folder / "media")
    seed(project.store)
    project.close()


def copy_project(source: Path, target: Path) -> Path:
    """Copy a data folder that no server has open; its videos become links."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("media", "lock"))
    (target / "media").symlink_to(source / "media")
    return target


def seed(store: Store) -> None:
    """Store the known answers: two that Ana labelled, then two that wait; the judge has judged them all."""
    with store.read() as session:
        segments = segments_of(session, LECTURE)[:5]
    run_id = add_run(store, name="execução de prova")
    ids = [
        add_answer(store, question, segments, text="Resposta de prova [1] e [2].", run_id=run_id, tags=(TAG,))
        for question in QUESTIONS
    ]
    for answer_id, person, machine in zip(ids, ("C", "P", None, None), "CIPC", strict=True):
        if person:
            label(store, answer_id, person, "Ana")
        _judge(store, answer_id, Label(machine))


def seeded_answers(folder: Path) -> list[int]:
    """Return the ids of the seeded answers in the order of `QUESTIONS`."""
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    with store.read() as session:
        found = [find_answers(session, AnswerFilter(text=question)) for question in QUESTIONS]
    store.close()
    return [one.answer_id for (one,) in found]


def _judge(store: Store, answer_id: int, given: Label) -> None:
    score = {"I": 0.0, "P": 2 / 3, "C": 1.0}[given]
    verdict = NewJudgement(score * 3, score, given, reasoning=f"Critério: {SECRET} {answer_id}")
    with store.write() as session:
        judgements.add_judgement(session, answer_id, judgements.put_judge(session, JUDGE), verdict)

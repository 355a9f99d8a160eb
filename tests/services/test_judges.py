import threading

import pytest

from dashboard.errors import CalibrationError, NotFound, RecordError
from dashboard.jobs import JobLimits, JobState
from dashboard.judging.panel import Rule
from dashboard.judging.unscored import Unscored
from dashboard.labels import ORDERED, Label
from dashboard.models import JudgeConfig, NewJudgement, Phase
from dashboard.services import baseline, judges, judging
from dashboard.services.driving import drive
from dashboard.services.exposure import note_exposure
from dashboard.services.project import Project
from dashboard.store import corpus, judgements
from tests.support import project as made

JUDGES = [JudgeConfig(name, "answer-relevance.pt-BR", "1-abc", name) for name in ("um", "dois", "três")]


def say(project: Project, answer_id: int, letters: str) -> None:
    """Let the three judges give their labels; `-` leaves the answer unscored."""
    with project.store.write() as session:
        for config, letter in zip(JUDGES, letters, strict=True):
            label = None if letter == "-" else Label(letter)
            score = None if label is None else ORDERED.index(label) / 2
            judge_id = judgements.put_judge(session, config)
            judgements.add_judgement(session, answer_id, judge_id, NewJudgement(score, score, label))


def panel_says(project: Project, rule: Rule) -> list[tuple[str, str]]:
    """Return the panel's label, or the reason why there is none, of every answer."""
    with project.store.read() as session:
        members = [one for one, _ in judgements.list_judges(session) if one.config in JUDGES]
    config = judges.panel_config(members, rule, name=f"painel {rule}")
    assert drive(project, judging.start_job(project, config, JobLimits())) is JobState.DONE
    with project.store.read() as session:
        found = judgements.judgements_of(session, list(range(1, 100)))
    return [
        (one.verdict.label or "", one.verdict.reason)
        for _, said in sorted(found.items())
        for one in said
        if one.judge.config == config
    ]


def test_a_panel_is_a_judge_of_its_own_by_majority_or_median(empty: Project) -> None:
    for letters in ("CCI", "IPC", "C--", "PP-", "---"):
        say(empty, made.add_answer(empty.store, f"Pergunta {letters}?"), letters)

    assert panel_says(empty, Rule.MAJORITY) == [
        ("C", ""),
        ("", Unscored.NO_MAJORITY),
        ("", Unscored.MEMBERS_UNSCORED),
        ("P", ""),
        ("", Unscored.MEMBERS_UNSCORED),
    ]
    assert [label for label, _ in panel_says(empty, Rule.MEDIAN)] == ["C", "P", "", "P", ""]


def test_a_panel_takes_again_what_it_left_unscored_once_its_members_have_scored(empty: Project) -> None:
    answer_id = made.add_answer(empty.store, "Pergunta?")
    say(empty, answer_id, "---")
    assert panel_says(empty, Rule.MEDIAN) == [("", Unscored.MEMBERS_UNSCORED)]
    say(empty, answer_id, "CPC")
    with empty.store.read() as session:
        (panel,) = judgements.find_judges(session, f"painel {Rule.MEDIAN}")

    drive(empty, judging.retry_unscored(empty, panel.config, JobLimits()))

    assert panel_says(empty, Rule.MEDIAN) == [("C", "")]


def test_a_panel_of_one_or_of_panels_is_refused(empty: Project) -> None:
    say(empty, made.add_answer(empty.store, "Pergunta?"), "CCC")
    with empty.store.read() as session:
        one = judgements.list_judges(session)[0][0]
    with pytest.raises(RecordError, match="two or more"):
        judges.panel_config([one], Rule.MAJORITY)
    with pytest.raises(RecordError, match="two or more"):
        judges.panel_config([one, one], Rule.MAJORITY)


def test_a_judge_from_elsewhere_cannot_judge_here_and_the_job_says_why(empty: Project) -> None:
    made.add_answer(empty.store, "Pergunta?")
    job_id = judging.start_job(empty, JudgeConfig("alheio", "outra rubrica", "7", "m"), JobLimits())

    with pytest.raises(NotFound):
        drive(empty, job_id)

    found = judging.job_progress(empty, job_id)
    assert found is not None
    assert (found.job.state, bool(found.job.note)) == (JobState.FAILED, True)


def lectures_with_labels(project: Project) -> list[int]:
    """Store answers that are right where they repeat their segment, and wrong where they speak of bread."""
    segments = made.add_video(project.store)
    ids = []
    for number in range(24):
        segment = segments[number % len(segments)]
        is_right = number % 2 == 0
        text = segment.text if is_right else "receita de pão caseiro com fermento e farinha"
        answer_id = made.add_answer(project.store, f"{segment.text}, parte {number}?", [segment], text=text)
        made.label(project.store, answer_id, "C" if is_right else "I")
        ids.append(answer_id)
    return ids


def test_the_baseline_is_calibrated_on_blind_labels_and_named_what_it_is(empty: Project) -> None:
    ids = lectures_with_labels(empty)

    config = baseline.calibrate(empty)
    drive(empty, judging.start_job(empty, config, JobLimits()))

    assert config.name == "baseline, no language model"
    assert config.parameters["labels"] == 24
    with empty.store.read() as session:
        found = judgements.judgements_of(session, ids)
    labels = [found[answer_id][0].verdict.label for answer_id in ids]
    assert labels == [Label.CORRECT, Label.INCORRECT] * 12
    assert baseline.calibrate(empty) == config


def test_the_baseline_encodes_a_question_once_however_many_answers_it_has(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    lectures_with_labels(empty)
    segments = made.add_video(empty.store, "outra")
    for number in range(3):
        made.label(empty.store, made.add_answer(empty.store, "A mesma?", segments, text=f"{number}"), "P")
    asked: list[str] = []
    encode = empty.encoder.encode_queries
    monkeypatch.setattr(empty.encoder, "encode_queries", lambda texts: asked.extend(texts) or encode(texts))

    config = baseline.calibrate(empty)
    drive(empty, judging.start_job(empty, config, JobLimits()))

    assert asked.count("A mesma?") == 2


def test_the_baseline_needs_labels_that_were_given_blind(empty: Project) -> None:
    segments = made.add_video(empty.store)
    ids = [made.add_answer(empty.store, f"Pergunta {n}?", segments) for n in range(12)]
    note_exposure(empty, "Ana", ids)
    for number, answer_id in enumerate(ids):
        made.label(empty.store, answer_id, "C" if number % 2 else "I", phase=Phase.REVEALED)
    with pytest.raises(CalibrationError):
        baseline.calibrate(empty)


def test_a_name_finds_a_judge_and_else_the_rubric_for_the_model_of_the_settings(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(empty, made.add_answer(empty.store, "Pergunta?"), "CCC")
    monkeypatch.setitem(empty.settings.__dict__, "judge_model", "juiz")

    assert judges.find_judge(empty, "dois") == JUDGES[1]
    assert judges.find_judge(empty, "groundedness").rubric == "groundedness.pt-BR"
    assert judges.find_judge(empty, "correctness.en").rubric == "correctness.en"
    with pytest.raises(NotFound, match="dois"):
        judges.find_judge(empty, "quatro")


def test_without_a_model_a_rubric_says_what_is_missing(empty: Project) -> None:
    with pytest.raises(RecordError, match="VEREDITO_JUDGE_MODEL"):
        judges.find_judge(empty, "groundedness")


def test_a_halted_job_ends_at_once_and_keeps_its_state(empty: Project) -> None:
    lectures_with_labels(empty)
    job_id = judging.start_job(empty, baseline.calibrate(empty), JobLimits())
    halt = threading.Event()
    halt.set()

    assert drive(empty, job_id, halt) is JobState.RUNNING
    with empty.store.read() as session:
        assert corpus.list_videos(session)

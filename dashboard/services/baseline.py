"""The embedding baseline at work: similarities from the encoder, calibrated on people's labels."""

from collections.abc import Callable, Sequence

from dashboard.errors import N_, NotFound
from dashboard.judging.base import Outcome
from dashboard.judging.baseline import Baseline, Example, Features, Vector, features, fit
from dashboard.judging.case import Case
from dashboard.judging.unscored import Unscored
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement, Phase
from dashboard.retrieval.embedding import embed
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.cases import load_case
from dashboard.services.project import Project
from dashboard.store import verdicts
from dashboard.store.hashing import key_of, text_hash
from dashboard.store.verdicts import PersonLabel

NAME = N_("baseline, no language model")
"""What the baseline is called wherever it is shown: it is no language model and no judge of meaning."""

RUBRIC = "embedding-baseline"


class EmbeddingBaseline:
    """Judges by three similarities; see `judging.base.Judge`.

    Args:
        project: Gives the encoder and keeps the vectors.
        config: A configuration that `calibrate` made.

    Raises:
        NotFound: It was calibrated with another encoder than the project has.
    """

    def __init__(self, project: Project, config: JudgeConfig) -> None:
        if config.model != project.encoder_choice.setting:
            raise NotFound(
                N_(
                    "The baseline was calibrated with the encoder {found}, but the project has {encoder}. "
                    "Calibrate a new one."
                ),
                found=config.model,
                encoder=project.encoder_choice.setting,
            )
        self._project = project
        self._baseline = Baseline.from_json(config.parameters)
        self._questions: dict[str, Vector] = {}

    def judge(self, case: Case) -> Outcome:
        """Return the verdict on an answer."""
        if not case.segments:
            error = "There is no segment to compare the answer with."
            return Outcome(NewJudgement(None, None, None, error=error, reason=Unscored.NO_EVIDENCE.value))
        seen = similarities(self._project, case, self._questions)
        guess = self._baseline.judge(text_hash(case.question), seen)
        return Outcome(
            NewJudgement(
                raw_score=guess.score,
                score=guess.score,
                label=guess.label,
                tokens_in=0,
                tokens_out=0,
                details={
                    "similarities": seen._asdict(),
                    "probabilities": {label.value: share for label, share in guess.probabilities.items()},
                },
            )
        )


@needs(Role.RESEARCHER)
def similarities(project: Project, case: Case, questions: dict[str, Vector]) -> Features:
    """Return the cosines between question, answer and segments; what has no vector yet is embedded.

    Args:
        project: Gives the encoder and keeps the vectors of answers and segments.
        case: The answer.
        questions: Vectors of questions, filled here: several answers have the same one.
    """
    texts = [case.answer, *case.segments]
    hashes = [text_hash(text) for text in texts]
    embed(project.encoder, project.vectors, hashes, texts)
    vectors = project.vectors.matrix(hashes)
    if case.question not in questions:
        questions[case.question] = project.encoder.encode_queries([case.question])[0]
    return features(questions[case.question], vectors[0], vectors[1:])


@needs(Role.RESEARCHER)
def calibrate(
    project: Project, progress: Callable[[int, int], None] = lambda done, total: None
) -> JudgeConfig:
    """Return the baseline fitted to the labels that people have given so far.

    An answer counts with its agreed label, else with the blind one that more people gave than any other.

    Raises:
        CalibrationError: There are too few labels, or only one kind of them.
        EncoderError: The encoder cannot be used.
    """
    with project.store.read() as session:
        agreed = verdicts.agreed_labels(session)
        labels = {**_commonest(verdicts.person_labels(session, Phase.BLIND)), **agreed}
    examples = []
    questions: dict[str, Vector] = {}
    for place, (answer_id, label) in enumerate(sorted(labels.items())):
        progress(place, len(labels))
        case = load_case(project, answer_id)
        if case.segments:
            examples.append(Example(text_hash(case.question), similarities(project, case, questions), label))
    progress(len(labels), len(labels))
    fitted = fit(examples)
    return JudgeConfig(
        name=NAME,
        rubric=RUBRIC,
        prompt_version="",
        model=project.encoder_choice.setting,
        parameters={
            **fitted.to_json(),
            "labels": len(examples),
            "labels_hash": key_of(sorted((one.question, one.label.value) for one in examples))[:12],
        },
    )


def _commonest(labels: Sequence[PersonLabel]) -> dict[int, Label]:
    given: dict[int, list[Label]] = {}
    for one in labels:
        given.setdefault(one.answer_id, []).append(one.label)
    found = {}
    for answer_id, votes in given.items():
        ranked = sorted({(votes.count(label), label) for label in votes}, reverse=True)
        if len(ranked) == 1 or ranked[0][0] > ranked[1][0]:
            found[answer_id] = ranked[0][1]
    return found

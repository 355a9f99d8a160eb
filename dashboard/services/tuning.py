"""Making the project's encoder better from relevance grades; stopped at any moment, it goes on from there."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dashboard.errors import N_, TuningError
from dashboard.retrieval.evaluation.measures import Rankings
from dashboard.retrieval.finetuning.card import Card, card_facts, read_facts
from dashboard.retrieval.finetuning.checkpoints import Checkpoints
from dashboard.retrieval.finetuning.comparison import K, compare, mean_ndcg
from dashboard.retrieval.finetuning.course import Course, Follow
from dashboard.retrieval.finetuning.folder import Kind, Tuned, read_card, write_tuned
from dashboard.retrieval.finetuning.material import Material
from dashboard.retrieval.finetuning.pairs import Examples, make_examples
from dashboard.retrieval.finetuning.recommend import Recommendation, recommend
from dashboard.retrieval.finetuning.settings import DEFAULTS, Strategy, TrainingSettings
from dashboard.retrieval.finetuning.split import Split, split_questions
from dashboard.retrieval.finetuning.training import Stopped, Training
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.audit import note
from dashboard.services.encoder_choice import encoders_dir
from dashboard.services.ingest import Progress
from dashboard.services.project import Project
from dashboard.services.tuning_adapter import AdapterRun
from dashboard.services.tuning_data import Start, fingerprint, gather, is_trainable, start_from
from dashboard.services.tuning_model import TransformerRun
from dashboard.store.base import now

RECOMMENDED = "recommended"


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """What a person asks for.

    Attributes:
        strategy: A strategy, or `recommended`.
        layers: Layers of `last-layers`; 0 for as many as usual.
        source: Where the grades come from, as `find_truth` reads it.
        seed: Another seed gives another split and order.
        epochs: Passes at most; 0 for as many as usual.
    """

    strategy: str = RECOMMENDED
    layers: int = 0
    source: str = "people"
    seed: int = 0
    epochs: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training came to.

    Attributes:
        strategy: Which one it was.
        split: The parts.
        examples: What it learned from.
        course: How it went.
        card: The card of the new encoder. None for a whole model that was worse on the validation questions
            after every epoch: to embed every segment with it for the reported figure would be in vain.
        seconds: How long this took, without what was done before a stop.
    """

    strategy: Strategy
    split: Split
    examples: Examples
    course: Course
    card: Card | None
    seconds: float

    @property
    def helped(self) -> bool:
        """Whether there is an encoder that may be promoted."""
        return self.card is not None and self.card.helped

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as the command line prints it."""
        return {
            "encoder": self.card.encoder if self.card else None,
            "strategy": self.strategy.value,
            "train": len(self.split.train),
            "validation": len(self.split.validation),
            "test": len(self.split.test),
            "pairs": len(self.examples.examples),
            "negatives_judged": self.examples.judged,
            "negatives_of_other_lectures": self.examples.other_lectures,
            "unjudged_left_out": self.examples.left_out,
            "epochs": len(self.course.epochs),
            "best_epoch": self.course.best,
            "validation_before": self.course.before,
            "validation_best": self.course.best_validation,
            **({"figures": self.card.facts["test"]} if self.card else {}),
            "helped": self.helped,
            "seconds": round(self.seconds, 1),
        }


@needs(Role.RESEARCHER)
def recommendation(
    project: Project, material: Material, split: Split, rankings: Rankings | None
) -> Recommendation:
    """Return the strategy that suits the data.

    Args:
        project: Whose encoder learns.
        material: Questions and grades.
        split: The parts.
        rankings: What the encoder finds as it is, by which it is told how near the domain is; None where it
            is not known and does not matter: few questions, or weights that cannot be trained.
    """
    ndcg = float("nan")
    if rankings is not None:
        ndcg = mean_ndcg(_of(material.grades, split.train), _of(rankings, split.train))
    return recommend(len(split.train), ndcg, is_trainable=is_trainable(project))


@needs(Role.RESEARCHER)
def tune(
    project: Project,
    plan: TuningPlan,
    progress: Progress = lambda step, done, total: None,
    follow: Follow = lambda standing: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Train an encoder and measure it on questions that it has never seen.

    Args:
        project: Whose encoder and grades.
        plan: What is asked for; the same plan goes on where it was stopped, while the grades are the same.
        progress: Told how far questions and segments are embedded.
        follow: Told after each step where the training is.
        should_stop: Asked before each step.

    Raises:
        TuningError: There are too few questions, the strategy does not go with the encoder, or the same
            training is under way elsewhere.
        Stopped: It was stopped on purpose.
        EncoderError: The encoder cannot be opened, or the new one cannot be written.
        NotFound: There are no grades of this source.
    """

    def told(step: str, done: int, total: int) -> None:
        if should_stop():
            raise Stopped(N_("The training was stopped. Start it again and it goes on from there."))
        progress(step, done, total)

    check_strategy(project, plan.strategy)
    root = encoders_dir(project.settings)
    with _alone(root):
        outcome = _tune(project, plan, root, told, follow, should_stop)
    note(project, "encoder.tune", "encoder", outcome.card.encoder if outcome.card else "")
    return outcome


def _tune(
    project: Project,
    plan: TuningPlan,
    root: Path,
    progress: Progress,
    follow: Follow,
    should_stop: Callable[[], bool],
) -> Outcome:
    began = time.monotonic()
    material = gather(project, plan.source)
    split = split_questions(material.questions, plan.seed)
    start = start_from(project, material, progress)
    settings = _settings(plan, recommendation(project, material, split, start.rankings).strategy)
    examples = make_examples(
        material,
        split.train,
        start.rankings,
        negatives=settings.negatives,
        uses_unjudged=settings.uses_unjudged,
    )
    checkpoints = _checkpoints(
        root, settings.strategy, _key(material, split, settings, start.space.encoder.id)
    )
    run = _open_run(project, material, split, start, examples, settings)
    course = Training(run.learner, material, examples.examples, settings, checkpoints).run(
        follow, should_stop
    )
    card = None
    if run.kind is Kind.ADAPTER or not course.is_worse:
        card = _kept(project, material, split, start, examples, settings, course, run, progress, began)
    checkpoints.clear()
    return Outcome(settings.strategy, split, examples, course, card, time.monotonic() - began)


@needs(Role.RESEARCHER)
def check_strategy(project: Project, strategy: str) -> None:
    """Raise unless a strategy goes with the project's encoder.

    Raises:
        TuningError: It trains weights that are not at hand, or is not known.
    """
    if strategy not in (RECOMMENDED, *Strategy):
        raise TuningError(
            N_("The strategy {found} is not known. Use {known} or recommended."),
            found=repr(strategy),
            known=", ".join(Strategy),
        )
    if strategy not in (RECOMMENDED, Strategy.ADAPTER) and not is_trainable(project):
        raise TuningError(
            N_(
                "The strategy {strategy} trains the weights of the encoder, and those of {encoder} cannot be "
                "trained here. Use adapter, or set VEREDITO_ENCODER=sentence-transformers:<model or folder>."
            ),
            strategy=strategy,
            encoder=project.settings.encoder,
        )


def _open_run(
    project: Project,
    material: Material,
    split: Split,
    start: Start,
    examples: Examples,
    settings: TrainingSettings,
) -> "AdapterRun | TransformerRun":
    if settings.strategy is Strategy.ADAPTER:
        return AdapterRun(material, split, start, examples, settings)
    return TransformerRun(project, material, split, start, examples, settings)


def _kept(
    project: Project,
    material: Material,
    split: Split,
    start: Start,
    examples: Examples,
    settings: TrainingSettings,
    course: Course,
    run: "AdapterRun | TransformerRun",
    progress: Progress,
    began: float,
) -> Card:
    """Write the encoder with its card, measured once on the held-out questions."""
    base = {"setting": start.space.setting, "id": start.space.encoder.id}

    def card(made: Tuned, encoder_id: str) -> dict[str, Any]:
        after = run.rankings(made, encoder_id, split.test, progress)
        before = {question: found[:K] for question, found in _of(start.rankings, split.test).items()}
        comparison = compare(_of(material.grades, split.test), before, after, material.relevant_from)
        return card_facts(
            material,
            split,
            examples,
            settings,
            course,
            comparison,
            base=base,
            created_at=now(),
            seconds=time.monotonic() - began,
        )

    root = encoders_dir(project.settings)
    tuned = write_tuned(root, settings.strategy.value, run.kind, base["setting"], base["id"], run.write, card)
    return read_facts(read_card(tuned))


def _settings(plan: TuningPlan, recommended: Strategy) -> TrainingSettings:
    strategy = recommended if plan.strategy == RECOMMENDED else Strategy(plan.strategy)
    usual = DEFAULTS[strategy]
    layers = plan.layers or usual.layers if strategy is Strategy.LAST_LAYERS else 0
    return replace(usual, layers=layers, seed=plan.seed, epochs=plan.epochs or usual.epochs)


def _key(material: Material, split: Split, settings: TrainingSettings, encoder_id: str) -> str:
    body = [fingerprint(material, split), settings.to_json(), encoder_id]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()[:16]


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the project's trainings: two at once would take each other's cores, and maybe state."""
    root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root / ".training.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise TuningError(
            N_("A training is under way in this project already. Wait for its end, or stop it.")
        ) from None
    try:
        yield
    finally:
        lock.release()


def _checkpoints(root: Path, strategy: Strategy, key: str) -> Checkpoints:
    """Return where a training is kept, and forget unfinished ones of the same strategy."""
    own = root / f".training-{strategy.value}-{key}"
    for other in root.glob(f".training-{strategy.value}-*"):
        if other != own:
            shutil.rmtree(other, ignore_errors=True)
    return Checkpoints(own)


def _of(found: Mapping[int, Any], questions: Sequence[int]) -> dict[int, Any]:
    return {question: found[question] for question in questions}

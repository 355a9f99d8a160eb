"""Making judges and putting them to work: rubric and model, panels of judges, and the baseline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dashboard.errors import N_, NotFound, RecordError
from dashboard.judging.base import Judge, Outcome
from dashboard.judging.calls import ModelCalls
from dashboard.judging.case import Case
from dashboard.judging.model_judge import SAMPLES, ModelJudge
from dashboard.judging.panel import Rule, Vote, panel_verdict
from dashboard.models import Judge as StoredJudge
from dashboard.models import JudgeConfig
from dashboard.roles import Role
from dashboard.services import baseline
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.services.rubrics import RubricVersion, current_rubric, find_version
from dashboard.store import judgements
from dashboard.store.replies import StoredReplies

PANEL = "panel"
"""The rubric of a judge whose verdicts are those of others, put together."""

MOST_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """What a person chooses of a judge that asks a model.

    Attributes:
        model: Name of the model at the server.
        samples: How often it is asked about each answer, 1 or more.
        temperature: Randomness of the model's words; None leaves it to the server.
    """

    model: str
    samples: int = 1
    temperature: float | None = 0.0


def model_config(version: RubricVersion, choice: ModelChoice, name: str = "") -> JudgeConfig:
    """Return the judge that a rubric's version and a model make.

    Without a name it is named after them, so that equal judges are one.

    Raises:
        RecordError: The name or the model cannot be stored, or there is no model.
    """
    if not choice.model.strip():
        raise RecordError(N_("A judge needs a model: found none. Name one, or set VEREDITO_JUDGE_MODEL."))
    parameters: dict[str, object] = {}
    if choice.temperature is not None:
        parameters["temperature"] = choice.temperature
    if choice.samples > 1:
        parameters[SAMPLES] = choice.samples
    title = f"{version.rubric.title} v{version.number} · {choice.model.strip()}"
    if choice.samples > 1:
        title += f" · {choice.samples}×"
    config = JudgeConfig(
        name=name.strip() or title,
        rubric=version.rubric.key,
        prompt_version=version.prompt_version,
        model=choice.model.strip(),
        parameters=parameters,
    )
    check_entered(config, "judge ")
    return config


def panel_config(members: Sequence[StoredJudge], rule: Rule, name: str = "") -> JudgeConfig:
    """Return the panel of these judges.

    Raises:
        RecordError: There are fewer than two, or one of them is a panel itself.
    """
    if len({one.key for one in members}) < 2 or any(one.config.rubric == PANEL for one in members):
        raise RecordError(
            N_("A panel needs two or more judges that are no panels: found {found}. Choose others."),
            found=", ".join(one.config.name for one in members) or "-",
        )
    ordered = sorted(members, key=lambda one: one.judge_id)
    config = JudgeConfig(
        name=name.strip() or f"{rule.value}: " + " + ".join(one.config.name for one in ordered),
        rubric=PANEL,
        prompt_version="",
        model="",
        parameters={"rule": rule.value, "members": [one.key for one in ordered]},
    )
    check_entered(config, "judge ")
    return config


@needs(Role.RESEARCHER)
def default_config(
    project: Project, progress: Callable[[int, int], None] = lambda done, total: None
) -> JudgeConfig:
    """Return the judge of the settings: answer relevance by `JUDGE_MODEL`, without one the baseline.

    Args:
        project: Holds the settings.
        progress: Told how many labelled answers the baseline has compared, of how many.

    Raises:
        CalibrationError: The baseline has too few labels to be calibrated on.
    """
    model = project.settings.judge_model
    if not model:
        return baseline.calibrate(project, progress)
    version = current_rubric(project, f"answer-relevance.{project.settings.language}")
    return model_config(version, ModelChoice(model))


@needs(Role.RESEARCHER)
def open_judge(project: Project, config: JudgeConfig, calls: ModelCalls) -> Judge:
    """Return a judge ready to judge.

    Raises:
        NotFound: It came from elsewhere, or its rubric's version or its encoder is not here.
    """
    if config.rubric == PANEL:
        return _Panel(project, config)
    if config.rubric == baseline.RUBRIC:
        return baseline.EmbeddingBaseline(project, config)
    version = find_version(project, config.rubric, config.prompt_version)
    return ModelJudge(config, version.rubric, calls, StoredReplies(project.store))


def is_local(config: JudgeConfig) -> bool:
    """Return whether a judge asks no model server."""
    return config.rubric in (PANEL, baseline.RUBRIC)


class _Panel:
    """Puts together what its members have said; see `judging.base.Judge`."""

    def __init__(self, project: Project, config: JudgeConfig) -> None:
        self._project = project
        self._members = tuple(config.parameters["members"])
        self._rule = Rule(config.parameters["rule"])

    def judge(self, case: Case) -> Outcome:
        """Return the verdict on an answer."""
        with self._project.store.read() as session:
            said = judgements.judgements_of(session, [case.answer_id]).get(case.answer_id, [])
        by_key = {one.judge.key: one.verdict for one in said if one.judge.key in self._members}
        verdicts = [by_key.get(key) for key in self._members]
        votes = [
            Vote(one.label, one.score) if one and one.label is not None and one.score is not None else None
            for one in verdicts
        ]
        names = {one.judge.key: one.judge.config.name for one in said}
        members = [
            {
                "judge": names.get(key, key[:8]),
                "label": vote.label.value if vote else None,
                "score": vote.score if vote else None,
            }
            for key, vote in zip(self._members, votes, strict=True)
        ]
        verdict = replace(
            panel_verdict(votes, self._rule), tokens_in=0, tokens_out=0, details={"members": members}
        )
        return Outcome(verdict)


@needs(Role.RESEARCHER)
def find_judge(project: Project, name: str) -> JudgeConfig:
    """Return the newest judge of a name that can judge here, or the default judge of a rubric of that name.

    Raises:
        NotFound: There is neither.
    """
    with project.store.read() as session:
        named = judgements.find_judges(session, name)
        known = [judge.config.name for judge, _ in judgements.list_judges(session)]
    if named:
        return named[0].config
    key = name if "." in name else f"{name}.{project.settings.language}"
    try:
        version = current_rubric(project, key)
    except NotFound:
        raise NotFound(
            N_("There is no judge and no rubric {found}. Choose one of: {known}."),
            found=name,
            known=", ".join([*known, "answer-relevance", "correctness", "groundedness", "context-relevance"]),
        ) from None
    return model_config(version, ModelChoice(project.settings.judge_model))

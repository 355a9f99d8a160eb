"""Judges and rubrics in words."""

from dashboard.judging.panel import Rule
from dashboard.judging.rubric import Rubric
from dashboard.models import Judge, JudgeConfig
from dashboard.services import baseline
from dashboard.services.judges import PANEL, is_local
from dashboard.ui.i18n import LANGUAGES, _


def judge_name(config: JudgeConfig) -> str:
    """Return a judge's name as plain text; those that the program gave are in the reader's language."""
    if config.rubric == baseline.RUBRIC and config.name == baseline.NAME:
        return _(baseline.NAME)
    rule, colon, members = config.name.partition(": ")
    if config.rubric == PANEL and colon and rule in tuple(Rule):
        return f"{rule_name(Rule(rule))}: {members}"
    return config.name


def judge_title(judge: Judge) -> str:
    """Return a judge's number and name as plain text, with what tells it from others of that name."""
    config, name = judge.config, judge_name(judge.config)
    model = config.model if config.model not in name and not is_local(config) else ""
    return " · ".join(part for part in (str(judge.judge_id), name, model, config.prompt_version) if part)


def rule_name(rule: Rule) -> str:
    """Return how a panel comes to its label."""
    return {Rule.MAJORITY: _("majority"), Rule.MEDIAN: _("median")}[rule]


def rubric_name(rubric: Rubric) -> str:
    """Return a rubric's title with its language, as plain text."""
    return f"{rubric.title} · {LANGUAGES.get(rubric.language, rubric.language)}"

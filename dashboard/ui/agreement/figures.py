"""Figures in words and numbers: values, intervals, why there is none, and what each means."""

import math

from dashboard.agreement.figure import Figure, Undefined
from dashboard.errors import N_
from dashboard.ui.i18n import _, number, percent

REASONS = {
    Undefined.NO_PAIRS: N_("no answer has both a person's and a judge's label"),
    Undefined.ONE_CATEGORY: N_("the labels do not vary enough for this figure"),
    Undefined.LABEL_ABSENT: N_("this label was never given"),
    Undefined.NO_VARIATION: N_("every resample gives the same value, so there is no interval"),
    Undefined.UNSTABLE: N_("too few labels for a stable interval"),
    Undefined.TOO_FEW_PEOPLE: N_("no answer of the judge has labels of two people"),
    Undefined.TOO_FEW_ITEMS: N_(
        "no annotator shares 30 labelled answers with the judge and another annotator"
    ),
    Undefined.NO_UNLABELLED: N_(
        "people have labelled every answer that the judge has, so nothing is left to correct"
    ),
    Undefined.WEAK_JUDGE: N_(
        "the judge does not tell correct answers from others well enough to be corrected"
    ),
    Undefined.TOO_FEW_SCORES: N_("too few labelled answers have a score of the judge"),
    Undefined.NO_INTERVAL: N_("a verdict or projection, which has no interval"),
}
"""Why a figure or its interval is a dash, in words."""

NO_SECOND_PERSON = N_("no answer has labels of two people")

TITLES = {
    "percent": N_("Percent agreement"),
    "kappa_linear": N_("Linear-weighted kappa"),
    "kappa": N_("Kappa"),
    "kappa_quadratic": N_("Quadratic-weighted kappa"),
    "gwet_ac1": N_("Gwet's AC1"),
    "gwet_ac2_linear": N_("Gwet's AC2, linear"),
    "alpha_nominal": N_("Krippendorff's alpha, nominal"),
    "alpha_ordinal": N_("Krippendorff's alpha, ordinal"),
    "alpha_interval": N_("Krippendorff's alpha, interval"),
    "fleiss_kappa": N_("Fleiss' kappa"),
    "spearman": N_("Spearman's rho"),
    "kendall": N_("Kendall's tau-b"),
}

MEANINGS = {
    "percent": N_(
        "Share of answers with equal labels. Part of it is chance: where most answers are correct, two who "
        "guess agree often."
    ),
    "kappa_linear": N_(
        "Agreement beyond chance; one step apart (C and P) costs half of two steps (C and I). 0 is chance, "
        "1 is perfect. As a rule of thumb (Landis and Koch 1977): 0.21 to 0.40 fair, 0.41 to 0.60 moderate, "
        "0.61 to 0.80 substantial."
    ),
    "kappa": N_("Agreement beyond chance; every difference counts the same, however far apart."),
    "kappa_quadratic": N_(
        "Agreement beyond chance; far differences cost much more than near ones. It is often higher, so "
        "compare it with other quadratic kappas only."
    ),
    "gwet_ac1": N_(
        "Agreement beyond chance, where chance is reckoned so that very uneven labels do not push it down."
    ),
    "gwet_ac2_linear": N_("As AC1, but one step apart costs half of two steps."),
    "alpha_nominal": N_(
        "Agreement beyond chance, where both sides are taken as drawn from one pool of labels; every "
        "difference counts the same."
    ),
    "alpha_ordinal": N_(
        "As nominal alpha, but labels that are farther apart in rank count as farther apart."
    ),
    "alpha_interval": N_("As nominal alpha, but the steps I, P and C are taken as equally far apart."),
    "fleiss_kappa": N_(
        "Agreement beyond chance, where both sides' labels are pooled; with two sides this is Scott's pi."
    ),
    "spearman": N_(
        "Whether both put the answers in the same order. It does not see a judge that is too kind throughout."
    ),
    "kendall": N_("As Spearman's rho, counted over pairs of answers."),
}
"""What each coefficient means, for people who meet it here first."""


def meaning(name: str) -> str:
    """Return what a coefficient means."""
    return _(MEANINGS[name])


def figure_text(figure: Figure, *, in_percent: bool) -> str:
    """Return a value with its interval in brackets."""
    return (
        f"{value_text(figure.value, in_percent=in_percent)} [{interval_text(figure, in_percent=in_percent)}]"
    )


def value_text(value: float, *, in_percent: bool) -> str:
    """Return a value in the reader's notation; a dash when it is undefined."""
    if math.isnan(value):
        return "–"
    return percent(value) if in_percent else number(value, 2)


def interval_text(figure: Figure, *, in_percent: bool) -> str:
    """Return both ends of the interval; a dash when there is none."""
    if math.isnan(figure.low) or math.isnan(figure.high):
        return "–"
    low, high = (value_text(end, in_percent=in_percent) for end in (figure.low, figure.high))
    return _("{low} to {high}").format(low=low, high=high)


def reason_text(figure: Figure) -> str:
    """Return why a figure or its interval is a dash."""
    return _(REASONS[Undefined(figure.reason)]) if figure.reason else ""

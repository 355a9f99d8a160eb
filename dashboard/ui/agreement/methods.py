"""The methods in words: what was compared, left out, computed and with what."""

from dashboard.agreement.resampling import RESAMPLES, SEED
from dashboard.agreement.result import AgreementReport
from dashboard.labels import ORDERED
from dashboard.services.publishing import Cell, Table, versions
from dashboard.ui.agreement.choice import Laboratory, choice_in_words
from dashboard.ui.agreement.figures import figure_text
from dashboard.ui.i18n import _, number


def methods(lab: Laboratory) -> str:
    """Return the paragraph that says how the figures came about."""
    report, counts = lab.report, lab.report.counts
    sentences = [
        _("We compared a judge with people on {n} answers that both had labelled ({choice}).").format(
            n=number(report.n), choice="; ".join(choice_in_words(lab))
        ),
        _(
            "Left out were {human} answers labelled by people only, {judge} by the judge only, {unscored} "
            "whose judgement could not be read, and {tied} on which people's labels were tied."
        ).format(
            human=number(counts.human_only),
            judge=number(counts.judge_only),
            unscored=number(counts.unscored),
            tied=number(lab.labels.tied),
        ),
        _(
            "Linear-weighted kappa was {kappa} and percent agreement {percent}; among people the same kappa "
            "was {people} (n = {n})."
        ).format(
            kappa=figure_text(report.kappa_linear, in_percent=False),
            percent=figure_text(report.percent, in_percent=True),
            people=figure_text(lab.ceiling.kappa_linear, in_percent=False),
            n=number(lab.ceiling.n),
        ),
        _(
            "Brackets hold 95% intervals: Wilson's for shares of independent answers, else the percentile "
            "bootstrap with {resamples} resamples of whole questions with all their answers and labels (seed "
            "{seed})."
        ).format(resamples=number(RESAMPLES), seed=SEED),
        _("Computed with {versions}.").format(versions=versions()),
    ]
    return " ".join(sentences)


def prevalence_table(report: AgreementReport) -> Table:
    """Return the share of each label on both sides."""
    rows: list[tuple[Cell, ...]] = []
    for side, title in (("human", _("People")), ("judge", _("Judge"))):
        for label in ORDERED[::-1]:
            figure = report.prevalence[side][label.value]
            rows.append((f"{title}, {label.value}", figure.value, figure.low, figure.high, figure.n))
    return Table((_("Label"), _("Value"), _("Low"), _("High"), "n"), tuple(rows))

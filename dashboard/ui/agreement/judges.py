"""Two judges against the same people, and whether the judge may stand in for a person."""

from dataclasses import replace

import streamlit as st

from dashboard.agreement.alt_test import ITEMS, PEOPLE, AltTest
from dashboard.agreement.compare import Comparison
from dashboard.errors import N_
from dashboard.services.agreement import Method, alternative_annotator, codes_of, judges_compared
from dashboard.services.narrowing import Choice
from dashboard.services.publishing import P, Table
from dashboard.ui.addressed import choose, turn_to
from dashboard.ui.agreement.choice import Laboratory, get_labels
from dashboard.ui.agreement.figures import TITLES, figure_text, reason_text, value_text
from dashboard.ui.agreement.plots import Row, draw_chart, forest, forest_table
from dashboard.ui.agreement.tables import draw_downloads, draw_table
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.judge_names import judge_title
from dashboard.ui.resources import get_project
from dashboard.ui.text import plain

EPSILONS = {"0.2": N_("experts (0.2)"), "0.15": N_("skilled people (0.15)"), "0.1": N_("a crowd (0.1)")}
"""How far the judge may fall short, by whom it would stand in for."""

ALTERNATIVE = N_(
    "The alternative-annotator test (Calderon, Reichart and Dror 2025) leaves one person out in turn and "
    "asks who is closer to the others: that person, or the judge."
)
ONE_JUDGE = N_("There is only one judge; a second one can be compared with it.")
NO_TRIPLE = N_("No answer has labels of people and of both judges.")


def draw_comparison(lab: Laboratory) -> None:
    """Draw the differences between the chosen judge and another one."""
    others = {str(judge_id): title for judge_id, title in other_judges(lab).items()}
    if not others:
        st.info(_(ONE_JUDGE), icon=":material/inbox:")
        return
    other = choose(_("Compared with"), "other", list(others), others.__getitem__, width=320)
    found = get_comparison(lab.choice, lab.revision, int(other))
    if not found.n:
        st.info(_(NO_TRIPLE), icon=":material/inbox:")
        return
    st.caption(
        ngettext("{count} answer with all three labels", "{count} answers with all three labels", found.n)
        + " · "
        + _("the same answers are drawn for both judges, so that hard ones cancel out")
    )
    left, right = st.columns(2, gap="large")
    with left:
        rows, title = difference_rows(found), _("The chosen judge less the other")
        draw_chart(
            "comparison",
            forest(rows, title, is_difference=True),
            forest_table(rows, _("Figure"), title),
            _("Differences between two judges with their intervals"),
        )
    with right:
        kappa = found.difference["kappa_linear"]
        st.markdown(f"**{compared_in_words(found)}**")
        st.markdown(
            _("Difference of the linear-weighted kappas: {figure}").format(
                figure=f"**{figure_text(kappa, in_percent=False)}**"
            )
        )
        if kappa.reason:
            st.caption(reason_text(kappa))
        only_one, test = mcnemar_in_words(found, "**{}**")
        st.markdown(only_one)
        st.markdown(
            test,
            help=_("Whether both are right equally often, told from the answers on which only one is right."),
        )


def other_judges(lab: Laboratory) -> dict[int, str]:
    """Return the judges that the chosen one can be compared with, by their titles."""
    return {
        judge_id: judge_title(judge)
        for judge_id, judge in lab.offered.judges.items()
        if judge_id != lab.choice.judge_id
    }


def difference_rows(found: Comparison) -> list[Row]:
    """Return the differences of two judges as lines of a forest plot."""
    return [Row(_(TITLES[name]), figure) for name, figure in found.difference.items()]


def mcnemar_in_words(found: Comparison, count: str = "{}") -> tuple[str, str]:
    """Return on how many answers only one judge is right, each in the pattern `count`, and McNemar's test."""
    test = found.mcnemar
    return (
        _("Only the chosen judge gives people's label: {first}. Only the other: {second}.").format(
            first=count.format(number(test.only_first)), second=count.format(number(test.only_second))
        ),
        _("McNemar's test: p {exact} (exact), p {mid} (mid-p)").format(
            exact=_p_text(test.p_exact), mid=_p_text(test.p_mid)
        ),
    )


def draw_alternative(lab: Laboratory) -> None:
    """Draw the alternative-annotator test."""
    st.markdown(_(ALTERNATIVE))
    epsilon = turn_to(_("In place of"), "epsilon", list(EPSILONS), lambda one: _(EPSILONS[one]))
    found = get_test(replace(lab.choice, annotator=""), lab.revision, float(epsilon))
    st.markdown(f"**{passed_in_words(found)}**")
    st.markdown(
        wins_in_words(found, "**{}**"),
        help=_("The judge passes where it wins against at least half of the people."),
    )
    st.caption(
        _("At least {people} people an answer and {items} answers a person.").format(
            people=number(PEOPLE), items=number(ITEMS)
        )
    )
    if found.left_out:
        names = ", ".join(plain(name) for name in found.left_out)
        st.caption(_("Left out, with too few answers: {names}").format(names=names))
    if found.contests:
        table = contests_table(found)
        draw_table(table)
        draw_downloads("alternative", table, _("Alternative-annotator test"))


def wins_in_words(found: AltTest, figure: str = "{}") -> str:
    """Return against how many people the judge wins, each figure in the pattern `figure`."""
    rate = value_text(found.winning_rate.value, in_percent=True)
    advantage = figure_text(found.advantage, in_percent=True)
    return _(
        "Wins against {rate} of the people; as close to the others as a person in {advantage} of cases."
    ).format(rate=figure.format(rate), advantage=figure.format(advantage))


def contests_table(found: AltTest) -> Table:
    """Return the judge against each person."""
    yes, no = _("yes"), _("no")
    return Table(
        (
            _("Annotator"),
            _("Answers"),
            _("Judge as close"),
            _("Person as close"),
            "p",
            _("p, adjusted"),
            _("Judge wins"),
        ),
        tuple(
            (one.annotator, one.n, one.judge, one.human, P(one.p), P(one.p_adjusted), yes if one.won else no)
            for one in found.contests
        ),
    )


def _p_text(p: float) -> str:
    return f"< {number(0.001, 3)}" if p < 0.001 else f"= {number(p, 3)}"


def compared_in_words(found: Comparison) -> str:
    """Return in one sentence which of two judges agrees more with people."""
    kappa = found.difference["kappa_linear"]
    if kappa.low > 0.0:
        return _("The chosen judge agrees with people more than the other does.")
    if kappa.high < 0.0:
        return _("The chosen judge agrees with people less than the other does.")
    return _("These labels do not show which of the two agrees more with people.")


def passed_in_words(found: AltTest) -> str:
    """Return in one sentence whether the judge may stand in for a person."""
    if found.passed is None:
        return _("Cannot be tested: {reason}.").format(reason=reason_text(found.winning_rate))
    if found.passed:
        return _("The judge passes: it may stand in for a person.")
    return _("The judge does not pass: it may not stand in for a person.")


@st.cache_data(max_entries=8, show_spinner=False)
def get_comparison(choice: Choice, revision: int, other: int) -> Comparison:
    """Return two judges against the same people, computed again only after something was written."""
    labels = get_labels(choice, revision)
    return judges_compared(labels, codes_of(get_project(), labels, other))


@st.cache_data(max_entries=8, show_spinner=False)
def get_test(choice: Choice, revision: int, epsilon: float) -> AltTest:
    """Return the alternative-annotator test, computed again only after something was written."""
    return alternative_annotator(get_labels(choice, revision), Method(epsilon=epsilon))

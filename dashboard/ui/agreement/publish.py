"""What is taken along: the methods in words, the tables, and the whole page as one file."""

from dataclasses import replace

import streamlit as st

from dashboard.services.publishing import Table
from dashboard.ui.agreement.choice import Laboratory
from dashboard.ui.agreement.coefficients import coefficients_table, labels_table
from dashboard.ui.agreement.judges import EPSILONS, contests_table, get_test
from dashboard.ui.agreement.matrix import confusion_table
from dashboard.ui.agreement.methods import methods, prevalence_table
from dashboard.ui.agreement.plots import forest_table
from dashboard.ui.agreement.shares import get_shares, needed_table, share_rows
from dashboard.ui.agreement.stages import get_stages, stages_table
from dashboard.ui.agreement.tables import draw_downloads
from dashboard.ui.agreement.whole import whole_page
from dashboard.ui.i18n import _, spoken_here


def draw_publish(lab: Laboratory) -> None:
    """Draw the methods paragraph and what can be downloaded."""
    st.subheader(_("Methods"))
    st.caption(_("Copy and adapt it; the button is in the corner."))
    st.code(methods(lab), language=None, wrap_lines=True)
    st.subheader(_("Tables"))
    for name, (title, table) in tables(lab).items():
        draw_downloads(name, table, title)
    st.subheader(_("The whole page"))
    other, epsilon = st.query_params.get("other", ""), st.query_params.get("epsilon", "")
    other_judge = int(other) if other.isascii() and other.isdigit() else None
    limit = float(epsilon if epsilon in EPSILONS else next(iter(EPSILONS)))
    st.download_button(
        _("One HTML file, which needs no network"),
        spoken_here(lambda: whole_page(lab, other_judge, limit).encode()),
        file_name="veredito-agreement.html",
        mime="text/html",
        icon=":material/download:",
        key="agreement.whole",
        on_click="ignore",
    )


def tables(lab: Laboratory) -> dict[str, tuple[str, Table]]:
    """Return every table that is published, by the name of its file."""
    report = lab.report
    shares = share_rows(get_shares(lab.choice, lab.revision))
    test = get_test(replace(lab.choice, annotator=""), lab.revision, 0.2)
    return {
        "coefficients": (_("Coefficients of agreement"), coefficients_table(report)),
        "prevalence": (_("Share of each label"), prevalence_table(report)),
        "confusion": (_("Confusion matrix"), confusion_table(report)),
        "labels": (_("Each label"), labels_table(report)),
        "shares": (_("Share of correct answers"), forest_table(shares, _("Estimate"), _("Value"))),
        "alternative": (_("Alternative-annotator test"), contests_table(test)),
        "needed": (_("Labels needed"), needed_table(report)),
        "stages": (_("Errors by stage"), stages_table(get_stages(lab.choice, lab.revision))),
    }

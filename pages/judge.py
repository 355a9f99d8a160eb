"""Judges: put to work, watched, tuned, compared, and taken in from elsewhere."""

import streamlit as st

from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.judge import IMPORT, JUDGES, NEW, RUBRICS, draw_parts
from dashboard.ui.judge_import import draw_import
from dashboard.ui.judge_jobs import draw_jobs
from dashboard.ui.judge_new import draw_new
from dashboard.ui.judge_report import draw_judges
from dashboard.ui.judge_rubric import draw_rubrics


def main(visit: Visit) -> None:
    st.title(_("Judge"))
    part = draw_parts()
    if part == NEW:
        draw_new(visit)
    elif part == RUBRICS:
        draw_rubrics(visit)
    elif part == JUDGES:
        draw_judges(visit)
    elif part == IMPORT:
        draw_import(visit.project)
    else:
        draw_jobs(visit)


with open_page("judge") as page:
    main(page)

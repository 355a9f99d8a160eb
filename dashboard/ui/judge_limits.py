"""How fast a judging job may go and what it may cost, as a person enters it."""

import streamlit as st

from dashboard.config import Settings
from dashboard.jobs import JobLimits
from dashboard.ui.i18n import _

MOST_AT_ONCE = 64
MOST_TOKENS = 2**53 - 1


def draw_limits(settings: Settings, model: str, scope: str, begin: JobLimits) -> JobLimits:
    """Draw the boxes for the limits of a job, and return what is in them.

    Args:
        settings: Hold the price table.
        model: Model that is asked.
        scope: Keeps the boxes of several jobs apart.
        begin: What is in the boxes at first.
    """
    concurrency = st.number_input(
        _("Answers at the same time"),
        1,
        MOST_AT_ONCE,
        begin.concurrency,
        key=f"{scope}.concurrency",
        persist_state="page",
    )
    left, right = st.columns(2)
    with left:
        requests = _count(_("Requests a minute"), f"{scope}.requests", begin.requests_a_minute)
        budget = _count(
            _("Budget in tokens"),
            f"{scope}.budget",
            begin.budget_tokens,
            _("Tokens read and written by the whole job. When they are spent it waits to be continued."),
        )
    with right:
        tokens = _count(_("Tokens a minute"), f"{scope}.tokens", begin.tokens_a_minute)
        has_price = model.strip() in settings.prices
        st.session_state.setdefault(f"{scope}.money", begin.budget_money)
        money = st.number_input(
            _("Budget in money"),
            min_value=0.0,
            value=None,
            step=1.0,
            key=f"{scope}.money",
            placeholder=_("no limit"),
            disabled=not has_price,
            help=_("In the currency of VEREDITO_PRICES, which has a price for this model.")
            if has_price
            else _("Set the price of this model in VEREDITO_PRICES to count in money."),
            persist_state="page",
        )
    return JobLimits(
        concurrency=int(concurrency),
        requests_a_minute=requests,
        tokens_a_minute=tokens,
        budget_tokens=budget,
        budget_money=money if has_price else None,
    )


def _count(title: str, key: str, begin: int | None, words: str | None = None) -> int | None:
    # A value given here could not be emptied again.
    st.session_state.setdefault(key, begin)
    entered = st.number_input(
        title,
        min_value=1,
        max_value=MOST_TOKENS,
        value=None,
        step=1,
        key=key,
        placeholder=_("no limit"),
        help=words,
        persist_state="page",
    )
    return None if entered is None else int(entered)

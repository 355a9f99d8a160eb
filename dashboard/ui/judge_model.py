"""Which model judges, how often it is asked, and how freely it speaks, as a person enters it."""

import streamlit as st

from dashboard.services.judges import MOST_SAMPLES, ModelChoice
from dashboard.ui.i18n import _


def draw_model_choice(default: str, scope: str) -> ModelChoice:
    """Draw the boxes for model, samples and temperature, and return what is in them."""
    st.session_state.setdefault(f"{scope}.model", default)
    model = st.text_input(
        _("Model"),
        key=f"{scope}.model",
        max_chars=200,
        placeholder=_("its name at the model server"),
        persist_state="session",
    )
    left, right = st.columns(2)
    samples = left.number_input(
        _("Samples of each answer"),
        1,
        MOST_SAMPLES,
        1,
        key=f"{scope}.samples",
        help=_("So often the model is asked; the median counts, and the spread shows how steady it is."),
        persist_state="session",
    )
    temperature = right.number_input(
        _("Temperature"),
        min_value=0.0,
        max_value=2.0,
        value=0.0,
        step=0.1,
        key=f"{scope}.temperature",
        persist_state="session",
    )
    is_left = st.checkbox(
        _("Leave the temperature to the server"),
        key=f"{scope}.is-left",
        help=_("Some models allow no temperature."),
        persist_state="session",
    )
    return ModelChoice(str(model or ""), int(samples), None if is_left else round(float(temperature), 2))

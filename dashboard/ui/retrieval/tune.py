"""A better encoder from labels: what there is to learn from, the training, and the encoders it gave."""

import streamlit as st

from dashboard.errors import N_, VereditoError
from dashboard.retrieval.finetuning.material import Material
from dashboard.retrieval.finetuning.recommend import FEW_QUESTIONS, Recommendation
from dashboard.retrieval.finetuning.settings import DEFAULTS, Strategy
from dashboard.retrieval.finetuning.split import Split, split_questions
from dashboard.services.project import Project
from dashboard.services.trainer import Trainer
from dashboard.services.truth import Truth
from dashboard.services.tuning import TuningPlan, recommendation
from dashboard.services.tuning_data import gather, is_trainable
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import choose
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain, ngettext, number
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.choice import choose_truth
from dashboard.ui.retrieval.searching import ranked_now
from dashboard.ui.retrieval.tune_encoders import draw_encoders, draw_used
from dashboard.ui.retrieval.tune_work import draw_work
from dashboard.ui.text import plain

MOST_LAYERS = 48

TITLES = {
    Strategy.ADAPTER: N_("Adapter"),
    Strategy.LAST_LAYERS: N_("Last layers"),
    Strategy.FULL: N_("Everything"),
    Strategy.GRADUAL: N_("Gradual"),
}

MEANINGS = {
    Strategy.ADAPTER: N_(
        "The encoder stays as it is; new layers on top of its vectors learn. Stored vectors are transformed, "
        "nothing is embedded again. Takes seconds to minutes."
    ),
    Strategy.LAST_LAYERS: N_("Only the last layers of the encoder learn; every segment is embedded again."),
    Strategy.FULL: N_("All weights of the encoder learn; every segment is embedded again."),
    Strategy.GRADUAL: N_(
        "A new layer learns first, then all weights, the lower the slower; every segment is embedded again."
    ),
}


@st.cache_resource(show_spinner=False)
def get_trainer() -> Trainer:
    """Return what drives the project's training, one at a time for all sessions."""
    return Trainer(get_project())


def draw_tune(visit: Visit) -> None:
    """Draw the encoder in use, what there is to learn from, the training and the tuned encoders."""
    draw_used(visit)
    trainer = get_trainer()
    seen = trainer.look()
    _draw_start(visit, trainer, is_running=seen.is_running)
    # Under the button that began it, where the reader is looking.
    if seen.plan is not None:
        draw_work(trainer)
    draw_encoders(visit)


def _draw_start(visit: Visit, trainer: Trainer, *, is_running: bool) -> None:
    st.subheader(_("Train"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        truth = choose_truth(visit)
        if truth is None:
            return
        seed = int(st.number_input(_("Seed"), 0, 10_000, 0, width=120, help=_seed_help()))
    material = _material(truth.code, visit.project.store.revision(), visit.project.store.corpus_version())
    try:
        split = split_questions(material.questions, seed)
    except VereditoError as error:
        st.info(explain(error), icon=":material/inbox:")
        return
    _draw_data(material, split, truth)
    advice = _advice(visit.project, material, split)
    if advice is not None:
        title = _("Recommended: {strategy}.").format(strategy=_(TITLES[advice.strategy]))
        st.markdown(f"**{title}** {_advice_text(advice)}")
    plan = _choose_plan(visit.project, advice, truth.code, seed)
    st.button(
        _("Train"),
        icon=":material/model_training:",
        type="primary",
        disabled=is_running,
        on_click=guarded(trainer.begin),
        args=(plan,),
        key="tune.begin",
    )


def _seed_help() -> str:
    return _(
        "Another seed shares the questions out in another way; the same seed gives the same result. Whoever "
        "tries seeds until one helps finds chance."
    )


def _draw_data(material: Material, split: Split, truth: Truth) -> None:
    pairs = sum(len(material.relevant(question)) for question in material.questions)
    judged = sum(len(found) for found in material.grades.values())
    with st.container(horizontal=True, gap="small"):
        for title, count, help_text in (
            (
                _("To learn from"),
                len(split.train),
                _("Questions that the encoder learns from. A question, or its text, is in one part only."),
            ),
            (
                _("To stop by"),
                len(split.validation),
                _("Questions that are looked at after every epoch and say which weights are kept."),
            ),
            (
                _("Held out"),
                len(split.test),
                _("Questions that are looked at once, in the end, for the figure that counts."),
            ),
        ):
            st.metric(title, number(count), border=True, width=150, help=help_text)
    notes = [
        ngettext("{count} question", "{count} questions", len(material.questions)),
        ngettext("{count} relevant segment", "{count} relevant segments", pairs),
    ]
    if not truth.is_known_items:
        notes.append(ngettext("{count} judged irrelevant", "{count} judged irrelevant", judged - pairs))
    st.caption(" · ".join(notes))


def _choose_plan(project: Project, advice: Recommendation | None, source: str, seed: int) -> TuningPlan:
    possible = list(Strategy) if is_trainable(project) else [Strategy.ADAPTER]
    if advice is not None:
        possible.sort(key=lambda one: one is not advice.strategy)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = Strategy(
            choose(
                _("Strategy"),
                "strategy",
                [one.value for one in possible],
                lambda code: _(TITLES[Strategy(code)]),
                width=220,
            )
        )
        layers = 0
        if chosen is Strategy.LAST_LAYERS:
            usual = DEFAULTS[chosen].layers
            layers = int(st.number_input(_("Layers"), 1, MOST_LAYERS, usual, width=120, key="tune.layers"))
    st.caption(_(MEANINGS[chosen]))
    if len(possible) == 1:
        others = ", ".join(_(TITLES[one]) for one in Strategy if one not in possible)
        st.caption(
            _(
                "Not possible here: {strategies}. They train the weights of the encoder itself, and those of "
                "{encoder} are not at hand. They need VEREDITO_ENCODER=sentence-transformers:MODEL."
            ).format(strategies=others, encoder=plain(project.settings.encoder))
        )
    return TuningPlan(chosen.value, layers, source, seed)


def _advice(project: Project, material: Material, split: Split) -> Recommendation | None:
    """Return the recommendation; None while the search goes on that says how near the domain is."""
    if not is_trainable(project) or len(split.train) < FEW_QUESTIONS:
        return recommendation(project, material, split, None)
    ranked = ranked_now("dense", material.questions)
    return None if ranked is None else recommendation(project, material, split, ranked.rankings)


def _advice_text(advice: Recommendation) -> str:
    found = advice.found
    return _(advice.message).format(questions=number(found["questions"]), ndcg=number(found["ndcg"], 2))


@st.cache_resource(max_entries=4, show_spinner=False)
def _material(source: str, revision: int, corpus_version: str) -> Material:
    return gather(get_project(), source)

"""The encoder in use and the tuned ones: figures, cards, promoting and going back."""

import json
import math

import streamlit as st

from dashboard.retrieval.evaluation.intervals import Estimate
from dashboard.retrieval.finetuning.card import Card
from dashboard.services.encoders import Listed, files_state, go_back, list_encoders, promote
from dashboard.ui.actions import guarded
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain, moment_of, ngettext, number, percent, span
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.choice import truth_texts
from dashboard.ui.text import plain

MEASURES = ("nDCG@10", "MRR@10", "recall@10", "success@10", "judged@10")


def draw_used(visit: Visit) -> None:
    """Say which encoder is in use, why a promoted one is not, and offer the way back."""
    choice = visit.project.encoder_choice
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Encoder in use: {name}").format(name=f"**{plain(choice.setting)}**"), width="content")
        if choice.promotion is not None:
            with st.popover(_("Go back"), icon=":material/undo:", key="tune.back"):
                st.markdown(
                    _("Searches will use {name} again. The tuned encoder is kept.").format(
                        name=plain(visit.project.settings.encoder)
                    )
                )
                st.button(
                    _("Go back"),
                    type="primary",
                    on_click=guarded(go_back),
                    args=(visit.project,),
                    key="tune.back-now",
                )
    if choice.promotion is None:
        return
    if choice.fault is not None:
        st.error(explain(choice.fault), icon=":material/error:")
        st.caption(_("The encoder of the settings is used meanwhile."))
        return
    by = _("promoted by {name}, {moment}") if choice.promotion.by else _("promoted {moment}")
    st.caption(by.format(name=plain(choice.promotion.by), moment=moment_of(choice.promotion.at)))


def draw_encoders(visit: Visit) -> None:
    """List the tuned encoders, the newest first."""
    st.subheader(_("Tuned encoders"))
    project = visit.project
    listed = _listed(files_state(project), project.encoder_choice.setting)
    if not listed:
        st.caption(_("There is none yet. Each training that can be measured leaves one here, with its card."))
    for one in listed:
        with st.container(border=True, gap="xsmall"):
            if one.card is None:
                st.markdown(f"**{plain(one.encoder)}** :red-badge[" + _("refused") + "]")
                if one.fault is not None:
                    st.caption(plain(explain(one.fault)))
            else:
                _draw_encoder(visit, one, one.card)


@st.cache_resource(max_entries=2, show_spinner=False)
def _listed(state: str, used: str) -> list[Listed]:
    """Return the tuned encoders, whose files are read through again only when one of them has changed."""
    return list_encoders(get_project())


def verdict_text(card: Card) -> str:
    """Return in a sentence whether an encoder helped."""
    if card.helped:
        return _("It helped: nDCG@10 rose on the held-out questions.")
    if card.difference.high < 0:
        return _("It did harm: nDCG@10 fell on the held-out questions.")
    return _("It did not help: on the held-out questions the difference may be chance.")


def difference_text(difference: Estimate) -> str:
    """Return a difference with its interval."""
    if math.isnan(difference.low):
        return _("Difference {value}, without an interval.").format(value=_signed(difference.value))
    return _("Difference {value}, 95% interval {low} to {high}.").format(
        value=_signed(difference.value), low=_signed(difference.low), high=_signed(difference.high)
    )


def _draw_encoder(visit: Visit, one: Listed, card: Card) -> None:
    badge = " :green-badge[" + _("in use") + "]" if one.is_used else ""
    st.markdown(f"**{plain(card.encoder)}**" + badge)
    figures = _("nDCG@10 {before} → {after} on {count} held-out questions.").format(
        before=number(card.before.value, 3), after=number(card.after.value, 3), count=number(card.test)
    )
    st.markdown(f"{verdict_text(card)} {figures} {difference_text(card.difference)}")
    if note := _judged_text(card):
        st.caption(f":material/info: {note}")
    st.caption(
        " · ".join(
            (
                _source_text(card.source),
                ngettext("{count} question to learn from", "{count} questions to learn from", card.train),
                moment_of(card.created_at),
            )
        )
    )
    with st.container(horizontal=True):
        if card.helped and not one.is_used:
            _draw_promote(visit, card)
        with st.popover(_("Card"), icon=":material/id_card:", key=f"tune.card-{card.encoder}"):
            _draw_card(card)


def _draw_promote(visit: Visit, card: Card) -> None:
    with st.popover(_("Promote"), icon=":material/upgrade:", key=f"tune.promote-{card.encoder}"):
        st.markdown(
            _(
                "Every search and every new run of this project will use this encoder instead of {name}. "
                "Runs that are there stay as they are, and you can go back at any time."
            ).format(name=plain(visit.project.settings.encoder))
        )
        st.button(
            _("Promote"),
            type="primary",
            on_click=guarded(promote),
            args=(visit.project, card.encoder, visit.annotator),
            key=f"tune.promote-now-{card.encoder}",
        )


def _draw_card(card: Card) -> None:
    facts, test = card.facts, card.facts["test"]
    rows = ["| | " + _("Before") + " | " + _("After") + " |", "| --- | ---: | ---: |"]
    rows += [
        f"| {name} | {_value(test['before'][name])} | {_value(test['after'][name])} |" for name in MEASURES
    ]
    st.markdown("\n".join(rows))
    settings, examples, split = facts["settings"], facts["examples"], facts["split"]
    lines = {
        _("Made from"): card.base,
        _("Seed"): number(split["seed"]),
        _("Parts"): _("{train} to learn from, {validation} to stop by, {test} held out").format(
            train=number(card.train), validation=number(len(split["validation"])), test=number(card.test)
        ),
        _("Pairs"): number(examples["pairs"]),
        _("Hard negatives"): _("{judged} judged irrelevant, {others} unjudged of other lectures").format(
            judged=number(examples["negatives_judged"]),
            others=number(examples["negatives_of_other_lectures"]),
        ),
        _("Learning rate"): number(settings["rate"], 5),
        _("Epochs"): _("{count}, number {best} kept").format(
            count=number(len(facts["course"]["epochs"])), best=number(facts["course"]["best"])
        ),
        _("Time"): span(facts["seconds"]),
        _("Versions"): ", ".join(f"{name} {version}" for name, version in facts["versions"].items()),
    }
    st.markdown("  \n".join(f"**{name}**: {plain(str(value))}" for name, value in lines.items()))
    st.download_button(
        _("Download the card"),
        json.dumps(dict(facts), ensure_ascii=False, indent=1),
        file_name=f"veredito-{card.encoder.removeprefix('tuned:')}.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key=f"tune.download-{card.encoder}",
    )


def _judged_text(card: Card) -> str:
    """Say where fewer of the first segments have a grade than before, which pulls the figure down."""
    test = card.facts["test"]
    before, after = test["before"]["judged@10"]["value"], test["after"]["judged@10"]["value"]
    if before is None or after is None or after >= before - 0.02:
        return ""
    return _(
        "Of the first 10 segments {before} had a grade before, {after} have one now; those without count "
        "as irrelevant. Grade what this encoder finds to know whether it is better or worse."
    ).format(before=percent(before), after=percent(after))


def _source_text(code: str) -> str:
    return plain(truth_texts([code])[code])


def _value(found: dict[str, float | None]) -> str:
    value = found["value"]
    return "–" if value is None else number(value, 3)


def _signed(value: float) -> str:
    sign = "+" if value > 0 else ""
    return f"{sign}{number(value, 3)}"

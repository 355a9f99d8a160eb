"""The training that is under way, how far it is, and what the last one came to."""

import math

import streamlit as st

from dashboard.retrieval.finetuning.course import Course, Standing
from dashboard.services.trainer import Seen, Trainer
from dashboard.services.tuning import Outcome
from dashboard.ui.actions import guarded
from dashboard.ui.i18n import _, explain, ngettext, number
from dashboard.ui.retrieval.tune_course import draw_course
from dashboard.ui.retrieval.tune_encoders import difference_text, verdict_text
from dashboard.ui.text import plain

REFRESH_SECONDS = 1.0


def draw_work(trainer: Trainer) -> None:
    """Draw the training that is under way and keep it up to date, or what the newest one came to."""
    if trainer.look().is_running:
        st.fragment(_draw_running, run_every=REFRESH_SECONDS)(trainer)
        return
    _draw_ended(trainer, trainer.look())


def _draw_running(trainer: Trainer) -> None:
    seen = trainer.look()
    if not seen.is_running:
        st.rerun()
    with st.container(border=True):
        st.markdown("**" + _("Training") + "**")
        share, text = _progress(seen)
        st.progress(share, text=text)
        if seen.standing is not None:
            st.markdown(_figures(seen.standing))
            draw_course(seen.standing.course)
        st.button(
            _("Stop"),
            icon=":material/stop:",
            on_click=guarded(trainer.stop),
            key="tune.stop",
            help=_("What was learnt is kept; the training can be continued."),
        )


def _progress(seen: Seen) -> tuple[float, str]:
    texts = {
        "embed": _("Turning segments into vectors"),
        "encode": _("Turning questions into vectors"),
    }
    if seen.step in texts and seen.done < seen.total:
        text = f"{texts[seen.step]}: {number(seen.done)} / {number(seen.total)}"
        return seen.done / seen.total, text
    if seen.standing is None:
        return 0.0, _("Getting ready")
    standing = seen.standing
    text = _("Step {done} of {total} at most").format(
        done=number(standing.done), total=number(standing.total)
    )
    return standing.done / standing.total if standing.total else 0.0, text


def _figures(standing: Standing) -> str:
    course = standing.course
    latest = course.epochs[-1].validation if course.epochs else course.before
    parts = [
        _("loss {loss}").format(loss="–" if math.isnan(standing.loss) else number(standing.loss, 3)),
        _("nDCG@10 on the questions to stop by {value}").format(value=number(latest, 3)),
        _("before {value}").format(value=number(course.before, 3)),
    ]
    if course.best:
        parts.append(_("best {value}").format(value=number(course.best_validation, 3)))
    return " · ".join(parts)


def _draw_ended(trainer: Trainer, seen: Seen) -> None:
    if seen.was_stopped:
        with st.container(border=True):
            st.markdown(_("The training was stopped. What was learnt is kept."))
            if seen.standing is not None:
                st.markdown(_figures(seen.standing))
            st.button(
                _("Continue"),
                icon=":material/play_arrow:",
                type="primary",
                on_click=guarded(trainer.begin),
                args=(seen.plan,),
                key="tune.continue",
            )
    elif seen.error is not None:
        st.error(explain(seen.error), icon=":material/error:")
    elif seen.outcome is not None:
        _draw_outcome(seen.outcome)


def _draw_outcome(outcome: Outcome) -> None:
    draw = st.success if outcome.helped else st.info
    icon = ":material/trending_up:" if outcome.helped else ":material/trending_flat:"
    if outcome.card is None:
        draw(_no_encoder_text(outcome.course), icon=icon)
    else:
        name = plain(outcome.card.encoder)
        draw(
            f"**{name}**: {verdict_text(outcome.card)} {difference_text(outcome.card.difference)}", icon=icon
        )
    with st.expander(_("How the training went")):
        draw_course(outcome.course)
        st.caption(_negatives_text(outcome))


def _no_encoder_text(course: Course) -> str:
    return ngettext(
        "It did not help: in {count} epoch nDCG@10 on the questions to stop by was lower than before, so no "
        "encoder was made.",
        "It did not help: in {count} epochs nDCG@10 on the questions to stop by was always lower than "
        "before, so no encoder was made.",
        len(course.epochs),
    )


def _negatives_text(outcome: Outcome) -> str:
    found = outcome.examples
    return _(
        "Pairs of a question and a relevant segment: {pairs}. Hard negatives: {judged} judged irrelevant, "
        "{others} unjudged of other lectures. {left} unjudged segments that ranked high were not taken as "
        "irrelevant, because they may be relevant."
    ).format(
        pairs=number(len(found.examples)),
        judged=number(found.judged),
        others=number(found.other_lectures),
        left=number(found.left_out),
    )

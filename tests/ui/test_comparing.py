"""Compare and Two runs: line breaks are kept, losses come first, and what was shown or withheld stays so."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.labels import Label
from dashboard.models import Hit, NewAnswer
from dashboard.services.answer_pairs import AnswerPair, Said
from dashboard.services.rank_changes import rank_changes
from dashboard.services.word_diff import word_diff
from dashboard.store import answers, runs
from dashboard.store.exposure import has_seen
from dashboard.store.store import Store
from dashboard.ui.agreement.plots import LIGHT
from dashboard.ui.retrieval.answer_pair import diffed
from dashboard.ui.retrieval.runs import listed
from dashboard.ui.retrieval.slope import slope_chart
from tests.support import project as made
from tests.support.screen import errors, read

QUESTION = "Pergunta número 1?"


def add_turned(store: Store, project: made.Project, *, url_hidden: bool = False) -> int:
    """Store a run that answers the first question from the first run's segments, the last first."""
    run_id = made.add_run(store, replace(made.RUN, retriever="hybrid"), "ao contrário")
    hits = [
        Hit(rank, segment, 0.5, url_hidden=url_hidden)
        for rank, segment in enumerate(project.segments[2:0:-1], start=1)
    ]
    with store.write() as session:
        answers.put_answer(
            session,
            key="turned",
            question_id=runs.put_question(session, QUESTION),
            run_id=run_id,
            answer=NewAnswer("Outra resposta.", "extractive"),
            hits=hits,
            queued=True,
        )
    return run_id


def test_the_lines_of_an_answer_stay_apart_where_they_differ() -> None:
    left = "Uma linha\nDuas palavras\n\n  recuado"
    right = "Uma linha\nTrês\n  coisas\n\n  recuado"
    found = word_diff(left, right)
    assert diffed(left, found.left, "<{}>") == (
        "Uma linha  \n<Duas palavras>  \n  \n\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}recuado"
    )
    assert diffed(right, found.right, "<{}>") == (
        "Uma linha  \n<Três>  \n\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}<coisas>"
        "  \n  \n\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}recuado"
    )


def test_the_greatest_losses_or_gains_come_first_and_the_unknown_last() -> None:
    def one(question: int, before: str, after: str, by: float) -> AnswerPair:
        left, right = (Said(Label(letter) if letter else None) for letter in (before, after))
        return AnswerPair(question, 0, 0, replace(left, score=0.5), replace(right, score=0.5 + by))

    pairs = [one(1, "", "C", 0.0), one(2, "I", "C", 0.1), one(3, "C", "P", 0.2), one(4, "C", "I", -0.3)]
    assert [pair.question_id for pair in listed(pairs, "")] == [4, 3, 2, 1]
    assert [pair.question_id for pair in listed(pairs, "label-down")] == [4, 3]
    assert [pair.question_id for pair in listed(pairs, "score-up")] == [3, 2]


def test_names_in_the_slope_chart_are_drawn_as_text() -> None:
    changes = rank_changes([7], [7], {7: 3})
    names, sides = {7: '<a href="http://evil.example">aula</a>'}, ("<i>um</i>", "dois")
    chart = slope_chart(changes, 10, sides, 2, names, is_known_items=False)(LIGHT)
    assert "<a" not in chart.data[0].hovertext
    assert chart.layout.xaxis.ticktext[0] == "<b>&lt;i&gt;um&lt;/i&gt;</b>"


@pytest.mark.parametrize("url_hidden", [False, True])
def test_whoever_sees_the_grades_of_a_question_has_seen_them_for_all_its_answers(
    visit: Callable[..., AppTest], own_store: Store, url_hidden: bool
) -> None:
    project = made.a_project(own_store, answers_wanted=1)
    made.grade(own_store, project.question_ids[0], project.segments[1].segment_id, 3, "Bia")
    # An answer that neither side rests on.
    third = made.add_run(own_store, replace(made.RUN, k=7), "terceira")
    aside = made.add_answer(own_store, QUESTION, project.segments[:1], run_id=third)
    turned = add_turned(own_store, project, url_hidden=url_hidden)
    rankers = f"run-{project.run_id},run-{turned}"
    address = {"part": "compare", "truth": "people", "rankers": rankers, "who": "Ana"}
    app = visit("retrieval", **address, question=project.question_ids[0])
    assert errors(app) == []
    # The segments' links, which a record that withholds them takes away.
    assert ("example.org" in read(app)) is not url_hidden
    with own_store.read() as session:
        assert has_seen(session, "Ana", aside)

"""Two tabs on one answer: the second one says what changed and offers both."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.store import adjudications, annotations, relevance
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import button, errors, read

Visit = Callable[..., AppTest]
CLASH = "Você rotulou esta resposta em outra aba enquanto ela estava aberta aqui."


def said(store: Store, answer_id: int) -> list[tuple[str, str]]:
    """Return labels and notes of an answer, oldest first."""
    with store.read() as session:
        return [(str(one.label), one.note) for one in annotations.history(session, answer_id)]


def two_tabs(visit: Visit, store: Store) -> tuple[int, AppTest, AppTest]:
    """Open the first answer in two tabs and label it in the first."""
    first_answer, *_ = made.a_project(store, 2).answer_ids
    first, second = (visit("annotate", who="Ana") for _ in range(2))
    button(first, "Correta").click().run()
    second.text_area[0].set_value("da segunda").run()
    button(second, "Incorreta").click().run()
    assert errors(second) == []
    return first_answer, first, second


def test_a_stale_tab_shows_both_labels_and_keeps_what_is_stored(visit: Visit, own_store: Store) -> None:
    answer_id, _first, second = two_tabs(visit, own_store)
    shown = read(second)
    assert CLASH in shown
    assert ":blue-badge[C]" in shown and ":violet-badge[I]" in shown and "da segunda" in shown
    assert said(own_store, answer_id) == [("C", "")]

    button(second, "Manter o que está guardado").click().run()

    assert CLASH not in read(second) and errors(second) == []
    assert "Pergunta número 2?" in read(second)
    assert said(own_store, answer_id) == [("C", "")]


def test_a_stale_tab_stores_its_own_label_once_both_were_seen(visit: Visit, own_store: Store) -> None:
    answer_id, _first, second = two_tabs(visit, own_store)
    button(second, "Guardar o meu").click().run()
    assert CLASH not in read(second) and errors(second) == []
    assert said(own_store, answer_id) == [("C", ""), ("I", "da segunda")]


def test_what_changes_again_before_the_choice_is_asked_again(visit: Visit, own_store: Store) -> None:
    answer_id, _first, second = two_tabs(visit, own_store)
    made.label(own_store, answer_id, "P", "Ana", note="da terceira")
    button(second, "Guardar o meu").click().run()
    assert CLASH in read(second) and "da terceira" in read(second)
    assert said(own_store, answer_id) == [("C", ""), ("P", "da terceira")]


def test_an_adjudicator_is_told_who_settled_it_meanwhile(visit: Visit, own_store: Store) -> None:
    answer_id, *_ = made.a_project(own_store, 1).answer_ids
    made.label(own_store, answer_id, "C", "Ana")
    made.label(own_store, answer_id, "I", "Bia")
    page = visit("adjudicate", who="Caio")
    made.adjudicate(own_store, answer_id, "P", "Davi")

    button(page, "Correta").click().run()

    assert "Davi decidiu esta resposta" in read(page) and "falta a fonte" in read(page)
    button(page, "Guardar o meu").click().run()
    assert errors(page) == []
    with own_store.read() as session:
        events = adjudications.adjudications(session, [answer_id])[answer_id]
    assert [(one.annotator, one.label) for one in events] == [("Davi", "P"), ("Caio", "C")]


def test_a_stale_grade_is_told_and_the_control_shows_what_stands(visit: Visit, own_store: Store) -> None:
    project = made.a_project(own_store, 1)
    page = visit("annotate", who="Ana")
    made.grade(own_store, project.question_ids[0], project.segments[1].segment_id, 2)
    (control,) = [one for one in page.get("button_group") if one.label == "Relevância do segmento 1"]

    control.set_value(3).run()

    assert any("Em outra aba você deu a nota 2" in one for one in errors(page))
    (control,) = [one for one in page.get("button_group") if one.label == "Relevância do segmento 1"]
    assert control.value == 2
    with own_store.read() as session:
        assert list(relevance.grades_of(session, "Ana", project.question_ids[0]).values()) == [2]

import pytest

from dashboard.errors import NotFound, RecordError
from dashboard.labels import Label
from dashboard.models import Phase
from dashboard.services.desk import Place, sit_down
from dashboard.services.exposure import reveal
from dashboard.services.labelling import Response, respond, send_to_annotation
from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.store import annotations
from tests.support import project as made
from tests.support.together import in_threads


def _history(project: Project, answer_id: int):
    with project.store.read() as session:
        return annotations.history(session, answer_id)


def save_label(project: Project, answer_id: int, *, label: Label, note: str = "", **event: object) -> bool:
    """Give a label outside of any campaign."""
    return respond(project, Place(answer_id), Response(label=label, note=note), **event)  # type: ignore[arg-type]


def test_labels_are_blind_until_the_verdicts_were_shown_and_revealed_from_then_on(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids
    for number, label in enumerate(("P", "C", "I")):
        if number == 1:
            reveal(empty, "Ana", answer_id)
        assert save_label(empty, answer_id, event_id=f"ana-{number}", annotator="Ana", label=Label(label))
    save_label(empty, answer_id, event_id="bia-0", annotator="Bia", label=Label.INCORRECT)

    assert [(one.annotator, one.label, one.phase) for one in _history(empty, answer_id)] == [
        ("Ana", Label.PARTIAL, Phase.BLIND),
        ("Ana", Label.CORRECT, Phase.REVEALED),
        ("Ana", Label.INCORRECT, Phase.REVEALED),
        ("Bia", Label.INCORRECT, Phase.BLIND),
    ]


def test_note_and_seconds_are_kept(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids
    note = "falta a unidade; ver “aula 3”\n=1+1 🙂"

    save_label(
        empty, answer_id, event_id="e", annotator="Ana", label=Label.PARTIAL, note=note, seconds=12.345678901
    )

    own = sit_down(empty, "Ana", position=answer_id).own
    assert own is not None
    assert (own.note, own.seconds, own.event_id) == (note, 12.345678901, "e")


def test_a_double_click_is_one_event_even_from_two_threads(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids

    kept = in_threads(
        lambda _: save_label(empty, answer_id, event_id="same", annotator="Ana", label=Label.CORRECT), 4
    )

    assert sorted(kept) == [False, False, False, True]
    assert [one.phase for one in _history(empty, answer_id)] == [Phase.BLIND]
    assert known_annotators(empty) == ["Ana"]


def test_saying_again_what_stands_is_no_second_event(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids

    kept = in_threads(
        lambda number: save_label(
            empty, answer_id, event_id=f"click-{number}", annotator="Ana", label=Label.CORRECT
        ),
        4,
    )
    save_label(empty, answer_id, event_id="other", annotator="Ana", label=Label.CORRECT, note="por quê")
    save_label(empty, answer_id, event_id="back", annotator="Ana", label=Label.CORRECT)

    assert all(kept)
    assert [one.note for one in _history(empty, answer_id)] == ["", "por quê", ""]


def test_a_skipped_answer_comes_back_after_the_others(empty: Project) -> None:
    first, second, third = made.a_project(empty.store, 3).answer_ids

    def next_after(after: int) -> int | None:
        answer = sit_down(empty, "Ana", after=after).answer
        return answer.answer_id if answer else None

    assert [next_after(0), next_after(first), next_after(second)] == [first, second, third]
    save_label(empty, second, event_id="2", annotator="Ana", label=Label.CORRECT)
    save_label(empty, third, event_id="3", annotator="Ana", label=Label.CORRECT)
    assert next_after(third) == first
    save_label(empty, first, event_id="1", annotator="Ana", label=Label.CORRECT)

    desk = sit_down(empty, "Ana")
    assert desk.answer is None
    assert (desk.done, desk.left) == (3, 0)
    assert sit_down(empty, "Bia").answer is not None
    assert sit_down(empty, "Ana", position=third).previous == second
    assert sit_down(empty, "Ana", position=first).previous is None


def test_only_answers_sent_to_annotation_wait(empty: Project) -> None:
    (segment, *_rest) = made.add_video(empty.store)
    answer_id = made.add_answer(empty.store, "Ao vivo?", [segment], queued=False)
    assert sit_down(empty, "Ana").answer is None

    send_to_annotation(empty, answer_id)
    send_to_annotation(empty, answer_id)

    desk = sit_down(empty, "Ana")
    assert desk.answer is not None
    assert (desk.answer.answer_id, desk.left) == (answer_id, 1)


def test_what_judges_and_other_people_said_can_be_shown(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids
    made.judge(empty.store, answer_id, "P")

    made.label(empty.store, answer_id, "I", "Bia")

    shown = reveal(empty, "Ana", answer_id)
    assert [one.verdict.label for one in shown.judgements] == [Label.PARTIAL]
    assert [(one.annotator, one.label) for one in shown.people] == [("Bia", Label.INCORRECT)]


def test_a_label_on_an_answer_that_is_gone_is_refused(empty: Project) -> None:
    with pytest.raises(NotFound, match="The answer 99 is not in this project"):
        save_label(empty, 99, event_id="e", annotator="Ana", label=Label.CORRECT)
    assert known_annotators(empty) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"note": "um\0dois"}, "note holds the character NUL"),
        ({"note": "um \ud83d"}, "note holds half of a character"),
        ({"annotator": "A" * 201}, "annotator has 201 characters, more than the limit of 200"),
        ({"annotator": "  "}, "annotator is empty"),
        ({"annotator": "Ana\0"}, "annotator holds the character NUL"),
        ({"event_id": "e" * 65}, "event_id has 65 characters, more than the limit of 64"),
        ({"event_id": ""}, "event_id is empty"),
    ],
)
def test_what_cannot_be_stored_is_refused_alike_on_both_databases(
    empty: Project, changed: dict[str, str], message: str
) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids
    event = {"event_id": "e", "annotator": "Ana", "note": "", **changed}

    with pytest.raises(RecordError, match=message):
        save_label(empty, answer_id, label=Label.CORRECT, **event)

    assert _history(empty, answer_id) == []


def test_the_longest_names_are_kept_on_both_databases(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids

    save_label(empty, answer_id, event_id="ç" * 64, annotator="ã" * 200, label=Label.CORRECT)

    (kept,) = _history(empty, answer_id)
    assert (kept.event_id, kept.annotator) == ("ç" * 64, "ã" * 200)

"""The map on disk: made once, made again when it is damaged or stale, and only as far as needed."""

import threading

import numpy as np
import pytest

from dashboard.errors import StoreError
from dashboard.services.background import Background
from dashboard.services.ingest import Progress
from dashboard.services.project import Project
from dashboard.services.segment_map import is_current, make_map, stored_map
from dashboard.store import runs
from tests.services.lectures import all_segments
from tests.support import project as made

PATIENCE_SECONDS = 30


def silent(step: str, done: int, total: int) -> None:
    pass


def ask(project: Project, *questions: str) -> None:
    with project.store.write() as session:
        for question in questions:
            runs.put_question(session, question)


def test_every_segment_and_question_has_a_place_which_the_disk_keeps(project: Project) -> None:
    ask(project, "O que é a memória cache?", "Como anda o gradiente?")
    assert stored_map(project) is None
    first = make_map(project, silent)
    kept = stored_map(project)
    assert kept is not None and is_current(project, kept)
    assert kept.segments["id"].tolist() == [one.segment_id for one in all_segments_by_id(project)]
    np.testing.assert_array_equal(kept.segments, first.segments)
    np.testing.assert_array_equal(kept.questions, first.questions)
    assert len(kept.questions) == 2 and 0 < sum(kept.plane.shares) <= 1.000001


def all_segments_by_id(project: Project) -> list[made.Segment]:
    return sorted(all_segments(project), key=lambda one: one.segment_id)


def test_a_map_with_a_flipped_bit_is_not_believed(project: Project) -> None:
    make_map(project, silent)
    (path,) = (project.settings.data_dir / "maps").glob("*/*.segments.npy")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert stored_map(project) is None


def test_a_new_question_is_placed_and_moves_nothing(project: Project) -> None:
    ask(project, "O que é a memória cache?")
    before = make_map(project, silent)
    ask(project, "Para que serve o índice invertido?")
    assert not is_current(project, before)
    steps: list[str] = []
    after = make_map(project, lambda step, done, total: steps.append(f"{step} {total}"))
    assert is_current(project, after) and "encode 1" in steps
    np.testing.assert_array_equal(after.segments, before.segments)
    np.testing.assert_allclose(after.questions["x"][:1], before.questions["x"], atol=1e-6)


def test_another_corpus_makes_another_map_and_says_what_has_no_vector(project: Project) -> None:
    before = make_map(project, silent)
    made.add_video(project.store, "nova", ["um texto que ninguém transformou em vetor"])
    assert not is_current(project, before)
    after = make_map(project, silent)
    assert is_current(project, after)
    assert (after.facts.count, after.facts.unembedded) == (before.facts.count, 1)


def test_what_is_there_is_served_while_another_is_made_and_a_failure_is_not_repeated() -> None:
    wanted, may_go_on, begun = [1], threading.Event(), []

    def make(progress: Progress) -> int:
        begun.append(wanted[0])
        assert may_go_on.wait(PATIENCE_SECONDS)
        if wanted[0] == 3:
            raise StoreError("The disk is full.")
        return wanted[0]

    kept = Background(lambda: 1, make, lambda value: value == wanted[0])
    assert kept.look(begin=True).is_current and begun == []
    wanted[0] = 2
    assert kept.look(begin=False).task is None
    meanwhile = kept.look(begin=True)
    assert meanwhile.value == 1 and not meanwhile.is_current and meanwhile.task is not None
    may_go_on.set()
    assert meanwhile.task.wait(PATIENCE_SECONDS)
    assert kept.look(begin=True).value == 2
    wanted[0] = 3
    failing = kept.look(begin=True).task
    assert failing is not None and failing.wait(PATIENCE_SECONDS)
    failed = kept.look(begin=True)
    assert failed.value == 2 and failed.task is None and isinstance(failed.error, StoreError)
    wanted[0] = 4
    kept.begin_again()
    again = kept.look(begin=True).task
    assert again is None or again.wait(PATIENCE_SECONDS)
    assert kept.look(begin=True).value == 4 and begun == [2, 3, 4]


def test_after_a_work_another_waits_for_its_turn_unless_somebody_asks() -> None:
    made: list[int] = []

    def make(progress: Progress) -> int:
        made.append(len(made) + 1)
        return made[-1]

    # Nothing is ever current, as while an ingest goes on.
    kept = Background(lambda: None, make, lambda value: False, rest=1e9)
    first = kept.look(begin=True).task
    assert first is not None and first.wait(PATIENCE_SECONDS)
    assert kept.look(begin=True).task is None and made == [1]
    kept.begin_again()
    second = kept.look(begin=True).task
    assert second is None or second.wait(PATIENCE_SECONDS)
    assert kept.look(begin=True).value == 2 and made == [1, 2]


def test_without_segments_the_map_says_what_to_do(other: Project) -> None:
    with pytest.raises(Exception, match="Add lectures first"):
        make_map(other, silent)

"""Near duplicates of a project: the same words in two lectures are found, overlapping windows are not."""

import numpy as np

from dashboard.services.near_duplicates import (
    BETWEEN,
    WITHIN,
    Windows,
    chosen_pairs,
    find_pairs,
    is_current,
    show_pairs,
    stored_pairs,
)
from dashboard.services.project import Project
from dashboard.store.map_facts import SegmentFacts
from tests.services.lectures import segments
from tests.support import project as made


def silent(step: str, done: int, total: int) -> None:
    pass


def test_the_same_words_in_two_lectures_are_found_and_kept_on_disk(project: Project) -> None:
    original = segments(project)["cache"][0]
    (copy,) = made.add_video(project.store, "copia", [original.text])
    find_pairs(project, silent)
    found = stored_pairs(project)
    assert found is not None and is_current(project, found)
    (pair,) = show_pairs(project, chosen_pairs(found, 0.9999, BETWEEN))
    assert (pair.left.segment_id, pair.right.segment_id) == (original.segment_id, copy.segment_id)
    assert pair.same_text and round(pair.cosine, 4) == 1.0
    within = chosen_pairs(found, 0.0, WITHIN)
    lectures = [{one.left.video_id, one.right.video_id} for one in show_pairs(project, within)]
    assert all(len(pair) == 1 for pair in lectures)
    made.add_video(project.store, "mais uma", ["uma fala que ninguém comparou ainda"])
    assert not is_current(project, found)


def test_windows_of_one_lecture_that_share_time_or_adjoin_without_times_overlap() -> None:
    rows = [
        SegmentFacts(1, 1, "a", 0, 0.0, 60.0, "h1"),
        SegmentFacts(2, 2, "a", 1, 45.0, 105.0, "h2"),
        SegmentFacts(3, 3, "a", 2, 105.0, 160.0, "h3"),
        SegmentFacts(4, 4, "b", 0, 0.0, 60.0, "h1"),
        SegmentFacts(5, 5, "c", 0, None, None, "h5"),
        SegmentFacts(6, 6, "c", 1, None, None, "h6"),
        SegmentFacts(7, 7, "c", 2, None, None, "h7"),
    ]
    pairs = {(0, 1): True, (1, 2): False, (0, 3): False, (4, 5): True, (4, 6): False, (3, 4): False}
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    assert Windows(rows).overlap(left, right).tolist() == list(pairs.values())

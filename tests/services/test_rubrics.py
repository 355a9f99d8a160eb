import pytest

from dashboard.errors import NotFound, RubricError
from dashboard.judging import shipped as shipping
from dashboard.judging.rubric import parse_rubric
from dashboard.services import rubrics
from dashboard.services.project import Project

KEY = "answer-relevance.pt-BR"


def test_every_rubric_that_came_along_is_its_own_first_version(empty: Project) -> None:
    keys = rubrics.rubric_keys(empty)
    assert len(keys) == 8
    for key in keys:
        (version,) = rubrics.rubric_versions(empty, key)
        assert (version.number, version.annotator, version.rubric.key) == (1, "", key)


def test_a_change_is_another_version_and_the_first_stays_to_the_byte(empty: Project) -> None:
    first = rubrics.current_rubric(empty, KEY)
    changed = first.rubric.source.replace("Na dúvida", "Em caso de dúvida")

    second = rubrics.save_rubric(empty, changed, "Ana")

    assert (second.number, second.annotator) == (2, "Ana")
    assert [one.rubric.source for one in rubrics.rubric_versions(empty, KEY)] == [
        first.rubric.source,
        changed,
    ]
    assert second.prompt_version != first.prompt_version
    assert rubrics.find_version(empty, KEY, first.prompt_version).number == 1
    changes = [line for line in rubrics.diff(first, second).splitlines() if line[:1] in "+-"]
    assert len(changes) == 4 and changes[3].startswith("+- Em caso de dúvida")


def test_the_same_text_makes_no_version(empty: Project) -> None:
    first = rubrics.current_rubric(empty, KEY)
    assert rubrics.save_rubric(empty, first.rubric.source, "Ana").number == 1


def test_a_broken_text_is_refused_and_nothing_changes(empty: Project) -> None:
    source = rubrics.current_rubric(empty, KEY).rubric.source
    with pytest.raises(RubricError, match="partial_from"):
        rubrics.save_rubric(empty, source.replace("partial_from = 2", "partial_from = 9"), "Ana")
    assert len(rubrics.rubric_versions(empty, KEY)) == 1


def test_another_rubrics_name_is_refused_where_one_is_changed(empty: Project) -> None:
    other = rubrics.current_rubric(empty, "correctness.en").rubric.source
    with pytest.raises(RubricError, match="correctness.en"):
        rubrics.check_key(other, KEY)


def test_a_rubric_of_ones_own_is_kept_beside_the_others(empty: Project) -> None:
    source = rubrics.current_rubric(empty, KEY).rubric.source
    rubrics.save_rubric(empty, source.replace('"answer-relevance"', '"clareza"'), "Ana")
    assert rubrics.rubric_keys(empty)[-1] == "clareza.pt-BR"
    assert rubrics.current_rubric(empty, "clareza.pt-BR").number == 1


def test_a_new_edition_of_a_text_follows_the_old_one_unless_somebody_changed_it(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = rubrics.current_rubric(empty, KEY).rubric
    english = rubrics.current_rubric(empty, "answer-relevance.en").rubric
    own = rubrics.save_rubric(empty, english.source + "\nBe kind.", "Ana")
    newer = tuple(parse_rubric(one.source + "\nNova edição.") for one in shipping.shipped())
    monkeypatch.setattr(rubrics, "shipped", lambda: newer)

    assert [one.number for one in rubrics.rubric_versions(empty, KEY)] == [1, 2]
    assert rubrics.rubric_versions(empty, KEY)[0].rubric.source == old.source
    assert rubrics.current_rubric(empty, "answer-relevance.en").rubric.source == own.rubric.source


def test_an_unknown_rubric_is_named_with_those_that_are_there(empty: Project) -> None:
    with pytest.raises(NotFound, match="answer-relevance.en"):
        rubrics.current_rubric(empty, "beleza.pt-BR")

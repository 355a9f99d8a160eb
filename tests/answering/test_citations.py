import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answering.citations import Citation, Text, cited_ranks, pieces, references
from dashboard.answering.prompt import NOT_FOUND
from dashboard.models import Reference
from tests.support.hits import hit


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("Sim [3]. Também [1] e [3].", (3, 1)),
        ("[2, 3]", (2, 3)),
        ("[1][4]", (1, 4)),
        ("[1-3]", (1, 2, 3)),
        ("[1–3], [5]", (1, 2, 3, 5)),
        ("[1; 3-4]", (1, 3, 4)),
        ("[1 e 2]", (1, 2)),
        ("【1】 【2†source】", (1, 2)),
        ("[^2]", (2,)),
        ("[Segmento 4]", (4,)),
        ("[0] [6] [12] [2017]", ()),
        ("[2, 99]", (2,)),
        ("no intervalo [0, 1]", ()),
        ("[4-99]", (4, 5)),
        ("[3-1]", ()),
        ("[-1, 1] [1.5] [a] [] 1] [1", ()),
        ("[" + "9" * 5000 + "]", ()),
    ],
)
def test_cited_segments_in_order_of_first_use(text: str, ranks: tuple[int, ...]) -> None:
    assert cited_ranks(text, 5) == ranks


def test_pieces_separate_citations_from_text() -> None:
    assert pieces("A soma [1, 2] converge [9].", 3) == [
        Text("A soma "),
        Citation("[1, 2]", (1, 2)),
        Text(" converge [9]."),
    ]


@given(st.text(st.sampled_from("[]【】0123456789,;-– e†^abc\n")), st.integers(0, 12))
def test_pieces_joined_are_the_text_and_cite_only_what_exists(text: str, k: int) -> None:
    found = pieces(text, k)
    assert "".join(piece.text for piece in found) == text
    cited = [rank for piece in found if isinstance(piece, Citation) for rank in piece.ranks]
    assert tuple(dict.fromkeys(cited)) == cited_ranks(text, k)
    assert all(1 <= rank <= k for rank in cited)


def test_references_are_the_cited_moments_in_order() -> None:
    hits = [hit(rank=1, title="Um"), hit(rank=2, title="Dois", start=0), hit(rank=3)]
    assert references("Sim [2], e [1].", hits) == (
        Reference("Dois", "https://youtu.be/eMlx5fFNoYc?t=0s", 2),
        Reference("Um", "https://youtu.be/eMlx5fFNoYc?t=988s", 1),
    )


def test_without_citations_every_segment_is_a_reference() -> None:
    assert [r.rank for r in references("Sim.", [hit(rank=1), hit(rank=2)])] == [1, 2]


def test_an_answer_that_finds_nothing_has_no_references() -> None:
    assert references(NOT_FOUND, [hit()]) == ()


def test_a_hidden_or_unsafe_address_is_not_given() -> None:
    hits = [hit(hidden=True), hit(rank=2, url="javascript:alert(1)")]
    assert [r.url for r in references("[1][2]", hits)] == ["", ""]

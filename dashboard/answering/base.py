"""What every answerer offers: a stream of text pieces, then the answer they make."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from dashboard.models import Hit, NewAnswer


class AnswerStream(Protocol):
    """An answer on its way: iterate to get its text in pieces."""

    def __iter__(self) -> Iterator[str]: ...

    def __next__(self) -> str: ...

    @property
    def answer(self) -> NewAnswer:
        """The whole answer; what has not been read yet is read first.

        Raises:
            ModelError: The model server gave no usable answer.
        """
        ...

    def close(self) -> None:
        """Give up the rest of the answer and release the connection; safe to repeat."""
        ...


class Answerer(Protocol):
    """Turns a question and ranked segments into a cited answer."""

    @property
    def id(self) -> str:
        """The answerer as a run names it: `extractive` or `openai:<model>`."""
        ...

    @property
    def prompt_version(self) -> str:
        """Version of the prompt, empty where none is used."""
        ...

    def stream(self, question: str, hits: Sequence[Hit]) -> AnswerStream:
        """Start answering a question from the segments, which are numbered from 1 in the given order."""
        ...

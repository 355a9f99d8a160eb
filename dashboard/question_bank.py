"""What a question bank says of a question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """The lecture, or the moment of it, in which the answer to a question is known.

    Attributes:
        title: How the link is shown.
        url: An http(s) address, empty where there is none.
        video_id: The lecture of the corpus, empty where the link leads elsewhere.
        start_s: The second at which the answer is given, None for the whole lecture.
    """

    title: str = ""
    url: str = ""
    video_id: str = ""
    start_s: float | None = None


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question of a bank."""

    number: int
    text: str
    tags: tuple[str, ...] = ()
    reference_answer: str = ""
    links: tuple[Link, ...] = ()

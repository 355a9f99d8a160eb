"""What one call to a judge is about."""

from dataclasses import dataclass

from dashboard.judging.rubric import Rubric, Unit


@dataclass(frozen=True, slots=True)
class Case:
    """An answer with all that a rubric may show of it.

    Attributes:
        answer_id: The answer's id in the project.
        question: The question.
        answer: The answer.
        reference_answer: What the question bank holds to be right, empty where it has nothing.
        segments: Texts of the retrieved segments, in the order of their ranks.
        sentences: The answer's sentences, without marks of citation.
    """

    answer_id: int
    question: str
    answer: str
    reference_answer: str = ""
    segments: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    def units(self, rubric: Rubric) -> int:
        """Return how many grades a rubric asks for."""
        if rubric.unit is Unit.SENTENCE:
            return len(self.sentences)
        return len(self.segments) if rubric.unit is Unit.SEGMENT else 1

    def texts(self, rubric: Rubric) -> tuple[str, ...]:
        """Return every text that a rubric shows to the judge."""
        shown = {
            "question": (self.question,),
            "reference": (self.reference_answer,),
            "segments": self.segments,
            "answer": self.sentences if rubric.unit is Unit.SENTENCE else (self.answer,),
        }
        return tuple(text for name in rubric.sees for text in shown[name])

"""What a person can say of an answer besides C, P and I: the words, here and nowhere else."""

from enum import StrEnum

from dashboard.errors import N_


class Kind(StrEnum):
    """What an annotation event says.

    A label or a "cannot tell" is a response: the answer counts as done. A skip leaves it for later, and a
    withdrawal takes back what the same person said before.
    """

    LABEL = "label"
    CANNOT_TELL = "cannot_tell"
    SKIP = "skip"
    WITHDRAWN = "withdrawn"


RESPONSES = (Kind.LABEL, Kind.CANNOT_TELL)
"""The kinds after which an answer counts as done by that person."""


class Reason(StrEnum):
    """Why a person cannot tell whether an answer is right."""

    EVIDENCE = "evidence"
    QUESTION = "question"
    EXPERTISE = "expertise"
    OTHER = "other"


class Flag(StrEnum):
    """What is wrong with the item itself, whatever its label."""

    QUESTION_UNCLEAR = "question_unclear"
    TRANSCRIPT_UNREADABLE = "transcript_unreadable"
    EVIDENCE_MISSING = "evidence_missing"
    WRONG_LANGUAGE = "wrong_language"
    OTHER = "other"


class Verdict(StrEnum):
    """Whether the cited moment supports the sentence that cites it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


REASON_TEXTS: dict[Reason, str] = {
    Reason.EVIDENCE: N_("The evidence does not settle it"),
    Reason.QUESTION: N_("The question can be read in several ways"),
    Reason.EXPERTISE: N_("I do not know the subject well enough"),
    Reason.OTHER: N_("Another reason (see the note)"),
}

FLAG_TEXTS: dict[Flag, str] = {
    Flag.QUESTION_UNCLEAR: N_("Question unclear"),
    Flag.TRANSCRIPT_UNREADABLE: N_("Transcript unreadable"),
    Flag.EVIDENCE_MISSING: N_("Evidence missing"),
    Flag.WRONG_LANGUAGE: N_("Wrong language"),
    Flag.OTHER: N_("Something else"),
}

VERDICT_TEXTS: dict[Verdict, str] = {
    Verdict.YES: N_("yes"),
    Verdict.PARTLY: N_("partly"),
    Verdict.NO: N_("no"),
}

GRADES = (0, 1, 2, 3)
"""Relevance of a segment for a question: 0 unrelated to 3 answers it fully, as in TREC and UMBRELA
(Upadhyay et al. 2024, arXiv 2411.08275)."""

GRADE_TEXTS: dict[int, str] = {
    0: N_("unrelated"),
    1: N_("related, does not answer"),
    2: N_("answers in part"),
    3: N_("answers it"),
}

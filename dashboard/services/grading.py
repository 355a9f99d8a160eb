"""What a person says of the evidence: relevance of segments, and whether citations hold."""

from types import EllipsisType

from sqlalchemy.orm import Session

from dashboard.errors import N_, ChangedMeanwhile
from dashboard.models import Phase, Relevance, Support
from dashboard.responses import Verdict
from dashboard.roles import Role
from dashboard.services import access
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import answers, exposure, relevance, supports
from dashboard.store.audit import add_event
from dashboard.store.base import now


@needs(Role.ANNOTATOR, own="annotator")
def grade_segment(
    project: Project,
    annotator: str,
    answer_id: int,
    rank: int,
    grade: int,
    event_id: str,
    shown: int | None | EllipsisType = ...,
) -> bool:
    """Keep a person's relevance grade, 0 to 3, of the segment at a rank; False when it was kept before.

    Args:
        project: Where the answer is.
        annotator: Whose grade it is.
        answer_id: The answer.
        rank: The hit.
        grade: 0 to 3.
        event_id: Made by the client, so that a repeated request stores one event.
        shown: The grade that the page showed, None for none: one that was given in another tab since is not
            replaced unseen. Left out, it is replaced.

    Raises:
        ChangedMeanwhile: Another grade stands than what was shown.
        NotFound: The answer is not there.
        RecordError: The name cannot be stored.
    """
    access.check_reach(project, [answer_id], "grading.grade_segment")
    check_entered(annotator, "annotator")

    def add(session: Session) -> bool:
        answer = answers.get_answer(session, answer_id)
        segment = next(hit.segment for hit in answer.hits if hit.rank == rank)
        phase = _phase(session, annotator, answer_id)
        stands = relevance.grades_of(session, annotator, answer.question.question_id).get(segment.segment_id)
        if not isinstance(shown, EllipsisType) and stands not in (shown, grade):
            raise ChangedMeanwhile(
                N_(
                    "In another tab you graded segment {rank} with {found}. That stands; to store {asked} "
                    "instead, choose {asked} again."
                ),
                rank=rank,
                found=stands,
                asked=grade,
            )
        new = Relevance(event_id, annotator, segment.segment_id, grade, phase, None, now())
        is_new = relevance.add_relevance(session, answer.question.question_id, new)
        if is_new:
            details = {"event": event_id, "grade": grade, "segment": segment.segment_id}
            add_event(session, project.actor.named(annotator), "grade", "answer", answer_id, details=details)
        return is_new

    return project.store.write_repeatable(add)


@needs(Role.ANNOTATOR, own="annotator")
def check_citation(
    project: Project,
    annotator: str,
    answer_id: int,
    citation: int,
    rank: int,
    verdict: Verdict,
    event_id: str,
    shown: Verdict | None | EllipsisType = ...,
) -> bool:
    """Keep a person's verdict on whether a cited moment supports its sentence; False when kept before.

    Args:
        project: Where the answer is.
        annotator: Whose verdict it is.
        answer_id: The answer.
        citation: Which of its citations, counted from 0 in the order of the text.
        rank: The cited hit.
        verdict: Yes, partly or no.
        event_id: Made by the client, so that a repeated request stores one event.
        shown: The verdict that the page showed, None for none: one that was given in another tab since is not
            replaced unseen. Left out, it is replaced.

    Raises:
        ChangedMeanwhile: Another verdict stands than what was shown.
        RecordError: The name cannot be stored.
    """
    access.check_reach(project, [answer_id], "grading.check_citation")
    check_entered(annotator, "annotator")

    def add(session: Session) -> bool:
        stands = supports.verdicts_of(session, annotator, answer_id).get(citation)
        if not isinstance(shown, EllipsisType) and stands not in (shown, verdict):
            raise ChangedMeanwhile(
                N_(
                    "In another tab you said something else of citation {number}. That stands; to store this "
                    "instead, choose it again."
                ),
                number=citation + 1,
                found=stands,
            )
        phase = _phase(session, annotator, answer_id)
        new = Support(event_id, annotator, citation, rank, verdict, phase, None, now())
        is_new = supports.add_support(session, answer_id, new)
        if is_new:
            details = {"event": event_id, "verdict": verdict, "citation": citation, "rank": rank}
            add_event(session, project.actor.named(annotator), "check", "answer", answer_id, details=details)
        return is_new

    return project.store.write_repeatable(add)


def _phase(session: Session, annotator: str, answer_id: int) -> Phase:
    return Phase.REVEALED if exposure.has_seen(session, annotator, answer_id) else Phase.BLIND

"""What people have entered and not yet sent: kept, so that no reload, crash or other computer loses it."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dashboard.campaigns import Draft
from dashboard.store.base import now
from dashboard.store.campaign_schema import DraftRow


def get_draft(session: Session, person: int, answer_id: int, campaign: str, is_repeat: bool) -> Draft:
    """Return a person's draft for an answer, an empty one when there is none."""
    row = session.get(DraftRow, (person, answer_id, campaign, is_repeat))
    return Draft.from_json(row.content) if row else Draft()


def put_draft(
    session: Session, person: int, answer_id: int, campaign: str, is_repeat: bool, draft: Draft
) -> None:
    """Keep a draft in place of the one before; an empty one is forgotten."""
    if draft.is_empty:
        session.execute(
            delete(DraftRow).where(
                DraftRow.annotator_id == person,
                DraftRow.answer_id == answer_id,
                DraftRow.campaign == campaign,
                DraftRow.is_repeat == is_repeat,
            )
        )
        return
    session.merge(
        DraftRow(
            annotator_id=person,
            answer_id=answer_id,
            campaign=campaign,
            is_repeat=is_repeat,
            content=draft.to_json(),
            changed_at=now(),
        )
    )

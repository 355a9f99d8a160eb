"""Who did what and when: nothing is missing, nothing told too much, nobody named who was deleted."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import String, Text, cast, func, select

from dashboard.campaigns import Draft, NewCampaign
from dashboard.errors import AccountError, NotFound, StoreError
from dashboard.labels import Label
from dashboard.roles import Actor, Role, Via
from dashboard.services import audit, campaigns, exporting, judging, people, questions
from dashboard.services.adjudicating import settle
from dashboard.services.desk import Place
from dashboard.services.grading import grade_segment
from dashboard.services.importing import import_records
from dashboard.services.labelling import Response, keep_draft, respond, undo
from dashboard.services.project import Project
from dashboard.store import accounts, annotations
from dashboard.store.audit import AuditFilter
from dashboard.store.base import Base
from dashboard.store.campaign_schema import DraftRow
from tests.support import project as made

WRITTEN = "um texto que só esta anotação tem"


def events(project: Project, **chosen: str) -> list[tuple[str, str, str, str]]:
    found = audit.find_events(project, AuditFilter(**chosen), 1, 1_000)
    return [(event.who, event.operator, event.action, event.object_id) for event in reversed(found)]


def by(project: Project, name: str) -> Project:
    return project.acting_as(Actor(name, Via.PAGE))


@pytest.fixture
def busy(answered: Project, tmp_path: Path) -> Project:
    """Let Ana and Bia do a bit of everything."""
    ana, bia = by(answered, "Ana"), by(answered, "Bia")
    respond(ana, Place(1), Response(label=Label.CORRECT, note=WRITTEN), event_id="e1", annotator="Ana")
    with answered.store.read() as session:
        last = annotations.history(session, 1)[-1]
    undo(ana, last, Place(1))
    respond(bia, Place(1), Response(label=Label.PARTIAL, note=WRITTEN), event_id="e2", annotator="Bia")
    grade_segment(bia, "Bia", 1, 1, 3, "e3")
    settle(bia, 1, annotator="Bia", label=Label.CORRECT, event_id="e4", reason=WRITTEN)
    campaign_id = campaigns.create_campaign(bia, NewCampaign("c", guidelines=WRITTEN), "Bia", answer_ids=[2])
    campaigns.set_closed(bia, campaign_id, True)
    judging.start_job(bia, made.JUDGE, judging.JobLimits(), annotator="Bia")
    number = questions.next_number(bia)
    question_id, _ = questions.save(bia, questions.BankQuestion(number, WRITTEN))
    questions.delete(bia, question_id)
    out = tmp_path / "records.jsonl"
    exporting.export(bia, "jsonl", out)
    import_records(answered.acting_as(Actor("maria", Via.COMMAND_LINE)), [out])
    return answered


def test_what_people_do_is_on_record_in_order_with_who_did_it(busy: Project) -> None:
    assert [(who or operator, action) for who, operator, action, _ in events(busy)] == [
        ("Ana", "label"),
        ("Ana", "withdrawn"),
        ("Bia", "label"),
        ("Bia", "grade"),
        ("Bia", "adjudicate"),
        ("Bia", "campaign.create"),
        ("Bia", "campaign.close"),
        ("Bia", "judge.start"),
        ("Bia", "question.save"),
        ("Bia", "question.delete"),
        ("Bia", "records.export"),
        ("maria", "records.import"),
    ]
    assert events(busy, action="label")[0][3] == "1"


def test_the_record_holds_no_text_that_anybody_wrote(busy: Project) -> None:
    for text in (audit.as_csv(busy, AuditFilter()), audit.as_jsonl(busy, AuditFilter())):
        assert "label" in text and WRITTEN not in text


def test_a_label_pressed_twice_is_on_record_once(answered: Project) -> None:
    for _ in range(2):
        respond(answered, Place(1), Response(label=Label.CORRECT), event_id="e1", annotator="Ana")
    assert [action for _, _, action, _ in events(answered)] == ["label"]


def test_events_are_found_by_person_object_action_outcome_and_turned_over_by_pages(busy: Project) -> None:
    assert len(events(busy, words="ana")) == 2
    assert len(events(busy, words="MARIA")) == 1
    assert {action for _, _, action, _ in events(busy, words="question")} == {
        "question.save",
        "question.delete",
    }
    assert events(busy, outcome="refused") == []
    assert events(busy, words="%") == []
    pages = [audit.find_events(busy, AuditFilter(), page, 5) for page in (1, 2, 3)]
    sequences = [event.sequence for page in pages for event in page]
    assert len(sequences) == audit.count_events(busy, AuditFilter()) == 12
    assert sequences == sorted(sequences, reverse=True)


def test_an_export_of_the_record_reads_back_and_opens_safely_as_a_spreadsheet(answered: Project) -> None:
    audit.note(answered.acting_as(Actor("=cmd|' /C calc'!A0", Via.COMMAND_LINE)), "label", "answer", "@1")
    rows = list(csv.DictReader(io.StringIO(audit.as_csv(answered, AuditFilter()))))
    assert [(row["operator"], row["object_id"]) for row in rows] == [("'=cmd|' /C calc'!A0", "'@1")]
    lines = [json.loads(line) for line in audit.as_jsonl(answered, AuditFilter()).splitlines()]
    assert [(line["operator"], line["object_id"]) for line in lines] == [("=cmd|' /C calc'!A0", "@1")]


@pytest.mark.parametrize("change", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_the_record(busy: Project, change: str) -> None:
    from sqlalchemy import text

    with pytest.raises(StoreError, match="audit_event is append-only"), busy.store.write() as session:
        session.execute(text(change))
    assert len(events(busy)) == 12


def test_a_deleted_person_is_named_nowhere_and_what_they_said_stays(busy: Project) -> None:
    with busy.store.write() as session:
        accounts.put_account(session, "Bia", Role.RESEARCHER, "bia@example.org")
        accounts.put_rule(session, "bia@example.org", Role.RESEARCHER)
    with pytest.raises(AccountError, match="Remove them first"):
        people.pseudonymise(by(busy, "Ana"), "Bia")
    with busy.store.write() as session:
        accounts.remove_account(session, accounts.put_account(session, "Bia", Role.RESEARCHER))
        session.flush()
    with busy.store.read() as session:
        before = [(one.event_id, one.label) for one in annotations.history(session, 1)]
    keep_draft(by(busy, "Bia"), Place(2), "Bia", Draft(note=WRITTEN))
    with busy.store.read() as session:
        assert session.scalar(select(func.count()).select_from(DraftRow)) == 2
    pseudonym = people.pseudonymise(by(busy, "Ana"), "Bia")
    with busy.store.read() as session:
        # Ana's, which undoing gave back to her.
        assert session.scalar(select(func.count()).select_from(DraftRow)) == 1
    assert pseudonym.startswith("anonymous-")
    with busy.store.read() as session:
        after = annotations.history(session, 1)
        assert [(one.event_id, one.label) for one in after] == before
        assert after[-1].annotator == pseudonym
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                texts = session.scalars(select(cast(column, Text().with_variant(String(), "sqlite"))))
                for found in texts:
                    assert "Bia" not in str(found) and "bia@" not in str(found), (table.name, column.name)
    exported = b"".join(json.dumps(str(one)).encode() for one in exporting.records(busy))
    assert b"Bia" not in exported and pseudonym.encode() in exported
    assert events(busy)[-1][2] == "person.pseudonymise"
    with pytest.raises(NotFound, match="Bia"):
        people.pseudonymise(busy, "Bia")

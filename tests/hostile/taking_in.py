"""Sends everything through a channel, in a process of its own whose memory is measured.

    python -m tests.hostile.taking_in CHANNEL FOLDER

Prints one JSON object: how much was taken and refused, what broke, and how far the memory grew.
"""

import json
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.corpus.folder import find_lectures
from dashboard.corpus.transcript import read_transcript
from dashboard.errors import VereditoError
from dashboard.judging.rubric import parse_rubric
from dashboard.labels import Label
from dashboard.question_bank import BankQuestion
from dashboard.records.bank_links import read_link
from dashboard.responses import Kind
from dashboard.services import asking, campaigns, importing, labelling, questions, rubrics, uploads
from dashboard.services.bank_file import TYPES, check_bank, write_bank
from dashboard.services.desk import Place
from dashboard.services.exporting import export
from dashboard.services.judgement_import import check_judgements
from dashboard.services.labelling import Response
from dashboard.services.project import Project, open_project
from dashboard.store import corpus
from dashboard.store.questions import QuestionFilter
from dashboard.ui.text import marked, paragraphs, plain
from dashboard.ui.written import harmless
from dashboard.web_address import is_web_address
from tests.hostile.inputs import ALL_TEXTS, LINKS, NAMES
from tests.support.project import a_project

LONGEST_REFUSAL = 3_000
CUE = b"1\n00:00:01,000 --> 00:00:02,000\num dois\n"


class Outcome:
    """What became of the inputs."""

    def __init__(self) -> None:
        self.taken = self.refused = 0
        self.broken: list[str] = []

    def take(self, what: str, action: Callable[[], object]) -> None:
        """Do something with an input: it works, or is refused in words of a bearable length."""
        try:
            action()
            self.taken += 1
        except VereditoError as error:
            self.refused += 1
            if not 20 <= len(str(error)) <= LONGEST_REFUSAL:
                self.broken.append(f"{what}: {len(str(error))} characters of refusal")
        except BaseException:
            self.broken.append(f"{what}: {traceback.format_exc()[-1500:]}")
        # Where the process is killed, this says at what.
        print(what[:60], _peak(), "MiB", file=sys.stderr)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def take_files(project: Project, outcome: Outcome, folder: Path) -> None:
    take: dict[str, Callable[[Path], object]] = {
        "records": lambda path: importing.check([path]),
        "dump": lambda path: check_judgements(project, [path]),
        "stored": lambda path: importing.import_records(project, [path]),
        "bank": lambda path: questions.take_in(project, check_bank(path).questions),
        "captions": read_transcript,
    }
    for channel, action in take.items():
        for path in sorted((folder / channel).iterdir()):
            outcome.take(f"{channel} {path.name}", lambda action=action, path=path: action(path))
    outcome.take("links", lambda: _find_nothing(folder / "links"))


def _find_nothing(folder: Path) -> None:
    found = find_lectures([folder])
    assert not found.lectures, found.lectures
    assert found.problems


def take_uploads(project: Project, outcome: Outcome, folder: Path) -> None:
    def upload(what: str, sent: dict[str, bytes]) -> None:
        outcome.take(what, lambda: uploads.ingest_uploads(project, sent, lambda step, done, total: None))

    for name in NAMES:
        upload(f"name {name[:60]!r}", {name: CUE})
        upload(f"id {name[:60]!r}", {name: CUE, "videos.csv": _catalogue(name, "a.srt"), "a.srt": CUE})
        upload(f"captions {name[:60]!r}", {"videos.csv": _catalogue("x", name), "a.srt": CUE})
    for link in LINKS:
        upload(f"address {link[:60]!r}", {"videos.csv": _catalogue("x", "a.srt", link), "a.srt": CUE})
    with project.store.read() as session:
        assert [url for _, url in corpus.list_addresses(session) if url] == []
    outcome.take("files", lambda: uploads.check_sizes([1] * 10_000))
    outcome.take("bytes", lambda: uploads.check_sizes([2**30]))


def _catalogue(video_id: str, captions: str, url: str = "") -> bytes:
    cells = ",".join('"' + text.replace('"', '""') + '"' for text in (video_id, video_id, captions, url))
    return f"video_id,title,captions,url\n{cells}\n".encode("utf-8", "replace")


def take_texts(project: Project, outcome: Outcome, folder: Path) -> None:
    answers = a_project(project.store, 4).answer_ids
    for place, text in enumerate(ALL_TEXTS):
        for name, action in _uses(project, answers, place, text).items():
            outcome.take(f"{name} {text[:60]!r}", action)
    for link in LINKS:
        outcome.take(f"link {link[:60]!r}", lambda link=link: _is_no_address(link))
    for text in ("a = " + "[" * 100_000, "a = " + "9" * 5_000, "a." * 40_000, "x" * 10**7):
        outcome.take("rubric", lambda text=text: parse_rubric(f"+++\n{text}\n+++\nx"))
    for kind in TYPES:
        outcome.take(f"out {kind}", lambda kind=kind: write_bank(project, QuestionFilter(), kind))
    for name in ("md", "jsonl", "csv", "parquet"):
        outcome.take(
            f"out {name}", lambda name=name: export(project, name, project.settings.data_dir / "out")
        )


def _uses(project: Project, answers: list[int], place: int, text: str) -> dict[str, Callable[[], object]]:
    """Return what a person can do with a text, each under a name."""
    at, who = Place(answers[0]), text[:200].strip() or "x"

    def respond(**said: object) -> object:
        return labelling.respond(project, at, Response(Kind.LABEL, Label.CORRECT, **said), **given)

    given = {"event_id": f"{place}", "annotator": "Ana"}
    return {
        "ask": lambda: asking.ask(project, text or "q", 2, "lexical"),
        "note": lambda: respond(note=text),
        "reason": lambda: labelling.respond(
            project, at, Response(Kind.CANNOT_TELL, reason=text), event_id=f"r{place}", annotator="Ana"
        ),
        "person": lambda: labelling.respond(
            project, at, Response(label=Label.PARTIAL), event_id=f"p{place}", annotator=who
        ),
        "campaign": lambda: campaigns.create_campaign(
            project, NewCampaign(who, guidelines=text), "Ana", answer_ids=answers
        ),
        "question": lambda: questions.save(
            project, BankQuestion(place + 100, text or "q", (text[:200] or "t",), text)
        ),
        "found": lambda: questions.find(project, QuestionFilter(text=text), 1, 5),
        "rubric": lambda: rubrics.save_rubric(project, text, "Ana"),
        "header": lambda: parse_rubric(f"+++\nname = {json.dumps(text)}\n+++\n{text}"),
        "drawn": lambda: (plain(text), paragraphs(text), harmless(text), marked(text, [(0, 1)], None)),
    }


def _is_no_address(text: str) -> None:
    """Fail where a text may become a link; the id of a lecture that is not there is refused elsewhere."""
    assert not is_web_address(text)
    assert not read_link(text).url


CHANNELS = {"files": take_files, "uploads": take_uploads, "texts": take_texts}


def main(channel: str, folder: Path) -> None:
    project = open_project(Settings(data_dir=folder / "data", retriever="lexical"))
    inbox = folder / "inbox"
    outcome = Outcome()
    # Once what every channel loads is loaded, so that only what the inputs take is measured.
    import faiss  # noqa: F401
    import openpyxl  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    if channel == "uploads":
        uploads.ingest_uploads(project, {"first.srt": CUE}, lambda step, done, total: None)
    before = _peak()
    CHANNELS[channel](project, outcome, inbox)
    project.close()
    said = {"taken": outcome.taken, "refused": outcome.refused, "broken": outcome.broken}
    print(json.dumps({**said, "grown": _peak() - before}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

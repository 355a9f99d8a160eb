"""What must not happen silently: lectures that replace each other, judges of one name, demos that mix."""

import threading
from pathlib import Path

import pytest

from dashboard.errors import CorpusError, NotFound, SettingsError
from dashboard.models import JudgeConfig
from dashboard.services.agreement import find_judge
from dashboard.services.demo import load_demo
from dashboard.services.ingest import Progress, ingest
from dashboard.services.project import Project
from dashboard.services.task import Task
from dashboard.services.uploads import ingest_uploads
from tests.services.lectures import srt
from tests.support import project as made

SHORT = ("uma legenda curta sobre memória",)


def write(folder: Path, text: tuple[str, ...]) -> Path:
    folder.mkdir(parents=True)
    (folder / "aula1.srt").write_text(srt(text), encoding="utf-8")
    return folder


def test_a_lecture_read_from_another_folder_under_the_same_name_is_told(
    project: Project, tmp_path: Path
) -> None:
    first, second = write(tmp_path / "a", SHORT), write(tmp_path / "b", ("outra legenda",))
    ingest(project, [first])
    again = ingest(project, [first])
    assert [notice.text for notice in again.notices] == []
    told = [notice.text for notice in ingest(project, [second]).notices]
    assert len(told) == 1 and "a/aula1.srt" in told[0] and "b/aula1.srt" in told[0]


def test_the_same_upload_twice_is_told_nothing(project: Project) -> None:
    files = {"aula1.srt": srt(SHORT).encode()}
    reports = [ingest_uploads(project, files, lambda step, done, total: None) for _ in range(2)]
    assert [report.notices for report in reports] == [[], []]
    assert reports[1].skipped == 1


def test_two_uploads_of_one_name_are_refused(project: Project) -> None:
    files = {"a/aula1.srt": srt(SHORT).encode(), "b/aula1.srt": srt(SHORT).encode()}
    with pytest.raises(CorpusError, match="aula1.srt"):
        ingest_uploads(project, files, lambda step, done, total: None)


def test_judges_of_one_name_are_chosen_by_their_number(answered: Project) -> None:
    for version in ("1", "2"):
        made.judge(answered.store, 1, "C", JudgeConfig("juiz", "answer relevance", version, "modelo"))
    with pytest.raises(NotFound, match="1 · juiz · modelo · 1, 2 · juiz · modelo · 2"):
        find_judge(answered, "juiz")
    found = find_judge(answered, "2")
    assert found is not None and found.config.prompt_version == "2"


def test_the_demonstration_does_not_mix_with_work_of_ones_own(answered: Project) -> None:
    before = answered.store.revision()
    with pytest.raises(CorpusError, match="VEREDITO_DATA_DIR"):
        load_demo(answered)
    assert answered.store.revision() == before and not answered.is_demo


def test_a_task_goes_on_whoever_looks_and_gives_its_result() -> None:
    may_end = threading.Event()

    def work(progress: Progress) -> str:
        progress("read", 1, 2)
        assert may_end.wait(10)
        return "done"

    task = Task(work)
    assert not task.wait(0)
    may_end.set()
    assert task.wait(10) and task.result == "done"
    assert (task.step, task.done, task.total) == ("read", 1, 2)


@pytest.mark.parametrize(
    ("failure", "shown"), [(SettingsError("known"), "known"), (KeyError("x"), "KeyError")]
)
def test_a_task_that_fails_says_why(failure: Exception, shown: str) -> None:
    def work(progress: Progress) -> str:
        raise failure

    task = Task(work)
    assert task.wait(10)
    with pytest.raises(Exception, match=shown):
        _ = task.result

"""Two app processes on one PostgreSQL, each with its own machine: nothing that one needs is missing."""

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import psycopg
import pytest

from dashboard.errors import RecordError
from dashboard.retrieval.database_home import DatabaseHome
from dashboard.retrieval.encoders.adapted import write_layers
from dashboard.retrieval.finetuning.folder import Kind, write_tuned
from dashboard.services import doctor, replicas
from dashboard.services.bank import answer_run, plan_run, progress_of
from dashboard.services.check import Check
from dashboard.services.encoder_choice import FACT, Promotion, encoders_dir
from dashboard.services.ingest import embed_corpus
from dashboard.services.near_duplicates import find_pairs, open_near_duplicates
from dashboard.services.project import Project, open_project
from dashboard.services.question_pairs import embed_questions, similar_questions
from dashboard.services.segment_map import make_map
from dashboard.services.tuning_data import open_base
from dashboard.store import runs
from dashboard.store.alone import alone
from tests.services.conftest import settings
from tests.services.lectures import hashes, segments, take_in, write_lectures
from tests.support import project as made

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]


@pytest.fixture
def here(database_url: str, taken_in: Path, lecture_folder: Path, tmp_path: Path) -> Iterator[Project]:
    """Open the project on one machine and take the lectures in; their vectors come in files."""
    shutil.copytree(taken_in / "vectors", tmp_path / "here" / "vectors")
    project = open_project(settings(tmp_path / "here", database_url))
    take_in(project, lecture_folder)
    yield project
    project.close()


@pytest.fixture
def there(here: Project, database_url: str, tmp_path: Path) -> Iterator[Project]:
    """Open the same database on another machine, with a data folder of its own."""
    project = open_project(settings(tmp_path / "there", database_url))
    yield project
    project.close()


def silent(step: str, done: int, total: int) -> None:
    pass


def checks(project: Project) -> dict[str, Check]:
    return {check.name: check for check in doctor.examine(project.settings).checks}


def test_what_one_embedded_the_other_finds_and_does_not_embed_again(here: Project, there: Project) -> None:
    assert isinstance(here.home, DatabaseHome) and isinstance(there.home, DatabaseHome)
    assert embed_corpus(there) == 0
    question = "o que guarda a memória cache?"
    assert there.searcher.search(question, 5).hits == here.searcher.search(question, 5).hits
    copy = segments(here)["cache"][0].text
    made.add_video(here.store, "copia", [copy, "uma fala nova sobre a taxa de acerto"])
    assert there.searcher.search(question, 10).unembedded == 1
    assert embed_corpus(here) == 1
    assert there.searcher.search(question, 10).hits == here.searcher.search(question, 10).hits
    assert not list((there.settings.data_dir).rglob("*.npy"))


def test_a_retired_segment_is_found_by_no_process(here: Project, there: Project, tmp_path: Path) -> None:
    question = "o passo grande do gradiente descendente"
    gone = {hit.segment.segment_id for hit in there.searcher.search(question, 2).hits}
    (tmp_path / "new").mkdir()
    folder = write_lectures(tmp_path / "new")
    (folder / "legendas" / "gradiente.srt").write_text(
        "1\n00:00:00,000 --> 00:00:06,000\nOutra aula inteira.\n"
    )
    take_in(here, folder)
    found = {hit.segment.segment_id for hit in there.searcher.search(question, 10).hits}
    assert found and not gone & found


def test_map_near_duplicates_alike_questions_and_training_read_the_shared_vectors(
    here: Project, there: Project
) -> None:
    with here.store.write() as session:
        for question in ("O que é a memória cache?", "O que é a memória cache do processador?"):
            runs.put_question(session, question)
    np.testing.assert_array_equal(make_map(there, silent).segments, make_map(here, silent).segments)
    assert find_pairs(there, silent).compared == find_pairs(here, silent).compared == len(hashes(here))
    # The map has given the questions their vectors; nobody makes them again.
    assert embed_questions(there, lambda done, total: None) == 0
    assert similar_questions(there, 0.5, 10).total == 1
    space = open_base(there)
    np.testing.assert_array_equal(space.vectors.matrix(hashes(there)), here.vectors.matrix(hashes(here)))


def test_a_promoted_encoder_whose_folder_is_not_here_is_named_and_used_as_soon_as_it_is(
    here: Project, there: Project
) -> None:
    base = here.settings.encoder
    layers = [(0.5 + np.random.default_rng(1).random((384, 384))).astype(np.float32) for _side in "qs"]
    tuned = write_tuned(
        encoders_dir(here.settings), "adapter", Kind.ADAPTER, base, base,
        lambda folder: write_layers(folder, *layers), lambda made, encoder_id: {},
    )  # fmt: skip
    here.store.set_fact(FACT, json.dumps(asdict(Promotion(tuned.id, base, "Ana", ""))))
    question = "a lista dos documentos de cada palavra"
    found = here.searcher.search(question, 5)
    assert here.encoder.id == tuned.id and found.unembedded == 0
    choice = there.encoder_choice
    assert choice.setting == there.settings.encoder and tuned.id in str(choice.fault)
    assert there.searcher.search(question, 5).hits
    assert not checks(there)["promoted encoder"].ok
    shutil.copytree(encoders_dir(here.settings), encoders_dir(there.settings))
    assert there.encoder.id == tuned.id
    assert there.searcher.search(question, 5).hits == found.hits


def test_the_doctor_names_the_data_folder_that_the_others_do_not_share(here: Project, there: Project) -> None:
    first = checks(here)
    assert first["vectors"].ok and "pgvector" in first["vectors"].found and "6 in" in first["vectors"].found
    assert first["shared folder"].ok and checks(here)["shared folder"].ok
    second = checks(there)["shared folder"]
    assert not second.ok and "VEREDITO_DATA_DIR" in second.advice
    # The same folder, mounted elsewhere, is known again.
    name = (here.settings.data_dir / replicas.FOLDER_FILE).read_text()
    (there.settings.data_dir / replicas.FOLDER_FILE).write_text(name)
    assert name.strip() in second.advice and checks(there)["shared folder"].ok


def test_near_duplicates_that_one_process_looked_for_are_not_looked_for_again(here: Project) -> None:
    other = open_project(here.settings)
    there = open_near_duplicates(other)
    assert there.look(begin=False).value is None
    find_pairs(here, silent)
    (manifest,) = (here.settings.data_dir / "near-duplicates").rglob("manifest.json")
    written = manifest.stat().st_mtime_ns
    task = there.look(begin=True).task
    assert task is not None and task.wait(60)
    assert there.look(begin=False).is_current and manifest.stat().st_mtime_ns == written
    other.close()


def test_a_run_is_answered_by_one_process_at_a_time(here: Project, there: Project) -> None:
    with here.store.write() as session:
        asked = runs.put_question(session, "o que é a taxa de acerto?")
    run_id = plan_run(here, "banco", [asked])
    with alone(here.store, f"run {run_id}"):
        with pytest.raises(RecordError, match="Another app process is answering"):
            answer_run(there, run_id)
        assert progress_of(there, [run_id])[0].answered == 0
    assert answer_run(there, run_id).answers == 1
    assert progress_of(here, [run_id])[0].is_done


@pytest.fixture
def without_the_right(postgres, database_url: str) -> Iterator[str]:
    """Give the address of somebody who may make tables in a new database, but no extension."""
    name = f"plain_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres("postgres"), autocommit=True) as administrator:
        administrator.execute(f"CREATE ROLE {name} LOGIN")
        administrator.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(postgres(name), autocommit=True) as administrator:
        administrator.execute(f"GRANT CREATE ON SCHEMA public TO {name}")
    yield postgres(name).replace("postgres:@", f"{name}:@")
    with psycopg.connect(postgres("postgres"), autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
        administrator.execute(f"DROP ROLE {name}")


def test_without_the_extension_everything_works_from_files_and_the_doctor_says_why(
    without_the_right: str, taken_in: Path, lecture_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(taken_in / "vectors", tmp_path / "plain" / "vectors")
    project = open_project(settings(tmp_path / "plain", without_the_right))
    take_in(project, lecture_folder)
    assert project.searcher.search("o que guarda a memória cache?", 3).hits
    found = checks(project)["vectors"]
    assert found.ok and "FAISS" in found.found and "CREATE EXTENSION vector" in found.found and found.advice
    assert list((tmp_path / "plain" / "indexes").rglob("*.faiss"))
    project.close()

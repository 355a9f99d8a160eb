"""What is taken out opens in a spreadsheet without running anything, and comes back as it was."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dashboard.config import Settings
from dashboard.question_bank import BankQuestion
from dashboard.services.bank_file import check_bank, write_bank
from dashboard.services.project import open_project
from dashboard.services.questions import take_in
from dashboard.store.questions import QuestionFilter
from tests.hostile.inputs import ALL_TEXTS

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
STORABLE = [
    text.strip()
    for text in ALL_TEXTS
    if text.strip() and "\0" not in text and text.isascii() or "\uff1d" in text
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_an_exported_bank_is_a_formula(tmp_path: Path, kind: str) -> None:
    project = open_project(Settings(data_dir=tmp_path / "data"))
    texts = [text for text in STORABLE if len(text) < 30_000]
    take_in(project, [BankQuestion(place, text, (), text) for place, text in enumerate(texts, start=1)])

    content = write_bank(project, QuestionFilter(), kind)
    project.close()

    if kind == "csv":
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    else:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        found = [cell for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in found}
        cells = [str(cell.value) for cell in found if cell.value is not None]
    assert [cell for cell in cells if cell.startswith(RUNS)] == []
    path = tmp_path / f"bank.{kind}"
    path.write_bytes(content)
    back = {one.number: one.text for one in check_bank(path).questions}
    printable = {place: text for place, text in enumerate(texts, start=1) if text.isprintable()}
    assert {place: back[place] for place in printable} == printable

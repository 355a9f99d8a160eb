"""What docs/security.md and docs/faults.md say is tested is tested: every test that they name is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
FAULTS = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize(("text", "at_least"), [(TEXT, 50), (FAULTS, 40)], ids=["security", "faults"])
def test_every_test_that_is_named_exists(text: str, at_least: int) -> None:
    named = TEST.findall(text)
    assert len(named) > at_least
    assert {file for file, _ in named if not (ROOT / file).is_file()} == set()
    there = {file: _tests(ROOT / file) for file, _ in named}
    assert [f"{file}::{name}" for file, name in named if name and name not in there[file]] == []


def test_every_fault_has_its_row_with_all_of_it() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in FAULTS.splitlines()[6:]
        if line[:1] == "|"
    ]
    faults = rows[2:]
    numbers = [row[0].split()[0] for row in faults if row[0][0].isdigit()]
    assert numbers == [str(number) for number in range(1, 21) if number != 14]
    assert all(len(row) == 5 and all(row) and "::" in row[2] for row in faults)


def test_every_row_has_a_promise_a_place_and_a_test() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| threat |")]
    assert len(rows) > 25
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert all(cells), row
        assert TEST.search(cells[3]), row


def test_every_place_in_the_code_exists() -> None:
    places = re.findall(r"`(dashboard/[\w/.]+)`", TEXT)
    assert len(places) > 20
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_bound_of_memory_is_the_one_that_is_tested() -> None:
    tested = re.search(r"MOST_GROWTH = (\d+)", (ROOT / "tests/hostile/test_channels.py").read_text("utf-8"))
    assert tested is not None
    assert f"**{tested[1]} MiB**" in TEXT


def _tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

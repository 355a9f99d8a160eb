"""What docs/security.md says is tested is tested: every test that it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(TEXT)
    assert len(named) > 50
    assert {file for file, _ in named if not (ROOT / file).is_file()} == set()
    there = {file: _tests(ROOT / file) for file, _ in named}
    assert [f"{file}::{name}" for file, name in named if name and name not in there[file]] == []


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

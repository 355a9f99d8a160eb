"""What docs/security.md says is tested is tested: every test that it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")

ON_THEIR_WAY = {
    "tests/browser/test_content_policy.py",
    "tests/browser/test_sign_in.py",
    "tests/services/test_accounts.py",
    "tests/services/test_invites.py",
    "tests/test_audit.py",
    "tests/test_logs.py",
    "tests/test_shipped_server.py",
    "tests/ui/test_door.py",
}
"""Made beside this page; once a file is there, the tests named in it must be there too."""


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(TEXT)
    assert len(named) > 50
    missing = {file for file, _ in named if not (ROOT / file).is_file()} - ON_THEIR_WAY
    assert missing == set()
    there = {file: _tests(ROOT / file) for file, _ in named if (ROOT / file).is_file()}
    assert [f"{file}::{name}" for file, name in named if name and name not in there.get(file, {name})] == []


def test_every_row_has_a_promise_a_place_and_a_test() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| threat |")]
    assert len(rows) > 25
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert all(cells), row
        assert TEST.search(cells[3]), row


def test_the_bound_of_memory_is_the_one_that_is_tested() -> None:
    tested = re.search(r"MOST_GROWTH = (\d+)", (ROOT / "tests/hostile/test_channels.py").read_text("utf-8"))
    assert tested is not None
    assert f"**{tested[1]} MiB**" in TEXT


def _tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

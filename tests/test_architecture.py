"""What DESIGN.md promises about the code itself: who imports whom, module length, what is never used."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 350
HEAVY = ("torch", "faiss", "sentence_transformers", "plotly", "streamlit", "pandas", "openai")
PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}

LAYERS = {
    "pages": 6,
    "app": 6,
    "dashboard.__main__": 6,
    "dashboard.ui": 5,
    "dashboard.cli": 5,
    "dashboard.services": 4,
    "dashboard.answering": 3,
    "dashboard.judging": 3,
    "dashboard.retrieval": 3,
    "dashboard.agreement": 3,
    "dashboard.records": 3,
    "dashboard.corpus": 3,
    "dashboard.store": 2,
    "dashboard.model_server": 2,
    "dashboard.progress": 1,
    "dashboard.models": 1,
    "dashboard.campaigns": 1,
    "dashboard.cues": 1,
    "dashboard.clock": 1,
    "dashboard.responses": 1,
    "dashboard.labels": 1,
    "dashboard.logs": 1,
    "dashboard.masking": 1,
    "dashboard.config": 1,
    "dashboard.errors": 1,
    "dashboard.fence": 1,
    "dashboard.jobs": 1,
    "dashboard.question_bank": 1,
    "dashboard.web_address": 1,
    "dashboard.roles": 1,
}
"""Every part of the program and its height. A part imports from lower ones only."""

SHARED = 1
"""The lowest parts, the shared vocabulary, may import each other; Python itself refuses circles there."""


def sources() -> dict[str, str]:
    """Return the source of every module by its name."""
    paths = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
    found = {}
    for path in paths:
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path.read_text(encoding="utf-8")
    return found


SOURCES = sources()


def part_of(module: str) -> str | None:
    """Return the part that a module belongs to, None for what is not this program's."""
    found = [part for part in LAYERS if module == part or module.startswith(f"{part}.")]
    return max(found, key=len, default=None)


def imports(module: str, source: str, is_package: bool = False) -> Iterator[str]:
    """Yield every module that a source imports, also inside functions and for types only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".") if is_package else module.split(".")[:-1]
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


def wrong_arrows(module: str, source: str, is_package: bool = False) -> list[str]:
    """Return what a module imports that it may not."""
    own = part_of(module)
    if own is None:
        return [] if module == "dashboard" else [f"{module} is in no part of the program"]
    wrong = []
    for imported in imports(module, source, is_package):
        other = part_of(imported)
        if other is None or other == own:
            continue
        shared = LAYERS[own] == LAYERS[other] == SHARED
        if LAYERS[other] >= LAYERS[own] and not shared:
            wrong.append(f"{module} imports {imported}")
    return wrong


def streamlit_users(found: dict[str, str]) -> list[str]:
    return [
        module
        for module, source in found.items()
        if part_of(module) not in {"dashboard.ui", "pages", "app"}
        and any(name.split(".")[0] == "streamlit" for name in imports(module, source))
    ]


SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|VACUUM|BEGIN|WITH) ")


def sql_from_pieces(source: str) -> list[int]:
    """Return the lines on which a statement for the database is put together from pieces."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if SQL.match(_beginning(node))]


def _beginning(node: ast.AST) -> str:
    """Return the text with which an f-string, a sum, a `%` or a `format` begins; empty for all else."""
    first: ast.AST | None = None
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        first = node.left
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        first = node.func.value
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


FROM_CONSTANTS = ("dashboard.store.engine", "dashboard.store.migrations.")
"""Statements that take no parameters (PRAGMA, BEGIN, triggers), put together from the module's constants."""


def test_imports_go_one_way() -> None:
    wrong = [
        arrow
        for module, source in SOURCES.items()
        for arrow in wrong_arrows(module, source, is_package=_is_package(module))
    ]
    assert wrong == []


def _is_package(module: str) -> bool:
    return ROOT.joinpath(*module.split("."), "__init__.py").is_file()


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("dashboard.store.x", "from dashboard.services import project", True),
        ("dashboard.services.x", "import dashboard.ui.frame", True),
        ("dashboard.services.x", "from dashboard import ui", True),
        ("dashboard.services.x", "def f():\n    from ..ui import frame", True),
        ("dashboard.records.x", "from dashboard.corpus.markup import one_line", True),
        ("dashboard.agreement.x", "from . import kappa\nfrom ..judging import rubrics", True),
        ("dashboard.models", "from dashboard.store import schema", True),
        ("dashboard.ui.x", "import pages.ask", True),
        ("dashboard.cli", "from dashboard.ui.text import plain", True),
        ("dashboard.elsewhere", "", True),
        ("dashboard.ui.x", "from dashboard.services.project import Project\nimport streamlit", False),
        ("dashboard.services.x", "from dashboard.records import csv\nfrom .project import Project", False),
        ("dashboard.retrieval.x", "from dashboard.store import corpus\nimport json", False),
        ("dashboard.config", "from dashboard.errors import N_", False),
        ("pages.ask", "from dashboard.ui.frame import open_page", False),
    ],
)
def test_a_wrong_arrow_would_be_seen(module: str, source: str, wrong: bool) -> None:
    assert bool(wrong_arrows(module, source)) is wrong


def test_only_the_interface_imports_streamlit() -> None:
    assert streamlit_users(SOURCES) == []
    assert streamlit_users({"dashboard.services.x": "def f():\n    import streamlit as st"}) != []
    assert streamlit_users({"dashboard.ui.x": "import streamlit as st"}) == []
    assert any("import streamlit" in source for source in SOURCES.values())


def test_no_module_is_longer_than_350_lines() -> None:
    assert {name: len(source.splitlines()) for name, source in SOURCES.items() if _is_long(source)} == {}
    assert _is_long("x\n" * 351)
    assert not _is_long("x\n" * 350)


def _is_long(source: str) -> bool:
    return len(source.splitlines()) > LONGEST


@pytest.mark.parametrize("module", ["dashboard.cli", "dashboard.services.project"])
def test_starting_loads_nothing_heavy(module: str) -> None:
    assert _loaded(f"import {module}") == []


def test_a_heavy_import_would_be_seen() -> None:
    assert _loaded("import pandas") == ["pandas"]


def _loaded(statement: str) -> list[str]:
    code = f"import json, sys\n{statement}\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return list(json.loads(ran.stdout))


def test_untrusted_text_is_never_drawn_as_html() -> None:
    assert [name for name, source in SOURCES.items() if _allows_html(source)] == []
    assert _allows_html("st.markdown(x, unsafe_allow_html=True)")
    assert _allows_html("st.html(text)")
    assert not _allows_html("st.html(LAYOUT)")
    assert not _allows_html('"""Never uses unsafe_allow_html."""')


def _allows_html(source: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            any(keyword.arg == "unsafe_allow_html" for keyword in node.keywords)
            or (getattr(node.func, "attr", "") == "html" and not _is_constant(node.args))
        )
        for node in ast.walk(ast.parse(source))
    )


def _is_constant(arguments: list[ast.expr]) -> bool:
    return len(arguments) == 1 and isinstance(arguments[0], ast.Name) and arguments[0].id.isupper()


def test_no_pickle_is_read_or_written() -> None:
    assert [name for name, source in SOURCES.items() if _pickles(source)] == []
    assert _pickles("def f():\n    import pickle")
    assert _pickles("from joblib import load")
    assert _pickles("np.load(path, allow_pickle=True)")
    assert not _pickles("np.load(path, allow_pickle=False)")


def _pickles(source: str) -> bool:
    if any(name.split(".")[0] in PICKLES for name in imports("m", source)):
        return True
    return any(
        keyword.arg == "allow_pickle"
        and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    )


def test_no_statement_for_the_database_is_put_together_from_pieces() -> None:
    found = {name: lines for name, source in SOURCES.items() if (lines := sql_from_pieces(source))}
    assert {name: lines for name, lines in found.items() if not name.startswith(FROM_CONSTANTS)} == {}
    for unsafe in (
        'session.execute(text(f"SELECT * FROM answer WHERE id = {answer_id}"))',
        'query = "SELECT * FROM " + table',
        'connection.execute("DELETE FROM answer WHERE id = %s" % answer_id)',
        'text("UPDATE answer SET text = {}".format(value))',
    ):
        assert sql_from_pieces(unsafe), unsafe
    assert not sql_from_pieces('session.execute(text("SELECT 1 WHERE :id"), {"id": 1})')


RUNS_TEXT = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "torch.load"}
CLIENTS = {
    "requests",
    "urllib.request",
    "urllib3",
    "http.client",
    "aiohttp",
    "ftplib",
    "smtplib",
    "telnetlib",
}


def test_nothing_runs_a_text() -> None:
    assert {name: found for name, source in SOURCES.items() if (found := _runs_text(source))} == {}
    for unsafe in (
        "eval(text)",
        "def f():\n    exec(code)",
        "os.system('ls ' + name)",
        "subprocess.run(name, shell=True)",
        "yaml.load(text)",
    ):
        assert _runs_text(unsafe), unsafe
    assert not _runs_text("ast.literal_eval(text)\nre.compile(text)\nmodel.eval()\nsubprocess.run([name])")


def _runs_text(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (
            ast.unparse(node.func) in RUNS_TEXT
            or any(one.arg == "shell" and ast.unparse(one.value) != "False" for one in node.keywords)
        )
    ]


def test_only_the_model_server_is_called_and_in_one_place() -> None:
    """Its address is the operator's setting; no address from a page, a file or a reply is ever opened."""
    callers = [
        name
        for name, source in SOURCES.items()
        if CLIENTS & {*imports(name, source)} or _opens_client(source)
    ]
    assert callers == ["dashboard.model_server.connection"]
    assert CLIENTS & {*imports("m", "def f():\n    from urllib.request import urlopen")}
    assert _opens_client("client = OpenAI(base_url=address)")
    assert _opens_client("httpx2.get(address)")


def _opens_client(source: str) -> bool:
    opening = re.compile(r"((Async)?OpenAI|httpx2?\.(\w*Client|get|post|stream|request))")
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return any(opening.fullmatch(ast.unparse(call.func).removeprefix("openai.")) for call in calls)

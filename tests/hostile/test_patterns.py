"""No text, however it is made, keeps a regular expression busy for longer than its length deserves."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120

SHORT_TEXTS = {
    "dashboard.answering.sentences._LAST_WORD": "looks at 24 characters",
    "dashboard.model_server.failures._SECRET": "looks at 2,000 characters",
}
"""Patterns that would be busy with a long text and are never given one."""

SEARCH = r'''
import ast, importlib, logging, pkgutil, re, signal, sys
logging.disable(logging.CRITICAL)
import dashboard

LENGTH = 10_000
CPU_SECONDS = 0.3   # a pattern whose work grows with the square of the length needs many times as long
PUMPS = (
    " ", "\n", "\t", "a", "1", "<", "*", "-", "`", "[", "(", "=", "{", "\\", ":", "![](", "<b ", "a ", "#\n",
    "\n ", "Criteria: ", "Score: ", "nota ", "token", "ignore ", "judge ", "a.", "](h", "**", "&#", "] (",
)
PREFIXES = ("", "<", '"')
HOW = {"match": "match", "fullmatch": "fullmatch"}


def ways(module):
    """Return how each pattern of a module is used there: `search` unless it is anchored."""
    found = {}
    with open(module.__file__, encoding="utf-8") as source:
        tree = ast.parse(source.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in ("search", "sub", "subn", "split", "findall", "finditer", "match", "fullmatch"):
                found.setdefault(node.value.id, set()).add(HOW.get(node.attr, "search"))
    return found


def patterns(value):
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from patterns(one)
    elif isinstance(value, dict):
        yield from patterns(list(value.values()))


class TooLong(Exception):
    pass


def give_up(*_):
    raise TooLong


def is_slow(pattern, how):
    for pump in PUMPS:
        for prefix in PREFIXES:
            text = prefix + pump * (LENGTH // len(pump)) + "\x00"
            signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
            try:
                getattr(pattern, how)(text)
            except TooLong:
                return f"{prefix + pump!r}"
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


signal.signal(signal.SIGVTALRM, give_up)
CASES = [("control", "control", {"control": {"search"}}, re.compile(r"\s*[\r\n]\s*"))]
for info in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
    if info.name.endswith("__main__") or ".migrations." in info.name:
        continue
    module = importlib.import_module(info.name)
    used = ways(module)
    for name, value in vars(module).items():
        if isinstance(value, (tuple, list, dict)):
            used.setdefault(name, {"search"})
        CASES += [(info.name, name, used, one) for one in patterns(value) if isinstance(one.pattern, str)]
seen = set()
for module, name, used, pattern in CASES:
    for how in used.get(name, ()):
        if (pattern, how) not in seen:
            seen.add((pattern, how))
            if text := is_slow(pattern, how):
                print(f"{module}.{name}.{how} on {text}", flush=True)
print(len(seen))
'''


def test_no_text_keeps_a_pattern_of_the_program_busy() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SEARCH],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    control, *slow, count = ran.stdout.splitlines()
    assert "control" in control, "a pattern that is known to be slow was not found"
    assert [one for one in slow if one.rpartition(" on ")[0].removesuffix(".search") not in SHORT_TEXTS] == []
    assert int(count) > 60

"""Tables as people publish them: CSV, Markdown, LaTeX with booktabs."""

import csv
import io
import math
import platform
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from dashboard.records.csv import defuse

Cell = str | int | float | None


class P(float):
    """A p-value, of which a text says no more than that it is very small."""


SMALLEST_P = 0.01

UNDEFINED = "–"

_FACTS = Path(__file__).parents[2] / "pyproject.toml"

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "α": r"$\alpha$",
    "ε": r"$\varepsilon$",
    "κ": r"$\kappa$",
    "λ": r"$\lambda$",
    "ρ": r"$\rho$",
    "τ": r"$\tau$",
    "×": r"$\times$",
    "−": "$-$",
    "≤": r"$\leq$",
    "→": r"$\rightarrow$",
    "≥": r"$\geq$",
    "<": "$<$",
    ">": "$>$",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. A float is a measure, NaN or None that there is none."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def to_csv(table: Table) -> str:
    """Return the table as CSV, numbers to the last digit, cells that a spreadsheet would run defused."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([defuse(title) for title in table.columns])
    for row in table.rows:
        writer.writerow([_exact(cell) for cell in row])
    return lines.getvalue()


def to_markdown(table: Table, number: Callable[[float], str]) -> str:
    """Return the table as Markdown; `number` writes measures."""
    rows = [[_pipe(text) for text in texts(row, number)] for row in table.rows]
    head = [_pipe(title) for title in table.columns]
    rule = ["---" if at == 0 else "---:" for at in range(len(head))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *rows)) + "\n"


def to_latex(table: Table, number: Callable[[float], str], caption: str = "") -> str:
    """Return the table as a LaTeX float; its document needs the package booktabs.

    Args:
        table: The table.
        number: Writes measures.
        caption: What the table shows.
    """
    lines = [
        r"% \usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        *([rf"  \caption{{{latex(caption)}}}"] if caption else []),
        rf"  \begin{{tabular}}{{l{'r' * (len(table.columns) - 1)}}}",
        r"    \toprule",
        "    " + _row(table.columns),
        r"    \midrule",
        *("    " + _row(texts(row, number)) for row in table.rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def texts(row: Sequence[Cell], number: Callable[[float], str]) -> list[str]:
    """Return the cells of a row as they are read."""
    return [_text(cell, number) for cell in row]


def latex(text: str) -> str:
    """Return LaTeX that is set as the text itself."""
    return "".join(_LATEX.get(sign, sign) for sign in " ".join(text.split()))


def _row(cells: Sequence[str]) -> str:
    return " & ".join(latex(cell) for cell in cells) + r" \\"


def _text(cell: Cell, number: Callable[[float], str]) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return UNDEFINED
    if isinstance(cell, P) and cell < SMALLEST_P:
        return f"< {number(SMALLEST_P)}"
    return number(cell) if isinstance(cell, float) else str(cell)


def _exact(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return (
        repr(float(cell)) if isinstance(cell, float) else defuse(cell) if isinstance(cell, str) else str(cell)
    )


def _pipe(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def versions() -> str:
    """Return with which versions figures are computed."""
    names = ("numpy", "scipy")
    found = [f"{name} {metadata.version(name)}" for name in names]
    return ", ".join([f"Veredito {_own_version()}", f"Python {platform.python_version()}", *found])


def _own_version() -> str:
    try:
        facts = tomllib.loads(_FACTS.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return ""
    return str(facts.get("project", {}).get("version", ""))

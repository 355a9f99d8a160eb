"""Tables as they are published: what a spreadsheet, a README and LaTeX make of them."""

import csv
import io
import math

from dashboard.services.publishing import P, Table, latex, to_csv, to_latex, to_markdown, versions

TABLE = Table(
    ("Name", "Value", "n"),
    (("=1+1 | 50 % & a_b", 0.123456789, 3), ("−", math.nan, 0), ("p", P(0.0001), 1), ("none", None, 2)),
)


def two(value: float) -> str:
    return f"{value:.2f}"


def test_csv_holds_every_digit_and_nothing_that_a_spreadsheet_runs() -> None:
    head, first, second, third, fourth = csv.reader(io.StringIO(to_csv(TABLE)))
    assert head == ["Name", "Value", "n"]
    assert first == ["'=1+1 | 50 % & a_b", "0.123456789", "3"]
    assert second[1:] == ["", "0"]
    assert third[1] == "0.0001"
    assert fourth[1] == ""


def test_markdown_keeps_bars_inside_of_cells() -> None:
    lines = to_markdown(TABLE, two).splitlines()
    assert lines[0] == "| Name | Value | n |"
    assert lines[1] == "| --- | ---: | ---: |"
    assert lines[2] == r"| =1+1 \| 50 % & a_b | 0.12 | 3 |"
    assert lines[3] == "| − | – | 0 |"
    assert lines[4] == "| p | < 0.01 | 1 |"


def test_latex_is_a_booktabs_table_in_which_nothing_is_a_command() -> None:
    text = to_latex(TABLE, two, "50 % of all")
    assert text.count(r"\toprule") == text.count(r"\midrule") == text.count(r"\bottomrule") == 1
    assert r"\begin{tabular}{lrr}" in text and r"\end{tabular}" in text
    assert r"\caption{50 \% of all}" in text
    assert r"=1+1 | 50 \% \& a\_b & 0.12 & 3 \\" in text
    assert r"p & $<$ 0.01 & 1 \\" in text
    assert latex("α − 5×") == r"$\alpha$ $-$ 5$\times$"
    assert latex(r"\input{x}~^#$") == r"\textbackslash{}input\{x\}\textasciitilde{}\textasciicircum{}\#\$"


def test_versions_name_the_program_and_what_it_computes_with() -> None:
    assert versions().startswith("Veredito 0.") and "numpy" in versions() and "scipy" in versions()

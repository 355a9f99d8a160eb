"""Tables on the page, and as files to publish."""

import streamlit as st

from dashboard.services.publishing import Table, texts, to_csv, to_latex, to_markdown
from dashboard.ui.i18n import number, spoken_here
from dashboard.ui.text import plain


def two_digits(value: float) -> str:
    """Return a measure as tables write it."""
    return number(value, 2)


def draw_table(table: Table) -> None:
    """Draw a table as it is read."""
    rows = [[plain(text) for text in texts(row, two_digits)] for row in table.rows]
    head = [plain(title) for title in table.columns]
    rule = ["---" if at == 0 else "---:" for at in range(len(head))]
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *rows)))


def draw_downloads(name: str, table: Table, title: str) -> None:
    """Draw the buttons that give a table as Markdown, LaTeX and CSV."""
    kinds = (
        ("CSV", "csv", "text/csv", lambda: to_csv(table).encode("utf-8-sig")),
        ("Markdown", "md", "text/markdown", lambda: to_markdown(table, two_digits).encode()),
        ("LaTeX", "tex", "application/x-tex", lambda: to_latex(table, two_digits, title).encode()),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(title, width="content")
        for label, ending, mime, give in kinds:
            st.download_button(
                label,
                spoken_here(give),
                file_name=f"veredito-{name}.{ending}",
                mime=mime,
                icon=":material/download:",
                type="tertiary",
                key=f"agreement.table.{name}.{ending}",
                on_click="ignore",
            )

"""Records as Markdown: the format in which studies are passed around (DESIGN.md, section 6).

Reading and then writing gives back the same bytes.
"""

from dashboard.records.md_read import iter_markdown, read_markdown
from dashboard.records.md_write import render, write_markdown

__all__ = ["iter_markdown", "read_markdown", "render", "write_markdown"]

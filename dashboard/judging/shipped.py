"""The rubrics that come with the program."""

from functools import cache
from pathlib import Path

from dashboard.judging.rubric import Rubric, parse_rubric

_FOLDER = Path(__file__).with_name("rubrics")


@cache
def shipped() -> tuple[Rubric, ...]:
    """Return the rubrics of the folder `rubrics`, ordered by key."""
    paths = sorted(_FOLDER.glob("*.md"))
    return tuple(parse_rubric(path.read_text(encoding="utf-8")) for path in paths)

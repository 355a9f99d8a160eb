"""What is spoken and what is recognised: the scripts of the demonstration's lectures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MARK = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


class ScriptError(ValueError):
    """A lecture script that does not follow the format."""


@dataclass(frozen=True)
class Script:
    """A parsed lecture. ``lines`` holds cue texts; ``None`` is a pause."""

    video_id: str
    title: str
    title_en: str
    year: int
    voice: str
    rate: int
    lines: tuple[str | None, ...]


def spoken(line: str) -> str:
    """The text the voice says."""
    return MARK.sub(r"\1", line)


def recognised(line: str) -> str:
    """The text the simulated recogniser wrote down."""
    return MARK.sub(r"\2", line)


def read_script(path: Path) -> Script:
    """Parses one script, refusing missing headers and broken marks."""
    header: dict[str, str] = {}
    lines: list[str | None] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            header[key.strip()] = value.strip()
        elif not line:
            if lines and lines[-1] is not None:
                lines.append(None)
        else:
            if re.search(r"[{}|]", MARK.sub("", line)):
                raise ScriptError(f"{path.name}:{number}: broken {{spoken|recognised}} mark")
            lines.append(line)
    missing = {"title", "title_en", "year", "voice", "rate"} - header.keys()
    if missing:
        raise ScriptError(f"{path.name}: missing header {', '.join(sorted(missing))}")
    while lines and lines[-1] is None:
        lines.pop()
    return Script(
        path.stem,
        header["title"],
        header["title_en"],
        int(header["year"]),
        header["voice"],
        int(header["rate"]),
        tuple(lines),
    )

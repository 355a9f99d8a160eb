"""What reading a caption file gives: its cues, and notices about what was repaired or left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.cues import Cue


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know about a file that was taken in all the same.

    Attributes:
        message: English template marked with `N_`, its fields named in braces, translated where it is shown.
        found: Values for the fields.
    """

    message: str
    found: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.found)


@dataclass(frozen=True, slots=True)
class Transcript:
    """The cues of one lecture in the order in which they are spoken, with what was noticed on the way.

    Cues come sorted by start, none blank, each on one line; times are seconds from the start of the video,
    never negative, with `end_s >= start_s`; both are None in documents without times.
    """

    cues: tuple[Cue, ...]
    warnings: tuple[Notice, ...] = ()

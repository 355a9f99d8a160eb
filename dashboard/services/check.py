"""What the doctor says of one part of a project."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, what was found, and what to do when it is not."""

    name: str
    ok: bool
    found: str
    advice: str = ""

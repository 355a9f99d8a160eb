"""Seconds as people write them."""


def clock(seconds: float | None) -> str:
    """Return seconds as `HH:MM:SS`, rounded down; empty for None."""
    if seconds is None:
        return ""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def short_clock(seconds: float | None) -> str:
    """Return seconds as `mm:ss`, with hours only where there are any; empty for None."""
    if seconds is None:
        return ""
    whole = int(seconds)
    minutes = f"{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 3600}:{minutes}" if whole >= 3600 else minutes

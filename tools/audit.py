"""The audit of `make audit`: what the program is made of, and whether a secret is among its files.

    python -m tools.audit [FOLDER]

Prints a line for each finding and what was looked at, and exits 1 when anything was found.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tools import advisories, online, pins, secret_scan

CHECKS: tuple[tuple[str, Callable[[Path], list[str]]], ...] = (
    ("pins", pins.faults),
    ("known advisories", advisories.faults),
    ("licences", pins.licence_faults),
    ("secrets", secret_scan.faults),
)


def main() -> int:
    """Run every check on a folder, and say what was found."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = 0
    for name, faults in CHECKS:
        told = faults(root)
        found += len(told)
        print(f"{name}: {'well' if not told else f'{len(told)} found'}")
        for fault in told:
            print(f"  {fault}")
    ran, told = online.ask(root)
    found += len(told)
    print(f"pip-audit, which asks the network: {'well' if ran and not told else ran or 'DID NOT RUN'}")
    for fault in told:
        print(f"  {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Whether a package is older than the version that mended a hole we know of; needs no network."""

import tomllib
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import pins

LIST = Path(__file__).with_name("advisories.toml")


def faults(root: Path) -> list[str]:
    """Return the pins, and what they bring along, that are older than a version in the list."""
    versions = {name: package.version for name, package in pins.installed_with(root).items()}
    versions |= {pin.name: pin.version for pin in pins.read(root)[0]}
    told = []
    for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["advisory"]:
        name = canonicalize_name(entry["package"])
        if name in versions and Version(versions[name]) < Version(entry["fixed"]):
            told.append(f"{name} {versions[name]}: {entry['id']}, mended in {entry['fixed']}")
    return told

"""Whether every requirement is pinned, the pins are what is installed, and nothing with them is GPL."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

FILES = "requirements*.txt"

_GPL = re.compile(r"\b(?:A?GPL(?:[ -]?v?[\d.]+)?|GNU (?:Affero )?General Public License)", re.IGNORECASE)
_EXCERPT = 200
"""Characters of a licence that is written out; its name comes first."""


class Pin(NamedTuple):
    """A requirement and the exact version of it."""

    name: str
    version: str
    where: str
    extras: frozenset[str] = frozenset()


def read(root: Path) -> tuple[list[Pin], list[str]]:
    """Return the pins of a folder's requirements files, and what is wrong with the lines that are none."""
    found, faults = [], []
    for path in sorted(root.glob(FILES)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            text = line.partition("#")[0].strip()
            if not text or text.startswith("-r "):
                continue
            where = f"{path.name}, line {number}"
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                faults.append(f"{where}: {text} is no requirement of a package and a version")
                continue
            (specifier, *more) = [*requirement.specifier] or [None]
            if specifier is None or more or specifier.operator != "==" or "*" in specifier.version:
                faults.append(f"{where}: {text} is not pinned exactly; write {requirement.name}==…")
            elif requirement.marker is None or requirement.marker.evaluate():
                name = canonicalize_name(requirement.name)
                found.append(Pin(name, specifier.version, where, frozenset(requirement.extras)))
    return found, faults


def faults(root: Path) -> list[str]:
    """Return what is not pinned exactly, and what is installed in another version."""
    found, told = read(root)
    if not found:
        told.append(f"no pinned requirement in {FILES}")
    for pin in found:
        installed = _installed(pin.name)
        if installed is None:
            told.append(f"{pin.where}: {pin.name} is not installed; run make again")
        # What follows a plus says for which machine it was built.
        elif installed.version.partition("+")[0] != pin.version:
            told.append(f"{pin.where}: {pin.name} {installed.version} is installed, not {pin.version}")
    return told


def installed_with(root: Path) -> dict[str, Distribution]:
    """Return every installed package that the pins need, themselves included, by its name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(pin.name, pin.extras) for pin in read(root)[0]]
    while waiting:
        wanted = waiting.pop()
        package = None if wanted in seen else _installed(wanted[0])
        seen.add(wanted)
        if package is not None:
            found[wanted[0]] = package
            waiting += _needs(package, wanted[1])
    return found


def _needs(package: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for text in package.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)


def licence_faults(root: Path) -> list[str]:
    """Return the packages that are only to be had under the GPL; the LGPL is another licence."""
    told = []
    for name, package in sorted(installed_with(root).items()):
        if terms := _gpl_of(package):
            told.append(f"{name} {package.version}: {terms}")
    return told


def _gpl_of(package: Distribution) -> str:
    if expression := _first(package, "License-Expression"):
        return expression if all(_GPL.search(choice) for choice in expression.split(" OR ")) else ""
    named = [
        line.rpartition(" :: ")[2]
        for line in package.metadata.get_all("Classifier") or []
        if line.startswith("License :: ") and not line.endswith(" :: OSI Approved")
    ]
    stated = named or [_first(package, "License")[:_EXCERPT]]
    return ", ".join(stated) if all(_GPL.search(terms) for terms in stated) else ""


def _first(package: Distribution, field: str) -> str:
    return str((package.metadata.get_all(field) or [""])[0])


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None

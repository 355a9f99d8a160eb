"""Which texts a model wants in front of questions and passages."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dashboard.retrieval.encoders.base import names_e5


class Prefixes(NamedTuple):
    """What is put before a question and before a passage; empty for models that want nothing."""

    query: str = ""
    passage: str = ""


E5 = Prefixes("query: ", "passage: ")
"""The prefixes of E5 and multilingual E5, without which their scores are worse (Wang et al., 2022)."""

E5_INSTRUCT = Prefixes(
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
)
"""The E5 models trained on instructions want a task before the question and nothing before a passage."""


def prefixes_by_name(name: str) -> Prefixes:
    """Return the prefixes that a model's name asks for."""
    if not names_e5(name):
        return Prefixes()
    return E5_INSTRUCT if "instruct" in name.lower() else E5


def prefixes_of(model: str, prompts: Mapping[str, str]) -> Prefixes:
    """Return the prefixes of a sentence-transformers model.

    The prompts that the model itself declares come first, then its name, then, for a folder, the model it
    was made from (`_name_or_path` in config.json, `base_model` in its model card).

    Args:
        model: Model name or folder.
        prompts: The model's prompts; sentence-transformers gives empty ones where the model has none.
    """
    declared = Prefixes(prompts.get("query") or "", prompts.get("passage") or prompts.get("document") or "")
    if any(declared):
        return declared
    folder = Path(model)
    names = [folder.name, *_origins(folder)] if folder.is_dir() else [model]
    return next((found for name in names if any(found := prefixes_by_name(name))), Prefixes())


def _origins(folder: Path) -> list[str]:
    names = []
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        names.append(str(config.get("_name_or_path") or ""))
    except (OSError, ValueError, AttributeError):
        pass
    try:
        card = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return names
    lines = card.splitlines()
    for number, line in enumerate(lines):
        if line.strip().startswith("base_model:"):
            # The card's header gives one name on the line, or a list of names below it.
            names.append(" ".join([line, *lines[number + 1 : number + 2]]))
    return names

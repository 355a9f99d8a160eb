"""Where a training stands, on the disk: wholly there or not there, so that what was stopped goes on."""

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.errors import N_, TuningError
from dashboard.retrieval.files import write_durably

if TYPE_CHECKING:
    import torch

_NAME = "training.json"

log = logging.getLogger(__name__)

Tensors = dict[str, "torch.Tensor"]


class Checkpoints:
    """The newest state of one training. Tensors are safetensors, all else is JSON; no pickle is read.

    Args:
        folder: A folder of this training alone; made when there is something to keep.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, tensors: Mapping[str, "torch.Tensor"], state: Mapping[str, Any]) -> None:
        """Keep a state in place of the former one, which stays until this one is safe.

        Raises:
            TuningError: The disk refuses it; the former state is kept.
        """
        from safetensors.torch import save

        data = save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})
        name = f"{hashlib.sha256(data).hexdigest()}.safetensors"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_durably(self.folder / name, data)
            write_durably(self.folder / _NAME, json.dumps({"tensors": name, "state": state}).encode())
            for former in self.folder.glob("*.safetensors"):
                if former.name != name:
                    former.unlink(missing_ok=True)
        except OSError as error:
            raise TuningError(
                N_(
                    "The training could not be saved in {folder} ({reason}). Free some space or allow "
                    "writing there, then start again; it goes on from what was saved before."
                ),
                folder=str(self.folder),
                reason=error.strerror or str(error),
            ) from error

    def load(self) -> tuple[Tensors, dict[str, Any]] | None:
        """Return what was kept, or None where there is nothing sound; a damaged state is begun anew."""
        from safetensors import SafetensorError
        from safetensors.torch import load

        try:
            body = json.loads((self.folder / _NAME).read_bytes())
            name, state = str(body["tensors"]), dict(body["state"])
            data = (self.folder / Path(name).name).read_bytes()
            if f"{hashlib.sha256(data).hexdigest()}.safetensors" != name:
                raise ValueError("the weights are not those that were saved")
            return load(data), state
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            log.warning("The training in %s begins anew: %s", self.folder, error)
            return None

    def clear(self) -> None:
        """Forget the training, which has ended."""
        shutil.rmtree(self.folder, ignore_errors=True)

"""Checkpoints: everything a run needs to go on as if it had never stopped."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from less3d.errors import InputError
from less3d.io.files import replacing_path
from less3d.settings import from_json
from less3d.training.config import TrainConfig


@dataclass
class Progress:
    """How far a run has come."""

    step: int = 0
    """Steps done."""
    sentences: int = 0
    """Sentence samples seen."""
    seconds: float = 0.0
    """Time spent training and validating, over all its parts."""
    best_score: float = -1.0
    """Of the validations: mIoU, or AP50 for the first of two stages."""


def save_checkpoint(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
    *,
    settings: str,
    origin: str,
    before: dict[str, Tensor] | None = None,
) -> None:
    """Write a checkpoint; a kill meanwhile leaves the old one.

    Args:
        path: the file to write.
        model: with its weights and running statistics.
        optimizer: with its moments.
        progress: see `Progress`.
        settings: the run's settings as text; a run with other settings may not resume from it.
        origin: hash of the weights that the run began with, empty for random ones; see settings.
        before: the weights at the end of the last cycle, if one has ended.
    """
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "progress": vars(progress),
        "settings": settings,
        "origin": origin,
        "before": before,
    }
    with replacing_path(path) as partial:
        torch.save(state, partial)


def load_checkpoint(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, *, settings: str, origin: str
) -> tuple[Progress, dict[str, Tensor] | None]:
    """Put a checkpoint's state into `model` and `optimizer`. A setting that is younger than it had its default; one
    that is older than `origin` may have any.

    Returns:
        How far the run had come, and the weights at the end of the last cycle, if one had ended.

    Raises:
        InputError: when the file is not a checkpoint, or is of a run with other settings, or one that began with other
            weights.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        if from_json(TrainConfig, state["settings"]) != from_json(TrainConfig, settings):
            raise InputError(f"{path} is of a run with other settings: give them again, or another output folder")
        if state.get("origin", origin) != origin:
            raise InputError(
                f"{path} is of a run that began with other weights: give them again, as they were, or another output "
                "folder"
            )
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        return Progress(**state["progress"]), state.get("before")
    except (pickle.UnpicklingError, KeyError, RuntimeError, EOFError, TypeError) as error:
        raise InputError(f"expected a checkpoint of this run in {path}, got: {str(error).splitlines()[0]}") from error

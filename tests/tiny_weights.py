"""A model small enough for tests, never trained, and its weight file."""

import hashlib
from pathlib import Path

import torch

from less3d.models import ModelConfig, Referrer
from less3d.models.late import LateConfig
from less3d.text import TextConfig
from less3d.weights import ReleasedWeights, save_weights

WORDS = ("box", "brown", "chair", "couch", "desk", "next", "the", "to", "window")
TINY = ModelConfig(
    fusion="late",
    late=LateConfig(channels=(8, 8), width=16, mask_width=8, candidates=4, anchors=2, text_layers=1, relation_layers=1),
    text=TextConfig(encoder="gru", vocabulary=WORDS),
    voxel_size=0.25,
)


def tiny_model(config: ModelConfig = TINY) -> Referrer:
    """The model, always with the same weights."""
    torch.manual_seed(0)
    return Referrer(config)


def write_tiny_weights(path: Path) -> Path:
    """Write the model's weight file."""
    save_weights(tiny_model(), path, metadata={"steps": 12, "hours": 0.5})
    return path


def as_released(path: Path) -> dict[str, ReleasedWeights]:
    """What `less3d.weights.RELEASED` would be if a weight file were in the box."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    record = ReleasedWeights(file=str(path), sha256=sha256, license="", data="", scores={}, card="")
    return {"tiny": record}

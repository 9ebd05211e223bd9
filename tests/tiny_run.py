"""A training run small enough for tests."""

from less3d.models import ModelConfig
from less3d.models.late import LateConfig
from less3d.text import TextConfig
from less3d.training.config import TrainConfig


def tiny_run(*vocabulary: str) -> TrainConfig:
    """Four steps of a network that knows these words."""
    return TrainConfig(
        model=ModelConfig(
            late=LateConfig(channels=(8, 8), width=16, mask_width=4, candidates=3, anchors=2, text_layers=1),
            text=TextConfig(encoder="gru", vocabulary=vocabulary),
            voxel_size=0.2,
        ),
        steps=4,
        scans_per_step=1,
        sentences_per_scan=2,
        validate_every=2,
        warmup_steps=2,
    )

"""The mean of weights that one run has and a run that began with them: better than both where they differ in data.

    python benchmarks/average.py runs/fourth/best.safetensors runs/fifth/last.pt -o runs/mean/best.safetensors

Wortsman et al., "Model soups", ICML 2022. A checkpoint, last.pt beside its run's best.safetensors, gives the weights of
the run's last step. What the file says of its training is of the last one given; it is not calibrated.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from less3d.calibration import Calibration
from less3d.errors import InputError
from less3d.models import Referrer
from less3d.training.cycles import mean_of
from less3d.training.loop import BEST, CHECKPOINT
from less3d.weights import load_weights, save_weights


def main() -> None:
    """Average and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", nargs="+", help="weight files or checkpoints of one network")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--shares", nargs="+", type=float, help="of each in the mean; the same for all when not given")
    arguments = parser.parse_args()
    average(arguments.weights, arguments.output, arguments.shares)


def average(sources: list[str], output: Path, shares: Sequence[float] | None = None) -> None:
    """Write the mean of weight files.

    Raises:
        InputError: when they are not of one network, or there is not one share for each.
    """
    if shares is not None and len(shares) != len(sources):
        raise InputError(f"expected a share for each of {len(sources)} files, got {len(shares)}")
    models, metadata = zip(*(_load(source) for source in sources), strict=True)
    model = models[-1]
    if any(other.config != model.config for other in models):
        raise InputError(f"expected weights of one network, got those of several: {', '.join(sources)}")
    states = [other.state_dict() for other in models]
    model.load_state_dict(mean_of(states, shares))
    model.calibration = Calibration()
    save_weights(model, output, metadata=metadata[-1])


def _load(source: str) -> tuple[Referrer, Mapping[str, Any]]:
    """A model, and what is known of its training."""
    path = Path(source)
    if path.name != CHECKPOINT:
        model, info = load_weights(source)
        return model, info.metadata
    model, _ = load_weights(path.with_name(BEST))
    state = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    return model, state["progress"]


if __name__ == "__main__":
    main()

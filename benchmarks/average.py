"""The mean of weights that one run has and a run that began with them: better than both where they differ in data.

    python benchmarks/average.py runs/fourth/best.safetensors runs/fifth/last.safetensors -o runs/mean/best.safetensors

Wortsman et al., "Model soups", ICML 2022. What the file says of its training is of the last one given; it is not
calibrated.
"""

import argparse
from pathlib import Path

import torch

from less3d.calibration import Calibration
from less3d.errors import InputError
from less3d.weights import load_weights, save_weights


def main() -> None:
    """Average and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", nargs="+", help="weight files of one network")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    average(arguments.weights, arguments.output)


def average(sources: list[str], output: Path) -> None:
    """Write the mean of weight files.

    Raises:
        InputError: when they are not of one network.
    """
    models, infos = zip(*(load_weights(source) for source in sources), strict=True)
    model = models[-1]
    if any(other.config != model.config for other in models):
        raise InputError(f"expected weights of one network, got those of several: {', '.join(sources)}")
    states = [other.state_dict() for other in models]
    model.load_state_dict({name: _mean([state[name] for state in states]) for name in states[-1]})
    model.calibration = Calibration()
    save_weights(model, model.config, output, metadata=infos[-1].metadata)


def _mean(values: list[torch.Tensor]) -> torch.Tensor:
    """Counters, which are whole numbers, are of the last."""
    return torch.stack(values).mean(dim=0) if values[-1].is_floating_point() else values[-1]


if __name__ == "__main__":
    main()

"""Weights of a smaller network as the first weights of the default one, which then answers as the smaller one did.

    python benchmarks/grow.py rooms-base.safetensors -o grown.safetensors

New layers begin as identities: what leaves them for the sum they belong to is zero. New inputs of old layers have zero
weights (Chen et al., "Net2Net", ICLR 2016, section 2.4, the deeper net; the wider one here has zeros, no copies). The
file is not calibrated.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from less3d.errors import InputError
from less3d.models import ModelConfig, Referrer
from less3d.weights import read_tensors, save_weights

_EXITS = (
    *("self_attn.out_proj.weight", "self_attn.out_proj.bias", "linear2.weight", "linear2.bias"),
    *("read.out_proj.weight", "read.out_proj.bias", "leave.1.weight", "leave.1.bias"),
    *("count.leave.weight", "count.leave.bias", "think.3.weight", "think.3.bias", "slot"),
)
"""How the names of those parameters end through which a layer adds to what it was given."""


def main() -> None:
    """Grow and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, help="weight file of a network that lacks layers or inputs")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    model = Referrer(ModelConfig())
    model.load_state_dict(grown(read_tensors(arguments.weights), model))
    save_weights(model, arguments.output, metadata={})


def grown(small: Mapping[str, Tensor], model: Referrer) -> dict[str, Tensor]:
    """The state of `model`, which is fresh, that answers as the network with the state `small`.

    Raises:
        InputError: when that network has something that the model lacks.
    """
    own = model.state_dict()
    if foreign := sorted(set(small) - set(own)):
        raise InputError(f"expected weights of a smaller network, got some that the larger one lacks: {foreign[0]}")
    return {name: _grown(name, small.get(name), values) for name, values in own.items()}


def _grown(name: str, small: Tensor | None, large: Tensor) -> Tensor:
    if small is None:
        return torch.zeros_like(large) if name.endswith(_EXITS) else large
    missing = large.shape[-1] - small.shape[-1] if large.ndim == 2 else 0
    if missing > 0:
        small = F.pad(small, (0, missing))
    if small.shape != large.shape:
        raise InputError(f"{name}: expected a shape that {tuple(large.shape)} extends, got {tuple(small.shape)}")
    return small


if __name__ == "__main__":
    main()

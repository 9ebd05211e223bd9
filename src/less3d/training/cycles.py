"""Cycles of the learning rate, and the mean of the weights at their ends.

Each time the learning rate has fallen to zero, the weights lie at another edge of the same valley; their mean lies
deeper in it (stochastic weight averaging: Izmailov et al., "Averaging weights leads to wider optima", UAI 2018).
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from less3d.training.config import TrainConfig

_AGAIN = 0.3
"""The highest learning rate of all cycles but the first, as a share of its highest."""


def learning_rate_factor(step: int, config: TrainConfig) -> float:
    """Of the highest learning rate, in each cycle: a linear warm-up, then half a cosine to zero at its last step."""
    cycle, within = divmod(step, config.cycle_steps)
    top = _AGAIN if cycle else 1.0
    warmup = min(config.warmup_steps, config.cycle_steps // 2)
    if within < warmup:
        return top * (within + 1) / warmup
    done = (within - warmup) / (config.cycle_steps - warmup)
    return top * 0.5 * (1 + math.cos(math.pi * done))


def mean_of(states: Sequence[Mapping[str, Tensor]], shares: Sequence[float] | None = None) -> dict[str, Tensor]:
    """The mean of weights of one network; what is counted, in whole numbers, is of the last.

    Args:
        states: the state of a network at several times, by name.
        shares: of each in the mean; the same for all when not given.
    """
    share = torch.tensor([1.0] * len(states) if shares is None else list(shares))
    share = share / share.sum()

    def mean(values: list[Tensor]) -> Tensor:
        if not values[-1].is_floating_point():
            return values[-1]
        return torch.einsum("s,s...->...", share.to(values[-1]), torch.stack(values))

    return {name: mean([state[name] for state in states]) for name in states[-1]}

"""One step of training, and the optimizer that takes it."""

from collections.abc import Sequence
from typing import cast

import torch

from less3d.batch import Batch
from less3d.errors import InputError
from less3d.models import Referrer
from less3d.text import TextEncoder, TextFeatures
from less3d.training.config import TrainConfig


def train_step(
    model: Referrer,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    text: TextFeatures | None,
    max_gradient_norm: float,
    *,
    forget: float = 0.0,
) -> dict[str, float]:
    """Forward, backward, step; returns the parts of the loss."""
    _set_training(model)
    if text is None:
        reader = cast(TextEncoder, model.text)
        text = reader(batch.sentences) if batch.sentences else TextFeatures.of_nothing(reader.width)
    losses = model.losses(batch, text.forget(forget))
    optimizer.zero_grad(set_to_none=True)
    losses["total"].backward()
    for parameter in model.parameters():  # all learn from the first step on, so that replicas know the same moments
        if parameter.requires_grad and parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_gradient_norm)
    optimizer.step()
    values = torch.stack([value.detach() for value in losses.values()]).tolist()  # all at once: a GPU is waited for
    return dict(zip(losses, values, strict=True))


def _set_training(model: Referrer) -> None:
    """Training mode for what learns; what is frozen keeps its running statistics."""
    model.train()
    for module in model.modules():
        parameters = list(module.parameters())
        if parameters and not any(parameter.requires_grad for parameter in parameters):
            module.eval()


def freeze(model: Referrer, learn: Sequence[str]) -> None:
    """Let only the parameters learn whose names begin with one of `learn`; all that do already when there is none.

    Raises:
        InputError: when one of them begins no name.
    """
    learning = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    for begin in learn:
        if not any(name.startswith(begin) for name in learning):
            modules = sorted({".".join(name.split(".")[:2]) for name in learning})
            raise InputError(f"expected learn to begin the name of a parameter ({', '.join(modules)}), got {begin!r}")
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in learning and (not learn or name.startswith(tuple(learn))))


def build_optimizer(model: Referrer, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW; norms, biases and other vectors do not decay, a pretrained text encoder learns slowly."""
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        pretrained = name.startswith("text.") and config.model.text.encoder != "gru"
        rate = config.text_learning_rate if pretrained else config.learning_rate
        decay = config.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "lr": rate, "top_lr": rate, "weight_decay": decay}
            for (rate, decay), parameters in groups.items()
        ]
    )

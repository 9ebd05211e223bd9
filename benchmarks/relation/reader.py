"""The relating head of the late network alone: its word slots and relation decoder, over objects that are given."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from less3d.data.sentences import swap_left_right
from less3d.losses import naming_loss, pointing_loss
from less3d.models.late import LateConfig, LateLESS
from less3d.models.relate import RelationDecoder, SlotWords, WordSlots
from less3d.text import TextFeatures
from relation.objects import Room
from relation.verdict import OVERLAP

ReadText = Callable[[Sequence[str]], TextFeatures]


@dataclass(frozen=True)
class Budget:
    """How long a reader learns; rates are those of the recipe of the whole network."""

    steps: int = 1500
    sentences: int = 48
    """Asked of one room at a step."""
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup_steps: int = 100
    multiple_weight: float = 2.0
    """How much likelier a sentence with look-alikes is drawn than one without."""
    max_gradient_norm: float = 2.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Reading:
    """What S sentences ask of a room's U objects."""

    heat: Float[Tensor, "S U"]
    """How well each object matches the words about the target."""
    candidates: Int64[Tensor, "S K"]
    scores: Float[Tensor, "S K"]
    """Logits of each candidate being the target."""


class Reader(nn.Module):
    """`LateLESS` without its encoder: words choose candidates and anchors among given objects, which are then related.

    Args:
        inputs: how many numbers describe an object besides its box.
        text_width: of the words.
        config: sizes of the network whose head this is.
    """

    def __init__(self, inputs: int, text_width: int, config: LateConfig) -> None:
        super().__init__()
        width = config.width
        self.config = config
        self.describe = nn.Sequential(nn.Linear(inputs, width), nn.LayerNorm(width), nn.ReLU(), nn.Linear(width, width))
        self.key = nn.Linear(width, width)
        self.words = WordSlots(text_width, width, config.anchor_slots, config.text_layers, config.dropout)
        self.relate = RelationDecoder(width, config.anchor_slots, config.relation_layers, config.dropout)

    def forward(self, room: Room, text: TextFeatures) -> Reading:
        """Read S sentences about one room."""
        features = self.describe(room.inputs)
        return relate(self.relate, self.words(text), features, self.key(features), room, self.config)


def read_by_network(network: LateLESS, room: Room, text: TextFeatures) -> Reading:
    """What a trained network makes of objects that it has described itself, its features being the room's inputs."""
    assert network.gather is not None, "these weights describe objects by what they gather"
    keys = network.gather.head.key(room.inputs)
    return relate(network.relate, network.words(text), room.inputs, keys, room, network.config)


def relate(
    decoder: RelationDecoder,
    words: SlotWords,
    features: Float[Tensor, "U D"],
    keys: Float[Tensor, "U D"],
    room: Room,
    config: LateConfig,
) -> Reading:
    """What `LateLESS.match` does once it has its objects; candidates are all of the hottest, as many as it takes."""
    heats = torch.einsum("scd,ud->scu", words.queries, keys) / config.width**0.5  # (S, 1+A, U)
    hot = heats.detach()
    candidates = hot[:, 0].topk(min(config.candidates, len(keys))).indices  # (S, K)
    anchors = hot[:, 1:].topk(min(config.anchors, len(keys))).indices  # (S, A, J)
    candidate_heat = heats[:, 0].gather(1, candidates)
    scores = decoder(
        words,
        objects=features,
        centers=room.centers,
        half_sizes=room.half_sizes,
        candidates=candidates,
        candidate_heat=candidate_heat,
        anchors=anchors,
        anchor_heat=heats[:, 1:].gather(2, anchors),
    )
    return Reading(heats[:, 0], candidates, scores)


def reader_loss(reading: Reading, right: Bool[Tensor, "S U"]) -> Float[Tensor, ""]:
    """The pointing and naming losses of the network over objects in place of tokens; `right` are those meant."""
    pointing = pointing_loss(reading.heat, right) + pointing_loss(reading.scores, right.gather(1, reading.candidates))
    return pointing + 0.5 * naming_loss(reading.heat, right)


def train_reader(
    reader: Reader,
    rooms: Sequence[Room],
    read_text: ReadText,
    budget: Budget,
    on_step: Callable[[int], None] = lambda step: None,
) -> None:
    """Train on rooms that are turned by quarters and mirrored at random, one room a step."""
    rng = np.random.default_rng(budget.seed)
    optimizer = torch.optim.AdamW(reader.parameters(), lr=budget.learning_rate, weight_decay=budget.weight_decay)
    order: list[int] = []
    reader.train()
    for step in range(budget.steps):
        order = order or rng.permutation(len(rooms)).tolist()
        room, mirrored = rooms[order.pop()], bool(rng.random() < 0.5)
        chosen = _choose(room, rng, budget)
        said = [room.asked[row].sentence for row in chosen]
        text = read_text([swap_left_right(sentence) for sentence in said] if mirrored else said)
        right = room.overlaps.T[room.targets[torch.from_numpy(chosen)]] >= OVERLAP  # (S, U)
        for group in optimizer.param_groups:
            group["lr"] = budget.learning_rate * _rate(step, budget)
        optimizer.zero_grad(set_to_none=True)
        reader_loss(reader(room.seen(int(rng.integers(4)), mirrored), text), right).backward()
        nn.utils.clip_grad_norm_(reader.parameters(), budget.max_gradient_norm)
        optimizer.step()
        on_step(step + 1)
    reader.eval()


def _choose(room: Room, rng: np.random.Generator, budget: Budget) -> np.ndarray:
    """Rows of the sentences of one step; those with look-alikes are likelier."""
    weights = np.array([1.0 if referral.unique else budget.multiple_weight for referral in room.asked])
    count = min(budget.sentences, len(weights))
    return rng.choice(len(weights), count, replace=False, p=weights / weights.sum())


def _rate(step: int, budget: Budget) -> float:
    """Linear warm-up, then half a cosine to zero."""
    if step < budget.warmup_steps:
        return (step + 1) / budget.warmup_steps
    return 0.5 * (1 + math.cos(math.pi * (step - budget.warmup_steps) / max(1, budget.steps - budget.warmup_steps)))

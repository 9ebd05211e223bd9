"""Words meet objects: what each word asks for, and how candidates stand to anchors and to each other.

The geometry of a pair of boxes enters attention as a *value*, not only as a bias: what a relation means is read from
the geometry itself, and words gate which part of it counts.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from less3d.models.geometry import (
    LOOK_FEATURES,
    OWN_FEATURES,
    PAIR_FEATURES,
    as_seen,
    own_geometry,
    pair_geometry,
    saturated,
)
from less3d.text import TextFeatures
from less3d.text.tokens import MAX_TOKENS

HEADS = 4
"""Of the attention among words, and of objects to words."""
_PREDICATES = 32
"""Ways of standing to each other that are counted."""
_UNLIKELY = -5.0
"""The first log-odds of nothing."""


@dataclass(frozen=True, eq=False)
class SlotWords:
    """S sentences, read: what to look for, and what to make of it. Slot 0 is the target, the others its anchors."""

    queries: Float[Tensor, "S C D"]
    """For each slot the sum of what its words look for; its product with a key says how well that object matches."""
    relations: Float[Tensor, "S A D"]
    """For each anchor slot, which parts of a pair's geometry count: 0 to 1."""
    words: Float[Tensor, "S L D"]
    mask: Bool[Tensor, "S L"]


class WordSlots(nn.Module):
    """A small transformer over the words, then soft word-to-slot assignment.

    Each word has one query whatever slot it goes to, so a noun learned as a target serves as an anchor at once. What a
    word says of the target it does not say of an anchor: otherwise all slots settle on the target's noun, and its
    look-alikes are the only anchors ever looked at.
    """

    def __init__(self, text_width: int, width: int, anchor_slots: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.enter = nn.Sequential(nn.Linear(text_width, width), nn.LayerNorm(width), nn.Dropout(dropout))
        self.position = nn.Parameter(torch.randn(MAX_TOKENS, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, HEADS, 2 * width, dropout=dropout, activation="gelu", batch_first=True, norm_first=True
        )
        self.mix = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.query = nn.Linear(2 * width, width)
        self.gate = nn.Linear(width, 1 + anchor_slots)
        self.relation_attention = nn.Linear(width, anchor_slots)
        self.relation = nn.Linear(width, width)

    def forward(self, text: TextFeatures) -> SlotWords:
        """Read S sentences."""
        entered = self.enter(text.words)  # (S, L, D)
        words = self.mix(entered + self.position[: entered.shape[1]], src_key_padding_mask=~text.mask)
        queries = self.query(torch.cat([entered, words], dim=2))  # (S, L, D)
        target, anchors = torch.sigmoid(self.gate(words)).split([1, self.gate.out_features - 1], dim=2)
        gates = torch.cat([target, anchors * (1 - target.detach())], dim=2) * text.mask[..., None]  # (S, L, 1+A)
        attention = self.relation_attention(words).masked_fill(~text.mask[..., None], -1e9).softmax(dim=1)
        relations = torch.einsum("sla,sld->sad", attention, words)
        return SlotWords(
            queries=torch.einsum("slc,sld->scd", gates, queries),
            relations=torch.sigmoid(self.relation(relations)),
            words=words,
            mask=text.mask,
        )


class RelationDecoder(nn.Module):
    """Scores each candidate by its own look, its anchors, and the other candidates."""

    def __init__(
        self,
        width: int,
        anchor_slots: int,
        layers: int,
        dropout: float,
        *,
        pair_values: bool = True,
        counts: bool = True,
        fronts: bool = True,
    ) -> None:
        super().__init__()
        self.enter = nn.Linear(width + OWN_FEATURES + 1, width)
        self.fronts = Fronts(width) if fronts and layers else None
        pair_features = PAIR_FEATURES + (LOOK_FEATURES * (2 + anchor_slots) if fronts else 0)
        self.layers = nn.ModuleList(
            RelationLayer(width, anchor_slots, pair_features, dropout, pair_values=pair_values, counts=counts)
            for _ in range(layers)
        )
        self.score = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))

    def forward(
        self,
        words: SlotWords,
        *,
        objects: Float[Tensor, "U D"],
        centers: Float[Tensor, "U 3"],
        half_sizes: Float[Tensor, "U 3"],
        candidates: Int64[Tensor, "S K"],
        candidate_heat: Float[Tensor, "S K"],
        anchors: Int64[Tensor, "S A J"],
        anchor_heat: Float[Tensor, "S A J"],
    ) -> Float[Tensor, "S K"]:
        """Logits of each candidate being the target.

        Args:
            words: the sentences.
            objects: features of the U objects looked at, with their boxes (metres, from the scan's middle and floor).
            centers: see objects.
            half_sizes: see objects.
            candidates: objects that may be the target, with how well they match the words.
            candidate_heat: see candidates.
            anchors: for each anchor slot the objects that match it best, with how well.
            anchor_heat: see anchors.
        """
        center, half = centers[candidates], half_sizes[candidates]  # (S, K, 3)
        own = torch.cat([objects[candidates], own_geometry(center, half), candidate_heat[..., None]], dim=2)
        state = self.enter(own)  # (S, K, D)
        rows = candidates[:, None].expand(-1, anchors.shape[1], -1)  # (S, A, K) the candidates, for each slot
        to_anchors = pair_geometry(centers[rows], half_sizes[rows], centers[anchors], half_sizes[anchors])
        to_others = pair_geometry(center, half, center, half)
        if self.fronts is not None:
            looks = self.fronts(objects, centers)  # (U, 2)
            stated = torch.einsum("saj,sajc->sac", anchor_heat.softmax(dim=2), looks[anchors])  # at what slots name
            seen = as_seen(center, center, looks[candidates], looks[candidates], stated)
            to_others = torch.cat([to_others, seen], dim=-1)
            stated = stated[:, None].expand(-1, anchors.shape[1], -1, -1)
            seen = as_seen(centers[rows], centers[anchors], looks[rows], looks[anchors], stated)
            to_anchors = torch.cat([to_anchors, seen], dim=-1)
        for layer in self.layers:
            state = layer(state, words, objects[anchors], anchor_heat, to_anchors, to_others)
        return self.score(state).squeeze(2) + candidate_heat


class Fronts(nn.Module):
    """Along what direction one looks at each object when one stands in front of it.

    It begins as the direction from the middle of the scan. How objects really face is learned from sentences alone:
    "facing the desk, the lamp on the left" is true of one lamp if the desk's front is known.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.turn = nn.Linear(width, 2)
        nn.init.zeros_(self.turn.weight)
        nn.init.zeros_(self.turn.bias)

    def forward(self, objects: Float[Tensor, "U D"], centers: Float[Tensor, "U 3"]) -> Float[Tensor, "U 2"]:
        """Directions seen from above, about as long as one."""
        return saturated(saturated(centers[:, :2], 0.1) + self.turn(objects), 0.1)


class Absence(nn.Module):
    """How likely it is that nothing in the scan is meant: a threshold on the candidates' scores that follows the words.

    It begins as unlikely, and is learned from sentences that describe no object.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.words = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width // 4), nn.GELU())
        self.score = nn.Linear(width // 4 + 3, 1)
        nn.init.normal_(self.score.weight, std=0.01)
        nn.init.constant_(self.score.bias, _UNLIKELY)

    def forward(
        self, target: Float[Tensor, "S D"], scores: Float[Tensor, "S K"], heat: Float[Tensor, "S K"]
    ) -> Float[Tensor, "S"]:
        """The log-odds of nothing against all candidates together.

        Args:
            target: what the words look for.
            scores: logits of the candidates.
            heat: how well the candidates match the words alone.
        """
        best = torch.stack([scores.amax(dim=1), scores.logsumexp(dim=1), heat.amax(dim=1)], dim=1).detach()
        return self.score(torch.cat([self.words(target), best], dim=1)).squeeze(1)


class RelationLayer(nn.Module):
    """Candidates read the words, then their anchors, then each other: as a mean, and as a number of them."""

    def __init__(
        self,
        width: int,
        anchor_slots: int,
        pair_features: int,
        dropout: float,
        *,
        pair_values: bool = True,
        counts: bool = True,
    ) -> None:
        super().__init__()
        self.read = nn.MultiheadAttention(width, HEADS, dropout=dropout, batch_first=True)
        self.anchor = PairAttention(width, pair_features, pair_values=pair_values)
        self.slot = nn.Parameter(torch.randn(anchor_slots, width) * 0.02)
        self.compete = PairAttention(width, pair_features, pair_values=pair_values)
        self.count = PairCount(width, pair_features) if counts else None
        self.think = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(4))

    def forward(
        self,
        state: Float[Tensor, "S K D"],
        words: SlotWords,
        anchors: Float[Tensor, "S A J D"],
        anchor_heat: Float[Tensor, "S A J"],
        to_anchors: Float[Tensor, "S A K J G"],
        to_others: Float[Tensor, "S K K G"],
    ) -> Float[Tensor, "S K D"]:
        """One round."""
        read, _ = self.read(
            self.norms[0](state), words.words, words.words, key_padding_mask=~words.mask, need_weights=False
        )
        state = state + read
        asking = self.norms[1](state)[:, None].expand(-1, anchors.shape[1], -1, -1)
        seen = self.anchor(asking, anchors, to_anchors, anchor_heat)  # (S, A, K, D)
        state = state + (seen * words.relations[:, :, None] + self.slot[:, None]).sum(dim=1)
        asking = self.norms[2](state)
        competing = self.compete(asking, state, to_others)
        if self.count is not None:
            competing = competing + self.count(asking, to_others)
        state = state + competing
        return state + self.think(self.norms[3](state))


class PairAttention(nn.Module):
    """Single-head attention whose bias and, unless an ablation leaves it out, value read the geometry of each pair."""

    def __init__(self, width: int, pair_features: int = PAIR_FEATURES, *, pair_values: bool = True) -> None:
        super().__init__()
        self.geometry = nn.Sequential(nn.Linear(pair_features, 64), nn.GELU())
        self.bias = nn.Linear(64, 1, bias=False)  # attention ignores what is added to all its logits
        self.pair_value = nn.Linear(64, width) if pair_values else None
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.leave = nn.Sequential(nn.GELU(), nn.Linear(width, width))

    def forward(
        self,
        x: Float[Tensor, "*S K D"],
        others: Float[Tensor, "*S J D"],
        pairs: Float[Tensor, "*S K J G"],
        prior: Float[Tensor, "*S J"] | None = None,
    ) -> Float[Tensor, "*S K D"]:
        """Each x looks at the others; `prior` adds to the logits of attention."""
        geometry = self.geometry(pairs)  # (*S, K, J, 64)
        logits = self.query(x) @ self.key(others).mT / x.shape[-1] ** 0.5 + self.bias(geometry).squeeze(-1)
        if prior is not None:
            logits = logits + prior.unsqueeze(-2)
        attention = logits.softmax(dim=-1)  # (*S, K, J)
        seen = attention @ self.value(others)
        if self.pair_value is not None:
            seen = seen + self.pair_value(torch.einsum("...kj,...kjg->...kg", attention, geometry))
        return self.leave(seen)


class PairCount(nn.Module):
    """How many others stand to each object in some way: a sum, where attention takes a mean.

    "The second chair from the left" has one chair to its left, however many there are to its right. Each of the counted
    ways is a soft conjunction: of how the two stand, of what is asked of the one, and of what the other is.
    """

    def __init__(self, width: int, pair_features: int = PAIR_FEATURES) -> None:
        super().__init__()
        self.geometry = nn.Sequential(nn.Linear(pair_features, 64), nn.GELU(), nn.Linear(64, _PREDICATES))
        self.query = nn.Linear(width, _PREDICATES)
        self.key = nn.Linear(width, _PREDICATES)
        self.leave = nn.Linear(_PREDICATES, width)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Float[Tensor, "S K D"], pairs: Float[Tensor, "S K K G"]) -> Float[Tensor, "S K D"]:
        """What follows for each object from the numbers of others."""
        holds = torch.sigmoid(self.geometry(pairs) + self.query(x)[:, :, None] + self.key(x)[:, None])  # (S, K, K, P)
        return self.leave(holds.sum(dim=2))

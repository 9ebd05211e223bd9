"""X-RefSeg3D's stage two: words have roles, and some of them say what relates objects (Qian et al., AAAI 2024).

Nobody says what role a word has: roles are learned from which object is meant.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

from less3d.errors import InputError
from less3d.models.tgnn import EDGE_FEATURES, edge_geometry, nearest
from less3d.text import TextFeatures

ENTITY, ATTRIBUTE, RELATION, OTHER = range(4)
"""Roles of a word."""
EDGE_TYPES = 9
"""Of a pair of objects: 0 when they are far apart, otherwise 1 and the octant in which the other lies."""
_FAR = 0.25
"""Objects farther apart than this share of the largest distance in the scan stand in no relation."""
_FIRST_SCALE = 1 / 0.07
"""Of the cosine at the start."""


@dataclass(frozen=True)
class XRefSegConfig:
    """Sizes; the defaults are the paper's.

    Raises:
        InputError: when one of them is no size.
    """

    width: int = 256
    """Of fused objects and words."""
    attention_width: int = 512
    interaction_width: int = 128
    """Of objects after they have met."""
    hidden_width: int = 64
    """Of what reads roles and edge types."""
    branches: int = 3
    """Ways of fusing words and objects, side by side."""
    neighbors: int = 16
    """Nearest other objects that an object looks at; 16 with a GRU, 10 with BERT."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        for name, value in vars(self).items():
            if value < 1:
                raise InputError(f"{name} must be at least 1, got {value}")


class XRefSeg(nn.Module):
    """Entities and attributes are fused with objects, relations with what that gave; then objects meet, once.

    Args:
        config: sizes.
        node_width: of the objects' features.
        text_width: of words.
    """

    def __init__(self, config: XRefSegConfig, *, node_width: int, text_width: int) -> None:
        super().__init__()
        self.config = config
        width, met = config.width, config.interaction_width
        self.words = nn.Identity() if text_width == width else nn.Linear(text_width, width)
        self.roles = _Reader(width, config.hidden_width, OTHER + 1)
        self.edge_types = _Reader(width, config.hidden_width, EDGE_TYPES)
        self.branches = nn.ModuleList(
            nn.Sequential(nn.Linear(node_width, 128), nn.ReLU(), nn.Linear(128, width)) for _ in range(config.branches)
        )
        self.fusions = nn.ModuleList(WordsOnObjects(width, config.attention_width) for _ in range(config.branches))
        self.relations = WordsOnObjects(width, config.attention_width)
        self.object = nn.Sequential(nn.ReLU(), nn.Linear(width, met), nn.ReLU(), nn.Linear(met, met))
        self.relation = nn.Sequential(nn.Linear(width, met), nn.ReLU(), nn.Linear(met, met))
        self.edge = nn.Sequential(nn.Linear(EDGE_FEATURES, 64), nn.ReLU(), nn.Linear(64, met))
        self.norm = nn.LayerNorm(met)
        self.sentence = nn.Linear(width, met)
        self.scale = nn.Parameter(torch.tensor(_FIRST_SCALE).log())
        self.score = nn.Linear(met, 1)

    def forward(
        self, features: Float[Tensor, "K E"], positions: Float[Tensor, "K 3"], text: TextFeatures
    ) -> Float[Tensor, "2 S K"]:
        """How well each of K objects of one scan fits each of S sentences: two kinds of logits, which are summed.

        Args:
            features: of the objects.
            positions: of their middles, meters.
            text: the sentences.
        """
        words, real = self.words(text.words), text.mask[..., None]
        roles = self.roles(words) * real  # (S, L, 4)
        objects = [branch(features) for branch in self.branches]  # (K, D) each
        about = roles[..., ENTITY] + roles[..., ATTRIBUTE]
        fused = sum(fuse(words, about, own) * own for fuse, own in zip(self.fusions, objects, strict=True))  # (S, K, D)
        related = self.relations(words, roles[..., RELATION], fused) * fused
        types = (self.edge_types(words) * roles[..., RELATION, None]).sum(dim=1)  # (S, 9)
        met = self._meet(self.object(fused), self.relation(related), types, positions)  # (S, K, M)
        whole = self.sentence(words.masked_fill(~real, -torch.inf).amax(dim=1))  # (S, M)
        alike = F.cosine_similarity(met, whole[:, None], dim=2) * self.scale.exp()
        return torch.stack([alike, self.score(met).squeeze(2)])

    def _meet(
        self,
        objects: Float[Tensor, "S K M"],
        relations: Float[Tensor, "S K M"],
        types: Float[Tensor, "S 9"],
        positions: Float[Tensor, "K 3"],
    ) -> Float[Tensor, "S K M"]:
        """Relation-driven interaction, one layer: LN(sum_j (h_j e_ij + g_type(i,j) z_j) + h_i + z_i), ReLU."""
        near = nearest(positions, self.config.neighbors)[:, 1:]  # (K, J)
        edges = self.edge(edge_geometry(positions, near))  # (K, J, M)
        weights = types[:, edge_types(positions, near)]  # (S, K, J)
        seen = torch.einsum("skjm,kjm->skm", objects[:, near], edges)
        seen = seen + torch.einsum("skj,skjm->skm", weights, relations[:, near])
        return F.relu(self.norm(seen + objects + relations))


class WordsOnObjects(nn.Module):
    """What words say of each object: each word, as far as it counts, is shared out among the objects it fits."""

    def __init__(self, width: int, attention_width: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, attention_width)
        self.key = nn.Linear(width, attention_width)

    def forward(
        self, words: Float[Tensor, "S L D"], weights: Float[Tensor, "S L"], objects: Float[Tensor, "*S K D"]
    ) -> Float[Tensor, "S K D"]:
        """The sum of words for each object.

        Args:
            words: of S sentences.
            weights: how much each word counts; 0 for padding.
            objects: of one scan, the same for all sentences or for each its own.
        """
        fits = self.query(words) @ self.key(objects).mT / self.query.out_features**0.5  # (S, L, K)
        return (fits.softmax(dim=2) * weights[..., None]).mT @ words


class _Reader(nn.Sequential):
    """Shares of a word that add up to 1: Linear-Sigmoid-Linear-Softmax."""

    def __init__(self, width: int, hidden: int, count: int) -> None:
        super().__init__(nn.Linear(width, hidden), nn.Sigmoid(), nn.Linear(hidden, count), nn.Softmax(dim=-1))


def edge_types(positions: Float[Tensor, "K 3"], near: Int64[Tensor, "K J"]) -> Int64[Tensor, "K J"]:
    """The type of each pair, 0 to 8, see `EDGE_TYPES`.

    Args:
        positions: of K objects.
        near: for each of them the J others it looks at.
    """
    offset = positions[near] - positions[:, None]  # (K, J, 3)
    octant = ((offset >= 0) * torch.tensor([4, 2, 1], device=offset.device)).sum(dim=2)
    largest = torch.cdist(positions, positions).max()
    return torch.where(offset.norm(dim=2) > _FAR * largest, 0, 1 + octant)

"""TGNN's stage two: a text-guided graph neural network over objects (Huang et al., AAAI 2021, section 3.2)."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from less3d.errors import InputError
from less3d.text import TextFeatures

EDGE_FEATURES = 10
"""Of `edge_geometry`."""


@dataclass(frozen=True)
class TgnnConfig:
    """Sizes; the defaults are the paper's.

    Raises:
        InputError: when one of them is no size.
    """

    width: int = 128
    """Of nodes after the first layer, of words and of edges."""
    layers: int = 3
    neighbors: int = 16
    """Nearest other objects that an object looks at, beside itself."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        for name in ("width", "layers", "neighbors"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}")


class TGNN(nn.Module):
    """Objects are nodes; in each layer what the words make of its neighbors adds to an object.

    Args:
        config: sizes.
        node_width: of the objects' features.
        text_width: of words.
    """

    def __init__(self, config: TgnnConfig, *, node_width: int, text_width: int) -> None:
        super().__init__()
        self.config = config
        widths = [node_width] + [config.width] * (config.layers - 1)
        self.layers = nn.ModuleList(TextGuidedLayer(width, text_width, config.width) for width in widths)
        self.score = nn.Linear(config.width, 1)

    def forward(
        self, features: Float[Tensor, "K E"], positions: Float[Tensor, "K 3"], text: TextFeatures
    ) -> Float[Tensor, "1 S K"]:
        """How well each of K objects of one scan fits each of S sentences, one kind of logits.

        Args:
            features: of the objects.
            positions: of their middles, meters.
            text: the sentences.
        """
        near = nearest(positions, self.config.neighbors)  # (K, J)
        edges = edge_geometry(positions, near)  # (K, J, 10)
        nodes = features.expand(len(text.words), -1, -1)  # (S, K, E)
        for layer in self.layers:
            nodes = layer(nodes, near, edges, text)
        return self.score(nodes).squeeze(2)[None]


class TextGuidedLayer(nn.Module):
    """One layer: h_i + sum over neighbors j of h_j * m_j * e_ij, element by element.

    h = MLP(node); m_j mixes the words by how well they fit h_j; e_ij = MLP(how j lies to i).
    """

    def __init__(self, node_width: int, text_width: int, width: int) -> None:
        super().__init__()
        self.node = _mlp(node_width, width)
        self.word = _mlp(text_width, width)
        self.edge = _mlp(EDGE_FEATURES, width)

    def forward(
        self,
        nodes: Float[Tensor, "S K Cin"],
        near: Int64[Tensor, "K J"],
        edges: Float[Tensor, "K J 10"],
        text: TextFeatures,
    ) -> Float[Tensor, "S K C"]:
        """New features of the objects, for each sentence."""
        own, words = self.node(nodes), self.word(text.words)  # (S, K, C), (S, L, C)
        fits = (own @ words.mT).masked_fill(~text.mask[:, None], -torch.inf).softmax(dim=2)  # (S, K, L)
        said = own * (fits @ words)  # (S, K, C)
        return own + torch.einsum("skjc,kjc->skc", said[:, near], self.edge(edges))


def nearest(positions: Float[Tensor, "K 3"], count: int) -> Int64[Tensor, "K J"]:
    """For each object itself and the `count` nearest others, fewer where there are fewer; the nearest first."""
    apart = torch.cdist(positions, positions, compute_mode="donot_use_mm_for_euclid_dist")
    apart = apart.fill_diagonal_(-1.0)  # itself, wherever others lie
    return apart.argsort(dim=1, stable=True)[:, : count + 1]


def edge_geometry(positions: Float[Tensor, "K 3"], near: Int64[Tensor, "K J"]) -> Float[Tensor, "K J 10"]:
    """How each neighbor j lies to its object i: p_j, p_i, p_j - p_i and |p_j - p_i|, meters."""
    there, here = positions[near], positions[:, None].expand(-1, near.shape[1], -1)
    offset = there - here
    return torch.cat([there, here, offset, offset.norm(dim=2, keepdim=True)], dim=2)


def _mlp(entering: int, width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(entering, width), nn.ReLU(), nn.Linear(width, width))

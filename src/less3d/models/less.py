"""LESS as in the paper: label-efficient, single-stage referring 3D segmentation (NeurIPS 2024, arXiv 2410.13294).

Words meet points at every level of the encoder (PWCA), a few queries propose masks (QMP), the sentence weighs the
queries (QSA), and the mask of the described object is all the supervision. Section numbers below are the paper's.

A sentence runs the whole network, so another sentence on the same scan saves its voxels and plan only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from less3d.batch import Batch, Scene
from less3d.errors import InputError
from less3d.losses import area_loss, contrast_loss, dice_loss, seg_loss
from less3d.models.attention import CrossAttention
from less3d.models.interface import Candidates
from less3d.models.unet import PAPER_WIDTHS, SparseUNet
from less3d.sparse.plan import Plan, build_plan
from less3d.text import TextFeatures


@dataclass(frozen=True)
class LessConfig:
    """Sizes, ablations and loss weights; the defaults are the paper's.

    Raises:
        InputError: when the settings make no network or no loss.
    """

    channels: tuple[int, ...] = PAPER_WIDTHS
    """Width of each level of the U-Net, finest first."""
    blocks: int = 2
    """Residual blocks a level."""
    inputs: Literal["position", "details"] = "position"
    """What is known of a voxel: its position and color, as in the paper; or its color, height and how its points lie in
    it, which is what the other networks here know."""
    num_queries: int = 20
    query_width: int = 256
    query_layers: int = 1
    feedforward_width: int = 1024
    heads: int = 1
    """Attention heads, of words and of queries."""
    dropout: float = 0.15
    pwca: bool = True
    """Ablation: when False, the feature of the sentence is added to all points in place of the alignment by words."""
    qsa: bool = True
    """Ablation: when False, all queries weigh alike, whatever the sentence."""
    positive_weight: float = 1.0
    """How much more a point of the target counts in L_seg; 20 in the authors' code."""
    area_weight: float = 1.0
    """lambda of L_area; 10 in the authors' code. Ablation: 0."""
    contrast_weight: float = 0.05
    """Weight of L_p2p. Ablation: 0."""
    temperature: float = 0.05
    """tau of L_p2p."""
    dice_weight: float = 0.0
    """Weight of a Dice loss, which keeps small masks from vanishing; not in the paper."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        for name in ("blocks", "num_queries", "query_width", "query_layers", "feedforward_width", "heads"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not self.channels or min(self.channels) < 1:
            raise InputError(f"channels must be the width of each level, 1 or more, got {self.channels}")
        for width in (*self.channels, self.query_width):
            if width % self.heads:
                raise InputError(f"heads must divide every width, got {self.heads} heads and a width of {width}")
        for name in ("area_weight", "contrast_weight", "dice_weight"):
            if getattr(self, name) < 0:
                raise InputError(f"{name} must be 0 (off) or more, got {getattr(self, name)}")
        if self.positive_weight <= 0 or self.temperature <= 0:
            got = f"{self.positive_weight} and {self.temperature}"
            raise InputError(f"positive_weight and temperature must be over 0, got {got}: 1 and 0.05 are usual")
        if not 0 <= self.dropout < 1:
            raise InputError(f"dropout must be 0 (off) or more and under 1, got {self.dropout}")

    @classmethod
    def paper(cls) -> "LessConfig":
        """The paper's sizes and weights."""
        return cls()


class LESS(nn.Module):
    """The network of section 3; satisfies `ReferringModel`. `text_width` is the width of the text encoder's words."""

    def __init__(self, config: LessConfig, *, text_width: int) -> None:
        super().__init__()
        self.config = config
        self.unet = SparseUNet(6 if config.inputs == "position" else 13, widths=config.channels, blocks=config.blocks)
        self.align = nn.ModuleList(
            PWCA(width, text_width, heads=config.heads, dropout=config.dropout)
            if config.pwca
            else _SentenceSum(width, text_width)
            for width in config.channels
        )
        self.qmp = QMP(config)
        self.qsa = QSA(text_width, config.query_width) if config.qsa else None

    def prepare(self, scene: Scene) -> Scene:
        """Nothing can be done before the sentence is known: the scene itself."""
        return scene

    def candidates(self, encoded: Scene, text: TextFeatures) -> Candidates:
        """The one mask that each of S sentences has in the one scan of a scene.

        Belief in it is the mean probability within; that nothing is meant, if it is empty, that no voxel is inside.
        """
        scan_of = torch.zeros(len(text.sentence), dtype=torch.int64, device=text.sentence.device)
        found = {row: logits for row, logits, _ in self._find(encoded, text, scan_of)}
        masks = torch.stack([found[row] for row in range(len(scan_of))])  # (S, V)
        probability, inside = masks.sigmoid(), masks > 0
        belief = (probability * inside).sum(dim=1) / inside.sum(dim=1).clamp(min=1)
        nothing = torch.where(inside.any(dim=1), 0.0, 1 - probability.amax(dim=1))
        rows = torch.arange(len(masks), device=masks.device)
        return Candidates(masks, rows[:, None], belief[:, None], nothing)

    def losses(self, batch: Batch, text: TextFeatures) -> dict[str, Float[Tensor, ""]]:
        """L_seg, L_area and L_p2p (section 3.4), each the mean over sentences, and their weighted "total".

        They count points, not voxels, as the paper does. A part whose weight is 0 is left out.
        """
        parts = [self._losses_of(batch, *found) for found in self._find(batch.scene, text, batch.scan_of)]
        means = {name: torch.stack([part[name] for part in parts]).mean() for name in parts[0]}
        total = torch.stack([weight * means[name] for name, weight in self._weights().items()]).sum()
        return {"total": total, **means}

    def _losses_of(self, batch: Batch, row: int, logits: Tensor, raw: Tensor) -> dict[str, Tensor]:
        """The parts of one sentence's loss from its voxels' logits (V,) and features before the last ReLU (V, C)."""
        config, scan = self.config, int(batch.scan_of[row])
        mask, voxel_of_point = batch.mask(row), batch.scene.point_to_voxel(scan)  # (N,)
        counts = torch.bincount(voxel_of_point, minlength=len(logits)).to(raw.dtype)  # (V,)
        of_points = logits[voxel_of_point]
        parts = {"seg": seg_loss(of_points, mask, positive_weight=config.positive_weight)}
        if config.area_weight:
            parts["area"] = area_loss(of_points)
        if config.contrast_weight:
            share = batch.voxel_targets(scan)[row - batch.bounds[scan]]
            parts["contrast"] = contrast_loss(raw, share, counts=counts, temperature=config.temperature)
        if config.dice_weight:
            parts["dice"] = dice_loss(of_points, mask)
        return parts

    def _weights(self) -> dict[str, float]:
        config = self.config
        weights = {"area": config.area_weight, "contrast": config.contrast_weight, "dice": config.dice_weight}
        return {"seg": 1.0, **{name: weight for name, weight in weights.items() if weight}}

    def _find(self, scene: Scene, text: TextFeatures, scan_of: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
        """Each sentence's row, mask logits (V,) and its scan's features before the last ReLU (V, C), in any order."""
        for sentences in _rounds(scan_of):
            voxels = _voxels_of(scene, scan_of[sentences].tolist(), self.config.inputs)
            found = self._find_one_each(voxels, text.select(sentences))
            for row, (logits, raw) in zip(sentences.tolist(), found, strict=True):
                yield row, logits, raw

    def _find_one_each(self, voxels: "_Voxels", text: TextFeatures) -> Iterator[tuple[Tensor, Tensor]]:
        """The forward pass of the paper's figure 2, on B scans with one sentence each."""
        output = self.unet(
            voxels.features,
            voxels.plan,
            align=lambda level, x, scan_index: self.align[level](x, text, scan_index),
        )
        scans = zip(output.features.split(voxels.counts), output.raw.split(voxels.counts), strict=True)
        for sentence, (features, raw) in zip(text.sentence, scans, strict=True):
            queries, mask_features = self.qmp(features)  # (K, D), (V, D)
            weights = _alike(queries) if self.qsa is None else self.qsa(queries, sentence)  # (K,)
            # sum_k r_k (Q_k . F) = (sum_k r_k Q_k) . F: the K masks need not be made to be summed.
            yield mask_features @ (weights @ queries), raw


class PWCA(nn.Module):
    """Point-Word Cross-Modal Alignment (section 3.2): V' = V + Tanh(MLP(LayerNorm(CrossAttn(V, W)))).

    Points are the queries, the words of their scan's sentence are keys and values. In training there is dropout within
    the layers that read the words, and after the attention.
    """

    def __init__(self, width: int, text_width: int, *, heads: int = 1, dropout: float = 0.15) -> None:
        super().__init__()
        self.words = nn.Sequential(
            nn.Linear(text_width, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, width)
        )
        self.attention = CrossAttention(width, heads=heads)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(
        self, x: Float[Tensor, "V C"], text: TextFeatures, scan_index: Int64[Tensor, "V"]
    ) -> Float[Tensor, "V C"]:
        """Tell each point about the words.

        Args:
            x: features of the points (voxels) of B scans, scan after scan.
            text: B sentences, one a scan. Padding takes no part: it is cut off before the softmax.
            scan_index: which scan each point is of, ascending.
        """
        words = self.words(text.words)  # (B, L, C)
        points = x.split(torch.bincount(scan_index, minlength=len(words)).tolist())
        attended = [
            self.attention(own, of_sentence[real])
            for own, of_sentence, real in zip(points, words, text.mask, strict=True)
        ]
        return x + torch.tanh(self.mlp(self.norm(self.dropout(torch.cat(attended)))))


class QMP(nn.Module):
    """Query Mask Predictor (section 3.3): learned queries that look at the points of one scan and draw masks."""

    def __init__(self, config: LessConfig) -> None:
        super().__init__()
        width = config.query_width
        self.queries = nn.Parameter(torch.randn(config.num_queries, width))
        self.memory = nn.Sequential(nn.Linear(config.channels[0], width), nn.LayerNorm(width), nn.ReLU())
        self.mask_features = nn.Sequential(nn.Linear(config.channels[0], width), nn.ReLU(), nn.Linear(width, width))
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(_QueryLayer(config) for _ in range(config.query_layers))

    def forward(self, features: Float[Tensor, "V C"]) -> tuple[Float[Tensor, "K D"], Float[Tensor, "V D"]]:
        """The K queries after looking at one scan, and its mask features; the logits of mask k are F_mask . Q_k.

        Args:
            features: of the scan's voxels, after the U-Net's last ReLU.
        """
        memory, mask_features = self.memory(features), self.mask_features(features)  # (V, D)
        queries = self.norm(self.queries)
        for layer in self.layers:
            queries = self.norm(layer(queries, memory, where_to_look(queries @ mask_features.T)))
        return queries, mask_features


class QSA(nn.Module):
    """Query-Sentence Alignment (section 3.3): how well each query fits the sentence."""

    def __init__(self, text_width: int, query_width: int = 256) -> None:
        super().__init__()
        self.sentence = nn.Sequential(
            nn.Linear(text_width, query_width), nn.ReLU(), nn.Linear(query_width, query_width)
        )

    def forward(self, queries: Float[Tensor, "K D"], sentence: Float[Tensor, "Ct"]) -> Float[Tensor, "K"]:
        """The weight of each query, softmax over the K queries of Q . s."""
        return (queries @ self.sentence(sentence)).softmax(dim=0)


def where_to_look(masks: Float[Tensor, "K V"]) -> Bool[Tensor, "K V"]:
    """Where each query looks next: inside its own mask, probability over .5; everywhere if its mask is empty."""
    inside = masks > 0
    return inside | ~inside.any(dim=1, keepdim=True)


class _QueryLayer(nn.Module):
    """Queries look at the points, then at each other, then think."""

    def __init__(self, config: LessConfig) -> None:
        super().__init__()
        width = config.query_width
        self.to_points, self.norm_points = CrossAttention(width, heads=config.heads), nn.LayerNorm(width)
        self.to_queries, self.norm_queries = CrossAttention(width, heads=config.heads), nn.LayerNorm(width)
        self.feedforward = nn.Sequential(
            nn.Linear(width, config.feedforward_width), nn.ReLU(), nn.Linear(config.feedforward_width, width)
        )

    def forward(self, queries: Tensor, memory: Tensor, allowed: Tensor) -> Tensor:
        queries = self.norm_points(queries + self.to_points(queries, memory, allowed=allowed))  # (K, D)
        queries = self.norm_queries(queries + self.to_queries(queries, queries))
        return queries + self.feedforward(queries)


class _SentenceSum(nn.Module):
    """What stands in for `PWCA` in its ablation: the sentence reaches all points alike."""

    def __init__(self, width: int, text_width: int) -> None:
        super().__init__()
        self.sentence = nn.Linear(text_width, width)

    def forward(self, x: Tensor, text: TextFeatures, scan_index: Tensor) -> Tensor:
        return x + self.sentence(text.sentence)[scan_index]


@dataclass(frozen=True, eq=False)
class _Voxels:
    """What the U-Net reads of some scans of a scene."""

    features: Float[Tensor, "V C"]
    plan: Plan
    counts: list[int]
    """Voxels of each scan."""


def _rounds(scan_of: Int64[Tensor, "S"]) -> list[Int64[Tensor, "_"]]:
    """The rows of the sentences in rounds of at most one sentence a scan, ascending by scan."""
    earlier = torch.tril(scan_of[:, None] == scan_of, diagonal=-1).sum(dim=1)  # (S,) earlier ones on the same scan
    rounds = [(earlier == number).nonzero().flatten() for number in range(int(earlier.max()) + 1)]
    return [rows[scan_of[rows].argsort()] for rows in rounds]


def _voxels_of(scene: Scene, scans: list[int], inputs: Literal["position", "details"]) -> _Voxels:
    """The voxels of some scans, ascending; the scene's own plan when that is all of them, else one for them alone."""
    features = scene.features if inputs == "position" else scene.details
    spans = [scene.voxels_of(scan) for scan in scans]
    counts = [span.stop - span.start for span in spans]
    if len(scans) == scene.num_scans:
        return _Voxels(features, scene.plan, counts)
    coords = torch.cat([scene.grid.coords[span] for span in spans])
    coords[:, 0] = torch.repeat_interleave(torch.arange(len(scans)), torch.tensor(counts)).to(coords)
    return _Voxels(torch.cat([features[span] for span in spans]), build_plan(coords, len(scene.plan.levels)), counts)


def _alike(queries: Float[Tensor, "K D"]) -> Float[Tensor, "K"]:
    return queries.new_full((len(queries),), 1 / len(queries))

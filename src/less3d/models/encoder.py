"""`SceneEncoder`: scans to tokens, votes and mask embeddings, once for all sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from less3d.batch import Scene
from less3d.models.objects import Cells, ObjectHead, Objects
from less3d.models.padded import Padding
from less3d.models.unet import SparseUNet
from less3d.sparse.voxels import mean_by

TOKEN_LEVEL = 1
"""Level of the U-Net whose voxels are the tokens."""
_USUAL_HALF_SIZE = 0.37  # metres


@dataclass(frozen=True, eq=False)
class EncodedScans:
    """B scans, ready for any number of sentences: V voxels in T tokens, those of smaller scans filled up."""

    voxels: Cells
    """(B, V) of them; zero where there is none."""
    is_voxel: Bool[Tensor, "B V"]
    token_cells: Cells
    """The tokens' places, (B, T): means over their voxels."""
    tokens: Objects
    """What each token says of the object it lies on, (B, T)."""
    is_token: Bool[Tensor, "B T"]
    token_of: Int64[Tensor, "B V"]
    """The token of each voxel; T where there is no voxel."""

    def means(self, values: Float[Tensor, "B S V"]) -> Float[Tensor, "B S T"]:
        """Means over the voxels of each token."""
        size = self.is_token.shape[1] + 1  # the last is for what is no voxel
        counts = values.new_zeros(len(values), size).scatter_add_(1, self.token_of, self.is_voxel.to(values.dtype))
        place = self.token_of[:, None].expand(-1, values.shape[1], -1)
        sums = values.new_zeros(*values.shape[:2], size).scatter_add_(2, place, values)
        return (sums / counts[:, None].clamp(min=1.0))[..., :-1]


class SceneEncoder(nn.Module):
    """Voxels to tokens, votes and mask embeddings.

    A token sees the U-Net's features of its own cell and of all coarser cells around it; a voxel sees its token's.

    Args:
        channels: width of each U-Net level, finest first.
        blocks: residual blocks a level.
        width: of tokens.
        mask_width: of mask embeddings.
        votes: when False, a voxel votes for the place where it is.
    """

    def __init__(self, channels: Sequence[int], *, blocks: int, width: int, mask_width: int, votes: bool) -> None:
        super().__init__()
        self.unet = SparseUNet(13, widths=channels, blocks=blocks)
        fine, coarser = channels[0], sum(channels[TOKEN_LEVEL:])
        self.token = nn.Sequential(nn.Linear(coarser + 4, width), nn.LayerNorm(width), nn.ReLU())
        self.head = ObjectHead(width, mask_width)
        self.voxel = nn.Sequential(nn.Linear(fine + width, width), nn.ReLU())
        self.embedding = nn.Linear(width, mask_width)
        self.vote = nn.Linear(width, 3) if votes else None

    def forward(self, scene: Scene) -> EncodedScans:
        """Encode the scans of a scene."""
        output = self.unet(scene.details, scene.plan)
        token_of = scene.plan.levels[0].parents  # (V,) over all scans
        columns = [output.levels[TOKEN_LEVEL]]
        ancestor = torch.arange(len(columns[0]), device=token_of.device)  # (T,)
        for level in range(TOKEN_LEVEL + 1, len(output.levels)):
            ancestor = scene.plan.levels[level - 1].parents[ancestor]
            columns.append(output.levels[level][ancestor])
        raw = torch.cat([scene.positions, scene.colors], dim=1)
        means = mean_by(raw, token_of, len(columns[0]))  # (T, 6)
        features = self.token(torch.cat([*columns, means[:, 2:]], dim=1))  # (T, D)
        tokens = self.head(features, means[:, :3], means.new_full((1, 3), _USUAL_HALF_SIZE))
        voxels = self.voxel(torch.cat([output.features, features[token_of]], dim=1))  # (V, D)
        votes = scene.positions if self.vote is None else scene.positions + self.vote(voxels)
        cells = torch.cat([scene.positions, votes, self.embedding(voxels)], dim=1)
        return _by_scan(scene, cells, mean_by(cells, token_of, len(features)), tokens, token_of)


def _by_scan(
    scene: Scene,
    voxels: Float[Tensor, "V C"],
    token_cells: Float[Tensor, "T C"],
    tokens: Objects,
    token_of: Int64[Tensor, "V"],
) -> EncodedScans:
    """What was found over all scans, scan by scan."""
    scan_of_token = scene.plan.levels[TOKEN_LEVEL].coords[:, 0].long()
    sizes = torch.bincount(scan_of_token, minlength=scene.num_scans)
    each_voxel = Padding(scene.bounds, voxels.device)
    each_token = Padding.of_sizes(sizes.tolist(), voxels.device)
    place = each_token.place[token_of] - each_voxel.group_of * each_token.width
    filled = {name: each_token(values) for name, values in vars(tokens).items()}
    filled["half_sizes"] = each_token(tokens.half_sizes, fill=1.0)
    return EncodedScans(
        voxels=_cells(each_voxel(voxels)),
        is_voxel=each_voxel.real,
        token_cells=_cells(each_token(token_cells)),
        tokens=Objects(**filled),
        is_token=each_token.real,
        token_of=each_voxel(place, fill=each_token.width),
    )


def _cells(columns: Float[Tensor, "B V C"]) -> Cells:
    """Cells from their columns: position, vote, embedding."""
    return Cells(columns[..., :3], columns[..., 3:6], columns[..., 6:])

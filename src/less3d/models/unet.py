"""The residual sparse 3D U-Net of LESS (section 3.2), the backbone that every model here reads scans with."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from less3d.sparse.auto import AutoEngine
from less3d.sparse.engine import SparseEngine
from less3d.sparse.layers import DownConv3d, SubmanifoldConv3d, UpConv3d
from less3d.sparse.plan import KernelMap, Level, Plan

PAPER_WIDTHS = (32, 64, 96, 128, 160)
"""Channels of each level of the paper's network, finest first."""


@runtime_checkable
class Align(Protocol):
    """A hook at the entry of every encoder level, where words may meet voxels."""

    def __call__(self, level: int, x: Float[Tensor, "V C"], scan_index: Int64[Tensor, "V"]) -> Float[Tensor, "V C"]:
        """New features of the level's voxels; `scan_index` says which scan each voxel is of."""
        ...


@dataclass(frozen=True, eq=False)
class UNetOutput:
    """What the U-Net says about the voxels of a plan."""

    raw: Float[Tensor, "V C"]
    """Features of the finest voxels, normalized, before the last ReLU: they can point in any direction."""
    features: Float[Tensor, "V C"]
    """`raw` after the ReLU, the paper's output."""
    levels: tuple[Float[Tensor, "_ _"], ...]
    """The decoder's features at every level, finest first, (V_l, C_l); the last is the bottom of the U."""


class SparseUNet(nn.Module):
    """A residual U-Net over sparse voxels.

    At each level: residual blocks, then down, the next level, up, concatenation with what the blocks gave, and as many
    residual blocks that bring the width back. All convolutions lack a bias; all normalization is BatchNorm. Where a
    level has a single voxel, and so no variance, it is normalized by running statistics, in training too.
    """

    def __init__(
        self,
        in_channels: int = 6,
        *,
        widths: Sequence[int] = PAPER_WIDTHS,
        blocks: int = 2,
        engine: SparseEngine | None = None,
    ) -> None:
        """Build the network.

        Args:
            in_channels: channels of a voxel that comes in.
            widths: channels of each level, finest first; as many levels as the plan has.
            blocks: residual blocks a level, in the encoder and again in the decoder.
            engine: does the sparse convolutions; `AutoEngine` when not given.
        """
        super().__init__()
        engine = AutoEngine() if engine is None else engine
        self.widths = tuple(widths)
        self.sizes = f"{in_channels} inputs, widths {self.widths}, {blocks} block(s) a level"
        self.stem = SubmanifoldConv3d(in_channels, widths[0], engine)
        self.encoder = nn.ModuleList(_Blocks(width, width, blocks, engine) for width in widths)
        pairs = list(itertools.pairwise(widths))
        self.down = nn.ModuleList(_Down(fine, coarse, engine) for fine, coarse in pairs)
        self.up = nn.ModuleList(_Up(coarse, fine, engine) for fine, coarse in pairs)
        self.decoder = nn.ModuleList(_Blocks(2 * fine, fine, blocks, engine) for fine, _ in pairs)
        self.norm = _Norm(widths[0])

    def forward(self, x: Float[Tensor, "V Cin"], plan: Plan, *, align: Align | None = None) -> UNetOutput:
        """Features of the plan's finest voxels, and of every level on the way back up.

        Args:
            x: what the voxels carry.
            plan: their neighbors, with one level for each width.
            align: called at the entry of every encoder level.

        Raises:
            ValueError: when the plan has another number of levels.
        """
        if len(plan.levels) != len(self.widths):
            raise ValueError(f"this U-Net needs a plan of {len(self.widths)} levels, got {len(plan.levels)}")
        x = self.stem(x, plan.levels[0].kernel_map)
        skips: list[Tensor] = []
        for index, (level, encode) in enumerate(zip(plan.levels, self.encoder, strict=True)):
            if index > 0:
                x = self.down[index - 1](x, plan.levels[index - 1])
            if align is not None:
                x = align(index, x, level.coords[:, 0].long())
            x = encode(x, level.kernel_map)  # (V_l, C_l)
            skips.append(x)
        levels = [x]
        for index in reversed(range(len(self.decoder))):
            x = self.up[index](x, plan.levels[index])
            x = torch.cat([skips[index], x], dim=1)  # (V_l, 2 C_l)
            x = self.decoder[index](x, plan.levels[index].kernel_map)  # (V_l, C_l)
            levels.append(x)
        raw = self.norm(x)
        return UNetOutput(raw=raw, features=F.relu(raw), levels=tuple(reversed(levels)))


class _Blocks(nn.Module):
    """Residual blocks in a row; the first may change the width."""

    def __init__(self, in_channels: int, out_channels: int, count: int, engine: SparseEngine) -> None:
        super().__init__()
        inputs = [in_channels] + [out_channels] * (count - 1)
        self.blocks = nn.ModuleList(_Residual(width, out_channels, engine) for width in inputs)

    def forward(self, x: Tensor, kernel_map: KernelMap) -> Tensor:
        for block in self.blocks:
            x = block(x, kernel_map)
        return x


class _Residual(nn.Module):
    """Pre-activation residual block: twice BatchNorm-ReLU-3x3x3, beside a 1x1 shortcut where the width changes."""

    def __init__(self, in_channels: int, out_channels: int, engine: SparseEngine) -> None:
        super().__init__()
        same = in_channels == out_channels
        self.shortcut = nn.Identity() if same else nn.Linear(in_channels, out_channels, bias=False)
        self.norm1, self.conv1 = _Norm(in_channels), SubmanifoldConv3d(in_channels, out_channels, engine)
        self.norm2, self.conv2 = _Norm(out_channels), SubmanifoldConv3d(out_channels, out_channels, engine)

    def forward(self, x: Tensor, kernel_map: KernelMap) -> Tensor:
        y = self.conv1(F.relu_(self.norm1(x)), kernel_map)
        y = self.conv2(F.relu_(self.norm2(y)), kernel_map)
        return self.shortcut(x) + y


class _Down(nn.Module):
    """BatchNorm-ReLU, then half the resolution."""

    def __init__(self, in_channels: int, out_channels: int, engine: SparseEngine) -> None:
        super().__init__()
        self.norm, self.conv = _Norm(in_channels), DownConv3d(in_channels, out_channels, engine)

    def forward(self, x: Tensor, fine: Level) -> Tensor:
        assert fine.down_map is not None
        return self.conv(F.relu_(self.norm(x)), fine.down_map)


class _Up(nn.Module):
    """BatchNorm-ReLU, then back to the finer voxels."""

    def __init__(self, in_channels: int, out_channels: int, engine: SparseEngine) -> None:
        super().__init__()
        self.norm, self.conv = _Norm(in_channels), UpConv3d(in_channels, out_channels, engine)

    def forward(self, x: Tensor, fine: Level) -> Tensor:
        assert fine.down_map is not None
        return self.conv(F.relu_(self.norm(x)), fine.down_map)


class _Norm(nn.BatchNorm1d):
    """BatchNorm over voxels; a single one, which has no variance, is treated as in evaluation."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-4)

    def forward(self, input: Tensor) -> Tensor:
        if len(input) > 1:
            return super().forward(input)
        return F.batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)

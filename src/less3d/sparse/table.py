"""`TableEngine`: sparse convolution by one gather and one product, for GPUs.

Of every voxel the rows of all its 27 neighbors are laid side by side, zeros where there is none, and multiplied by all
weights at once, as dense convolutions do by "im2col" (Chellapilla et al., 2006). Two thirds of that are zeros, and it
takes memory of 27 inputs; but a GPU has arithmetic and memory to spare, while each of the many small operations of
`TorchEngine` costs it as much as a large one.
"""

from typing import Any

import torch
from jaxtyping import Float, Int32
from torch import Tensor
from torch.autograd.function import once_differentiable

from less3d.sparse.plan import DownMap, KernelMap


class TableEngine:
    """It keeps nothing but the input and the weight for the backward pass."""

    def submanifold(
        self, x: Float[Tensor, "V Cin"], weight: Float[Tensor, "27 Cin Cout"], kernel_map: KernelMap
    ) -> Float[Tensor, "V Cout"]:
        """See `SparseEngine.submanifold`."""
        return _Submanifold.apply(x, weight, kernel_map)

    def down(
        self, x: Float[Tensor, "V Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
    ) -> Float[Tensor, "U Cout"]:
        """See `SparseEngine.down`."""
        return _Down.apply(x, weight, down_map)

    def up(
        self, x: Float[Tensor, "U Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
    ) -> Float[Tensor, "V Cout"]:
        """See `SparseEngine.up`."""
        return _Up.apply(x, weight, down_map)


class _Submanifold(torch.autograd.Function):
    """x(p) went to every p - d through weight[d], so its gradient is a convolution with the offsets reversed."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, kernel_map: KernelMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.kernel_map = kernel_map
        return _side_by_side(x, kernel_map.table) @ weight.flatten(0, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        x, weight = ctx.saved_tensors
        around = _side_by_side(grads[0], ctx.kernel_map.table)  # (V, 27 Cout) of p + d, where weight[-d] led
        return around @ _transposed(weight.flip(0)), _weight_grad(x, around, len(weight)).flip(0), None


class _Down(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.down_map = down_map
        return _to_parents(x, weight, down_map)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        x, weight = ctx.saved_tensors
        children = _side_by_side(x, ctx.down_map.table)  # (U, 8 Cin)
        weight_grad = (children.t() @ grads[0]).view_as(weight)
        return _to_children(grads[0], weight.transpose(1, 2), ctx.down_map), weight_grad, None


class _Up(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.down_map = down_map
        return _to_children(x, weight, down_map)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        x, weight = ctx.saved_tensors
        children = _side_by_side(grads[0], ctx.down_map.table)  # (U, 8 Cout)
        return children @ _transposed(weight), _weight_grad(x, children, len(weight)), None


def _to_parents(x: Float[Tensor, "V C"], weight: Float[Tensor, "8 C D"], down_map: DownMap) -> Float[Tensor, "U D"]:
    """Each parent sums its children, each through the weight of its offset."""
    return _side_by_side(x, down_map.table) @ weight.flatten(0, 1)


def _to_children(x: Float[Tensor, "U C"], weight: Float[Tensor, "8 C D"], down_map: DownMap) -> Float[Tensor, "V D"]:
    """Each child has its parent's row, through the weight of its offset."""
    products = x @ weight.transpose(0, 1).flatten(1)  # (U, 8 D)
    return products.view(-1, weight.shape[2]).index_select(0, down_map.place)


def _side_by_side(x: Float[Tensor, "V C"], table: Int32[Tensor, "U K"]) -> Float[Tensor, "U KC"]:
    """The rows of x that each row of the table names; zeros where it names the row after the last."""
    padded = torch.cat([x, x.new_zeros(1, x.shape[1])])
    return padded.index_select(0, table.flatten()).view(len(table), -1)


def _transposed(weight: Float[Tensor, "K C D"]) -> Float[Tensor, "KD C"]:
    return weight.transpose(1, 2).flatten(0, 1)


def _weight_grad(x: Float[Tensor, "U C"], around: Float[Tensor, "U KD"], offsets: int) -> Float[Tensor, "K C D"]:
    """The outer products of x and of what lies around it, summed, for each offset."""
    return (x.t() @ around).view(x.shape[1], offsets, -1).transpose(0, 1)

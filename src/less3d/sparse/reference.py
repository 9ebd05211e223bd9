"""`TorchEngine`: sparse convolution in plain PyTorch; exact, differentiable, on any device.

For each kernel offset: gather the rows of its pairs, multiply, add them where they belong.
"""

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd.function import once_differentiable

from less3d.sparse.plan import CENTER, DownMap, KernelMap


class TorchEngine:
    """The plain engine: nothing but the input and the weight is kept for the backward pass."""

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
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, kernel_map: KernelMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.kernel_map = kernel_map
        return _convolve(x, weight, kernel_map)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        x, weight = ctx.saved_tensors
        grad = grad.contiguous()
        grad_x = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_x = _convolve(grad, weight.flip(0).transpose(1, 2), ctx.kernel_map)
        if ctx.needs_input_grad[1]:
            grad_weight = torch.empty_like(weight)
            torch.mm(x.t(), grad, out=grad_weight[CENTER])
            for offset, low, high in _pairs(ctx.kernel_map):
                torch.mm(x[high].t(), grad[low], out=grad_weight[offset])
                torch.mm(x[low].t(), grad[high], out=grad_weight[26 - offset])
        return grad_x, grad_weight, None


def _convolve(x: Tensor, weight: Tensor, kernel_map: KernelMap) -> Tensor:
    out = x @ weight[CENTER]
    for offset, low, high in _pairs(kernel_map):
        out.index_add_(0, low, x.index_select(0, high) @ weight[offset])
        out.index_add_(0, high, x.index_select(0, low) @ weight[26 - offset])
    return out


def _pairs(kernel_map: KernelMap) -> Iterator[tuple[int, Int64[Tensor, "m"], Int64[Tensor, "m"]]]:
    """The offsets after the centre, each with its pairs."""
    low, high = kernel_map.low.split(kernel_map.counts), kernel_map.high.split(kernel_map.counts)
    yield from zip(range(CENTER + 1, 27), low, high, strict=True)


class _Down(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.down_map = down_map
        return _to_parents(x, weight, down_map)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        x, weight = ctx.saved_tensors
        grad_x = _to_children(grad, weight.transpose(1, 2), ctx.down_map) if ctx.needs_input_grad[0] else None
        grad_weight = _down_weight_grad(x, grad, ctx.down_map) if ctx.needs_input_grad[1] else None
        return grad_x, grad_weight, None


class _Up(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.down_map = down_map
        return _to_children(x, weight, down_map)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        x, weight = ctx.saved_tensors
        grad_x = _to_parents(grad, weight.transpose(1, 2), ctx.down_map) if ctx.needs_input_grad[0] else None
        grad_weight = None
        if ctx.needs_input_grad[1]:
            grad_weight = _down_weight_grad(grad, x, ctx.down_map).transpose(1, 2)
        return grad_x, grad_weight, None


def _to_parents(x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
    """Each child through the weight of its offset, summed at its parent."""
    out = x.new_zeros(down_map.num_parents, weight.shape[2])
    for kernel, child, parent in _children(weight, down_map):
        out.index_add_(0, parent, x.index_select(0, child) @ kernel)
    return out


def _to_children(x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
    """Each parent to its children, through the weight of the child's offset."""
    out = x.new_empty(len(down_map.child), weight.shape[2])
    for kernel, child, parent in _children(weight, down_map):
        out.index_copy_(0, child, x.index_select(0, parent) @ kernel)
    return out


def _down_weight_grad(fine: Tensor, coarse: Tensor, down_map: DownMap) -> Tensor:
    """For each offset, the sum of the outer products of child and parent, (8, C of fine, C of coarse)."""
    out = fine.new_empty(8, fine.shape[1], coarse.shape[1])
    for kernel, child, parent in _children(out, down_map):
        torch.mm(fine[child].t(), coarse[parent], out=kernel)
    return out


def _children(per_offset: Tensor, down_map: DownMap) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The 8 offsets: a row of `per_offset`, and the rows of children and parents."""
    child, parent = down_map.child.split(down_map.counts), down_map.parent.split(down_map.counts)
    yield from zip(per_offset, child, parent, strict=True)

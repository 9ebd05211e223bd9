"""`TorchEngine`: sparse convolution in plain PyTorch; exact, differentiable, on any device.

For each kernel offset the rows of its pairs are gathered and multiplied; then each target sums its products. The sums
are left to `embedding_bag`, the one operation of PyTorch that adds up rows without a conflict of writes: on a CPU it
takes a third of the time of `index_add_`, and its order of summation, hence its rounding, is always the same. Going
tile by tile keeps the products in the cache.
"""

from typing import Any

import torch
from jaxtyping import Float, Int32
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from less3d.sparse.plan import CENTER, DownMap, KernelMap, KernelTile


class TorchEngine:
    """The plain engine: it keeps nothing but the input and the weight for the backward pass."""

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
        return _convolve(x.contiguous(), weight, kernel_map)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grads: Tensor
    ) -> tuple[Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        return *_convolve_backward(x.contiguous(), weight, grads[0].contiguous(), ctx.kernel_map), None


def _convolve(
    x: Float[Tensor, "V Cin"], weight: Float[Tensor, "27 Cin Cout"], kernel_map: KernelMap
) -> Float[Tensor, "V Cout"]:
    """out(p) = sum over d of x(p + d) @ weight[d]."""
    gathered, products = _gather_buffer(x, kernel_map), _product_buffer(x, weight.shape[2], kernel_map)
    kernels = weight.unbind()
    sums = []
    for tile in kernel_map.tiles:
        pairs = zip(tile.source.split(tile.counts), products[: len(tile.source)].split(tile.counts), strict=True)
        for offset, (source, product) in enumerate(pairs):
            torch.mm(_gather(x, tile, offset, source, gathered), kernels[offset], out=product)
        sums.append(_sum_rows(products, tile.order, tile.starts))
    return torch.cat(sums)


def _convolve_backward(
    x: Float[Tensor, "V Cin"],
    weight: Float[Tensor, "27 Cin Cout"],
    grad: Float[Tensor, "V Cout"],
    kernel_map: KernelMap,
) -> tuple[Float[Tensor, "V Cin"], Float[Tensor, "27 Cin Cout"]]:
    """The gradients of x and weight, from the gradient of what `_convolve` gave.

    x(p) went to every p - d through weight[d]. So its gradient is a convolution too, with the weights transposed and
    their offsets reversed; the pair (p, p + d) it visits also adds the outer product of x(p) and grad(p + d) to the
    gradient of weight[-d].
    """
    gathered, products = _gather_buffer(grad, kernel_map), _product_buffer(x, x.shape[1], kernel_map)
    gathered_x = _gather_buffer(x, kernel_map)
    weight_grad = torch.empty_like(weight)
    kernels, kernel_grads = weight.transpose(1, 2).unbind()[::-1], weight_grad.unbind()[::-1]
    sums = []
    for tile in kernel_map.tiles:
        x_tile = x[tile.start : tile.start + tile.counts[CENTER]]
        splits = [rows.split(tile.counts) for rows in (tile.source, tile.target, products[: len(tile.source)])]
        for offset, (source, target, product) in enumerate(zip(*splits, strict=True)):
            grad_rows = _gather(grad, tile, offset, source, gathered)
            x_rows = x_tile if offset == CENTER else _select(x_tile, target, gathered_x)
            torch.mm(grad_rows, kernels[offset], out=product)
            kernel_grads[offset].addmm_(x_rows.t(), grad_rows, beta=min(tile.start, 1))
        sums.append(_sum_rows(products, tile.order, tile.starts))
    return torch.cat(sums), weight_grad


def _gather_buffer(x: Tensor, kernel_map: KernelMap) -> Tensor:
    """Room for the rows of one offset of one tile."""
    return x.new_empty(max(max(tile.counts) for tile in kernel_map.tiles), x.shape[1])


def _product_buffer(x: Tensor, channels: int, kernel_map: KernelMap) -> Tensor:
    """Room for the products of all pairs of one tile."""
    return x.new_empty(max(len(tile.source) for tile in kernel_map.tiles), channels)


def _gather(x: Tensor, tile: KernelTile, offset: int, source: Int32[Tensor, "m"], buffer: Tensor) -> Tensor:
    """The rows of x that an offset asks for; at the center these are the tile's own, as they lie."""
    if offset == CENTER:
        return x[tile.start : tile.start + len(source)]
    return _select(x, source, buffer)


def _select(x: Tensor, rows: Int32[Tensor, "m"], buffer: Tensor) -> Tensor:
    return torch.index_select(x, 0, rows, out=buffer[: len(rows)])


def _sum_rows(x: Float[Tensor, "M C"], order: Int32[Tensor, "m"], starts: Int32[Tensor, "_"]) -> Float[Tensor, "T C"]:
    """For each t the sum of the rows `order[starts[t]:starts[t + 1]]` of x."""
    return F.embedding_bag(order, x, starts, mode="sum", include_last_offset=True)


class _Down(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.down_map = down_map
        return _to_parents(x, weight, down_map)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grads: Tensor
    ) -> tuple[Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        x_grad = _to_children(grads[0], weight.transpose(1, 2), ctx.down_map)
        return x_grad, _outer_products(x, grads[0], ctx.down_map), None


class _Up(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down_map: DownMap) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.down_map = down_map
        return _to_children(x, weight, down_map)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grads: Tensor
    ) -> tuple[Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        x_grad = _to_parents(grads[0], weight.transpose(1, 2), ctx.down_map)
        return x_grad, _outer_products(grads[0], x, ctx.down_map).transpose(1, 2), None


def _to_parents(
    x: Float[Tensor, "V Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
) -> Float[Tensor, "U Cout"]:
    """Each child through the weight of its offset, summed at its parent."""
    products = _multiply(x, down_map.child, weight, down_map.counts)
    return _sum_rows(products, down_map.order, down_map.starts)


def _to_children(
    x: Float[Tensor, "U Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
) -> Float[Tensor, "V Cout"]:
    """Each parent to its children, through the weight of the child's offset."""
    return _multiply(x, down_map.parent, weight, down_map.counts).index_select(0, down_map.slot)


def _multiply(x: Tensor, rows: Int32[Tensor, "V"], weight: Tensor, counts: tuple[int, ...]) -> Tensor:
    """The rows of x, those of each offset times its weight."""
    products = x.new_empty(len(rows), weight.shape[2])
    for source, kernel, product in zip(rows.split(counts), weight, products.split(counts), strict=True):
        torch.mm(x.index_select(0, source), kernel, out=product)
    return products


def _outer_products(fine: Tensor, coarse: Tensor, down_map: DownMap) -> Tensor:
    """For each offset the sum of the outer products of child and parent, (8, C of fine, C of coarse)."""
    out = fine.new_empty(8, fine.shape[1], coarse.shape[1])
    children, parents = down_map.child.split(down_map.counts), down_map.parent.split(down_map.counts)
    for child, parent, product in zip(children, parents, out, strict=True):
        torch.mm(fine.index_select(0, child).t(), coarse.index_select(0, parent), out=product)
    return out

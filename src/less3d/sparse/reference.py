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
        return _Resample.apply(x, weight, down_map, False)

    def up(
        self, x: Float[Tensor, "U Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
    ) -> Float[Tensor, "V Cout"]:
        """See `SparseEngine.up`."""
        return _Resample.apply(x, weight, down_map, True)


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


class _Resample(torch.autograd.Function):
    """Down to the parents, or up to the children: each is the gradient of the other."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down_map: DownMap, up: bool) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.down_map, ctx.up = down_map, up
        return _resample(x, weight, down_map, up)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grads: Tensor
    ) -> tuple[Tensor, Tensor, None, None]:
        x, weight = ctx.saved_tensors
        x_grad = _resample(grads[0], weight.transpose(1, 2), ctx.down_map, not ctx.up)
        return x_grad, _resample_weight_grad(x, grads[0], ctx.down_map, ctx.up), None, None


def _resample(
    x: Float[Tensor, "_ Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap, up: bool
) -> Float[Tensor, "_ Cout"]:
    """Through the weight of each child's offset: children summed at their parent, or parents to all their children."""
    rows = down_map.parent if up else down_map.child
    products = x.new_empty(len(rows), weight.shape[2])
    pairs = zip(rows.split(down_map.counts), weight, products.split(down_map.counts), strict=True)
    for source, kernel, product in pairs:
        torch.mm(x.index_select(0, source), kernel, out=product)
    if up:
        return products.index_select(0, down_map.slot)
    return _sum_rows(products, down_map.order, down_map.starts)


def _resample_weight_grad(
    x: Float[Tensor, "_ Cin"], grad: Float[Tensor, "_ Cout"], down_map: DownMap, up: bool
) -> Float[Tensor, "8 Cin Cout"]:
    """For each offset the sum of the outer products of what came in and the gradient of what came out."""
    sources, targets = down_map.child.split(down_map.counts), down_map.parent.split(down_map.counts)
    if up:
        sources, targets = targets, sources
    out = x.new_empty(8, x.shape[1], grad.shape[1])
    for source, target, product in zip(sources, targets, out, strict=True):
        torch.mm(x.index_select(0, source).t(), grad.index_select(0, target), out=product)
    return out

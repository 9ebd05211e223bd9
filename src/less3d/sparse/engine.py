"""The protocol of a sparse engine: three operations on features, given the maps of a plan."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from less3d.sparse.plan import DownMap, KernelMap


@runtime_checkable
class SparseEngine(Protocol):
    """What a convolution layer asks of its engine; every engine gives the same numbers up to rounding.

    Implementations keep no state between calls and are differentiable in `x` and `weight`.
    """

    def submanifold(
        self, x: Float[Tensor, "V Cin"], weight: Float[Tensor, "27 Cin Cout"], kernel_map: KernelMap
    ) -> Float[Tensor, "V Cout"]:
        """3x3x3 convolution onto the same voxels: out(p) = sum over d of x(p + d) @ weight[d]."""
        ...

    def down(
        self, x: Float[Tensor, "V Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
    ) -> Float[Tensor, "U Cout"]:
        """2x2x2 convolution of stride 2: out(q) = sum over the children c of q of x(c) @ weight[c % 2]."""
        ...

    def up(
        self, x: Float[Tensor, "U Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
    ) -> Float[Tensor, "V Cout"]:
        """The inverse way, onto the voxels that `down` came from: out(c) = x(c // 2) @ weight[c % 2]."""
        ...

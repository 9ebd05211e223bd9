"""`AutoEngine`: the engine that is fast where the features are."""

from jaxtyping import Float
from torch import Tensor

from less3d.sparse.engine import SparseEngine
from less3d.sparse.plan import DownMap, KernelMap
from less3d.sparse.reference import TorchEngine
from less3d.sparse.table import TableEngine


class AutoEngine:
    """`TorchEngine` on a CPU, `TableEngine` on a GPU."""

    def submanifold(
        self, x: Float[Tensor, "V Cin"], weight: Float[Tensor, "27 Cin Cout"], kernel_map: KernelMap
    ) -> Float[Tensor, "V Cout"]:
        """See `SparseEngine.submanifold`."""
        return _engine_of(x).submanifold(x, weight, kernel_map)

    def down(
        self, x: Float[Tensor, "V Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
    ) -> Float[Tensor, "U Cout"]:
        """See `SparseEngine.down`."""
        return _engine_of(x).down(x, weight, down_map)

    def up(
        self, x: Float[Tensor, "U Cin"], weight: Float[Tensor, "8 Cin Cout"], down_map: DownMap
    ) -> Float[Tensor, "V Cout"]:
        """See `SparseEngine.up`."""
        return _engine_of(x).up(x, weight, down_map)


def _engine_of(x: Tensor) -> SparseEngine:
    return TorchEngine() if x.device.type == "cpu" else TableEngine()

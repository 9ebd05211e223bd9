"""`Padding`: groups of different sizes as one array, so that one operation serves them all."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Int64, Shaped
from torch import Tensor


class Padding:
    """The way from the R rows of B groups, one after the other, to an array of B groups of W places, and back.

    The groups of a single one are its rows as they lie: nothing is copied.

    Args:
        bounds: 0 and the running sums of the sizes of the B groups.
        device: of what is padded.
    """

    def __init__(self, bounds: Sequence[int], device: torch.device | str = "cpu") -> None:
        sizes = np.diff(bounds)
        group = np.repeat(np.arange(len(sizes)), sizes)
        places = np.arange(bounds[-1]) - np.asarray(bounds[:-1])[group]
        self.groups = len(sizes)
        self.width = int(sizes.max(initial=0))
        rows = torch.from_numpy(np.stack([group, group * self.width + places])).to(device)
        self.group_of: Int64[Tensor, "R"] = rows[0]
        """Which group each row is of."""
        self.place: Int64[Tensor, "R"] = rows[1]
        """Where each row goes in the padded array, groups and places flattened."""

    @classmethod
    def of_sizes(cls, sizes: Sequence[int], device: torch.device | str = "cpu") -> "Padding":
        """Of groups of so many rows."""
        return cls(np.cumsum([0, *sizes]).tolist(), device)

    @property
    def real(self) -> Bool[Tensor, "B W"]:
        """Which places hold a row."""
        return self(torch.ones_like(self.place, dtype=torch.bool), fill=0)

    def __call__(self, rows: Shaped[Tensor, "R *C"], *, fill: float | int = 0) -> Shaped[Tensor, "B W *C"]:
        """Rows in their places, and `fill` in all others."""
        if self.groups == 1:
            return rows[None]
        padded = rows.new_full((self.groups * self.width, *rows.shape[1:]), fill)
        return padded.index_copy(0, self.place, rows).unflatten(0, (self.groups, self.width))

    def back(self, padded: Shaped[Tensor, "B W *C"]) -> Shaped[Tensor, "R *C"]:
        """The rows in their places."""
        return padded[0] if self.groups == 1 else padded.flatten(0, 1).index_select(0, self.place)

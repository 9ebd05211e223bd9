"""`CrossAttention`: queries look at a memory, through as many heads as one likes and only where they may."""

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from less3d.errors import InputError


class CrossAttention(nn.Module):
    """Scaled dot-product attention with several heads (Vaswani et al., NeurIPS 2017, section 3.2).

    Leading dimensions B may be absent: ragged batches are attended to item by item.

    Raises:
        InputError: when the width cannot be shared out among the heads.
    """

    def __init__(self, width: int, *, heads: int = 1) -> None:
        super().__init__()
        if heads < 1 or width % heads:
            raise InputError(f"attention needs a width that its heads divide, got width {width} and {heads} heads")
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.leave = nn.Linear(width, width)

    def forward(
        self,
        query: Float[Tensor, "*B Q C"],
        memory: Float[Tensor, "*B M C"],
        *,
        allowed: Bool[Tensor, "*B #Q M"] | None = None,
    ) -> Float[Tensor, "*B Q C"]:
        """For each query a mixture of the memory.

        Args:
            query: what looks.
            memory: what is looked at.
            allowed: where a query may look, the same for all heads; each query needs at least one place. One row
                serves all queries, as for a mask of padding.
        """
        q, k, v = (self._split(part) for part in (self.query(query), self.key(memory), self.value(memory)))
        mask = None if allowed is None else allowed.unsqueeze(-3)  # (B, 1, Q, M)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)  # (B, heads, Q, C / heads)
        return self.leave(mixed.transpose(-2, -3).flatten(-2))

    def _split(self, x: Float[Tensor, "*B M C"]) -> Float[Tensor, "*B H M Ch"]:
        return x.unflatten(-1, (self.heads, -1)).transpose(-2, -3)

"""Objects of an encoded scan: what a token says of the object it lies on, and the mask that follows from it.

A token alone knows its object badly: it has seen one side of it. So its opinion is only a *draft*. The draft's mask
gathers the tokens that belong together, and the object is described anew from all of them: its box from their votes
and spread, its features from their mean. Like a K-Net kernel (Zhang et al., NeurIPS 2021, section 3.2), which is
updated from the group of pixels it finds, but with votes and boxes.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

SMALLEST_HALF_SIZE = 0.03
"""Of a box, metres: that of a thing one sees as a dot."""
_SPREAD_FEATURES = 7


@dataclass(frozen=True, eq=False)
class Objects:
    """K objects as the network believes them to be, of one scan or of each of B; metres from its middle and floor."""

    features: Float[Tensor, "*B K D"]
    keys: Float[Tensor, "*B K D"]
    """What words are compared with."""
    centers: Float[Tensor, "*B K 3"]
    """Middle of the object's box."""
    half_sizes: Float[Tensor, "*B K 3"]
    mask_queries: Float[Tensor, "*B K M"]
    mask_shapes: Float[Tensor, "*B K 5"]
    """How sharply a mask falls off with disagreeing votes, with distance along x, y and z; and its bias."""

    def map(self, change: Callable[[Tensor], Tensor]) -> "Objects":
        """The same change made to all that is said of them."""
        return Objects(**{field.name: change(getattr(self, field.name)) for field in fields(self)})

    def flat(self) -> "Objects":
        """The objects of all B scans, one after the other."""
        return self.map(lambda values: values.flatten(0, -2))

    def select(self, rows: Int64[Tensor, "_"]) -> "Objects":
        """Some of the objects of one scan."""
        return self.map(lambda values: values.index_select(0, rows))


@dataclass(frozen=True, eq=False)
class Cells:
    """Places that masks cover, in one scan or in each of B: its V voxels, or its T tokens."""

    positions: Float[Tensor, "*B V 3"]
    """Metres from the scan's middle and floor."""
    votes: Float[Tensor, "*B V 3"]
    """Middle of the box of the object each cell lies on, as it votes."""
    embeddings: Float[Tensor, "*B V M"]

    def of(self, scan: int) -> "Cells":
        """Those of one scan."""
        return Cells(self.positions[scan], self.votes[scan], self.embeddings[scan])

    def masks(self, objects: Objects) -> Float[Tensor, "*B K V"]:
        """Mask logits of objects.

        A cell belongs to an object when its embedding matches, its vote points to the object's middle, and it lies in
        the object's box.
        """
        center, half = objects.centers, objects.half_sizes.detach().square()  # (*B, K, 3)
        falloff, bias = F.softplus(objects.mask_shapes[..., :4]), objects.mask_shapes[..., 4:]
        weight = falloff[..., :1] / half.sum(dim=-1, keepdim=True) * torch.ones_like(center)
        agree = _parabola(weight, center) @ _monomials(self.votes).mT
        near = _parabola(falloff[..., 1:] / half, center) @ _monomials(self.positions).mT
        return objects.mask_queries @ self.embeddings.mT + bias - agree - near  # (*B, K, V)


class ObjectHead(nn.Module):
    """From features to everything that is said of an object."""

    def __init__(self, width: int, mask_width: int) -> None:
        super().__init__()
        self.key = nn.Linear(width, width)
        self.box = nn.Linear(width, 6)
        self.mask_query = nn.Linear(width, mask_width)
        self.mask_shape = nn.Linear(width, 5)

    def forward(
        self, features: Float[Tensor, "*B K D"], center: Float[Tensor, "*B K 3"], half_size: Float[Tensor, "*B #K 3"]
    ) -> Objects:
        """Describe objects, their boxes by how they differ from a first guess."""
        shift, stretch = self.box(features).chunk(2, dim=-1)
        return Objects(
            features=features,
            keys=self.key(features),
            centers=center + shift,
            half_sizes=half_size * stretch.clamp(-4.0, 3.0).exp() + SMALLEST_HALF_SIZE,
            mask_queries=self.mask_query(features),
            mask_shapes=self.mask_shape(features),
        )


class Gather(nn.Module):
    """From drafts to objects: each is described anew from all tokens that its draft's mask holds."""

    def __init__(self, width: int, mask_width: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(
            nn.Linear(2 * width + _SPREAD_FEATURES, width), nn.LayerNorm(width), nn.ReLU(), nn.Linear(width, width)
        )
        self.norm = nn.LayerNorm(width)
        self.head = ObjectHead(width, mask_width)

    def forward(self, drafts: Objects, logits: Float[Tensor, "*B K T"], tokens: Objects, cells: Cells) -> Objects:
        """Describe objects.

        Args:
            drafts: what one token says of each.
            logits: the drafts' masks over the T tokens.
            tokens: what each token says of its object.
            cells: where the tokens are.
        """
        inside = F.logsigmoid(logits)
        share = inside.softmax(dim=-1)  # (*B, K, T) each token's part in the object
        mean = share @ tokens.features
        center = share @ cells.votes
        half_size = (share @ tokens.half_sizes.log()).exp()
        middle = share @ cells.positions
        variance = (share @ cells.positions.square() - middle.square()).clamp(min=0.0)
        spread = (variance + SMALLEST_HALF_SIZE**2).log() / 2 - half_size.log()
        mass = inside.logsumexp(dim=-1, keepdim=True)
        moments = torch.cat([(middle - center) / half_size, spread, mass], dim=-1)  # (*B, K, 7)
        features = self.norm(mean + self.enter(torch.cat([mean, drafts.features, moments], dim=-1)))
        return self.head(features, center, half_size)


def _parabola(weight: Float[Tensor, "*B K 3"], center: Float[Tensor, "*B K 3"]) -> Float[Tensor, "*B K 7"]:
    """Coefficients over `_monomials` of the weighted squared distance to `center`."""
    constant = (weight * center.square()).sum(dim=-1, keepdim=True)
    return torch.cat([weight, -2 * weight * center, constant], dim=-1)


def _monomials(x: Float[Tensor, "*B V 3"]) -> Float[Tensor, "*B V 7"]:
    """x², x and 1, so that a squared distance to any centre is one product."""
    return torch.cat([x.square(), x, torch.ones_like(x[..., :1])], dim=-1)

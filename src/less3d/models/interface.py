"""What every model of the package offers, so that one Segmenter, one loop and one evaluation serve them all."""

from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from jaxtyping import Float, Int64
from torch import Tensor

from less3d.batch import Batch, Scene
from less3d.text import TextFeatures

Encoded = TypeVar("Encoded")


@dataclass(frozen=True, eq=False)
class Candidates:
    """What each of S sentences may mean in one scan: K masks each, of U distinct ones over the scan's V voxels."""

    masks: Float[Tensor, "U V"]
    """Mask logits; above 0 is inside."""
    rows: Int64[Tensor, "S K"]
    """Which of the masks are each sentence's candidates."""
    belief: Float[Tensor, "S K"]
    """Probability, 0..1, of each candidate being what the sentence means; the sum of a sentence's is 1 at most."""
    nothing: Float[Tensor, "S"]
    """Probability, 0..1, that nothing in the scan is meant."""


@runtime_checkable
class ReferringModel(Protocol[Encoded]):
    """A network that finds what a sentence means in a scene."""

    def prepare(self, scene: Scene) -> Encoded:
        """Do, once a scene, all the work that needs no text."""
        ...

    def candidates(self, encoded: Encoded, text: TextFeatures) -> Candidates:
        """What S sentences, at least one, may mean in a scene of one scan."""
        ...

    def losses(self, batch: Batch, text: TextFeatures) -> dict[str, Float[Tensor, ""]]:
        """Each part of the training loss by name, and their weighted sum as "total"."""
        ...

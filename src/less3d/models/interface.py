"""What every model of the package offers, so that one Segmenter, one loop and one evaluation serve them all."""

from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from jaxtyping import Float, Int64
from torch import Tensor

from less3d.batch import Batch, Scene
from less3d.text import TextFeatures

Encoded = TypeVar("Encoded")


@dataclass(frozen=True, eq=False)
class Answer:
    """Answers to S sentences."""

    logits: tuple[Float[Tensor, "_"], ...]
    """For each sentence the mask logits over the voxels of its scan; above 0 is inside."""
    confidence: Float[Tensor, "S"]
    """Belief in 0..1 that the mask is the object the sentence means."""


@runtime_checkable
class ReferringModel(Protocol[Encoded]):
    """A network that finds what a sentence means in a scene."""

    def prepare(self, scene: Scene) -> Encoded:
        """Do, once a scene, all the work that needs no text."""
        ...

    def answer(self, encoded: Encoded, text: TextFeatures, scan_of: Int64[Tensor, "S"]) -> Answer:
        """Find the object of each sentence in its scan."""
        ...

    def losses(self, batch: Batch, text: TextFeatures) -> dict[str, Float[Tensor, ""]]:
        """Each part of the training loss by name, and their weighted sum as "total"."""
        ...

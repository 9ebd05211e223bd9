"""`Referrer`: a text encoder and a network that finds what it says, built from one configuration."""

from dataclasses import dataclass, field
from typing import Any, Literal, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from less3d.batch import Batch, ObjectLabels, Scene
from less3d.calibration import Calibration
from less3d.errors import InputError
from less3d.models.graph import GraphConfig, GraphNetwork
from less3d.models.instances import InstanceConfig
from less3d.models.interface import Candidates
from less3d.models.late import LateConfig, LateLESS
from less3d.models.less import LESS, LessConfig
from less3d.models.unet import SparseUNet
from less3d.text import TextConfig, TextEncoder, TextFeatures, build_text


@dataclass(frozen=True)
class ModelConfig:
    """A whole model: what reads the text, how fine it sees, and the network."""

    fusion: Literal["early", "late", "graph"] = "late"
    """Where words meet the scan. "early": at every level of the encoder, as the paper's PWCA does; each sentence runs
    the whole network. "late": in the decoder, so the scan is encoded once for all sentences. "graph": in a graph of
    objects that were found before, as in systems of two stages."""
    early: LessConfig = field(default_factory=LessConfig)
    """The network when fusion is early."""
    late: LateConfig = field(default_factory=LateConfig)
    """The network when fusion is late."""
    graph: GraphConfig = field(default_factory=GraphConfig)
    """The network when fusion is graph."""
    text: TextConfig = field(default_factory=TextConfig)
    voxel_size: float = 0.08
    """Metres; the paper's is 0.02."""

    @property
    def eyes(self) -> LessConfig | LateConfig | InstanceConfig:
        """The settings that say how large the U-Net is."""
        return {"early": self.early, "late": self.late, "graph": self.graph.instances}[self.fusion]

    @property
    def num_levels(self) -> int:
        """Levels of the U-Net, and so of the plans it needs."""
        return len(self.eyes.channels)

    @property
    def needs_labels(self) -> bool:
        """Whether it learns from full labels of scans, not from masks alone."""
        return self.fusion == "graph"

    @property
    def answers(self) -> bool:
        """Whether it answers sentences; the first stage of two finds objects only."""
        return self.fusion != "graph" or self.graph.matcher != "none"


class Referrer(nn.Module):
    """A text encoder (`text`) and a network (`network`), and what the network's numbers are worth (`calibration`)."""

    def __init__(self, config: ModelConfig, calibration: Calibration = Calibration()) -> None:  # noqa: B008 (frozen)
        super().__init__()
        self.config = config
        self.calibration = calibration
        self.text = build_text(config.text)
        text_width = cast(TextEncoder, self.text).width
        self.network = _network(config, text_width)

    @property
    def unet(self) -> SparseUNet:
        """What reads the scan."""
        return next(module for module in self.network.modules() if isinstance(module, SparseUNet))

    @property
    def text_has_weights(self) -> bool:
        """Whether weights of the text encoder belong to this model, and are not those of a frozen transformer."""
        return any(True for _ in self.text.parameters())

    def begin_with(self, other: "Referrer", *, unet_only: bool = False) -> str:
        """Take over what another model knows and this one can use; says what that is.

        That is all, where both have the same parameters, and tell the same words and classes apart, whatever their
        losses weigh; the first stage, where the other is the first of the two of this one; else the U-Net.

        Args:
            other: the other model.
            unet_only: take no more than the U-Net.

        Raises:
            InputError: when U-Nets have other sizes, or this model needs a first stage.
        """
        if not unet_only and _rows(other) == _rows(self):
            self.load_state_dict(other.state_dict())
            return "all"
        mine, its = self.network, other.network
        if isinstance(mine, GraphNetwork) and mine.matcher is not None and not unet_only:
            seen, wanted = (
                (model.config.fusion, model.config.graph.instances, model.config.voxel_size) for model in (other, self)
            )
            if not isinstance(its, GraphNetwork) or its.matcher is not None or seen != wanted:
                raise InputError("expected weights of the first of these two stages, got another model's")
            mine.instances.load_state_dict(its.instances.state_dict())
            return "the first stage"
        wanted, got = self.unet.sizes, other.unet.sizes
        if wanted != got:
            raise InputError(f"expected a U-Net of {wanted}, got one of {got}")
        self.unet.load_state_dict(other.unet.state_dict())
        return "the U-Net"

    def prepare(self, scene: Scene) -> Any:
        """Do, once a scene, all the work that needs no text."""
        return self.network.prepare(scene)

    def prepare_labelled(self, scene: Scene, labels: ObjectLabels) -> Any:
        """The same with the annotated objects of the scene's one scan in place of those that would be found.

        Raises:
            InputError: when the model does not work in two stages.
        """
        if not isinstance(self.network, GraphNetwork):
            raise InputError(f"only a model of two stages takes annotated objects, got {self.config.fusion} fusion")
        return self.network.prepare_labelled(scene, labels)

    def candidates(self, encoded: Any, text: TextFeatures) -> Candidates:
        """What S sentences, at least one, may mean in a scene of one scan."""
        return self.network.candidates(encoded, text)

    def losses(self, batch: Batch, text: TextFeatures | None = None) -> dict[str, Float[Tensor, ""]]:
        """The parts of the training loss and their "total"; `text` when it was encoded already."""
        return self.network.losses(batch, self.text(batch.sentences) if text is None else text)


def _rows(model: Referrer) -> tuple[dict[str, torch.Size], tuple[str, ...], tuple[str, ...]]:
    """The sizes of all parameters, and the words and the classes that rows of theirs stand for."""
    sizes = {name: values.shape for name, values in model.state_dict().items()}
    return sizes, model.config.text.vocabulary, model.config.graph.instances.classes


def _network(config: ModelConfig, text_width: int) -> LESS | LateLESS | GraphNetwork:
    if config.fusion == "early":
        return LESS(config.early, text_width=text_width)
    if config.fusion == "late":
        return LateLESS(config.late, text_width=text_width)
    return GraphNetwork(config.graph, text_width=text_width)

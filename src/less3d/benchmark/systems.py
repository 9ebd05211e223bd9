"""What is compared: the rows of the paper's tables (LESS, NeurIPS 2024, section 4), and the default network here.

All are in small, to learn something within minutes on a CPU, and see the same scans: voxels of one size, the same U-Net
widths, the same augmentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from less3d.data.augment import AugmentConfig
from less3d.models import ModelConfig
from less3d.models.graph import GraphConfig
from less3d.models.instances import InstanceConfig
from less3d.models.late import LateConfig
from less3d.models.less import LessConfig
from less3d.models.xrefseg import XRefSegConfig
from less3d.text import TextConfig
from less3d.training.config import TrainConfig

MATRICES = ("text", "ablation", "effort")
"""The tables: systems by text encoder, parts of LESS left out, and score against the effort of labelling."""
STAND_IN = "MiniLM"
"""Reads the sentences where BERT or RoBERTa cannot be had."""

_CHANNELS = (16, 32, 48, 64)
_VOXEL_SIZE, _MAX_POINTS = 0.12, 60_000
_FEW, _MANY = 8, 48
"""Sentences asked of a scan at a step: of a network that reads the scan anew for each, and of one that does not."""


@dataclass(frozen=True)
class Figures:
    """A row of a paper's table, on ScanRefer's validation scans; percent."""

    miou: float
    acc_25: float
    acc_50: float


@dataclass(frozen=True)
class System:
    """One row."""

    name: str
    text: str
    """What reads the sentences: GRU, BERT, RoBERTa or MiniLM."""
    config: TrainConfig
    """How it is trained; of a system of two stages, the second."""
    first: TrainConfig | None = None
    """The first of two stages."""
    paper: Figures | None = None
    stands_for: str = ""
    """The text encoder in whose place MiniLM reads."""

    @property
    def title(self) -> str:
        """Name and text encoder, for tables and folders."""
        return f"{self.name}, {self.text}"

    @property
    def labels(self) -> Literal["masks", "instances and classes"]:
        """What it learns from."""
        return "masks" if self.first is None else "instances and classes"


def systems(encoders: Mapping[str, str] | None = None) -> dict[str, tuple[System, ...]]:
    """The rows of each of `MATRICES`.

    Args:
        encoders: name or folder of BERT and RoBERTa, by "BERT" and "RoBERTa"; MiniLM stands in for those not given.
    """
    known = encoders or {}

    def read_by(text: str) -> tuple[TextConfig, str, str]:
        if text == "GRU":
            return TextConfig(encoder="gru"), text, ""
        if text in known:
            return TextConfig(encoder=known[text]), text, ""
        return TextConfig(), STAND_IN, "" if text == STAND_IN else text

    def row(
        name: str, text: str, model: ModelConfig, paper: Figures | None, first: TrainConfig | None = None
    ) -> System:
        config, called, stands_for = read_by(text)
        asked = _FEW if model.fusion == "early" else _MANY
        return System(name, called, _run(replace(model, text=config), asked), first, paper, stands_for)

    matched = {
        "TGNN": GraphConfig(instances=_INSTANCES, matcher="tgnn"),
        "X-RefSeg3D": GraphConfig(instances=_INSTANCES, matcher="xrefseg"),
        "X-RefSeg3D, 10 neighbors": GraphConfig(
            instances=_INSTANCES, matcher="xrefseg", xrefseg=XRefSegConfig(neighbors=10)
        ),
    }

    def two_stages(name: str, text: str, paper: Figures) -> System:
        graph = matched[f"{name}, 10 neighbors" if (name, text) == ("X-RefSeg3D", "BERT") else name]
        return row(name, text, ModelConfig(fusion="graph", graph=graph, voxel_size=_VOXEL_SIZE), paper, _FIRST)

    default = row("late fusion (default)", STAND_IN, ModelConfig(late=_LATE, voxel_size=_VOXEL_SIZE), None)
    text = (
        two_stages("TGNN", "GRU", Figures(26.10, 35.00, 29.00)),
        two_stages("TGNN", "BERT", Figures(27.80, 37.50, 31.40)),
        two_stages("X-RefSeg3D", "GRU", Figures(29.77, 39.85, 33.52)),
        two_stages("X-RefSeg3D", "BERT", Figures(29.94, 40.33, 33.77)),
        row("LESS", "GRU", _less(), Figures(32.19, 51.00, 26.41)),
        row("LESS", "BERT", _less(), Figures(32.44, 51.41, 29.02)),
        row("LESS", "RoBERTa", _less(), Figures(33.74, 53.23, 29.88)),
        default,
    )
    ablation = (
        row("LESS without PWCA and QSA", "RoBERTa", _less(pwca=False, qsa=False), Figures(32.66, 51.71, 27.20)),
        row("LESS without QSA", "RoBERTa", _less(qsa=False), Figures(33.44, 52.73, 28.92)),
        row("LESS, L_seg alone", "RoBERTa", _less(area_weight=0.0, contrast_weight=0.0), Figures(25.86, 40.85, 16.81)),
        row("LESS, L_seg + L_area", "RoBERTa", _less(contrast_weight=0.0), Figures(31.04, 49.61, 24.72)),
        row("LESS", "RoBERTa", _less(), Figures(33.74, 53.23, 29.88)),
    )
    effort = (default, text[1], text[3])
    return {"text": text, "ablation": ablation, "effort": effort}


def _run(model: ModelConfig, sentences: int) -> TrainConfig:
    """The training of a row; its steps are set by the budget."""
    return TrainConfig(
        model=model,
        augment=AugmentConfig(keep=0.25, flatten=0.5),
        scans_per_step=1,
        sentences_per_scan=sentences,
        max_points=_MAX_POINTS,
        validation_scans=1,
        turns=1,
    )


def _less(**changes: bool | float) -> ModelConfig:
    """The paper's network; positives weigh as in the authors' code, without which small objects are never found."""
    early = replace(LessConfig(channels=_CHANNELS, blocks=1, positive_weight=20.0), **changes)
    return ModelConfig(fusion="early", early=early, voxel_size=_VOXEL_SIZE)


_LATE = LateConfig(channels=_CHANNELS, width=96, mask_width=32, candidates=12)
_INSTANCES = InstanceConfig(channels=_CHANNELS, blocks=1, inputs="details")
_FIRST = _run(ModelConfig(fusion="graph", graph=GraphConfig(instances=_INSTANCES), voxel_size=_VOXEL_SIZE), 1)

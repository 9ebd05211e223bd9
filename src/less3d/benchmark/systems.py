"""What is compared: the rows of the paper's tables (LESS, NeurIPS 2024, section 4), and the default network here.

All read the same scans, augmented alike, with U-Nets of the same sizes on voxels of the same size: small ones, to learn
something within minutes on a CPU, or those of weights that all of them begin with.
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

_MAX_POINTS = 60_000
_WIDTH = 96
"""Of what the default network and LESS compare with the sentence, tokens and queries; the paper's queries have 256."""
_RATE = 1e-3
"""Learning rate of all: that of the authors of TGNN and X-RefSeg3D. LESS's authors have a tenth of it, for far more
steps."""
_POSITIVE = 20.0
"""How much more a point of the target counts in LESS's L_seg: as in its authors' code. Their lambda of L_area, 10,
scored lower in short trials; here it is the paper's, 1."""
_ANEW, _AT_ONCE = (8, 1), (1, 48)
"""Scans at a step and sentences asked of each: of a network that reads the scan anew for each sentence, for which
another of the same scan saves nothing, and of one that reads it once for all."""


@dataclass(frozen=True)
class Eyes:
    """The U-Net of all systems."""

    channels: tuple[int, ...] = (16, 32, 48, 64)
    """Width of each level, finest first."""
    blocks: int = 1
    """Residual blocks a level."""
    voxel_size: float = 0.12
    """Meters."""

    @classmethod
    def of(cls, model: ModelConfig) -> "Eyes":
        """Those of a model."""
        return cls(model.eyes.channels, model.eyes.blocks, model.voxel_size)


@dataclass(frozen=True)
class Paper:
    """A row of the LESS paper's tables, on ScanRefer's validation scans; times are those of an RTX 4090."""

    miou: float
    """Percent, as are the others."""
    acc_25: float
    acc_50: float
    whole_set: float | None = None
    """Minutes of inference over the whole set."""
    sentence: float | None = None
    """Milliseconds of inference a sentence."""
    training: str = ""
    """Hours, of each stage."""


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
    paper: Paper | None = None
    stands_for: str = ""
    """The text encoder in whose place MiniLM reads."""
    paced_by: str = ""
    """Title of the row whose speed says how many steps fit into some minutes; empty: its own."""

    @property
    def title(self) -> str:
        """Name and text encoder, for tables and folders."""
        return f"{self.name}, {self.text}"

    @property
    def labels(self) -> Literal["masks", "instances and classes"]:
        """What it learns from."""
        return "masks" if self.first is None else "instances and classes"


def systems(
    encoders: Mapping[str, str] | None = None,
    *,
    eyes: Eyes = Eyes(),
    same_samples: bool = False,
) -> dict[str, tuple[System, ...]]:
    """The rows of each of `MATRICES`.

    Args:
        encoders: name or folder of BERT and RoBERTa, by "BERT" and "RoBERTa"; MiniLM stands in for those not given.
        eyes: the U-Net of all of them.
        same_samples: ask one sentence of each of several scans at a step, whatever the system; else what suits it.
    """
    known = encoders or {}
    late = LateConfig(channels=eyes.channels, blocks=eyes.blocks, width=_WIDTH, mask_width=32, candidates=12)
    instances = InstanceConfig(
        channels=eyes.channels, blocks=eyes.blocks, inputs="details", context=128, objects_alike=0.5
    )
    less = LessConfig(
        channels=eyes.channels,
        blocks=eyes.blocks,
        inputs="details",
        query_width=_WIDTH,
        feedforward_width=4 * _WIDTH,
        positive_weight=_POSITIVE,
    )
    found = ModelConfig(fusion="graph", graph=GraphConfig(instances=instances), voxel_size=eyes.voxel_size)
    first = _run(found, (1, 1))

    def read_by(text: str) -> tuple[TextConfig, str, str]:
        if text == "GRU":
            return TextConfig(encoder="gru"), text, ""
        if text in known:
            return TextConfig(encoder=known[text]), text, ""
        return TextConfig(), STAND_IN, "" if text == STAND_IN else text

    def row(name: str, text: str, model: ModelConfig, paper: Paper | None = None) -> System:
        config, called, stands_for = read_by(text)
        asked = _ANEW if same_samples or model.fusion == "early" else _AT_ONCE
        model = replace(model, text=config, voxel_size=eyes.voxel_size)
        return System(name, called, _run(model, asked), first if model.needs_labels else None, paper, stands_for)

    def two_stages(name: str, text: str, paper: Paper) -> System:
        if name == "TGNN":
            graph = GraphConfig(instances=instances, matcher="tgnn")
        else:
            of_words = XRefSegConfig() if text == "GRU" else XRefSegConfig(neighbors=10)
            graph = GraphConfig(instances=instances, matcher="xrefseg", xrefseg=of_words)
        return row(name, text, ModelConfig(fusion="graph", graph=graph), paper)

    def less_row(name: str, text: str, paper: Paper, **changes: bool | float) -> System:
        return row(name, text, ModelConfig(fusion="early", early=replace(less, **changes)), paper)

    def part(name: str, paper: Paper, **changes: bool | float) -> System:
        return replace(less_row(name, "RoBERTa", paper, **changes), paced_by=whole.title)

    default = row("late fusion (default)", STAND_IN, ModelConfig(late=late))
    whole = less_row("LESS", "RoBERTa", Paper(33.74, 53.23, 29.88, 7.09, 44.76, "40.89"))
    text = (
        two_stages("TGNN", "GRU", Paper(26.10, 35.00, 29.00)),
        two_stages("TGNN", "BERT", Paper(27.80, 37.50, 31.40, 27.98, 176.57, "156.02 + 8.53")),
        two_stages("X-RefSeg3D", "GRU", Paper(29.77, 39.85, 33.52)),
        two_stages("X-RefSeg3D", "BERT", Paper(29.94, 40.33, 33.77, 20.00, 126.23, "156.02 + 7.59")),
        less_row("LESS", "GRU", Paper(32.19, 51.00, 26.41)),
        less_row("LESS", "BERT", Paper(32.44, 51.41, 29.02)),
        whole,
        default,
    )
    ablation = (
        part("LESS without PWCA and QSA", Paper(32.66, 51.71, 27.20), pwca=False, qsa=False),
        part("LESS without QSA", Paper(33.44, 52.73, 28.92), qsa=False),
        part("LESS, L_seg alone", Paper(25.86, 40.85, 16.81), area_weight=0.0, contrast_weight=0.0),
        part("LESS, L_seg + L_area", Paper(31.04, 49.61, 24.72), contrast_weight=0.0),
        whole,
    )
    effort = (whole, default, text[1], text[3])
    return {"text": text, "ablation": ablation, "effort": effort}


def _run(model: ModelConfig, asked: tuple[int, int]) -> TrainConfig:
    """The training of a row, with so many scans at a step and sentences of each; its steps are set by the budget."""
    scans, sentences = asked
    return TrainConfig(
        learning_rate=_RATE,
        model=model,
        augment=AugmentConfig(keep=0.25, flatten=0.5),
        scans_per_step=scans,
        sentences_per_scan=sentences,
        max_points=_MAX_POINTS,
        validation_scans=1,
        turns=1,
    )

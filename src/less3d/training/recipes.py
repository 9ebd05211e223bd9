"""Ready-made runs. `less3d train NAME` starts one; every setting can be changed on the command line.

`rooms-base` trains the default network on a GPU. The recipes of the paper's LESS are here to be compared with: at the
paper's sizes they ask for a GPU too.
"""

import warnings
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from less3d.data.augment import AugmentConfig
from less3d.data.dataset import Dataset
from less3d.data.nyu40 import UNSCORED
from less3d.errors import InputWarning
from less3d.models import ModelConfig
from less3d.models.graph import GraphConfig
from less3d.models.instances import InstanceConfig
from less3d.models.late import LateConfig
from less3d.models.less import LessConfig
from less3d.models.xrefseg import XRefSegConfig
from less3d.text import TextConfig
from less3d.training.config import TrainConfig
from less3d.weights import load_weights

_LOOKED_AT, _COMMON = 200, 0.1
"""Scans from which classes are taken, and the share of them that has one that is common."""

_SAME_VIEW = AugmentConfig(yaw=5.0, turn=0.75, scale=0.02, stretch=0.0, keep=0.8, holes=0, crop=0.0, flatten=0.0)
"""Close to the paper's augmentation: quarter turns only where no view word relies on how the scan lies."""

_SCANNED = AugmentConfig(keep=0.25, flatten=0.5)
"""For rooms as scanners see them: scans of many densities, objects with less texture than furniture models have."""

_ROOMS_BASE = TrainConfig(
    model=ModelConfig(),
    augment=_SCANNED,
    steps=8_000,
    scans_per_step=16,
    sentences_per_scan=120,
    absent=0.2,
    forget=0.08,
    max_points=90_000,
    validation_scans=20,
)
_ROOMS_BASE_CPU = replace(_ROOMS_BASE, steps=12_000, scans_per_step=1, sentences_per_scan=48, replicas=2, meet_every=10)
_SMALLER = ModelConfig(
    late=LateConfig(channels=(24, 48, 64, 96), width=96, mask_width=32, candidates=12), voxel_size=0.1
)

_TWO_STAGES = replace(_ROOMS_BASE_CPU, steps=6_000, absent=0.0, forget=0.0)
"""Systems of two stages know no sentence about nothing."""

RECIPES: dict[str, TrainConfig] = {
    "rooms-base": _ROOMS_BASE,
    "rooms-base-cpu": _ROOMS_BASE_CPU,
    "rooms-tiny": replace(_ROOMS_BASE_CPU, model=_SMALLER, steps=6_600, validate_every=1_100),
    "rooms-instances": replace(
        _TWO_STAGES,
        model=ModelConfig(
            fusion="graph",
            graph=GraphConfig(
                instances=InstanceConfig(
                    channels=(32, 64, 96, 128, 128), blocks=1, inputs="details", context=128, objects_alike=0.5
                )
            ),
        ),
    ),
    "rooms-tgnn": replace(_TWO_STAGES, model=ModelConfig(fusion="graph", graph=GraphConfig(matcher="tgnn"))),
    "rooms-xrefseg": replace(
        _TWO_STAGES,
        model=ModelConfig(fusion="graph", graph=GraphConfig(matcher="xrefseg", xrefseg=XRefSegConfig(neighbors=10))),
    ),
    "rooms-less": TrainConfig(
        model=ModelConfig(fusion="early", early=LessConfig(channels=(32, 64, 96, 128), blocks=1, positive_weight=20.0)),
        steps=10_000,
        scans_per_step=4,
        sentences_per_scan=1,
        learning_rate=5e-4,
    ),
    "less-paper": TrainConfig(
        model=ModelConfig(
            fusion="early",
            early=LessConfig.paper(),
            text=TextConfig(encoder="roberta", trainable=True, layers="last"),
            voxel_size=0.02,
        ),
        augment=_SAME_VIEW,
        steps=168_000,
        scans_per_step=14,
        sentences_per_scan=1,
        max_points=50_000,
        part="random",
        learning_rate=1e-4,
        multiple_weight=1.0,
        turns=1,
    ),
    "less-paper-gru": TrainConfig(
        model=ModelConfig(fusion="early", early=LessConfig.paper(), text=TextConfig(encoder="gru"), voxel_size=0.02),
        augment=_SAME_VIEW,
        steps=168_000,
        scans_per_step=14,
        sentences_per_scan=1,
        max_points=50_000,
        part="random",
        learning_rate=1e-4,
        multiple_weight=1.0,
        turns=1,
    ),
}
"""Each recipe by name: `rooms-base` (late fusion, 16 scans at a step, for a GPU), `rooms-base-cpu` (the same network in
two processes, for a CPU), `rooms-tiny` (smaller), `rooms-instances` (the first of two stages, in small), `rooms-tgnn`
and `rooms-xrefseg` (second stages over it), `rooms-less` (the paper's network in small), `less-paper` and
`less-paper-gru` (the paper's sizes, for a GPU: as many sentences as 64 epochs of ScanRefer's 36,665 have, 14 a step;
but each of another scan, and with a rate that falls along half a cosine, where the authors' falls to .95 in each
epoch)."""


def complete(config: TrainConfig, data: Dataset, *, start_from: Path | None = None) -> TrainConfig:
    """The run with what only the data can say: what a GRU knows, which classes are told apart, and whether sentences
    about nothing can be borrowed.

    The vocabulary is that of the training sentences. Classes are those that the weights `start_from` tell apart, else
    those of the scans' labels, see `common_classes`; a second stage takes all settings of the first from these weights.
    Sentences are borrowed by their labels.

    Warns:
        InputWarning: when `absent` is left out, because there are no labels of several classes.
    """
    rows = [row for own in data.referrals.values() for row in own]
    labels = {row.label for row in rows if row.label}
    if config.absent and len(labels) < 2:
        warnings.warn(
            f"no sentence is borrowed from another scan to be about nothing (absent): that takes sentences with labels "
            f"of several classes, got {sorted(labels)}",
            InputWarning,
            stacklevel=2,
        )
        config = replace(config, absent=0.0)
    if config.model.needs_labels:
        config = replace(config, model=_with_classes(config.model, data, start_from))
    text = config.model.text
    if text.encoder != "gru" or text.vocabulary:
        return config
    from less3d.text.tokens import Vocabulary

    text = replace(text, vocabulary=Vocabulary.from_sentences([row.sentence for row in rows]).words)
    return replace(config, model=replace(config.model, text=text))


def _with_classes(model: ModelConfig, data: Dataset, start_from: Path | None) -> ModelConfig:
    """A model of two stages that knows which classes there are."""
    first = None if start_from is None else load_weights(start_from)[0].config
    if model.answers and first is not None:
        graph = replace(model.graph, instances=first.graph.instances)
        return replace(model, graph=graph, voxel_size=first.voxel_size)
    if model.graph.instances.classes:
        return model
    known = () if first is None else first.graph.instances.classes
    classes = known or common_classes(data, always=model.graph.instances.background)
    instances = replace(model.graph.instances, classes=classes)
    return replace(model, graph=replace(model.graph, instances=instances))


def common_classes(data: Dataset, *, always: Collection[str] = ()) -> tuple[str, ...]:
    """The classes of which a tenth of the scans, at least, has an object, the commonest first, then by name.

    Of many scans the first 200 are looked at. What is of a class of things with nothing in common is of none, see
    `UNSCORED`.

    Args:
        data: the scans.
        always: classes that count however rare they are: those that are no objects, which must be told from objects.

    Raises:
        InputError: when a scan has no full labels.
    """
    scans = data.scans[:_LOOKED_AT]
    counts = Counter(label for scan in scans for label in set(data.annotated(scan).classes.values()) - UNSCORED)
    common = (label for label, count in counts.items() if count >= _COMMON * len(scans) or label in always)
    return tuple(sorted(common, key=lambda label: (-counts[label], label)))

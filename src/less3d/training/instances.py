"""Scoring the first of two stages on its own: as instance segmentation."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from less3d.batch import make_scene
from less3d.data.dataset import Dataset
from less3d.errors import InputError
from less3d.instance_metrics import (
    FoundInstance,
    InstanceScore,
    InstanceScores,
    match_instances,
    summarize_instances,
)
from less3d.io.files import replacing
from less3d.models import Referrer
from less3d.models.graph import GraphNetwork
from less3d.scan import Scan

_WORST = 8
"""Classes that are named for their low scores."""


def evaluate_instances(
    model: Referrer,
    data: Dataset,
    *,
    max_scans: int | None = None,
    device: str = "cpu",
    on_scan: Callable[[], None] = lambda: None,
) -> InstanceScores:
    """AP, AP50 and AP25 of what stage one finds, over all points of each scan, by ScanNet's definition.

    Args:
        model: of two stages; put into evaluation mode.
        data: with full labels.
        max_scans: only the first so many scans.
        device: where to run.
        on_scan: told when a scan is done.

    Raises:
        InputError: when the model has no first stage, or a scan no full labels.
    """
    network = model.eval().network
    if not isinstance(network, GraphNetwork):
        raise InputError(f"expected a model of two stages, got one of {model.config.fusion} fusion")
    config = network.config.instances
    scored = [label for label in config.classes if label not in config.background]
    matches = []
    for name in data.scans[:max_scans]:
        full = data.annotated(name)
        found = find(model, full.scan, device=device)
        matches.append(match_instances(found, full.masks, full.classes, scored))
        on_scan()
    return summarize_instances(matches)


@torch.inference_mode()
def find(model: Referrer, scan: Scan, *, device: str = "cpu") -> list[FoundInstance]:
    """The objects that stage one finds in a scan, on its points."""
    config, network = model.config, model.network
    assert isinstance(network, GraphNetwork)
    scene = make_scene([scan], voxel_size=config.voxel_size, num_levels=config.num_levels, device=device)
    instances = network.prepare(scene)
    masks = instances.masks[:, scene.point_to_voxel(0)].cpu().numpy()
    labels = [network.config.instances.classes[number] for number in instances.labels.tolist()]
    return [FoundInstance(*one) for one in zip(masks, labels, instances.confidence.tolist(), strict=True)]


def write_instance_rows(scores: InstanceScores, path: Path) -> None:
    """A row a class; the file appears whole or not at all."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["class", "ap", "ap_50", "ap_25"])
    for label, score in scores.by_class.items():
        writer.writerow([label, *(f"{value:.4f}" for value in (score.ap, score.ap_50, score.ap_25))])
    with replacing(path) as file:
        file.write(text.getvalue().encode())


def read_instance_rows(path: Path) -> dict[str, InstanceScore]:
    """What `write_instance_rows` wrote, by class."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["class"]: InstanceScore(float(row["ap"]), float(row["ap_50"]), float(row["ap_25"]))
            for row in csv.DictReader(file)
        }


def instance_lines(by_class: dict[str, InstanceScore]) -> dict[str, list[str]]:
    """What a model card says of stage one, by heading."""
    columns = np.array([(score.ap, score.ap_50, score.ap_25) for score in by_class.values()]).reshape(-1, 3)
    mean = columns.mean(axis=0) if by_class else np.zeros(3)
    worst = sorted((score.ap_50, label) for label, score in by_class.items())[:_WORST]
    named = ", ".join(f"{label} {score:.2f}" for score, label in worst)
    return {
        "Scores": [
            f"On the validation scans, the mean over {len(by_class)} classes:",
            "",
            "| AP | AP50 | AP25 |",
            "|---|---|---|",
            f"| {' | '.join(f'{value:.3f}' for value in mean)} |",
        ],
        "Known failures": [f"- Lowest AP50: {named}.", "- It finds objects; it answers no sentence."],
    }

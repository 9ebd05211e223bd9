"""What weights of the first of two stages find in the made test rooms."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from provenance import origin

from less3d.data.folder import Folder
from less3d.models import Referrer
from less3d.training.instances import evaluate_instances

HEAD = ["| class | AP | AP50 | AP25 |", "| --- | --- | --- | --- |"]


def score_objects(model: Referrer, root: Path) -> dict[str, Any]:
    """AP, AP50 and AP25 over a folder of test rooms, their mean and by class."""
    rooms = Folder(root)
    scores = evaluate_instances(model, rooms)
    assert scores.mean is not None, "rooms without a class that the model knows"
    by_class = {label: asdict(score) for label, score in scores.by_class.items()}
    return {"rooms": len(rooms.scans), "mean": asdict(scores.mean), "by_class": by_class}


def object_lines(scores: dict[str, Any]) -> list[str]:
    """A table: the mean, and each class."""
    found = scores["objects"]
    rows = {f"mean of {len(found['by_class'])}": found["mean"], **found["by_class"]}
    table = [f"| {name} | {row['ap']:.3f} | {row['ap_50']:.3f} | {row['ap_25']:.3f} |" for name, row in rows.items()]
    return [
        f"Over {found['rooms']} made rooms with furniture held out from training, {origin(scores)}:",
        "",
        *HEAD,
        *table,
    ]

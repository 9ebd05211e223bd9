"""A data set small enough for tests: three rooms of two colored boxes, a sentence about each box."""

import json
from pathlib import Path

import numpy as np

from less3d.data.dataset import Dataset, make_samples
from less3d.io import write_scan
from less3d.referral import Sample
from less3d.scan import Scan


def samples_of(data: Dataset, scan: str) -> list[Sample]:
    """Every sentence about one scan with its mask."""
    return make_samples(*data.load(scan), data.referrals[scan])


def write_tiny_data(root: Path) -> Path:
    """Write the data set into a folder."""
    (root / "scans").mkdir()
    rows = []
    for number in range(3):
        rng = np.random.default_rng(number)
        points = rng.uniform(0, 2, (600, 3)).astype(np.float32)
        instances = (points[:, 0] > 1).astype(np.int32)
        colors = np.where(instances[:, None], np.uint8([200, 30, 30]), np.uint8([30, 200, 30]))
        scan = Scan(points=points, colors=colors, instances=instances, labels={0: "box", 1: "box"})
        write_scan(scan, root / "scans" / f"room{number}.npz")
        for target, color in enumerate(("green", "red")):
            row = {"scan": f"room{number}", "target_id": target, "sentence": f"the {color} box", "label": "box"}
            rows.append(json.dumps({**row, "kind": "color"}))
    (root / "sentences.jsonl").write_text("\n".join(rows))
    return root

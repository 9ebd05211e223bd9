"""A large data set from disk: how soon it is open, how long training waits for it, and whether memory stays flat.

    python benchmarks/loading.py -o benchmarks/results/loading.json

Makes as many prepared scans of ScanNet's size as the real data set has, and a file of sentences as ScanRefer's, with
random colored boxes in rooms; then opens them and trains `rooms-base-cpu` on them for one epoch with one process that
trains and one that loads. Waiting is the share of the training process's time; memory is that of all processes,
counted once (proportional set size). The made data stay in the folder, to be used again.
"""

import argparse
import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from provenance import ROOT, provenance
from rich.progress import track

from less3d.data.open import open_dataset
from less3d.data.prepared import INDEX, PARTS, VERSION, write_scan_files
from less3d.referral import Masks
from less3d.scan import Scan
from less3d.text import TextConfig
from less3d.training.loop import train
from less3d.training.recipes import RECIPES, complete

SENTENCES = "sentences.json"
_COLORS = ("red", "green", "blue", "yellow", "white", "black", "orange", "purple")
_NAMES = ("chair", "table", "box", "cabinet", "desk", "lamp", "shelf", "bed")
_SKIPPED_STEPS = 20
"""At the start, while the loading process imports torch."""


def main() -> None:
    """Make, open, train, and save what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "out" / "loading", help="where the data are made")
    parser.add_argument("--scans", type=int, default=1500)
    parser.add_argument("--sentences", type=int, default=50_000)
    parser.add_argument("--points", type=int, default=148_000, help="mean points a scan; ScanNet's")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    make(options.folder, options.scans, options.sentences, options.points)
    began = time.perf_counter()
    data = open_dataset(options.folder, sentences=options.folder / SENTENCES)
    opened = {"scans": len(data.scans), "sentences": sum(map(len, data.referrals.values()))}
    seconds = time.perf_counter() - began
    result = {
        **provenance("safetensors"),
        **opened,
        "gigabytes": sum(path.stat().st_size for path in options.folder.rglob("*.safetensors")) / 1e9,
        "seconds_to_index": seconds,
        **train_an_epoch(data, options.folder / "run"),
    }
    text = json.dumps(result, indent=1)
    print(text)
    options.output.write_text(text + "\n", encoding="utf-8")


def make(folder: Path, scans: int, sentences: int, points: int) -> None:
    """Write the data set, unless it is there."""
    if (folder / INDEX).exists():
        return
    for part in PARTS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    hashes, records = {}, []
    for number in track(range(scans), "making scans"):
        rng = np.random.default_rng(number)
        name = f"scene{number:04d}_00"
        scan, said = room(rng, max(20_000, round(rng.normal(points, points / 3))))
        assert scan.instances is not None
        masks = Masks.of_instances(scan.instances)
        superpoints = (np.arange(len(scan)) // 90).astype(np.int32)
        hashes[name] = write_scan_files(
            folder, name, scan=scan, masks=masks, superpoints=superpoints, alignment=np.eye(4)
        )
        for place in range(sentences * (number + 1) // scans - sentences * number // scans):
            target = place % len(said)
            records.append(
                {
                    "scene_id": name,
                    "object_id": str(target),
                    "object_name": said[target].split()[-1],
                    "ann_id": str(place // len(said)),
                    "description": f"the {said[target]}, number {place} of those that stand in the room",
                    "token": said[target].split(),
                }
            )
    (folder / SENTENCES).write_text(json.dumps(records))
    (folder / INDEX).write_text(json.dumps({"version": VERSION, "splits": {}, "scans": hashes}))


def room(rng: np.random.Generator, count: int) -> tuple[Scan, list[str]]:
    """Floor, walls and thirty colored boxes; what each box is called."""
    size = np.array([rng.uniform(4, 8), rng.uniform(4, 8), 2.5])
    said = [f"{rng.choice(_COLORS)} {rng.choice(_NAMES)}" for _ in range(30)]
    corners = rng.uniform(0, 1, (30, 3)) * (size - 1) * [1, 1, 0]
    sizes = rng.uniform(0.3, 1.2, (30, 3))
    low, span = np.concatenate([np.zeros((1, 3)), corners]), np.concatenate([size[None], sizes])
    box = rng.choice(31, count, p=np.r_[0.5, np.full(30, 0.5 / 30)])
    unit = rng.random((count, 3))
    unit[np.arange(count), rng.integers(0, 3, count)] = rng.integers(0, 2, count)
    colors = rng.integers(0, 256, (31, 3))[box] + rng.integers(-15, 16, (count, 3))
    scan = Scan(
        points=(low[box] + unit * span[box] + rng.normal(0, 0.004, (count, 3))).astype(np.float32),
        colors=colors.clip(0, 255).astype(np.uint8),
        instances=(box - 1).astype(np.int32),
        labels={number: name.split()[-1] for number, name in enumerate(said)},
    )
    return scan, said


def train_an_epoch(data, output: Path) -> dict:
    """Train on every scan once; what was waited for, and the memory meanwhile."""
    recipe = RECIPES["rooms-base-cpu"]
    text = TextConfig(encoder="gru")  # learns, so that nothing is read beforehand
    config = replace(
        recipe,
        model=replace(recipe.model, text=text),
        steps=len(data.scans),
        replicas=1,
        meet_every=1,
        validate_every=len(data.scans),
        validation_scans=2,
    )
    (output / "last.pt").unlink(missing_ok=True)
    with MemoryLog() as memory:
        began = time.perf_counter()
        train(complete(config, data), data, data, output, workers=1)
        seconds = time.perf_counter() - began
    rows = [line.split(",") for line in (output / "log.csv").read_text().splitlines()]
    column = rows[0].index("waiting")
    waiting = [float(row[column]) for row in rows[1:]][_SKIPPED_STEPS:]
    quarters = np.array_split(np.array(memory.megabytes), 4)
    return {
        "steps": len(rows) - 1,
        "seconds_an_epoch": seconds,
        "waiting_share": float(np.mean(waiting)),
        "memory_megabytes_by_quarter_of_the_epoch": [round(float(np.median(part))) for part in quarters],
        "memory_megabytes_peak": round(max(memory.megabytes)),
    }


class MemoryLog:
    """Samples the memory of this process and all it started, every five seconds."""

    def __init__(self) -> None:
        self.megabytes: list[float] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "MemoryLog":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(5.0):
            self.megabytes.append(sum(map(_proportional, _family(os.getpid()))))


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in _family(child))]


def _proportional(pid: int) -> float:
    """Megabytes of a process, shared pages divided among those that share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()

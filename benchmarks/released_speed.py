"""How fast the released weights are, as ratios to the first: setting a scan, and asking it one more sentence.

    python benchmarks/released_speed.py -o benchmarks/results/released_speed.json

The bundled scan is set and asked by each of the weights in turn, several rounds, on one thread; the fastest round of
each counts.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from provenance import ROOT, provenance

from less3d import Segmenter, read_scan
from less3d.weights import RELEASED

SCAN = ROOT / "examples" / "data" / "room.ply"
SENTENCE = "the brown chair next to the window"
ROUNDS = 7


def main() -> None:
    """Measure and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    output = parser.parse_args().output
    torch.set_num_threads(1)
    scan = read_scan(SCAN)
    segmenters = {name: Segmenter.from_pretrained(name) for name, about in RELEASED.items() if about.answers}
    fastest: dict[str, dict[str, float]] = {name: {} for name in segmenters}
    for _ in range(ROUNDS):
        for name, segmenter in segmenters.items():
            took = {
                "set a scan": _seconds(lambda one=segmenter: one.set_scan(scan)),
                "one sentence": _seconds(lambda one=segmenter: one.segment(SENTENCE)),
            }
            fastest[name] = {work: min(seconds, fastest[name].get(work, seconds)) for work, seconds in took.items()}
    first = fastest[next(iter(segmenters))]
    results: dict[str, Any] = {
        **provenance(),
        "points": len(scan),
        "rounds": ROUNDS,
        "seconds": fastest,
        "ratios_to_first": {
            name: {work: seconds / first[work] for work, seconds in took.items()} for name, took in fastest.items()
        },
    }
    output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results["ratios_to_first"], indent=1))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

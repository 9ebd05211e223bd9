"""How long answers take and how much memory they need: each system alone, in a fresh process, with one thread."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from less3d.answering import answers, look
from less3d.benchmark.comparison import Watch
from less3d.benchmark.pool import FreshProcesses, each_done
from less3d.benchmark.record import Record, Row
from less3d.benchmark.tables import TIMES
from less3d.data.dataset import Dataset
from less3d.io.files import replacing
from less3d.training.loop import BEST
from less3d.weights import load_weights

SCANS = 5
"""How many test scans are timed."""


def time_systems(record: Record, rows: Sequence[Row], test: Dataset, watch: Watch) -> None:
    """Time the first seed of each row on the first test scans, and keep that in the record's folder."""
    timed: list[dict[str, Any]] = []
    distinct = list({row.runs: row for row in rows if record.results(row)}.values())
    for number, row in enumerate(distinct):
        watch("timing", number, len(distinct))
        weights = record.folder / "runs" / row.runs / "seed-0" / BEST
        with FreshProcesses(1) as pool:
            (found,) = each_done(pool, partial(_measure, test=test, scans=test.scans[:SCANS]), [weights])
        timed.append({"system": f"{row.name}, {row.text}", "training": _training(record, row), **found})
    watch("timing", len(distinct), len(distinct))
    sentences = sum(len(test.referrals[scan]) for scan in test.scans[:SCANS])
    about = (
        f"One thread, {len(test.scans[:SCANS])} test scans with {sentences} sentences, each scan seen from one side, "
        f"one system after the other on {record.machine}. Training is that of the runs above."
    )
    with replacing(record.folder / TIMES) as file:
        file.write((json.dumps({"about": about, "rows": timed}, indent=1) + "\n").encode())


def _measure(weights: Path, test: Dataset, scans: Sequence[str]) -> dict[str, float]:
    """Seconds and peak memory of answering all sentences of some scans."""
    torch.set_num_threads(1)
    model, _ = load_weights(weights)
    took: dict[str, list[float]] = {"set_scan": [], "first_sentence": [], "further_sentence": []}
    for name in scans:
        scan, _ = test.load(name)
        sentences = [row.sentence for row in test.referrals[name]]
        views, seconds = _timed(lambda scan=scan: look(model, scan, turns=1))
        took["set_scan"].append(seconds)
        first, rest = sentences[:1], sentences[1:]
        took["first_sentence"].append(_timed(lambda views=views, first=first: list(answers(model, views, first)))[1])
        if rest:
            _, seconds = _timed(lambda views=views, rest=rest: list(answers(model, views, rest)))
            took["further_sentence"] += [seconds / len(rest)] * len(rest)
    return {
        **{name: mean(own) for name, own in took.items() if own},
        "whole": sum(map(sum, took.values())),
        "megabytes": _peak_megabytes(),
    }


def _peak_megabytes() -> float:
    """The most memory that this process has held; on Linux without what its parent held when it was started."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    import resource  # which Windows has not

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _training(record: Record, row: Row) -> str:
    """Minutes of training, of each of two stages where there are two; a first that was given says no time."""
    stages = [record.results(row.first)] if row.first and not record.stage_one else []
    minutes = [f"{mean(run['minutes'] for run in runs):.1f}" for runs in [*stages, record.results(row)] if runs]
    return " + ".join(["given", *minutes] if row.first and record.stage_one else minutes)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    done = work()
    return done, time.perf_counter() - began

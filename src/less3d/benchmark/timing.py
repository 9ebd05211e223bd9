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
from less3d.benchmark.figures import spent
from less3d.benchmark.machine import commit, machine, short
from less3d.benchmark.pool import FreshProcesses, each_done
from less3d.benchmark.record import Record, Row
from less3d.benchmark.tables import TIMES
from less3d.data.dataset import Dataset
from less3d.data.jsons import read_json
from less3d.io.files import replacing
from less3d.models import Referrer
from less3d.weights import load_weights

SCANS = 10
"""How many test scans are timed."""


def time_systems(record: Record, rows: Sequence[Row], test: Dataset, watch: Watch) -> None:
    """Time the first seed of each row on the first test scans, and keep that in the record's folder.

    Rows without weights, as of runs of which only scores were kept, are left out. Where that would lose times that are
    there, those stay, and nothing is timed: times of different machines, or hours, are not for one table.
    """
    timed: list[dict[str, Any]] = []
    scans = test.scans[: min(SCANS, record.test_scans)]
    chosen, kept = record.with_weights(rows), record.folder / TIMES
    if kept.exists() and not {row["system"] for row in read_json(kept)["rows"]} <= set(chosen):
        return
    for number, (title, (row, weights)) in enumerate(chosen.items()):
        watch("timing", number, len(chosen))
        with FreshProcesses(1) as pool:
            measure = partial(_measure, test=test, scans=scans, device=record.device)
            (found,) = each_done(pool, measure, [weights])
        further = found.get("further_sentence", found["first_sentence"])
        whole = record.test_scans * (found["set_scan"] + found["first_sentence"])
        whole += (record.test_sentences - record.test_scans) * further
        timed.append({"system": title, "training": spent(record, row, "minutes", "{:.1f}"), **found, "whole": whole})
    watch("timing", len(chosen), len(chosen))
    if not timed:
        return
    sentences = sum(len(test.referrals[scan]) for scan in scans)
    place = "One thread" if record.device == "cpu" else "On the GPU"
    source = f", commit {short(commit())}" if commit() else ""
    about = (
        f"{place}, {len(scans)} test scans with {sentences} sentences, the first scan once before it counts, each seen "
        f"from one side, one system after the other on {machine(record.device)}{source}. The time for the whole set of "
        f"{record.test_scans:,} scans with {record.test_sentences:,} sentences follows from these. Training is that of "
        "the runs above. The paper's times are those of an RTX 4090."
    )
    with replacing(kept) as file:
        file.write((json.dumps({"about": about, "rows": timed}, indent=1) + "\n").encode())


def _measure(weights: Path, test: Dataset, scans: Sequence[str], device: str) -> dict[str, float]:
    """Seconds and peak memory of answering all sentences of some scans."""
    torch.set_num_threads(1)
    model = load_weights(weights)[0].to(device)
    took = [_scan_seconds(model, test, name, device) for name in (scans[0], *scans)][1:]
    known = {
        name: [own[name] for own in took if name in own] for name in ("set_scan", "first_sentence", "further_sentence")
    }
    return {**{name: mean(own) for name, own in known.items() if own}, "megabytes": _peak_megabytes(device)}


def _scan_seconds(model: Referrer, test: Dataset, name: str, device: str) -> dict[str, float]:
    """Seconds that a scan, its first sentence, and on average each further one take."""
    scan, _ = test.load(name)
    sentences = [row.sentence for row in test.referrals[name]]
    first, rest = sentences[:1], sentences[1:]
    views, set_scan = _timed(lambda: look(model, scan, turns=1, device=device))
    took = {"set_scan": set_scan, "first_sentence": _timed(lambda: list(answers(model, views, first)))[1]}
    if rest:
        took["further_sentence"] = _timed(lambda: list(answers(model, views, rest)))[1] / len(rest)
    return took


def _peak_megabytes(device: str) -> float:
    """The most memory that this process has held, on the device that did the work; on Linux without what its parent
    held when it was started."""
    if device != "cpu":
        return torch.cuda.max_memory_allocated(device) / 2**20
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    import resource  # which Windows has not

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    done = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()  # what was asked of the GPU may still be under way
    return done, time.perf_counter() - began

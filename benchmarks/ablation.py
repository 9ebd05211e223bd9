"""What each part of the networks is worth: paper LESS, Dice, late fusion and its parts, with the same time to learn.

    python benchmarks/ablation.py --data rooms/train --test rooms/test --minutes 30 --seeds 3

All variants but the first late one add one thing to the one before. First every variant trains for a moment, which says
how many steps it takes in the minutes given; from then on its runs are determined by their settings and seed, and end
after these steps. A run has one core. What is finished is not run again, and what was stopped goes on, in the folder
--runs. Results are written after every run; each is of the last weights, a scan seen from one side.
"""

import argparse
import json
import math
import multiprocessing
import shutil
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from provenance import ROOT, provenance
from rich.progress import track

from less3d.calibration import Calibration
from less3d.data.folder import Folder
from less3d.data.sentences import class_words
from less3d.io.files import replacing
from less3d.metrics import Scores, summarize
from less3d.models import Referrer
from less3d.models.late import LateConfig
from less3d.models.less import LessConfig
from less3d.settings import from_json, to_json
from less3d.text.table import make_table
from less3d.training.config import TrainConfig
from less3d.training.evaluate import evaluate
from less3d.training.loader import all_sentences
from less3d.training.loop import TEXT, train
from less3d.training.recipes import RECIPES, complete
from less3d.weights import load_weights, save_weights

LATE, EARLY, BASE = RECIPES["rooms-tiny"], RECIPES["rooms-less"], RECIPES["rooms-base-cpu"]
"""The recipes that variants are made of; all see the same scans here, and only what is there is asked for."""
VOXEL_SIZE, MAX_POINTS = 0.12, 60_000
"""Coarse, so that minutes on one core are enough to learn something from nothing."""
SENTENCES = 8
"""Of one scan at a step, for the network that reads the scan anew for each."""
GIVEN, COMPARING = ("network.encoder.", "network.gather.", "network.words."), ("network.relate", "network.absence")
"""The parts of a late network that see objects and read words, and those that compare objects by what was said."""
RESULT = ROOT / "benchmarks" / "results" / "ablation.json"
PILOT = 0.05
"""Share of the minutes of a run for which its speed is measured."""


def variants() -> dict[str, TrainConfig]:
    """Each variant by name.

    From nothing: the paper's network and what finds objects in the late one, small and coarse. With the eyes and the
    words of the released weights, which stay as they are: what compares objects, at full size, for relations are not
    learned before objects are seen and words are understood. But for the first of each network, all add a part to the
    one before.
    """
    small, base = (
        replace(recipe, replicas=1, meet_every=1, absent=0.0, forget=0.0, max_points=MAX_POINTS)
        for recipe in (LATE, BASE)
    )
    less = replace(EARLY, augment=small.augment, max_points=MAX_POINTS, scans_per_step=1, sentences_per_scan=SENTENCES)
    less = _early(less, channels=LATE.model.late.channels)
    bare = {"gather": False, "relation_layers": 0, "pair_values": False, "counts": False, "fronts": False}
    coarse = {
        "paper LESS, small": less,
        "+ Dice": _early(less, dice_weight=1.0),
        "late: words choose tokens": _late(small, **bare, votes=False),
        "+ votes": _late(small, **bare),
        "+ gathering": _late(small, **bare | {"gather": True}),
    }
    base = replace(base, learn=COMPARING)
    return {
        **{name: replace(one, model=replace(one.model, voxel_size=VOXEL_SIZE)) for name, one in coarse.items()},
        "given: words choose tokens": _late(base, **bare),
        "given: + gathering": _late(base, **bare | {"gather": True}),
        "given: + relations, pair geometry as bias": _late(base, pair_values=False, counts=False, fronts=False),
        "given: + pair geometry as value": _late(base, counts=False, fronts=False),
        "given: + counting": _late(base, fronts=False),
        "given: + fronts": base,
    }


@dataclass(frozen=True)
class Job:
    """One run."""

    variant: str
    config: TrainConfig
    folder: Path
    data: Path
    test: Path
    test_scans: int
    text: Path
    """The sentences as the frozen text encoder reads them, which all runs share."""

    @property
    def result(self) -> Path:
        """Written when the run is finished and scored."""
        return self.folder / "result.json"


def main() -> None:
    """Run what is not finished, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--test-scans", type=int, default=20, help="at most so many are scored")
    parser.add_argument("--minutes", type=float, default=30.0, help="of training, a run")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--variants", nargs="+", choices=list(variants()), default=list(variants()), metavar="NAME")
    parser.add_argument("--workers", type=int, default=1, help="runs at a time, one core each")
    parser.add_argument("--runs", type=Path, default=ROOT / "runs" / "ablation", help="where runs are kept")
    parser.add_argument("-o", "--output", type=Path, default=RESULT)
    options = parser.parse_args()
    chosen = {name: config for name, config in variants().items() if name in options.variants}
    with multiprocessing.get_context("spawn").Pool(options.workers, maxtasksperchild=1) as pool:
        speeds = measure(chosen, options, pool)
        jobs = [
            job_of(name, at_length(config, round(options.minutes * speeds[name]), seed), options)
            for seed in range(options.seeds)
            for name, config in chosen.items()
        ]
        done = [job for job in jobs if is_finished(job)]
        left = [job for job in jobs if job not in done]
        write(options, done)
        for job in track(pool.imap_unordered(run, left), "runs", total=len(left)):
            done.append(job)
            write(options, [one for one in jobs if one in done])
    print("\n".join(table(json.loads(options.output.read_text(encoding="utf-8")))))


def measure(chosen: dict[str, TrainConfig], options: argparse.Namespace, pool: Any) -> dict[str, float]:
    """Steps a minute of each variant, measured once and kept. Also lets the frozen text encoder read all sentences."""
    known, speeds = options.runs / "speeds.json", {}
    if known.is_file():
        speeds = json.loads(known.read_text(encoding="utf-8"))
    data = Folder(options.data)
    make_table(options.runs / TEXT, LATE.model.text, all_sentences(data, LATE), on_read=lambda done, total: None)
    pilots = [(job_of(name, config, options), PILOT * options.minutes) for name, config in chosen.items()]
    pilots = [pilot for pilot in pilots if pilot[0].variant not in speeds]
    for name, speed in track(pool.imap_unordered(pilot, pilots), "speeds", total=len(pilots)):
        speeds[name] = speed
        with replacing(known) as file:
            file.write(json.dumps(speeds, indent=1).encode())
    return speeds


def pilot(asked: tuple[Job, float]) -> tuple[str, float]:
    """The steps a minute of a run that trains for some minutes and is then thrown away."""
    job, minutes = asked
    folder = job.folder.with_name("pilot")
    shutil.rmtree(folder, ignore_errors=True)
    progress = _train(replace(job, folder=folder), max_minutes=minutes)
    shutil.rmtree(folder)
    return job.variant, 60 * progress.step / progress.seconds


def at_length(config: TrainConfig, steps: int, seed: int) -> TrainConfig:
    """The run with so many steps, validated at the last only."""
    steps, warmup = max(1, steps), min(config.warmup_steps, steps // 10)
    return replace(config, steps=steps, seed=seed, validate_every=steps, validation_scans=1, warmup_steps=warmup)


def job_of(variant: str, config: TrainConfig, options: argparse.Namespace) -> Job:
    """The run in its place, `runs/variant/seed`."""
    config = complete(config, Folder(options.data))
    folder = options.runs / folder_of(variant) / f"seed-{config.seed}"
    return Job(variant, config, folder, options.data, options.test, options.test_scans, options.runs / TEXT)


def folder_of(variant: str) -> str:
    """A name for the runs of a variant: its words."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in variant).split())


def is_finished(job: Job) -> bool:
    """Whether there is a result of this very run.

    Raises:
        SystemExit: when there is one of another run.
    """
    if not job.result.is_file():
        return False
    found = json.loads(job.result.read_text(encoding="utf-8"))
    if from_json(TrainConfig, json.dumps(found["settings"])) != job.config:
        raise SystemExit(f"{job.result} is of a run with other settings: give them again, or another folder as --runs")
    return True


def run(job: Job) -> Job:
    """Train to the end, or from where the run was stopped, and score; the result is in the run's folder."""
    progress = _train(job)
    model, _ = load_weights(job.folder / "best.safetensors")
    model.calibration = Calibration()  # what is there was fitted to a scan that was trained on
    test = Folder(job.test)
    full = summarize(evaluate(model, test, max_scans=job.test_scans, turns=1))
    noun = summarize(
        evaluate(model, test, max_scans=job.test_scans, turns=1, reword=lambda referral: class_words(referral.label))
    )
    gain = None
    if full.multiple is not None and noun.multiple is not None:
        gain = full.multiple.miou - noun.multiple.miou
    result = {
        "variant": job.variant,
        "seed": job.config.seed,
        "steps": progress.step,
        "sentences": progress.sentences,
        "minutes": progress.seconds / 60,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "reading_gain_miou": gain,
        "scores": _without_classes(full),
        "class_word": _without_classes(noun),
        "settings": json.loads(to_json(job.config)),
    }
    with replacing(job.result) as file:
        file.write(json.dumps(result, indent=1).encode())
    return job


def write(options: argparse.Namespace, done: Sequence[Job]) -> None:
    """All finished runs as one file."""
    results = [json.loads(job.result.read_text(encoding="utf-8")) for job in done]
    budget = {"minutes_a_run": options.minutes, "seeds": options.seeds, "test_scans": options.test_scans}
    whole = {**provenance(), **budget, "runs": results}
    with replacing(options.output) as file:
        file.write((json.dumps(whole, indent=1) + "\n").encode())


def table(result: dict[str, Any]) -> list[str]:
    """A row a variant: means over its seeds, with the standard deviation between them."""
    lines = [
        "| variant | seeds | minutes | sentences | mIoU | Acc@0.25 | Acc@0.5 | unique | multiple | over class word |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(run["variant"] for run in result["runs"]):
        runs = [run for run in result["runs"] if run["variant"] == name]
        overall = [run["scores"]["overall"] for run in runs]
        split = {split: [(run["scores"][split] or {}).get("miou") for run in runs] for split in ("unique", "multiple")}
        columns = [[score[key] for score in overall] for key in ("miou", "acc_25", "acc_50")]
        columns += [split["unique"], split["multiple"], [run["reading_gain_miou"] for run in runs]]
        minutes, sentences = (np.mean([run[key] for run in runs]) for key in ("minutes", "sentences"))
        cells = [name, str(len(runs)), f"{minutes:.0f}", f"{sentences:,.0f}", *map(spread, columns)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def spread(values: Iterable[float | None]) -> str:
    """Mean and standard deviation of what is known."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    return f"{np.mean(known):.3f}" + (f" ± {np.std(known, ddof=1):.3f}" if len(known) > 1 else "")


def _without_classes(scores: Scores) -> dict[str, Any]:
    """All scores but those of the single classes."""
    return {name: value for name, value in asdict(scores).items() if name != "by_label"}


def _train(job: Job, *, max_minutes: float = math.inf) -> Any:
    """Train in this process, with one thread; what it tells goes to a file. No weights are chosen by a validation: the
    one there is, of a scan trained on, comes after the last step."""
    torch.set_num_threads(1)
    job.folder.mkdir(parents=True, exist_ok=True)
    if not (job.folder / TEXT).exists():
        (job.folder / TEXT).symlink_to(job.text.resolve(), target_is_directory=True)
    start = _with_given(job) if job.config.learn else None
    data = Folder(job.data)
    with (job.folder / "messages.txt").open("a", encoding="utf-8") as file, redirect_stderr(file):
        return train(job.config, data, data, job.folder, workers=0, max_minutes=max_minutes, start_from=start)


def _with_given(job: Job) -> Path:
    """Weights that see and read as the released ones do, and have compared nothing yet."""
    torch.manual_seed(job.config.seed)
    model, (released, _) = Referrer(job.config.model), load_weights()
    known = released.state_dict()
    given = {name: known[name] for name in model.state_dict() if name.startswith(GIVEN)}
    model.load_state_dict(given, strict=False)
    path = job.folder / "start.safetensors"
    save_weights(model, path, metadata={})
    return path


def _late(config: TrainConfig, **changes: Any) -> TrainConfig:
    late: LateConfig = replace(config.model.late, **changes)
    return replace(config, model=replace(config.model, late=late))


def _early(config: TrainConfig, **changes: Any) -> TrainConfig:
    early: LessConfig = replace(config.model.early, **changes)
    return replace(config, model=replace(config.model, early=early))


if __name__ == "__main__":
    main()

"""What each part of the networks is worth: paper LESS, Dice, late fusion and its parts, with the same time to learn.

    python benchmarks/ablation.py --data rooms/train --test rooms/test --minutes 30 --seeds 3

All variants but the first late one add one thing to the one before. First every variant trains for a moment, which says
how many steps it takes in the minutes given; from then on its runs are determined by their settings and seed, and end
after these steps. A run has one core. What is finished is not run again, and what was stopped goes on, in the folder
--runs. Results are written after every run; each is of the last weights, a scan seen from one side.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from provenance import ROOT, provenance
from rich.progress import Progress

from less3d.benchmark.pool import FreshProcesses, each_done
from less3d.benchmark.result import known_of
from less3d.benchmark.runs import CLASS_WORD, ROWS, Run, at_length, finish, folder_of, read_sentences, steps_per_minute
from less3d.data.folder import Folder
from less3d.io.files import replacing
from less3d.metrics import Scores, summarize
from less3d.models import Referrer
from less3d.models.late import LateConfig
from less3d.models.less import LessConfig
from less3d.score_rows import read_rows
from less3d.training.config import TrainConfig
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
    kinds = [run_of(name, config, options) for name, config in chosen.items()]
    with FreshProcesses(options.workers) as pool, Progress() as bar:
        reading = bar.add_task("reading sentences")
        read_sentences(kinds, lambda done, total: bar.update(reading, completed=done, total=total))
        timed = [(kind, options.minutes) for kind in kinds]
        measured = steps_per_minute(timed, options.runs / "speeds.json", pool)
        speeds = dict(bar.track(measured, len(kinds), description="speeds"))
        runs = [
            run_of(name, at_length(config, round(options.minutes * speeds[name]), seed), options)
            for seed in range(options.seeds)
            for name, config in chosen.items()
        ]
        left = [run for run in runs if not run.is_finished]
        write(options, runs)
        for _ in bar.track(each_done(pool, finish, left), len(left), description="runs"):
            write(options, runs)
    print("\n".join(table(json.loads(options.output.read_text(encoding="utf-8")))))


def run_of(variant: str, config: TrainConfig, options: argparse.Namespace) -> Run:
    """The run in its place, `runs/variant/seed`."""
    data = Folder(options.data)
    config = complete(config, data)
    folder = options.runs / folder_of(variant) / f"seed-{config.seed}"
    text, test = options.runs / "text", Folder(options.test)
    begin = _with_given(config, options.runs / "given" / f"{folder_of(variant)}-{config.seed}.safetensors")
    return Run(variant, config, folder, data, test, text, options.test_scans, begin if config.learn else None)


def write(options: argparse.Namespace, runs: Sequence[Run]) -> None:
    """All finished runs as one file."""
    results = [result_of(run) for run in runs if run.is_finished]
    budget = {"minutes_a_run": options.minutes, "seeds": options.seeds, "test_scans": options.test_scans}
    whole = {**provenance(), **budget, "runs": results}
    with replacing(options.output) as file:
        file.write((json.dumps(whole, indent=1) + "\n").encode())


def result_of(run: Run) -> dict[str, Any]:
    """What a finished run has said, and its scores."""
    full, noun = (summarize(read_rows(run.folder / file)) for file in (ROWS, CLASS_WORD))
    gain = None
    if full.multiple is not None and noun.multiple is not None:
        gain = full.multiple.miou - noun.multiple.miou
    scores = {"scores": _without_classes(full), "class_word": _without_classes(noun)}
    return {"variant": run.name, **known_of(run.result), "reading_gain_miou": gain, **scores}


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


def _with_given(config: TrainConfig, path: Path) -> Path:
    """Weights that see and read as the released ones do, and have compared nothing yet."""
    if config.learn and not path.exists():
        torch.manual_seed(config.seed)
        model, (released, _) = Referrer(config.model), load_weights()
        known = released.state_dict()
        given = {name: known[name] for name in model.state_dict() if name.startswith(GIVEN)}
        model.load_state_dict(given, strict=False)
        path.parent.mkdir(parents=True, exist_ok=True)
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

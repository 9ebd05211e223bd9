"""`less3d bench`: compare systems on the same scans with the same budget; `less3d bench tables`: the tables again."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro
from rich.progress import TaskID

from less3d.cli.progress import progress_bar
from less3d.errors import InputError

if TYPE_CHECKING:
    from less3d.benchmark.comparison import Watch
    from less3d.benchmark.record import Record

_MINUTES, _SEEDS = 30.0, 3
_QUICK_MINUTES, _QUICK_ROOMS, _QUICK_TEST_ROOMS, _QUICK_SENTENCES = 0.3, 60, 6, 30


def bench(
    *,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
    data: tuple[Path, ...] = (),
    test: Path | None = None,
    sentences: tuple[Path, ...] = (),
    split: str | None = None,
    test_sentences: Path | None = None,
    test_split: str | None = None,
    minutes: float | None = None,
    samples: int | None = None,
    start_from: Path | None = None,
    stage_one: Path | None = None,
    seeds: int | None = None,
    workers: int = 2,
    test_scans: int | None = None,
    tables: tuple[Literal["text", "ablation", "effort"], ...] = ("text", "ablation", "effort"),
    bert: str | None = None,
    roberta: str | None = None,
    device: str = "cpu",
    quick: bool = False,
) -> None:
    """Train LESS, its two-stage rivals TGNN and X-RefSeg3D, and the default network in small, and compare them.

    The output folder gets bench.md and bench.csv; with the table of text encoders also results.png, times, and
    page.html with pictures; with that of effort, effort.png. Runs that are finished are not made again: the same
    command goes on after a stop. Systems of two stages need scans with instances and classes.

    Args:
        output: folder of the comparison.
        data: one or several folders to learn from: made rooms, of your own, or ScanNet, downloaded or prepared.
        test: folder to score on.
        sentences: for ScanNet's scans the file of ScanRefer, Nr3D, Sr3D or Multi3DRefer, one for each data folder.
        split: only sentences about scans of this ScanNet split are learned from.
        test_sentences: the same for the scans to score on.
        test_split: see test_sentences.
        minutes: of training, a system and seed, on one core; 30 where nothing is said. They are turned into steps, by
            the speed of each system when nothing runs beside it.
        samples: sentences that each system is shown, in place of minutes; the first of two stages has its minutes.
        start_from: weights, such as rooms-base, with whose U-Net all systems begin, instead of random ones.
        stage_one: weights of `less3d train rooms-instances` for all systems of two stages; what they learned is not
            counted.
        seeds: runs of each system; 3 where nothing is said.
        workers: runs at a time, one core each.
        test_scans: at most so many scans are scored.
        tables: which tables to make: systems by text encoder, parts of LESS, score against the effort of labelling.
            They take the place of those in the folder, whose runs stay.
        bert: name or folder of BERT; without it MiniLM stands in.
        roberta: name or folder of RoBERTa; without it MiniLM stands in.
        device: where systems train and answer, "cpu" or "cuda"; on a GPU --workers 1 is fair to all.
        quick: 0.3 minutes a system and one seed where nothing else is said, on a few rooms that are made for it where
            no data are given.
    """
    from less3d.benchmark.comparison import Comparison, compare
    from less3d.benchmark.page import make_page
    from less3d.benchmark.plan import Budget, Plan
    from less3d.benchmark.record import begin, record_of, write_record
    from less3d.benchmark.timing import time_systems
    from less3d.data.open import open_dataset, open_datasets
    from less3d.predict import find_device

    if bool(data) != bool(test) or not (data or quick):
        raise InputError("expected --data to learn from and --test to score on, or --quick, which makes rooms itself")
    find_device(device)
    usual_minutes, usual_seeds = (_QUICK_MINUTES, 1) if quick else (_MINUTES, _SEEDS)
    budget = Budget(
        minutes=usual_minutes if minutes is None else minutes,
        samples=samples,
        seeds=usual_seeds if seeds is None else seeds,
        workers=workers,
        test_scans=test_scans,
    )
    plan = Plan(
        budget=budget,
        encoders=tuple((name, one) for name, one in (("BERT", bert), ("RoBERTa", roberta)) if one is not None),
        matrices=tables,
        start_from=start_from,
        stage_one=stage_one,
        device=device,
    )
    _ = plan.readers  # weights and text encoders are there, or nothing is begun
    output.mkdir(parents=True, exist_ok=True)
    with _watching() as watch:
        if test is None:
            learned, test = _rooms(output, workers, watch)
            data = (learned,)
        comparison = Comparison(
            plan=plan,
            data=open_datasets(data, sentences=sentences, split=split),
            test=open_dataset(test, sentences=test_sentences, split=test_split),
            folder=output,
        )
        record = begin(record_of(comparison, watch, command=shlex.join(["less3d", *sys.argv[1:]])))
        compare(comparison, watch)
        write_record(record)
        _written(record)
        rows = dict(record.tables).get("text", ())
        if rows:
            time_systems(record, rows, comparison.test, watch)
            make_page(record, rows, comparison.test, watch)
    print(_written(record))


def tables(folder: tyro.conf.Positional[Path]) -> None:
    """Write the tables and plots of a comparison again, from the scores that its runs have saved.

    Args:
        folder: of the comparison.
    """
    from less3d.benchmark.record import read_record

    print(_written(read_record(folder)))


def _written(record: "Record") -> str:
    """Write tables and plots; gives the tables."""
    from less3d.benchmark.figures import table_of_runs
    from less3d.benchmark.plots import draw
    from less3d.benchmark.tables import markdown
    from less3d.io.files import replacing

    text = markdown(record)
    for name, content in (("bench.md", text), ("bench.csv", table_of_runs(record))):
        with replacing(record.folder / name) as file:
            file.write(content.encode())
    draw(record)
    return text


def _rooms(output: Path, workers: int, watch: "Watch") -> tuple[Path, Path]:
    """A few made rooms to learn from and to score on."""
    from less3d.data.rooms.make import RoomSettings, iter_rooms

    made = []
    train = RoomSettings(seed=1, split="train", sentences=_QUICK_SENTENCES, scanner="sampled")
    for settings, rooms in ((train, _QUICK_ROOMS), (replace(train, seed=2, split="test"), _QUICK_TEST_ROOMS)):
        folder = output / "rooms" / settings.split
        for number, _ in enumerate(iter_rooms(folder, rooms=rooms, settings=settings, workers=workers), start=1):
            watch(f"making {settings.split} rooms", number, rooms)
        made.append(folder)
    return made[0], made[1]


@contextmanager
def _watching() -> Iterator["Watch"]:
    """A bar for each kind of work."""
    with progress_bar("") as bar:
        tasks: dict[str, TaskID] = {}

        def watch(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield watch

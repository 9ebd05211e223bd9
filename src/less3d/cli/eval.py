"""`less3d eval WEIGHTS DATA`: score weights over every sentence of a data set."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from less3d.errors import InputError
from less3d.io.files import replacing
from less3d.metrics import Score, Scores
from less3d.referral import Referral


def evaluate(
    weights: tyro.conf.Positional[str],
    data: tyro.conf.Positional[Path],
    *,
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None,
    noun_only: bool = False,
    max_scans: int | None = None,
    device: str = "cpu",
) -> None:
    """Print mIoU, Acc@0.25 and Acc@0.5 over a data set: overall, unique and multiple, by kind of sentence, by class.

    Args:
        weights: a weight file or folder, a hub id, or "released" for the weights in the box.
        data: data set folder (scans and sentences.jsonl).
        output: also write the scores as JSON to this file.
        noun_only: ask only for the class ("the chair") instead of the sentence: what the noun alone explains.
        max_scans: only the first so many scans.
        device: where to run, "cpu" or "cuda".
    """
    from less3d.data.folder import Folder
    from less3d.data.sentences import class_words
    from less3d.predict import find_device
    from less3d.training.evaluate import evaluate as score
    from less3d.weights import load_weights

    if max_scans is not None and max_scans < 1:
        raise InputError(f"expected to score at least one scan, got {max_scans}")
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise InputError(f"{output}: expected a file to write the scores to, in a folder that is there")

    def reword(referral: Referral) -> str:
        return class_words(referral.label) if noun_only else referral.sentence

    model = load_weights(weights)[0].to(find_device(device))
    folder = Folder(data)
    count = len(folder.scans[:max_scans])
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("scoring", total=count)
        scores = score(
            model,
            folder,
            max_scans=max_scans,
            reword=reword,
            device=device,
            on_scan=lambda _scan: progress.advance(task),
        ).compute()
    Console().print(table(scores))
    if output is not None:
        write_json(scores, output)


def table(scores: Scores) -> Table:
    """The scores as a table for people."""
    shown = Table("sentences about", "number", "mIoU", "Acc@0.25", "Acc@0.5")
    for name, score in rows(scores):
        values = (f"{value:.3f}" for value in (score.miou, score.acc_25, score.acc_50))
        shown.add_row(name, str(score.sentences), *values, end_section=name == "multiple")
    return shown


def rows(scores: Scores) -> list[tuple[str, Score]]:
    """Each split that has sentences, by name."""
    splits = [("all", scores.overall), ("unique", scores.unique), ("multiple", scores.multiple)]
    groups = [*scores.by_kind.items(), *scores.by_label.items()]
    return [(name, score) for name, score in [*splits, *groups] if score is not None]


def write_json(scores: Scores, path: Path) -> None:
    """Write all scores to a file, whole or not at all."""
    with replacing(path) as stream:
        stream.write((json.dumps(asdict(scores), indent=1) + "\n").encode())

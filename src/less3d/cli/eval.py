"""`less3d eval WEIGHTS DATA`: score weights over every sentence of a data set; `less3d scores`: the same from rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from rich.console import Console
from rich.table import Table

from less3d.cli.progress import progress_bar
from less3d.errors import InputError
from less3d.io.files import replacing
from less3d.metrics import Score, Scores, SentenceScore, summarize
from less3d.referral import Referral
from less3d.score_rows import UnfinishedRows, read_rows, require_table_name

if TYPE_CHECKING:
    from less3d.data.dataset import Dataset


def evaluate(
    weights: tyro.conf.Positional[str],
    data: tyro.conf.Positional[Path],
    *,
    sentences: Path | None = None,
    split: str | None = None,
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None,
    rows: Path | None = None,
    noun_only: bool = False,
    max_scans: int | None = None,
    device: str = "cpu",
) -> None:
    """Print mIoU, Acc@0.25 and Acc@0.5 over a data set: overall, unique and multiple, by tag, by class.

    Every mask is scored over all points of its scan. Where sentences describe no object or several, F1@0.25 and F1@0.5
    of Multi3DRefer are printed too.

    Args:
        weights: a weight file or folder, a hub id, or "released" for the weights in the box.
        data: folder with scans and sentences.jsonl, or scans that `less3d data prepare` made, or ScanNet as downloaded.
        sentences: file of ScanRefer, Nr3D, Sr3D or Multi3DRefer, for ScanNet's scans.
        split: only sentences about scans of this ScanNet split: train, val or test.
        output: also write the scores as JSON to this file.
        rows: also write one row a sentence to this file, .csv or .parquet; `less3d scores` makes the tables from it. A
            scoring that was stopped then goes on where it was.
        noun_only: ask only for the class ("the chair") instead of the sentence: what the noun alone explains.
        max_scans: only the first so many scans.
        device: where to run, "cpu" or "cuda".
    """
    from less3d.data.open import open_dataset
    from less3d.data.sentences import class_words
    from less3d.predict import find_device
    from less3d.training.evaluate import evaluate as score
    from less3d.weights import load_weights

    if max_scans is not None and max_scans < 1:
        raise InputError(f"expected to score at least one scan, got {max_scans}")
    for path in (output, rows):
        if path is not None and (path.is_dir() or not path.parent.is_dir()):
            raise InputError(f"{path}: expected a file to write the scores to, in a folder that is there")
    if rows is not None:
        require_table_name(rows)

    def reword(referral: Referral) -> str:
        return class_words(referral.label) if noun_only else referral.sentence

    model, info = load_weights(weights)
    model = model.to(find_device(device))
    opened = open_dataset(data, sentences=sentences, split=split)
    scans = opened.scans[:max_scans]
    question = f"{info.sha256} {noun_only} {data.resolve()} {_fingerprint(opened)}"
    kept = None if rows is None else UnfinishedRows(rows, question)
    done = {} if kept is None else kept.rows
    with progress_bar("sentences") as progress:
        counts = {scan: len(opened.referrals[scan]) for scan in scans}
        before = sum(counts[scan] for scan in scans if scan in done)
        task = progress.add_task("scoring", total=sum(counts.values()), completed=before)

        def keep(scan: str, scored: list[SentenceScore]) -> None:
            if kept is not None:
                kept.add(scan, scored)
            progress.advance(task, counts[scan])

        scored = score(model, opened, max_scans=max_scans, reword=reword, device=device, done=dict(done), on_scan=keep)
    if kept is not None:
        kept.finish(scans)
    _report(scored, output)


def scores(
    rows: tyro.conf.Positional[Path],
    *,
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None,
) -> None:
    """Print the tables of an evaluation again from its rows, without model and data.

    Args:
        rows: what `less3d eval --rows` wrote.
        output: also write the scores as JSON to this file.
    """
    _report(read_rows(rows), output)


def table(scores: Scores, *, with_f1: bool) -> Table:
    """The scores as a table for people."""
    shown = Table(
        "sentences about", "number", "mIoU", "Acc@0.25", "Acc@0.5", *(["F1@0.25", "F1@0.5"] if with_f1 else [])
    )
    for name, score in named_scores(scores):
        values = [score.miou, score.acc_25, score.acc_50, *([score.f1_25, score.f1_50] if with_f1 else [])]
        shown.add_row(
            name, str(score.sentences), *(f"{value:.3f}" for value in values), end_section=name in ("all", "multiple")
        )
    return shown


def named_scores(scores: Scores) -> list[tuple[str, Score]]:
    """Each split that has sentences, by name."""
    splits = [("all", scores.overall), ("unique", scores.unique), ("multiple", scores.multiple)]
    groups = [*scores.by_tag.items(), *scores.by_label.items()]
    return [(name, score) for name, score in [*splits, *groups] if score is not None]


def _fingerprint(data: "Dataset") -> str:
    """A hash of every sentence of a data set and what it means."""
    return sha256(repr(sorted(data.referrals.items())).encode("utf-8", "surrogatepass")).hexdigest()


def _report(rows: Sequence[SentenceScore], output: Path | None) -> None:
    scores = summarize(rows)
    Console().print(table(scores, with_f1=any(len(row.targets) != 1 for row in rows)))
    if output is not None:
        with replacing(output) as stream:
            stream.write((json.dumps(asdict(scores), indent=1) + "\n").encode())

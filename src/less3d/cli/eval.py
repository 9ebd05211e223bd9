"""`less3d eval WEIGHTS DATA`: score weights over every sentence of a data set; `less3d scores`: the same from rows."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text

from less3d.cli.progress import progress_bar
from less3d.errors import InputError
from less3d.io.files import replacing, require_writable
from less3d.metrics import Score, Scores, SentenceScore, summarize
from less3d.referral import Referral
from less3d.scan import TURNS
from less3d.score_rows import Scored, UnfinishedRows, read_rows, require_table_name

if TYPE_CHECKING:
    from less3d.data.dataset import Dataset
    from less3d.models import Referrer


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
    turns: int = TURNS,
    true_instances: bool = False,
    instances: bool = False,
) -> None:
    """Print mIoU, Acc@0.25 and Acc@0.5 over a data set: overall, unique and multiple, by tag, by class.

    Every mask is scored over all points of its scan. Where sentences describe no object or several, F1@0.25 and F1@0.5
    of Multi3DRefer are printed too. Weights of the first of two stages answer no sentence: their AP, AP50 and AP25 are
    printed, by ScanNet's definition.

    Args:
        weights: a released name ("released": the first), a weight file, a folder with one, or a hub id.
        data: folder with scans and sentences.jsonl, or scans that `less3d data prepare` made, or ScanNet as downloaded.
        sentences: file of ScanRefer, Nr3D, Sr3D or Multi3DRefer, for ScanNet's scans.
        split: only sentences about scans of this ScanNet split: train, val or test.
        output: also write the scores as JSON to this file.
        rows: also write one row a sentence to this file, .csv, .csv.gz or .parquet; `less3d scores` makes the tables
            from it. A scoring that was stopped then goes on where it was; until then its rows are in FILE.unfinished.
        noun_only: ask only for the class ("the chair") instead of the sentence: what the noun alone explains.
        max_scans: only the first so many scans.
        device: where to run, "cpu" or "cuda".
        turns: from how many sides each scan is looked at; 1 for a network that was trained on scans that lie as their
            sentences say, as the paper's.
        true_instances: let a model of two stages choose among the annotated objects, not among those it finds: what its
            second stage alone is worth.
        instances: score what the first of two stages finds, as instance segmentation, also where there is a second;
            each scan is looked at from one side.
    """
    from less3d.data.open import open_dataset
    from less3d.data.sentences import class_words
    from less3d.predict import find_device
    from less3d.training.evaluate import evaluate as score
    from less3d.weights import load_weights

    if max_scans is not None and max_scans < 1:
        raise InputError(f"expected to score at least one scan, got {max_scans}")
    _require_writable(output, rows)
    if rows is not None:
        require_table_name(rows)

    def reword(referral: Referral) -> str:
        if noun_only and not referral.label:
            raise InputError(f"{referral.record}: expected the label of the object, to ask for it by its class alone")
        return class_words(referral.label) if noun_only else referral.sentence

    model, info = load_weights(weights)
    model = model.to(find_device(device))
    opened = open_dataset(data, sentences=sentences, split=split)
    if instances or not model.config.answers:
        if rows is not None or noun_only or true_instances:
            raise InputError(
                "found objects are scored without sentences: leave --rows, --noun-only and --true-instances out; "
                "--output writes the scores, class by class"
            )
        _score_instances(model, opened, max_scans, device, output)
        return
    scans = opened.scans[:max_scans]
    question = f"{info.sha256} {noun_only} {turns} {true_instances} {data.resolve()} {opened.fingerprint}"
    kept = None if rows is None else UnfinishedRows(rows, question)
    with _counting(opened, scans, kept) as on_scan:
        done = {} if kept is None else dict(kept.scored)
        found = score(
            model,
            opened,
            max_scans=max_scans,
            reword=reword,
            device=device,
            turns=turns,
            true_instances=true_instances,
            done=done,
            on_scan=on_scan,
        )
    if kept is not None:
        kept.finish(scans)
    _report(found, output)


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
    _require_writable(output, rows if output == rows else None)
    _report(read_rows(rows), output)


def table(scores: Scores, *, with_f1: bool) -> Table:
    """The scores as a table for people."""
    shown = Table(
        "sentences about", "number", "mIoU", "Acc@0.25", "Acc@0.5", *(["F1@0.25", "F1@0.5"] if with_f1 else [])
    )
    for name, score in named_scores(scores):
        values = [score.miou, score.acc_25, score.acc_50, *([score.f1_25, score.f1_50] if with_f1 else [])]
        shown.add_row(
            Text(name),
            str(score.sentences),
            *(f"{value:.3f}" for value in values),
            end_section=name in ("all", "multiple"),
        )
    return shown


def named_scores(scores: Scores) -> list[tuple[str, Score]]:
    """Each split that has sentences, by name."""
    splits = [("all", scores.overall), ("unique", scores.unique), ("multiple", scores.multiple)]
    groups = [*scores.by_tag.items(), *scores.by_label.items()]
    return [(name, score) for name, score in [*splits, *groups] if score is not None]


def _score_instances(
    model: "Referrer", data: "Dataset", max_scans: int | None, device: str, output: Path | None
) -> None:
    """Print how well the first of two stages finds the objects of each class."""
    from less3d.training.instances import evaluate_instances

    with progress_bar("scans") as progress:
        task = progress.add_task("finding objects", total=len(data.scans[:max_scans]))
        found = evaluate_instances(
            model, data, max_scans=max_scans, device=device, on_scan=lambda: progress.advance(task)
        )
    if found.mean is None:
        raise InputError("expected at least one annotated object of a class that is scored, with 100 points, got none")
    _write(asdict(found), output)
    shown = Table("class", "AP", "AP50", "AP25")
    for name, score in (("mean", found.mean), *found.by_class.items()):
        values = (f"{value:.3f}" for value in (score.ap, score.ap_50, score.ap_25))
        shown.add_row(Text(name), *values, end_section=name == "mean")
    Console().print(shown)


@contextmanager
def _counting(
    data: "Dataset", scans: Sequence[str], kept: UnfinishedRows | None
) -> Iterator[Callable[[str, Scored], None]]:
    """A progress bar over the sentences; gives what is to be told of each scored scan, which it also keeps."""
    counts = {scan: len(data.referrals[scan]) for scan in scans}
    before = {} if kept is None else dict(kept.scored)
    if there := sum(counts[scan] for scan in scans if scan in before):
        Console(stderr=True).print(f"going on: {there} of {sum(counts.values())} sentences were scored before")
    with progress_bar("sentences") as progress:
        task = progress.add_task("scoring", total=sum(counts.values()))

        def on_scan(scan: str, scored: Scored) -> None:
            if kept is not None and before.get(scan) != scored:
                kept.add(scan, scored)
            progress.advance(task, counts[scan])

        yield on_scan


def _require_writable(output: Path | None, rows: Path | None) -> None:
    """Refuse, before any work, files that could not be written after it."""
    for path in (output, rows):
        if path is not None:
            require_writable(path)
    if output is not None and rows is not None and output.resolve() == rows.resolve():
        raise InputError(f"{output}: expected two files, got the same for the scores and the rows")


def _report(rows: Sequence[SentenceScore], output: Path | None) -> None:
    scores = summarize(rows)
    _write(asdict(scores), output)
    Console().print(table(scores, with_f1=any(len(row.targets) != 1 for row in rows)))
    print(f"expected calibration error of the confidence: {scores.ece:.3f}")


def _write(scores: dict[str, Any], output: Path | None) -> None:
    if output is not None:
        with replacing(output) as stream:
            stream.write((json.dumps(scores, indent=1) + "\n").encode())

"""The tables of a comparison, from the scores that its runs have saved; no model is needed."""

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from less3d.benchmark.record import MASK_MINUTES, SCENE_MINUTES, Record, Row
from less3d.benchmark.runs import CLASS_WORD, ROWS, TRUE_INSTANCES
from less3d.benchmark.significance import paired_bootstrap
from less3d.benchmark.systems import STAND_IN
from less3d.metrics import Score, SentenceScore, summarize

TIMES = "times.json"
_MEASURES = ("miou", "acc_25", "acc_50")
_LEAST_SENTENCES = 10
"""Fewer cannot say whether systems differ."""


def markdown(record: Record) -> str:
    """All tables of a comparison, with what they mean."""
    tables = dict(record.tables)
    parts = [_about(record)]
    if "text" in tables:
        parts += [
            _systems(record, tables["text"]),
            _differences(record, tables["text"]),
            _stages(record, tables["text"]),
        ]
    if "ablation" in tables:
        parts.append(_ablation(record, tables["ablation"]))
    if "effort" in tables:
        parts.append(_effort(record, tables["effort"]))
    if "text" in tables and (record.folder / TIMES).exists():
        parts.append(_times(json.loads((record.folder / TIMES).read_text(encoding="utf-8"))))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def table_of_runs(record: Record) -> str:
    """A CSV row for each finished run."""
    columns = ["table", "system", "text", "learns_from", "share", "seed", "steps", "sentences", "minutes", "parameters"]
    columns += ["miou", "acc_25", "acc_50", "unique_miou", "multiple_miou", "class_word_miou", "true_instances_miou"]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for table, rows in record.tables:
        for row in rows:
            known = [record.scores(row, file) for file in (ROWS, CLASS_WORD, TRUE_INSTANCES)]
            for place, result in enumerate(record.results(row)):
                scored = [one[place] if place < len(one) else None for one in known]
                about = [table, row.name, row.text, row.labels, row.share, result["seed"]]
                about += [result[name] for name in ("steps", "sentences", "minutes", "parameters")]
                writer.writerow([*about, *_numbers(*scored)])
    return text.getvalue()


def mean_ious(record: Record, row: Row) -> np.ndarray:
    """IoU of each test sentence, the mean over the seeds of a row, (S,)."""
    return np.mean([[one.iou for one in rows] for rows in record.scores(row, ROWS)], axis=0)


def scores_of(record: Record, row: Row, file: str = ROWS) -> list[Score]:
    """The overall score of each seed."""
    return [summarize(rows).overall for rows in record.scores(row, file)]


def percent(values: Iterable[float | None]) -> str:
    """Mean and standard deviation over seeds, percent."""
    known = [100 * value for value in values if value is not None]
    if not known:
        return ""
    return f"{np.mean(known):.1f}" + (f" ± {np.std(known, ddof=1):.1f}" if len(known) > 1 else "")


def _about(record: Record) -> list[str]:
    rows = {row.runs: row for _, rows in record.tables for row in rows}.values()
    finished = [record.results(row) for row in rows]
    commits = {run.get("commit", record.commit)[:7] for runs in finished for run in runs}
    commit = f", commit {', '.join(sorted(commits))}" if any(commits) else ""
    counts = [len(runs) for runs in finished]
    left = f" Not all runs are finished: there are {min(counts)} to {max(counts)} of a system."
    return [
        "# Comparison",
        "",
        f"Each system {_budget(record)} from {record.train_scans:,} scans with {record.train_sentences:,} sentences, "
        f"and was scored on {record.test_scans:,} other scans with {record.test_sentences:,} sentences, each scan seen "
        f"from one side. {_begin(record)} Figures are percent, mean and standard deviation over {record.seeds} seed(s)."
        f"{left if min(counts) < record.seeds else ''} The paper's are on ScanRefer's validation scans, after training "
        "to the end: its order may be compared, its height may not.",
        "",
        f"Made by `{record.command}`, less3d {record.library}{commit}, {record.machine}.",
    ]


def _budget(record: Record) -> str:
    if record.samples is None:
        return f"learned for {record.minutes:g} minutes on one core"
    return f"was shown about {record.samples:,} sentences, each with its mask, of different scans at a step,"


def _begin(record: Record) -> str:
    """What systems knew before, and the first of two stages."""
    known = f"begin with the U-Net of `{record.start_from}`" if record.start_from else "begin with nothing"
    if not any(row.first for _, rows in record.tables for row in rows):
        return f"All {known}."
    if record.stage_one:
        return (
            f"Systems of two stages are given the first, `{record.stage_one}`, whose training is not counted; all "
            f"others {known}."
        )
    counted = "" if record.samples is not None else ", which are counted"
    return f"All {known}; the first of two stages has {record.first_share * record.minutes:g} minutes{counted}."


def _systems(record: Record, rows: Sequence[Row]) -> list[str]:
    lines = ["## Systems by text encoder", ""]
    lines += _head(
        "system | text | learns from | mIoU | Acc@0.25 | Acc@0.5 | unique | multiple | over class word | samples | "
        "own parameters | paper: mIoU | Acc@0.25 | Acc@0.5"
    )
    for row in dict.fromkeys(rows):
        results, scored = record.results(row), record.scores(row, ROWS)
        whole = [summarize(one) for one in scored]
        nouns = [summarize(one) for one in record.scores(row, CLASS_WORD)]
        gains = [_gain(one.multiple, other.multiple) for one, other in zip(whole, nouns, strict=True)]
        cells = [row.name, _reader(row), row.labels, *_measured([one.overall for one in whole])]
        cells += [percent(_miou(one.unique) for one in whole), percent(_miou(one.multiple) for one in whole)]
        cells += [percent(gains), *_size(results), *(f"{value:.2f}" for value in row.paper or ())]
        lines.append(_line(cells + [""] * (14 - len(cells))))
    stood_for = sorted({row.stands_for for row in rows if row.stands_for})
    if stood_for:
        lines += ["", f"{STAND_IN} reads the sentences in place of {' and '.join(stood_for)}, which were not given."]
    return lines


def _differences(record: Record, rows: Sequence[Row]) -> list[str]:
    """Every pair of systems, tested on the same sentences."""
    known = [row for row in dict.fromkeys(rows) if record.scores(row, ROWS)]
    distinct = list({row.runs: row for row in known}.values())
    if len(distinct) < 2:
        return []
    ious = {row.runs: mean_ious(record, row) for row in distinct}
    lines = ["## Differences", "", "Paired bootstrap over the test sentences, mIoU of the first minus the second.", ""]
    lines += _head("first | second | difference | 95 % interval | p")
    for one, other in itertools.combinations(distinct, 2):
        found = paired_bootstrap(ious[one.runs], ious[other.runs])
        names = [f"{row.name}, {row.text}" for row in (one, other)]
        interval = f"{100 * found.low:+.1f} to {100 * found.high:+.1f}"
        p = "< .001" if found.p < 0.001 else f"{found.p:.3f}"
        if len(ious[one.runs]) < _LEAST_SENTENCES:
            p = "too few sentences"
        lines.append(_line([*names, f"{100 * found.mean:+.1f}", interval, p]))
    return lines


def _stages(record: Record, rows: Sequence[Row]) -> list[str]:
    """What each of two stages is worth on its own."""
    both = [row for row in dict.fromkeys(rows) if row.first]
    if not both:
        return []
    firsts = record.results(both[0].first)
    lines = ["## The two stages apart", ""]
    means = [
        f"{name} {percent(result[key] for result in firsts)}"
        for name, key in (("AP", "ap"), ("AP50", "ap_50"), ("AP25", "ap_25"))
    ]
    lines += [f"The first stage as instance segmentation, by ScanNet's definition: {', '.join(means)}.", ""]
    lines += _head("the second stage over annotated objects | text | mIoU | Acc@0.25 | Acc@0.5")
    lines += [_line([row.name, _reader(row), *_measured(scores_of(record, row, TRUE_INSTANCES))]) for row in both]
    return lines


def _ablation(record: Record, rows: Sequence[Row]) -> list[str]:
    lines = ["## Parts of LESS", ""]
    lines += _head("system | text | mIoU | Acc@0.25 | Acc@0.5 | paper: mIoU | Acc@0.25 | Acc@0.5")
    for row in rows:
        lines.append(
            _line(
                [row.name, _reader(row), *_measured(scores_of(record, row)), *(f"{value:.2f}" for value in row.paper)]
            )
        )
    return [
        *lines,
        "",
        order_line([(row.name, row.paper[0], [s.miou for s in scores_of(record, row)]) for row in rows]),
    ]


def order_line(rows: Sequence[tuple[str, float, Sequence[float]]]) -> str:
    """Whether systems come in the paper's order, and whether by more than seeds differ.

    Args:
        rows: name, the paper's mIoU, and the mIoU of each seed.
    """
    known = sorted((paper, name, values) for name, paper, values in rows if len(values))
    if len(known) < 2:
        return "Too few systems have finished to compare their order with the paper's."
    alone = min(len(values) for *_, values in known) < 2
    wrong, close = [], []
    for (_, name, low), (_, better, high) in itertools.pairwise(known):
        gap = float(np.mean(high) - np.mean(low))
        spread = max(_spread(low), _spread(high))
        if gap <= 0:
            wrong.append(f"{better} ({100 * np.mean(high):.1f}) is not above {name} ({100 * np.mean(low):.1f})")
        elif gap <= spread:
            close.append(f"{better} is above {name} by {100 * gap:.1f}, seeds differ by {100 * spread:.1f}")
    if wrong:
        return f"The paper's order is not reproduced: {'; '.join(wrong)}."
    if close:
        return f"The order is the paper's, but not beyond the spread between seeds: {'; '.join(close)}."
    if alone:
        return "The order is the paper's, of one seed; how far seeds differ is not known."
    return "The order is the paper's, by more than the spread between seeds."


def _effort(record: Record, rows: Sequence[Row]) -> list[str]:
    lines = [
        "## Score against the effort of labelling",
        "",
        f"Hours by the paper's figures: {MASK_MINUTES:g} minutes a mask, {SCENE_MINUTES:g} minutes a scan with all its "
        "instances and classes.",
        "",
        *_head("system | text | learns from | scans | labelled objects | hours | mIoU | Acc@0.25 | Acc@0.5"),
    ]
    for row in rows:
        hours = f"{row.label_minutes / 60:,.1f}"
        about = [row.name, _reader(row), row.labels, f"{row.share:.0%}", f"{row.labelled:,}", hours]
        lines.append(_line([*about, *_measured(scores_of(record, row))]))
    return lines


def _times(times: dict[str, Any]) -> list[str]:
    lines = ["## Time and memory", "", times["about"], ""]
    lines += _head(
        "system | training, min (first stage + second) | set a scan, s | first sentence, ms | further sentence, ms | "
        "all sentences of the scans, s | peak memory, MB"
    )
    for row in times["rows"]:
        values = [
            f"{row['set_scan']:.2f}",
            *(f"{1000 * row[name]:.0f}" if name in row else "" for name in ("first_sentence", "further_sentence")),
        ]
        lines.append(
            _line([row["system"], row["training"], *values, f"{row['whole']:.1f}", f"{row['megabytes']:,.0f}"])
        )
    return lines


def _reader(row: Row) -> str:
    """What reads the sentences, and in whose place."""
    return f"{row.text} (for {row.stands_for})" if row.stands_for else row.text


def _measured(scores: Sequence[Score]) -> list[str]:
    return [percent(getattr(score, measure) for score in scores) for measure in _MEASURES]


def _size(results: Sequence[dict[str, Any]]) -> list[str]:
    """Sentence samples seen, and parameters."""
    if not results:
        return ["", ""]
    samples = np.mean([result["sentences"] for result in results])
    return [f"{samples:,.0f}", f"{results[0]['parameters'] / 1e6:.1f} M"]


def _numbers(
    rows: Sequence[SentenceScore] | None, nouns: Sequence[SentenceScore] | None, true: Sequence[SentenceScore] | None
) -> Iterator[str]:
    whole = summarize(rows) if rows else None
    values = [None] * 5
    if whole is not None:
        overall = whole.overall
        values = [overall.miou, overall.acc_25, overall.acc_50, _miou(whole.unique), _miou(whole.multiple)]
    values += [summarize(other).overall.miou if other else None for other in (nouns, true)]
    return ("" if value is None else f"{value:.4f}" for value in values)


def _miou(score: Score | None) -> float | None:
    return None if score is None else score.miou


def _gain(whole: Score | None, noun: Score | None) -> float | None:
    return None if whole is None or noun is None else whole.miou - noun.miou


def _spread(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def _head(columns: str) -> list[str]:
    return [f"| {columns} |", "|" + "---|" * (columns.count("|") + 1)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

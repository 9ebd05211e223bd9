"""The tables of a comparison, from the scores that its runs have saved; no model is needed."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from less3d.benchmark.figures import (
    MEASURES,
    mean_and_deviation,
    miou,
    paired_ious,
    percent,
    scores_of,
    spent,
    values_of,
)
from less3d.benchmark.machine import short
from less3d.benchmark.portions import MASK_MINUTES, SCAN_MINUTES
from less3d.benchmark.record import Record, Row
from less3d.benchmark.result import Result
from less3d.benchmark.runs import CLASS_WORD, ROWS, TRUE_INSTANCES
from less3d.benchmark.significance import Difference, paired_bootstrap, swapped_groups
from less3d.benchmark.systems import STAND_IN
from less3d.data.jsons import read_json
from less3d.metrics import Score, summarize

TIMES = "times.json"
_LEAST_SENTENCES, _LEAST_SCANS = 10, 6
"""Fewer cannot say whether systems differ: of five scans no swap is rarer than one in 16."""
_CHAINS = (
    ("LESS without PWCA and QSA", "LESS without QSA", "LESS"),
    ("LESS, L_seg alone", "LESS, L_seg + L_area", "LESS"),
)
"""The rows of the paper's two ablations, each row better than the one before it."""


def markdown(record: Record) -> str:
    """All tables of a comparison, with what they mean."""
    tables = dict(record.tables)
    parts = [_about(record)]
    if "text" in tables:
        parts += [
            _systems(record, tables["text"]),
            _every_difference(record, tables["text"]),
            _stages(record, tables["text"]),
        ]
    if "ablation" in tables:
        parts.append(_ablation(record, tables["ablation"]))
    if "effort" in tables:
        parts.append(_effort(record, tables["effort"]))
    if "text" in tables and (record.folder / TIMES).exists():
        parts.append(_times(record, read_json(record.folder / TIMES), tables["text"]))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _about(record: Record) -> list[str]:
    rows = {row.runs: row for _, rows in record.tables for row in rows}.values()
    finished = [record.results(row) for row in rows]
    counts = [len(runs) for runs in finished]
    left = f" Not all runs are finished: there are {min(counts)} to {max(counts)} of a system."
    widths = ", ".join(map(str, record.channels))
    return [
        "# Comparison",
        "",
        f"Each system {_budget(record)} from {record.train_scans:,} scans with {record.train_sentences:,} sentences, "
        f"and was scored on {_test_scans(record)} with {record.test_sentences:,} sentences, each scan seen from one "
        f"side. {_begin(record)} All read voxels of {100 * record.voxel_size:g} cm with a U-Net of widths "
        f"{widths}. A GRU learns, other text encoders stay as they are. Figures are percent, mean and standard "
        f"deviation over {record.seeds} seed(s).{left if min(counts) < record.seeds else ''}",
        "",
        "The paper's figures are on ScanRefer's validation scans, with voxels of 2 cm and larger U-Nets, with text "
        "encoders that learn, after training to the end: its order may be compared, its height may not.",
        "",
        f"Made by `{record.command}`{_made_with(record)}.",
    ]


def _test_scans(record: Record) -> str:
    if not record.test_scans_learned:
        return f"{record.test_scans:,} other scans"
    return f"{record.test_scans:,} scans, {record.test_scans_learned:,} of which it has learned from,"


def _made_with(record: Record) -> str:
    """Versions, commits and machines of the runs that are finished; of several commits which runs are of each."""
    libraries, machines = (record.made_with(name) for name in ("library", "machine"))
    parts = [f"less3d {', '.join(libraries)}"] if libraries else []
    commits = record.commits()
    for commit, names in commits.items():
        whose = f" ({'; '.join(names)})" if len(commits) > 1 else ""
        parts += [f"commit {short(commit)}{whose}"] if commit else []
    return "".join(f", {part}" for part in [*parts, *machines])


def _budget(record: Record) -> str:
    if record.samples is None:
        place = "one core" if record.device == "cpu" else "the GPU"
        return f"learned for as many steps as {record.minutes:g} minutes on {place} allow, measured before,"
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
        "system | text | learns from | mIoU | Acc@0.25 | Acc@0.5 | unique | multiple | over class word | steps | "
        "sentences seen | minutes | parameters | paper: mIoU | Acc@0.25 | Acc@0.5"
    )
    for row in dict.fromkeys(rows):
        results, scored = record.results(row), record.scores(row, ROWS)
        whole = [summarize(one) for one in scored]
        nouns = [summarize(one) for one in record.scores(row, CLASS_WORD)]
        gains = [_gain(one.multiple, other.multiple) for one, other in zip(whole, nouns, strict=True)]
        cells = [row.name, _reader(row), row.labels, *_measured([one.overall for one in whole])]
        cells += [percent(miou(one.unique) for one in whole), percent(miou(one.multiple) for one in whole)]
        cells += [percent(gains), *_effort_of_training(record, row), _parameters(results)]
        lines.append(_line([*cells, *_of_paper(row)]))
    lines += [
        "",
        f"Unique and multiple are mIoU of sentences whose object is, or is not, the only one of its class; over class "
        "word is multiple minus what the same sentences get when only the class word is asked, in percentage points. "
        "Steps and minutes are those of training, of each of two stages, with "
        f"{' or '.join(record.made_with('at_a_time'))} runs at a time. Parameters are those of both stages, without a "
        "text encoder that stays as it is.",
    ]
    stood_for = sorted({row.stands_for for row in rows if row.stands_for})
    if stood_for:
        lines += ["", f"{STAND_IN} reads the sentences in place of {' and '.join(stood_for)}, which were not given."]
    return lines


def _every_difference(record: Record, rows: Sequence[Row]) -> list[str]:
    distinct = list({row.runs: row for row in rows}.values())
    lines = _differences(record, list(itertools.combinations(distinct, 2)))
    return ["## Differences", "", *lines] if lines else []


def _differences(record: Record, pairs: Sequence[tuple[Row, Row]]) -> list[str]:
    """Pairs of systems that both have runs, tested on the same sentences; nothing where there is none."""
    scans, ious = paired_ious(record, dict.fromkeys(itertools.chain(*pairs)))
    pairs = [pair for pair in pairs if all(row in ious for row in pair)]
    if not pairs:
        return []
    lines = [
        "mIoU of the first minus the second, with p by paired bootstrap over sentences; and by scans, for sentences "
        "about one scan stand and fall together, with p by swapping what both say of a scan. No p is corrected for "
        f"there being {len(pairs)} pairs, and none knows how seeds differ.",
        "",
    ]
    lines += _head("first | second | difference | 95 % interval | p | 95 % interval, by scans | p")
    for pair in pairs:
        first, second = (ious[row] for row in pair)
        by_sentences, by_scans = paired_bootstrap(first, second), swapped_groups(first, second, scans)
        cells = [row.title for row in pair] + [f"{100 * by_sentences.mean:+.1f}"]
        cells += _sureness(by_sentences, len(scans), _LEAST_SENTENCES)
        cells += _sureness(by_scans, len(set(scans)), _LEAST_SCANS)
        lines.append(_line(cells))
    return lines


def _sureness(found: Difference, drawn: int, least: int) -> list[str]:
    """Interval and p, where they say something."""
    if drawn < least:
        return ["", f"of {drawn}"]
    p = "< .001" if found.p < 0.001 else f"{found.p:.3f}"
    return [f"{100 * found.low:+.1f} to {100 * found.high:+.1f}", p]


def _stages(record: Record, rows: Sequence[Row]) -> list[str]:
    """What each of two stages is worth on its own."""
    both = [row for row in dict.fromkeys(rows) if row.first]
    if not both:
        return []
    firsts = record.results(both[0].first)
    if not firsts:
        return []
    lines = ["## The two stages apart", ""]
    means = [
        f"{name} {percent(getattr(result, key) for result in firsts)}"
        for name, key in (("AP", "ap"), ("AP50", "ap_50"), ("AP25", "ap_25"))
    ]
    lines += [f"The first stage as instance segmentation, by ScanNet's definition: {', '.join(means)}.", ""]
    lines += _head("the second stage over annotated objects | text | mIoU | Acc@0.25 | Acc@0.5")
    lines += [_line([row.name, _reader(row), *_measured(scores_of(record, row, TRUE_INSTANCES))]) for row in both]
    return lines


def _ablation(record: Record, rows: Sequence[Row]) -> list[str]:
    lines = ["## Parts of LESS", "", "All for as many steps as the whole. Points are those of a mask, on average.", ""]
    lines += _head("system | text | mIoU | Acc@0.25 | Acc@0.5 | points | paper: mIoU | Acc@0.25 | Acc@0.5")
    for row in rows:
        sizes = (float(np.mean([one.predicted for one in scored])) for scored in record.scores(row, ROWS))
        measured = [*_measured(scores_of(record, row)), mean_and_deviation(sizes, "{:,.0f}")]
        lines.append(_line([row.name, _reader(row), *measured, *_of_paper(row)]))
    known = {row.name: [score.miou for score in scores_of(record, row)] for row in rows}
    for title, chain in zip(("Alignment by words and queries", "Losses"), _CHAINS, strict=True):
        lines += ["", f"{title}: {order_line([(name, known[name]) for name in chain])}"]
    named = {row.name: row for row in rows}
    tested = [(named[better], named[name]) for chain in _CHAINS for name, better in itertools.pairwise(chain)]
    return [*lines, "", *_differences(record, tested)]


def order_line(rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Whether each system is better than the one before it, as the paper has them, and how far seeds differ.

    Args:
        rows: name, and mIoU of each seed, the paper's worst first.
    """
    if any(not values for _, values in rows):
        return "not all have finished that the order is made of."
    alone = min(len(values) for _, values in rows) < 2
    gaps, spreads, steps = [], [], []
    for (name, low), (better, high) in itertools.pairwise(rows):
        gaps.append(float(np.mean(high) - np.mean(low)))
        spreads.append(0.0 if alone else max(float(np.std(values, ddof=1)) for values in (low, high)))
        seeds = "" if alone else f", where seeds differ by {100 * spreads[-1]:.1f}"
        steps.append(f"{better} has {100 * gaps[-1]:+.1f} over {name}{seeds}")
    if min(gaps) > 0:
        said = "the order is the paper's"
        close = any(gap <= spread for gap, spread in zip(gaps, spreads, strict=True))
        beyond = ", but not by more than seeds differ" if close else ", by more than seeds differ"
    else:
        said = "the paper's order is not reproduced"
        close = all(-gap <= spread for gap, spread in zip(gaps, spreads, strict=True))
        beyond = ", nor is another: where it is reversed, seeds differ by more" if close else ""
    return f"{said}{' (one seed: how far seeds differ is not known)' if alone else beyond}: {'; '.join(steps)}."


def _effort(record: Record, rows: Sequence[Row]) -> list[str]:
    lines = [
        "## Score against the effort of labelling",
        "",
        "Each portion of the data is learned from for as many steps as all of it; where sentences are few, there are "
        f"fewer at a step. Hours are by the paper's figures: {MASK_MINUTES:g} minutes a mask, which it says are the "
        f"most that one takes, and {SCAN_MINUTES:g} minutes a scan with all its instances and classes, the least. "
        "Steps and minutes are those of training, of each of two stages; AP50 is that of the first.",
        "",
        *_head(
            "system | text | learns from | of the data | labelled objects | hours | mIoU | Acc@0.25 | Acc@0.5 | "
            "steps | sentences seen | minutes | AP50"
        ),
    ]
    for row in rows:
        ap = percent(result.ap_50 for result in record.results(row.first)) if row.first else ""
        about = [row.name, _reader(row), row.labels, row.portion or "all"]
        effort = [f"{row.labelled:,}", f"{row.label_minutes / 60:,.1f}"]
        measured = [*_measured(scores_of(record, row)), *_effort_of_training(record, row), ap]
        lines.append(_line([*about, *effort, *measured]))
    return lines


def _times(record: Record, times: dict[str, Any], rows: Sequence[Row]) -> list[str]:
    counted = " Training took what the budget gave." if record.samples is None else ""
    lines = ["## Time and memory", "", f"{times['about']}{counted} Further sentences are asked together.", ""]
    lines += _head(
        "system | training, min (first stage + second) | set a scan, s | first sentence, ms | each further, ms | "
        "whole set, min | peak memory, MB | paper: training, h | a sentence, ms | whole set, min"
    )
    for took in times["rows"]:
        papers = [row.paper for row in rows if row.title == took["system"] and row.paper and row.paper.training]
        cells = [
            took["system"],
            took["training"],
            f"{took['set_scan']:.2f}",
            *(f"{1000 * took[name]:.0f}" if name in took else "" for name in ("first_sentence", "further_sentence")),
            f"{took['whole'] / 60:.1f}",
            f"{took['megabytes']:,.0f}",
        ]
        for paper in papers[:1]:
            cells += [paper.training, f"{paper.sentence}", f"{paper.whole_set}"]
        lines.append(_line(cells + [""] * (10 - len(cells))))
    return lines


def _reader(row: Row) -> str:
    """What reads the sentences, and in whose place."""
    return f"{row.text} (for {row.stands_for})" if row.stands_for else row.text


def _measured(scores: Sequence[Score]) -> list[str]:
    return [percent(getattr(score, measure) for score in scores) for measure in MEASURES]


def _of_paper(row: Row) -> list[str]:
    """The paper's figures for a row."""
    return [""] * 3 if row.paper is None else [f"{getattr(row.paper, measure):.2f}" for measure in MEASURES]


def _effort_of_training(record: Record, row: Row) -> list[str]:
    """Steps, sentences and minutes."""
    seen = values_of(record.results(row), "sentences")
    return [
        spent(record, row, "steps", "{:,.0f}"),
        f"{np.mean(seen):,.0f}" if seen else "",
        spent(record, row, "minutes", "{:.1f}"),
    ]


def _parameters(results: Sequence[Result]) -> str:
    return f"{results[0].parameters / 1e6:.1f} M" if results else ""


def _gain(whole: Score | None, noun: Score | None) -> float | None:
    return None if whole is None or noun is None else whole.miou - noun.miou


def _head(columns: str) -> list[str]:
    return [f"| {columns} |", "|" + "---|" * (columns.count("|") + 1)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

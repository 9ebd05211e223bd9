"""Write the figures of the README, of docs/ablation.md and of the model cards from the committed results.

python benchmarks/write_readme.py
"""

import json
import re
from pathlib import Path
from statistics import mean
from typing import Any

from ablation import table
from provenance import ROOT, origin
from released.card import TO_ROOT, card_lines, score_lines, size_lines
from released.objects import object_lines

from less3d.benchmark.figures import MEASURES, percent, scores_of, values_of
from less3d.benchmark.machine import short
from less3d.benchmark.record import Record, read_record
from less3d.weights import RELEASED

RELEASED_FOLDER = ROOT / "src" / "less3d" / "released"
RESULTS = ROOT / "benchmarks" / "results"
TIME, SAMPLES = RESULTS / "comparison", RESULTS / "comparison-samples"
"""The same comparison with as much time, and with as many sentences, for each system."""
READERS = {
    "perfect objects": "a head of the same kind, trained anew over annotated objects",
    "found objects": "the same head over what these weights find unasked",
    "own, on masks": "the head of these weights, over annotated masks",
    "own": "these weights, a scan seen from one side",
}
"""Of relation.json, in words."""


def main() -> None:
    """Fill the sections between the RESULTS marks."""
    scores = {name: read(f"released_scores/{name}.json") for name, about in RELEASED.items() if about.answers}
    speed, sparse, loading = read("released_speed.json"), read("sparse_forward.json"), read("loading.json")
    large, fuzz = read("large_scan.json"), read("fuzz.json")
    data = [*loading_lines(loading), "", *large_lines(large), "", *fuzz_lines(fuzz)]
    first = next(iter(RELEASED))
    released = [*score_lines(first, scores[first]), "", *size_lines(scores, speed)]
    fill(ROOT / "README.md", [*released, "", *sparse_lines(sparse), "", *data])
    fill(ROOT / "README.md", comparison_lines(*map(read_record, (TIME, SAMPLES))), section="COMPARISON")
    ablation = read("ablation.json")
    origin_line = f"From [ablation.json](../benchmarks/results/ablation.json), {origin(ablation)}."
    fill(ROOT / "docs" / "ablation.md", [*table(ablation), "", origin_line])
    relation = read("relation.json")
    for name, own in scores.items():
        same = relation["weights_sha256"] == own["weights_sha256"]
        more = ["", *relation_lines(relation)] if same else []
        fill(RELEASED_FOLDER / RELEASED[name].card, [*card_lines(name, own), *more])
    for name, about in RELEASED.items():
        if not about.answers:
            fill(RELEASED_FOLDER / about.card, object_lines(read(f"released_scores/{name}.json")))


def fill(path: Path, lines: list[str], *, section: str = "RESULTS") -> None:
    """Put lines into the marked section of a file."""
    path.write_text(filled(path.read_text(encoding="utf-8"), lines, section=section), encoding="utf-8")


def filled(text: str, lines: list[str], *, section: str) -> str:
    """A text with lines in its marked section."""
    marked = re.compile(rf"(<!-- {section}.*?-->\n).*?(<!-- /{section} -->)", re.DOTALL)
    return marked.sub(lambda match: match[1] + "\n".join([*lines, ""]) + match[2], text)


def read(name: str) -> dict[str, Any]:
    """A result file."""
    return json.loads((RESULTS / name).read_text(encoding="utf-8"))


def sparse_lines(sparse: dict[str, Any]) -> list[str]:
    """The sparse engine against spconv's CPU build."""
    ratios = sparse["ratios_to_spconv_1_thread"]
    forward = {key: value for key, value in ratios.items() if key.endswith("forward")}
    said = ", ".join(f"{value:.2f} ({key.split('_')[1]} of our threads)" for key, value in forward.items())
    return [
        f"One forward of the paper-size network over {sparse['voxels_by_level'][0]:,} voxels of 2 cm, as a ratio to "
        f"spconv's CPU build at one thread: {said}.",
        "That is on a quiet machine: where others use the cores, two threads wait for each other and one is faster.",
        f"From [sparse_forward.json](benchmarks/results/sparse_forward.json), {origin(sparse)}.",
    ]


def relation_lines(relation: dict[str, Any]) -> list[str]:
    """Whether perception or relation fails: the weights, and readers of their own kind, over made rooms."""
    head = "| right of the sentences about made rooms | alone of its class | with look-alikes | found at .25 |"
    lines = ["Is it perception or relation?", "", head, "| --- | --- | --- | --- |"]
    for reader, said in READERS.items():
        unique, multiple = (relation["readers"][reader][split] for split in ("unique", "multiple"))
        values = (unique["accuracy"], multiple["accuracy"], multiple["found"])
        lines.append(f"| {said} | {' | '.join(f'{value:.3f}' for value in values)} |")
    guess = relation["readers"]["own"]["multiple"]["class_alone"]
    lines += ["", f"One of the class at random would be right on {guess:.3f} of the sentences with look-alikes."]
    return [*lines, f"From [relation.json]({TO_ROOT}benchmarks/results/relation.json), {origin(relation)}."]


def comparison_lines(record: Record, samples: Record) -> list[str]:
    """The systems of a comparison whose runs are finished, the worst first.

    Args:
        record: of as much time for each system.
        samples: of as many sentences for each system.
    """
    rows = {row.title: row for row in dict(record.tables)["text"]}
    same = {row.title: row for row in dict(samples.tables)["text"]}
    scored = {row: scores_of(record, row) for row in rows.values()}
    found = sorted((row for row in scored if scored[row]), key=lambda row: mean(one.miou for one in scored[row]))
    lines = [
        "| system | learns from | sentences seen | mIoU, % | Acc@0.25, % | Acc@0.5, % | "
        f"mIoU, % after {samples.samples:,} sentences |",
        "|" + " --- |" * 7,
    ]
    for row in found:
        seen = mean(values_of(record.results(row), "sentences"))
        cells = [percent(getattr(one, measure) for one in scored[row]) for measure in MEASURES]
        cells.append(percent(one.miou for one in scores_of(samples, same[row.title])))
        lines.append(f"| {row.title} | {row.labels} | {seen:,.0f} | {' | '.join(cells)} |")
    return [*lines, "", f"From {_source(record)}, {record.minutes:g} minutes each; and from {_source(samples)}."]


def _source(record: Record) -> str:
    """Where a comparison is, its seeds, commits and machines."""
    name = record.folder.name
    commits = ", ".join(map(short, record.made_with("commit")))
    return (
        f"[{name}](benchmarks/results/{name}/bench.md), {record.seeds} seed{'' if record.seeds == 1 else 's'}, commit "
        f"{commits}, {', '.join(record.made_with('machine'))}"
    )


def loading_lines(loading: dict[str, Any]) -> list[str]:
    """A data set of ScanNet's size, opened and trained on from disk."""
    memory = loading["memory_megabytes_by_quarter_of_the_epoch"]
    return [
        f"{loading['scans']:,} prepared scans ({loading['gigabytes']:.1f} GB) with {loading['sentences']:,} sentences "
        f"are open in {loading['seconds_to_index']:.1f} s.",
        f"Over an epoch of training on {loading['machine']['cores']} cores, {loading['waiting_share']:.1%} of the time "
        f"is spent waiting for data, and memory is {memory[0]:,} MB in the first quarter and {memory[-1]:,} MB in the "
        "last.",
        f"From [loading.json](benchmarks/results/loading.json), {origin(loading)}.",
    ]


def large_lines(large: dict[str, Any]) -> list[str]:
    """Large scans, thinned while they are read."""
    lines = ["| a large scan, thinned to 1 cm | points | left | seconds | peak memory |", "|---|---|---|---|---|"]
    lines += [
        f"| {suffix} | {row['points_of_file']:,} | {row['points_left']:,} | {row['seconds']:.0f} | "
        f"{row['peak_megabytes']:,} MB |"
        for suffix, row in large["formats"].items()
    ]
    return [*lines, "", f"From [large_scan.json](benchmarks/results/large_scan.json), {origin(large)}."]


def fuzz_lines(fuzz: dict[str, Any]) -> list[str]:
    """Damaged files."""
    refused = sum(case["refused"] for case in fuzz["cases"].values())
    return [
        f"Of {fuzz['inputs']:,} damaged files of {len(fuzz['cases'])} kinds, {refused:,} were refused in one line, the "
        f"others read; {len(fuzz['violations'])} crashed, hung, took gigabytes or gave another error.",
        f"From [fuzz.json](benchmarks/results/fuzz.json), {origin(fuzz)}.",
    ]


if __name__ == "__main__":
    main()

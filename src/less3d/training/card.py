"""The model card that a run writes of its best weights, from nothing but its own settings, data and records."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from less3d.data.dataset import Dataset, Joined
from less3d.data.folder import Folder
from less3d.data.rooms.make import read_manifest
from less3d.io.files import replacing, sha256_of
from less3d.metrics import Score, SentenceScore, summarize
from less3d.models import Referrer
from less3d.training.log import LOSSES, SCORES, read_table
from less3d.weights import find_weights, load_weights

CARD = "card.md"

_FEWEST = 8
"""Sentences of a class or kind that make its score worth telling."""
_WORST = 8


def write_card(
    weights: Path,
    data: Dataset,
    validation: Dataset,
    parts: Mapping[str, Sequence[str]],
    *,
    by: tuple[str, str],
    command: str = "",
    begun: Path | None = None,
) -> Path:
    """Write card.md beside a run's best weights; the file appears whole or not at all.

    Args:
        weights: best.safetensors, in the run's folder with its log.csv and scores.csv.
        data: what was learned from.
        validation: what chose the weights.
        parts: what is said of their scores, by heading.
        by: the measure that chose them, and its column in scores.csv.
        command: what started the run.
        begun: the weights it began with, instead of random ones.
    """
    folder = weights.parent
    model, info = load_weights(weights)
    about = {
        "": [network_line(model)],
        "Data": [*data_lines(data, "Learned from"), *data_lines(validation, "Chosen on")],
        "Training": [*command_lines(command, begun), *run_lines(folder, int(info.metadata["step"]), by=by)],
    }
    lines = [f"# {folder.resolve().name}"]
    for title, part in {**about, **parts}.items():
        lines += ["", *([f"## {title}", ""] if title else []), *part]
    with replacing(folder / CARD) as stream:
        stream.write("\n".join([*lines, ""]).encode())
    return folder / CARD


def network_line(model: Referrer) -> str:
    """What the weights are."""
    config = model.config
    own = sum(values.numel() for name, values in model.named_parameters() if values.requires_grad)
    return (
        f"Network of less3d {version('less3d')} with {config.fusion} fusion: voxels of {config.voxel_size * 100:g} cm, "
        f"{own / 1e6:.1f} M parameters, words read by {config.text.encoder}. All settings are in the weight file."
    )


def data_lines(data: Dataset, verb: str) -> list[str]:
    """What each part of a data set holds and, where less3d made it, how, and whose furniture is in it."""
    lines = []
    for part in data.parts if isinstance(data, Joined) else (data,):
        where = f"`{part.root.resolve().name}`" if isinstance(part, Folder) else "annotated scans"
        sentences = sum(len(rows) for rows in part.referrals.values())
        lines.append(f"- {verb} {where}: {len(part.scans):,} scans, {sentences:,} sentences.{_origin(part)}")
    return lines


def command_lines(command: str, begun: Path | None) -> list[str]:
    """How the run was started."""
    lines = ["```sh", command, "```", ""] if command else []
    if begun is not None:
        lines += [f"It began with the weights `{begun.name}` (SHA-256 {sha256_of(find_weights(begun))[:16]}...).", ""]
    return lines


def run_lines(folder: Path, kept: int, *, by: tuple[str, str] = ("mIoU", "all_miou")) -> list[str]:
    """How long a run took, and its validations with the kept step in bold.

    Args:
        folder: of the run.
        kept: the step of its best weights.
        by: the measure that chose them, and its column in scores.csv.
    """
    measure, column = by
    scores, last = read_table(folder / SCORES), read_table(folder / LOSSES)[-1]
    best = next(row for row in scores if int(row["step"]) == kept)
    points = ((int(row["step"]) == kept, f"{int(row['step']):,} {float(row[column]):.3f}") for row in scores)
    curve = ", ".join(f"**{text}**" if bold else text for bold, text in points)
    samples, until = int(last["sentences"]), int(best["sentences"])
    seen = (f" and {samples:,} sentence samples", f"after {until:,} samples") if samples else ("", f"of step {kept:,}")
    return [
        f"The run took {float(last['minutes']):.0f} minutes{seen[0]}; kept are the weights {seen[1]}. Validation "
        f"{measure} by step: {curve}."
    ]


def score_lines(rows: Sequence[SentenceScore]) -> list[str]:
    """A table of the validation scores by split, a scan seen from one side."""
    scores = summarize(rows)
    splits = {"all": scores.overall, "unique": scores.unique, "multiple": scores.multiple}
    return [
        "On the validation scans, each seen from one side:",
        "",
        "| split | sentences | mIoU | Acc@0.25 | Acc@0.5 |",
        "|---|---|---|---|---|",
        *(_row(name, score) for name, score in splits.items() if score is not None),
    ]


def failure_lines(rows: Sequence[SentenceScore]) -> list[str]:
    """The classes, and the ways of telling objects apart, that scored lowest."""
    scores = summarize(rows)
    lines = list(_worst("classes", scores.by_label)) + list(_worst("kinds of sentences", scores.by_tag))
    return lines or [f"No class or kind has {_FEWEST} validation sentences, too few to name failures."]


def _worst(what: str, groups: Mapping[str, Score]) -> Iterator[str]:
    known = [(score.miou, name, score.sentences) for name, score in groups.items() if score.sentences >= _FEWEST]
    named = [f"{name} {miou:.2f} ({count})" for miou, name, count in sorted(known)[:_WORST]]
    if named:
        yield f"- Lowest mIoU by {what} (of {_FEWEST} sentences at least): {', '.join(named)}."


def _origin(part: Dataset) -> str:
    """How less3d made a folder of rooms; nothing for other data."""
    manifest = read_manifest(part.root) if isinstance(part, Folder) else None
    if manifest is None:
        return ""
    settings = manifest["settings"]
    licences = ", ".join(f"{count['models']} under {name}" for name, count in manifest.get("licenses", {}).items())
    return (
        f" Made rooms: seed {settings['seed']}, furniture of split {settings['split']}, scanner {settings['scanner']}. "
        f"Furniture designs: {licences}."
    )


def _row(name: str, score: Score) -> str:
    return f"| {name} | {score.sentences:,} | {score.miou:.3f} | {score.acc_25:.3f} | {score.acc_50:.3f} |"

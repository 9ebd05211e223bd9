"""Is it perception or relation? The same relating head over perfect objects, over found ones, and as it was trained.

    python benchmarks/relation_diagnostic.py --train rooms/train --test rooms/val -o benchmarks/results/relation.json

The rooms are made with `less3d rooms make`. Five readers answer the sentences of the test rooms:

- "perfect objects": the word slots and the relation decoder of the network, trained anew to choose among the annotated
  objects, each given as its class, mean color and box;
- "found objects": the same head with the same training, over the objects that the weights find in each room without
  being asked for any, each given as its features and box;
- "own, on masks": the head of the weights as it is, over the annotated objects, their features gathered by the weights
  within the annotated masks;
- "own": the weights as they are, with the candidates that their words choose, a scan seen from one side;
- "class alone" knows the class of the target and draws one of the objects of that class.

What is lost between the first two, and between the third and the fourth, is lost by perception; what the first and the
third lack is a matter of words and relations.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from provenance import provenance
from relation.objects import Annotated, Encoded, Room, encode, found_room, gathered_on_masks, perfect_room, read_room
from relation.reader import Budget, Reader, Reading, ReadText, read_by_network, train_reader
from relation.verdict import Verdict, judge, summary
from rich.progress import Progress, track

from less3d.data.folder import Folder
from less3d.data.sentences import swap_left_right
from less3d.models import Referrer
from less3d.models.late import LateLESS
from less3d.models.padded import Padding
from less3d.settings import to_json
from less3d.text import TextConfig, TextFeatures
from less3d.text.table import TextTable, make_table
from less3d.weights import DEFAULT, load_weights

READERS = ("perfect objects", "found objects", "own, on masks", "own")
LEAST_OF_A_KIND = 15
"""Sentences with look-alikes; kinds with fewer have no row in the table."""


def main() -> None:
    """Measure, save, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True, help="rooms that the two readers learn from")
    parser.add_argument("--test", type=Path, required=True, help="rooms with furniture that the weights have not seen")
    parser.add_argument("--weights", default=DEFAULT, help="of a late network with a frozen text encoder")
    parser.add_argument("--rooms", type=int, default=600, help="at most so many training rooms")
    parser.add_argument("--sentences", type=int, default=80, help="at most so many sentences of each")
    parser.add_argument("--steps", type=int, default=Budget.steps, help="of each reader's training")
    parser.add_argument("--objects", type=int, default=64, help="at most so many found objects a room")
    parser.add_argument("--text", type=Path, required=True, help="where read sentences are kept; a run's text/ will do")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, info = load_weights(options.weights)
    result = {**provenance(), "weights_sha256": info.sha256, **diagnose(model, options)}
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print("\n".join(table(result)))


def diagnose(model: Referrer, options: argparse.Namespace) -> dict[str, Any]:
    """Train both readers and judge all."""
    train, test = (Folder(folder) for folder in (options.train, options.test))
    budget = Budget(steps=options.steps)
    rooms = [read_room(train, name, options.sentences) for name in train.scans[: options.rooms]]
    tests = [read_room(test, name, len(test.referrals[name])) for name in test.scans]
    read_text = text_of(rooms, model.config.text, options.text)
    classes = sorted({label for room in rooms for label in room.labels})
    with torch.inference_mode():
        texts = [model.text([referral.sentence for referral in room.asked]) for room in tests]
        encoded = [encode(model, room) for room in track(tests, "looking")]
    network: LateLESS = model.network  # pyright: ignore[reportAssignmentType]
    verdicts: dict[str, list[Verdict]] = {}
    minutes: dict[str, float] = {}
    own = [perfect_room(room, classes) for room in rooms]
    asked = [perfect_room(room, classes) for room in tests]
    verdicts["perfect objects"], minutes["perfect objects"] = learn(own, tests, asked, texts, read_text, model, budget)
    with torch.no_grad():  # not inference mode, whose tensors nothing may learn from
        own = [found_room(network, room, encode(model, room), options.objects) for room in track(rooms, "finding")]
        asked = [found_room(network, *pair, options.objects) for pair in zip(tests, encoded, strict=True)]
    verdicts["found objects"], minutes["found objects"] = learn(own, tests, asked, texts, read_text, model, budget)
    judged = list(zip(tests, encoded, texts, strict=True))
    verdicts["own, on masks"] = [row for one in judged for row in on_masks(network, classes, *one)]
    verdicts["own"] = [row for one in judged for row in as_trained(network, *one)]
    return {
        "rooms": {"train": len(rooms), "test": len(tests)},
        "training_sentences": sum(len(room.asked) for room in rooms),
        "steps": budget.steps,
        "sentences_a_step": budget.sentences,
        "minutes_of_training": minutes,
        "annotated_objects_a_room": sum(len(room.labels) for room in tests) / len(tests),
        "found_objects_a_room": sum(len(room.centers) for room in asked) / len(asked),
        "readers": {name: summary(verdicts[name]) for name in READERS},
    }


def text_of(rooms: Sequence[Annotated], config: TextConfig, folder: Path) -> TextTable:
    """The sentences of the rooms as they are and mirrored, read once; an older table that has them all is used."""
    said = {referral.sentence for room in rooms for referral in room.asked}
    said |= {swap_left_right(sentence) for sentence in said}
    index = folder / "index.json"
    if index.is_file():
        known = json.loads(index.read_text(encoding="utf-8"))
        missing = said - set(known["sentences"])
        if missing or known["encoder"] != to_json(config):
            raise SystemExit(
                f"{folder}: {len(missing)} sentences are not in this table, or it is of another text encoder: name "
                "another folder"
            )
        return TextTable(folder)
    with Progress() as progress:
        task = progress.add_task("reading")
        return make_table(
            folder, config, said, on_read=lambda done, total: progress.update(task, completed=done, total=total)
        )


def learn(
    rooms: Sequence[Room],
    tests: Sequence[Annotated],
    asked: Sequence[Room],
    texts: Sequence[TextFeatures],
    read_text: ReadText,
    model: Referrer,
    budget: Budget,
) -> tuple[list[Verdict], float]:
    """A reader's verdicts after it has learned from rooms, and the minutes that took."""
    torch.manual_seed(budget.seed)
    reader = Reader(rooms[0].inputs.shape[1], texts[0].words.shape[2], model.config.late)
    began = time.monotonic()
    with Progress() as progress:
        task = progress.add_task("learning", total=budget.steps)
        train_reader(reader, rooms, read_text, budget, lambda step: progress.update(task, completed=step))
    minutes = (time.monotonic() - began) / 60
    with torch.inference_mode():
        answered = [(one, room, reader(room, text)) for one, room, text in zip(tests, asked, texts, strict=True)]
    return [verdict for one in answered for verdict in verdicts_of(*one)], minutes


@torch.inference_mode()
def on_masks(
    network: LateLESS, classes: Sequence[str], room: Annotated, encoded: Encoded, text: TextFeatures
) -> list[Verdict]:
    """The trained head over the annotated objects, as the network describes them."""
    told = perfect_room(room, classes, features=gathered_on_masks(network, encoded).features)
    return verdicts_of(room, told, read_by_network(network, told, text))


@torch.inference_mode()
def as_trained(network: LateLESS, room: Annotated, encoded: Encoded, text: TextFeatures) -> list[Verdict]:
    """The weights as they are."""
    matches = network.match(encoded.scan, text, Padding.of_sizes([len(text.words)]))
    overlaps = encoded.overlaps(matches.objects)
    rows = zip(matches.scores, matches.candidates, room.targets.tolist(), room.asked, strict=True)
    return [
        judge(
            scores.numpy(),
            overlaps[candidates].numpy(),
            best_iou=float(overlaps[candidates, target].max()),
            target=target,
            labels=room.labels,
            kind=referral.tags[0],
        )
        for scores, candidates, target, referral in rows
    ]


def verdicts_of(room: Annotated, objects: Room, reading: Reading) -> list[Verdict]:
    """Judge what a reader chose among given objects."""
    rows = zip(reading.scores, reading.candidates, objects.targets.tolist(), room.asked, strict=True)
    return [
        judge(
            scores.numpy(),
            objects.overlaps[candidates].numpy(),
            best_iou=float(objects.overlaps[:, target].max()),
            target=target,
            labels=room.labels,
            kind=referral.tags[0],
        )
        for scores, candidates, target, referral in rows
    ]


def table(result: dict[str, Any]) -> list[str]:
    """Accuracy on sentences with look-alikes by reader and kind, and what each reader gets wrong."""
    readers = {name: result["readers"][name] for name in READERS}
    kinds = [kind for kind, row in readers["own"]["multiple_by_kind"].items() if row["sentences"] >= LEAST_OF_A_KIND]
    lines = [
        "| sentences with look-alikes | number | class alone | " + " | ".join(READERS) + " | own, of those found |",
        "|---" * (4 + len(READERS)) + "|",
    ]
    for name in ("all", *kinds):
        rows = [
            reader["multiple"] if name == "all" else reader["multiple_by_kind"][name] for reader in readers.values()
        ]
        values = [rows[-1]["class_alone"], *(row["accuracy"] for row in rows), rows[-1]["accuracy_of_found"]]
        lines.append(f"| {name} | {rows[-1]['sentences']} | {' | '.join(map(_share, values))} |")
    lines += [
        "",
        "| reader | alone of its class | with look-alikes | found at .25 | at .5 | right within its class | "
        + " | ".join(list(readers["own"]["multiple"]["outcomes"])[1:])
        + " |",
        "|---" * (6 + 4) + "|",
    ]
    for name, reader in readers.items():
        row = reader["multiple"]
        values = [reader["unique"]["accuracy"], row["accuracy"], row["found"], row["found_50"]]
        values += [row["accuracy_within_class"], *list(row["outcomes"].values())[1:]]
        lines.append(f"| {name} | {' | '.join(map(_share, values))} |")
    return lines


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()

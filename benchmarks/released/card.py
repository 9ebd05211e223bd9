"""The figures of released_scores/ as lines of the model cards, and the first of them as lines of the README."""

from collections.abc import Mapping, Sequence
from typing import Any

from provenance import origin

from less3d.weights import RELEASED, load_weights
from released.sets import REST

SETS = {"rooms": "made rooms, unseen rooms and furniture", "layouts": "layouts of real rooms, human sentences"}
TO_ROOT = "../../../"
"""From the card's folder."""


def card_lines(name: str, scores: dict[str, Any]) -> list[str]:
    """All that the card of the released weights of a name says."""
    parts = [
        score_lines(name, scores, TO_ROOT),
        kind_lines(scores),
        swap_lines(scores["rooms"]),
        wording_lines(scores["rooms"]),
    ]
    parts += [absence_lines(scores), calibration_lines(name, scores)]
    if "layouts" in scores:
        parts += [class_lines(scores["layouts"]), word_lines(scores["layouts"]["words"])]
    if "real" in scores:
        parts.append(real_lines(scores["real"]))
    return [line for part in parts for line in (*part, "")][:-1]


def score_lines(name: str, scores: dict[str, Any], root: str = "") -> list[str]:
    """Released weights: a row a data set and question.

    Args:
        name: of the weights.
        scores: their results.
        root: the way from the file that the lines are for to the repository's root.
    """
    rows = [_row(SETS["rooms"], question, scores["rooms"][question]) for question in ("sentence", "class word")]
    rows.append(_row("the same, worded a second time", "sentence", scores["rooms"]["second_wording"]))
    rows.append(_row("the same", "another object's sentence", scores["rooms"]["other sentence"]))
    if "layouts" in scores:
        rows += [
            _row(SETS["layouts"], question, scores["layouts"][question]) for question in ("sentence", "class word")
        ]
    if "real" in scores:
        real = scores["real"]
        rows.append(
            ["real scans", "sentence", len(real["sentences"]), real["miou"], real["acc_25"], real["acc_50"], None, None]
        )
    head = (
        f"{name}, asked of",
        "question",
        "sentences",
        "mIoU",
        "Acc@0.25",
        "Acc@0.5",
        "unique",
        "multiple",
    )
    return [
        *_table(head, rows),
        "",
        f"From [{name}.json]({root}benchmarks/results/released_scores/{name}.json), {origin(scores)}; each scan was "
        f"looked at from {scores['turns']} sides.",
    ]


def size_lines(scores: Mapping[str, dict[str, Any]], speed: dict[str, Any]) -> list[str]:
    """The released weights side by side.

    Args:
        scores: the results of each, by name.
        speed: released_speed.json.
    """
    ratios = speed["ratios_to_first"]
    timed = ratios[next(iter(scores))]
    head = ("the weights in the box", "parameters", "MB", "voxels", *timed, "made rooms", "layouts", "real scans")
    rows = []
    for name, own in scores.items():
        model, _ = load_weights(name)
        parameters = sum(values.numel() for values in model.network.parameters())
        sizes = (f"{parameters / 1e6:.1f} M", f"{RELEASED[name].path.stat().st_size / 1e6:.1f}")
        times = [f"{ratios[name][work]:.2f}" for work in timed]
        asked = [own[place]["sentence"]["overall"]["miou"] if place in own else None for place in SETS]
        voxels = f"{100 * model.config.voxel_size:.0f} cm"
        rows.append([name, *sizes, voxels, *times, *asked, own.get("real", {}).get("miou")])
    return [
        "The sizes side by side: time to set a scan and to answer one more sentence, as ratios, and mIoU of the full "
        "sentences.",
        "",
        *_table(head, rows),
        "",
        f"Times from [released_speed.json](benchmarks/results/released_speed.json), {origin(speed)}, one thread.",
    ]


def kind_lines(scores: dict[str, Any]) -> list[str]:
    """Made rooms by what tells the target apart."""
    rooms = scores["rooms"]
    full, noun = (rooms[question]["by_tag"] for question in ("sentence", "class word"))
    rows = [[kind, row["sentences"], row["miou"], noun[kind]["miou"]] for kind, row in full.items()]
    return [
        f"On sentences with look-alikes the full sentence adds {rooms['reading_gain_miou']:+.3f} mIoU to the class "
        "word alone. By what tells the target apart:",
        "",
        *_table(("kind", "sentences", "mIoU", "class word alone"), rows),
    ]


def swap_lines(rooms: dict[str, Any]) -> list[str]:
    """Role swaps."""
    swaps = rooms["role_swaps"]
    groups = {"all": swaps["all"], "sides": swaps["directional"], "others": swaps["others"], **swaps["by_kind"]}
    keys = ("right_object", "other_object", "both_right")
    rows = [[name, group["pairs"], *map(group.get, keys)] for name, group in groups.items()]
    return [
        'Pairs of sentences that swap who is meant and who is mentioned ("the chair left of the table", "the table '
        'left of the chair"). Right: the mask has an IoU of .25 or more with the object that is meant, and a higher '
        "one than with the one that is mentioned; shares of sentences, and of pairs with both right:",
        "",
        *_table(("role swaps", "pairs", "right object", "the other one", "both right"), rows),
    ]


def wording_lines(rooms: dict[str, Any]) -> list[str]:
    """What the second wording loses."""
    second = rooms["second_wording"]
    low, high = second["lost_miou_95"]
    return [
        f"In turns of phrase that training never used, the same meanings lose {second['lost_miou']:.3f} mIoU (95 % "
        f"interval over rooms {low:.3f} to {high:.3f})."
    ]


def absence_lines(scores: dict[str, Any]) -> list[str]:
    """Answers that nothing is meant."""
    found = {title: scores[name]["absence"] for name, title in SETS.items() if name in scores}
    keys = ("present", "absent", "f1", "precision", "recall")
    rows = [[title, *map(row.get, keys)] for title, row in found.items()]
    return [
        'The answer "not found", over the sentences of a scan and as many of other scans about classes that it lacks:',
        "",
        *_table(("asked of", "present", "absent", "F1", "precision", "recall"), rows),
    ]


def calibration_lines(name: str, scores: dict[str, Any]) -> list[str]:
    """Calibration of the released weights of a name."""
    found = {title: scores[place]["calibration"] for place, title in SETS.items() if place in scores}
    rows = [
        [title, *(row[asked]["ece"] for asked in ("present and absent", "present only"))]
        for title, row in found.items()
    ]
    return [
        "Expected calibration error of the confidence (15 bins), where an answer is right with an IoU of .5 or more, "
        f"or when it is empty and nothing is meant ([reliability diagram]({TO_ROOT}assets/reliability/{name}.png)):",
        "",
        *_table(("asked of", "present and absent", "present only"), rows),
    ]


def class_lines(layouts: dict[str, Any]) -> list[str]:
    """Layouts by class and by source."""
    sources = ", ".join(f"{name} {row['miou']:.3f} ({row['sentences']})" for name, row in layouts["by_source"].items())
    named = {label: row for label, row in layouts["by_class"].items() if label != REST}
    rest = layouts["by_class"].get(REST)
    classes = [f"{label} {row['miou']:.2f} ({row['sentences']})" for label, row in _by_miou(named)]
    classes += [f"{REST} {rest['miou']:.2f} ({rest['sentences']})"] if rest else []
    return [f"Layouts, mIoU (sentences) by source: {sources}. By class: {', '.join(classes)}."]


def word_lines(words: dict[str, Any]) -> list[str]:
    """Words never understood."""
    judged, never = words["judged"], words["never_understood"]
    listed = ", ".join(f"{word} ({judged[word]['needed']})" for word in never)
    return [
        f"Of {len(judged)} words that people say in five or more sentences where something hangs on them, these "
        f"{len(never)} are never understood: without them the answers are as good, or better, be it that other words "
        f"of their sentences fail. In parentheses, in how many sentences: {listed}."
    ]


def real_lines(real: dict[str, Any]) -> list[str]:
    """One real scan (ScanNet scene0470_00), each class asked for by its bare name."""
    found = ", ".join(
        f"{row['label']} {row['best_iou']:.2f}" + (f" (of {len(row['ious'])})" if len(row["ious"]) > 1 else "")
        for row in real["scene0470_00_by_class_name"]
    )
    return [
        "ScanNet scene0470_00, asked by class name, IoU with the best object of the class: "
        f"{found}; mean {real['scene0470_00_mean_best_iou']:.2f}."
    ]


def _row(name: str, question: str, scores: dict[str, Any]) -> list[Any]:
    overall, unique, multiple = scores["overall"], scores["unique"] or {}, scores["multiple"] or {}
    values = [overall["miou"], overall["acc_25"], overall["acc_50"], unique.get("miou"), multiple.get("miou")]
    return [name, question, overall["sentences"], *values]


def _by_miou(classes: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(classes.items(), key=lambda item: -item[1]["miou"])


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """A table; shares have three places, and what is not known is left empty."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *(map(_cell, row) for row in rows))]


def _cell(value: float | int | str | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)

"""What a reader made of each sentence: right, or wrong because of what it saw or of what it chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

OVERLAP = 0.25
"""A chosen object is an annotated one from this IoU on."""

Outcome = Literal["right", "not found", "look-alike", "other object", "no object"]
OUTCOMES: tuple[Outcome, ...] = ("right", "not found", "look-alike", "other object", "no object")
"""Chosen was the target; it could not be, as no object to choose from lies on the target; or chosen was another object
of its class, one of another class, or something that is none of the annotated objects."""


@dataclass(frozen=True)
class Verdict:
    """One sentence, answered."""

    kind: str
    """What tells the target apart."""
    alike: int
    """Objects of the target's class, itself included."""
    outcome: Outcome
    iou: float
    """Of the chosen object with the target."""
    best_iou: float
    """Of the object to choose from that lies best on the target."""
    right_of_class: bool | None
    """Whether the best-scored of the candidates on objects of the target's class is on the target; None when no
    candidate is."""


def judge(
    scores: Float[np.ndarray, "K"],
    overlaps: Float[np.ndarray, "K O"],
    *,
    best_iou: float,
    target: int,
    labels: Sequence[str],
    kind: str,
) -> Verdict:
    """Judge the choice of the best-scored of K candidates.

    Args:
        scores: of the candidates.
        overlaps: IoU of each with each annotated object.
        best_iou: the highest IoU with the target of anything there was to choose from.
        target: the annotated object that is meant.
        labels: classes of the annotated objects.
        kind: what tells the target apart.
    """
    same_class = np.array([label == labels[target] for label in labels])
    chosen = overlaps[scores.argmax()]
    iou = float(chosen[target])
    outcome: Outcome
    if iou >= OVERLAP:
        outcome = "right"
    elif best_iou < OVERLAP:
        outcome = "not found"
    elif (chosen[same_class] >= OVERLAP).any():
        outcome = "look-alike"
    else:
        outcome = "other object" if (chosen >= OVERLAP).any() else "no object"
    of_class = np.flatnonzero((overlaps[:, same_class] >= OVERLAP).any(axis=1))
    right_of_class = None
    if (overlaps[:, target] >= OVERLAP).any():
        right_of_class = bool(overlaps[of_class[scores[of_class].argmax()], target] >= OVERLAP)
    return Verdict(kind, int(same_class.sum()), outcome, iou, best_iou, right_of_class)


def tally(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Shares of sentences; None where there is no sentence to take a share of."""
    found = [verdict for verdict in verdicts if verdict.best_iou >= OVERLAP]
    of_class = [verdict.right_of_class for verdict in verdicts if verdict.right_of_class is not None]
    return {
        "sentences": len(verdicts),
        "class_alone": _mean([1 / verdict.alike for verdict in verdicts]),
        "accuracy": _mean([verdict.outcome == "right" for verdict in verdicts]),
        "accuracy_50": _mean([verdict.iou >= 0.5 for verdict in verdicts]),
        "found": _mean([verdict.best_iou >= OVERLAP for verdict in verdicts]),
        "found_50": _mean([verdict.best_iou >= 0.5 for verdict in verdicts]),
        "accuracy_of_found": _mean([verdict.outcome == "right" for verdict in found]),
        "accuracy_within_class": _mean(of_class),
        "outcomes": {name: _mean([verdict.outcome == name for verdict in verdicts]) for name in OUTCOMES},
    }


def summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Sentences whose target is alone of its class, those with look-alikes, and these by kind, the commonest first."""
    alike = [verdict for verdict in verdicts if verdict.alike > 1]
    kinds: dict[str, list[Verdict]] = {}
    for verdict in alike:
        kinds.setdefault(verdict.kind, []).append(verdict)
    return {
        "unique": tally([verdict for verdict in verdicts if verdict.alike == 1]),
        "multiple": tally(alike),
        "multiple_by_kind": {
            kind: tally(rows) for kind, rows in sorted(kinds.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        },
    }


def _mean(values: Sequence[float | bool]) -> float | None:
    return float(np.mean(values)) if len(values) else None

"""Role swaps: whether the order of the words decides which of two objects is marked.

The sentences come in pairs, "the chair left of the table" and "the table left of the chair": each is true of one
object, and that object is the one that its partner's sentence only mentions. A sentence is answered with the *right
object* when its mask has an IoU of at least .25 with the object it means, and a higher one than with the object that
its partner means; with the *other object* when the same holds with the two objects exchanged; otherwise with neither.
A pair is *both right* when both its sentences have the right object. A reader who takes the words as a bag answers both
sentences alike, and has no pair right.

Kinds in `DIRECTIONAL` say on which side; the others hold both ways, and only the noun that comes first tells.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from less3d.data.sentences.role_swaps import SIDES
from less3d.metrics import SentenceScore
from less3d.referral import Referral
from released.ask import Asked

DIRECTIONAL = tuple(SIDES)
LEAST_IOU = 0.25
OWN, PARTNER = "role swap", "role swap, scored against the partner's object"


def swap_questions(rows: Sequence[Referral]) -> Asked:
    """Each sentence of a scan, scored against what it means and against what its partner means.

    Args:
        rows: the scan's rows of role_swaps.jsonl, partners one after the other.
    """
    partners = [row for pair in zip(rows[1::2], rows[::2], strict=True) for row in pair]
    return {
        OWN: [(row, row.sentence) for row in rows],
        PARTNER: [
            (replace(row, targets=partner.targets), row.sentence) for row, partner in zip(rows, partners, strict=True)
        ],
    }


def count_swaps(own: Sequence[SentenceScore], partner: Sequence[SentenceScore]) -> dict[str, Any]:
    """How many pairs there are and the shares answered rightly: over all, directional, other, and each kind.

    Args:
        own: scores against the object that each sentence means, partners one after the other.
        partner: scores of the same answers against the object that the partner means.
    """
    kinds = [row.tags[0] for row in own[::2]]
    right = np.array([_chosen(mine.iou, theirs.iou) for mine, theirs in zip(own, partner, strict=True)]).reshape(-1, 2)
    other = np.array([_chosen(theirs.iou, mine.iou) for mine, theirs in zip(own, partner, strict=True)]).reshape(-1, 2)

    def shares(members: Sequence[bool]) -> dict[str, Any]:
        rows = np.flatnonzero(members)
        if not len(rows):
            return {"pairs": 0}
        return {
            "pairs": len(rows),
            "right_object": float(right[rows].mean()),
            "other_object": float(other[rows].mean()),
            "both_right": float(right[rows].all(axis=1).mean()),
        }

    return {
        "all": shares([True for _ in kinds]),
        "directional": shares([kind in DIRECTIONAL for kind in kinds]),
        "others": shares([kind not in DIRECTIONAL for kind in kinds]),
        "by_kind": {kind: shares([kind == one for one in kinds]) for kind in sorted(set(kinds))},
    }


def _chosen(iou: float, rival: float) -> bool:
    """Whether a mask marks one object rather than the other."""
    return iou >= LEAST_IOU and iou > rival

"""From candidates to answers: a scan is looked at from several sides, and all views together choose and draw one mask.

A network is not quite indifferent to how a scan lies: its voxels fall elsewhere, and it sees the room from elsewhere.
So the scan is turned about z in equal steps over a full circle, each turned copy gives its candidates, and what most
views agree on is answered (test-time augmentation). It costs the work of each view, and no training.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from less3d.batch import ObjectLabels, make_scene
from less3d.errors import InputError
from less3d.models import Candidates, Referrer
from less3d.scan import TURNS, Scan
from less3d.sparse.voxels import VoxelGrid, mean_over_voxels

_SENTENCES_AT_ONCE = 8
_LEAST_WEIGHT = 1e-12
"""Of a view, so that masks without a point, which overlap with none, have scores too."""
_UNLIKELY = np.exp(-4.0)
"""By this much the odds of all points fall when nothing is meant; the highest score is then .02."""


@dataclass(frozen=True, eq=False)
class View:
    """A turned copy of a scan of N points, ready for sentences."""

    encoded: Any
    """What the model prepared."""
    voxel_of_point: Int64[Tensor, "N"]
    voxel_of_witness: Int64[Tensor, "W"]
    """The voxels of the witnesses, one point of each voxel of the first view, by which masks of all views compare."""


@dataclass(frozen=True, eq=False)
class Finding:
    """The object that one sentence most likely means in a scan of N points, if it means one."""

    scores: Float[Tensor, "N"]
    """Probability of each point being inside; the mask is where it is over .5."""
    expected_iou: float
    """What the network believes to be the IoU of the mask with what is meant; 0 when it has no point."""
    nothing: float
    """Probability that nothing in the scan is meant."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What one sentence means in a scan of N points."""

    scores: Float[Tensor, "N"]
    """Probability of each point being inside; the mask is where it is over .5, and empty when nothing is meant."""
    confidence: float
    """Belief in 0..1 that the answer is right; as probable as that once the model is calibrated."""


@torch.inference_mode()
def look(
    model: Referrer,
    scan: Scan,
    *,
    turns: int = TURNS,
    device: torch.device | str = "cpu",
    labels: ObjectLabels | None = None,
) -> tuple[View, ...]:
    """Do all the work on a scan that needs no sentence: voxels, neighbor tables and, in late models, features.

    Args:
        model: in evaluation mode, on that device.
        scan: meters, z up.
        turns: number of views, one at least; the first is the scan as it lies.
        device: where to run.
        labels: full labels of the scan, whose objects a model of two stages then takes for those it would find.

    Raises:
        InputError: when there is to be no view, or labels come to a model of one stage.
    """
    if turns < 1:
        raise InputError(f"expected a scan to be looked at from at least one side, got turns={turns}")
    config = model.config
    views: list[View] = []
    witnesses = torch.zeros(0, dtype=torch.int64)
    for turn in range(turns):
        side = scan if turn == 0 else scan.turned(2 * np.pi * turn / turns)
        scene = make_scene([side], voxel_size=config.voxel_size, num_levels=config.num_levels, device=device)
        if turn == 0:
            witnesses = _witnesses(torch.from_numpy(scan.points).to(device), scene.grid)
        voxel_of_point = scene.point_to_voxel(0)
        encoded = model.prepare(scene) if labels is None else model.prepare_labelled(scene, labels.to(device))
        views.append(View(encoded, voxel_of_point, voxel_of_point[witnesses]))
    return tuple(views)


def answers(model: Referrer, views: Sequence[View], sentences: Sequence[str]) -> Iterator[Answer]:
    """What each sentence means, in their order, by the views of one scan that `look` gave; a few at a time."""
    for finding in findings(model, views, sentences):
        judged = model.calibration.judge(np.array([finding.expected_iou]), np.array([finding.nothing]))
        found, confidence = (values.item() for values in judged)
        yield Answer(finding.scores if found else _unlikely(finding.scores), confidence)


def findings(model: Referrer, views: Sequence[View], sentences: Sequence[str]) -> Iterator[Finding]:
    """What each sentence most likely means, before it is decided whether that is an object or nothing."""
    for start in range(0, len(sentences), _SENTENCES_AT_ONCE):
        yield from _find(model, views, sentences[start : start + _SENTENCES_AT_ONCE])


@torch.inference_mode()
def _find(model: Referrer, views: Sequence[View], sentences: Sequence[str]) -> list[Finding]:
    """The mask with the highest expected IoU over the candidates of all views, drawn by all of them.

    Several candidates may lie on one object and share its probability. So a candidate is worth what its mask overlaps
    with the masks of all of them, each as probable as its view says (minimum Bayes risk). From each view the candidate
    that overlaps most with the chosen one then has a say on each point, weighted by that overlap; a single view has
    chosen its own.
    """
    text = model.text(sentences)
    found = [model.candidates(view.encoded, text) for view in views]
    inside = [(own.masks > 0)[:, view.voxel_of_witness] for own, view in zip(found, views, strict=True)]
    firsts = np.cumsum([0, *map(len, inside)]).tolist()
    rows = torch.cat([own.rows + first for own, first in zip(found, firsts, strict=False)], dim=1)  # (S, A)
    belief = torch.cat([own.belief for own in found], dim=1) / len(views)  # (S, A)
    overlaps = overlaps_of(torch.cat(inside))[rows[:, :, None], rows[:, None]]  # (S, A, A)
    expected, best = (overlaps * belief[:, None]).sum(dim=2).max(dim=1)  # (S,)
    nothing = torch.stack([own.nothing for own in found]).mean(dim=0)  # (S,)
    of_best = overlaps[torch.arange(len(best), device=best.device), best]  # (S, A)
    scores = [_draw(views, found, sentence, of_best[sentence]) for sentence in range(len(sentences))]
    expected = [value if (own > 0.5).any() else 0.0 for value, own in zip(expected.tolist(), scores, strict=True)]
    return [Finding(*values) for values in zip(scores, expected, nothing.tolist(), strict=True)]


def _draw(
    views: Sequence[View], found: Sequence[Candidates], sentence: int, overlap: Float[Tensor, "A"]
) -> Float[Tensor, "N"]:
    """The mean probability of each point in the candidates of all views that are nearest to the chosen one.

    Args:
        views: of the scan.
        found: the candidates of each view.
        sentence: which one.
        overlap: the IoU of each of its candidates, view after view, with the chosen one.
    """
    total, weights = torch.zeros(()), torch.zeros(())
    for view, own, overlaps in zip(views, found, overlap.split([own.rows.shape[1] for own in found]), strict=True):
        weight, nearest = overlaps.clamp(min=_LEAST_WEIGHT).max(dim=0)
        probability = own.masks[own.rows[sentence, nearest]].sigmoid()[view.voxel_of_point]
        total, weights = total + weight * probability, weights + weight
    return total / weights


def _unlikely(scores: Float[Tensor, "N"]) -> Float[Tensor, "N"]:
    """The scores when nothing is meant: none is over .02."""
    odds = scores.clamp(max=0.5) / (1 - scores.clamp(max=0.5)) * _UNLIKELY
    return odds / (1 + odds)


def _witnesses(points: Float[Tensor, "N 3"], grid: VoxelGrid) -> Int64[Tensor, "V"]:
    """For each voxel the point nearest to the mean of its points."""
    rows, count = grid.point_to_voxel, len(grid.coords)
    distance = (points - mean_over_voxels(points, grid)[rows]).square().sum(dim=1)
    least = distance.new_full((count,), torch.inf).scatter_reduce(0, rows, distance, "amin")
    nearest = (distance == least[rows]).nonzero().flatten()
    return nearest.new_full((count,), len(points)).scatter_reduce(0, rows[nearest], nearest, "amin")


def overlaps_of(masks: Bool[Tensor, "U V"]) -> Float[Tensor, "U U"]:
    """IoU of each mask with each other; an empty mask has none with any."""
    inside = masks.float()
    sizes, shared = inside.sum(dim=1), inside @ inside.T
    return shared / (sizes[:, None] + sizes - shared).clamp(min=1.0)

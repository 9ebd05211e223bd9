"""Calibrating a model: what it says of sentences whose answers are known, and what follows for all others."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from less3d.answering import findings, look
from less3d.calibration import COST, Calibration, Known, fit
from less3d.data.absent import absence_f1, borrowed
from less3d.data.dataset import Dataset
from less3d.errors import InputError
from less3d.metrics import expected_calibration_error, iou
from less3d.models import Referrer
from less3d.scan import TURNS

_ABSENT_SHARE = 0.25
"""Of the sentences that are asked, supposed to be about nothing; confidence is right where that is so."""


@dataclass(frozen=True)
class Quality:
    """How good answers and their confidence are, each in 0..1."""

    ece: float
    """Expected calibration error."""
    absence_f1: float
    """F1 of the answer that nothing is meant."""
    miou: float
    """Over the sentences about something."""


@dataclass(frozen=True)
class Fitted:
    """A calibration and what it changed."""

    calibration: Calibration
    present: int
    """Sentences about something that it was fitted to."""
    absent: int
    """Sentences about nothing; without any, when to find nothing was not fitted."""
    before: Quality
    """Of the answers to these sentences, uncalibrated."""
    after: Quality

    @property
    def summary(self) -> str:
        """One line for people."""
        before, after = self.before, self.after
        return (
            f"calibrated on {self.present} sentences and {self.absent} about nothing: expected calibration error "
            f"{before.ece:.3f} -> {after.ece:.3f}, F1 of finding nothing {before.absence_f1:.3f} -> "
            f"{after.absence_f1:.3f}, mIoU {before.miou:.3f} -> {after.miou:.3f}"
        )


def calibrate(
    model: Referrer,
    data: Dataset,
    *,
    max_scans: int | None = None,
    cost: float = COST,
    turns: int = TURNS,
    device: str = "cpu",
    on_scan: Callable[[], None] = lambda: None,
) -> Fitted:
    """Fit a model's calibration to the sentences of a data set, and a third as many borrowed ones about nothing.

    Args:
        model: put into evaluation mode; its own calibration plays no part, and is not changed.
        data: scans that nothing was learned from.
        max_scans: only the first so many scans.
        cost: share of the mIoU that finding nothing may cost, 0..1.
        turns: from how many sides each scan is looked at; best as many as when the model is used.
        device: where to run.
        on_scan: called after each scan.
    """
    known = collect(model, data, max_scans=max_scans, turns=turns, device=device, on_scan=on_scan)
    calibration = fit(known, cost=cost)
    absent = int(known.absent.sum())
    before, after = quality(known, Calibration()), quality(known, calibration)
    return Fitted(calibration, len(known.absent) - absent, absent, before, after)


def collect(
    model: Referrer,
    data: Dataset,
    *,
    max_scans: int | None = None,
    turns: int = TURNS,
    device: str = "cpu",
    on_scan: Callable[[], None] = lambda: None,
) -> Known:
    """What a model says of all these sentences, and what is right; arguments as for `calibrate`."""
    if not data.scans:
        raise InputError("calibration needs at least one scan with sentences, got none")
    model.eval()
    rng = np.random.default_rng(0)
    rows: list[tuple[float, float, float, bool]] = []
    for name in data.scans[:max_scans]:
        scan, masks = data.load(name)
        referrals = list(data.referrals[name])
        count = round(len(referrals) * _ABSENT_SHARE / (1 - _ABSENT_SHARE))
        referrals += borrowed(data, name, count, rng, there=(scan.labels or {}).values())
        views = look(model, scan, turns=turns, device=device)
        found = findings(model, views, [referral.sentence for referral in referrals])
        for referral, finding in zip(referrals, found, strict=True):
            mask = (finding.scores > 0.5).cpu().numpy()
            overlap = iou(mask, masks.mask(referral.targets)) if referral.targets else 0.0
            rows.append((finding.expected_iou, finding.nothing, overlap, not referral.targets))
        on_scan()
    expected, nothing, overlaps, absent = np.array(rows, dtype=np.float64).T
    return Known(expected, nothing, overlaps, absent.astype(bool))


def quality(known: Known, calibration: Calibration) -> Quality:
    """How good the answers are that follow from what was said."""
    found, confidence = calibration.judge(known.expected, known.nothing)
    present = ~known.absent
    return Quality(
        ece=expected_calibration_error(confidence, known.right(found)),
        absence_f1=absence_f1(known.absent.tolist(), (~found).tolist()),
        miou=float(np.where(found, known.iou, 0.0)[present].mean()) if present.any() else 0.0,
    )

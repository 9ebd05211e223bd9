"""What the numbers of a network are worth: when nothing is answered, and how sure an answer is.

A network says which IoU it expects of its best mask, and how probably nothing is meant. Trained for other ends, both
are off. On sentences whose answers are known, three things are fitted: from when on nothing is answered, and two maps
to the probability that a mask, or an empty answer, is right (Platt, "Probabilistic outputs for support vector
machines", 1999; for networks Guo et al., "On calibration of modern neural networks", ICML 2017).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64
from scipy.optimize import minimize
from scipy.special import expit, logit

from less3d.metrics import RIGHT_IOU

_LEAST = 1e-6
"""Probabilities are kept this far from 0 and 1, so that their logits are finite."""
_CERTAIN = 20.0
"""Log odds above all others: those of nothing to a mask without a point, which is no mask."""
COST = 0.01
"""Share of the mIoU over sentences about something that answering nothing may cost."""


@dataclass(frozen=True)
class Platt:
    """A map from probability to probability that never falls: sigmoid(slope logit(p) + shift); by default p itself.

    Raises:
        ValueError: when it would fall.
    """

    slope: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a map that is not monotone."""
        if not self.slope >= 0:
            raise ValueError(f"expected a slope of at least 0, got {self.slope}")

    def __call__(self, p: Float64[np.ndarray, "S"]) -> Float64[np.ndarray, "S"]:
        """Map probabilities."""
        return expit(self.slope * _logit(p) + self.shift)


@dataclass(frozen=True)
class Calibration:
    """How the numbers of a network are read; by default they are taken at their word."""

    nothing: float = 0.0
    """What is added to the logit of nothing being meant."""
    mask: Platt = Platt()
    """From the expected IoU to the probability that the mask is right: that its IoU is at least `RIGHT_IOU`."""
    empty: Platt = Platt()
    """From the probability that nothing is meant to the one that an empty answer is right."""

    def judge(
        self, expected: Float64[np.ndarray, "S"], nothing: Float64[np.ndarray, "S"]
    ) -> tuple[Bool[np.ndarray, "S"], Float64[np.ndarray, "S"]]:
        """Whether each of S sentences is answered by its mask, not by nothing, and the confidence in that answer.

        Args:
            expected: the expected IoU of the best mask, 0 for one without a point.
            nothing: the probability that nothing is meant.
        """
        expected, nothing = self.shifted(expected, nothing)
        found = (expected > 0) & (expected >= nothing)
        return found, np.where(found, self.mask(expected), self.empty(nothing))

    def shifted(
        self, expected: Float64[np.ndarray, "S"], nothing: Float64[np.ndarray, "S"]
    ) -> tuple[Float64[np.ndarray, "S"], Float64[np.ndarray, "S"]]:
        """Both when the logit of nothing being meant is shifted, and all else with its probability."""
        odds = np.exp(self.nothing)
        total = nothing * odds + 1 - nothing
        return expected / total, nothing * odds / total


@dataclass(frozen=True, eq=False)
class Known:
    """What a network said of S sentences, and what would have been right."""

    expected: Float64[np.ndarray, "S"]
    """The expected IoU of the best mask, 0 for one without a point."""
    nothing: Float64[np.ndarray, "S"]
    """The probability that nothing is meant."""
    iou: Float64[np.ndarray, "S"]
    """IoU of the best mask with what is meant; 0 where nothing is."""
    absent: Bool[np.ndarray, "S"]
    """Whether nothing is meant."""

    def right(self, found: Bool[np.ndarray, "S"]) -> Bool[np.ndarray, "S"]:
        """Whether the answers are right that are masks where `found`, and empty elsewhere."""
        return np.where(found, self.iou >= RIGHT_IOU, self.absent)


def fit(known: Known, *, cost: float = COST) -> Calibration:
    """The calibration by which the answers to known sentences are best.

    Without sentences about nothing, when to answer nothing, and how sure that is, cannot be known and stay as they are.

    Args:
        known: sentences, as many about nothing among them as when the network is used: confidence depends on it.
        cost: share of the mIoU over sentences about something that answering nothing may cost, 0..1.
    """
    if not known.absent.any():
        found, _ = Calibration().judge(known.expected, known.nothing)
        return Calibration(mask=_fit_platt(known.expected[found], known.right(found)[found]))
    shift = Calibration(nothing=_fit_nothing(known, cost))
    expected, nothing = shift.shifted(known.expected, known.nothing)
    found, _ = shift.judge(known.expected, known.nothing)
    right = known.right(found)
    mask, empty = _fit_platt(expected[found], right[found]), _fit_platt(nothing[~found], right[~found])
    return Calibration(shift.nothing, mask, empty)


def _fit_nothing(known: Known, cost: float) -> float:
    """The shift by which answering nothing has the best F1 of those that cost no more mIoU than that.

    Nothing is answered where its log odds to the expected IoU exceed a threshold: each that parts the sentences
    otherwise is tried.
    """
    odds = np.log(known.nothing.clip(_LEAST)) - np.log(known.expected.clip(_LEAST))
    odds[known.expected == 0] = _CERTAIN
    order = np.argsort(-odds, kind="stable")
    odds, absent, iou = odds[order], known.absent[order], np.where(known.absent, 0.0, known.iou)[order]
    refused = np.arange(len(odds) + 1)  # at each threshold
    hits, lost = (np.concatenate([[0.0], np.cumsum(values)]) for values in (absent, iou))
    f1 = 2 * hits / (refused + absent.sum())
    parts = np.concatenate([[True], odds[:-1] > odds[1:], [True]])  # no threshold parts equal odds
    f1[~parts | (lost > cost * iou.sum())] = -1.0
    best = int(f1.argmax())
    above = odds[best - 1] if best else odds[0] + 2.0
    below = odds[best] if best < len(odds) else odds[-1] - 2.0
    return -float(above + below) / 2


def _fit_platt(p: Float64[np.ndarray, "S"], right: Bool[np.ndarray, "S"]) -> Platt:
    """The map that makes known outcomes most likely, with Platt's targets, which are short of 0 and 1."""
    if not len(p):
        return Platt()
    rights = int(right.sum())
    target = np.where(right, (rights + 1) / (rights + 2), 1 / (len(right) - rights + 2))
    x = _logit(p)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        """Mean cross-entropy, and its gradient."""
        z = parameters[0] * x + parameters[1]
        error = expit(z) - target
        return float((np.logaddexp(0, z) - target * z).mean()), np.array([(error * x).mean(), error.mean()])

    found = minimize(loss, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)])
    return Platt(*found.x.tolist())


def _logit(p: np.ndarray) -> np.ndarray:
    return logit(np.clip(p, _LEAST, 1 - _LEAST))

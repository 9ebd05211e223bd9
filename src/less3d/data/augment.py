"""Augmentation that reads the sentence: what is seen changes, what was said stays true.

A mirror swaps left and right, so the words are swapped with it. A turn about z keeps a sentence true where left and
right are said from a stated place, as in made rooms. People mostly leave the place out, and a network can only guess it
from how the scan lies; so large turns are for the sentences without view words (`AugmentConfig.turn`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from less3d.data.rooms.shapes.solids import rotation
from less3d.data.sentences.view import has_view_words, swap_left_right
from less3d.errors import InputError
from less3d.referral import Masks, Referral
from less3d.scan import Scan

_THIN = 0.06
"""Objects are thin when their points are, by standard deviation, within this of a plane, and four times as wide."""
FEW = 5
"""With fewer described objects than this, none becomes plainer: it would tell which of all objects is meant."""


@dataclass(frozen=True)
class AugmentConfig:
    """How strongly scans are changed; probabilities in 0..1, lengths in metres, angles in degrees."""

    mirror: float = 0.5
    """Chance of a mirrored scan, with left and right swapped in what is said."""
    yaw: float = 180.0
    """Every scan is turned about z by at most this, whatever its sentences say."""
    turn: float = 0.0
    """Chance of a further turn by 90, 180 or 270 degrees, with only those sentences that have no view words."""
    tilt: float = 3.0
    scale: float = 0.1
    stretch: float = 0.1
    jitter: float = 0.008
    keep: float = 0.5
    """The least share of points kept; the share is drawn between it and 1."""
    holes: int = 6
    """At most this many holes."""
    crop: float = 0.3
    """Chance that a part of the room is cut off along a random direction."""
    brightness: float = 0.3
    contrast: float = 0.3
    tint: float = 0.12
    grey: float = 0.05
    """Chance that all colour is lost."""
    color_noise: float = 0.04
    flatten: float = 0.3
    """Chance that described objects, unless they are few, become plainer, at times as plain as can be: their colours
    move towards the mean of each mask, and the points of thin objects, such as windows and curtains, to a plane."""

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        for name in ("mirror", "turn", "keep", "crop", "grey", "flatten"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"augmentation needs {name} from 0 to 1, got {getattr(self, name)}")
        for name in ("holes", "jitter", "color_noise"):
            if getattr(self, name) < 0:
                raise InputError(f"augmentation needs {name} from 0, got {getattr(self, name)}")


def augment(
    scan: Scan,
    masks: Masks,
    referrals: Sequence[Referral],
    rng: np.random.Generator,
    config: AugmentConfig,
    *,
    described: Collection[int],
) -> tuple[Scan, Masks, tuple[Referral, ...]]:
    """Another scan of the same room, with the masks on its points, and those sentences that are true of it.

    Nothing but points, colors, masks and words is read; the new scan has no labels.

    Args:
        scan: of the room.
        masks: of objects, all that are to be carried along.
        referrals: the sentences.
        rng: what is drawn from.
        config: how strongly it is changed.
        described: the objects that may become plainer, unless they are few: those that sentences are about, whatever
            other masks are known, so that systems see the same scans whichever labels they read.
    """
    mirrored = bool(rng.random() < config.mirror)
    turn, referrals = _turn(referrals, rng, config)
    points = _move(scan.points, mirrored, turn, rng, config)
    kept = _kept(points, rng, config)
    masks = masks.take(kept)
    points, colors = points[kept], _recolor(scan.colors[kept], rng, config)
    if rng.random() < config.flatten and len(described) >= FEW:
        plainer = [rows for key, rows in masks.members.items() if key in described]
        points, colors = _flattened(points, colors, plainer, min(rng.uniform(0.3, 1.7), 1.0))
    if mirrored:
        referrals = [replace(referral, sentence=swap_left_right(referral.sentence)) for referral in referrals]
    return Scan(points=points, colors=colors), masks, tuple(referrals)


def _turn(
    referrals: Sequence[Referral], rng: np.random.Generator, config: AugmentConfig
) -> tuple[float, Sequence[Referral]]:
    """The degrees of the large turn, and the sentences that survive it; none when no sentence would."""
    if rng.random() >= config.turn:
        return 0.0, referrals
    angle = 90.0 * int(rng.integers(1, 4))
    surviving = [referral for referral in referrals if not has_view_words(referral.sentence)]
    return (angle, surviving) if surviving else (0.0, referrals)


def _move(
    points: np.ndarray, mirrored: bool, turn: float, rng: np.random.Generator, config: AugmentConfig
) -> np.ndarray:
    angles = np.array([config.yaw, config.tilt, config.tilt]) * rng.uniform(-1, 1, 3) + [turn, 0, 0]
    yaw, roll, pitch = np.radians(angles)
    scale = (1 + config.scale * rng.uniform(-1, 1)) * (1 + config.stretch * rng.uniform(-1, 1, 3))
    if mirrored:
        scale[0] = -scale[0]
    matrix = rotation(roll, 0) @ rotation(pitch, 1) @ rotation(yaw, 2)
    moved = points @ (matrix @ np.diag(scale)).T.astype(np.float32)
    noise = rng.normal(0, config.jitter * rng.random(), points.shape)
    return (moved + noise).astype(np.float32)


def _kept(points: np.ndarray, rng: np.random.Generator, config: AugmentConfig) -> np.ndarray:
    """Indices of the points that survive thinning, holes and cropping; never fewer than a fifth of them."""
    kept = rng.random(len(points)) < rng.uniform(config.keep, 1.0)
    for _ in range(rng.integers(config.holes + 1)):
        center, radius = points[rng.integers(len(points))], rng.uniform(0.05, 0.3)
        kept &= np.square(points - center).sum(axis=1) > radius**2
    if rng.random() < config.crop:
        angle = rng.uniform(0, 2 * np.pi)
        along = points[:, :2] @ np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
        kept &= along < np.quantile(along, rng.uniform(0.6, 1.0))
    enough = kept.sum() >= len(points) // 5
    return np.flatnonzero(kept) if enough else np.arange(len(points))


def _recolor(colors: np.ndarray, rng: np.random.Generator, config: AugmentConfig) -> np.ndarray:
    """Another camera: gain, contrast, tint, noise, at times no colour at all."""
    values = colors.astype(np.float32) / 255.0
    gain = 1 + config.brightness * rng.uniform(-1, 1) + config.tint * rng.uniform(-1, 1, 3)
    contrast = 1 + config.contrast * rng.uniform(-1, 1)
    mean = values.mean(axis=0, keepdims=True)
    values = ((values - mean) * contrast + mean) * gain
    values += rng.normal(0, config.color_noise * rng.random(), values.shape)
    if rng.random() < config.grey:
        values[:] = values.mean(axis=1, keepdims=True)
    return (values.clip(0, 1) * 255).astype(np.uint8)


def _flattened(
    points: np.ndarray, colors: np.ndarray, objects: Sequence[np.ndarray], strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Colours moved towards the mean of their object, thin objects towards their plane; all the way at strength 1."""
    points, colors = points.copy(), colors.copy()
    for rows in objects:
        if len(rows):
            own = colors[rows].astype(np.float32)
            colors[rows] = (own + strength * (own.mean(axis=0) - own)).astype(np.uint8)
            offset = points[rows] - points[rows].mean(axis=0)
            variances, axes = np.linalg.eigh(offset.T @ offset / len(rows))
            if variances[0] < min(_THIN**2, variances[1] / 16):
                points[rows] -= strength * np.outer(offset @ axes[:, 0], axes[:, 0])
    return points, colors

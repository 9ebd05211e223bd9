"""A scan as an RGB-D camera makes one: carried through the room, its frames fused, the surface's vertices the scan.

Holes, rounded edges, missing ceilings and unseen backs come from that by themselves. Poses drift, so surfaces seen in
several frames are a little doubled; exposure and white balance change from frame to frame, and fusion averages them.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32, Int32
from scipy import ndimage

from less3d.data.rooms.light import Light, lit_colors
from less3d.data.rooms.plan import Plan
from less3d.data.rooms.scanning.camera import COLUMNS, NOTHING, ROWS, Image, Scene, rays, render, rotation_of
from less3d.data.rooms.scanning.fusion import Measurements, Vertices, decimated, fuse, surface_vertices
from less3d.data.rooms.scanning.path import Path, walk
from less3d.data.rooms.scanning.seen import Seen
from less3d.data.rooms.scanning.sensor import Sensor, measure
from less3d.data.rooms.surface import Surface
from less3d.scan import NO_INSTANCE

_DARK = 40.0
"""Colors darker than this, 0-255, reflect too little of the pattern."""
_PATCH = 0.15
"""Size of the patches that glass and mirrors lose, metres."""
_NOISE_AT_MOST = 0.025
"""Depth that is further off, metres at the lens, growing with the square of the distance, lies on nobody's surface."""


@dataclass(frozen=True)
class ScanSettings:
    """How careful a scan is. `draw` makes a new one for each room; lengths in metres."""

    frames_per_meter: float = 3.0
    """Frames for each square metre of floor, on top of 35."""
    pitch: tuple[float, float] = (-0.45, 0.3)
    """Mean and standard deviation of where the camera looks, radians above level."""
    voxel: float = 0.0225
    """Edge of the fusion's voxels. A square metre of surface has 1.5 / voxel² vertices; ScanNet's about 2,900."""
    most_points: int = 112_000
    """A larger scan is decimated to about so many points."""
    drift: float = 0.006
    """How far poses are off."""
    exposure: float = 0.08
    """Relative change of exposure from frame to frame."""
    white_balance: float = 0.02
    """The same of each color channel."""
    misalignment: float = 1.0
    """How many pixels color is off depth, standard deviation."""
    haze: float = 12.0
    """What stray light in the lens makes of black, in color levels."""
    grain: float = 3.0
    """Standard deviation of each vertex's brightness, in color levels."""
    least_weight: float = 0.05
    """What a voxel must weigh to count: a pixel that meets its surface head-on z metres away weighs 1 / z²."""
    sensor: Sensor = field(default_factory=Sensor)

    @staticmethod
    def draw(rng: np.random.Generator) -> "ScanSettings":
        """A scan as careful or careless as they come."""
        return ScanSettings(
            frames_per_meter=float(rng.uniform(2.0, 4.0)),
            pitch=(float(rng.uniform(-0.6, -0.3)), float(rng.uniform(0.2, 0.4))),
            voxel=float(rng.uniform(0.02, 0.026)),
            drift=float(rng.uniform(0.002, 0.016)),
            exposure=float(rng.uniform(0.02, 0.15)),
            white_balance=float(rng.uniform(0.005, 0.03)),
            misalignment=float(rng.uniform(0.3, 1.5)),
            haze=float(rng.uniform(4.0, 24.0)),
            grain=float(rng.uniform(1.0, 5.0)),
            least_weight=float(rng.uniform(0.015, 0.1)),
            sensor=Sensor(noise=float(rng.uniform(0.001, 0.0035)), grazing=float(rng.uniform(0.15, 0.3))),
        )


def scan_room(
    surface: Surface,
    ids: Int32[np.ndarray, "M"],
    loss: Float32[np.ndarray, "M"],
    plan: Plan,
    *,
    settings: ScanSettings,
    light: Light,
    rng: np.random.Generator,
) -> Seen:
    """Carry a camera through a room and fuse what it measures.

    Args:
        surface: everything in the room.
        ids: instance of each surface point.
        loss: share of each surface point's kind that gives no depth: glass, mirrors and screens.
        plan: where the floor is.
        settings: how good the scan is.
        light: how the room is lit.
        rng: decides everything else.
    """
    scene = Scene.of(surface)
    frames = int(35 + settings.frames_per_meter * min(plan.area, 20.0))
    path = walk(plan, surface, scene, frames=frames, pitch=settings.pitch, rng=rng)
    return scan_along(surface, ids, loss, path, scene=scene, settings=settings, light=light, rng=rng)


def scan_along(
    surface: Surface,
    ids: Int32[np.ndarray, "M"],
    loss: Float32[np.ndarray, "M"],
    path: Path,
    *,
    scene: Scene,
    settings: ScanSettings,
    light: Light,
    rng: np.random.Generator,
) -> Seen:
    """The scan from given poses; the rest as for `scan_room`."""
    lost = _lost(surface, loss, rng)
    images = [render(scene, *pose) for pose in zip(path.positions, path.rotations, strict=True)]
    measured = _measured(images, path, surface, ids, lost, settings, light, rng)
    grid = rotation_of(rng.uniform(-np.pi, np.pi), rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5))
    volume = fuse(measured, size=settings.voxel, rotation=grid)
    vertices = surface_vertices(volume, least_weight=settings.least_weight)
    return _grainy(decimated(vertices, volume, most=settings.most_points), settings, rng)


def _lost(surface: Surface, loss: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Points that never give depth: patches of glass and the like, and most of what is very dark."""
    brightness = surface.colors.max(axis=1)
    chance = np.maximum(loss, np.float32(0.5) * np.clip(1 - brightness * np.float32(1 / _DARK), 0, 1))
    risky = np.flatnonzero(chance > 0)
    lost = np.zeros(len(surface), dtype=bool)
    if len(risky):
        place = surface.points[risky] * np.float32(1 / _PATCH)
        place -= place.min(axis=0)
        extent = tuple(int(high) + 2 for high in place.max(axis=0))
        values = rng.random(extent, dtype=np.float32)
        near = ndimage.map_coordinates(values, place.T, order=1, mode="nearest", prefilter=False)
        rank = np.empty(len(risky), dtype=np.float32)
        rank[np.argsort(near)] = np.arange(len(risky), dtype=np.float32) / len(risky)
        lost[risky] = rank < chance[risky]
    return lost


def _measured(
    images: list[Image],
    path: Path,
    surface: Surface,
    ids: np.ndarray,
    lost: np.ndarray,
    settings: ScanSettings,
    light: Light,
    rng: np.random.Generator,
) -> Measurements:
    """What the sensor makes of every image, placed by poses that are a little off."""
    shown = np.zeros(len(surface) + 1, dtype=bool)  # the last stands for nothing
    for image in images:
        shown[image.index] = True
    shown = shown[:-1]
    colors = settings.haze + (1 - settings.haze / 255) * lit_colors(surface, light, shown)
    number = np.cumsum(shown) - 1
    frames, directions = len(images), rays()
    offsets = settings.drift * _wandering((frames, 3), rng)
    turns = settings.drift * _wandering((frames, 3), rng) * 0.4
    gains = (1 + settings.exposure * _wandering((frames, 1), rng)) * (
        1 + settings.white_balance * _wandering((frames, 3), rng)
    )
    parts = []
    for frame, image in enumerate(images):
        depth = measure(image, lost, sensor=settings.sensor, rng=rng)
        pixel = np.flatnonzero(depth)
        point, away = image.index.ravel()[pixel], depth.ravel()[pixel]
        turn = _slight_turn(turns[frame]) @ path.rotations[frame].T
        local = directions[pixel] * away[:, None]
        places = local @ turn.T + path.positions[frame] + offsets[frame]
        color = colors[number[_color_source(image, pixel, point, settings, rng)]] * gains[frame]
        weight = image.incidence.ravel()[pixel] / away**2
        flew = np.abs(away - image.depth.ravel()[pixel]) > _NOISE_AT_MOST * (1 + away**2)
        owner = np.where(flew, np.int32(NO_INSTANCE), ids[point])
        parts.append((places, surface.normals[point], np.minimum(color, 255), owner, weight))
    points, normals, shades, owners, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Measurements(points, normals, shades, owners, weights)


def _color_source(
    image: Image, pixel: np.ndarray, point: np.ndarray, settings: ScanSettings, rng: np.random.Generator
) -> np.ndarray:
    """The points whose colors the pixels get: the color camera is a little off the depth camera."""
    right, down = np.round(settings.misalignment * rng.normal(size=2)).astype(int)
    row = np.clip(pixel // COLUMNS + down, 0, ROWS - 1)
    column = np.clip(pixel % COLUMNS + right, 0, COLUMNS - 1)
    source = image.index[row, column]
    return np.where(source == NOTHING, point, source)


def _wandering(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Values of about unit size for each frame and channel that change slowly from frame to frame."""
    steps = rng.standard_normal(shape, dtype=np.float32)
    values = ndimage.gaussian_filter1d(steps, 3.0, axis=0, mode="wrap") * np.float32(3.26)
    return np.float32(0.9) * values + np.float32(0.4) * rng.standard_normal(shape, dtype=np.float32)


def _slight_turn(angles: np.ndarray) -> np.ndarray:
    """Rotation by small angles about x, y and z, radians."""
    x, y, z = angles
    return np.array([[1, -z, y], [z, 1, -x], [-y, x, 1]], dtype=np.float32)


def _grainy(vertices: Vertices, settings: ScanSettings, rng: np.random.Generator) -> Seen:
    """Vertices whose colors have grain, most of it the same in all channels."""
    count = len(vertices.ids)
    gray, tint = rng.standard_normal((count, 1)), rng.standard_normal((count, 3))
    colors = np.clip(vertices.colors + settings.grain * (gray + 0.25 * tint), 0, 255).astype(np.uint8)
    return Seen(vertices.points, colors, vertices.ids)

"""Screens, computers, office machines, fans and other things with a plug."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Interval, Part, box, lathe, loft, pipe, prism, ring, soft_box, tube

BLACKS: tuple[Color, ...] = ((34, 34, 36), (44, 44, 46), (28, 28, 30), (60, 60, 62))
"""Colors of dark plastic cases."""
_OFFICE: tuple[Color, ...] = ((190, 184, 172), (206, 202, 194), (150, 148, 144), (72, 72, 74), (46, 46, 48))


def monitor(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A screen on a stand, or two side by side when it is wide; old ones are deep boxes."""
    depth, width, height = size
    case = _case(rng, gray=0.25)
    if style == "tube":
        return Design(_tube_set(rng, size, case))
    low = height * rng.uniform(0.2, 0.36)
    count = 2 if width > 0.95 else 1
    parts = []
    for y in np.linspace(-width / 2, width / 2, count + 1)[:-1]:
        across = (float(y) + 0.005, float(y) + width / count - 0.005)
        parts.extend(_screen(rng, (0.0, 0.035), across, (low, height), case))
        middle = (across[0] + across[1]) / 2
        neck = min(0.035, width * 0.08)
        parts.append(box((-0.03, 0.0), (middle - neck, middle + neck), (0.01, height * 0.6), case))
        parts.append(_foot(rng, middle, (depth, width / count), case))
    return Design(parts)


def tv(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A television: flat on the wall or on feet, or an old deep one."""
    depth, width, height = size
    case = _case(rng, gray=0.1)
    if style == "tube" and depth > 0.2:
        return Design(_tube_set(rng, size, case))
    if depth > 0.12:
        style = "feet"
    low = 0.0 if style == "wall" else height * rng.uniform(0.06, 0.14)
    x = (-depth / 2, -depth / 2 + min(0.08, depth)) if style == "wall" else (-0.03, 0.03)
    parts = _screen(rng, x, (-width / 2, width / 2), (low, height), case)
    if style == "wall":
        return Design(parts)
    feet = [(-0.32 * width, 0.06), (0.32 * width, 0.06)] if maybe(rng, 0.5) else [(0.0, width * 0.2)]
    for y, half in feet:
        parts.append(box((-depth / 2, depth / 2), (y - half / 2, y + half / 2), (0, 0.02), case))
        parts.append(box((-0.02, 0.02), (y - half / 4, y + half / 4), (0, low + 0.02), case))
    return Design(parts)


def laptop(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A laptop standing open, or closed when the box is flat."""
    depth, width, height = size
    case = Paint(paints.pick(rng, (*BLACKS, (150, 150, 150), (176, 176, 174))), material="metal")
    y = (-width / 2, width / 2)
    if height < 0.06:
        return Design([box((-depth / 2, depth / 2), y, (0, height), case)])
    thick = 0.02
    lean = float(np.arctan2(max(depth - min(width * 0.7, depth * 0.9), 0.0) + 0.03, height))
    hinge = -depth / 2 + height * np.tan(lean)
    keys = _keys(rng, (hinge + 0.02, depth * 0.2), (y[0] * 0.9, y[1] * 0.9), thick, Paint((34, 34, 36)))
    tall = height / np.cos(lean)
    lid = box((-0.01, 0.0), y, (0, tall), case).faced(
        (y[0] * 0.94, y[1] * 0.94), (0.02, tall - 0.02), _screen_paint(rng)
    )
    base = box((hinge, depth / 2), y, (0, thick), case)
    return Design([base, *keys, lid.turned(-lean, axis=1).moved(hinge, 0, thick)])


def keyboard(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Rows of keys on a slightly raised board."""
    _depth, _width, height = size
    x, y = footprint(size)
    case = _case(rng, gray=0.35)
    key = case.shaded(rng.uniform(0.75, 1.3))
    board = box(x, y, (0, height * 0.6), case)
    keys = _keys(rng, (x[0] + 0.015, x[1] - 0.015), (y[0] + 0.012, y[1] - 0.012), height * 0.6, key, rise=height * 0.4)
    return Design([board, *keys], "rectangular")


def mouse(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A smooth lump."""
    x, y = footprint(size)
    return Design([soft_box(x, y, (-size[2], size[2]), _case(rng, gray=0.3), roundness=0.8)])


def computer_tower(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A case with drive bays and a lighter or darker front."""
    x, y = footprint(size)
    height = size[2]
    case = _case(rng, gray=0.25)
    front = box((x[1], x[1] + 0.008), y, (0.01, height), case.shaded(rng.uniform(0.7, 1.4)))
    for z in np.linspace(height * 0.65, height * 0.9, int(rng.integers(1, 4))).tolist():
        front = front.faced((y[0] * 0.8, y[1] * 0.8), (z, z + 0.03), case.shaded(0.6))
    return Design([box(x, y, (0, height), case, without=("+x",)), front])


def printer(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A desktop printer: body, lid, paper tray, a dark mouth."""
    depth, _width, height = size
    x, y = footprint(size)
    case = Paint(paints.pick(rng, _OFFICE), material="plastic")
    second = case if maybe(rng, 0.5) else Paint(paints.pick(rng, BLACKS), material="plastic")
    body = (x[0], x[1] - depth * rng.uniform(0.05, 0.25))
    mouth = (height * rng.uniform(0.3, 0.45), height * 0.55)
    parts = [
        soft_box(body, y, (0, height * 0.72), case, roundness=0.12),
        box((body[0] + 0.02, body[1] - 0.02), (y[0] * 0.94, y[1] * 0.94), (height * 0.7, height), second),
        box((body[1] - 0.01, body[1] + 0.003), (y[0] * 0.75, y[1] * 0.75), mouth, case.shaded(0.25)),
        box((body[1] - 0.02, x[1]), (y[0] * 0.6, y[1] * 0.6), (mouth[0] - 0.03, mouth[0]), second),
    ]
    if maybe(rng, 0.5):
        parts.append(
            box((body[1] - 0.03, x[1] - 0.02), (y[0] * 0.5, y[1] * 0.5), (mouth[0], mouth[0] + 0.01), paints.white(rng))
        )
    return Design(parts)


def copier(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A floor-standing copier: paper drawers, a mouth, a glass lid, trays at the side."""
    _depth, width, height = size
    x, y = footprint(size)
    case, dark = (
        Paint(paints.pick(rng, _OFFICE[:3]), material="plastic"),
        Paint(paints.pick(rng, BLACKS), material="plastic"),
    )
    core = (y[0] + width * rng.uniform(0, 0.25), y[1])
    deck = height * rng.uniform(0.78, 0.86)
    drawers = box(x, core, (0.05, height * 0.62), case)
    for z in np.linspace(0.1, height * 0.55, 4)[:-1].tolist():
        drawers = drawers.faced(core, (z, z + 0.012), dark)
    parts = [
        drawers,
        box((x[0], x[1] - 0.15), core, (height * 0.62, height * 0.72), dark),
        box(x, core, (height * 0.72, deck), case),
        box((x[0], x[1] - 0.05), core, (deck, height), dark if maybe(rng, 0.5) else case.shaded(0.9)),
        box((x[0] + 0.1, x[1] - 0.1), (y[0], core[0] + 0.01), (height * 0.45, height * 0.48), dark),
    ]
    screen = (core[0] + width * 0.1, core[0] + width * 0.35)
    parts.append(box((x[1] - 0.02, x[1] + 0.06), screen, (deck, deck + 0.03), dark))
    return Design(parts)


def telephone(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A desk telephone: a wedge with keys, a display and a receiver at its left."""
    depth, width, height = size
    case = Paint(paints.pick(rng, (*BLACKS, *_OFFICE)), material="plastic")
    wedge = [np.array([(x, y, z) for y, z in ((-width / 2, 0), (width / 2, 0), (width / 2, top), (-width / 2, top))])
             for x, top in ((depth / 2, height * 0.35), (-depth / 2, height * 0.8))]  # fmt: skip
    receiver = soft_box(
        (-depth * 0.45, depth * 0.45), (-width * 0.48, -width * 0.22), (height * 0.6, height), case.shaded(0.8)
    )
    keys = _keys(rng, (-depth * 0.1, depth * 0.4), (-width * 0.1, width * 0.3), height * 0.62, case.shaded(1.6))
    return Design([loft(wedge, case), receiver, *keys])


def speaker(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A box with round cones on its front."""
    _depth, width, height = size
    x, y = footprint(size)
    case = paints.wood(rng) if maybe(rng, 0.3) else _case(rng, gray=0.15)
    parts = [box(x, y, (0, height), case)]
    for z, part in ((height * 0.3, 0.42), (height * 0.72, 0.25)):
        parts.append(tube((x[1], 0, z), (x[1] + 0.02, 0, z), width * part, case.shaded(0.5), sides=14))
    return Design(parts)


def fan(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A fan: a cage of rings on a pole, a tower, or a box."""
    depth, width, height = size
    x, y = footprint(size)
    case = paints.plastic(rng, bright=0.05)
    if style == "tower":
        grille = Paint(case.rgb, "stripes", "plastic", (case.rgb, case.shaded(0.6).rgb), scale=0.03, axis=2)
        return Design(
            [soft_box(x, y, (0.03, height), grille, roundness=0.2), lathe([(width / 2, 0), (width / 2, 0.03)], case)]
        )
    radius = min(width / 2, height / 2)
    hub = height - radius
    parts = []
    for ring_radius in np.linspace(radius * 0.2, radius, 5):
        angles = np.linspace(0, 2 * np.pi, 17)
        for offset in (-0.3, 0.3):
            circle = [
                (offset * depth, float(ring_radius * np.cos(a)), float(hub + ring_radius * np.sin(a))) for a in angles
            ]
            parts.append(pipe(circle, 0.006, case, sides=4))
    blades = case.shaded(0.8)
    for k in range(3):
        blade = box((-0.01, 0.01), (-radius * 0.22, radius * 0.22), (0, radius * 0.9), blades)
        parts.append(blade.turned(k * 2.1, axis=0).moved(0, 0, hub))
    parts.append(tube((-depth * 0.4, 0, hub), (depth * 0.2, 0, hub), radius * 0.2, case))
    if height > 2.1 * radius:
        parts.append(tube((0, 0, 0), (0, 0, hub), 0.015, case))
    return Design([*parts, lathe([(radius * 0.6, 0), (radius * 0.5, 0.03)], case)])


def ceiling_fan(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Blades around a motor, a light under it."""
    depth, _width, height = size
    blade_paint, motor = paints.wood(rng, painted=0.4), paints.metal(rng)
    parts = [lathe([(0.09, height * 0.4), (0.09, height * 0.7), (0.02, height * 0.75), (0.02, height)], motor)]
    count = int(rng.integers(4, 6))
    for k in range(count):
        blade = box((0.1, depth / 2), (-0.06, 0.06), (height * 0.55, height * 0.58), blade_paint.along(0))
        parts.append(blade.turned(k * 2 * np.pi / count))
    glow = Paint((244, 236, 214), material="glass")
    return Design([*parts, soft_box((-0.1, 0.1), (-0.1, 0.1), (0, height * 0.45), glow, roundness=1.0)])


def alarm_clock(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A small block with a dark display."""
    _depth, _width, height = size
    x, y = footprint(size)
    face = box((x[1] - 0.01, x[1]), (y[0] * 0.7, y[1] * 0.7), (height * 0.3, height * 0.8), Paint((30, 34, 30)))
    return Design([soft_box(x, y, (0, height), paints.plastic(rng), roundness=0.25), face])


def vacuum_cleaner(rng: np.random.Generator, size: Size, style: str) -> Design:
    """An upright vacuum cleaner: head, body, handle."""
    _depth, width, height = size
    x, y = footprint(size)
    case = paints.plastic(rng, bright=0.5)
    return Design([
        soft_box((0, x[1]), y, (0, height * 0.12), case.shaded(0.7), roundness=0.3),
        tube((0.02, 0, height * 0.08), (x[0] * 0.6, 0, height * 0.65), width * 0.3, case, end_radius=width * 0.2),
        pipe([(x[0] * 0.6, 0, height * 0.6), (x[0] * 0.9, 0, height * 0.95), (x[0] * 0.5, 0, height)], 0.018, case),
    ])  # fmt: skip


def _case(rng: np.random.Generator, *, gray: float) -> Paint:
    return Paint(paints.pick(rng, _OFFICE if maybe(rng, gray) else BLACKS), material="plastic")


def _screen_paint(rng: np.random.Generator) -> Paint:
    """A screen: off and reflecting most of the time, otherwise showing something."""
    if maybe(rng, 0.68):
        dark = paints.pick(rng, ((30, 31, 34), (44, 46, 50), (22, 22, 24), (66, 68, 72)))
        return Paint(dark, "gradient", "glass", scale=0.5, seed=int(rng.integers(1 << 30)))
    return paints.scene(rng, (*paints.BRIGHTS, *paints.WHITES, *paints.FABRICS))


def _screen(rng: np.random.Generator, x: Interval, y: Interval, z: Interval, case: Paint) -> list[Part]:
    """A flat screen with its bezel, facing +x."""
    bezel = rng.uniform(0.012, 0.035)
    inner = (y[0] + bezel, y[1] - bezel), (z[0] + bezel * rng.uniform(1, 2), z[1] - bezel)
    return [box(x, y, z, case).faced(*inner, _screen_paint(rng))]


def _foot(rng: np.random.Generator, y: float, size: tuple[float, float], case: Paint) -> Part:
    x, half = (-size[0] / 2, size[0] / 2), size[1] * rng.uniform(0.2, 0.32)
    if maybe(rng, 0.5):
        return box(x, (y - half, y + half), (0, 0.015), case)
    return prism(ring(x, (y - half, y + half), 0)[:, :2], (0, 0.015), case)


def _tube_set(rng: np.random.Generator, size: Size, case: Paint) -> list[Part]:
    """An old screen: deep, narrower towards its back."""
    depth, width, height = size
    front = (depth / 2 - depth * 0.25, depth / 2)
    y, z = (-width / 2, width / 2), (0.0, height)
    back = soft_box(
        (-depth / 2, depth * 0.3), (y[0] * 0.8, y[1] * 0.8), (height * 0.1, height * 0.88), case, roundness=0.3
    )
    return [back, *_screen(rng, front, y, z, case)]


def _keys(
    rng: np.random.Generator, x: Interval, y: Interval, z: float, paint: Paint, *, rise: float = 0.005
) -> list[Part]:
    """Rows of keys, drawn as raised strips with gaps between them."""
    rows = max(3, round((x[1] - x[0]) / 0.024))
    edges = np.linspace(x[0], x[1], rows + 1)
    return [box((low + 0.002, low + (x[1] - x[0]) / rows - 0.003), y, (z, z + rise), paint.shaded(1 + 0.12 * (k % 2)))
            for k, low in enumerate(edges[:-1])]  # fmt: skip


ELECTRONICS: dict[str, Recipe] = {
    "monitor": Recipe(monitor, (0.16, 0.26), (0.42, 0.66), (0.38, 0.52), ("flat", "tube")),
    "tv": Recipe(tv, (0.06, 0.36), (0.7, 1.35), (0.45, 0.82), ("feet", "wall", "tube")),
    "laptop": Recipe(laptop, (0.26, 0.36), (0.32, 0.4), (0.18, 0.26)),
    "keyboard": Recipe(keyboard, (0.13, 0.2), (0.36, 0.48), (0.025, 0.04)),
    "mouse": Recipe(mouse, (0.1, 0.12), (0.06, 0.07), (0.03, 0.04)),
    "computer tower": Recipe(computer_tower, (0.38, 0.5), (0.17, 0.22), (0.36, 0.5)),
    "printer": Recipe(printer, (0.34, 0.5), (0.4, 0.6), (0.2, 0.5)),
    "copier": Recipe(copier, (0.6, 0.75), (0.75, 1.3), (1.0, 1.25)),
    "telephone": Recipe(telephone, (0.19, 0.25), (0.18, 0.26), (0.08, 0.12)),
    "speaker": Recipe(speaker, (0.15, 0.3), (0.15, 0.28), (0.22, 0.95)),
    "fan": Recipe(fan, (0.2, 0.3), (0.28, 0.48), (0.35, 1.1), ("cage", "tower")),
    "ceiling fan": Recipe(ceiling_fan, (1.0, 1.3), (1.0, 1.3), (0.3, 0.45), even=("plain",)),
    "alarm clock": Recipe(alarm_clock, (0.07, 0.13), (0.14, 0.22), (0.07, 0.11)),
    "vacuum cleaner": Recipe(vacuum_cleaner, (0.32, 0.45), (0.26, 0.34), (0.9, 1.15)),
}

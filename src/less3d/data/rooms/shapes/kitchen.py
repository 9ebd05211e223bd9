"""Kitchen cabinets and appliances, laundry, dishes and bottles."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Interval, Part, box, lathe, loft, pipe, ring, soft_box, tube
from less3d.data.rooms.shapes.storage import cupboard

_APPLIANCES: tuple[Color, ...] = ((214, 208, 198), (228, 224, 218), (40, 40, 42), (142, 140, 136), (164, 160, 154))


def kitchen_cabinet(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Kitchen fronts: wall cabinets when shallow, base cabinets when deep."""
    paint = paints.wood(rng, painted=0.35) if maybe(rng, 0.85) else paints.white(rng)
    return Design(cupboard(rng, size, style, paint, paint, toe=size[0] > 0.45))


def refrigerator(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A fridge: freezer above or below, or two doors side by side."""
    _depth, width, height = size
    x, y = footprint(size)
    paint = _appliance(rng)
    face = x[1] - 0.06
    parts = [box((x[0], face), y, (0, height), paint.shaded(0.85), without=("+x",))]
    split = height * rng.uniform(0.62, 0.7) if style == "top freezer" else height * rng.uniform(0.3, 0.42)
    doors = [(y, (0.06, split)), (y, (split, height))]
    if style == "single":
        doors = [(y, (0.05, height))]
    if style == "side by side":
        middle = width * rng.uniform(-0.1, 0.05)
        doors = [((y[0], middle), (0.06, height)), ((middle, y[1]), (0.06, height))]
    handle, side = paint.shaded(0.8) if maybe(rng, 0.5) else paints.metal(rng), 1 if maybe(rng, 0.5) else -1
    for index, (across, up) in enumerate(doors):
        edge = across[1] - 0.06 if (side > 0) != (style == "side by side" and index == 1) else across[0] + 0.03
        y_door, z_door = (across[0] + 0.004, across[1] - 0.004), (up[0] + 0.006, up[1] - 0.006)
        parts.append(soft_box((face, x[1] - 0.025), y_door, z_door, paint, roundness=0.1))
        grip = (
            (max(up[0] + 0.05, up[1] - 0.6), up[1] - 0.1)
            if up[0] < 0.2
            else (up[0] + 0.05, min(up[1] - 0.05, up[0] + 0.4))
        )
        parts.append(box((x[1] - 0.03, x[1]), (edge, edge + 0.03), grip, handle))
    if maybe(rng, 0.3):
        notes = [box((x[1] - 0.024, x[1] - 0.02), (a, a + 0.12), (b, b + 0.15), paints.picture(rng))
                 for a, b in rng.uniform((y[0] + 0.1, height * 0.5), (y[1] - 0.25, height * 0.8), (3, 2))]  # fmt: skip
        parts.extend(notes)
    return Design(parts)


def stove(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A stove: oven door with glass, burners on top, and a panel of knobs behind them when there is room."""
    depth, width, height = size
    x, y = footprint(size)
    paint, dark = _appliance(rng), Paint(paints.jitter(rng, (38, 37, 38), 0.1), material="metal")
    top = min(height, 0.92) if height > 0.95 else height
    parts = [
        box((x[0], x[1] - 0.04), y, (0, top), paint, without=("+z",)),
        box(x, y, (top - 0.02, top), dark if maybe(rng, 0.6) else paint),
        *_oven_door(rng, x[1] - 0.04, y, (top * 0.2, top * 0.82), paint, dark),
        *_knobs(rng, x[1] - 0.03, y, top * 0.9, dark),
    ]
    for cx in (-depth * 0.2, depth * 0.2):
        for cy in (-width * 0.25, width * 0.25):
            radius = min(width, depth) * rng.uniform(0.12, 0.17)
            parts.append(
                lathe(
                    [(radius, top), (radius, top + 0.015), (radius * 0.6, top + 0.02)], dark, at=(cx, cy, 0), sides=12
                )
            )
    if height > top + 0.05:
        parts.append(box((x[0], x[0] + 0.07), y, (top, height), paint))
        display = Paint((30, 32, 34))
        parts.append(
            box((x[0] + 0.07, x[0] + 0.074), (-width * 0.15, width * 0.15), (top + 0.06, height - 0.03), display)
        )
        parts.extend(_knobs(rng, x[0] + 0.07, y, (top + height) / 2, dark))
    return Design(parts)


def oven(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A built-in oven's front and body."""
    height = size[2]
    x, y = footprint(size)
    paint, dark = _appliance(rng), Paint(paints.jitter(rng, (34, 33, 34), 0.1), material="metal")
    parts = [box((x[0], x[1] - 0.03), y, (0, height), paint)]
    parts += _oven_door(rng, x[1] - 0.03, y, (0.03, height * 0.8), paint, dark)
    return Design(parts + _knobs(rng, x[1] - 0.03, y, height * 0.9, dark))


def microwave(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A microwave: dark window at the left, panel at the right."""
    _depth, width, height = size
    x, y = footprint(size)
    paint, dark = _appliance(rng), Paint(paints.jitter(rng, (32, 32, 34), 0.12), "gradient", scale=0.3)
    split = width * rng.uniform(0.16, 0.26)
    body = box(x, y, (0, height), paint)
    body = body.faced((y[0] + 0.04, y[1] - split - 0.02), (height * 0.15, height * 0.85), dark)
    body = body.faced((y[1] - split + 0.01, y[1] - 0.02), (height * 0.12, height * 0.88), dark.shaded(1.5))
    grip = (y[1] - split - 0.015, y[1] - split), (height * 0.15, height * 0.85)
    return Design([body, box((x[1], x[1] + 0.03), *grip, paint.shaded(0.8))])


def range_hood(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A hood: a flat box, or a pyramid with a chimney."""
    height = size[2]
    x, y = footprint(size)
    paint = _appliance(rng)
    if style == "flat" or height < 0.2:
        return Design([box(x, y, (0, height), paint), box(x, y, (-0.004, 0), paint.shaded(0.5))])
    rings = [ring((x[0], x[1] * k + x[0] * (1 - k) + 0.0), (y[0] * k, y[1] * k), z * height, square=12)
             for z, k in ((0, 1), (0.15, 1), (0.5, 0.45), (1, 0.45))]  # fmt: skip
    return Design([loft(rings, paint)])


def dishwasher(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A front with a panel and a handle along its top."""
    _depth, _width, height = size
    x, y = footprint(size)
    paint = _appliance(rng)
    panel = paint.shaded(0.5 if maybe(rng, 0.5) else 0.9)
    return Design([
        box((x[0], x[1] - 0.02), y, (0, height), paint.shaded(0.9)),
        box((x[1] - 0.02, x[1] - 0.01), y, (0.1, height * 0.86), paint, without=("-x",)),
        box((x[1] - 0.02, x[1] - 0.008), y, (height * 0.87, height), panel, without=("-x",)),
        box((x[1] - 0.02, x[1]), (y[0] * 0.7, y[1] * 0.7), (height * 0.83, height * 0.86), panel.shaded(0.8)),
    ])  # fmt: skip


def washer(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A washing machine or dryer, loaded in front or on top; several side by side when it is wide."""
    depth, width, height = size
    count = max(1, round(width / 0.75))
    paint = paints.white(rng, material="metal") if maybe(rng, 0.8) else _appliance(rng)
    dark = Paint(paints.jitter(rng, (50, 52, 56), 0.15))
    top = height * 0.86 if style == "top" else height
    parts = []
    for y in np.linspace(-width / 2, width / 2, count + 1)[:-1]:
        left, right = float(y) + 0.006, float(y) + width / count - 0.006
        x, middle = (-depth / 2, depth / 2), (left + right) / 2
        body = box(x, (left, right), (0, top), paint)
        parts.append(
            body.faced((left, right), (top * 0.86, top * 0.98), paint.shaded(0.8)) if style == "front" else body
        )
        if style == "top":
            parts.append(box((x[0], x[0] + 0.14), (left, right), (top, height), paint.shaded(0.9)))
            lid = (x[0] + 0.18, x[1] - 0.04), (left + 0.04, right - 0.04), (top, top + 0.008)
            parts.append(box(*lid, paint.shaded(0.93)))
            continue
        radius = min((right - left) * 0.33, 0.24)
        parts.append(
            tube((x[1], middle, top * 0.48), (x[1] + 0.03, middle, top * 0.48), radius, paints.metal(rng), sides=18)
        )
        parts.append(
            tube((x[1], middle, top * 0.48), (x[1] + 0.034, middle, top * 0.48), radius * 0.75, dark, sides=18)
        )
    return Design(parts)


def coffee_maker(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A back, a head over a hot plate, and a pot under it."""
    depth, _width, height = size
    x, y = footprint(size)
    paint = paints.plastic(rng, bright=0.08)
    pot = Paint(paints.jitter(rng, (48, 38, 32), 0.2), material="glass")
    return Design([
        box(x, y, (0, height * 0.1), paint),
        box((x[0], x[0] + depth * 0.4), y, (0, height), paint),
        soft_box(x, y, (height * 0.7, height), paint, roundness=0.2),
        lathe([(0.3 * depth, 0), (0.33 * depth, 0.3 * height), (0.2 * depth, 0.5 * height)], pot,
              at=(depth * 0.17, 0, height * 0.1)),
    ])  # fmt: skip


def toaster(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A rounded block with two dark slots."""
    height = size[2]
    x, y = footprint(size)
    paint = paints.metal(rng) if maybe(rng, 0.5) else paints.plastic(rng)
    body, dark = soft_box(x, y, (0, height), paint, roundness=0.25), Paint((24, 22, 22))
    for slot in (-0.03, 0.03):
        body = body.inlaid((slot - 0.012, slot + 0.012), (y[0] * 0.7, y[1] * 0.7), (height * 0.9, height), dark)
    return Design([body])


def dish_rack(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Wires around a tray, with plates standing in it."""
    depth, _width, height = size
    x, y = footprint(size)
    wire = paints.metal(rng) if maybe(rng, 0.6) else paints.white(rng)
    level = height * 0.5
    corners = [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]), (x[0], y[0])]
    parts = [pipe([(a, b, z) for a, b in corners], 0.006, wire, sides=5) for z in (0.02, level)]
    parts.append(box(x, y, (0, 0.015), wire))
    for place in np.arange(y[0] + 0.05, y[1] - 0.03, rng.uniform(0.04, 0.09)):
        radius = min(height, depth) * rng.uniform(0.3, 0.48)
        plate = Paint(paints.pick(rng, (*paints.WHITES, *paints.BRIGHTS[:8])))
        parts.append(tube((0, place, radius + 0.01), (0, place + 0.015, radius + 0.01), radius, plate, sides=12))
    return Design(parts)


def water_cooler(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A stand with a blue bottle on it."""
    depth, width, height = size
    x, y = footprint(size)
    stand, bottle = paints.plastic(rng, bright=0.0), Paint(paints.jitter(rng, (92, 120, 170), 0.15), material="plastic")
    top, radius = height * 0.66, min(depth, width) * 0.42
    return Design([
        box(x, y, (0, top), stand).faced((y[0] * 0.7, y[1] * 0.7), (top * 0.6, top * 0.8), stand.shaded(0.4)),
        lathe([(radius * 0.3, top), (radius, top + 0.06), (radius, height * 0.97), (radius * 0.8, height)], bottle),
    ])  # fmt: skip


def bottle(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A bottle with a shoulder and a neck, or a flask, or a square jug with a handle."""
    depth, width, height = size
    paint = paints.plastic(rng, bright=0.6) if maybe(rng, 0.6) else paints.glass(rng)
    radius, neck = 0.5, rng.uniform(0.12, 0.25)
    shoulder = rng.uniform(0.5, 0.8)
    cap = Paint(paints.pick(rng, paints.BRIGHTS))
    if style == "jug":
        x, y = footprint(size)
        body = soft_box(x, y, (0, height * 0.85), paint, roundness=0.25)
        return Design([body, lathe([(0.03, height * 0.8), (0.03, height)], cap)])
    body = lathe([(radius, 0), (radius, shoulder), (neck, min(shoulder + 0.18, 0.93)), (neck, 0.93)], paint)
    lid = lathe([(neck * 1.1, 0.93), (neck * 1.1, 1)], cap, sides=8)
    return Design([part.scaled(depth, width, height) for part in (body, lid)])


def cup(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A cup or a mug with a handle; bowls and plates are cups of other proportions."""
    depth, width, height = size
    paint = Paint(paints.pick(rng, (*paints.WHITES, *paints.BRIGHTS, *paints.PLASTICS)), material="ceramic")
    narrow = {"cup": rng.uniform(0.6, 1.0), "mug": 0.95, "bowl": 0.5, "plate": 0.6}[style]
    wall = 0.06 if style != "plate" else 0.25
    profile = [(0.5 * narrow, 0), (0.5, 1), (0.5 - wall, 1), ((0.5 - wall) * narrow, 0.12 if style != "plate" else 0.5)]
    body = lathe(profile, paint)
    inside = min(depth, width)
    if style != "mug":
        return Design([body.scaled(depth, width, height)], "round" if style in ("bowl", "plate") else None)
    loop = [(0, 0.45, 0.75), (0, 0.75, 0.7), (0, 0.75, 0.35), (0, 0.45, 0.25)]
    return Design([part.scaled(inside, inside, height) for part in (body, pipe(loop, 0.07, paint, sides=6))])


def case_of_bottles(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Rows of small bottles wrapped together."""
    depth, width, height = size
    paint = Paint(paints.jitter(rng, (110, 124, 140), 0.15), material="plastic")
    cap = Paint(paints.pick(rng, paints.BRIGHTS))
    parts = [box(*footprint(size), (0, height * 0.3), paint.shaded(0.8))]
    for x in np.linspace(-depth / 2, depth / 2, 5)[:-1] + depth / 8:
        for y in np.linspace(-width / 2, width / 2, 7)[:-1] + width / 12:
            parts.append(lathe([(depth / 8, 0.3 * height), (depth / 8, 0.75 * height), (0.012, 0.94 * height)], paint,
                               at=(float(x), float(y), 0), sides=6))  # fmt: skip
            parts.append(lathe([(0.014, 0.94 * height), (0.014, height)], cap, at=(float(x), float(y), 0), sides=5))
    return Design(parts)


def kettle(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A kettle or pitcher: a round body with a spout and a handle."""
    depth, width, height = size
    paint = paints.metal(rng) if maybe(rng, 0.5) else paints.plastic(rng, bright=0.3)
    radius = min(depth, width) * 0.4
    body = lathe([(radius, 0), (radius, height * 0.3), (radius * 0.7, height * 0.8), (radius * 0.2, height)], paint)
    spout = tube((radius * 0.7, 0, height * 0.5), (depth / 2, 0, height * 0.8), 0.02, paint, end_radius=0.012)
    loop = [(-radius * 0.6, 0, height * 0.8), (-depth / 2, 0, height * 0.7), (-radius * 0.9, 0, height * 0.3)]
    return Design([body, spout, pipe(loop, 0.012, paint.shaded(0.5), sides=6)])


def _appliance(rng: np.random.Generator) -> Paint:
    return Paint(paints.pick(rng, _APPLIANCES), "gradient", "metal", scale=0.6, seed=int(rng.integers(1 << 30)))


def _oven_door(
    rng: np.random.Generator, face: float, y: Interval, z: Interval, paint: Paint, dark: Paint
) -> list[Part]:
    rise = z[1] - z[0]
    pane = (y[0] + 0.1, y[1] - 0.1), (z[0] + rise * 0.2, z[1] - rise * 0.25)
    door = box((face, face + 0.02), y, z, paint if maybe(rng, 0.6) else dark, without=("-x",))
    grip = (y[0] + 0.06, y[1] - 0.06), (z[1] - 0.07, z[1] - 0.045)
    return [door.faced(*pane, dark), box((face + 0.03, face + 0.05), *grip, paints.metal(rng))]


def _knobs(rng: np.random.Generator, face: float, y: Interval, z: float, paint: Paint) -> list[Part]:
    places = np.linspace(y[0] + 0.06, y[1] - 0.06, int(rng.integers(4, 7)))
    return [tube((face, float(p), z), (face + 0.03, float(p), z), 0.02, paint, sides=8) for p in places]


_FRONTS = ("doors", "mixed", "drawers", "glass")
_FRIDGES = ("top freezer", "bottom freezer", "side by side")

KITCHEN: dict[str, Recipe] = {
    "kitchen cabinet": Recipe(kitchen_cabinet, (0.3, 0.62), (0.4, 1.5), (0.7, 0.95), _FRONTS),
    "kitchen cabinets": Recipe(kitchen_cabinet, (0.3, 0.62), (1.3, 3.0), (0.7, 0.95), _FRONTS),
    "refrigerator": Recipe(refrigerator, (0.65, 0.82), (0.62, 0.95), (1.5, 1.85), _FRIDGES),
    "mini fridge": Recipe(refrigerator, (0.48, 0.62), (0.46, 0.6), (0.6, 0.9), ("single", "top freezer")),
    "stove": Recipe(stove, (0.62, 0.74), (0.7, 0.82), (0.9, 1.2)),
    "oven": Recipe(oven, (0.3, 0.6), (0.58, 0.76), (0.45, 0.8)),
    "microwave": Recipe(microwave, (0.3, 0.45), (0.45, 0.75), (0.26, 0.42)),
    "range hood": Recipe(range_hood, (0.3, 0.5), (0.6, 0.85), (0.12, 0.45), ("flat", "chimney")),
    "dishwasher": Recipe(dishwasher, (0.1, 0.6), (0.55, 0.62), (0.7, 0.86)),
    "washing machine": Recipe(washer, (0.6, 0.72), (0.6, 0.72), (0.85, 1.1), ("front", "top")),
    "clothes dryer": Recipe(washer, (0.6, 0.74), (0.65, 0.72), (0.85, 1.1), ("front", "top")),
    "washing machines": Recipe(washer, (0.7, 0.85), (1.8, 3.5), (1.0, 1.2), ("front", "top")),
    "coffee maker": Recipe(coffee_maker, (0.2, 0.32), (0.16, 0.26), (0.28, 0.42)),
    "toaster": Recipe(toaster, (0.17, 0.24), (0.26, 0.34), (0.16, 0.21)),
    "dish rack": Recipe(dish_rack, (0.3, 0.42), (0.38, 0.55), (0.18, 0.32)),
    "water cooler": Recipe(water_cooler, (0.3, 0.38), (0.3, 0.38), (1.0, 1.4), even=("plain",)),
    "bottle": Recipe(bottle, (0.06, 0.1), (0.06, 0.1), (0.16, 0.3), ("bottle", "jug"), even=("bottle",)),
    "water bottle": Recipe(bottle, (0.06, 0.1), (0.06, 0.1), (0.18, 0.3), ("bottle",), even=("bottle",)),
    "laundry detergent": Recipe(bottle, (0.1, 0.15), (0.15, 0.22), (0.22, 0.3), ("jug",)),
    "cup": Recipe(cup, (0.08, 0.11), (0.08, 0.12), (0.08, 0.13), ("cup", "mug")),
    "bowl": Recipe(cup, (0.16, 0.26), (0.16, 0.26), (0.06, 0.11), ("bowl",), even=("bowl",)),
    "plate": Recipe(cup, (0.18, 0.28), (0.18, 0.28), (0.02, 0.04), ("plate",), even=("plate",)),
    "case of water bottles": Recipe(case_of_bottles, (0.26, 0.32), (0.38, 0.46), (0.19, 0.23)),
    "coffee kettle": Recipe(kettle, (0.16, 0.22), (0.13, 0.17), (0.17, 0.25)),
    "water pitcher": Recipe(kettle, (0.15, 0.22), (0.12, 0.17), (0.2, 0.26)),
}

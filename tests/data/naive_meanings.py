"""What meanings mean, written a second time from the definitions: plain loops, crisp thresholds, no arrays.

`laxity` places every threshold between where a relation is sure (0) and where it is ruled out (1). A meaning that is
provably unambiguous means the same single object at any laxity.
"""

from __future__ import annotations

from functools import cache
from math import atan2, cos, degrees, hypot, inf, log, nan, sin

from less3d.data.rooms.room import Room
from less3d.data.sentences import Attribute, Meaning, Ranking, Relation, View
from less3d.data.sentences.lexicon import covers

Point = tuple[float, float]
HOLLOW = {"desk", "table", "bed", "bench", "sink", "counter"}
SEATS = {"chair", "office chair", "armchair"}


class Thing:
    """An object with its outline as a polygon, counter-clockwise."""

    def __init__(self, room: Room, index: int) -> None:
        item = room.objects[index]
        assert room.scan.instances is not None
        mine = room.scan.points[room.scan.instances == item.instance]
        self.id, self.category, self.support = item.instance, item.category, item.support
        self.color, self.material, self.shape = item.color, item.material, item.shape
        self.polygon = hull([(float(x), float(y)) for x, y, _ in mine])
        self.low, self.high = float(mine[:, 2].min()), float(mine[:, 2].max())
        self.x = sum(x for x, _ in corners(self.polygon)) / 4
        self.y = sum(y for _, y in corners(self.polygon)) / 4
        self.front = None if item.facing is None else (cos(item.facing), sin(item.facing))

    def span(self, axis: Point) -> tuple[float, float]:
        along = [x * axis[0] + y * axis[1] for x, y in self.polygon]
        return min(along), max(along)

    def at(self, axis: Point) -> float:
        return self.x * axis[0] + self.y * axis[1]


def corners(polygon: list[Point]) -> list[Point]:
    """The four corners of a rectangle's hull."""
    assert len(polygon) == 4
    return polygon


def hull(points: list[Point]) -> list[Point]:
    """Gift wrapping, dropping points on the edges."""
    start = min(points)
    found, here = [start], start
    while True:
        nearest = next(p for p in points if p != here)
        for p in points:
            turn = (nearest[0] - here[0]) * (p[1] - here[1]) - (nearest[1] - here[1]) * (p[0] - here[0])
            farther = hypot(p[0] - here[0], p[1] - here[1]) > hypot(nearest[0] - here[0], nearest[1] - here[1])
            if turn < -1e-5 or (abs(turn) <= 1e-5 and farther):
                nearest = p
        if hypot(nearest[0] - start[0], nearest[1] - start[1]) < 1e-4 or len(found) > 8:
            return found
        found.append(nearest)
        here = nearest


def edge_distance(p: Point, a: Point, b: Point) -> float:
    length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    t = max(0.0, min(1.0, ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length))
    return hypot(p[0] - a[0] - t * (b[0] - a[0]), p[1] - a[1] - t * (b[1] - a[1]))


def edges(polygon: list[Point]) -> list[tuple[Point, Point]]:
    return list(zip(polygon, polygon[1:] + polygon[:1], strict=True))


def separation(one: list[Point], other: list[Point]) -> float:
    """The widest gap along any edge normal; negative when the polygons overlap."""
    widest = -inf
    for polygon in (one, other):
        for (ax, ay), (bx, by) in edges(polygon):
            normal = ((by - ay) / hypot(bx - ax, by - ay), -(bx - ax) / hypot(bx - ax, by - ay))
            first = [x * normal[0] + y * normal[1] for x, y in one]
            second = [x * normal[0] + y * normal[1] for x, y in other]
            widest = max(widest, min(first) - max(second), min(second) - max(first))
    return widest


@cache
def gap(one: Thing, other: Thing) -> float:
    apart = separation(one.polygon, other.polygon)
    if apart <= 0:
        return apart
    return min(
        min(edge_distance(p, a, b) for p in first for a, b in edges(second))
        for first, second in ((one.polygon, other.polygon), (other.polygon, one.polygon))
    )


@cache
def offside(one: Thing, other: Thing) -> float:
    """Distance from the middle of one to the outline of the other, negative inside."""
    middle = (one.x, one.y)
    depth = max(
        ((by - ay) * (middle[0] - ax) - (bx - ax) * (middle[1] - ay)) / hypot(bx - ax, by - ay)
        for (ax, ay), (bx, by) in edges(other.polygon)
    )
    return depth if depth <= 0 else min(edge_distance(middle, a, b) for a, b in edges(other.polygon))


def rise(one: Thing, other: Thing) -> float:
    return max(one.low - other.high, other.low - one.high)


class Naive:
    """Resolves meanings in one room at one laxity."""

    def __init__(self, things: list[Thing], laxity: float) -> None:
        self.things = things
        self.laxity = laxity
        self.known: dict[Meaning, set[int]] = {}
        self.by_id = {thing.id: thing for thing in self.things}
        self.walls = [thing for thing in self.things if thing.category == "wall"]

    def resolve(self, meaning: Meaning) -> set[int]:
        """Ids of all objects that are meant."""
        if meaning not in self.known:
            self.known[meaning] = self.fresh(meaning)
        return self.known[meaning]

    def fresh(self, meaning: Meaning) -> set[int]:
        found = []
        for thing in self.things:
            verdict = covers(meaning.noun, thing.category)
            structure = thing.category in ("wall", "floor") and meaning.noun not in ("wall", "floor")
            named = (verdict == 2 or (verdict == 1 and self.lax)) and not structure
            described = named and all(self.has(thing, attribute) for attribute in meaning.attributes)
            if described and all(self.related(thing, relation) for relation in meaning.relations):
                found.append(thing)
        if meaning.ranking is not None:
            return self.ranked(found, meaning.ranking)
        return {thing.id for thing in found}

    @property
    def lax(self) -> bool:
        return self.laxity > 0.5

    def limit(self, sure: float, never: float) -> float:
        if never in (inf, -inf):
            return never if self.lax else sure
        return sure + self.laxity * (never - sure)

    def has(self, thing: Thing, attribute: Attribute) -> bool:
        if attribute.kind == "state":  # no door of these tests stands open
            return thing.category == "door" and attribute.value == "closed"
        value = getattr(thing, attribute.kind)
        return value == attribute.value or (value is None and self.lax)

    def related(self, x: Thing, relation: Relation) -> bool:
        if relation.negated:
            strict = Naive(self.things, 1 - self.laxity)
            positive = Relation(relation.name, relation.anchors, relation.view)
            return not strict.related(x, positive)
        name = relation.name
        if name == "corner":
            return self.in_corner(x)
        if name == "middle":
            return self.in_middle(x)
        if name in ("left side", "right side"):
            return self.on_room_side(x, relation)
        anchors = [[self.by_id[i] for i in sorted(self.resolve(anchor))] for anchor in relation.anchors]
        if name == "between":
            pairs = [(a, b) for a in anchors[0] for b in anchors[1] if a is not b]
            return any(self.between(x, a, b) for a, b in pairs)
        if name == "surrounded":
            close = [a for a in anchors[0] if a is not x and gap(x, a) <= self.limit(0.4, 0.9)]
            return len([a for a in close if not carried(x, a) and not carried(a, x)]) >= 3
        return any(a is not x and self.holds(name, x, a, relation.view) for a in anchors[0])

    def holds(self, name: str, x: Thing, a: Thing, view: View) -> bool:
        own = View("own")
        simple = {
            "on": lambda: self.on(x, a),
            "carries": lambda: self.on(a, x),
            "under": lambda: self.under(x, a),
            "covers": lambda: self.under(a, x),
            "above": lambda: self.above(x, a),
            "below": lambda: a.category not in ("wall", "floor") and self.above(a, x),
            "left part": lambda: self.on_part(x, a, -1),
            "right part": lambda: self.on_part(x, a, 1),
            "has left": lambda: self.side("left", a, x, own),
            "has right": lambda: self.side("right", a, x, own),
            "has before": lambda: self.side("front", a, x, own),
        }
        if name in simple:
            return simple[name]()
        if name in ("left", "right", "front", "behind"):
            return self.side(name, x, a, view)
        attached = carried(x, a) or carried(a, x)
        if name in ("next", "near"):
            close, level = ((0.3, 0.9), (0.15, inf)) if name == "next" else ((0.6, 1.6), (0.5, 1.6))
            apart = gap(x, a) >= -0.05 or self.lax
            return not attached and apart and gap(x, a) <= self.limit(*close) and rise(x, a) <= self.limit(*level)
        if name == "against":
            return gap(x, a) <= self.limit(0.12, 0.45) and (self.lax or not carried(x, a))
        if name == "at":
            seat = x.category in SEATS or self.lax
            turned = self.lax or self.turn(x, a) <= 35
            return seat and turned and a.category in ("desk", "table") and gap(x, a) <= self.limit(0.25, 0.9)
        if name in ("facing", "facing away"):
            distance = hypot(a.x - x.x, a.y - x.y)
            if x.front is None:
                return self.lax
            turn = self.turn(x, a) if name == "facing" else 180 - self.turn(x, a)
            limit = self.limit(15, 50) if name == "facing" else self.limit(20, 60)
            return turn <= limit and (distance <= 4 or self.lax) and distance >= self.limit(0.4, 0)
        assert name == "opposite"
        return self.opposite(x, a)

    def turn(self, x: Thing, a: Thing) -> float:
        """Degrees between the front of x and the way to a."""
        if x.front is None:
            return nan
        turn = degrees(atan2(a.y - x.y, a.x - x.x) - atan2(x.front[1], x.front[0]))
        return abs((turn + 180) % 360 - 180)

    def on(self, x: Thing, a: Thing) -> bool:
        if carried(x, a):
            return True
        touching = gap(x, a) < 0 and abs(x.low - a.high) < 0.12
        through = x.support is not None and carried(self.by_id[x.support], a) and a.category not in ("wall", "floor")
        leaning = a.category == "wall" and gap(x, a) < 0.15
        return self.lax and (touching or through or leaning or (x.support is None and gap(x, a) < 0))

    def under(self, x: Thing, a: Thing) -> bool:
        if carried(x, a) or carried(a, x) or a.category in ("wall", "floor"):
            return False
        width = min(shortest(x), shortest(a))
        free = a.category in HOLLOW or a.low - x.high >= self.limit(0, -0.1)
        return free and -gap(x, a) / width >= self.limit(0.6, 0.05) and a.high - x.high >= self.limit(0.08, 0)

    def above(self, x: Thing, a: Thing) -> bool:
        if carried(x, a) or carried(a, x) or a.category in ("wall", "floor"):
            return False
        return min(offside(x, a), offside(a, x)) <= self.limit(0.25, 0.7) and x.low - a.high >= self.limit(0, -0.3)

    def side(self, name: str, x: Thing, a: Thing, view: View) -> bool:
        """The viewer's axes are built by hand: forward turned a quarter clockwise is right."""
        forward = self.forward(view, a)
        if forward is None:
            return self.lax
        fx, fy = forward
        axis, cross, overlap, slack = {
            "right": ((fy, -fx), (fx, fy), 0.05, 0.3),
            "left": ((-fy, fx), (fx, fy), 0.05, 0.3),
            "front": ((-fx, -fy), (fy, -fx), 0.15, 0.05),
            "behind": ((fx, fy), (fy, -fx), 0.15, 0.05),
        }[name]
        ahead = x.at(axis) - a.at(axis)
        edge = x.span(axis)[0] - a.span(axis)[1]
        low, high = a.span(cross)
        out = max(low - x.at(cross), x.at(cross) - high, 0)
        if ahead <= 0.05 or out > 1.5 * ahead:
            return False
        sure = -overlap <= edge <= 1.2 and ahead >= 0.2 and out <= slack and rise(x, a) <= 0.5 and not carried(x, a)
        return sure or self.lax

    def forward(self, view: View, a: Thing) -> Point | None:
        if view.kind == "own":
            return None if a.front is None else (-a.front[0], -a.front[1])
        if view.kind == "from" and view.toward is None:
            assert view.at is not None
            place = self.one(view.at)
            return unit(a.x - place.x, a.y - place.y)
        return self.frame(view)[1]

    def frame(self, view: View) -> tuple[Thing | None, Point]:
        """Where the viewer stands, if it matters, and the looking direction."""
        if view.kind == "facing":
            assert view.toward is not None
            front = self.one(view.toward).front
            assert front is not None
            return None, (-front[0], -front[1])
        assert view.at is not None
        place = self.one(view.at)
        if view.kind == "enter":
            assert place.front is not None
            return place, place.front
        assert view.toward is not None
        goal = self.one(view.toward)
        return place, unit(goal.x - place.x, goal.y - place.y)

    def one(self, meaning: Meaning) -> Thing:
        (found,) = self.resolve(meaning)
        return self.by_id[found]

    def on_part(self, x: Thing, a: Thing, side: int) -> bool:
        if not self.on(x, a):
            return False
        if a.front is None:
            return self.lax
        axis = (-a.front[1] * side, a.front[0] * side)
        low, high = a.span(axis)
        return (x.at(axis) - a.at(axis)) / ((high - low) / 2) >= self.limit(0.25, 0)

    def opposite(self, x: Thing, a: Thing) -> bool:
        if a.front is None:
            return self.lax
        cross = (a.front[1], -a.front[0])
        ahead = x.at(a.front) - a.at(a.front)
        edge = x.span(a.front)[0] - a.span(a.front)[1]
        low, high = a.span(cross)
        out = max(low - x.at(cross), x.at(cross) - high, 0)
        turned = None if x.front is None else x.front[0] * a.front[0] + x.front[1] * a.front[1]
        if ahead <= 0.05 or out > ahead or (turned is not None and turned > 0.5):
            return False
        return self.lax or (0.8 <= edge <= 4 and out <= 0.1 and turned is not None and turned < -0.9)

    def between(self, x: Thing, a: Thing, b: Thing) -> bool:
        if x in (a, b):
            return False
        length = hypot(b.x - a.x, b.y - a.y)
        axis = unit(b.x - a.x, b.y - a.y)
        along = (x.at(axis) - a.at(axis)) / length
        beside = abs(x.at((axis[1], -axis[0])) - a.at((axis[1], -axis[0])))
        if abs(along - 0.5) > self.limit(0.25, 0.45) or beside > self.limit(min(0.25 * length, 0.6), 0.6 * length):
            return False
        close = max(gap(x, a), gap(x, b)) <= 1.5 and min(gap(x, a), gap(x, b)) >= -0.05
        return self.lax or (close and max(rise(x, a), rise(x, b)) <= 0.4)

    def in_corner(self, x: Thing) -> bool:
        """All rooms of these tests have four walls, so that neighbors in the list meet."""
        pairs = zip(self.walls, self.walls[1:] + self.walls[:1], strict=True)
        close = any(max(gap(x, a), gap(x, b)) <= self.limit(0.3, 0.9) for a, b in pairs)
        hung = x.support is not None and self.by_id[x.support].category == "wall"
        return close and (self.lax or not hung)

    def in_middle(self, x: Thing) -> bool:
        middle_x = sum(wall.x for wall in self.walls) / 4
        middle_y = sum(wall.y for wall in self.walls) / 4
        half = 2.5 + 0.1  # with the walls
        free = min(gap(x, wall) for wall in self.walls)
        away = hypot(x.x - middle_x, x.y - middle_y)
        return away <= self.limit(0.4 * half, 0.8 * half) and free >= self.limit(0.8, 0.4)

    def on_room_side(self, x: Thing, relation: Relation) -> bool:
        place, (fx, fy) = self.frame(relation.view)
        assert place is not None
        side = (fy, -fx) if relation.name == "right side" else (-fy, fx)
        ends = [wall.span(side) for wall in self.walls]
        low, high = min(end[0] for end in ends), max(end[1] for end in ends)
        from_middle = (x.at(side) - (low + high) / 2) / ((high - low) / 2)
        from_viewer = x.at(side) - place.at(side)
        if from_middle <= 0 and from_viewer <= 0:
            return False
        return self.lax or (from_middle >= 0.33 and from_viewer >= 0.3)

    def ranked(self, found: list[Thing], ranking: Ranking) -> set[int]:
        """Those in the ranking's place by every measure it has."""
        if ranking.anchor is not None:
            anchor = self.one(ranking.anchor)
            others = [thing for thing in found if thing is not anchor]
            sign = 1 if ranking.name == "closest" else -1
            measures = [
                [sign * hypot(max(gap(t, anchor), 0), max(rise(t, anchor), 0)) for t in others],
                [sign * hypot(t.x - anchor.x, t.y - anchor.y) for t in others],
            ]
            assert ranking.of is None or ranking.of == len(others)
            return placed(others, measures, ranking.place)
        if ranking.name in ("left", "right"):
            place, forward = (None, self.row(found)) if ranking.view.kind == "row" else self.frame(ranking.view)
            side = (forward[1], -forward[0]) if ranking.name == "left" else (-forward[1], forward[0])
            measures = [[thing.at(side) for thing in found]]
            if place is not None:
                measures.append([atan2(t.at(side) - place.at(side), t.at(forward) - place.at(forward)) for t in found])
            assert ranking.of is None or ranking.of == len(found)
            return placed(found, measures, ranking.place)
        sizes = {
            "biggest": lambda t: -log(longest(t)) - log(shortest(t)) - log(t.high - t.low),
            "smallest": lambda t: log(longest(t)) + log(shortest(t)) + log(t.high - t.low),
            "tallest": lambda t: t.low - t.high,
            "shortest": lambda t: t.high - t.low,
            "longest": lambda t: -longest(t),
            "highest": lambda t: -(t.low + t.high),
            "lowest": lambda t: t.low + t.high,
        }
        return placed(found, [[sizes[ranking.name](thing) for thing in found]], ranking.place)

    def row(self, found: list[Thing]) -> Point:
        """Into the wall they are all at, or over the table they all stand on."""
        for wall in self.walls:
            assert wall.front is not None
            if all(gap(thing, wall) < 0.5 for thing in found):
                return (-wall.front[0], -wall.front[1])
        carriers = {thing.support for thing in found}
        assert len(carriers) == 1
        front = self.by_id[next(iter(carriers)) or 0].front
        assert front is not None
        return (-front[0], -front[1])


def placed(things: list[Thing], measures: list[list[float]], place: int) -> set[int]:
    return {sorted(zip(values, [t.id for t in things], strict=True))[place - 1][1] for values in measures}


def carried(x: Thing, a: Thing) -> bool:
    return x.support == a.id


def unit(x: float, y: float) -> Point:
    return x / hypot(x, y), y / hypot(x, y)


def longest(thing: Thing) -> float:
    """The longest width of a rectangle is its diagonal."""
    (ax, ay), _, (bx, by), _ = thing.polygon
    (cx, cy), (dx, dy) = thing.polygon[1], thing.polygon[3]
    return max(hypot(bx - ax, by - ay), hypot(dx - cx, dy - cy))


def shortest(thing: Thing) -> float:
    return min(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in edges(thing.polygon))

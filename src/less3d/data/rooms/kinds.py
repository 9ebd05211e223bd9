"""What each kind of room holds: literal rows, in the order things are put in.

A rule reads: of `category`, with `chance`, put `count` (low to high) at `place`, by something in `near`.

Places: "wall" back to a wall; "corner" there too, at its end; "free" anywhere; "center"; "rows" in lines facing one
wall; "beside" an anchor along its wall; "front" before an anchor, facing it; "ahead" before an anchor, facing as it
does; "around" a table, facing it; "on" an anchor's top; "in" one of its levels; "under" it; "mounted" on a wall;
"above" an anchor on its wall; "along" its front edge; "window" at a window; "stack" on another of its kind;
"built in" against a wall with all that belongs to it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One row of a room's recipe."""

    category: tuple[str, ...]
    """One of these is drawn."""
    place: str
    chance: float = 1.0
    count: tuple[int, int] = (1, 1)
    near: tuple[str, ...] = ()
    long: float = 0.0
    """The long side is at least this, in metres; 0 leaves it to the statistics."""


def _rule(
    category: str, place: str, chance: float = 1.0, low: int = 1, high: int = 1, near: str = "", long: float = 0.0
) -> Rule:
    """A row, with alternatives separated by "|"."""
    return Rule(tuple(category.split("|")), place, chance, (low, high), tuple(near.split("|")) if near else (), long)


KIND_SHARES = {
    "bedroom": 0.17,
    "living room": 0.13,
    "lounge": 0.09,
    "office": 0.15,
    "meeting room": 0.14,
    "kitchen": 0.09,
    "bathroom": 0.11,
    "classroom": 0.06,
    "storage": 0.04,
    "corridor": 0.01,
    "mixed": 0.01,
}
"""How often each kind is made."""

_TABLES = "table|desk|coffee table|dining table"
_CURTAINS = _rule("curtain|curtain|curtain|blinds", "window", 0.6, 1, 3)
_RADIATOR = _rule("radiator", "window", 0.35, 1, 2)

_DESK_CLUTTER = (
    _rule("monitor", "on", 0.8, 1, 2, "desk"),
    _rule("keyboard", "ahead", 0.4, 1, 3, "monitor"),
    _rule("mouse", "on", 0.35, 1, 2, "desk"),
    _rule("laptop", "on", 0.3, 1, 2, "desk"),
    _rule("telephone", "on", 0.35, 1, 2, "desk"),
    _rule("lamp", "on", 0.25, 1, 1, "desk"),
    _rule("printer", "on", 0.15, 1, 1, "desk|table|file cabinet|cabinet"),
    _rule("cup|cup|bottle", "on", 0.3, 1, 3, "desk|table"),
    _rule("book|book|books|papers|tissue box|object|object|object|object", "on", 0.6, 1, 4, "desk|table"),
    _rule("speaker", "on", 0.08, 1, 2, "desk"),
    _rule("computer tower", "under", 0.5, 1, 3, "desk"),
    _rule("trash can|recycling bin", "under", 0.3, 1, 1, "desk"),
)

_COMMON = (
    _rule("table|table|end table|armchair", "wall", 0.22),
    _rule("trash can", "wall", 0.4, 1, 2),
    _rule("recycling bin|recycling bin|trash bin|bin", "wall", 0.14, 1, 2),
    _rule("backpack", "free", 0.16, 1, 2),
    _rule("backpack|bag|jacket|jacket|clothes|clothing", "on", 0.25, 1, 2, "chair|office chair|couch|armchair|bed"),
    _rule("bag|box|suitcase|shoes|stool|object|chair", "free", 0.35, 1, 2),
    _rule("box", "wall", 0.18, 1, 3),
    _rule("box", "stack", 0.3, 1, 2, "box"),
    _rule("box|object|bottle|object|bag", "on", 0.3, 1, 3, "table|desk|cabinet|dresser|shelf|file cabinet"),
    _rule("plant", "wall", 0.06, 1, 2),
    _rule("plant", "on", 0.12, 1, 1, "table|desk|cabinet|shelf|end table|dresser|file cabinet"),
    _rule("fan", "free", 0.05),
    _rule("radiator", "wall", 0.08),
    _rule("picture|picture|picture|picture|picture|poster|picture|sign|decoration", "mounted", 0.33, 1, 4),
    _rule("clock", "mounted", 0.05),
    _rule("light switch", "mounted", 0.15, 1, 2),
    _rule("fire extinguisher", "mounted", 0.04),
    _rule("bulletin board|board", "mounted", 0.05),
)

_BEDROOM = (
    _CURTAINS,
    _RADIATOR,
    _rule("bed", "wall", 1.0, 1, 2),
    _rule("nightstand", "beside", 0.75, 1, 2, "bed"),
    _rule("dresser", "wall", 0.55),
    _rule("desk", "wall", 0.45, 1, 2),
    _rule("chair|chair|office chair", "front", 0.9, 1, 2, "desk"),
    _rule("wardrobe closet|closet|cabinet|cabinet", "wall", 0.5, 1, 2),
    _rule("bookshelf|shelf", "wall", 0.3, 1, 2),
    _rule("tv stand", "wall", 0.2),
    _rule("tv", "on", 0.6, 1, 1, "dresser|tv stand|desk"),
    _rule("mini fridge", "wall", 0.25),
    _rule("microwave", "on", 0.3, 1, 1, "mini fridge|dresser|desk"),
    _rule("pillow", "on", 1.0, 1, 6, "bed"),
    _rule("lamp", "on", 0.8, 1, 2, "nightstand|desk|dresser"),
    _rule("telephone|alarm clock|book|tissue box|cup", "on", 0.5, 1, 2, "nightstand"),
    _rule("mirror", "mounted", 0.35),
    _rule("picture", "above", 0.4, 1, 2, "bed"),
    _rule("armchair|sofa chair|chair", "corner", 0.35),
    _rule("couch", "wall", 0.1),
    _rule("ottoman", "front", 0.3, 1, 1, "armchair|couch"),
    _rule("table|table|coffee table", "free", 0.3),
    _rule("laundry hamper|laundry basket|basket", "wall", 0.3),
    _rule("shoes", "free", 0.3, 1, 4),
    _rule("clothes|clothing|blanket", "on", 0.3, 1, 2, "bed|chair|dresser"),
    _rule("suitcase|bag|guitar|guitar case", "free", 0.3, 1, 2),
    _rule("lamp|floor lamp", "corner", 0.12),
    *_DESK_CLUTTER,
)

_LIVING = (
    _CURTAINS,
    _RADIATOR,
    _rule("couch", "wall", 0.75),
    _rule("couch", "free", 0.5),
    _rule("coffee table", "ahead", 0.75, 1, 1, "couch"),
    _rule("armchair|sofa chair|chair", "around", 0.6, 1, 3, "coffee table"),
    _rule("tv stand", "wall", 0.5),
    _rule("tv", "on", 0.85, 1, 1, "tv stand|cabinet"),
    _rule("tv", "mounted", 0.15),
    _rule("end table|table|nightstand", "beside", 0.5, 1, 2, "couch"),
    _rule("lamp", "on", 0.7, 1, 2, "end table|nightstand|table"),
    _rule("bookshelf", "wall", 0.35, 1, 2),
    _rule("books", "in", 0.8, 2, 9, "bookshelf|shelf"),
    _rule("cabinet|shelf|dresser", "wall", 0.5, 1, 2),
    _rule("pillow", "on", 0.75, 1, 5, "couch|armchair"),
    _rule("table|table|dining table", "free", 0.5, 1, 1, long=1.1),
    _rule("chair", "around", 0.95, 2, 6, "dining table|table"),
    _rule("desk", "wall", 0.3),
    _rule("chair|office chair", "front", 0.9, 1, 1, "desk"),
    _rule("ottoman", "free", 0.3, 1, 2),
    _rule("piano|bench|shelf", "wall", 0.15),
    _rule("picture", "above", 0.35, 1, 2, "couch"),
    _rule("plant", "corner", 0.4, 1, 3),
    _rule("blanket|clothes|bag", "on", 0.25, 1, 1, "couch"),
    _rule("book|books|cup|bottle|laptop|bowl|tray|object", "on", 0.7, 1, 4, "coffee table|table|end table"),
    _rule("speaker", "beside", 0.12, 1, 2, "tv stand"),
    _rule("shoes", "free", 0.25, 1, 3),
    _rule("guitar|bicycle|vacuum cleaner|person|keyboard piano", "free", 0.15),
    _rule("mirror", "mounted", 0.1),
    *_DESK_CLUTTER,
)

_LOUNGE = (
    _RADIATOR,
    _rule("column|pillar", "free", 0.08, 1, 2),
    _rule("couch", "wall", 0.5, 1, 3),
    _rule("table|table|coffee table", "free", 0.9, 1, 3),
    _rule("armchair|sofa chair|chair", "around", 0.95, 3, 8, "table|coffee table"),
    _rule("armchair|sofa chair|chair", "wall", 0.5, 1, 4),
    _rule("end table", "beside", 0.4, 1, 2, "couch|armchair|sofa chair"),
    _rule("ottoman|stool", "free", 0.35, 1, 4),
    _rule("plant", "corner", 0.5, 1, 3),
    _rule("counter|cabinet|shelf|bookshelf", "wall", 0.4, 1, 2),
    _rule("refrigerator|copier|water cooler", "wall", 0.12),
    _rule("tv", "mounted", 0.2),
    _rule("pillow", "on", 0.4, 1, 4, "couch|armchair"),
    _rule("book|cup|bottle|paper|laptop", "on", 0.5, 1, 3, _TABLES),
    _rule("bench|piano", "free", 0.15, 1, 2),
    _rule("lamp", "corner", 0.2),
)

_OFFICE = (
    _RADIATOR,
    _rule("whiteboard", "mounted", 0.6, 1, 2),
    _rule("desk", "wall", 0.95, 1, 3),
    _rule("desk|table", "free", 0.3, 1, 2, long=1.2),
    _rule("office chair|chair", "front", 1.0, 1, 5, "desk"),
    _rule("file cabinet", "wall", 0.55, 1, 3),
    _rule("file cabinet", "under", 0.25, 1, 2, "desk"),
    _rule("bookshelf", "wall", 0.5, 1, 3),
    _rule("books", "in", 0.85, 2, 10, "bookshelf|shelf"),
    _rule("cabinet|shelf", "wall", 0.5, 1, 2),
    _rule("shelf|cabinet", "above", 0.25, 1, 2, "desk"),
    _rule("table", "free", 0.5),
    _rule("chair", "around", 0.85, 2, 6, "table"),
    _rule("chair|chair|office chair|armchair", "free", 0.6, 1, 3),
    _rule("couch", "wall", 0.08),
    _rule("divider", "free", 0.06),
    _rule("ladder|cart|fan", "corner", 0.08),
    _rule("mini fridge", "wall", 0.08),
    *_DESK_CLUTTER,
    *_DESK_CLUTTER[:2],
)

_MEETING = (
    _RADIATOR,
    _rule("whiteboard|whiteboard|blackboard", "mounted", 0.75, 1, 2),
    _rule("table", "center", 1.0, 1, 1, long=1.5),
    _rule("table", "ahead", 0.25, 1, 1, "table", long=1.2),
    _rule("chair|chair|office chair", "around", 1.0, 4, 14, "table"),
    _rule("chair|chair|office chair", "wall", 0.35, 1, 5),
    _rule("tv", "mounted", 0.2),
    _rule("projector screen", "mounted", 0.1),
    _rule("cabinet|table|desk|counter", "wall", 0.4, 1, 2),
    _rule("telephone|laptop|cup|bottle|paper|book", "on", 0.6, 1, 4, "table"),
    _rule("couch|armchair", "wall", 0.1),
    _rule("cart|plant|stool", "corner", 0.15),
)

_KITCHEN = (
    _rule("kitchen run", "built in", 1.0, 1, 2),
    _rule("stove", "beside", 0.65, 1, 1, "kitchen cabinets|kitchen cabinet"),
    _rule("range hood", "above", 0.5, 1, 1, "stove"),
    _rule("dishwasher", "beside", 0.3, 1, 1, "kitchen cabinets|kitchen cabinet"),
    _rule("refrigerator", "beside", 0.5, 1, 1, "kitchen cabinets|kitchen cabinet"),
    _rule("refrigerator", "wall", 0.35),
    _rule("table|table|dining table", "free", 0.65),
    _rule("chair|stool", "around", 0.9, 2, 6, "table|dining table"),
    _rule("microwave", "on", 0.65, 1, 1, "kitchen counter|table|counter"),
    _rule("coffee maker|coffee maker|toaster|coffee kettle", "on", 0.6, 1, 3, "kitchen counter|counter"),
    _rule("dish rack", "on", 0.35, 1, 1, "kitchen counter"),
    _rule("paper towel roll|soap dispenser|bowl|plate|cup|bottle", "on", 0.8, 2, 6, "kitchen counter|table"),
    _rule("box|basket|container", "on", 0.3, 1, 2, "refrigerator|kitchen counter"),
    _rule("cabinet|shelf", "wall", 0.3),
    _rule("paper towel dispenser", "mounted", 0.2),
    _rule("broom|vacuum cleaner|case of water bottles", "wall", 0.15),
    _rule("washing machine|clothes dryer", "wall", 0.08, 1, 2),
    _rule("mat", "free", 0.2),
)

_BATHROOM = (
    _rule("bathtub|bathtub|bathtub|shower", "corner", 0.65),
    _rule("vanity", "built in", 0.6),
    _rule("sink", "mounted", 0.4, 1, 3),
    _rule("mirror", "above", 0.9, 1, 1, "bathroom vanity|bathroom cabinet|sink"),
    _rule("toilet", "wall", 0.95),
    _rule("toilet paper", "mounted", 0.6, 1, 2),
    _rule("shower curtain", "along", 0.75, 1, 1, "bathtub|shower"),
    _rule("towel", "mounted", 0.6, 1, 3),
    _rule("towel", "on", 0.35, 1, 3, "bathroom vanity|bathroom cabinet|bathtub|toilet"),
    _rule("soap dispenser|bottle|cup|tissue box|toilet paper", "on", 0.6, 1, 4, "bathroom vanity|toilet"),
    _rule("trash can", "wall", 0.7),
    _rule("mat", "free", 0.2),
    _rule("scale|plunger|basket|laundry hamper", "wall", 0.3, 1, 2),
    _rule("rail|bar|handicap bar", "mounted", 0.25, 1, 2),
    _rule("paper towel dispenser", "mounted", 0.2),
    _rule("cabinet|shelf", "mounted", 0.15),
    _rule("light", "mounted", 0.3, 1, 2),
)

_CLASSROOM = (
    _RADIATOR,
    _rule("whiteboard|blackboard", "mounted", 0.9, 1, 2),
    _rule("table|table|desk", "rows", 1.0, 4, 10, long=1.1),
    _rule("chair|chair|office chair", "front", 1.0, 6, 18, "table|desk"),
    _rule("projector screen", "mounted", 0.2),
    _rule("monitor", "on", 0.4, 2, 6, "table|desk"),
    _rule("keyboard", "ahead", 0.9, 2, 6, "monitor"),
    _rule("computer tower", "on", 0.2, 1, 4, "table|desk"),
    _rule("cabinet|shelf|bookshelf|file cabinet", "wall", 0.6, 1, 3),
    _rule("printer|copier", "on", 0.2, 1, 1, "cabinet|table"),
    _rule("laptop|book|paper|bottle|backpack", "on", 0.6, 1, 4, "table|desk"),
    _rule("stool", "free", 0.2, 1, 3),
)

_STORAGE = (
    _rule("shelf|bookshelf", "wall", 0.8, 1, 4),
    _rule("cabinet|file cabinet|cabinets", "wall", 0.7, 1, 4),
    _rule("box|storage bin|container|storage container", "in", 0.8, 2, 8, "shelf|bookshelf"),
    _rule("box|storage bin|boxes", "wall", 0.8, 2, 6),
    _rule("box|storage bin", "stack", 0.7, 1, 4, "box|storage bin"),
    _rule("copier|printer", "wall", 0.4),
    _rule("counter|table|mailboxes", "wall", 0.5),
    _rule("printer|paper cutter|papers|box|tray", "on", 0.7, 1, 4, "counter|table|cabinet"),
    _rule("ladder|cart|vacuum cleaner|ironing board|broom|bucket|water cooler", "wall", 0.6, 1, 3),
    _rule("washing machine|clothes dryer", "wall", 0.25, 1, 4),
    _rule("laundry basket|laundry hamper", "free", 0.25, 1, 2),
    _rule("bicycle|suitcase|dumbbell|stool|chair", "free", 0.5, 1, 3),
    _rule("clothes|laundry detergent|bag", "on", 0.3, 1, 2, "washing machine|shelf|table"),
)

_CORRIDOR = (
    _rule("bench|chair|couch", "wall", 0.5, 1, 3),
    _rule("table|cabinet|shelf", "wall", 0.5, 1, 2),
    _rule("bulletin board|picture|sign", "mounted", 0.6, 1, 3),
    _rule("trash can", "wall", 0.5, 1, 2),
    _rule("recycling bin", "wall", 0.4, 1, 2),
    _rule("plant|cart|copier|bicycle", "wall", 0.4, 1, 2),
    _rule("shoes|mat|stool", "free", 0.4, 1, 3),
)

_RECIPES = {
    "bedroom": _BEDROOM,
    "living room": _LIVING,
    "lounge": _LOUNGE,
    "office": _OFFICE,
    "meeting room": _MEETING,
    "kitchen": _KITCHEN,
    "bathroom": _BATHROOM,
    "classroom": _CLASSROOM,
    "storage": _STORAGE,
    "corridor": _CORRIDOR,
    "mixed": (*_BEDROOM[:6], *_KITCHEN[:6], *_LIVING[:4], *_OFFICE[:6]),
}


def recipe(kind: str) -> tuple[Rule, ...]:
    """The rules of a kind of room, followed by those that any room may have."""
    return (*_RECIPES[kind], *_COMMON)

"""What people choose to say: how often they use each relation, and which things they describe others by."""

from less3d.data.sentences.nouns import Weighted

RELATIONS: Weighted = (
    ("next", 1.3),
    ("near", 0.9),
    ("on", 2.2),
    ("under", 4.0),
    ("above", 3.0),
    ("below", 1.2),
    ("against", 4.0),
    ("facing", 0.8),
    ("facing away", 0.3),
    ("opposite", 1.2),
    ("at", 3.0),
    ("carries", 6.0),
    ("covers", 3.0),
    ("has before", 2.5),
    ("has left", 0.7),
    ("has right", 0.7),
    ("left", 3.2),
    ("right", 3.2),
    ("front", 3.0),
    ("behind", 4.5),
    ("left part", 1.2),
    ("right part", 1.2),
    ("between", 2.0),
    ("corner", 6.0),
    ("middle", 6.0),
    ("surrounded", 2.5),
    ("room side", 1.4),
    ("seen", 0.6),
    ("not", 3.0),
)
"""Relations; "seen" is a side as seen from a stated place, "room side" the left or right side of the room,
"not" a relation that a rival is in and the object is not."""

ASIDES: Weighted = (
    ("against", 4.0),
    ("on", 3.0),
    ("corner", 2.5),
    ("carries", 3.0),
    ("middle", 1.0),
    ("has before", 1.0),
    ("surrounded", 1.0),
    ("at", 1.0),
)
"""Relations that people mention first in a long description, whether they tell anything apart or not."""

RANKINGS: Weighted = (
    ("closest", 3.6),
    ("farthest", 1.0),
    ("facing", 1.3),
    ("enter", 0.6),
    ("from", 0.3),
    ("row", 7.0),
    ("size", 2.0),
    ("height", 2.0),
)
"""Superlatives and ordinals; "facing", "enter", "from" and "row" are from the left or right as seen so."""

ATTRIBUTES = {"color": 6.0, "wooden": 2.0, "leather": 1.2, "glass": 1.0, "metal": 0.4, "plastic": 0.2, "fabric": 0.15}
ATTRIBUTES |= {"open": 5.0, "closed": 1.5, "round": 3.0, "square": 2.5}
"""Attributes, by value or else by kind; 1.5 for all others."""

SALIENCE: dict[str, float] = {
    **dict.fromkeys(("door", "window", "desk", "bed", "table", "whiteboard", "couch", "tv", "toilet"), 3.0),
    **dict.fromkeys(("refrigerator", "cabinet", "dresser", "bookshelf", "sink", "stove", "bathtub", "radiator"), 2.0),
    **dict.fromkeys(("chair", "office chair", "armchair", "nightstand", "lamp", "shelf", "printer", "counter"), 1.5),
    **dict.fromkeys(("book", "books", "cup", "bottle", "clothes", "clothing", "bag", "shoes", "keyboard"), 0.5),
    **dict.fromkeys(("soap dispenser", "toilet paper", "tissue box", "paper", "papers", "mouse"), 0.4),
    **dict.fromkeys(("light switch", "sign", "poster", "decoration", "power outlet", "doorframe"), 0.2),
    "wall": 3.0,
}
"""How often people describe other things by these classes; 1 for all other classes."""

VIEWER_SIDES = frozenset(
    {"desk", "table", "bed", "couch", "tv", "monitor", "whiteboard", "blackboard", "board", "door", "window", "mirror"}
    | {"refrigerator", "stove", "dresser", "bookshelf", "toilet", "sink", "cabinet", "radiator", "nightstand", "oven"}
    | {"printer", "copier", "picture", "shelf", "microwave", "curtain", "file cabinet", "tv stand", "kitchen cabinet"}
    | {"wardrobe closet", "bathroom vanity", "washing machine", "bathtub", "mini fridge", "piano", "counter", "bench"}
    | {"doorframe", "kitchen counter", "kitchen cabinets", "fireplace", "bulletin board", "wardrobe cabinet", "closet"}
)
"""Classes whose left, right and front are those of a viewer before them, without saying so."""

_SEATS = frozenset({"chair", "office chair", "armchair", "sofa chair", "folding chair", "bench", "seat"})

ANCHORS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("left", "right", "left part", "right part", "opposite"), VIEWER_SIDES),
    "front": VIEWER_SIDES | _SEATS,
    "behind": _SEATS
    | {"couch", "desk", "bed", "tv", "monitor", "toilet", "piano", "laptop", "door", "printer", "stove"},
}
"""Which classes people describe others by in these relations; any in all others."""

FIXED = frozenset(
    {"door", "window", "doorframe", "curtain", "shower curtain", "blinds", "radiator", "mirror", "picture", "sink"}
    | {"closet door", "shower door", "bathroom stall door", "light", "ceiling light", "column", "pillar", "closet"}
    | {"closet doors", "doors", "toilet", "bathtub", "shower", "kitchen counter", "counter", "stairs", "clothes"}
    | {"wall", "floor", "ceiling"}
)
"""Classes of which nobody says that they are on the floor or against a wall, or that they sit somewhere."""

TURNED = frozenset(
    {"chair", "office chair", "armchair", "sofa chair", "couch", "toilet", "tv", "monitor", "laptop", "desk", "bench"}
)
"""Classes of which people say what they face."""

UNASKED = frozenset({"doorframe", "power outlet", "pipe", "structure", "object", "ledge", "windowsill"})
"""Classes that no sentence asks for."""

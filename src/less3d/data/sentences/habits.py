"""What people choose to say: how often they use each relation, and which things they describe others by."""

from less3d.data.sentences.lexicon import Weighted

RELATIONS: Weighted = (
    ("next", 3.0),
    ("near", 0.9),
    ("on", 2.2),
    ("under", 2.2),
    ("above", 1.6),
    ("below", 1.2),
    ("against", 1.0),
    ("facing", 0.8),
    ("opposite", 0.8),
    ("carries", 0.9),
    ("covers", 0.6),
    ("left", 2.0),
    ("right", 2.0),
    ("front", 2.2),
    ("behind", 1.4),
    ("left part", 0.8),
    ("right part", 0.8),
    ("between", 2.0),
    ("corner", 1.6),
    ("middle", 1.4),
    ("surrounded", 0.5),
    ("room side", 1.0),
    ("seen", 1.6),
)
"""Relations; "seen" is a side as seen from a stated place, "room side" the left or right side of the room."""

RANKINGS: Weighted = (
    ("closest", 3.0),
    ("farthest", 1.8),
    ("facing", 2.2),
    ("enter", 1.0),
    ("from", 0.9),
    ("row", 2.6),
    ("size", 1.2),
    ("height", 1.0),
)
"""Superlatives and ordinals; "facing", "enter", "from" and "row" are from the left or right as seen so."""

ATTRIBUTES = {"color": 6.0, "wooden": 2.0, "leather": 1.2, "glass": 1.0, "metal": 0.7, "plastic": 0.5, "fabric": 0.2}
"""Attributes, by value or else by kind; 1.5 for all others."""

SALIENCE: dict[str, float] = {
    **dict.fromkeys(("door", "window", "desk", "bed", "table", "whiteboard", "couch", "tv", "toilet"), 3.0),
    **dict.fromkeys(("refrigerator", "cabinet", "dresser", "bookshelf", "sink", "stove", "bathtub", "radiator"), 2.0),
    **dict.fromkeys(("chair", "office chair", "armchair", "nightstand", "lamp", "shelf", "printer", "counter"), 1.5),
    **dict.fromkeys(("book", "books", "cup", "bottle", "clothes", "clothing", "bag", "shoes", "keyboard"), 0.5),
    **dict.fromkeys(("soap dispenser", "toilet paper", "light switch", "tissue box", "paper", "papers", "mouse"), 0.4),
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

TURNED = frozenset(
    {"chair", "office chair", "armchair", "sofa chair", "couch", "toilet", "tv", "monitor", "laptop", "desk", "bench"}
)
"""Classes of which people say what they face."""

UNASKED = frozenset({"doorframe", "power outlet", "pipe", "structure", "object", "ledge", "windowsill"})
"""Classes that no sentence asks for."""

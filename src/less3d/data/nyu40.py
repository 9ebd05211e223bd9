"""The 40 classes of NYU Depth v2, which ScanNet's benchmarks count by, and which of them is meant by a common name.

Annotators write "coffee table" and "dining table", "trash can" and "bin"; nothing that is seen tells such names apart.
The table here is for scans without the official one, which comes with ScanNet (`scannet_classes.py`). It has the names
that made rooms use, by what the things are.
"""

NYU40: tuple[str, ...] = (
    *("wall", "floor", "cabinet", "bed", "chair", "sofa", "table", "door", "window", "bookshelf"),
    *("picture", "counter", "blinds", "desk", "shelves", "curtain", "dresser", "pillow", "mirror", "floor mat"),
    *("clothes", "ceiling", "books", "refrigerator", "television", "paper", "towel", "shower curtain", "box"),
    *("whiteboard", "person", "night stand", "toilet", "sink", "lamp", "bathtub", "bag", "otherstructure"),
    *("otherfurniture", "otherprop"),
)
"""The name of class id 1, 2, ... 40, in the spelling of ScanNet's official table."""

UNSCORED = frozenset({"otherstructure", "otherprop"})
"""Classes of what has nothing in common; ScanNet's benchmarks do not score them."""

_NAMES = {
    "cabinet": "cabinets|kitchen cabinet|kitchen cabinets|bathroom cabinet|bathroom vanity|file cabinet|closet|"
    "wardrobe closet|tv stand",
    "chair": "office chair|armchair|sofa chair",
    "sofa": "couch",
    "table": "coffee table|end table|dining table",
    "door": "doorframe",
    "picture": "poster",
    "counter": "kitchen counter|bar",
    "shelves": "shelf",
    "floor mat": "mat",
    "clothes": "clothing|jacket",
    "books": "book",
    "refrigerator": "mini fridge",
    "television": "tv|monitor",
    "paper": "papers",
    "box": "boxes|storage bin|container|storage container|case of water bottles",
    "whiteboard": "blackboard|bulletin board|board|projector screen",
    "night stand": "nightstand",
    "lamp": "floor lamp",
    "bag": "backpack|suitcase",
    "otherfurniture": "trash can|trash bin|bin|recycling bin|laundry hamper|laundry basket|basket|bucket|stool|ottoman|"
    "bench|radiator|stove|range hood|dishwasher|washing machine|clothes dryer|microwave|printer|copier|piano|"
    "keyboard piano|water cooler|vacuum cleaner|cart|ladder|ironing board|divider|dish rack|mailboxes",
    "otherstructure": "column|pillar|shower|handicap bar|rail|light",
    "otherprop": "plant|bottle|shoes|keyboard|mouse|computer tower|laptop|light switch|cup|telephone|toilet paper|"
    "paper towel dispenser|paper towel roll|soap dispenser|fan|decoration|clock|alarm clock|sign|tissue box|"
    "fire extinguisher|speaker|blanket|bowl|plate|tray|coffee maker|coffee kettle|toaster|guitar|guitar case|bicycle|"
    "scale|broom|plunger|dumbbell|paper cutter|laundry detergent",
}
_CLASS_OF = {name: kind for kind, names in _NAMES.items() for name in names.split("|")}


def nyu40_class(name: str) -> str:
    """The NYU40 class that a name means; the name itself where none is known."""
    return _CLASS_OF.get(name, name)

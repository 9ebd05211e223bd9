"""What people call the objects of each class: literal tables that `lexicon` reads."""

from dataclasses import dataclass, field

Weighted = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Noun:
    """Words that mean the same thing, with how often people say each."""

    words: Weighted
    covers: frozenset[str] = field(default_factory=frozenset)
    """Classes it means beside the class of its own name and those that end in its name ("office chair": "chair")."""
    may_cover: frozenset[str] = field(default_factory=frozenset)
    """Classes that some people would call so."""


def _same(*names: str, covers: str = "", may: str = "") -> Noun:
    """Words of falling frequency; the classes of `covers` and `may` are parted by commas."""
    spoken = tuple((name, 1.0 / (1 + rank)) for rank, name in enumerate(names))
    return Noun(spoken, _classes(covers), _classes(may))


def _classes(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


FURNITURE = frozenset(
    {"chair", "office chair", "armchair", "sofa chair", "folding chair", "stool", "bench", "ottoman", "couch", "seat"}
    | {"table", "coffee table", "end table", "dining table", "desk", "nightstand", "tv stand", "cabinet", "dresser"}
    | {"file cabinet", "wardrobe closet", "shelf", "bookshelf", "bookshelves", "bed", "stand"}
)
"""Classes that anyone calls furniture."""

NOUNS: dict[str, Noun] = {
    "chair": Noun(
        (("chair", 1.0),),
        _classes("office chair, armchair, sofa chair, rocking chair, folding chair, recliner, dining chair"),
        _classes("seat, stack of chairs, beanbag chair"),
    ),
    "office chair": _same("office chair", "desk chair", "swivel chair", "rolling chair", "computer chair", may="chair"),
    "armchair": _same("armchair", "arm chair", "arm-chair", may="chair, sofa chair, recliner"),
    "sofa chair": _same("sofa chair", "couch chair", may="armchair, chair, recliner"),
    "folding chair": _same("folding chair", may="chair"),
    "stool": _same("stool", covers="bar stool, step stool, footstool", may="ottoman, footrest, seat"),
    "bench": _same("bench", covers="piano bench", may="seat"),
    "seat": _same(
        "seat", covers="chair, office chair, armchair, sofa chair, stool, bench", may="couch, ottoman, toilet"
    ),
    "ottoman": _same("ottoman", "footrest", "foot stool", covers="footrest", may="stool, cushion"),
    "couch": _same("couch", "sofa", covers="loveseat, futon, sofa bed", may="sofa chair"),
    "table": Noun(
        (("table", 1.0),),
        _classes("coffee table, end table, dining table, side table, conference table, folding table, round table"),
        _classes("stand"),
    ),
    "coffee table": _same("coffee table", may="table, end table, side table"),
    "end table": _same("end table", "side table", covers="side table", may="table, nightstand, coffee table, stand"),
    "dining table": _same("dining table", "dinner table", may="table, conference table"),
    "desk": Noun((("desk", 1.0), ("writing desk", 0.04), ("work desk", 0.03)), _classes("computer desk")),
    "nightstand": _same(
        "nightstand",
        "night stand",
        "bedside table",
        "night table",
        may="end table, side table, stand",
    ),
    "stand": _same("stand", covers="tv stand, nightstand", may="end table, table, cabinet, side table"),
    "tv stand": _same("tv stand", "television stand", "tv cabinet", may="cabinet, stand, table, dresser"),
    "cabinet": Noun(
        (("cabinet", 1.0), ("cupboard", 0.12)),
        _classes(
            "file cabinet, kitchen cabinet, bathroom cabinet, wardrobe cabinet, cabinets, kitchen cabinets, tv stand"
        ),
        _classes("bathroom vanity, drawer, wardrobe closet, wardrobe"),
    ),
    "file cabinet": _same("file cabinet", "filing cabinet", may="cabinet"),
    "kitchen cabinet": _same(
        "kitchen cabinet", "cupboard", covers="kitchen cabinets", may="cabinet, cabinets, kitchen counter, counter"
    ),
    "bathroom vanity": _same("vanity", "bathroom vanity", covers="vanity", may="cabinet, bathroom cabinet, counter"),
    "dresser": _same("dresser", "chest of drawers", "drawers", "set of drawers", may="cabinet, file cabinet"),
    "wardrobe closet": _same(
        "wardrobe", "wardrobe closet", "armoire", covers="wardrobe, wardrobe cabinet", may="closet, cabinet"
    ),
    "closet": _same("closet", covers="closets", may="wardrobe closet, wardrobe, closet door, closet doors, cabinet"),
    "shelf": Noun(
        (("shelf", 1.0), ("shelving unit", 0.06)),
        _classes("bookshelf, bookshelves, bookcase, shelves"),
        _classes("rack, ledge, stand"),
    ),
    "bookshelf": _same("bookshelf", "bookcase", "book shelf", covers="bookshelves", may="shelf"),
    "trash can": _same(
        "trash can",
        "trash bin",
        "trashcan",
        "garbage can",
        "waste basket",
        "wastebasket",
        "trash basket",
        "garbage bin",
        "rubbish bin",
        covers="trash bin",
        may="recycling bin, bin, bucket, basket, storage bin, laundry hamper, laundry basket",
    ),
    "bin": _same(
        "bin",
        covers="trash can, trash bin, recycling bin, storage bin",
        may="basket, bucket, box, laundry hamper, laundry basket, storage container, container",
    ),
    "recycling bin": _same("recycling bin", "recycle bin", may="trash can, trash bin, bin, storage bin"),
    "laundry hamper": _same(
        "laundry hamper", "hamper", "laundry basket", covers="laundry basket", may="trash can, basket, bin, bucket"
    ),
    "clock": _same("clock", may="alarm clock"),
    "mailboxes": _same("mailboxes", "mail boxes"),
    "coffee maker": _same("coffee maker", "coffee machine", may="coffee kettle"),
    "light switch": _same("light switch", "switch"),
    "fire extinguisher": _same("fire extinguisher", "extinguisher"),
    "tissue box": _same("tissue box", "box of tissues", "box of kleenex", may="box"),
    "range hood": _same("range hood", "hood", "stove hood"),
    "toilet paper dispenser": _same("toilet paper dispenser", "toilet paper holder", may="toilet paper"),
    "water cooler": _same("water cooler", "water dispenser"),
    "kitchen cabinets": _same(
        "kitchen cabinets", "cupboards", covers="kitchen cabinet", may="cabinet, kitchen counter"
    ),
    "basket": _same("basket", covers="laundry basket", may="laundry hamper, trash can, bucket, bin, storage bin"),
    "bucket": _same("bucket", may="trash can, basket, bin"),
    "storage bin": _same("storage bin", covers="storage container", may="box, trash can, bin, container, basket"),
    "box": _same(
        "box", covers="boxes, cardboard box", may="storage bin, storage container, container, case, tissue box"
    ),
    "tv": _same("tv", "television", "tv set", "tv screen", may="monitor, projector screen, screen"),
    "monitor": _same("monitor", "computer monitor", "computer screen", "pc monitor", may="tv, screen, laptop"),
    "screen": _same("screen", covers="monitor, tv, projector screen", may="laptop, whiteboard"),
    "computer tower": _same(
        "computer tower", "pc tower", "computer case", "pc", "desktop tower", may="computer, box, speaker"
    ),
    "laptop": _same("laptop", "laptop computer", "notebook computer", may="computer"),
    "keyboard": _same("keyboard", "computer keyboard", may="keyboard piano, piano"),
    "mouse": _same("mouse", "computer mouse"),
    "telephone": _same("telephone", "phone", covers="phone"),
    "printer": _same("printer", may="copier, scanner"),
    "copier": _same("copier", "copy machine", "xerox machine", "photocopier", "copying machine", may="printer"),
    "speaker": _same("speaker", "loudspeaker", may="computer tower"),
    "refrigerator": _same("refrigerator", "fridge", covers="mini fridge"),
    "mini fridge": _same("mini fridge", "small fridge", "mini refrigerator", may="refrigerator"),
    "stove": _same("stove", "stove top", may="oven, range hood"),
    "oven": _same("oven", may="stove, microwave, toaster oven"),
    "microwave": _same("microwave", "microwave oven", may="oven, toaster oven"),
    "washing machine": _same("washing machine", "washer", covers="washing machines", may="clothes dryer, dishwasher"),
    "clothes dryer": _same("dryer", "clothes dryer", covers="clothes dryers", may="washing machine, washing machines"),
    "counter": _same(
        "counter", "counter top", "countertop", covers="kitchen counter, bathroom counter", may="bar, desk, table"
    ),
    "kitchen counter": _same("kitchen counter", "counter top", "countertop", may="counter, bar"),
    "sink": _same("sink", may="bathroom vanity"),
    "toilet": Noun((("toilet", 1.0), ("toilet bowl", 0.04), ("commode", 0.02))),
    "toilet paper": _same("toilet paper", "roll of toilet paper", may="toilet paper dispenser, paper towel roll"),
    "bathtub": _same("bathtub", "tub", "bath tub", "bath", may="shower"),
    "shower": _same("shower", may="bathtub, shower curtain, shower door, shower wall, shower walls"),
    "curtain": _same("curtain", covers="curtains", may="blinds"),
    "shower curtain": _same("shower curtain", may="curtain"),
    "blinds": _same("blinds", "window blinds", may="curtain, curtains, window"),
    "window": _same("window", covers="windows", may="blinds, curtain"),
    "door": _same("door", covers="doors", may="doorframe, closet, mirror doors"),
    "doorframe": _same("door frame", "doorway", may="door"),
    "whiteboard": _same("whiteboard", "white board", may="board, blackboard, bulletin board, projector screen"),
    "board": _same("board", covers="whiteboard, blackboard, bulletin board", may="picture, projector screen"),
    "blackboard": _same("blackboard", "chalkboard", may="board, whiteboard"),
    "bulletin board": _same("bulletin board", "notice board", may="board, picture, poster"),
    "projector screen": _same("projector screen", "projection screen", may="screen, whiteboard"),
    "picture": _same(
        "picture",
        "painting",
        "framed picture",
        covers="painting",
        may="poster, mirror, bulletin board, decoration, board, sign",
    ),
    "mirror": _same("mirror", may="picture, bathroom cabinet"),
    "lamp": _same("lamp", covers="floor lamp, desk lamp, table lamp", may="light, lamp base"),
    "light": _same("light", covers="ceiling light, ceiling lamp", may="lamp, floor lamp, desk lamp"),
    "plant": _same("plant", "potted plant", "house plant", covers="plants, potted plant"),
    "pillow": _same("pillow", may="cushion"),
    "cushion": _same("cushion", may="pillow, ottoman"),
    "bed": _same("bed", covers="bunk bed", may="couch, mattress"),
    "blanket": _same("blanket", may="towel, clothes, clothing"),
    "backpack": _same("backpack", "back pack", "book bag", may="bag"),
    "bag": _same(
        "bag", covers="backpack, purse, paper bag, plastic bag, messenger bag", may="suitcase, luggage, guitar case"
    ),
    "suitcase": _same("suitcase", "piece of luggage", "travel case", covers="luggage", may="bag, box"),
    "shoes": _same("shoes", "pair of shoes", "set of shoes", covers="shoe", may="slippers"),
    "shoe": _same("shoe", covers="shoes"),
    "clothes": _same("clothes", "clothing", covers="clothing, jacket, coat", may="blanket, towel"),
    "jacket": _same("jacket", "coat", covers="coat", may="clothes, clothing"),
    "books": _same("books", "stack of books", "group of books", covers="book"),
    "book": _same("book", covers="books", may="magazine"),
    "bottle": _same("bottle", covers="water bottle", may="soap dispenser"),
    "cup": _same("cup", "mug", covers="mug", may="bottle, bowl"),
    "fan": _same("fan", covers="ceiling fan"),
    "heater": _same("heater", covers="radiator"),
    "radiator": _same("radiator", "heater"),
    "rug": _same("rug", "carpet", "area rug", covers="mat", may="bath mat"),
    "mat": _same("mat", may="rug"),
    "paper towel dispenser": _same(
        "paper towel dispenser", "towel dispenser", may="soap dispenser, toilet paper dispenser, paper towel roll"
    ),
    "soap dispenser": _same("soap dispenser", may="paper towel dispenser, bottle"),
    "dispenser": _same("dispenser"),
    "towel": _same("towel", covers="towels, bath towel", may="paper towel roll, blanket, clothes"),
    "suit case": _same("suitcase"),
    "person": _same("person", may="man, woman"),
    "stairs": _same("stairs", "staircase", may="ladder"),
    "bicycle": _same("bicycle", "bike"),
    "vacuum cleaner": _same("vacuum cleaner", "vacuum"),
}
"""Nouns that are more than the name of one class."""

NAMES: dict[str, Weighted] = {
    "office chair": (("office chair", 0.55), ("chair", 0.45)),
    "armchair": (("armchair", 0.6), ("chair", 0.4)),
    "sofa chair": (("sofa chair", 0.6), ("chair", 0.4)),
    "folding chair": (("folding chair", 0.5), ("chair", 0.5)),
    "coffee table": (("coffee table", 0.75), ("table", 0.25)),
    "end table": (("end table", 0.65), ("table", 0.35)),
    "dining table": (("dining table", 0.5), ("table", 0.5)),
    "tv stand": (("tv stand", 0.8), ("cabinet", 0.1), ("stand", 0.1)),
    "file cabinet": (("file cabinet", 0.65), ("cabinet", 0.35)),
    "kitchen cabinet": (("kitchen cabinet", 0.6), ("cabinet", 0.4)),
    "kitchen cabinets": (("kitchen cabinets", 0.6), ("kitchen cabinet", 0.2), ("cabinet", 0.2)),
    "bathroom cabinet": (("bathroom cabinet", 0.5), ("cabinet", 0.5)),
    "bookshelf": (("bookshelf", 0.75), ("shelf", 0.25)),
    "bookshelves": (("bookshelves", 0.7), ("shelf", 0.3)),
    "trash can": (("trash can", 0.88), ("bin", 0.12)),
    "trash bin": (("trash can", 0.9), ("bin", 0.1)),
    "recycling bin": (("recycling bin", 0.85), ("bin", 0.15)),
    "storage bin": (("storage bin", 0.7), ("bin", 0.3)),
    "tv": (("tv", 0.95), ("screen", 0.05)),
    "monitor": (("monitor", 0.93), ("screen", 0.07)),
    "mini fridge": (("mini fridge", 0.7), ("refrigerator", 0.3)),
    "kitchen counter": (("kitchen counter", 0.5), ("counter", 0.5)),
    "bathroom counter": (("bathroom counter", 0.5), ("counter", 0.5)),
    "shower curtain": (("shower curtain", 0.8), ("curtain", 0.2)),
    "whiteboard": (("whiteboard", 0.9), ("board", 0.1)),
    "blackboard": (("blackboard", 0.8), ("board", 0.2)),
    "bulletin board": (("bulletin board", 0.8), ("board", 0.2)),
    "backpack": (("backpack", 0.85), ("bag", 0.15)),
    "jacket": (("jacket", 0.9), ("clothes", 0.1)),
    "clothing": (("clothes", 1.0),),
    "ceiling light": (("ceiling light", 0.5), ("light", 0.5)),
    "closet door": (("closet door", 0.6), ("door", 0.4)),
    "shower door": (("shower door", 0.6), ("door", 0.4)),
    "bathroom stall door": (("bathroom stall door", 0.4), ("door", 0.6)),
}
"""Nouns people choose for a class, where they are not just the class's own name."""

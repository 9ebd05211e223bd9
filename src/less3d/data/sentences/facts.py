"""What is true of every object of a class: what it is for, and what parts it has. Said aside, it tells none apart."""

from less3d.data.sentences.draws import pick
from less3d.data.sentences.nouns import FURNITURE, Weighted
from less3d.data.sentences.voice import Voice


def use(voice: Voice, category: str) -> str:
    """What things of a class are for, as a phrase behind the noun; empty when nothing is known."""
    known = _USES.get(category, ())
    return voice.any(*known) if known else ""


def part(voice: Voice, category: str) -> str:
    """A part that all things of a class have, as what follows "with" or "it has"; empty when nothing is known."""
    known = _PARTS.get(category, ())
    return voice.any(*known) if known else ""


def general(voice: Voice, category: str) -> str:
    """A word for anything at all, such as "object", or for any piece of furniture if it is one."""
    return pick(voice.rng, (*_GENERAL, ("piece of furniture", 1.0)) if category in FURNITURE else _GENERAL)


def place(voice: Voice, kind: str) -> str:
    """A word for a kind of room with its article; "the room" where the kind has no plain word."""
    return f"the {voice.any(*_PLACES.get(kind, ('room',)))}"


_GENERAL: Weighted = (("object", 5.0), ("item", 2.0), ("thing", 0.5))

_PLACES: dict[str, tuple[str, ...]] = {
    "bathroom": ("bathroom",),
    "bedroom": ("bedroom", "bedroom", "room"),
    "classroom": ("classroom", "room"),
    "kitchen": ("kitchen", "kitchen", "kitchen area"),
    "living room": ("living room", "room"),
    "lounge": ("lounge", "seating area", "room"),
    "meeting room": ("meeting room", "conference room", "room"),
    "office": ("office", "office", "room"),
}

_SIT = ("used for sitting", "to sit on", "that you sit on", "for sitting", "you can sit on")
_STORE = ("used for storage", "for storing things", "used to keep things in", "where things are kept")
_TRASH = ("for trash", "used for garbage", "to throw things away in", "that trash goes into")
_WORK = ("used for working", "for writing", "used for writing", "to work at", "where someone works")
_HOLD = ("to put things on", "used to put things on", "that holds things")
_LIE = ("used for sleeping", "to sleep in", "that you sleep on", "for sleeping")
_WASH = ("for washing hands", "used for washing hands", "to wash your hands in")
_COOK = ("used for cooking", "for cooking food", "to cook on")
_COOL = ("that keeps food cold", "for keeping food cold", "used to keep food cold")
_SHOW = ("for watching", "to watch", "used for watching shows")
_PASS = ("used to go in and out", "that opens", "that you go through", "for going in and out")

_USES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("chair", "office chair", "armchair", "sofa chair", "folding chair", "stool", "bench"), _SIT),
    "couch": (*_SIT, "for several people to sit on"),
    **dict.fromkeys(("cabinet", "kitchen cabinet", "bathroom cabinet", "storage bin", "closet"), _STORE),
    **dict.fromkeys(("trash can", "trash bin"), _TRASH),
    "recycling bin": ("for recycling", "used for recycling"),
    **dict.fromkeys(("table", "coffee table", "end table", "dining table"), _HOLD),
    "desk": _WORK,
    "bed": _LIE,
    "shelf": _HOLD,
    "bookshelf": ("for books", "used for books", "to keep books on"),
    **dict.fromkeys(("dresser", "wardrobe closet"), ("for clothes", "used to keep clothes in", "where clothes go")),
    "file cabinet": ("for files", "used to keep papers in", "for keeping files"),
    "sink": _WASH,
    "bathtub": ("for taking a bath", "used for bathing"),
    "shower": ("for taking a shower", "used to shower"),
    **dict.fromkeys(("stove", "oven"), _COOK),
    "microwave": ("for heating food", "used to heat up food"),
    **dict.fromkeys(("refrigerator", "mini fridge"), _COOL),
    "tv": _SHOW,
    "lamp": ("that gives light", "used for light"),
    "mirror": ("to look in", "you can see yourself in"),
    "door": _PASS,
    "window": ("to see out of", "that lets light in", "you can look out of"),
    "whiteboard": ("for writing on", "used to write on", "that you write on"),
    "keyboard": ("for typing", "used for typing"),
    "printer": ("for printing", "used to print papers"),
    "copier": ("for making copies", "used to copy papers"),
    "radiator": ("for heat", "that heats the room", "used for heating"),
    "washing machine": ("for washing clothes", "used for laundry"),
    "clothes dryer": ("for drying clothes", "used for laundry"),
    "laundry hamper": ("for dirty clothes", "used for laundry"),
    "towel": ("for drying off", "used to dry your hands"),
    "soap dispenser": ("for soap", "that gives soap"),
    "suitcase": ("for traveling", "used for trips"),
    "fan": ("that moves air", "used for cool air"),
    "clock": ("that shows the time", "used to tell time"),
}

_SEAT = ("a seat", "a seat and a back", "a back and a seat", "a backrest", "a seat to sit on")
_TOP = ("a flat top", "a flat surface", "a flat surface on top")
_ARMS = ("arms", "two arms", "armrests", "two armrests", "arms on both sides", "a seat and arms", "a soft seat")
_DRAWERS = ("drawers", "drawers in it", "drawers with handles", "several drawers")
_SHELVES = ("shelves", "shelves in it", "several shelves")

_PARTS: dict[str, tuple[str, ...]] = {
    "chair": _SEAT,
    "office chair": ("wheels", "a seat and a back", "wheels on the bottom", "a seat and wheels", "a back and wheels"),
    "armchair": _ARMS,
    "sofa chair": _ARMS,
    "couch": ("a seat and a back", "a long seat", "room for some people", "soft seats"),
    "stool": ("a seat", "a small seat"),
    "bench": ("a long seat", "a seat"),
    "bed": ("a mattress", "a head and a foot", "a mattress on it"),
    **dict.fromkeys(("table", "desk", "coffee table", "end table", "dining table", "counter", "kitchen counter"), _TOP),
    **dict.fromkeys(("dresser", "file cabinet"), _DRAWERS),
    **dict.fromkeys(("bookshelf", "bookshelves"), _SHELVES),
    "toilet": ("a seat", "a bowl and a seat", "a seat and a base"),
    "tv": ("a screen", "a flat screen"),
    "monitor": ("a screen", "a flat screen"),
    "laptop": ("a screen and a keyboard", "a keyboard"),
    "keyboard": ("keys", "many keys"),
    "suitcase": ("a handle", "handles"),
    "backpack": ("straps", "two straps"),
    "piano": ("keys", "many keys"),
    "bicycle": ("wheels", "two wheels", "a handle bar"),
    "door": ("a handle", "a door handle"),
    "refrigerator": ("a door", "a handle on the door"),
    "window": ("glass", "clear glass", "glass panes"),
    "clock": ("hands", "a face"),
}

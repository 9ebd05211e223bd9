"""Turns of phrase for relations and ranks that people use often; `rare_turns` has the others."""

SIDES = ("on the {0} side of the room", "on the {0} hand side of the room", "to the {0} of the room")
BETWEEN = ("between {}", "between {}", "in between {}")

PLACES: dict[str, tuple[str, ...]] = {
    "next": (
        *("next to {}",) * 9,
        *("beside {}", "beside {}", "right next to {}", "directly next to {}", "right by {}", "very close to {}"),
        *("adjacent to {}", "just next to {}", "immediately next to {}", "right beside {}", "along side {}"),
    ),
    "near": (*("near {}",) * 3, *("by {}",) * 2, "close to {}", "close by {}"),
    "on": ("on {}", "on {}", "on top of {}", "sitting on {}", "sitting on top of {}", "atop {}"),
    "under": ("under {}", "under {}", "underneath {}", "beneath {}"),
    "above": (*("above {}",) * 5, "over {}", "directly above {}", "right above {}", "up above {}", "just above {}"),
    "below": ("below {}", "under {}", "below {}", "underneath {}", "directly below {}", "beneath {}"),
    "against": (*("against {}",) * 5, "up against {}", "along {}", "pushed against {}", "pushed up against {}"),
    "facing": ("facing {}", "facing towards {}", "facing {}", "facing toward {}"),
    "facing away": ("facing away from {}", "facing away from {}", "facing away from {}"),
    "at": ("at {}", "at {}", "in front of {}", "sitting at {}", "pulled up to {}"),
    "opposite": (
        "across from {}",
        "opposite {}",
        "opposite of {}",
        "directly across from {}",
        "opposite from {}",
    ),
    "left": (
        *("to the left of {}", "to the left of {}", "to the left of {}", "on the left of {}", "left of {}"),
        *("on the left side of {}", "on the left side of {}", "just left of {}", "to the immediate left of {}"),
    ),
    "right": (
        *("to the right of {}", "to the right of {}", "to the right of {}", "on the right of {}", "right of {}"),
        *("on the right side of {}", "on the right side of {}", "just right of {}", "to the immediate right of {}"),
    ),
    "front": (*("in front of {}",) * 5, "directly in front of {}", "right in front of {}", "just in front of {}"),
    "behind": (*("behind {}",) * 5, "directly behind {}", "in back of {}", "right behind {}", "to the rear of {}"),
    "left part": ("on the left side of {}", "on the left of {}", "on the left half of {}"),
    "right part": ("on the right side of {}", "on the right of {}", "on the right half of {}"),
    "corner": ("in the corner of the room", "in the corner", "in a corner of the room", "in the corner of the room"),
    "middle": ("in the middle of the room", "in the center of the room", "in the middle of the room"),
}
HUNG = (
    *("on the {}", "on the {}", "hanging on the {}", "hung on the {}", "mounted on the {}", "attached to the {}"),
    *("affixed to the {}", "installed on the {}", "up on the {}", "hanging up on the {}"),
)
ON_FLOOR = ("on the {}", "on the {}", "on the {}", "on the ground")

WHERE: dict[str, tuple[str, ...]] = {
    "carries": ("on {them}", "on top of {them}"),
    "covers": ("under {them}", "underneath {them}"),
    "has before": ("in front of {them}",),
    "has behind": ("behind {them}",),
    "has left": ("to {their} left", "on {their} left side", "to the left of {them}"),
    "has right": ("to {their} right", "on {their} right side", "to the right of {them}"),
    "has next": ("next to {them}", "beside {them}"),
    "has above": ("above {them}", "directly above {them}"),
    "has below": ("below {them}", "underneath {them}"),
}
"""Where something is that the object has."""

SUPERLATIVES: dict[str, tuple[str, ...]] = {
    "closest": ("closest to", "closest to", "closest to", "closest to", "nearest to", "nearest"),
    "farthest": ("farthest from", "furthest from", "furthest away from", "farthest away from"),
    "biggest": ("biggest", "largest"),
    "smallest": ("smallest", "smallest", "littlest"),
    "tallest": ("tallest",),
    "shortest": ("shortest",),
    "longest": ("longest",),
    "highest": ("highest", "top", "uppermost"),
    "lowest": ("lowest", "bottom"),
}
COMPARATIVES: dict[str, tuple[str, ...]] = {
    "closest": ("closer to", "closer to", "nearer to"),
    "farthest": ("farther from", "further from", "further away from"),
    "biggest": ("bigger", "larger", "big", "large"),
    "smallest": ("smaller", "smaller", "small", "little"),
    "tallest": ("taller", "tall", "tallest"),
    "shortest": ("shorter", "short", "shortest"),
    "longest": ("longer", "long", "longest"),
    "highest": ("upper", "top", "higher"),
    "lowest": ("lower", "bottom"),
}

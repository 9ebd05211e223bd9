"""Turns of phrase that few people use: literal tables for `phrases`, `viewers`, `grammar` and `descriptions`.

Each is said now and then, so that whoever learns from the sentences reads what words mean and counts on none.
"""

PLACES: dict[str, tuple[str, ...]] = {
    "next": (
        *("alongside {}", "at the side of {}", "off to the side of {}", "side by side with {}", "neighboring {}"),
        *("bordering {}", "to the side of {}", "next door to {}", "close beside {}", "nearby {}"),
    ),
    "near": (
        *("nearby {}", "not far away from {}", "near to {}", "over by {}"),
        *("in the area of {}", "in the neighborhood of {}", "within reach of {}", "a short way from {}"),
    ),
    "on": (
        *("upon {}", "resting on {}", "set on {}", "placed on top of {}", "on the top of {}", "on the surface of {}"),
        *("up on {}", "lying on top of {}", "perched on {}"),
        *("resting on top of {}", "situated on {}", "standing on {}"),
    ),
    "under": (
        *("below {}", "directly under {}", "right under {}", "down under {}", "stored under {}", "stuck under {}"),
        *("directly beneath {}", "right underneath {}", "placed under {}", "kept under {}", "lying under {}"),
    ),
    "above": (
        *("up over {}", "higher up than {}", "over the top of {}", "right over {}", "directly over {}"),
        *("just over {}", "straight above {}", "immediately above {}", "higher than {}"),
    ),
    "below": (
        *("right below {}", "lower than {}", "right under {}", "lower down than {}", "straight below {}"),
        *("just below {}", "down below {}", "immediately below {}", "directly under {}", "directly beneath {}"),
    ),
    "against": (
        *("set against {}", "resting against {}", "backed against {}"),
        *("placed along {}", "flush against {}", "backed up to {}", "up next to {}", "close against {}"),
    ),
    "facing": (
        *("turned toward {}", "looking towards {}", "pointing at {}", "oriented toward {}", "pointed towards {}"),
        *("looking at {}", "turned to {}", "pointing towards {}", "directed at {}"),
    ),
    "facing away": (
        *("turned away from {}", "with its back to {}", "with its back toward {}", "pointing away from {}"),
        *("looking away from {}", "with its back turned to {}", "oriented away from {}"),
    ),
    "at": (
        *("drawn up to {}", "pushed up to {}", "belonging to {}", "that goes with {}", "pulled in at {}"),
        *("placed at {}", "up to {}", "set at {}", "standing at {}", "that goes to {}", "pushed in at {}"),
    ),
    "opposite": (
        *("straight across from {}", "across the room from {}"),
        *("on the opposite side from {}", "across the way from {}"),
        *("directly opposite {}", "on the other side from {}", "right across from {}"),
    ),
    "left": (
        *("off to the left of {}", "at the left of {}", "on the left hand side of {}", "to the left side of {}"),
        *("to the left hand side of {}", "immediately left of {}", "over to the left of {}", "at the left side of {}"),
        *("directly left of {}", "left from {}", "just to the left of {}", "left side of {}"),
        *("directly to the left of {}", "a bit to the left of {}", "on the immediate left of {}"),
    ),
    "front": (
        *("out in front of {}", "at the front of {}", "in the front of {}"),
        *("to the front of {}", "placed in front of {}", "immediately in front of {}", "up in front of {}"),
    ),
    "behind": (
        *("in the back of {}", "just behind {}", "to the back of {}", "on the back side of {}"),
        *("in the rear of {}", "immediately behind {}", "on the far side of {}", "at the back side of {}"),
    ),
    "left part": (
        *("on the left end of {}", "at the left end of {}"),
        *("on the left hand side of {}", "over on the left of {}"),
    ),
    "corner": (
        *("in a corner", "at the corner of the room", "tucked into the corner"),
        *("over in the corner", "set in the corner"),
        *("in the room's corner", "pushed into the corner", "placed in the corner"),
        *("in the corner area", "in one corner"),
    ),
    "middle": (
        *("in the center", "at the center of the room"),
        *("in the middle of the floor", "right in the middle of the room"),
        *("in the middle", "out in the middle of the room", "in the central part of the room", "in the room's center"),
    ),
    "between": (
        *("in the space between {}", "in the gap between {}", "in the middle between {}"),
        *("directly between {}", "located between {}", "situated between {}"),
        *("sandwiched between {}", "placed between {}"),
    ),
    "left side": ("along the left of the room", "in the left half of the room", "over on the left side of the room"),
}
PLACES |= {
    name.replace("left", "right"): tuple(place.replace("left", "right") for place in PLACES[name])
    for name in ("left", "left part", "left side")
}
"""Where something is, by the relation's name."""

WHERE: dict[str, tuple[str, ...]] = {
    "carries": ("sitting on {them}", "resting on {them}", "lying on {them}", "on {their} top", "set on {them}"),
    "covers": ("below {them}", "beneath {them}", "tucked under {them}", "right under {them}"),
    "has before": ("right in front of {them}", "placed in front of {them}", "just in front of {them}"),
    "has behind": ("right behind {them}", "in back of {them}", "just behind {them}"),
    "has left": ("on the left of {them}", "on {their} left", "on {their} left hand side", "left of {them}"),
    "has next": ("by {them}", "at {their} side", "close to {them}", "right beside {them}"),
    "has above": ("over {them}", "right above {them}", "up above {them}"),
    "has below": ("under {them}", "beneath {them}", "right below {them}"),
}
WHERE |= {"has right": tuple(place.replace("left", "right") for place in WHERE["has left"])}
"""Where something is that the object has."""

RANKS: dict[str, tuple[str, ...]] = {
    "closest": ("closest of all to", "nearest of all to", "least far from", "most near to", "closest by"),
    "farthest": (
        *("most distant from", "farthest off from", "farthest of all from"),
        *("most far from", "furthest off from"),
    ),
    "biggest": ("biggest sized", "largest sized", "bulkiest", "most massive"),
    "smallest": ("tiniest", "smallest sized", "most compact"),
    "tallest": ("most tall",),
    "shortest": ("least tall",),
    "longest": ("lengthiest",),
    "highest": ("topmost", "highest up"),
    "lowest": ("bottommost", "lowest down"),
}
"""Superlatives."""

STARTS = (
    *("show me the {core}", "mark the {core}", "highlight the {core}", "where is the {core}?", "identify the {core}"),
    "click on the {core}",
    *("i am talking about the {core}", "only the {core}"),
    *("this refers to the {core}", "the target is the {core}", "the one i want is the {core}", "get the {core}"),
    *("could you find the {core}?", "please point at the {core}", "look at the {core}", "search for the {core}"),
    *("focus on the {core}", "target: the {core}", "wanted: the {core}", "that would be the {core}", "see the {core}"),
    *("the answer is the {core}", "it should be the {core}", "you will find the {core}", "walk to the {core}"),
    *("segment the {core}", "take the {core}", "head over to the {core}"),
    *("could you show me the {core}?", "get me the {core}"),
    *("the one to choose is the {core}", "your target is the {core}", "what i want is the {core}", "check the {core}"),
    *("the item to find is the {core}", "i'd like the {core}", "let us take the {core}", "we need the {core}"),
    *("can you see the {core}?", "try to find the {core}", "you are asked to find the {core}", "it must be the {core}"),
)
"""Phrases about the one object."""

OPENINGS = (
    *("here is {a}", "we see {a}", "you will see {a}", "one can see {a}", "look for {a}", "the target is {a}"),
    *("we are looking for {a}", "this one is {a}", "find {a}", "what you want is {a}", "i am looking for {a}"),
    *("the thing to find is {a}", "you can find {a} here", "i see {a}", "it would be {a}", "imagine {a}"),
)
"""First sentences of descriptions."""

PUNCTUATED = ("{thing} ({rest})", "{thing} - {rest}", "{thing}: {rest}", "{thing}. {rest}", "{thing}, {rest}")
"""A thing and what is said of it, as notes."""

FACING = (
    *(("turned to {}", "turn to {}"), ("turned towards {}", "are turned towards {}"), ("viewing {}", "view {}")),
    *(("looking straight at {}", "look straight at {}"), ("looking towards {}", "look towards {}")),
    *(("standing before {}", "stand before {}"), ("standing and facing {}", "stand facing {}")),
    *(("positioned in front of {}", "are in front of {}"), ("directly facing {}", "directly face {}")),
    *(("facing straight at {}", "face straight at {}"), ("staring at {}", "stare at {}")),
)
ENTERING = (
    *(("stepping in through {}", "step in through {}"), ("walking through {}", "walk through {}")),
    *(("entering from {}", "enter from {}"), ("passing through {}", "pass through {}")),
    *(("going in through {}", "go in through {}"), ("coming in by {}", "come in by {}")),
)
"""What a viewer does, as "facing the desk" and as "face the desk"."""

WHENS = (
    *("once you {finite}", "imagine you are {doing}", "suppose you are {doing}", "assuming you are {doing}"),
    *("to someone {doing}", "for someone {doing}", "with you {doing}", "seen while {doing}", "for a person {doing}"),
    *("from the point of view of someone {doing}", "let's say you are {doing}", "whenever you {finite}"),
)
"""What leads to a viewer."""

COLORED = ("that {is} {color}", "in {color}", "of {color} color", "with a {color} color", "which {is} {color}")
"""A color behind the noun."""

"""Turns of phrase that few people use: literal tables for `phrases`, `viewers`, `grammar` and `descriptions`.

Each is said now and then, so that whoever learns from the sentences reads what words mean and counts on none.
"""

from less3d.data.sentences.view import swap_left_right

PLACES: dict[str, tuple[str, ...]] = {
    "next": (
        *("alongside {}", "at the side of {}", "off to the side of {}", "side by side with {}", "neighboring {}"),
        *("bordering {}", "to the side of {}", "next door to {}", "close beside {}", "nearby {}"),
        *("abutting {}", "directly at the side of {}", "with {} beside {{them}}"),
    ),
    "near": (
        *("nearby {}", "not far away from {}", "near to {}", "over by {}"),
        *("in the area of {}", "in the neighborhood of {}", "within reach of {}", "a short way from {}"),
        *("in proximity to {}", "not a long way from {}", "a couple of steps from {}", "with {} close by"),
    ),
    "on": (
        *("upon {}", "resting on {}", "set on {}", "placed on top of {}", "on the top of {}", "on the surface of {}"),
        *("up on {}", "lying on top of {}", "perched on {}"),
        *("resting on top of {}", "situated on {}", "standing on {}"),
        *("laid on {}", "with {} underneath {{them}}", "carried by {}"),
    ),
    "under": (
        *("below {}", "directly under {}", "right under {}", "down under {}", "stored under {}", "stuck under {}"),
        *("directly beneath {}", "right underneath {}", "placed under {}", "kept under {}", "lying under {}"),
        *("with {} over {{them}}", "in the space below {}", "hidden under {}"),
    ),
    "above": (
        *("up over {}", "higher up than {}", "over the top of {}", "right over {}", "directly over {}"),
        *("just over {}", "straight above {}", "immediately above {}", "higher than {}"),
        *("with {} below {{them}}", "at a higher place than {}", "up higher than {}"),
    ),
    "below": (
        *("right below {}", "lower than {}", "right under {}", "lower down than {}", "straight below {}"),
        *("just below {}", "down below {}", "immediately below {}", "directly under {}", "directly beneath {}"),
        *("with {} above {{them}}", "at a lower place than {}", "down lower than {}"),
    ),
    "against": (
        *("set against {}", "resting against {}", "backed against {}"),
        *("placed along {}", "flush against {}", "backed up to {}", "up next to {}", "close against {}"),
        *("touching {}", "backing onto {}", "with no space between {{them}} and {}"),
    ),
    "facing": (
        *("turned toward {}", "looking towards {}", "pointing at {}", "oriented toward {}", "pointed towards {}"),
        *("looking at {}", "turned to {}", "pointing towards {}", "directed at {}"),
        *("with {{their}} front toward {}", "that {{is}} looking at {}", "facing in the direction of {}"),
    ),
    "facing away": (
        *("turned away from {}", "with its back to {}", "with its back toward {}", "pointing away from {}"),
        *("looking away from {}", "with its back turned to {}", "oriented away from {}"),
        *("with {{their}} front away from {}", "looking the other way from {}"),
    ),
    "at": (
        *("drawn up to {}", "pushed up to {}", "belonging to {}", "that goes with {}", "pulled in at {}"),
        *("placed at {}", "up to {}", "set at {}", "standing at {}", "that goes to {}", "pushed in at {}"),
        "that {{is}} used at {}",
    ),
    "opposite": (
        *("straight across from {}", "across the room from {}"),
        *("on the opposite side from {}", "across the way from {}"),
        *("directly opposite {}", "on the other side from {}", "right across from {}"),
        *("over on the other side from {}", "on the facing side from {}", "across the floor from {}"),
    ),
    "left": (
        *("off to the left of {}", "at the left of {}", "on the left hand side of {}", "to the left side of {}"),
        *("to the left hand side of {}", "immediately left of {}", "over to the left of {}", "at the left side of {}"),
        *("directly left of {}", "left from {}", "just to the left of {}", "left side of {}"),
        *("directly to the left of {}", "a bit to the left of {}", "on the immediate left of {}"),
        *(
            "on the left hand of {}",
            "past {} on the left",
            "that {{has}} {} on {{their}} right",
            "further left than {}",
        ),
        *("with {} to {{their}} right", "with {} on {{their}} right side", "more to the left than {}"),
    ),
    "front": (
        *("out in front of {}", "at the front of {}", "in the front of {}"),
        *("to the front of {}", "placed in front of {}", "immediately in front of {}", "up in front of {}"),
        *("with {} behind {{them}}", "just before {}", "on the front side of {}"),
    ),
    "behind": (
        *("in the back of {}", "just behind {}", "to the back of {}", "on the back side of {}"),
        *("in the rear of {}", "immediately behind {}", "on the far side of {}", "at the back side of {}"),
        *("hidden behind {}", "past {}", "further back than {}", "with {} in front of {{them}}", "beyond {}"),
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
        *("in the angle of the walls", "at the meeting of the walls", "right in the corner there"),
    ),
    "middle": (
        *("in the center", "at the center of the room"),
        *("in the middle of the floor", "right in the middle of the room"),
        *("in the middle", "out in the middle of the room", "in the central part of the room", "in the room's center"),
        *("away from the walls", "in the open middle of the room", "standing free in the middle of the room"),
    ),
    "between": (
        *("in the space between {}", "in the gap between {}", "in the middle between {}"),
        *("directly between {}", "located between {}", "situated between {}"),
        *("sandwiched between {}", "placed between {}"),
        *("in the midst of {}", "enclosed by {}", "with {} on {{their}} two sides", "that {{is}} between {}"),
    ),
    "left side": ("along the left of the room", "in the left half of the room", "over on the left side of the room"),
}
PLACES |= {
    name.replace("left", "right"): tuple(swap_left_right(place) for place in PLACES[name])
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
    "closest": (
        *("closest of all to", "nearest of all to", "least far from", "most near to", "closest by"),
        *("closer than all others to", "closer than the rest to", "nearer than any other to"),
        *("with the shortest way to", "with the smallest distance to", "with the least space between {them} and"),
    ),
    "farthest": (
        *("most distant from", "farthest off from", "farthest of all from", "most far from", "furthest off from"),
        *("farther than all others from", "further away than the rest from", "more distant than any other from"),
        *("with the longest way to", "with the largest distance to", "with the most space between {them} and"),
        *("least close to", "as far as can be from"),
    ),
    "biggest": ("biggest sized", "largest sized", "bulkiest", "most massive"),
    "smallest": ("tiniest", "smallest sized", "most compact"),
    "tallest": ("most tall",),
    "shortest": ("least tall",),
    "longest": ("lengthiest",),
    "highest": ("topmost", "highest up"),
    "lowest": ("bottommost", "lowest down"),
}
"""Superlatives, before the noun or, of distances, before the other thing."""

RANKS_BEHIND: dict[str, tuple[str, ...]] = {
    "biggest": ("bigger than all the others", "larger than the rest", "of the largest size"),
    "smallest": ("smaller than all the others", "tinier than the rest", "of the smallest size"),
    "tallest": ("taller than all the others", "with the most height", "towering over the rest"),
    "shortest": ("shorter than all the others", "with the least height", "that {does} not reach as high as the rest"),
    "longest": ("longer than all the others", "with the most length", "that {is} the most stretched out"),
    "highest": ("higher than all the others", "placed the highest", "above all the others", "farthest off the ground"),
    "lowest": ("lower than all the others", "placed the lowest", "below all the others", "closest to the ground"),
    "left": (
        *("with all the others on {their} right", "more to the left than the rest", "that {has} none to {their} left"),
        *("at the very left", "where the row begins on the left", "to the left of all the others"),
    ),
}
RANKS_BEHIND["right"] = tuple(swap_left_right(place) for place in RANKS_BEHIND["left"])
"""The same behind the noun."""

COUNTED = (
    *("that {is} {place} if you count from the {side}", "that {is} {place} counting from the {side}"),
    *("that {is} number {number} from the {side}", "{place} when you start on the {side}"),
    *("with {before} to {their} {side}", "at place {number} from the {side}", "{place} in line from the {side}"),
)
"""Ordinals from a side; `before` says how many others come first."""

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
    *("the {core} is what i am looking for", "the {core} is the one to take", "the {core}, that is the one"),
    *("my choice is the {core}", "i am thinking of the {core}", "it is about the {core}", "i would choose the {core}"),
    *("what you need to find is the {core}", "there is the {core}", "note the {core}", "the thing is the {core}"),
    *("of everything here, the {core}", "you should look at the {core}", "spot the {core}", "i refer to the {core}"),
    *("the right answer is the {core}", "have a look at the {core}", "bring me to the {core}", "i can see the {core}"),
    *("can you see the {core}?", "try to find the {core}", "you are asked to find the {core}", "it must be the {core}"),
)
"""Phrases about the one object."""

OPENINGS = (
    *("here is {a}", "we see {a}", "you will see {a}", "one can see {a}", "look for {a}", "the target is {a}"),
    *("we are looking for {a}", "this one is {a}", "find {a}", "what you want is {a}", "i am looking for {a}"),
    *("what we need is {a}", "here you find {a}", "the object to mark is {a}", "think of {a}", "picture {a}"),
    *("the one we want is {a}", "in this room stands {a}", "note {a}"),
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

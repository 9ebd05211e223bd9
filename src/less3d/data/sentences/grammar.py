"""Saying a meaning in English: many ways to say the same thing, drawn as people would."""

from dataclasses import dataclass

import numpy as np

from less3d.data.sentences.lexicon import is_plural, words
from less3d.data.sentences.meaning import OWN, ROW, Meaning, Ranking, Relation, Resolver, View

_COUNTED = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}


@dataclass(frozen=True)
class Parts:
    """The pieces of a sentence: a noun, words before it, phrases that fit after "the chair" and after "it is"."""

    noun: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    ranked: bool
    """Whether the first word before the noun is a superlative, so that only "the" fits."""
    view: str
    """Where the viewer is, such as "facing the desk"; empty when nothing is said."""


def say(meaning: Meaning, resolver: Resolver, row: int, rng: np.random.Generator) -> str:
    """One sentence for a meaning."""
    voice = _Voice(resolver, rng)
    parts = voice.parts(meaning, row)
    return voice.sentence(parts)


class _Voice:
    """Draws words and sentence forms for one sentence."""

    def __init__(self, resolver: Resolver, rng: np.random.Generator) -> None:
        self.resolver = resolver
        self.rng = rng

    def parts(self, meaning: Meaning, row: int) -> Parts:
        noun = self.pick(*words(meaning.noun))
        first = ""
        before = [self.adjective(a.kind, a.value, row) for a in meaning.attributes]
        after = [self.relation(relation, meaning.noun) for relation in meaning.relations]
        views = [relation.view for relation in meaning.relations]
        if meaning.ranking is not None:
            first, last = self.ranking(meaning.ranking)
            before = ([first] if first else []) + before
            after = ([last] if last else []) + after
            views.append(meaning.ranking.view)
        view = next((said for said in map(self.view, views) if said), "")
        return Parts(noun, tuple(before), tuple(after), bool(meaning.ranking and first), view)

    def sentence(self, parts: Parts) -> str:
        thing = " ".join((*parts.before, parts.noun))
        are, these, they = ("are", "these", "they are") if is_plural(parts.noun) else ("is", "this", "it is")
        article = "the " if parts.ranked else "" if are == "are" else self.article(thing)
        if parts.view:
            rest = " ".join(("the", thing, *parts.after[:1], *(f"and {more}" for more in parts.after[1:])))
            return self.any(
                f"{parts.view}, {rest}.",
                f"{parts.view} it is {rest}.",
                f"when {parts.view}, {rest}.",
                f"{rest} when {parts.view}.",
                f"if you are {parts.view}, choose {rest}.",
            )
        if not parts.after:
            return self.any(
                f"the {thing}", f"the {thing}", f"choose the {thing}.", f"{these} {are} {article}{thing}.", f"{thing}"
            )
        clauses = " and ".join(parts.after)
        forms = [
            f"the {thing} {clauses}",
            f"the {thing} that {are} {clauses}.",
            f"{thing} {clauses}",
            f"choose the {thing} {clauses}.",
        ]
        forms += [f"{these} {are} {article}{thing}. {they} {clauses}."] * 3
        forms += (
            [f"the {parts.noun} {are} {clauses}."]
            if not parts.before
            else [f"there {are} {article}{thing}. {they} {clauses}."]
        )
        return self.any(*forms)

    def relation(self, relation: Relation, noun: str) -> str:
        said = [self.name(anchor, noun) for anchor in relation.anchors]
        forms = _PHRASES[relation.name]
        chosen = self.any(*forms)
        if relation.name == "on" and relation.anchors[0].noun == "floor":
            chosen = "on the floor"
        if relation.name in ("on", "against") and relation.anchors[0].noun == "wall":
            chosen = (
                self.any("on the wall", "hanging on the wall")
                if relation.name == "on"
                else self.any("against the wall", "up against the wall")
            )
        return chosen.format(*said)

    def ranking(self, ranking: Ranking) -> tuple[str, str]:
        """Words before the noun and words after it."""
        two = ranking.of == 2
        if ranking.anchor is not None:
            form = self.any(*_SUPERLATIVES[ranking.name])
            return "", form.format(self.name(ranking.anchor, ""))
        if ranking.of is None:
            if ranking.name in ("left", "right"):
                side = ranking.name
                return self.any((side, ""), (f"{side}most", ""), ("", f"on the {side}"), ("", f"on the far {side}"))
            return self.any(*_SUPERLATIVES[ranking.name]), ""
        if two:
            other = "right" if ranking.name == "left" else "left"
            return "", f"on the {other}"
        if 2 * ranking.place == ranking.of + 1:
            return self.any(("middle", ""), ("", "in the middle"))
        return "", f"that is {_ORDINALS[ranking.place]} from the {ranking.name}"

    def view(self, view: View) -> str:
        if view in (OWN, ROW):
            return ""
        at = "" if view.at is None else self.name(view.at, "")
        toward = "" if view.toward is None else self.name(view.toward, "")
        if view.kind == "facing":
            return self.any(f"facing {toward}", f"looking at {toward}", f"facing {toward}")
        if view.kind == "enter":
            return self.any(
                f"entering the room through {at}", f"standing at {at} looking into the room", f"walking in through {at}"
            )
        if not toward:
            return self.any(f"looking from {at}", f"standing at {at}")
        return self.any(f"standing at {at} looking at {toward}", f"looking from {at} to {toward}")

    def name(self, meaning: Meaning, noun: str) -> str:
        """A thing that a sentence mentions."""
        word = self.pick(*words(meaning.noun))
        thing = " ".join((*(self.adjective(a.kind, a.value, None) for a in meaning.attributes), word))
        if meaning.definite or meaning.noun == "wall":
            return f"the {thing}"
        if meaning.noun == noun:
            return f"another {thing}" if not is_plural(word) else f"other {thing}"
        return self.any(f"{'' if is_plural(word) else self.article(thing)}{thing}", f"the {thing}")

    def adjective(self, kind: str, value: str, row: int | None) -> str:
        return self.any(*_ADJECTIVES.get(value, (value,)))

    def article(self, thing: str) -> str:
        return "an " if thing[0] in "aeiou" else "a "

    def any(self, *choices):
        return choices[int(self.rng.integers(len(choices)))]

    def pick(self, *choices: tuple[str, float]) -> str:
        weights = np.cumsum([weight for _, weight in choices])
        return choices[int(np.searchsorted(weights, self.rng.random() * weights[-1]))][0]


_ADJECTIVES: dict[str, tuple[str, ...]] = {
    "gray": ("gray", "grey"),
    "beige": ("beige", "tan", "light brown", "cream"),
    "purple": ("purple", "violet"),
    "wooden": ("wooden", "wood"),
    "round": ("round", "circular"),
}

_PHRASES: dict[str, tuple[str, ...]] = {
    "next": ("next to {}", "next to {}", "beside {}", "right next to {}", "adjacent to {}"),
    "near": ("near {}", "by {}", "close to {}", "near {}"),
    "on": ("on {}", "on top of {}", "sitting on {}"),
    "under": ("under {}", "underneath {}", "beneath {}"),
    "above": ("above {}", "over {}", "directly above {}"),
    "below": ("below {}", "under {}", "underneath {}"),
    "against": ("against {}",),
    "facing": ("facing {}",),
    "carries": ("with {} on it", "with {} on top of it"),
    "covers": ("with {} under it", "with {} underneath"),
    "left": ("to the left of {}", "on the left of {}", "left of {}", "on the left side of {}"),
    "right": ("to the right of {}", "on the right of {}", "right of {}", "on the right side of {}"),
    "front": ("in front of {}", "in front of {}", "directly in front of {}"),
    "behind": ("behind {}", "behind {}", "directly behind {}"),
    "between": ("between {} and {}", "in between {} and {}"),
    "corner": ("in the corner of the room", "in the corner", "located in the corner of the room"),
    "middle": ("in the middle of the room", "in the center of the room"),
}

_SUPERLATIVES: dict[str, tuple[str, ...]] = {
    "closest": ("closest to {}", "closest to {}", "nearest to {}", "nearest {}"),
    "farthest": ("farthest from {}", "furthest from {}", "furthest away from {}"),
    "biggest": ("biggest", "largest"),
    "smallest": ("smallest",),
    "tallest": ("tallest",),
    "shortest": ("shortest",),
    "longest": ("longest",),
    "highest": ("top", "upper", "highest"),
    "lowest": ("bottom", "lower", "lowest"),
}

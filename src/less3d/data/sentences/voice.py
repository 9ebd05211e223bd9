"""Words for single things: nouns, properties and the names of what a sentence mentions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from less3d.data.sentences.draws import pick
from less3d.data.sentences.lexicon import is_plural, plural, rare_words, words
from less3d.data.sentences.meaning import Attribute, Meaning
from less3d.data.sentences.resolver import Resolver
from less3d.data.sentences.verdict import TRUE, UNSURE

T = TypeVar("T")

COLOR_WORDS = frozenset(
    {"gray", "grey", "brown", "beige", "tan", "black", "white", "red", "green", "blue", "purple", "pink", "orange"}
    | {"yellow", "maroon", "cream", "violet", "silver"}
)
RARE = 0.2
"""Share of words and turns that are drawn from those few people use, where there are any."""


@dataclass(frozen=True)
class Name:
    """A thing as a sentence mentions it, such as "the brown desk"."""

    text: str
    many: bool

    def __str__(self) -> str:
        return self.text


class Voice:
    """Draws the words of one sentence."""

    def __init__(self, resolver: Resolver, rng: np.random.Generator) -> None:
        self.resolver = resolver
        self.scene = resolver.scene
        self.rng = rng

    def chance(self, share: float) -> bool:
        """True in this share of all calls."""
        return bool(self.rng.random() < share)

    def any(self, *choices: T) -> T:
        """One of the choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def seldom(self, common: Sequence[T], rare: Sequence[T]) -> T:
        """One of the common choices; now and then a rare one."""
        return self.any(*(rare if rare and self.chance(RARE) else common))

    def noun(self, noun: str) -> str:
        """A word for a noun."""
        rare = rare_words(noun)
        return self.any(*rare) if rare and self.chance(RARE) else pick(self.rng, words(noun))

    def adjective(self, attribute: Attribute, row: int | None) -> str:
        """A word for a property, finer than its value where the object itself allows it."""
        if attribute.kind == "color":
            return self._color(attribute.value, row)
        category = "" if row is None else self.scene.objects[row].category
        if attribute.value == "metal" and category in _STEEL and self.chance(0.5):
            return self.any("stainless steel", "steel")
        if attribute.value == "ceramic" and category in _GLAZED and self.chance(0.7):
            return "porcelain"
        return self.any(*_ADJECTIVES.get(attribute.value, (attribute.value,)))

    def name(self, meaning: Meaning, noun: str = "", *, new: float = 0.1) -> Name:
        """Something a sentence about `noun` mentions; `new` is the share of "a" where "the" would do."""
        word = self.noun(meaning.noun)
        row = self.resolver.only(meaning) if meaning.definite else None
        thing = " ".join((*(self.adjective(a, row) for a in meaning.attributes), word))
        tail = "".join(f" {self._locative(relation.name, relation.anchors)}" for relation in meaning.relations)
        many = is_plural(word)
        if meaning.definite:
            unsaid = meaning.noun != noun and self.chance(new)
            return Name(f"{article(thing) if unsaid else 'the '}{thing}{tail}", many)
        if meaning.noun == "wall":
            return Name(self.any("the wall", "the wall", "the wall", "a wall"), many)
        if meaning.noun == noun:
            known = self.resolver.verdicts(Meaning(noun))
            pair = bool((known == TRUE).sum() == 2 and (known == UNSURE).sum() == 0)
            other = "the other" if pair and self.chance(0.7) else "other" if many else "another"
            return Name(f"{other} {thing}", many)
        form = pick(self.rng, ((article(thing), 0.55), ("the ", 0.27), ("one of the ", 0.18)))
        return (
            Name(f"one of the {plural(thing)}", False)
            if form == "one of the " and not many
            else Name(form + thing, many)
        )

    def pair(self, first: Meaning, second: Meaning, noun: str) -> str:
        """Two things that something is between."""
        count = int((self.resolver.verdicts(first) == TRUE).sum())
        if first == second and not is_plural(first.noun):
            several = plural(self.noun(first.noun))
            other = "other " if first.noun == noun else ""
            if count == 2 and not other and self.chance(0.1):
                return f"both {several}"
            return f"the two {other}{several}" if count == 2 or (other and count == 3) else f"two {other}{several}"
        one, two = self.name(first, noun).text, self.name(second, noun).text
        return (
            f"{one} and {two.removeprefix('the ')}"
            if self.chance(0.15) and two.startswith("the ")
            else f"{one} and {two}"
        )

    def _locative(self, name: str, anchors: tuple[Meaning, ...]) -> str:
        """Where a mentioned thing is, in few words."""
        form = {
            "corner": "in the corner",
            "middle": "in the middle of the room",
            "next": "next to {}",
            "near": "by {}",
            "on": "on {}",
        }
        return form[name].format(*(self.name(anchor) for anchor in anchors))

    def _color(self, value: str, row: int | None) -> str:
        plain, dark, light = _COLORS.get(value, ((value,), (f"dark {value}",), (f"light {value}",)))
        level = 0.4 if row is None else self.scene.luminance[row]
        metal = row is not None and self.scene.objects[row].material == "metal"
        if value == "gray" and metal and self.chance(0.4):
            return "silver"
        if level < 0.25 and dark and self.chance(0.4):
            return self.any(*dark)
        if level > 0.55 and light and self.chance(0.3):
            return self.any(*light)
        word = self.any(*plain)
        return f"{word} colored" if self.chance(0.03) and " " not in word else word


def article(thing: str) -> str:
    """The indefinite article of a phrase with a space after it; nothing before a plural."""
    if is_plural(thing) or thing.startswith(_UNCOUNTED):
        return ""
    return "an " if thing[0] in "aeiouL" and not thing.startswith(("uni", "uti")) else "a "  # an L shaped desk


_STEEL = frozenset({"sink", "refrigerator", "mini fridge", "stove", "oven", "microwave", "dishwasher", "range hood"})
_GLAZED = frozenset({"toilet", "sink", "bathtub"})
_UNCOUNTED = ("toilet paper", "clothing")

_ADJECTIVES: dict[str, tuple[str, ...]] = {
    "wooden": ("wooden", "wooden", "wood"),
    "round": ("round", "round", "circular"),
    "rectangular": (*("rectangular",) * 5, "rectangle", "rectangle shaped"),
    "square": (*("square",) * 4, "square shaped"),
    "fabric": ("fabric", "cloth"),
    "L-shaped": ("L-shaped", "L shaped"),
    "cylindrical": ("cylindrical", "cylindrical", "round"),
    "metal": (*("metal",) * 4, "steel"),
}

_COLORS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "gray": (("gray", "gray", "grey"), ("dark gray", "dark grey"), ("light gray", "light grey")),
    "brown": (("brown",), ("dark brown",), ("light brown",)),
    "beige": (("beige", "tan", "tan"), (), ("beige", "cream", "cream colored")),
    "black": (("black",), (), ()),
    "white": (("white",), (), ()),
    "red": (("red",), ("dark red", "maroon"), ("light red",)),
    "green": (("green",), ("dark green", "olive green"), ("light green",)),
    "blue": (("blue",), ("dark blue", "navy blue"), ("light blue",)),
    "purple": (("purple", "purple", "violet"), ("dark purple",), ("light purple",)),
    "pink": (("pink",), (), ("light pink",)),
    "orange": (("orange",), (), ()),
    "yellow": (("yellow",), (), ("light yellow",)),
}
"""Words for a color: any, for dark objects, for light ones."""

"""Pairs of sentences that swap who is meant and who is mentioned.

"The chair left of the table", "the table left of the chair": both are true of one object each, and only the order of
the words tells which is meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from less3d.data.rooms.room import Room
from less3d.data.sentences import habits
from less3d.data.sentences.describe import targets, well_said
from less3d.data.sentences.lexicon import nouns
from less3d.data.sentences.meaning import OWN, Attribute, Meaning, Relation, View
from less3d.data.sentences.resolver import Resolver
from less3d.data.sentences.scene import measure
from less3d.data.sentences.verdict import FALSE
from less3d.data.sentences.viewers import view_before
from less3d.data.sentences.voice import Voice, article
from less3d.referral import Referral

SIDES = {"left": "to the left of", "right": "to the right of", "front": "in front of", "behind": "behind"}
EVEN = {"next": "next to", "near": "near"}
"""Relations that hold both ways; where they are all that is left, the noun still decides which of two is meant."""

_STARTS = ("the", "the", "choose the", "it is the", "find the")


@dataclass(frozen=True)
class Swap:
    """Two meanings with the nouns of target and anchor exchanged, and the rows that they mean."""

    first: Meaning
    second: Meaning
    rows: tuple[int, int]
    look_alikes: bool
    """Whether a class of the two has more than one object in the room."""

    @property
    def relation(self) -> Relation:
        """What the two meanings share."""
        return self.first.relations[0]


def role_swaps(room: Room, rng: np.random.Generator, *, count: int) -> tuple[tuple[Referral, Referral], ...]:
    """Up to `count` pairs about a room: first those with look-alikes, and sides before relations that hold both ways.

    No two pairs are about the same two classes in the same relation. The same room and generator give the same pairs.
    """
    resolver = Resolver(measure(room))
    found = list(swaps(resolver))
    order = rng.permutation(len(found)).tolist()
    order.sort(key=lambda place: (found[place].relation.name in EVEN, not found[place].look_alikes))
    chosen: dict[tuple[str, str, str], Swap] = {}
    for place in order:
        swap = found[place]
        first, second = sorted(resolver.scene.objects[row].category for row in swap.rows)
        chosen.setdefault((first, second, "even" if swap.relation.name in EVEN else swap.relation.name), swap)
    return tuple(_worded(room, resolver, swap, rng) for swap in list(chosen.values())[:count])


def swaps(resolver: Resolver) -> Iterator[Swap]:
    """Every swap that the geometry surely allows, with nouns that mean different things."""
    rows = targets(resolver.scene)
    nouns_of = {noun: resolver.verdicts(Meaning(noun)) for row in rows for noun, _ in nouns(_category(resolver, row))}
    plain = [Meaning(noun) for noun in sorted(nouns_of)]
    colored = sorted({name for row in rows for name in _colored(resolver, row)}, key=repr)
    views = [OWN, *_stated(resolver, plain)]
    for one, other in combinations((*plain, *colored), 2):
        if (nouns_of[one.noun] & nouns_of[other.noun]).any():
            continue
        even = () if one.attributes or other.attributes else tuple(EVEN)
        for view in views:
            if view.toward is None or not _may_be(resolver, view.toward, one, other):
                for name in (*SIDES, *even) if view == OWN else SIDES:
                    swap = _swap(resolver, (one, other), name, view)
                    if swap is not None and set(swap.rows) <= set(rows):
                        yield swap


def _category(resolver: Resolver, row: int) -> str:
    return resolver.scene.objects[row].category


def _colored(resolver: Resolver, row: int) -> list[Meaning]:
    """An object by its color, where there are others of its kind."""
    color = resolver.scene.properties[row].get("color")
    known = [noun for noun, _ in nouns(_category(resolver, row)) if resolver.only(Meaning(noun)) is None]
    return [] if color is None else [Meaning(noun, (Attribute("color", color),)) for noun in known]


def _may_be(resolver: Resolver, toward: Meaning, one: Meaning, other: Meaning) -> bool:
    """Whether what the viewer looks at may be one of the two."""
    place = resolver.only(toward)
    return any(resolver.verdicts(Meaning(name.noun))[place] != FALSE for name in (one, other))


def _stated(resolver: Resolver, plain: list[Meaning]) -> list[View]:
    """Viewers who look squarely at the only thing of a class that has a front."""
    rows = {name: resolver.only(name) for name in plain if name.noun in habits.VIEWER_SIDES}
    fronted = [name for name, row in rows.items() if row is not None and not np.isnan(resolver.scene.front[row, 0])]
    return [View("facing", toward=name) for name in fronted]


def _swap(resolver: Resolver, names: tuple[Meaning, Meaning], name: str, view: View) -> Swap | None:
    """The two meanings, when each surely means one object and people would say both."""
    if view == OWN and name in habits.ANCHORS and not {one.noun for one in names} <= habits.ANCHORS[name]:
        return None
    definite = all(resolver.only(one) is not None for one in names)
    first, second = (
        replace(target, relations=(Relation(name, (replace(anchor, definite=definite),), view),))
        for target, anchor in (names, names[::-1])
    )
    rows = resolver.only(first), resolver.only(second)
    if rows[0] is None or rows[1] is None:
        return None
    if not well_said(resolver, rows[0], first) or not well_said(resolver, rows[1], second):
        return None
    alike = any(resolver.only(Meaning(one.noun)) is None for one in names)
    return Swap(first, second, (rows[0], rows[1]), look_alikes=alike)


def _worded(room: Room, resolver: Resolver, swap: Swap, rng: np.random.Generator) -> tuple[Referral, Referral]:
    """Both sentences, in the same words but for the nouns' places."""
    voice = Voice(resolver, rng)
    words = {meaning.noun: _words(voice, meaning) for meaning in (swap.first, swap.second)}
    view = view_before(voice, swap.relation.view, "")
    start = f"{view}, {voice.any('the', 'the', 'it is the')}" if view else voice.any(*_STARTS)
    form = {**SIDES, **EVEN}[swap.relation.name]
    told = []
    for meaning, row in zip((swap.first, swap.second), swap.rows, strict=True):
        anchor = meaning.relations[0].anchors[0]
        word = words[anchor.noun]
        named = f"the {word}" if anchor.definite else f"{article(word)}{word}"
        item = resolver.scene.objects[row]
        told.append(
            Referral(
                scan=room.name,
                sentence=f"{start} {words[meaning.noun]} {form} {named}",
                targets=(item.instance,),
                label=item.category,
                unique=len(resolver.scene.rows(item.category)) == 1,
                tags=(swap.relation.name,),
                source="rooms",
            )
        )
    return told[0], told[1]


def _words(voice: Voice, meaning: Meaning) -> str:
    """The noun with its color."""
    return " ".join((*(attribute.value for attribute in meaning.attributes), voice.noun(meaning.noun)))

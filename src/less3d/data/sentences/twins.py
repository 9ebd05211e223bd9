"""Twins: meanings that differ in one part, or in who is meant and who is mentioned, and mean another object."""

from collections.abc import Iterator
from dataclasses import replace

from less3d.data.sentences import habits
from less3d.data.sentences.meaning import OWN, Meaning
from less3d.data.sentences.resolver import Resolver

OPPOSITE = {"closest": "farthest", "biggest": "smallest", "tallest": "shortest", "highest": "lowest", "left": "right"}
OPPOSITE |= {"front": "behind", "above": "below", "left side": "right side", "left part": "right part"}
OPPOSITE |= {other: one for one, other in OPPOSITE.items()}
"""Words that turn a sentence into its opposite."""
_EXCHANGED = frozenset({"left", "right", "front", "behind", "next", "near", "above", "below", "on"})
"""Relations of two things of which each can be described by the other."""


def twins(resolver: Resolver, row: int, meaning: Meaning, rows: frozenset[int]) -> list[tuple[int, Meaning]]:
    """Every meaning that differs so from this one and surely means another object of `rows`."""
    found = [(resolver.only(twin), twin) for twin in _changed(resolver, meaning)]
    return [(other, twin) for other, twin in found if other is not None and other != row and other in rows]


def _changed(resolver: Resolver, meaning: Meaning) -> Iterator[Meaning]:
    ranking = meaning.ranking
    if ranking is not None and ranking.name in OPPOSITE:
        yield replace(meaning, ranking=replace(ranking, name=OPPOSITE[ranking.name]))
    for index, relation in enumerate(meaning.relations):
        if relation.name in OPPOSITE:
            other = replace(relation, name=OPPOSITE[relation.name])
            yield replace(meaning, relations=(*meaning.relations[:index], other, *meaning.relations[index + 1 :]))
    for index, attribute in enumerate(meaning.attributes):
        known = (known.get(attribute.kind) for known in resolver.scene.properties)
        for value in sorted({value for value in known if value is not None} - {attribute.value}):
            other = replace(attribute, value=value)
            yield replace(meaning, attributes=(*meaning.attributes[:index], other, *meaning.attributes[index + 1 :]))
    yield from _exchanged(resolver, meaning)


def _exchanged(resolver: Resolver, meaning: Meaning) -> Iterator[Meaning]:
    """Who is meant and who is mentioned exchanged: "the table left of the chair" for "the chair left of the table"."""
    if meaning.ranking is not None or len(meaning.relations) != 1 or len(meaning.relations[0].anchors) != 1:
        return
    (relation,), target = meaning.relations, replace(meaning, relations=())
    (anchor,) = relation.anchors
    usual = relation.view != OWN or target.noun in habits.ANCHORS.get(relation.name, {target.noun})
    if relation.name in _EXCHANGED and not relation.negated and not anchor.relations and usual:
        mentioned = replace(target, definite=resolver.only(target) is not None)
        yield replace(anchor, relations=(replace(relation, anchors=(mentioned,)),), definite=True)

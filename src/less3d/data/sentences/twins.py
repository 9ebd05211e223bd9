"""Twins: meanings that differ in one part and mean another object, so that one word decides."""

from collections.abc import Iterator
from dataclasses import replace

from less3d.data.sentences.meaning import Meaning
from less3d.data.sentences.resolver import Resolver

OPPOSITE = {"closest": "farthest", "biggest": "smallest", "tallest": "shortest", "highest": "lowest", "left": "right"}
OPPOSITE |= {"front": "behind", "above": "below", "left side": "right side", "left part": "right part"}
OPPOSITE |= {other: one for one, other in OPPOSITE.items()}
"""Words that turn a sentence into its opposite."""


def twins(resolver: Resolver, row: int, meaning: Meaning, rows: frozenset[int]) -> list[tuple[int, Meaning]]:
    """Every meaning that differs in one word from this one and surely means another object of `rows`."""
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

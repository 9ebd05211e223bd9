"""A second wording of the same meanings, for tests only: what was learned from `grammar` alone will not help here.

Sentence frames, connectives, relations, ranks and viewers are worded in ways that the first wording never uses, and
some nouns by rarer words. The meaning, and so the object meant, stays the same.
"""

from collections.abc import Sequence

import numpy as np

from less3d.data.sentences.draws import pick
from less3d.data.sentences.lexicon import is_plural, plural, words
from less3d.data.sentences.meaning import OWN, ROW, Attribute, Meaning, Ranking, Relation, View
from less3d.data.sentences.second_tables import ADJECTIVES, FRAMES, NOUNS, PLACES, RANKS, VIEWS
from less3d.data.sentences.voice import article

_RARE_NOUNS = 0.3
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def reword(meaning: Meaning, rng: np.random.Generator) -> str:
    """A meaning in English that shares no turn of phrase with what `grammar.say` makes of it."""
    return _Wording(rng).sentence(meaning)


class _Wording:
    """Draws the words of one sentence."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def sentence(self, meaning: Meaning) -> str:
        """The whole sentence."""
        noun = self.noun(meaning.noun)
        thing = " ".join((*(self.adjective(attribute) for attribute in meaning.attributes), noun))
        clues = self.clues(meaning)
        many = is_plural(noun)
        slots = {
            "thing": thing,
            "a_thing": article(thing) + thing,
            "several": plural(noun),
            "one": " ".join((*thing.split()[: len(thing.split()) - len(noun.split())], "ones" if many else "one")),
            "first": clues[0] if clues else "",
            "clues": _listed(clues),
            "be": "are" if many else "is",
            "this": "these" if many else "this",
        }
        frame = self.any(FRAMES["bare" if not clues else "single" if len(clues) == 1 else "several"])
        said = frame.format_map(slots)
        view = self.view(meaning)
        said = f"{view} {said}" if view else said
        told = [part[0].upper() + part[1:] for part in said.split("? ")]
        return "? ".join(told) + ("" if said.endswith("?") else ".")

    def any(self, choices: Sequence[str]) -> str:
        """One of the choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def noun(self, noun: str) -> str:
        """A word for a noun, sometimes one that the first wording does not know."""
        if noun in NOUNS and self.rng.random() < _RARE_NOUNS:
            return self.any(NOUNS[noun])
        return pick(self.rng, words(noun))

    def adjective(self, attribute: Attribute) -> str:
        """A word for a property."""
        if attribute.kind == "color":
            return self.any((f"{attribute.value}-toned", f"{attribute.value}-hued", attribute.value))
        return self.any(ADJECTIVES.get(attribute.value, (attribute.value,)))

    def clues(self, meaning: Meaning) -> list[str]:
        """What fits behind "is", for each relation and then the rank among all that are left."""
        found = [self.relation(relation, meaning.noun) for relation in meaning.relations]
        if meaning.ranking is not None:
            rank = self.rank(meaning.ranking, meaning.noun)
            found.append(f"of all such, the one {rank}" if found else rank)
        return found

    def relation(self, relation: Relation, noun: str) -> str:
        """A relation as what fits behind "is"."""
        names = [self.name(anchor, noun) for anchor in relation.anchors]
        if relation.name == "surrounded":
            names = [plural(self.noun(relation.anchors[0].noun))]
        kind = relation.name
        if kind == "between" and relation.anchors[0] == relation.anchors[1]:
            kind, names = "between two", [plural(self.noun(relation.anchors[0].noun))]
        if kind == "on" and relation.anchors[0].noun in ("wall", "floor"):
            kind = f"on {relation.anchors[0].noun}"
        place = self.any(PLACES[kind]).format(*names)
        return f"by no means {place}" if relation.negated else place

    def rank(self, ranking: Ranking, noun: str) -> str:
        """A superlative or ordinal as what fits behind "the one"."""
        anchor = "" if ranking.anchor is None else self.name(ranking.anchor, noun)
        if ranking.of is None:
            return self.any(RANKS[ranking.name]).format(anchor)
        counted = "nth left" if ranking.name == "left" else "nth right" if ranking.name == "right" else "nth"
        number, total = (_NUMBERS[n] if n < len(_NUMBERS) else str(n) for n in (ranking.place, ranking.of))
        if counted != "nth":
            return self.any(RANKS[counted]).format(number=number, total=total)
        by = self.any(RANKS[f"by {ranking.name}"]).format(anchor)
        return self.any(RANKS["nth"]).format(number=number, by=by)

    def name(self, meaning: Meaning, noun: str) -> str:
        """Something that the sentence mentions."""
        if meaning.noun == "wall":
            return "some wall"
        thing = " ".join((*(self.adjective(attribute) for attribute in meaning.attributes), self.noun(meaning.noun)))
        places = "".join(f" {self.relation(relation, meaning.noun)}" for relation in meaning.relations)
        if meaning.definite:
            return f"the {thing}{places}"
        if meaning.noun == noun:
            return f"{'further' if is_plural(thing) else 'a fellow'} {thing}"
        return f"{'some' if is_plural(thing) else self.any(('some', 'any one'))} {thing}"

    def view(self, meaning: Meaning) -> str:
        """Where the viewer is, to begin the sentence with; empty for a viewer that need not be named."""
        views = [relation.view for relation in meaning.relations]
        views += [] if meaning.ranking is None else [meaning.ranking.view]
        stated = next((view for view in views if view not in (OWN, ROW)), None)
        return "" if stated is None else self._viewed(stated, meaning.noun)

    def _viewed(self, view: View, noun: str) -> str:
        at = "" if view.at is None else self.name(view.at, noun)
        toward = "" if view.toward is None else self.name(view.toward, noun)
        kind = view.kind if view.toward is not None or view.kind != "from" else "from only"
        return self.any(VIEWS[kind]).format(at=at, toward=toward)


def _listed(clues: Sequence[str]) -> str:
    """Clues one after the other."""
    return "".join(clues[:1]) + "".join(
        f"; {clue}" if clue.startswith("of all") else f", plus {clue}" for clue in clues[1:]
    )

"""The pieces of a sentence about one object, drawn once and put in order by `grammar` and `descriptions`."""

from dataclasses import dataclass

from less3d.data.sentences import facts, habits
from less3d.data.sentences.lexicon import is_plural
from less3d.data.sentences.meaning import OWN, Meaning, View
from less3d.data.sentences.phrases import Clause, ranking_clause, relation_clause
from less3d.data.sentences.sizes import apparent_size
from less3d.data.sentences.verdict import TRUE, UNSURE
from less3d.data.sentences.voice import Voice


@dataclass(frozen=True)
class Parts:
    """The pieces of a sentence about one object, or about a pair of things that is one object."""

    noun: str
    meant: str
    """The noun that `noun` is a word for."""
    adjectives: tuple[str, ...]
    clauses: tuple[Clause, ...]
    """The rank, if there is one, comes first."""
    rivals: int
    """How many objects the noun alone means, 0 when that is not sure."""
    category: str
    """The object's class."""
    room: str
    """The room as it is called: "the kitchen"."""

    @property
    def many(self) -> bool:
        """Whether the noun is a plural."""
        return is_plural(self.noun)

    @property
    def thing(self) -> str:
        """The noun with its plain adjectives: "brown wooden chair"."""
        return " ".join((*self.adjectives, self.noun))

    @property
    def ranked(self) -> str:
        """The noun with everything that stands before it: "second brown chair"."""
        return " ".join((*(clause.before for clause in self.clauses if clause.before), self.thing))

    def fill(self, text: str) -> str:
        """Text with its places filled for one thing or several."""
        if self.many:
            return text.format_map(_MANY)
        return text.format_map(_ONE)

    @property
    def view(self) -> View:
        """The viewer that must be stated, or the silent one of a row."""
        return next((clause.view for clause in self.clauses if clause.view != OWN), OWN)


def parts_of(voice: Voice, meaning: Meaning, row: int) -> Parts:
    """Draw a noun, adjectives and clauses for a meaning that is the object `row`."""
    scene = voice.scene
    noun = voice.noun(meaning.noun)
    hung = bool(scene.support[row] >= 0) and scene.objects[scene.support[row]].category == "wall"
    adjectives = [voice.adjective(attribute, row) for attribute in meaning.attributes]
    fixed = scene.objects[row].category in habits.FIXED
    clauses = [relation_clause(voice, part, meaning.noun, hung=hung, fixed=fixed) for part in meaning.relations]
    if meaning.ranking is not None:
        rest = Meaning(meaning.noun, meaning.attributes, meaning.relations)
        rivals = int((voice.resolver.verdicts(rest) > 0).sum())
        clauses.insert(0, ranking_clause(voice, meaning.ranking, meaning.noun, rivals))
    same = voice.resolver.verdicts(Meaning(meaning.noun))
    rivals = 0 if (same == UNSURE).any() else int((same == TRUE).sum())
    size = apparent_size(voice, row, same) if voice.chance(0.35) else None
    if size is not None and not any(clause.before for clause in clauses):
        adjectives.insert(0, size)
    if len(adjectives) > 1 and voice.chance(0.1):
        adjectives = [f"{word}," for word in adjectives[:-1]] + adjectives[-1:]
    category, room = scene.objects[row].category, facts.place(voice, scene.kind)
    return Parts(noun, meaning.noun, tuple(adjectives), tuple(clauses), rivals, category, room)


_ONE = {"it": "it", "is": "is", "has": "has", "does": "does", "them": "it", "their": "its", "one": "one"}
_ONE |= {"sits": "sits", "stands": "stands"}
_MANY = {"it": "they", "is": "are", "has": "have", "does": "do", "them": "them", "their": "their", "one": "ones"}
_MANY |= {"sits": "sit", "stands": "stand"}
ITS = "it's"

"""`Meaning`: what a referring expression says, as a logical form. `Resolver` says what it can mean in a room."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attribute:
    """A property by its own name, such as color "brown" or material "wooden"."""

    kind: str
    """"color", "material", "shape" or, of doors, "state"."""
    value: str


@dataclass(frozen=True)
class View:
    """Where a viewer stands and looks.

    - "own": in front of the anchor of the relation, looking at it.
    - "facing": looks at the front of `toward`, squarely.
    - "enter": comes in through the door `at`, looking straight into the room.
    - "from": stands at `at`, looking at `toward`; at the anchor of the relation when there is no `toward`.
    - "row": looks at a row of equal things from the side they all face.
    """

    kind: str
    at: "Meaning | None" = None
    toward: "Meaning | None" = None


OWN = View("own")
ROW = View("row")


@dataclass(frozen=True)
class Relation:
    """One clause: the object stands in the relation `name` to something that each anchor can mean."""

    name: str
    anchors: tuple["Meaning", ...] = ()
    view: View = OWN
    negated: bool = False


@dataclass(frozen=True)
class Ranking:
    """One superlative or ordinal: the object is number `place` of all that the rest of the meaning leaves.

    `of` is how many there are; None when the sentence does not depend on it.
    """

    name: str
    anchor: "Meaning | None" = None
    view: View = OWN
    place: int = 1
    of: int | None = None


@dataclass(frozen=True)
class Meaning:
    """An object of the class `noun` with all these attributes and relations, and the rank among all such.

    A definite meaning ("the desk") must fit one object only; an indefinite one ("a desk") may fit several.
    """

    noun: str
    attributes: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()
    ranking: Ranking | None = None
    definite: bool = True

    def mentions(self) -> tuple["Meaning", ...]:
        """Everything else the sentence speaks about, places of viewers included."""
        direct = [name for relation in self.relations for name in relation.anchors]
        views = [relation.view for relation in self.relations]
        if self.ranking is not None:
            direct += [] if self.ranking.anchor is None else [self.ranking.anchor]
            views.append(self.ranking.view)
        direct += [name for view in views for name in (view.at, view.toward) if name is not None]
        return (*direct, *(deeper for name in direct for deeper in name.mentions()))

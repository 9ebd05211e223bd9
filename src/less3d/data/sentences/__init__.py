"""Referring expressions for a room: sentences that are true of one object and of no other."""

from less3d.data.sentences.describe import Expression, describe, express
from less3d.data.sentences.lexicon import class_words
from less3d.data.sentences.meaning import Attribute, Meaning, Ranking, Relation, View
from less3d.data.sentences.resolver import Resolver
from less3d.data.sentences.role_swaps import role_swaps
from less3d.data.sentences.scene import Scene, measure
from less3d.data.sentences.second_wording import reword
from less3d.data.sentences.view import has_view_words, swap_left_right

__all__ = [
    "Attribute",
    "Expression",
    "Meaning",
    "Ranking",
    "Relation",
    "Resolver",
    "Scene",
    "View",
    "class_words",
    "describe",
    "express",
    "has_view_words",
    "measure",
    "reword",
    "role_swaps",
    "swap_left_right",
]

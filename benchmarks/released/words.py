"""Words never understood: those without which people's sentences are answered as well as with them.

A word is taken out of each sentence that says it, and the rest is asked again. What the network makes of the word is
what the answers lose. Two things would mislead here. Many words are not needed, as "wooden" is where there is one
table: where the object is found (an IoU over .25) with the word and without it, nothing is learned about the word, so
these sentences are set aside; this looks at both answers alike and favors neither. And an answer that ignores a word is
still not quite the same without it, so it takes a gain of .01 in mIoU to count as understood at all. A word is *never
understood* when at least five sentences are left and their mean IoU with the word is less than that above their mean
IoU without it.

What is left of a sentence may be bad English, which costs something too and makes a word look understood, so the list
may lack words. Nor does it say why a word is on it: where a sentence fails over another word, this one cannot help. It
has most to say of words in many sentences; of five, chance decides much. Words without content, and those that address
the reader, are not judged.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from less3d.referral import Referral
from less3d.text.tokens import words_of
from released.ask import SENTENCE, Asked, Rows

LEAST_SENTENCES = 5
FOUND = 0.25
LEAST_GAIN = 0.01
WITHOUT = "without "
"""What the questions are called, before the word."""

_SILENT = """
a an the this that these those there it it's its they them that's is are was be being has have had of to from at by with
for as and or but if when while so than then also just which who what where you your i we me one ones other another some
any all each thing item object items objects can will would should do does choose select pick find look looking want
correct walk seen located like into out up
"""
SILENT = frozenset(_SILENT.split())
"""Words that are not judged."""


def judged_words(sentences: Iterable[str]) -> frozenset[str]:
    """The words with content that enough sentences say."""
    counts = Counter(word for sentence in sentences for word in set(words_of(sentence)))
    return frozenset(word for word, count in counts.items() if count >= LEAST_SENTENCES and word not in SILENT)


def word_questions(rows: Sequence[Referral], words: frozenset[str]) -> Asked:
    """By word, the sentences of a scan that say it, without it; those in which nothing would be left are not asked."""
    asked: dict[str, list[tuple[Referral, str]]] = {}
    for row in rows:
        for word in sorted(words.intersection(words_of(row.sentence))):
            if words_of(rest := without(row.sentence, word)):
                asked.setdefault(WITHOUT + word, []).append((row, rest))
    return asked


def without(sentence: str, word: str) -> str:
    """The sentence with a word taken out, wherever it stands."""
    rest = re.sub(rf"(?<![\w']){re.escape(word)}(?![\w'])", "", sentence.replace("’", "'"), flags=re.IGNORECASE)
    return " ".join(rest.split())


def judge_words(rows: Rows) -> dict[str, Any]:
    """Every word that can be judged, and which of them are never understood, the commonest first.

    Of each: how many sentences say it, how many of them need it, and the mIoU of the latter with and without the word.
    """
    full = {row.record: row.iou for row in rows[SENTENCE]}
    judged: dict[str, dict[str, Any]] = {}
    for question, scored in rows.items():
        if question.startswith(WITHOUT):
            pairs = np.array([(full[row.record], row.iou) for row in scored])
            needed = pairs[pairs.min(axis=1) <= FOUND]
            if len(needed) >= LEAST_SENTENCES:
                means = dict(zip(("with", "without"), needed.mean(axis=0).tolist(), strict=True))
                judged[question.removeprefix(WITHOUT)] = {"sentences": len(pairs), "needed": len(needed), **means}
    judged = dict(sorted(judged.items(), key=lambda item: (-item[1]["needed"], item[0])))
    never = [word for word, row in judged.items() if row["with"] - row["without"] < LEAST_GAIN]
    return {"judged": judged, "never_understood": never}

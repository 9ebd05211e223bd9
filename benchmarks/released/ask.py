"""Sets of scans, each set once and then asked every question: the code path of `Segmenter`, and so of the product.

Four questions are asked of every set: the full sentences; the class word alone ("the chair"); the full sentences of
other objects of the same scan, whose score says how much a mask is worth that has nothing to do with the sentence; and
as many sentences of other scans about classes that are not in this one, to which the right answer is that nothing is
meant.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from rich.progress import track

from less3d.data.absent import borrowed
from less3d.data.dataset import with_splits
from less3d.data.folder import Folder
from less3d.data.sentences import class_words
from less3d.metrics import SentenceScore, score_sentence
from less3d.predict import Segmenter
from less3d.referral import Masks, Referral
from less3d.scan import Scan

SENTENCE, CLASS_WORD, OTHER, ABSENT = "sentence", "class word", "other sentence", "absent"

Asked = Mapping[str, Sequence[tuple[Referral, str]]]
"""By question: what answers are scored against, and the words that are asked."""
Rows = Mapping[str, Sequence[SentenceScore]]
"""By question: the scores, in the order of what was asked."""


def ask_all(segmenter: Segmenter, data: Folder, title: str, more: Callable[[str, Scan], Asked]) -> Rows:
    """Ask the four questions, and more, of every scan of a data set.

    Args:
        segmenter: what answers.
        data: its scans name instances and classes.
        title: of the progress bar.
        more: gives, for a scan's name and the scan, what else is asked of it.
    """
    rng = np.random.default_rng(0)
    rows: defaultdict[str, list[SentenceScore]] = defaultdict(list)
    for name in track(data.scans, title):
        scan = data.read(name)
        for question, scored in ask(segmenter, scan, {**_four(data, name, scan, rng), **more(name, scan)}).items():
            rows[question] += scored
    return rows


def ask(segmenter: Segmenter, scan: Scan, asked: Asked) -> dict[str, list[SentenceScore]]:
    """Answer and score what is asked of one scan; what several questions share is answered once."""
    assert scan.instances is not None
    masks = Masks.of_instances(scan.instances)
    sentences = list(dict.fromkeys(sentence for pairs in asked.values() for _, sentence in pairs))
    answers = dict(zip(sentences, segmenter.set_scan(scan).segment(sentences), strict=True))

    def scored(pairs: Sequence[tuple[Referral, str]]) -> Iterator[SentenceScore]:
        for referral, sentence in pairs:
            answer, true = answers[sentence], [masks.mask([target]) for target in referral.targets]
            yield score_sentence(referral, answer.mask, true, scan.points, asked=sentence, confidence=answer.confidence)

    return {question: list(scored(pairs)) for question, pairs in asked.items()}


def _four(data: Folder, name: str, scan: Scan, rng: np.random.Generator) -> Asked:
    """The four questions."""
    rows = with_splits(scan, data.referrals[name])
    labels = (scan.labels or {}).values()
    return {
        SENTENCE: [(row, row.sentence) for row in rows],
        CLASS_WORD: [(row, class_words(row.label)) for row in rows],
        OTHER: [(row, _other(rows, place)) for place, row in enumerate(rows)],
        ABSENT: [(row, row.sentence) for row in borrowed(data, name, len(rows), rng, there=labels)],
    }


def _other(rows: Sequence[Referral], place: int) -> str:
    """The next sentence about another object; where there is none, the own."""
    others = (*rows[place + 1 :], *rows[:place])
    return next((row.sentence for row in others if row.targets != rows[place].targets), rows[place].sentence)

"""What is measured over the made test rooms, and over layouts of real rooms with sentences by people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from less3d.data.absent import absence_f1
from less3d.data.dataset import with_splits
from less3d.data.folder import Folder
from less3d.data.rooms.make import ROLE_SWAPS, SECOND_WORDING
from less3d.metrics import SentenceScore, summarize
from less3d.predict import Segmenter
from released.ask import ABSENT, CLASS_WORD, OTHER, SENTENCE, Rows, ask_all
from released.reliability import reliability
from released.role_swaps import OWN, PARTNER, count_swaps, swap_questions
from released.second_wording import compare_wordings
from released.words import judge_words, judged_words, word_questions

SECOND = "second wording"
LEAST_OF_A_CLASS = 10
"""Sentences; classes with fewer are pooled."""
REST = "other classes"


def score_rooms(segmenter: Segmenter, root: Path) -> dict[str, Any]:
    """All questions about a folder of test rooms that was made with `--second-wording`."""
    second, swaps = Folder(root, root / SECOND_WORDING), Folder(root, root / ROLE_SWAPS)
    rows = ask_all(
        segmenter,
        Folder(root),
        "made rooms",
        lambda name, scan: {
            SECOND: [(row, row.sentence) for row in with_splits(scan, second.referrals[name])],
            **swap_questions(swaps.referrals.get(name, ())),
        },
    )
    return {
        **_summary(rows),
        "second_wording": compare_wordings(rows[SENTENCE], rows[SECOND]),
        "role_swaps": count_swaps(rows[OWN], rows[PARTNER]),
    }


def score_layouts(segmenter: Segmenter, root: Path) -> dict[str, Any]:
    """All questions about layouts, by class and by source, and the words that are never understood."""
    data = Folder(root)
    words = judged_words(row.sentence for rows in data.referrals.values() for row in rows)
    rows = ask_all(segmenter, data, "layouts", lambda name, scan: word_questions(data.referrals[name], words))
    return {
        **_summary(rows),
        "by_class": by_class(rows[SENTENCE]),
        "by_source": by_source(rows[SENTENCE]),
        "words": judge_words(rows),
    }


def by_class(rows: Sequence[SentenceScore]) -> dict[str, dict[str, Any]]:
    """Scores of the classes with enough sentences, the commonest first, and of all others together."""
    counts = Counter(row.label for row in rows)
    kept = [label for label, count in counts.most_common() if count >= LEAST_OF_A_CLASS]
    groups = {label: [row for row in rows if row.label == label] for label in kept}
    groups[REST] = [row for row in rows if row.label not in kept]
    return {label: asdict(summarize(group).overall) for label, group in groups.items() if group}


def by_source(rows: Sequence[SentenceScore]) -> dict[str, dict[str, Any]]:
    """Scores of the sentences of each source."""
    groups = {source: [row for row in rows if row.source == source] for source in sorted({row.source for row in rows})}
    return {source: asdict(summarize(group).overall) for source, group in groups.items()}


def absence(present: Sequence[SentenceScore], absent: Sequence[SentenceScore]) -> dict[str, Any]:
    """How well an empty mask tells sentences that describe nothing; no precision where no mask is empty."""
    refused = [row.predicted == 0 for row in (*present, *absent)]
    strange = [False] * len(present) + [True] * len(absent)
    hits = sum(row.predicted == 0 for row in absent)
    return {
        "present": len(present),
        "absent": len(absent),
        "f1": absence_f1(strange, refused),
        "precision": hits / sum(refused) if any(refused) else None,
        "recall": hits / len(absent) if absent else None,
    }


def _summary(rows: Rows) -> dict[str, Any]:
    """Scores by question, what reading added to the class word, absence, and calibration."""
    scores = {question: summarize(rows[question]) for question in (SENTENCE, CLASS_WORD, OTHER)}
    full, noun = scores[SENTENCE].multiple, scores[CLASS_WORD].multiple
    return {
        "reading_gain_miou": None if full is None or noun is None else full.miou - noun.miou,
        **{question: asdict(found) for question, found in scores.items()},
        "absence": absence(rows[SENTENCE], rows[ABSENT]),
        "calibration": {
            "present and absent": reliability([*rows[SENTENCE], *rows[ABSENT]]),
            "present only": reliability(rows[SENTENCE]),
        },
    }

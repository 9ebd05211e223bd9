"""Scoring a model over a data set: every sentence, over all points of its scan."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType

from less3d.answering import View, answers, look
from less3d.batch import ObjectLabels
from less3d.data.dataset import Dataset, with_splits
from less3d.metrics import SentenceScore, score_sentence
from less3d.models import Referrer
from less3d.referral import Masks, Referral
from less3d.scan import TURNS, Scan
from less3d.score_rows import Scored


def evaluate(
    model: Referrer,
    data: Dataset,
    *,
    max_scans: int | None = None,
    reword: Callable[[Referral], str] = lambda referral: referral.sentence,
    device: str = "cpu",
    turns: int = TURNS,
    true_instances: bool = False,
    done: Mapping[str, Scored] = MappingProxyType({}),
    on_scan: Callable[[str, Scored], None] = lambda scan, scored: None,
) -> list[SentenceScore]:
    """Answer each sentence and score it; the scan's own work is done once for all its sentences.

    Args:
        model: put into evaluation mode.
        data: what to score on.
        max_scans: only the first so many scans.
        reword: what to ask instead of each sentence, such as the class word alone.
        device: where to run.
        turns: from how many sides each scan is looked at.
        true_instances: whether a model of two stages chooses among the annotated objects, not among those it finds.
        done: scans that were scored before, which are not scored again unless their points or masks have changed.
        on_scan: told the name of each scan, and its rows, when it is done.

    Raises:
        InputError: when there are to be annotated objects, but the data or the model know none.
    """
    model.eval()
    rows: list[SentenceScore] = []
    for name in data.scans[:max_scans]:
        scan, masks = data.load(name)
        seen, scored = fingerprint(scan, masks), done.get(name)
        if scored is None or scored.seen != seen:
            labels = _labels(model, data, name) if true_instances else None
            views = look(model, scan, turns=turns, device=device, labels=labels)
            scored = Scored(seen, tuple(score_scan(model, views, scan, masks, data.referrals[name], reword)))
        on_scan(name, scored)
        rows += scored.rows
    return rows


def fingerprint(scan: Scan, masks: Masks) -> str:
    """A hash of all that scores depend on besides the sentences: points, colors, masks and classes."""
    found = sha256(scan.points.tobytes() + scan.colors.tobytes() + repr(sorted((scan.labels or {}).items())).encode())
    for target, members in sorted(masks.members.items()):
        found.update(f" {target} ".encode() + members.tobytes())
    return found.hexdigest()


def score_scan(
    model: Referrer,
    views: Sequence[View],
    scan: Scan,
    masks: Masks,
    referrals: Sequence[Referral],
    reword: Callable[[Referral], str] = lambda referral: referral.sentence,
) -> Iterator[SentenceScore]:
    """The scores of sentences about one scan, in their order, by the views of it that `look` gave.

    What is asked several times is answered once.
    """
    referrals = with_splits(scan, referrals)
    asked = [reword(referral) for referral in referrals]
    left, known = Counter(asked), {}
    found = answers(model, views, list(left))
    for referral, sentence in zip(referrals, asked, strict=True):
        if sentence not in known:
            answer = next(found)
            known[sentence] = (answer.scores > 0.5).cpu().numpy(), answer.confidence
        left[sentence] -= 1
        predicted, confidence = known[sentence] if left[sentence] else known.pop(sentence)
        true = [masks.mask([target]) for target in referral.targets]
        yield score_sentence(referral, predicted, true, scan.points, asked=sentence, confidence=confidence)


def _labels(model: Referrer, data: Dataset, name: str) -> ObjectLabels:
    full = data.annotated(name)
    return model.config.graph.instances.labels_of(full.masks, full.classes)

"""Average precision against hand-made cases, and against the benchmark's definition written out with sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.instance_metrics import (
    FoundInstance,
    InstanceScore,
    average_precision,
    match_instances,
    summarize_instances,
)
from less3d.referral import Masks

SIZE = 12


def found(label, points, confidence=0.5):
    mask = np.zeros(SIZE, bool)
    mask[list(points)] = True
    return FoundInstance(mask, label, confidence)


def masks(**objects):
    """Objects of a scan: chair_1=[0, 1, 2] is one of class chair."""
    members = {row: np.array(points, np.int32) for row, points in enumerate(objects.values())}
    return Masks(members, SIZE), {row: name.split("_")[0] for row, name in enumerate(objects)}


def matched(instances, objects, scored=("chair",), least_points=1):
    return match_instances(instances, *objects, scored, least_points=least_points)


def scores(instances, objects, **options):
    return summarize_instances([matched(instances, objects, **options)])


CHAIRS = masks(chair_1=[0, 1, 2, 3], chair_2=[6, 7, 8, 9])


def test_all_found_is_one():
    both = [found("chair", [0, 1, 2, 3], 0.1), found("chair", [6, 7, 8, 9], 0.9)]
    assert scores(both, CHAIRS).mean == InstanceScore(1.0, 1.0, 1.0)


def test_half_found_is_half():
    assert scores([found("chair", [0, 1, 2, 3])], CHAIRS).mean == InstanceScore(0.5, 0.5, 0.5)


def test_nothing_found_is_zero():
    assert scores([], CHAIRS).mean == InstanceScore(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("part", "whole", "ap", "ap_50", "ap_25"),
    [(11, 12, 1, 1, 1), (9, 12, 5 / 9, 1, 1), (5, 8, 3 / 9, 1, 1), (6, 12, 0, 0, 1), (3, 12, 0, 0, 0)],
)
def test_a_mask_counts_where_its_iou_is_over_the_threshold(part, whole, ap, ap_50, ap_25):
    """AP has nine thresholds, .50 to .90: IoU .917 is over all, .75 over five of them, .625 over three."""
    score = scores([found("chair", range(part))], masks(chair_1=range(whole))).mean
    assert (score.ap, score.ap_50, score.ap_25) == pytest.approx((ap, ap_50, ap_25))


def test_what_is_wrong_and_believed_more_costs_more():
    objects = masks(chair_1=[0, 1, 2, 3], table_1=[6, 7, 8, 9])
    right, wrong = found("chair", [0, 1, 2, 3], 0.5), [6, 7, 8, 9]
    after = scores([right, found("chair", wrong, 0.1)], objects, scored=("chair", "table")).by_class["chair"]
    before = scores([right, found("chair", wrong, 0.9)], objects, scored=("chair", "table")).by_class["chair"]
    assert after.ap_50 == 1.0  # what comes after all are found costs nothing
    assert before.ap_50 == 0.25  # precision 1/2 at recall 1, 0 and 1 at recall 0: half a step each


def test_an_object_that_is_found_twice_is_found_once():
    first, second = found("chair", [0, 1, 2, 3], 0.9), found("chair", [6, 7, 8, 9], 0.7)
    again = found("chair", [0, 1, 2], 0.8)
    assert scores([first, second], CHAIRS).mean.ap_50 == 1.0
    # precision 2/3 at recall 1, 1/2 and 1 at recall 1/2, 1 at recall 0: a quarter each
    assert scores([first, again, second], CHAIRS).mean.ap_50 == pytest.approx((2 / 3 + 1 / 2 + 1 + 1) / 4)


def test_what_lies_where_nothing_is_annotated_does_not_count():
    instances = [found("chair", [0, 1, 2, 3], 0.5), found("chair", [9, 10, 11], 0.9)]
    assert scores(instances, masks(chair_1=[0, 1, 2, 3])).mean.ap_50 == 1.0
    assert scores(instances, masks(chair_1=[0, 1, 2, 3], lamp_1=[9, 10, 11])).mean.ap_50 == 1.0
    on_a_table = masks(chair_1=[0, 1, 2, 3], table_1=[9, 10, 11])
    assert scores(instances, on_a_table, scored=("chair", "table")).by_class["chair"].ap_50 == 0.25


def test_small_objects_are_not_looked_for():
    objects = masks(chair_1=[0, 1, 2, 3], chair_2=[6, 7])
    only = [found("chair", [0, 1, 2, 3])]
    assert scores(only, objects).mean.ap_50 == 0.5
    assert scores(only, objects, least_points=3).mean.ap_50 == 1.0
    assert scores([*only, found("chair", [6, 7, 8], 0.9)], objects, least_points=3).mean.ap_50 == 1.0


def test_classes_weigh_alike_and_those_that_are_not_there_do_not_count():
    objects = masks(chair_1=[0, 1], chair_2=[2, 3], chair_3=[4, 5], table_1=[6, 7])
    got = scores([found("table", [6, 7])], objects, scored=("bed", "chair", "table"))
    assert set(got.by_class) == {"chair", "table"}
    assert got.mean.ap_50 == 0.5


def test_where_no_object_is_there_is_no_mean():
    nothing = scores([found("chair", [0, 1])], masks(table_1=[0, 1]))
    assert nothing.mean is None
    assert not nothing.by_class


def test_mistakes_are_refused():
    with pytest.raises(InputError, match="12 points"):
        match_instances([FoundInstance(np.zeros(3, bool), "chair", 1.0)], *CHAIRS, ("chair",))


subsets = st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=6)
scans = st.tuples(
    st.lists(st.tuples(subsets, st.sampled_from([0.1, 0.5, 0.9])), max_size=5),
    st.lists(st.integers(0, 3), min_size=SIZE, max_size=SIZE),
)


@given(st.lists(scans, min_size=1, max_size=3), st.sampled_from([0.25, 0.5, 0.75]))
def test_average_precision_is_that_of_the_definition(cases, threshold):
    """Each point is of one of three chairs, or of nothing; found ones are of any points."""
    matches, judged, objects = [], [], 0
    for instances, owner in cases:
        truth = [{p for p in range(SIZE) if owner[p] == one} for one in (1, 2, 3)]
        truth = [points for points in truth if points]
        named = {f"chair_{row}": sorted(points) for row, points in enumerate(truth)}
        given = [found("chair", points, confidence) for points, confidence in instances]
        matches.append(matched(given, masks(**named))["chair"])
        judged += judge_with_sets(instances, truth, threshold)
        objects += len(truth)
    if objects:
        assert average_precision(matches, threshold) == pytest.approx(area(judged, objects))


def judge_with_sets(instances, truth, threshold):
    """(confidence, right) of each found one that counts, the most confident asked first."""
    left = sorted(instances, key=lambda one: -one[1])
    used, judged = set(), []
    for points in truth:
        hits = [
            row
            for row, (own, _) in enumerate(left)
            if row not in used and len(own & points) / len(own | points) > threshold
        ]
        judged += [(left[row][1], row == hits[0]) for row in hits]
        used |= set(hits[:1])
    everything = set().union(*truth)
    for own, confidence in left:
        nowhere = all(len(own & points) / len(own | points) <= threshold for points in truth)
        if nowhere and len(own - everything) / len(own) <= threshold:
            judged.append((confidence, False))
    return judged


def area(judged, objects):
    """Trapezoids under precision over recall, from the lowest confidence to the highest, then (0, 1)."""
    curve = []
    for least in sorted({confidence for confidence, _ in judged}):
        kept = [right for confidence, right in judged if confidence >= least]
        curve.append((sum(kept) / objects, sum(kept) / len(kept)))
    curve.append((0.0, 1.0))
    total = 0.0
    for place, (_, precision) in enumerate(curve):
        before = curve[max(place - 1, 0)][0]
        after = curve[place + 1][0] if place + 1 < len(curve) else 0.0
        total += precision * (before - after) / 2
    return total

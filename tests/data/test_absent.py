"""Borrowed sentences are about classes that nobody names in the scan."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from less3d.data.absent import ABSENT, absence_f1, borrowed
from less3d.data.dataset import Annotated, Dataset
from less3d.referral import Masks, Referral
from less3d.scan import Scan

LABELS = {
    "office": ("office chair", "desk", "desk", "door"),
    "kitchen": ("chair", "stove", "Coffee Table", "door"),
    "bedroom": ("bed", "table", "", "nightstand"),
}


class Said(Dataset):
    """Sentences without scans."""

    def read_referrals(self) -> dict[str, tuple[Referral, ...]]:
        return {
            scan: tuple(Referral(scan, f"the {label} of the {scan}", (n,), label) for n, label in enumerate(labels))
            for scan, labels in LABELS.items()
        }

    def load(self, scan: str) -> tuple[Scan, Masks]:
        raise AssertionError("borrowing reads what is said, and no scan")

    def annotated(self, scan: str) -> Annotated:
        raise AssertionError("borrowing reads what is said, and no scan")


@pytest.mark.parametrize(
    ("scan", "allowed"),
    [
        ("office", {"stove", "Coffee Table", "bed", "table", "nightstand"}),
        ("kitchen", {"desk", "bed", "nightstand"}),
        ("bedroom", {"office chair", "desk", "door", "chair", "stove"}),
    ],
)
def test_they_are_about_other_classes_and_describe_nothing(scan, allowed):
    rows = borrowed(Said(), scan, 200, np.random.default_rng(0))
    assert {row.label for row in rows} == allowed
    assert {(row.scan, row.targets, row.unique, row.tags) for row in rows} == {(scan, (), None, (ABSENT,))}


def test_where_every_class_is_named_nothing_is_borrowed(monkeypatch):
    monkeypatch.setitem(LABELS, "office", ("stove", "coffee table", "bed", "nightstand", "chair", "door"))
    assert borrowed(Said(), "office", 5, np.random.default_rng(0)) == []


def test_classes_that_are_there_without_being_named_are_not_borrowed():
    rows = borrowed(Said(), "office", 200, np.random.default_rng(0), there=("Bed", "side table"))
    assert {row.label for row in rows} == {"stove", "nightstand"}


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(pairs):
    found = absence_f1([absent for absent, _ in pairs], [refused for _, refused in pairs])
    hits = sum(absent and refused for absent, refused in pairs)
    if not hits:
        assert found == 0
        return
    precision = hits / sum(refused for _, refused in pairs)
    recall = hits / sum(absent for absent, _ in pairs)
    assert found == pytest.approx(2 * precision * recall / (precision + recall))

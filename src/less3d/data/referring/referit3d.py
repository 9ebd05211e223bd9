"""Nr3D and Sr3D: sentences that tell an object from others of its class (Achlioptas et al., ECCV 2020).

nr3d.csv has people's sentences, sr3d.csv and sr3d+.csv made ones, all with the columns stimulus_id, utterance,
scan_id, instance_type, target_id, tokens and mentions_target_class, among others; Nr3D has correct_guess, Sr3D
reference_type.
A stimulus_id such as scene0010_00-chair-5-36-35-37-38-39 says scan, class, number of objects of that class, target, and
the other objects. Rules are from github.com/referit3d/referit3d.
"""

import ast
import re
import warnings
from collections.abc import Mapping
from pathlib import Path

from less3d.data.jsons import id_field, text_field, wrong
from less3d.data.referring.tables import Record, Table, read_table
from less3d.data.sentences.view import VIEW_WORDS
from less3d.errors import InputWarning
from less3d.referral import Referral

EASY, HARD = "easy", "hard"
VIEW_DEPENDENT, VIEW_INDEPENDENT = "view-dependent", "view-independent"

EASY_OBJECTS = 2
"""A sentence is easy with at most this many objects of the class in the scan (analysis/deepnet_predictions.py)."""

_COLUMNS = ("stimulus_id", "utterance", "scan_id", "instance_type", "target_id", "tokens")
_TRUTH = {"true": True, "false": False}
_TEXT = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_TOKENS = re.compile(rf"\s*\[\s*(?:{_TEXT}(?:\s*,\s*{_TEXT})*)?\s*\]\s*")
_TOKEN = re.compile(_TEXT)


def read_nr3d(
    path: Path, *, mentions_target_class_only: bool = True, correct_guess_only: bool = False
) -> tuple[Referral, ...]:
    """The sentences of nr3d.csv, in its order.

    The rows that count are by default those that ReferIt3D's own training and evaluation count
    (`load_referential_data`, in_out/neural_net_oriented.py), except that it also leaves out those of more than 24
    tokens, which is for its language model. All columns are checked in rows that do not count too.

    Args:
        path: nr3d.csv.
        mentions_target_class_only: leave out rows that do not name the class of the object, where the file says so.
        correct_guess_only: leave out rows by which the listener did not find the object, where the file says so, as
            later work does for its test (BUTD-DETR's `load_nr3d_annos`).

    Raises:
        InputError: when a column is missing or a row is wrong, with its line.
    """
    return nr3d_referrals(
        read_table(path), mentions_target_class_only=mentions_target_class_only, correct_guess_only=correct_guess_only
    )


def read_sr3d(path: Path, *, mentions_target_class_only: bool = True) -> tuple[Referral, ...]:
    """The sentences of sr3d.csv, in its order, with their reference_type (such as "closest") as a tag too.

    Args:
        path: sr3d.csv or sr3d+.csv.
        mentions_target_class_only: as for `read_nr3d`.

    Raises:
        InputError: when a column is missing or a row is wrong, with its line.
    """
    return sr3d_referrals(read_table(path), mentions_target_class_only=mentions_target_class_only)


def nr3d_referrals(
    table: Table, *, mentions_target_class_only: bool = True, correct_guess_only: bool = False
) -> tuple[Referral, ...]:
    """The sentences of a table that was read, as `read_nr3d` gives them."""
    wanted = ("mentions_target_class",) * mentions_target_class_only + ("correct_guess",) * correct_guess_only
    return _referrals(table, _COLUMNS, wanted, "Nr3D")


def sr3d_referrals(table: Table, *, mentions_target_class_only: bool = True) -> tuple[Referral, ...]:
    """The sentences of a table that was read, as `read_sr3d` gives them."""
    wanted = ("mentions_target_class",) * mentions_target_class_only
    return _referrals(table, (*_COLUMNS, "reference_type"), wanted, "Sr3D")


def is_view_dependent(tokens: tuple[str, ...]) -> bool:
    """Whether a sentence depends on where one stands, by ReferIt3D's rule; tokens are lower case in its files."""
    return not VIEW_WORDS.isdisjoint(tokens)


def _referrals(table: Table, columns: tuple[str, ...], wanted: tuple[str, ...], source: str) -> tuple[Referral, ...]:
    table.require(columns)
    asked = [name for name in wanted if name in table.columns]
    rows = [(_referral(row, source), [_truth(row.fields, name, row.place) for name in asked]) for row in table.rows]
    kept = tuple(referral for referral, truths in rows if all(truths))
    if len(kept) < len(rows):
        warnings.warn(
            f"{table.path}: {len(rows) - len(kept):,} of {len(rows):,} rows are left out, because {' or '.join(asked)} "
            "is False there",
            InputWarning,
            stacklevel=2,
        )
    return kept


def _referral(row: Record, source: str) -> Referral:
    given, place = row.fields, row.place
    target = id_field(given, "target_id", place)
    scan = text_field(given, "scan_id", place)
    view = VIEW_DEPENDENT if is_view_dependent(_tokens(given["tokens"], place)) else VIEW_INDEPENDENT
    kind = (text_field(given, "reference_type", place),) if source == "Sr3D" else ()
    return Referral(
        scan=scan,
        sentence=row.sentence("utterance"),
        targets=(target,),
        label=" ".join(text_field(given, "instance_type", place).split("_")),
        tags=(EASY if _objects(given["stimulus_id"], scan, target, place) <= EASY_OBJECTS else HARD, view, *kind),
        source=source,
        record=row.name,
    )


def _objects(stimulus: str, scan: str, target: int, place: str) -> int:
    """How many objects of the target's class a stimulus_id says there are."""
    parts = re.fullmatch(r"([^-]+)-(.+?)-(\d+)-(\d+)((?:-\d+)*)", stimulus, re.ASCII)
    expected = f"{scan}-CLASS-COUNT-{target}-OTHERS with COUNT - 1 others"
    if parts is None or parts[1] != scan or len(parts[3]) > 9 or len(parts[4]) > 9 or int(parts[4]) != target:
        raise wrong("stimulus_id", expected, stimulus, place)
    if parts[5].count("-") != int(parts[3]) - 1:
        raise wrong("stimulus_id", expected, stimulus, place)
    return int(parts[3])


def _tokens(text: str, place: str) -> tuple[str, ...]:
    """The words of a list of texts as Python writes it."""
    if _TOKENS.fullmatch(text):
        try:
            return tuple(ast.literal_eval(word) if "\\" in word else word[1:-1] for word in _TOKEN.findall(text))
        except (ValueError, SyntaxError):
            pass
    raise wrong("tokens", "a list of texts, as in ['the', 'chair']", text, place)


def _truth(given: Mapping[str, str], name: str, place: str) -> bool:
    truth = _TRUTH.get(given[name].strip().lower())
    if truth is None:
        raise wrong(name, "True or False", given[name], place)
    return truth

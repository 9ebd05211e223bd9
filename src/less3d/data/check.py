"""What is wrong with a data set, all of it at once, line by line: to be asked before a long run, not in the middle."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from less3d.data.dataset import Dataset, Referred
from less3d.data.folder import SETTINGS, Described, Folder, parse_line, unknown_fields
from less3d.errors import InputError, InputWarning
from less3d.io import frame_warnings
from less3d.referral import Masks, Referral
from less3d.scan import Scan

_TINY = 20
"""Points; an object of fewer is probably a slip of the annotator."""


@dataclass(frozen=True)
class Finding:
    """Something wrong; an error stops training and evaluation, the rest is probably not what was meant."""

    message: str
    """With its place: the file and line, or the scan."""
    is_error: bool = True


@dataclass
class Census:
    """What was looked at."""

    scans: int = 0
    points: int = 0
    sentences: int = 0
    objects: set[tuple[str, int]] = field(default_factory=set)
    without_target: int = 0


def check(
    data: Dataset,
    census: Census,
    *,
    check_sentence: Callable[[str], None] = lambda sentence: None,
    on_scan: Callable[[], None] = lambda: None,
) -> Iterator[Finding]:
    """Read all of a data set and give every finding; `census` counts along.

    Args:
        data: a `Folder`, whose lines are then checked one by one, or another data set.
        census: is filled.
        check_sentence: raises an `InputError` for a sentence that no model can be asked.
        on_scan: told when a scan is done.
    """
    if isinstance(data, Folder):
        yield from _check_folder(data, census, check_sentence, on_scan)
        return
    load = data.source.load if isinstance(data, Referred) else data.load
    for scan in data.scans:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InputWarning)
                read, masks = load(scan)
        except InputError as error:
            yield Finding(str(error))
        else:
            yield from _check_scan(scan, read, census)
            yield from _check_sentences(data.referrals[scan], masks, census, check_sentence)
        on_scan()


def readable(folder: Folder) -> tuple[dict[str, list[Described]], list[Finding]]:
    """The lines of a folder that make sense, by scan, and what is wrong with the others."""
    rows: dict[str, list[Described]] = {}
    findings = []
    seen: dict[tuple[object, ...], str] = {}
    for place, line in folder.lines():
        try:
            row = parse_line(line, place)
        except InputError as error:
            findings.append(Finding(str(error)))
            continue
        rows.setdefault(row.referral.scan, []).append(row)
        if unknown := unknown_fields(line):
            findings.append(Finding(f"{place}: field {unknown[0]!r} is not known and not read", is_error=False))
        key = (row.referral.scan, row.referral.sentence, row.referral.targets, row.mask, row.box)
        if key in seen:
            findings.append(Finding(f"{place}: says the same as {seen[key]}", is_error=False))
        seen.setdefault(key, place)
    if not rows and not findings:
        findings.append(Finding(f"{folder.sentences_file}: expected sentences, one a line, got none"))
    return rows, findings


def _check_folder(
    folder: Folder, census: Census, check_sentence: Callable[[str], None], on_scan: Callable[[], None]
) -> Iterator[Finding]:
    _ = folder.settings  # what is wrong there is wrong once, not with every scan
    by_scan, findings = readable(folder)
    yield from findings
    for name, rows in sorted(by_scan.items()):
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", InputWarning)
                scan = folder.read(name)
            yield from (Finding(str(warning.message), is_error=False) for warning in caught)
            if len({path.resolve() for path in folder.candidates(name)}) > 1:
                files = ", ".join(map(str, folder.candidates(name)))
                yield Finding(f"{files}: are all scan {name!r}, and only the first is read", is_error=False)
        except InputError as error:
            more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
            yield Finding(f"{rows[0].referral.record}{more}: {error}")
        else:
            remedy = f" (what the options would say is said in {folder.root / SETTINGS})"
            yield from _check_scan(str(folder.path(name)), scan, census, remedy)
            yield from _check_rows(folder, scan, rows, census, check_sentence)
        on_scan()


def _check_rows(
    folder: Folder,
    scan: Scan,
    rows: Sequence[Described],
    census: Census,
    check_sentence: Callable[[str], None],
) -> Iterator[Finding]:
    instances = Masks({}, len(scan)) if scan.instances is None else Masks.of_instances(scan.instances)
    for number, row in enumerate(rows):
        referral, masks = row.referral, instances
        if row.mask or row.box:
            own = -2 - number
            try:
                masks = Masks({own: folder.members(row, scan)}, len(scan))
            except InputError as error:
                yield Finding(str(error) if referral.record in str(error) else f"{referral.record}: {error}")
                continue
            referral = Referral(referral.scan, referral.sentence, (own,), referral.label, record=referral.record)
        yield from _check_sentences([referral], masks, census, check_sentence)


def _check_scan(place: str, scan: Scan, census: Census, remedy: str = "") -> Iterator[Finding]:
    census.scans += 1
    census.points += len(scan)
    for warning in frame_warnings(scan):
        yield Finding(f"{place}: {warning}{remedy}", is_error=False)


def _check_sentences(
    referrals: Sequence[Referral], masks: Masks, census: Census, check_sentence: Callable[[str], None]
) -> Iterator[Finding]:
    for referral in referrals:
        census.sentences += 1
        census.without_target += not referral.targets
        place = referral.record or f"{referral.scan}, {referral.sentence!r}"
        try:
            check_sentence(referral.sentence)
        except InputError as error:
            yield Finding(f"{place}: {error}")
        for target in referral.targets:
            count = len(masks.members.get(target, ()))
            census.objects.add((referral.scan, target))
            if count == 0:
                what = "the mask or box marks" if target < 0 else f"object {target} has"
                yield Finding(f"{place}: {what} no point of scan {referral.scan}")
            elif count < _TINY:
                what = "the mask or box marks" if target < 0 else f"object {target} has"
                yield Finding(f"{place}: {what} {count} points of scan {referral.scan} only", is_error=False)


def summary(census: Census, root: Path) -> str:
    """What was looked at, in one line."""
    nothing = f", {census.without_target:,} of them about nothing that is there" if census.without_target else ""
    return (
        f"{root}: {counted(census.scans, 'scan')} with {counted(census.points, 'point')}, "
        f"{counted(census.sentences, 'sentence')} about {counted(len(census.objects), 'object')}{nothing}"
    )


def counted(number: int, what: str) -> str:
    """A number of things in words: "1 scan", "2 scans"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"

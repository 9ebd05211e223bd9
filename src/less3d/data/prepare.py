"""Preparing scans: in parallel, stopped and gone on with at any moment, and in the end always the same bytes.

A scan counts as done when its record is there and the files have the hashes that it says; so a damaged file is found
and made again, whether a stop or a disk damaged it. Records also hold the times of the source's files, so those of two
copies of one source differ; all other files are the same bytes. Two preparations of one folder at a time are not meant.
"""

import json
import multiprocessing
import shutil
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from less3d.data.folder import SENTENCES
from less3d.data.prepared import INDEX, PARTS, VERSION, file_of, record_of, write_scan_files
from less3d.data.scannet import SPLITS, ScanNet
from less3d.data.scannet_classes import LABELS_FILE
from less3d.errors import InputError
from less3d.io.files import replacing, require_file


@dataclass(frozen=True)
class Outcome:
    """What became of one scan: why it could not be prepared, if so."""

    scan: str
    problem: str = ""


def prepare_scannet(
    root: Path, output: Path, *, scans: Sequence[str] | None = None, workers: int = 1
) -> Iterator[Outcome]:
    """Prepare ScanNet scans, and give word of each as it is done; what is done already is only checked.

    A scan that cannot be read does not stop the others. The index, prepared.json, is written when the last one was
    given word of: it then holds all scans that were ever prepared in this folder and are whole.

    Args:
        root: ScanNet as it was downloaded.
        output: folder to prepare in, see `less3d.data.prepared`.
        scans: names; all by default.
        workers: processes.

    Raises:
        InputError: when root is no ScanNet folder or has not these scans, or output cannot be written.
    """
    source = ScanNet(root)
    names = source.names if scans is None else tuple(scans)
    if unknown := sorted(set(names) - set(source.names)):
        others = f", nor are {len(unknown) - 1} others" if len(unknown) > 1 else ""
        raise InputError(f"{root}: expected scan {unknown[0]}, which is not there{others}")
    if (output / SENTENCES).exists() or output.resolve() == root.resolve():
        raise InputError(f"{output}: holds another data set: choose another folder to prepare in")
    for folder in (*PARTS, "records", "."):
        (output / folder).mkdir(parents=True, exist_ok=True)
        for leftover in (output / folder).glob(".*.part"):  # of a run that was killed while it wrote
            leftover.unlink()
    (output / INDEX).unlink(missing_ok=True)  # what it says is not true while files change
    for scan, problem in _each(source, output, names, workers):
        yield Outcome(scan, problem)
    _write_index(source, output)


def is_prepared(output: Path, scan: str, stamps: dict[str, list[int]]) -> bool:
    """Whether a scan's files are whole and made, by this version, from source files of these sizes and times."""
    record = _whole_record(output, scan)
    return record is not None and record["source"] == stamps


def _whole_record(output: Path, scan: str, *, may_lack: tuple[str, ...] = ()) -> dict[str, Any] | None:
    """The record of a scan whose files are as it says; None where one is damaged, or missing though it may not be."""
    try:
        record = json.loads(record_of(output, scan).read_bytes())
        files = {part: file_of(output, part, scan) for part in PARTS}
        there = {part: path for part, path in files.items() if path.exists() or part not in may_lack}
        whole = all(sha256(path.read_bytes()).hexdigest() == record["hashes"][part] for part, path in there.items())
        return record if whole and record["version"] == VERSION and "source" in record else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _each(source: ScanNet, output: Path, names: Sequence[str], workers: int) -> Iterator[tuple[str, str]]:
    if workers <= 1:
        yield from ((name, _prepare_one(source, output, name)) for name in names)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts) as pool:
        jobs = {pool.submit(_prepare_one, source, output, name): name for name in names}
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that gave the work out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _prepare_one(source: ScanNet, output: Path, name: str) -> str:
    """Prepare one scan unless it is; returns what is wrong with it, if anything."""
    try:
        stamps = {path.name: _stamp(path) for path in source.files(name)}
        if is_prepared(output, name, stamps):
            return ""
        scene = source.read(name)
    except InputError as error:
        record_of(output, name).unlink(missing_ok=True)
        return str(error)
    hashes = write_scan_files(
        output, name, scan=scene.scan, masks=scene.masks, superpoints=scene.superpoints, alignment=scene.alignment
    )
    _write_json({"version": VERSION, "source": stamps, "hashes": hashes}, record_of(output, name))
    return ""


def _stamp(path: Path) -> list[int]:
    """Size in bytes and time of change in nanoseconds.

    Raises:
        InputError: when there is no such file.
    """
    require_file(path)
    about = path.stat()
    return [about.st_size, about.st_mtime_ns]


def _write_index(source: ScanNet, output: Path) -> None:
    """Gather the records; the source's classes and splits come along, so that it is not needed any more."""
    paths = sorted(output.glob("records/*.json"))
    records = [(path.stem, _whole_record(output, path.stem, may_lack=("labels",))) for path in paths]
    scans = {scan: record["hashes"] for scan, record in records if record is not None}
    splits = {split: list(source.split(split)) for split in SPLITS if source.has_split(split)}
    if source.labels_file is not None:
        with replacing(output / LABELS_FILE) as stream, source.labels_file.open("rb") as original:
            shutil.copyfileobj(original, stream)
    _write_json({"version": VERSION, "source": "scannet", "splits": splits, "scans": scans}, output / INDEX)


def _write_json(content: dict[str, Any], path: Path) -> None:
    with replacing(path) as stream:
        stream.write((json.dumps(content, indent=1, sort_keys=True) + "\n").encode())

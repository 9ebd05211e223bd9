"""A data set of made rooms on disk, in parallel, resumable: the same seed gives the same bytes, interrupted or not.

rooms/
  scans/room_00000.npz       the scan, with instance ids and class names
  records/room_00000.json    seed, kind, objects and models of the room, and its sentences
  sentences.jsonl            all sentences; written last
  sentences_second.jsonl     for test sets, on demand: the same meanings worded otherwise, row by row
  role_swaps.jsonl           with it: pairs of sentences that swap who is meant and who is mentioned
  rooms.json                 settings, counts, and the licenses of the furniture models
  furniture/                 the furniture libraries, read and sampled; may be deleted
"""

import json
import multiprocessing
import os
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from less3d.data.folder import SENTENCES
from less3d.data.rooms.furniture import Catalogue, Piece, Split
from less3d.data.rooms.generate import Scanner, make_room
from less3d.data.rooms.room import Room
from less3d.data.sentences import Expression, express, reword, role_swaps
from less3d.errors import InputError
from less3d.io.files import replacing
from less3d.io.npz import write_npz
from less3d.referral import Referral

MANIFEST = "rooms.json"
SECOND_WORDING = "sentences_second.jsonl"
ROLE_SWAPS = "role_swaps.jsonl"
FURNITURE = "furniture"
_SPLIT_NUMBERS: dict[Split, int] = {"train": 0, "val": 1, "test": 2, "all": 3}
_PARTS = {"sentences": SENTENCES, "second_wording": SECOND_WORDING, "role_swaps": ROLE_SWAPS}
"""Parts of a room's record that are rows of a file, by the file."""
_SWAPS = 8
"""Pairs of swapped sentences a room, at most."""
_VERSION = 12
"""Raised whenever the same seed gives other rooms or sentences than before."""


@dataclass(frozen=True)
class RoomSettings:
    """What decides the rooms of a data set, apart from their number."""

    seed: int
    split: Split = "all"
    sentences: int = 60
    """How many sentences a room gets, at most."""
    furniture: tuple[Path, ...] = ()
    """Sweet Home 3D furniture libraries (.sh3f)."""
    scanner: Scanner = "fused"
    """How rooms are scanned; see `make_room`."""
    second_wording: bool = False
    """Also word the sentences a second time and swap roles, for test sets; the sentences themselves stay the same."""


def make_rooms(folder: Path, *, rooms: int, settings: RoomSettings, workers: int = 1) -> None:
    """Make rooms and sentences about them in a folder; rooms that are already there are kept.

    Raises:
        InputError: when numbers make no sense, or the folder holds rooms of other settings.
    """
    for _ in iter_rooms(folder, rooms=rooms, settings=settings, workers=workers):
        pass


def iter_rooms(folder: Path, *, rooms: int, settings: RoomSettings, workers: int = 1) -> Iterator[str]:
    """As `make_rooms`, giving the name of each room when it is there, old ones first. For progress bars.

    Sentences and the final manifest are written when the iterator is exhausted.
    """
    if rooms < 1 or workers < 1:
        raise InputError(f"expected at least one room and one worker, got {rooms} rooms and {workers} workers")
    if settings.sentences < 0 or settings.seed < 0:
        got = f"{settings.sentences} sentences and seed {settings.seed}"
        raise InputError(f"expected a number of sentences and a seed of at least 0, got {got}")
    _claim(folder, settings)
    names = [f"room_{index:05d}" for index in range(rooms)]
    pending = [index for index, name in enumerate(names) if not _is_done(folder, name)]
    waiting = set(pending)
    yield from (name for index, name in enumerate(names) if index not in waiting)
    jobs = [_Job(folder, index, settings) for index in pending]
    if jobs:
        catalogue = _Recording(settings, folder / FURNITURE)  # reads libraries once, before any worker
        if workers == 1 or len(jobs) == 1:
            yield from (_make_one(job, catalogue) for job in jobs)
        else:
            yield from _in_parallel(jobs, settings, folder / FURNITURE, min(workers, len(jobs)))
    _merge(folder, names, settings)


@dataclass(frozen=True)
class _Job:
    folder: Path
    index: int
    settings: RoomSettings

    @property
    def name(self) -> str:
        return f"room_{self.index:05d}"

    @property
    def seed(self) -> int:
        """The room's own seed. Splits never share one."""
        settings = self.settings
        entropy = (settings.seed, _SPLIT_NUMBERS[settings.split], self.index)
        return int(np.random.SeedSequence(entropy).generate_state(1)[0])


class _Recording(Catalogue):
    """A catalogue that remembers the license of each model it gave out since it was last cleared."""

    def __init__(self, settings: RoomSettings, cache: Path) -> None:
        super().__init__(settings.furniture, split=settings.split, cache=cache)
        self.models: dict[str, str] = {}

    def piece(
        self, category: str, rng: np.random.Generator, *, size: tuple[float, float, float] | None = None
    ) -> Piece:
        piece = super().piece(category, rng, size=size)
        self.models[piece.name] = piece.licence
        return piece


def _make_one(job: _Job, catalogue: _Recording) -> str:
    """Make one room and write it: first the scan, then its record, each whole or not at all."""
    catalogue.models.clear()
    room = replace(make_room(job.seed, catalogue=catalogue, scanner=job.settings.scanner), name=job.name)
    rng = np.random.default_rng([job.seed, 1])
    expressions = express(room, rng, count=job.settings.sentences)
    record = _record(room, [expression.referral for expression in expressions], catalogue.models)
    if job.settings.second_wording:
        record |= _tests(room, expressions, job.seed)
    write_npz(room.scan, job.folder / "scans" / f"{job.name}.npz", compact=True)
    _write_json(record, job.folder / "records" / f"{job.name}.json")
    return job.name


def _tests(room: Room, expressions: Sequence[Expression], seed: int) -> dict[str, Any]:
    """The second wording of every sentence, and pairs with roles swapped."""
    rng = np.random.default_rng([seed, 2])
    second = [replace(expression.referral, sentence=reword(expression.meaning, rng)) for expression in expressions]
    pairs = role_swaps(room, np.random.default_rng([seed, 3]), count=_SWAPS)
    swapped = [{**_row(one), "pair": f"{room.name}/{index}"} for index, pair in enumerate(pairs) for one in pair]
    return {"second_wording": [_row(referral) for referral in second], "role_swaps": swapped}


def _record(room: Room, referrals: Sequence[Referral], models: dict[str, str]) -> dict[str, Any]:
    return {
        "name": room.name,
        "kind": room.kind,
        "seed": room.seed,
        "points": len(room.scan),
        "objects": [asdict(item) for item in room.objects],
        "models": dict(sorted(models.items())),
        "sentences": [_row(referral) for referral in referrals],
    }


def _row(referral: Referral) -> dict[str, Any]:
    return {
        "scan": referral.scan,
        "target_id": referral.targets[0],
        "sentence": referral.sentence,
        "label": referral.label,
        "unique": referral.unique,
        "kind": referral.tags[0],
        "source": referral.source,
    }


def _in_parallel(jobs: Sequence[_Job], settings: RoomSettings, cache: Path, workers: int) -> Iterator[str]:
    context, opened = multiprocessing.get_context("spawn"), (settings, cache)
    with _one_thread_each(), context.Pool(workers, _start_worker, opened) as pool:
        yield from pool.imap_unordered(_work, jobs)


_worker_catalogue: list[_Recording] = []


def _start_worker(settings: RoomSettings, cache: Path) -> None:
    """Open the catalogue once a process."""
    _worker_catalogue[:] = [_Recording(settings, cache)]


def _work(job: _Job) -> str:
    return _make_one(job, _worker_catalogue[0])


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started inside use one thread for linear algebra: more would only fight over the cores."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _claim(folder: Path, settings: RoomSettings) -> None:
    """Make the folders, or check that what is there was made with the same settings."""
    wanted = _settings_record(settings)
    path = folder / MANIFEST
    if path.is_file():
        found = _read_json(path)
        if found is None or found.get("settings") != wanted:
            raise InputError(f"{folder} holds rooms made with other settings; choose another folder or delete it")
        return
    if (folder / SENTENCES).exists():
        raise InputError(f"{folder} holds another data set: choose another folder to make rooms in")
    for part in ("scans", "records"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    _write_json({"settings": wanted}, path)


def _settings_record(settings: RoomSettings) -> dict[str, Any]:
    furniture = [library.name for library in settings.furniture]
    return {
        "version": _VERSION,
        "seed": settings.seed,
        "split": settings.split,
        "sentences": settings.sentences,
        "furniture": furniture,
        "scanner": settings.scanner,
        **({"second_wording": True} if settings.second_wording else {}),
    }


def _is_done(folder: Path, name: str) -> bool:
    scan = folder / "scans" / f"{name}.npz"
    record = folder / "records" / f"{name}.json"
    return scan.is_file() and zipfile.is_zipfile(scan) and record.is_file() and _read_json(record) is not None


def _merge(folder: Path, names: Sequence[str], settings: RoomSettings) -> None:
    """Write all sentences in the rooms' order, and the manifest with its counts and licenses."""
    kinds, classes, licences = Counter(), Counter(), {}
    points = sentences = 0
    parts = _PARTS if settings.second_wording else {"sentences": SENTENCES}
    with ExitStack() as stack:
        streams = {part: stack.enter_context(replacing(folder / name)) for part, name in parts.items()}
        for name in names:
            record = _read_json(folder / "records" / f"{name}.json")
            if record is None:
                raise InputError(f"{folder}/records/{name}.json went missing; run the same command again")
            for part, stream in streams.items():
                for row in record[part]:
                    stream.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
            kinds[record["kind"]] += 1
            classes.update(item["category"] for item in record["objects"])
            for model, licence in record["models"].items():
                licences.setdefault(licence, set()).add(model)
            points += record["points"]
            sentences += len(record["sentences"])
    counts = {"rooms": len(names), "points": points, "sentences": sentences}
    manifest = {
        "settings": _settings_record(settings),
        "counts": counts,
        "kinds": dict(sorted(kinds.items())),
        "classes": dict(classes.most_common()),
        "licenses": {licence: _named(models) for licence, models in sorted(licences.items())},
    }
    _write_json(manifest, folder / MANIFEST)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What rooms.json says of a folder of made rooms: settings, counts, licenses; None where there is none."""
    return _read_json(folder / MANIFEST)


def _named(models: set[str]) -> dict[str, Any]:
    """How many models of one license were used, and the names of those that are not parametric."""
    return {"models": len(models), "names": sorted(name for name in models if not name.startswith("parametric/"))}


def _write_json(value: dict[str, Any], path: Path) -> None:
    with replacing(path) as stream:
        stream.write((json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def _read_json(path: Path) -> dict[str, Any] | None:
    """The object in a file, or None when there is none that can be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None

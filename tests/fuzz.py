"""Damaged files by the thousand: reading must end in a result or in one `InputError`, soon, and in little memory.

    python tests/fuzz.py --inputs 20000 -o benchmarks/results/fuzz.json

Each input is a valid small file with a few mutations, made from the seed and its number alone, so that any violation
can be made again. Inputs are read in worker processes, so that crashes, hangs and gigabytes are noticed and counted.
The formats are in `fuzz_cases.py`.
"""

import argparse
import json
import multiprocessing
import os
import re
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_cases import CASES

from less3d.errors import InputError, InputWarning

SECONDS, MEBIBYTES = 10.0, 512
"""What one input may take: time on a busy machine, and growth of the worker's memory."""

EXTREMES = (
    "0",
    "-1",
    "1",
    "255",
    "65536",
    "2147483648",
    "4294967295",
    "9223372036854775808",
    "1e308",
    "-1e-320",
    "nan",
)
"""Numbers that a number in a text is replaced by."""

_ADDRESS_SPACE = 6 << 30


def valid_files(folder: Path, names: list[str]) -> dict[str, bytes]:
    """Write a valid file of each case into `folder` and return their contents."""
    contents = {}
    for name in names:
        path = folder / f"{name}{CASES[name].suffix}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)
            CASES[name].write(path)
        contents[name] = path.read_bytes()
    return contents


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage a file in one to three places."""
    raw = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        if raw:
            raw = _MUTATIONS[int(rng.integers(0, len(_MUTATIONS)))](raw, rng)
    return bytes(raw)


def _flip(raw: bytearray, rng: np.random.Generator) -> bytearray:
    for at in rng.integers(0, len(raw), int(rng.integers(1, 9))):
        raw[at] = int(rng.integers(0, 256))
    return raw


def _swap_digits(raw: bytearray, rng: np.random.Generator) -> bytearray:
    for at in rng.integers(0, len(raw), int(rng.integers(1, 9))):
        raw[at] = ord(rng.choice(list('0123456789-. \nen{}[]",:<>/')))
    return raw


def _delete(raw: bytearray, rng: np.random.Generator) -> bytearray:
    start = int(rng.integers(0, len(raw)))
    del raw[start : start + int(rng.integers(1, 9))]
    return raw


def _insert(raw: bytearray, rng: np.random.Generator) -> bytearray:
    start = int(rng.integers(0, len(raw)))
    raw[start:start] = rng.bytes(int(rng.integers(1, 9)))
    return raw


def _duplicate(raw: bytearray, rng: np.random.Generator) -> bytearray:
    start, length = int(rng.integers(0, len(raw))), int(rng.integers(1, 200))
    raw[start:start] = raw[start : start + length]
    return raw


def _truncate(raw: bytearray, rng: np.random.Generator) -> bytearray:
    del raw[int(rng.integers(0, len(raw))) :]
    return raw


def _set_integer(raw: bytearray, rng: np.random.Generator) -> bytearray:
    """Overwrite 1, 2, 4 or 8 bytes with an extreme number."""
    size = int(rng.choice([1, 2, 4, 8]))
    number = int(rng.choice([0, 1, -1, 2, 127])) if rng.random() < 0.7 else 1 << (8 * size - 1)
    start = int(rng.integers(0, len(raw)))
    raw[start : start + size] = (number % (1 << (8 * size))).to_bytes(size, str(rng.choice(["little", "big"])))
    return raw


def _set_token(raw: bytearray, rng: np.random.Generator) -> bytearray:
    """Replace a number in a text, also that of a binary file's header, by an extreme one."""
    found = list(re.finditer(rb"-?\d[\d.eE+-]*", bytes(raw[:8192])))
    if not found:
        return _flip(raw, rng)
    match = found[int(rng.integers(0, len(found)))]
    raw[match.start() : match.end()] = str(rng.choice(list(EXTREMES))).encode()
    return raw


def _swap_words(raw: bytearray, rng: np.random.Generator) -> bytearray:
    """Replace a word of a text by another of its words."""
    found = list(re.finditer(rb"[A-Za-z_]{2,}", bytes(raw[:8192])))
    if len(found) < 2:
        return _flip(raw, rng)
    into, out_of = (found[int(i)] for i in rng.integers(0, len(found), 2))
    raw[into.start() : into.end()] = out_of.group()
    return raw


_SIMPLE = (_flip, _swap_digits, _delete, _insert, _duplicate, _truncate)
_MUTATIONS = (*_SIMPLE, _set_integer, _set_integer, _set_token, _set_token, _swap_words)


def mutated_input(name: str, data: bytes, seed: int, number: int) -> bytes:
    """Make the input of a number: it depends on nothing but the arguments."""
    rng = np.random.default_rng([seed, number, *name.encode()])
    damaged = mutated(data, rng)
    repair = CASES[name].repair
    return repair(damaged) if repair is not None and number % 2 else damaged


def outcome(name: str, path: Path, data: bytes) -> str:
    """Read one input, written to `path`: "read", "refused", or what it did that it must not."""
    path.write_bytes(data)
    before, began = _peak_mebibytes(), time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            CASES[name].read(path)
        result = "read"
    except InputError as error:
        message = str(error)
        result = "refused"
        if "\n" in message or path.name not in message:
            result = f"violation: a message of several lines or without the file's name: {message[:200]!r}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        result = f"violation: {type(error).__name__}: {str(error)[:200]}"
    if (took := time.monotonic() - began) > SECONDS:
        result = f"violation: took {took:.1f} s"
    if (grown := _peak_mebibytes() - before) > MEBIBYTES:
        result = f"violation: memory grew by {grown:.0f} MiB"
    return result


def _peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _work(connection: Connection, contents: dict[str, bytes], seed: int, folder: str) -> None:
    """Read inputs as they are named, in a process with a bound on its memory; its own stderr is not of interest."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while (task := connection.recv()) is not None:
        name, number = task
        path = Path(folder) / f"input{CASES[name].suffix}"
        connection.send(outcome(name, path, mutated_input(name, contents[name], seed, number)))


class Worker:
    """A process that reads inputs, and is replaced when one kills it or hangs."""

    def __init__(self, contents: dict[str, bytes], seed: int, folder: str) -> None:
        self._arguments = (contents, seed, folder)
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, *self._arguments), daemon=True)
        self._process.start()
        theirs.close()

    def read(self, name: str, number: int) -> str:
        """The outcome of one input."""
        self._connection.send((name, number))
        try:
            if self._connection.poll(4 * SECONDS):
                return self._connection.recv()
            self._process.kill()
            result = f"violation: no end after {4 * SECONDS:.0f} s"
        except EOFError:
            self._process.join()
            result = f"violation: the process died ({self._process.exitcode})"
        self._process.join()
        self._start()
        return result

    def stop(self) -> None:
        """End the process."""
        self._connection.send(None)
        self._process.join()


def run(inputs: int, seed: int, names: list[str], *, stop_after: float = np.inf) -> dict[str, Any]:
    """Read `inputs` mutated files, the cases in turn; return counts by case and all violations."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    violations = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        worker = Worker(valid_files(Path(folder), names), seed, folder)
        for number in range(inputs):
            if time.monotonic() - began > stop_after:
                break
            name = names[number % len(names)]
            result = worker.read(name, number // len(names))
            counts[name][result.partition(":")[0]] += 1
            if result.startswith("violation"):
                violations.append({"case": name, "number": number // len(names), "what": result})
        worker.stop()
    return {
        "inputs": sum(count.total() for count in counts.values()),
        "seed": seed,
        "seconds": round(time.monotonic() - began, 1),
        "limits": {"seconds": SECONDS, "mebibytes": MEBIBYTES},
        "cases": {
            name: {what: count[what] for what in ("read", "refused", "violation")} for name, count in counts.items()
        },
        "violations": violations,
    }


def main() -> int:
    """Run from the command line; exit code 1 when there was a violation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", action="append", choices=list(CASES), help="only this one; may be given again")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    from provenance import provenance

    found = run(arguments.inputs, arguments.seed, arguments.case or list(CASES))
    found = {**provenance("numpy", "laspy", "lazrs", "pypcd4", "pye57", "trimesh"), **found}
    text = json.dumps(found, indent=1) + "\n"
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    print({name: dict(count) for name, count in found["cases"].items()})
    for violation in found["violations"][:20]:
        print(violation)
    return 1 if found["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())

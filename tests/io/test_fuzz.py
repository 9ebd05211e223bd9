"""Damaged files of every format: whatever byte is wrong, reading ends in a scan or in one `InputError`.

A short run of `tests/fuzz.py`; the long one's results are in `benchmarks/results/fuzz.json`.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import fuzz
import numpy as np
import pytest
from fuzz import mutated, mutated_input, outcome, valid_files
from fuzz_cases import CASES, Case, repair_e57

from less3d.errors import InputError
from less3d.io import read_scan

TRIES = 80
SEED = 1000


@pytest.mark.parametrize("case", CASES)
def test_damaged_files_give_a_result_or_an_input_error(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("less3d.io.mesh.MAX_POINTS", 1000)
    (data,) = valid_files(tmp_path, [case]).values()
    path = tmp_path / f"input{CASES[case].suffix}"
    assert outcome(case, path, data) == "read"
    outcomes = [outcome(case, path, mutated_input(case, data, SEED, number)) for number in range(TRIES)]
    assert [found for found in outcomes if found not in ("read", "refused")] == []
    assert "refused" in outcomes


def test_an_input_can_be_made_again_and_another_seed_makes_another():
    data = bytes(range(256)) * 8
    assert mutated_input("las", data, 1, 2) == mutated_input("las", data, 1, 2)
    assert mutated_input("las", data, 1, 2) != mutated_input("las", data, 2, 2)
    rng = np.random.default_rng(0)
    assert sum(mutated(data, rng) != data for _ in range(100)) > 90


def test_repaired_checksums_are_those_of_the_library(tmp_path: Path):
    (data,) = valid_files(tmp_path, ["e57"]).values()
    assert repair_e57(data) == data
    spoiled = bytearray(data)
    spoiled[100] ^= 1
    (tmp_path / "a.e57").write_bytes(spoiled)
    with pytest.raises(InputError, match="ecksum"):
        read_scan(tmp_path / "a.e57")


def _raise(_path: Path) -> None:
    raise ValueError("no InputError")


def _two_lines(path: Path) -> None:
    raise InputError(f"{path}:\ntwo lines")


def _nameless(_path: Path) -> None:
    raise InputError("something is wrong")


def _sleep(_path: Path) -> None:
    time.sleep(0.2)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (_raise, "violation: ValueError: no InputError"),
        (_two_lines, "violation: a message of several lines"),
        (_nameless, "violation: a message of several lines or without the file's name"),
        (_sleep, "violation: took 0.2 s"),
    ],
)
def test_violations_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read, said: str):
    monkeypatch.setitem(CASES, "bad", Case(".bad", Path.touch, read))
    monkeypatch.setattr(fuzz, "SECONDS", 0.1)
    assert outcome("bad", tmp_path / "input.bad", b"x").startswith(said)


_CRASHING = """
import os, sys, time
from pathlib import Path
import numpy as np
import fuzz, fuzz_cases

def act(path):
    what = path.read_bytes()
    if b"die" in what: os.abort()
    if b"hang" in what: time.sleep(600)
    if b"eat" in what: np.ones(100 << 20)
    if b"huge" in what: np.ones(10 << 30)

fuzz.CASES["bad"] = fuzz_cases.Case(".bad", Path.touch, act)
fuzz.SECONDS = 2.0
fuzz.mutated_input = lambda name, data, seed, number: [b"", b"die", b"hang", b"eat", b"huge", b""][number]
if __name__ == "__main__":
    import json, tempfile
    with tempfile.TemporaryDirectory() as folder:
        worker = fuzz.Worker({"bad": b""}, 0, folder)
        print(json.dumps([worker.read("bad", number) for number in range(6)]))
        worker.stop()
"""


def test_crashes_hangs_and_gigabytes_are_noticed_and_outlived(tmp_path: Path):
    (tmp_path / "crashing.py").write_text(_CRASHING)
    places = f"{Path(fuzz.__file__).parent}"
    done = subprocess.run(
        [sys.executable, str(tmp_path / "crashing.py")],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": places, "PATH": ""},
    )
    first, died, hung, ate, huge, last = json.loads(done.stdout)
    assert (first, last) == ("read", "read")
    assert died == "violation: the process died (-6)"
    assert hung == "violation: no end after 8 s"
    assert ate.startswith("violation: memory grew by ")
    assert huge.startswith("violation: ")
    assert "MemoryError" in huge


def test_a_run_counts_all_its_inputs():
    found = fuzz.run(12, 5, ["npz", "xyz"])
    assert found["inputs"] == 12
    assert {name: sum(counts.values()) for name, counts in found["cases"].items()} == {"npz": 6, "xyz": 6}
    assert found["violations"] == []

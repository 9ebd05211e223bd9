"""Every run has a process of its own, which does not outlive the comparison."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from less3d.benchmark.pool import FreshProcesses, each_done
from less3d.errors import InputError


def test_each_task_has_a_fresh_process_and_one_that_dies_is_told():
    with FreshProcesses(2) as pool:
        processes = set(each_done(pool, _own_process, range(3)))
        assert len(processes) == 3
        assert os.getpid() not in processes
        with pytest.raises(InputError, match="was killed"):
            list(each_done(pool, os._exit, [1, 1, 1]))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are not killed in this way on Windows")
def test_a_run_ends_with_the_comparison_that_is_killed(tmp_path):
    kept = tmp_path / "process"
    comparison = subprocess.Popen([sys.executable, __file__, kept])
    _wait_until(kept.exists)
    run = int(kept.read_text())
    assert _is_there(run)
    comparison.kill()
    comparison.wait()
    _wait_until(lambda: not _is_there(run))


def _own_process(_: int) -> int:
    return os.getpid()


def _tell_and_go_on(kept: Path) -> None:
    """What a run is that never ends."""
    kept.with_suffix(".part").write_text(str(os.getpid()))
    kept.with_suffix(".part").rename(kept)
    time.sleep(600)


def _is_there(process: int) -> bool:
    """Whether a process is at work; one that only waits to be buried is not."""
    status = Path(f"/proc/{process}/stat")
    if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_until(done, seconds: float = 120.0) -> None:
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)


if __name__ == "__main__":
    with FreshProcesses(1) as pool:
        list(each_done(pool, _tell_and_go_on, [Path(sys.argv[1])]))

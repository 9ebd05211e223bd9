"""What every result file says of where it comes from: command, commit, machine, versions."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from less3d.benchmark.machine import commit, cpu, short

ROOT = Path(__file__).parents[1]


def provenance(*packages: str) -> dict[str, Any]:
    """Command, commit (and whether the package's source has changed since), machine, and versions of `packages`."""
    script = Path(sys.argv[0]).resolve().relative_to(ROOT)
    return {
        "command": " ".join(["python", str(script), *map(_without_folder, sys.argv[1:])]),
        "commit": commit(),
        "machine": {"cpu": cpu(), "cores": os.cpu_count(), "load_average": os.getloadavg()},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in ("torch", *packages)}},
    }


def origin(result: dict[str, Any]) -> str:
    """The commit and the machine of a result, in words."""
    return f"commit {short(result['commit'])}, {result['machine']['cores']} cores of {result['machine']['cpu']}"


def _without_folder(argument: str) -> str:
    """An absolute path's name; where it lies on one machine says nothing on another."""
    return Path(argument).name if Path(argument).is_absolute() else argument

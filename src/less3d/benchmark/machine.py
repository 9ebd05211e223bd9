"""Where results come from: the machine, and the commit of the source."""

import os
import platform
import subprocess
from pathlib import Path

import torch


def commit(file: Path = Path(__file__)) -> str:
    """Of the package's source, with "-dirty" where that has changed since; nothing where it is not under version
    control, as after an installation.

    Args:
        file: a file in the package's benchmark folder.
    """
    try:
        _git(file.parent, "ls-files", "--error-unmatch", file.name)
        changed = _git(file.parent, "status", "--porcelain", "--", "..")
        return _git(file.parent, "rev-parse", "HEAD") + ("-dirty" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def short(commit: str) -> str:
    """A commit as people write it."""
    number, *changed = commit.split("-")
    return "-".join([number[:7], *changed])


def cpu() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor())


def machine(device: str = "cpu") -> str:
    """The kind of machine, in words; with its GPU where that does the work."""
    cores = f"{os.cpu_count()} cores of {cpu()}"
    return cores if device == "cpu" else f"{torch.cuda.get_device_name(device)}, {cores}"


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True, cwd=folder).stdout.strip()

"""Where results come from: the machine, and the commit of the source."""

import os
import platform
import subprocess
from pathlib import Path

import torch


def commit() -> str:
    """Of the source, where it is under version control."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


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

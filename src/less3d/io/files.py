"""Opening and replacing files so that every failure is one clear line and no file is ever half-written."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from less3d.errors import InputError


def read_bytes(path: Path) -> bytes:
    """Return the whole file.

    Raises:
        InputError: when the file is missing, empty, a folder, or may not be read.
    """
    require_file(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def require_file(path: Path) -> None:
    """Raise an `InputError` unless `path` is a file with something in it."""
    try:
        is_folder, size = path.is_dir(), path.stat().st_size
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if is_folder:
        raise InputError(f"{path}: expected a file, got a folder")
    if size == 0:
        raise InputError(f"{path}: the file is empty")


def require_writable(path: Path) -> None:
    """Refuse, before any work, a file that could not be written after it.

    Raises:
        InputError: when it is a folder, or its folder is missing or may not be written to.
    """
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"{path}: expected a file to write, in a folder that may be written to")


def library(name: str, path: Path, extra: str) -> Any:
    """Import an outside library that only some formats need, such as that of `path`.

    Raises:
        InputError: when it is not installed, with what to install.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            f"{path}: expected the library {name.partition('.')[0]} for this kind of file, which is not installed: "
            f"pip install 'less3d[{extra}]'"
        ) from error


def sha256_of(path: Path) -> str:
    """Hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that becomes `path` only when the block ends without an error.

    Raises:
        InputError: when the folder is missing or may not be written to.
    """
    with replacing_path(path) as temporary, temporary.open("wb") as stream:
        yield stream


@contextmanager
def replacing_path(path: Path) -> Iterator[Path]:
    """Give the name of an empty file, for libraries that open files themselves; else as `replacing`.

    Raises:
        InputError: when the folder is missing or may not be written to.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written, {path.parent} is no folder one may write to") from error
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        _give_usual_permissions(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _give_usual_permissions(path: Path) -> None:
    """Undo mkstemp's owner-only mode: a result file obeys the umask as any other."""
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(0o666 & ~umask)

"""Scans in NumPy .npz archives, read without ever unpickling."""

import io
import zipfile
from pathlib import Path

import numpy as np

from less3d.errors import InputError
from less3d.io.assemble import assemble
from less3d.io.files import replacing, require_file
from less3d.scan import Scan

POINT_NAMES = ("points", "xyz_aligned", "xyz", "points_mm")
"""Names of the coordinates, the first found is read; `points_mm` is in millimeters, the others in meters."""

COLOR_NAMES = ("colors", "rgb")
INSTANCE_NAMES = ("instances", "instance", "instance_from_boxes")
SEMANTIC_NAMES = ("semantics", "nyu40")

LARGEST = 4 << 30
"""Bytes that an archive's arrays may take once unpacked: what claims more is no scan but a trap."""

_ATTRIBUTE = "attributes/"
_INT16_METERS = 32.767


def read_npz(path: Path) -> Scan:
    """Read a scan from named arrays.

    Names read: see `POINT_NAMES`, `COLOR_NAMES`, `INSTANCE_NAMES`, `SEMANTIC_NAMES`; `object_ids` with `object_labels`
    become `Scan.labels`; `faces`; `origin`; whatever `write_npz` put under `attributes/`.

    Raises:
        InputError: when the file is missing or broken, claims more than `LARGEST` bytes, has no coordinates, or an
            array has the wrong shape or type.
    """
    require_file(path)
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, NotImplementedError, zipfile.BadZipFile) as error:  # what zipfile says of malformed content
        raise InputError(f"{path}: not an .npz archive, or a truncated one") from error
    with archive:
        claimed = sum(member.file_size for member in archive.infolist())
        if claimed > LARGEST:
            raise InputError(
                f"{path}: its arrays unpack to {claimed / 2**30:.1f} GiB, more than the {LARGEST / 2**30:.0f} GiB that "
                "are read: keep only the points and their colors, or thin them out"
            )
        return _scan_of(_Members(path, archive), path)


def write_npz(scan: Scan, path: Path, *, compact: bool = False) -> None:
    """Write a scan as a compressed archive that `read_npz` reads back.

    `compact` stores the coordinates as int16 millimeters, a third of the size, when all lie within 32.767 m.
    """
    arrays: dict[str, np.ndarray] = {}
    if compact and float(np.abs(scan.points).max()) <= _INT16_METERS:
        arrays["points_mm"] = np.rint(scan.points.astype(np.float64) * 1000).astype(np.int16)
    else:
        arrays["points"] = scan.points
    arrays["colors"] = scan.colors
    if scan.origin.any():
        arrays["origin"] = scan.origin
    optional = {"instances": scan.instances, "semantics": scan.semantics, "faces": scan.faces}
    arrays |= {name: values for name, values in optional.items() if values is not None}
    if scan.labels is not None:
        arrays["object_ids"] = np.array(list(scan.labels), np.int64)
        arrays["object_labels"] = np.array(list(scan.labels.values()), str)
    for name, values in scan.attributes.items():
        if values.dtype.hasobject:
            raise InputError(f"{path}: attribute {name!r} holds Python objects, which are not written")
        arrays[_ATTRIBUTE + name] = values
    with replacing(path) as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


class _Members:
    """The arrays of an archive, each checked as it is asked for."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self.archive = archive
        self.names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]

    def first(self, names: tuple[str, ...], shape: tuple[int | None, ...], kinds: str) -> np.ndarray | None:
        """Return the first of the arrays `names` that is there; None in `shape` stands for any length."""
        name = next((name for name in names if name in self.names), None)
        return None if name is None else self.array(name, shape, kinds)

    def array(self, name: str, shape: tuple[int | None, ...], kinds: str) -> np.ndarray:
        """Return one array, refusing one whose shape, or kind of type, is not what a scan needs."""
        values = self._load(name)
        fits = len(values.shape) == len(shape) and all(
            want is None or want == got for want, got in zip(shape, values.shape, strict=True)
        )
        if not fits or values.dtype.kind not in kinds:
            wanted = f"({', '.join('any' if want is None else str(want) for want in shape)})"
            raise InputError(
                f"{self.path}: expected array {name!r} of shape {wanted}, got {values.dtype} {values.shape}"
            )
        return values.astype(values.dtype.newbyteorder("="))

    def _load(self, name: str) -> np.ndarray:
        """Read one array from the bytes that are there; a header that promises more is refused, not allocated."""
        try:
            member = self.archive.getinfo(name + ".npy")
            with self.archive.open(member) as stream:
                data = io.BytesIO(stream.read(member.file_size))  # however much more it unpacks to
            version = np.lib.format.read_magic(data)
            read_header = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}[version[0]]
            shape, by_column, dtype = read_header(data)
            if dtype.hasobject:
                raise ValueError("it holds pickled Python objects")
            flat = np.frombuffer(data.getbuffer()[data.tell() :], dtype)
            return flat.reshape(shape[::-1]).T if by_column else flat.reshape(shape)
        except Exception as error:  # a broken archive fails in a dozen ways inside zipfile, zlib and NumPy's parser
            reason = " ".join(str(error).split())[:100]
            raise InputError(f"{self.path}: array {name!r} cannot be read, the file is damaged ({reason})") from error


def _scan_of(members: _Members, path: Path) -> Scan:
    xyz = members.first(POINT_NAMES, (None, 3), "fiu")
    if xyz is None:
        raise InputError(f"{path}: expected an array named {' or '.join(POINT_NAMES)}, got {members.names[:8]}")
    if not any(name in members.names for name in POINT_NAMES[:-1]):
        xyz = (xyz.astype(np.float64) / 1000).astype(np.float32)
    n = len(xyz)
    return assemble(
        path,
        xyz,
        members.first(COLOR_NAMES, (n, 3), "fiu"),
        origin=_origin(members),
        instances=members.first(INSTANCE_NAMES, (n,), "iu"),
        labels=_labels(members),
        semantics=members.first(SEMANTIC_NAMES, (n,), "iu"),
        attributes={
            name.removeprefix(_ATTRIBUTE): members.array(name, (n,), "biufcSU")
            for name in members.names
            if name.startswith(_ATTRIBUTE)
        },
        faces=members.first(("faces",), (None, 3), "iu"),
    )


def _origin(members: _Members) -> np.ndarray | None:
    origin = members.first(("origin",), (3,), "fiu")
    if origin is not None and not np.isfinite(origin).all():
        raise InputError(f"{members.path}: the origin is NaN or infinite")
    return None if origin is None else origin.astype(np.float64)


def _labels(members: _Members) -> dict[int, str] | None:
    ids = members.first(("object_ids",), (None,), "iu")
    if ids is None:
        return None
    names = members.first(("object_labels",), (len(ids),), "SU")
    if names is None:
        return None
    texts = np.char.decode(names, "utf-8", "replace") if names.dtype.kind == "S" else names
    return {int(key): str(text) for key, text in zip(ids, texts, strict=True)}

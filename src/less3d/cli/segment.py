"""`less3d segment SCAN SENTENCE ...`: find what sentences mean in a scan, one folder of results each."""

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from less3d.cli.results import (
    PICTURE,
    Answer,
    folder_names,
    require_replaceable,
    write_folder,
    write_results,
)
from less3d.draw import picture
from less3d.errors import InputError, InputWarning
from less3d.io import SUPPORTED, frame_warnings, read_scan
from less3d.io.files import sha256_of
from less3d.scan import TURNS, Scan

if TYPE_CHECKING:
    from rich.progress import Progress

    from less3d.predict import Segmenter

_STDIN = "-"
_PICTURE_SIDES = range(64, 4097)


def segment(
    scan: Annotated[tyro.conf.Positional[Path], tyro.conf.arg(metavar="SCAN")],
    sentences: Annotated[tyro.conf.Positional[tuple[str, ...]], tyro.conf.arg(metavar="SENTENCE ...")] = (),
    /,
    *,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out"),
    sentences_file: Annotated[str | None, tyro.conf.arg(name="sentences", metavar="FILE")] = None,
    up: Literal["auto", "x", "y", "z", "-x", "-y", "-z"] | None = None,
    units: Literal["m", "cm", "mm", "in", "ft"] = "m",
    thin: float | None = None,
    weights: str = "released",
    device: str = "cpu",
    turns: int = TURNS,
    json_lines: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False,
    picture_size: tuple[int, int] = (960, 720),
) -> None:
    """Find the object that each sentence describes in a colored 3D scan.

    Writes one folder a sentence, such as out/01-the-brown-chair/, with mask.npy (one bool a point, in the file's
    order), scan.ply (the same points, the object colored, and a score each), picture.png and result.json. Of a scan
    that was thinned, scan.ply has the points that were left; mask.npy still has all.

    Args:
        scan: the scan: a .ply, .npz, .obj, .glb, .gltf, .xyz, .txt, .pcd, .las, .laz or .e57 file.
        sentences: what to find, one object a sentence; - reads sentences from standard input, one a line.
        output: folder to write results in.
        sentences_file: text file with more sentences, one a line; - for standard input.
        up: the axis of the file that points up, by default z, but y in .glb and .gltf files; auto finds it.
        units: the unit of length of the file.
        thin: leave one point in each cube of this side, in meters; 0 for none. By default, scans of more than ten
            million points are thinned to one a centimeter.
        weights: a released name ("released": the first), a weight file, a folder with one, or a hub id.
        device: where to run, "cpu" or "cuda".
        turns: from how many sides the scan is looked at; more find more, 1 is fastest.
        json_lines: print a line of JSON for each sentence instead of one for people.
        picture_size: width and height of the pictures in pixels.
    """
    asked = all_sentences(sentences, sentences_file)
    folders = [output / name for name in folder_names(asked)]
    for folder in folders:
        require_replaceable(folder)
    if not all(side in _PICTURE_SIDES for side in picture_size):
        raise InputError(f"expected a picture of 64 to 4096 pixels a side, got {picture_size[0]} x {picture_size[1]}")

    session = _Session.start(scan, up, units, thin, weights, device, turns)
    with _progress(len(asked)) as progress:
        task = progress.add_task("segmenting", total=len(asked))
        for sentence, folder in zip(asked, folders, strict=True):
            answer = session.ask(sentence, picture_size)
            write_folder(folder, partial(write_results, answer=answer, source=scan, scan=session.scan))
            print((_json_line if json_lines else _human_line)(answer.record, folder), flush=True)
            progress.advance(task)


def all_sentences(sentences: tuple[str, ...], file: str | None) -> list[str]:
    """The sentences given, with those of standard input in the place of each "-", then those of a file.

    Raises:
        InputError: when there are none, one of them is none, or the file cannot be read.
    """
    from less3d.text.tokens import check_sentence

    asked: list[str] = []
    for sentence in sentences:
        asked += _lines(_STDIN) if sentence == _STDIN else [sentence]
    if file is not None:
        asked += _lines(file)
    if not asked:
        raise InputError('expected at least one sentence, got none: less3d segment room.ply "the brown chair"')
    for sentence in asked:
        check_sentence(sentence)
        if sentence != sentence.encode(errors="ignore").decode():
            raise InputError(f"expected a sentence as UTF-8 text, got {sentence[:40]!r}")
    return [" ".join(sentence.split()) for sentence in asked]


@dataclass(frozen=True, eq=False)
class _Session:
    """A scan and a model, ready for sentences."""

    scan: Scan
    segmenter: "Segmenter"
    about: dict[str, Any]
    """What is said in every sentence's result."""
    seconds: dict[str, float]
    """Time of what was done once."""

    @classmethod
    def start(
        cls, path: Path, up: str | None, units: str, thin: float | None, weights: str, device: str, turns: int
    ) -> "_Session":
        """Read the scan, warn of what looks wrong with it, load the weights and encode the scan."""
        clock = _Clock()
        with clock.step("read"):
            scan = read_scan(path, up=up, units=units, thin=thin)
            about = {"scan": {"file": str(path), "sha256": sha256_of(path), **_sizes(scan)}}
            _warn_of_frame(scan, up or SUPPORTED[path.suffix.lower()].up, units)
        with clock.step("load"):
            import less3d
            from less3d.predict import Segmenter

            segmenter = Segmenter.from_pretrained(weights, device=device, turns=turns)
        with clock.step("encode"):
            segmenter.set_scan(scan)
        used = segmenter.weights
        about["weights"] = {"name": used.name, "sha256": used.sha256} if used else {}
        return cls(scan, segmenter, {**about, "version": less3d.__version__}, clock.seconds)

    def ask(self, sentence: str, picture_size: tuple[int, int]) -> Answer:
        """The answer to a sentence, with its picture and its record."""
        clock = _Clock(dict(self.seconds))
        with clock.step("answer"):
            prediction = self.segmenter.segment(sentence)
        with clock.step("draw"):
            image = picture(self.scan, prediction.mask, sentence, size=picture_size)
        record = {
            "sentence": sentence,
            "found": prediction.found,
            "points": int(self.scan.on_file(prediction.mask).sum()),
            "confidence": round(prediction.confidence, 4),
            "seconds": {name: round(value, 3) for name, value in clock.seconds.items()},
            **self.about,
        }
        return Answer(prediction, image, record)


@dataclass(frozen=True)
class _Clock:
    """How long each step took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a block."""
        began = perf_counter()
        yield
        self.seconds[name] = perf_counter() - began


def _sizes(scan: Scan) -> dict[str, int]:
    """The number of points of the file, and of those that were used."""
    return {"points": len(scan) if scan.stand_ins is None else len(scan.stand_ins), "points_used": len(scan)}


def _warn_of_frame(scan: Scan, up: str, units: str) -> None:
    """Warn when the scan does not look like an upright room; what to pass instead is only known of an unturned one."""
    messages = frame_warnings(scan)
    if messages and (up, units) != ("z", "m"):
        messages = (f"with --up {up} --units {units} the scan does not look like an upright room: try others",)
    for message in messages:
        warnings.warn(message, InputWarning, stacklevel=2)


def _lines(file: str) -> list[str]:
    """The lines of a text file, or of standard input, that are not empty."""
    try:
        text = sys.stdin.read() if file == _STDIN else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: expected sentences as UTF-8 text, got something else") from error
    return [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]


def _progress(count: int) -> "Progress":
    """A bar on a terminal when there is more than one sentence, else nothing."""
    from rich.console import Console
    from rich.progress import Progress

    shown = count > 1 and sys.stderr.isatty()
    return Progress(
        console=Console(stderr=True), transient=True, disable=not shown, redirect_stdout=sys.stdout.isatty()
    )


def _human_line(record: dict[str, Any], folder: Path) -> str:
    found = f"{record['points']:,} points" if record["found"] else "not found"
    return f'"{record["sentence"]}": {found}, confidence {record["confidence"]:.2f}, see {folder / PICTURE}'


def _json_line(record: dict[str, Any], folder: Path) -> str:
    return json.dumps({**record, "folder": str(folder)})

"""Reads the pictures of a scanner for its calibration: every file, every fault told at once, one picture in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.errors import InputError, Problem
from features.palettes import Palette
from features.xray_header import UnreadablePicture
from features.xray_look import shields
from models.xray import XrayModel, read_and_check
from training.xray.coco import Labelled
from training.xray.duplicates import fingerprint
from training.xray.scanner import Scored

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".tif", ".tiff"})
MOST_UNREADABLE = 0.2
Heartbeat = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Read:
    """Pictures as scored, which of them could not be read, and the SHA-256 of each file in their order."""

    pictures: tuple[Scored, ...]
    problems: tuple[Problem, ...]
    digests: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over all files, whatever they are called."""
        return hashlib.sha256("\n".join(sorted(self.digests)).encode("ascii")).hexdigest()


def pictures_in(folder: Path) -> list[Path]:
    """Return the picture files of a folder and of the folders in it, by name; hidden ones are left alone.

    Raises:
        InputError: There is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name the folder of this scanner's benign pictures.")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    shown = [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    if not shown:
        raise InputError(f"{folder}: no picture in it; PNG, JPEG and TIFF are read.")
    return shown


def read_benign(
    folder: Path, model: XrayModel, palette: Palette | None, heartbeat: Heartbeat = lambda done: None
) -> Read:
    """Score every picture of the benign folder.

    Raises:
        InputError: There is no such folder, or no picture in it.
    """
    files = [(path, str(path.relative_to(folder))) for path in pictures_in(folder)]
    return _read(((path, name, name, False) for path, name in files), model, palette, heartbeat)


def read_labelled(
    labelled: Sequence[Labelled], model: XrayModel, palette: Palette | None, heartbeat: Heartbeat = lambda done: None
) -> Read:
    """Score labelled pictures of the same scanner."""
    return _read(((one.path, one.path.name, one.group, _armed(one)) for one in labelled), model, palette, heartbeat)


def check_benign(benign: Read, labelled: Read | None, folder: Path) -> None:
    """Check that the benign folder can be calibrated on.

    Raises:
        InputError: Pictures of it are labelled with a firearm part, or so many cannot be read that something is wrong
            with the folder; all of them are named.
    """
    armed = _armed_among(benign, labelled) if labelled else []
    told = []
    if armed:
        told.append(f"{len(armed)} of {len(benign.pictures)} pictures hold a part by the annotations")
    if len(benign.problems) > MOST_UNREADABLE * len(benign.pictures):
        told.append(f"{len(benign.problems)} of {len(benign.pictures)} pictures cannot be used")
    if told:
        text = f"{folder}: {' and '.join(told)}; take them out, or see what is wrong with the export"
        raise InputError(f"{text}. Nothing was written.", [*armed, *benign.problems])


def _armed_among(benign: Read, labelled: Read) -> list[Problem]:
    """Name the benign pictures that are labelled with a part, as the same file or pixel for pixel."""
    armed = {mark: one.name for one, marks in _marked(labelled) if one.armed is True for mark in marks}
    found = [(one.name, next((armed[mark] for mark in marks if mark in armed), None)) for one, marks in _marked(benign)]
    return [
        Problem(name, "armed_among_benign", f"it is labelled with a firearm part as {other}; take it out.")
        for name, other in found
        if other is not None
    ]


def _marked(read: Read) -> Iterable[tuple[Scored, tuple[str, ...]]]:
    for one, digest in zip(read.pictures, read.digests, strict=True):
        yield one, (digest, one.fingerprint.exact) if one.fingerprint else (digest,)


def _armed(one: Labelled) -> bool | None:
    if one.has_part:
        return True
    return None if one.things else False


def _read(
    files: Iterable[tuple[Path, str, str, bool | None]],
    model: XrayModel,
    palette: Palette | None,
    heartbeat: Heartbeat,
) -> Read:
    pictures: list[Scored] = []
    problems: list[Problem] = []
    digests: list[str] = []
    for done, (path, name, group, armed) in enumerate(files, start=1):
        try:
            data = path.read_bytes()
            digests.append(hashlib.sha256(data).hexdigest())
            pictures.append(_scored(data, name, group, armed, model, palette))
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
        except UnreadablePicture as error:
            pictures.append(Scored(name, group, armed, None))
            problems.append(Problem(name, error.code, error.message))
        heartbeat(done)
    return Read(tuple(pictures), tuple(problems), tuple(digests))


def _scored(
    data: bytes, name: str, group: str, armed: bool | None, model: XrayModel, palette: Palette | None
) -> Scored:
    seen = read_and_check(data, palette=palette)
    peak = round(model.peak(seen.image), 4)
    hidden = seen.image.inverted or bool(shields(seen.image))
    return Scored(name, group, armed, peak, fingerprint(seen.image), seen.statistics(), hidden)

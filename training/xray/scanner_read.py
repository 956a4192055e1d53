"""Reads the pictures of a scanner for its calibration: every file, every fault told at once, one picture in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.errors import InputError, Problem
from features.palettes import Palette
from features.xray_header import UnreadablePicture
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
        InputError: No pictures, or so many of them unreadable that something is wrong with the folder.
    """
    files = [(path, str(path.relative_to(folder)), None) for path in pictures_in(folder)]
    read = _read(((path, name, name, False) for path, name, _ in files), model, palette, heartbeat)
    if len(read.problems) > MOST_UNREADABLE * len(files):
        text = f"{folder}: {len(read.problems)} of {len(files)} pictures cannot be used"
        raise InputError(f"{text}; take them out, or see what is wrong with the export.", read.problems)
    return read


def read_labelled(
    labelled: Sequence[Labelled], model: XrayModel, palette: Palette | None, heartbeat: Heartbeat = lambda done: None
) -> Read:
    """Score labelled pictures of the same scanner."""
    return _read(((one.path, one.path.name, one.group, _armed(one)) for one in labelled), model, palette, heartbeat)


def check_harmless(benign: Read, labelled: Read, folder: Path) -> None:
    """Check that no picture of the benign folder is labelled with a firearm part.

    Raises:
        InputError: Some are; all are named.
    """
    armed = {
        digest: one.name for digest, one in zip(labelled.digests, labelled.pictures, strict=True) if one.armed is True
    }
    problems = [
        Problem(one.name, "armed_among_benign", f"is labelled with a firearm part as {armed[digest]}; take it out.")
        for digest, one in zip(benign.digests, benign.pictures, strict=True)
        if digest in armed
    ]
    if problems:
        text = f"{folder}: {len(problems)} pictures of the benign folder hold a part by the annotations"
        raise InputError(f"{text}; nothing was written.", problems)


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
    return Scored(name, group, armed, peak, fingerprint(seen.image), seen.statistics())

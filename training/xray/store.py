"""Canonical pictures cached on disk as 8 bit, so that a training step reads pixels instead of decoding files.

A store is a folder: `planes.bin` holds attenuation and material of picture after picture, `index.json` says where each
lies and what is in it. Attenuation is kept as round(255 ln(1 + 4a) / ln(33)): steps of 0.003 at 0 and 0.11 at 8.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.errors import InputError
from features.xray_image import MOST, XrayImage
from models.results import PARTS, Part

PLANES, INDEX, UNFINISHED = "planes.bin", "index.json", "planes.unfinished"
_STEEPNESS = 4.0
_FULL = float(np.log1p(_STEEPNESS * MOST))
Plane = NDArray[np.float32]
Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Thing:
    """A labelled box: [x, y, width, height] in pixels; `part` None where it is a firearm part of unknown name."""

    box: tuple[float, float, float, float]
    part: Part | None
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One cached picture: its size, where it begins, its things, and the bag or scene it shows."""

    width: int
    height: int
    start: int
    group: str
    things: tuple[Thing, ...]


def encode(plane: Plane) -> Codes:
    """Attenuation, 0 to 8, to 8 bit."""
    codes = np.rint(np.log1p(_STEEPNESS * np.clip(plane, 0.0, MOST)) * (255.0 / _FULL))
    return np.asarray(codes, np.uint8)


def decode_table() -> Plane:
    """Return the attenuation of each of the 256 codes."""
    return (np.expm1(np.arange(256) / 255.0 * _FULL) / _STEEPNESS).astype(np.float32)


class StoreWriter:
    """Writes a store picture by picture; the index, without which it is none, comes last."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._file = (folder / UNFINISHED).open("wb")
        self._entries: list[Entry] = []

    def add(self, image: XrayImage, group: str, things: tuple[Thing, ...]) -> None:
        """Append one picture."""
        width, height = image.size
        self._entries.append(Entry(width, height, self._file.tell(), group, things))
        self._file.write(encode(image.attenuation).tobytes())
        self._file.write(np.rint(np.clip(image.material, 0, 1) * 255.0).astype(np.uint8).tobytes())

    def regroup(self, groups: Sequence[str]) -> None:
        """Name the bag of every picture anew, once all have been seen."""
        self._entries = [replace(entry, group=group) for entry, group in zip(self._entries, groups, strict=True)]

    def discard(self) -> None:
        """Leave nothing behind: what was added is no set to learn from."""
        self._file.close()
        (self._folder / UNFINISHED).unlink(missing_ok=True)

    def finish(self, about: dict[str, Any]) -> None:
        """Make the store complete; `about` says what it was made from."""
        self._file.close()
        (self._folder / UNFINISHED).replace(self._folder / PLANES)
        content = {"about": about, "entries": [asdict(entry) for entry in self._entries]}
        (self._folder / INDEX).write_text(json.dumps(content), encoding="utf-8")


class Store:
    """An open store, read through the operating system's page cache.

    Raises:
        InputError: The folder holds no complete store.
    """

    def __init__(self, folder: Path) -> None:
        try:
            content = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            # A store of no pictures is one too, and nothing can be mapped of an empty file.
            empty = (folder / PLANES).stat().st_size == 0
            self._planes = np.zeros(0, np.uint8) if empty else np.memmap(folder / PLANES, np.uint8, "r")
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: no complete store of cached pictures ({error}).") from error
        self.about: dict[str, Any] = content["about"]
        self.entries = tuple(_entry(raw) for raw in content["entries"])

    def codes(self, index: int) -> tuple[Codes, Codes]:
        """Return attenuation codes and material (0 to 255) of one picture, each H x W, not copied."""
        entry = self.entries[index]
        size = entry.width * entry.height
        both = self._planes[entry.start : entry.start + 2 * size].reshape(2, entry.height, entry.width)
        return both[0], both[1]


def _entry(raw: dict[str, Any]) -> Entry:
    things = tuple(Thing(tuple(thing["box"]), _part(thing["part"]), bool(thing["ignore"])) for thing in raw["things"])
    return Entry(raw["width"], raw["height"], raw["start"], raw["group"], things)


def _part(name: str | None) -> Part | None:
    return next((part for part in PARTS if part == name), None)

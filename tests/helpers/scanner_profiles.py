"""A scanner's profile for tests, made by the real calibration from pictures with planted scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from xray_pictures import PARAMETERS, png

from features.palettes import PALETTES, colourise
from models.scanner_profile import ScannerProfile
from models.xray import read_and_check
from training.xray.duplicates import fingerprint
from training.xray.scanner import Scored, Wanted, scanner_profile


def parcel(seed: int, *, gain: float = 1.0, palette: str | None = "classic") -> NDArray[np.uint8]:
    """A carton of 150 x 110 px with two blobs and a bar, never twice the same; grey without a palette."""
    rng = np.random.default_rng(seed)
    attenuation = np.zeros((150, 190), np.float32)
    material = np.full((150, 190), 0.5, np.float32)
    attenuation[20:130, 20:170] = 0.15 + 0.1 * rng.random()
    for number in range(3):
        x, y = int(rng.integers(25, 120)), int(rng.integers(25, 95))
        w, h = int(rng.integers(12, 45)), int(rng.integers(12, 32))
        attenuation[y : y + h, x : x + w] += 0.4 + rng.random() + number
        material[y : y + h, x : x + w] = 0.5 * number
    attenuation = cv2.GaussianBlur(attenuation, (0, 0), 0.8) * gain
    if palette is None:
        return np.asarray(250 * np.exp(-attenuation), np.uint8)
    return colourise(attenuation, material, PALETTES[palette])


def scored(seed: int, peak: float | None, *, armed: bool | None = False, group: str = "", **look: Any) -> Scored:
    """A picture as calibration sees it, with a planted score; None: it could not be read."""
    name = f"{seed:05}.png"
    if peak is None:
        return Scored(name, group or name, armed, None)
    seen = read_and_check(png(parcel(seed, **look)))
    return Scored(name, group or name, armed, peak, fingerprint(seen.image), seen.statistics())


WANTED = Wanted(
    scanner="belt-3",
    model="planted-1.0.0",
    model_digest="",
    palette="estimated",
    false_alarms=0.05,
    created_at="2026-11-20T12:00:00Z",
    command="parcel-screening calibrate xray --scanner belt-3",
    data={"benign": "0" * 64},
)


def benign_set(count: int = 40, *, first: int = 0, **look: Any) -> list[Scored]:
    """Different benign pictures whose scores are spread evenly from 0 to 0.4."""
    return [scored(first + n, round(0.4 * n / count, 4), **look) for n in range(count)]


def profile(benign: Sequence[Scored] | None = None, labelled: Sequence[Scored] = (), **more: Any) -> ScannerProfile:
    """The profile of scanner belt-3 for the planted model."""
    return scanner_profile(replace(WANTED, **more), benign or benign_set(), labelled, PARAMETERS)

"""Makes `sample_images/`: a handful of scans with known contents, always the same bytes.

Run: python -m training.phantom.samples FOLDER
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.results import Part
from training.phantom.containers import ContainerKind
from training.phantom.export import export, picture
from training.phantom.layout import Density
from training.phantom.scene import Scene, make_scene

MOST_BYTES = 150_000
EXPECTED = "expected.json"
_TWELVE_BITS = 0xFFF0


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleScan:
    """One sample: how it is made and what a reader should know of it."""

    file: str
    about: str
    seed: int
    fmt: str
    container: ContainerKind
    density: Density
    parts: tuple[Part, ...] = ()
    shield: bool = False
    size: tuple[int, int] = (290, 390)
    twelve_bits: bool = False


SAMPLE_SCANS = (
    SampleScan(
        file="harmless.jpg", about="A soft bag of household goods; no part.", seed=8, fmt="colour-jpeg:classic",
        container="bag", density="medium",
    ),
    SampleScan(
        file="pistol.png", about="A carton with a whole self-loading pistol in plain view.", seed=17,
        fmt="colour-png:classic", container="carton", density="sparse", parts=("pistol",),
    ),
    SampleScan(
        file="parts-kit.jpg", about="A carton of mixed goods with a barrel, slide, frame and magazine taken apart.",
        seed=14, fmt="colour-jpeg:vivid", container="carton", density="medium",
        parts=("barrel", "slide", "frame", "magazine"),
    ),
    SampleScan(
        file="shielded.png", about="A carton with a plate that nothing shines through.", seed=5,
        fmt="colour-png:classic", container="carton", density="sparse", shield=True,
    ),
    SampleScan(
        file="revolver-grey.jpg", about="A single-energy grey picture of a carton with a revolver.", seed=13,
        fmt="grey-jpeg", container="carton", density="sparse", parts=("revolver",),
    ),
    SampleScan(
        file="dual-energy.tif", about="A padded envelope with a barrel and a magazine; two pages of 12 bits in 16.",
        seed=10, fmt="dual-tiff16", container="envelope", density="sparse", parts=("magazine", "barrel"),
        size=(190, 270), twelve_bits=True,
    ),
    SampleScan(
        file="electronics.jpg", about="A carton full of electronics, tools and cables; no part.", seed=64,
        fmt="colour-jpeg:classic", container="carton", density="full",
    ),
)  # fmt: skip


def make_sample(sample: SampleScan) -> Scene:
    """Return the sample's scene."""
    scene = make_scene(
        sample.seed, size=sample.size, density=sample.density, container=sample.container, parts=sample.parts,
        shield=sample.shield,
    )  # fmt: skip
    if not sample.twelve_bits:
        return scene
    # Many scanners digitise to 12 bits; their noise also keeps the file small.
    return replace(scene, low=_coarse(scene.low), high=_coarse(scene.high))


def _coarse(signal: NDArray[np.uint16]) -> NDArray[np.uint16]:
    return np.asarray(signal & np.uint16(_TWELVE_BITS), np.uint16)


def expected_of(sample: SampleScan, scene: Scene) -> dict[str, Any]:
    """Return what is known of a sample, in JSON types."""
    height, width = scene.low.shape
    parts = [
        {"part": found.part, "box": list(found.box), "visibility": found.visibility, "ignore": found.ignore}
        for found in scene.annotations
    ]
    return {
        "about": sample.about, "width": width, "height": height, "format": sample.fmt, "seed": sample.seed,
        "parts": parts, "shield": list(scene.shield) if scene.shield else None, "objects": list(scene.objects),
    }  # fmt: skip


def encoded(scene: Scene, fmt: str) -> bytes:
    """Return the bytes of a sample's file."""
    if "png" not in fmt:
        return export(scene, fmt).data
    best = [cv2.IMWRITE_PNG_COMPRESSION, 9]  # these files travel with the package
    return bytes(cv2.imencode(".png", picture(scene, fmt), best)[1].tobytes())


def write_samples(folder: Path) -> dict[str, int]:
    """Write every sample and `expected.json`; returns the size of each picture in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    expected, sizes = {}, {}
    for sample in SAMPLE_SCANS:
        scene = make_sample(sample)
        data = encoded(scene, sample.fmt)
        (folder / sample.file).write_bytes(data)
        expected[sample.file] = expected_of(sample, scene)
        sizes[sample.file] = len(data)
    (folder / EXPECTED).write_text(json.dumps(expected, indent=2) + "\n", encoding="utf-8")
    return sizes


if __name__ == "__main__":
    for name, size in write_samples(Path(sys.argv[1])).items():
        sys.stdout.write(f"{name}: {size} bytes{' TOO LARGE' if size > MOST_BYTES else ''}\n")

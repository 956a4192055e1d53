"""How often a scan counts as shielded: with an opaque plate in it (should), and without (costs an officer's time).

python -m benchmarks.shields [--scenes 40] [--images FOLDER]
Synthetic scenes of every density, each in several formats; with --images also the share of a folder's own pictures.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

from features.palettes import PALETTES
from features.xray_header import UnreadablePicture
from features.xray_image import canonical
from features.xray_look import DenseRegion, shields
from features.xray_read import PictureLimits, read_picture
from models.geometry import corners, intersections
from models.results import Box
from training.phantom.export import export
from training.phantom.layout import Density
from training.phantom.scene import Scene, make_scene

FIRST = 41_000_000
DENSITIES: tuple[Density, ...] = ("sparse", "medium", "full")
KINDS = ("dual-tiff16", "grey-png16", "grey-jpeg", "colour-jpeg", "varied grey", "varied colour")
LEAST_COVERED = 0.3
Counts = dict[tuple[str, str], list[bool]]


def pictures(scene: Scene) -> dict[str, bytes]:
    """Return the scene plain in four formats, and as a random console shows it in grey and in colour."""
    rng = np.random.default_rng(scene.seed)
    palette = sorted(PALETTES)[scene.seed % len(PALETTES)]
    plain = {kind: kind for kind in KINDS[:3]} | {KINDS[3]: f"colour-jpeg:{palette}"}
    shown = {kind: export(scene, fmt).data for kind, fmt in plain.items()}
    varied = {KINDS[4]: "grey-jpeg", KINDS[5]: f"colour-jpeg:{palette}"}
    return shown | {kind: export(scene, fmt, rng).data for kind, fmt in varied.items()}


def found(data: bytes) -> tuple[DenseRegion, ...]:
    """Return the shields of a picture file."""
    return shields(canonical(read_picture(data, PictureLimits())))


def covers(told: tuple[DenseRegion, ...], plate: Box) -> bool:
    """Whether a shield covers at least a third of the plate's box."""
    common = intersections(corners([one.box for one in told]), corners([plate]))
    return bool((common > LEAST_COVERED * plate[2] * plate[3]).any())


def count(scenes: int) -> Counts:
    """Return for each density (with "plate" for scenes with one) and kind of picture what was right to tell."""
    counts: Counts = defaultdict(list)
    for number, density in enumerate(DENSITIES):
        for plate in (False, True):
            for k in range(scenes):
                seed = FIRST + 1000 * number + 500 * plate + k
                scene = make_scene(seed, firearm=k % 2 == 0, density=density, shield=plate)
                for kind, data in pictures(scene).items():
                    told = found(data)
                    row = f"{density}, a plate: found" if plate else f"{density}, none: told all the same"
                    counts[row, kind].append(covers(told, scene.shield) if scene.shield else bool(told))
    return counts


def share_of(folder: Path) -> tuple[int, int]:
    """Return how many of a folder's pictures count as shielded, and how many could be read."""
    shielded = readable = 0
    for path in sorted(folder.iterdir()):
        try:
            shielded += bool(found(path.read_bytes()))
            readable += 1
        except UnreadablePicture:
            continue
    return shielded, readable


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=40, help="Of each density, with a plate and without.")
    parser.add_argument("--images", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    counts = count(options.scenes)
    print(f"{'':34}" + "".join(f"{kind:>15}" for kind in KINDS))
    for row in dict.fromkeys(row for row, _ in counts):
        print(f"{row:34}" + "".join(f"{np.mean(counts[row, kind]):15.3f}" for kind in KINDS))
    if options.images:
        shielded, readable = share_of(options.images)
        print(f"{options.images}: {shielded} of {readable} pictures count as shielded ({shielded / readable:.1%})")


if __name__ == "__main__":
    main()

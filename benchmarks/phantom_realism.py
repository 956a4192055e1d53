"""Do synthetic scans look like real ones? Compares what both look like in the same measures, side by side.

Run: python benchmarks/phantom_realism.py REAL_FOLDER [--count 100] [--seed 900000] [--sheet sheet.png]

Every measure is taken of the 8-bit colour picture alone, as a detector sees it, so no ground truth is needed: shares
of the object's pixels by hue, darkness (logarithm of background over luma), edges. The last column is the distance of
the medians in units of the real pictures' spread between quartiles; above 1 a measure is off.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from features.palettes import PALETTES
from training.phantom.export import decoded
from training.phantom.scene import make_scene

Picture = NDArray[np.uint8]
MEASURES = (
    "object share", "metal share (blue)", "organic share (orange)", "light metal share (green)", "darkness median",
    "darkness 90 %", "darkness 99.9 %", "darker than 1.5", "darker than 2.5", "edge share", "fine detail",
    "saturation median",
)  # fmt: skip
LONGEST_SIDE = 640
LEAST_OBJECT = 0.01


def measure(picture: Picture) -> NDArray[np.float64] | None:
    """Return the measures of one BGR picture, in the order of MEASURES; None where hardly anything lies in the beam."""
    scale = LONGEST_SIDE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = np.minimum(small / np.percentile(small.reshape(-1, 3), 98, axis=0), 1)
    luma = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    hsv = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
    dark = -np.log(np.maximum(luma, 1.5 / 255))
    inside = dark > 0.06
    if inside.mean() < LEAST_OBJECT:
        return None
    hue, coloured = hsv[..., 0][inside], hsv[..., 1][inside] > 0.15
    edges = cv2.Canny((small * 255).astype(np.uint8), 60, 150)[inside] > 0
    fine = np.abs(dark - cv2.GaussianBlur(dark, (0, 0), 1.5))[inside]
    object_dark = dark[inside]
    return np.array(
        [
            inside.mean(),
            np.mean(coloured & (hue > 165) & (hue < 260)),
            np.mean(coloured & (hue < 55)),
            np.mean(coloured & (hue >= 55) & (hue <= 165)),
            np.median(object_dark),
            np.percentile(object_dark, 90),
            np.percentile(dark, 99.9),
            np.mean(object_dark > 1.5),
            np.mean(object_dark > 2.5),
            edges.mean(),
            fine.mean(),
            np.median(hsv[..., 1][inside]),
        ]
    )


def synthetic(count: int, seed: int) -> list[Picture]:
    """Return coloured pictures of scenes, the palettes in turn."""
    names = sorted(PALETTES)
    return [
        decoded(make_scene(seed + k), f"colour-jpeg:{names[k % len(names)]}", np.random.default_rng(seed + k))
        for k in range(count)
    ]


def real(folder: Path, count: int) -> list[Picture]:
    """Return evenly spread pictures of a folder."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    chosen = [paths[int(k)] for k in np.linspace(0, len(paths) - 1, min(count, len(paths)))]
    pictures = [cv2.imread(str(path), cv2.IMREAD_COLOR) for path in chosen]
    return [np.asarray(picture, np.uint8) for picture in pictures if picture is not None]


def table(theirs: list[Picture], ours: list[Picture]) -> str:
    """Return the comparison as text."""
    first, second = (
        np.stack([found for p in pictures if (found := measure(p)) is not None]) for pictures in (theirs, ours)
    )
    heads = ("real q25", "median", "q75", "synth q25", "median", "q75")
    lines = [f"{'measure':28}" + "".join(f"{head:>10}" for head in heads) + f"{'off by':>8}"]
    for index, name in enumerate(MEASURES):
        a, b = np.percentile(first[:, index], (25, 50, 75)), np.percentile(second[:, index], (25, 50, 75))
        off = abs(a[1] - b[1]) / max(a[2] - a[0], 1e-3)
        lines.append(f"{name:28}" + "".join(f"{value:10.3f}" for value in (*a, *b)) + f"{off:8.2f}")
    return "\n".join((*lines, f"real pictures {len(first)} of {len(theirs)}, synthetic {len(second)} of {len(ours)}"))


def sheet(theirs: list[Picture], ours: list[Picture], side: int = 380, columns: int = 6) -> Picture:
    """Return rows of real pictures above rows of synthetic ones."""
    tiles = [_tile(p, side) for p in (theirs[: 2 * columns] + ours[: 2 * columns])]
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles) - columns + 1, columns)]
    return np.asarray(np.vstack(rows), np.uint8)


def _tile(picture: Picture, side: int) -> Picture:
    scale = (side - 6) / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.full((side, side, 3), 128, np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    return tile


def main() -> None:
    """Print the table, and write the sheet where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=900_000)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    theirs, ours = real(options.folder, options.count), synthetic(options.count, options.seed)
    print(table(theirs, ours))
    if options.sheet:
        order = np.random.default_rng(options.seed).permutation(len(theirs))
        cv2.imwrite(str(options.sheet), sheet([theirs[k] for k in order], ours))


if __name__ == "__main__":
    main()

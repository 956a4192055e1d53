"""Do synthetic scans look like real ones? Compares what both look like in the same measures, side by side.

Run: python -m benchmarks.phantom_realism REAL_FOLDER [--count 100] [--seed 900000] [--sheet F.png] [--charts DIR]

Every measure is taken of the 8-bit colour picture alone, as a detector sees it, so no ground truth is needed: shares
of the object's pixels by hue, darkness (logarithm of background over luma), edges. The first table gives quartiles;
`off by` is the distance of the medians in units of the real pictures' spread between quartiles (above 1 a measure is
off), `KS` the largest difference of the two cumulative distributions. The second table gives the distance of
histograms over pixels, beside what random halves of the real pictures give. `--sheet` shows real pictures and is for
your own eyes; the charts hold statistics only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.phantom_charts import (
    HISTOGRAMS,
    apart,
    apart_by_chance,
    counted,
    density_chart,
    smirnov,
    spread_chart,
    write_charts,
)
from features.palettes import PALETTES
from training.phantom.export import decoded
from training.phantom.scene import make_scene

Picture = NDArray[np.uint8]
MEASURES = (
    "object share", "metal share (blue)", "organic share (orange)", "light metal share (green)", "darkness median",
    "darkness 90 %", "darkness 99.9 %", "darker than 1.5", "darker than 2.5", "edge share", "fine detail",
    "saturation median",
)  # fmt: skip
CHARTED = ("metal share (blue)", "edge share")
LONGEST_SIDE = 640
LEAST_OBJECT = 0.01


def as_shown(picture: Picture) -> Picture:
    """Return a picture at the size at which all are measured."""
    scale = LONGEST_SIDE / max(picture.shape[:2])
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def measure(picture: Picture) -> NDArray[np.float64] | None:
    """Return the measures of one BGR picture, in the order of MEASURES; None where hardly anything lies in the beam."""
    small = as_shown(picture).astype(np.float32)
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


def measured(pictures: list[Picture]) -> NDArray[np.float64]:
    """Return the measures of all pictures in which something lies (pictures x measures)."""
    return np.stack([found for picture in pictures if (found := measure(picture)) is not None])


def table(first: NDArray[np.float64], second: NDArray[np.float64]) -> str:
    """Return the comparison of the measures of real and of synthetic pictures as text."""
    heads = ("real q25", "median", "q75", "synth q25", "median", "q75")
    lines = [f"{'measure':28}" + "".join(f"{head:>10}" for head in heads) + f"{'off by':>8}{'KS':>6}"]
    for index, name in enumerate(MEASURES):
        a, b = np.percentile(first[:, index], (25, 50, 75)), np.percentile(second[:, index], (25, 50, 75))
        off = abs(a[1] - b[1]) / max(a[2] - a[0], 1e-3)
        cells = "".join(f"{value:10.3f}" for value in (*a, *b))
        lines.append(f"{name:28}{cells}{off:8.2f}{smirnov(first[:, index], second[:, index]):6.2f}")
    return "\n".join((*lines, f"real pictures {len(first)}, synthetic {len(second)}"))


def distances(theirs: list[Picture], ours: list[Picture], seed: int) -> tuple[str, dict[str, str]]:
    """Return the table of the histograms' distances as text, and a chart of each by name."""
    lines, charts = [f"{'histogram over pixels':28}{'apart':>10}{'by chance':>12}"], {}
    for histogram in HISTOGRAMS:
        first, second = (counted([as_shown(one) for one in pictures], histogram) for pictures in (theirs, ours))
        lines.append(f"{histogram.name:28}{apart(first, second):10.3f}{apart_by_chance(first, seed):12.3f}")
        charts[histogram.name] = density_chart(histogram, first, second)
    return "\n".join(lines), charts


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
    """Print the tables, and write the sheet and the charts where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=900_000)
    parser.add_argument("--sheet", type=Path, help="PNG of real above synthetic pictures")
    parser.add_argument("--charts", type=Path, help="folder for SVG charts of the statistics")
    options = parser.parse_args()
    theirs, ours = real(options.folder, options.count), synthetic(options.count, options.seed)
    first, second = measured(theirs), measured(ours)
    text, charts = distances(theirs, ours, options.seed)
    print(table(first, second), text, sep="\n\n")
    if options.charts:
        spreads = {name: MEASURES.index(name) for name in CHARTED}
        charts |= {name: spread_chart(name, first[:, at], second[:, at]) for name, at in spreads.items()}
        write_charts(options.charts, {name.split(" (")[0]: chart for name, chart in charts.items()})
    if options.sheet:
        order = np.random.default_rng(options.seed).permutation(len(theirs))
        cv2.imwrite(str(options.sheet), sheet([theirs[k] for k in order], ours))


if __name__ == "__main__":
    main()

"""Histograms of what real and synthetic scans look like, their distances, and both drawn over each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.svg import COLOURS, DASHES, HEIGHT, LEFT, TOP, WIDTH, Axis, lines

Values = NDArray[np.float64]
DARKEST = 1.5 / 255
OBJECT = 0.06
COLOURED = 0.15
SPLITS = 50
_STYLE = (
    "text{font:12px sans-serif;fill:#333}.axis{font-size:12px}.grid{stroke:#ddd;stroke-width:1}"
    "text.title{font-weight:bold}"
)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Of the pixels of each object: what is counted, and the edges of the bins."""

    name: str
    label: str
    edges: tuple[float, ...]
    of: Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def darkness(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the logarithm of background over luma of a BGR picture, H x W: the attenuation that the eye is shown."""
    balanced = np.minimum(picture / np.percentile(picture.reshape(-1, 3), 98, axis=0), 1).astype(np.float32)
    luma = cv2.cvtColor(balanced, cv2.COLOR_BGR2GRAY)
    return np.asarray(-np.log(np.maximum(luma, DARKEST)), np.float32)


def _shown(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    dark = darkness(picture)
    return dark[dark > OBJECT]


def _edges(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    dark = darkness(picture)
    steep = np.hypot(cv2.Sobel(dark, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(dark, cv2.CV_32F, 0, 1, scale=0.25))
    return np.asarray(steep[dark > OBJECT], np.float32)


def _hues(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    balanced = np.minimum(picture / np.percentile(picture.reshape(-1, 3), 98, axis=0), 1).astype(np.float32)
    hsv = cv2.cvtColor(balanced, cv2.COLOR_BGR2HSV)
    return np.asarray(hsv[..., 0][(darkness(picture) > OBJECT) & (hsv[..., 1] > COLOURED)], np.float32)


HISTOGRAMS = (
    Histogram("attenuation", "darkness (logarithm of background over luma)", tuple(np.linspace(0, 3, 31)), _shown),
    Histogram("edges", "darkness gained per pixel", tuple(np.linspace(0, 0.6, 31)), _edges),
    Histogram("hue", "hue, degrees", tuple(np.linspace(0, 300, 51)), _hues),
)


def counted(pictures: Sequence[NDArray[np.uint8]], histogram: Histogram) -> Values:
    """Return the share of each picture's object pixels by bin (pictures x bins); each row sums to at most 1."""
    rows = []
    for picture in pictures:
        values = histogram.of(picture)
        rows.append(np.histogram(values, histogram.edges)[0] / max(values.size, 1))
    return np.array(rows, np.float64)


def apart(one: Values, other: Values) -> float:
    """Return the total variation distance of two mean histograms: the share of pixels that would have to move, 0 to 1.

    Both are means over pictures (pictures x bins), so that a large picture counts no more than a small one.
    """
    return float(np.abs(one.mean(axis=0) - other.mean(axis=0)).sum() / 2)


def apart_by_chance(rows: Values, seed: int) -> float:
    """Return the mean distance between random halves of the same pictures: no generator can be asked for less."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(SPLITS):
        order = rng.permutation(len(rows))
        found.append(apart(rows[order[: len(rows) // 2]], rows[order[len(rows) // 2 :]]))
    return float(np.mean(found))


def smirnov(one: Values, other: Values) -> float:
    """Return the largest difference of two samples' cumulative distributions (Kolmogorov and Smirnov), 0 to 1."""
    at = np.sort(np.concatenate([one, other]))
    shares = [np.searchsorted(np.sort(sample), at, side="right") / len(sample) for sample in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def density_chart(histogram: Histogram, real: Values, synthetic: Values) -> str:
    """Return a self-contained SVG of both mean histograms, as share of pixels by bin."""
    edges = np.array(histogram.edges)
    middle = (edges[1:] + edges[:-1]) / 2
    series = {
        name: [(float(x), float(y)) for x, y in zip(middle, rows.mean(axis=0), strict=True)]
        for name, rows in (("real", real), ("synthetic", synthetic))
    }
    top = max(share for points in series.values() for _, share in points)
    marks = [float(mark) for mark in np.linspace(edges[0], edges[-1], 6)]
    across = Axis(histogram.label, marks[0], marks[-1], marks, percent=False)
    return _alone(
        histogram.name, lines(histogram.name, across, _upwards("share of the object's pixels", top), series), series
    )


def spread_chart(name: str, real: Values, synthetic: Values) -> str:
    """Return a self-contained SVG of both cumulative distributions over the pictures."""
    series = {
        kind: [(float(x), (rank + 1) / len(sample)) for rank, x in enumerate(np.sort(sample))]
        for kind, sample in (("real", real), ("synthetic", synthetic))
    }
    top = float(max(real.max(), synthetic.max()))
    across = _upwards(f"{name}, of the object's pixels", top)
    up = Axis("share of the pictures below", 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
    return _alone(name, lines(name, across, up, series), series, (WIDTH - 205, HEIGHT - 64))


def _upwards(label: str, top: float) -> Axis:
    step = next((one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if top / one <= 6), 1.0)
    marks = [step * place for place in range(int(np.ceil(top / step)) + 1)]
    return Axis(label, 0.0, marks[-1], [round(mark, 2) for mark in marks])


def _alone(title: str, drawn: str, names: Iterable[str], legend: tuple[int, int] = (LEFT + 130, TOP + 14)) -> str:
    """Turn a chart of the reports' page into a file of its own: its styles, its legend and a white ground go inside."""
    left, down = legend
    body = re.sub(r"^<svg[^>]*>|</svg>.*$", "", drawn, flags=re.DOTALL)
    keys = []
    for place, name in enumerate(names):
        x = left + 100 * place
        style = f'stroke="{COLOURS[place]}" stroke-dasharray="{DASHES[place]}" stroke-width="3"'
        keys.append(f'<line x1="{x}" y1="{down}" x2="{x + 24}" y2="{down}" {style}/>')
        keys.append(f'<text x="{x + 30}" y="{down + 4}">{escape(name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{escape(title)}: real and synthetic scans"><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{body}{"".join(keys)}</svg>\n'
    )


def write_charts(folder: Path, charts: dict[str, str]) -> None:
    """Write the charts as SVG files, named after what they show."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, chart in charts.items():
        (folder / f"{name.replace(' ', '-')}.svg").write_text(chart, encoding="utf-8")

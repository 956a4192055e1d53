"""What a second view adds: recall at a rate of false alarms, one view alone, and both put together in several ways.

python -m benchmarks.two_views [--parcels 500] [--xray-model DIR]
Synthetic parcels that training never saw, half with parts, each in one format and both views. An alarm level is set for
each way by itself, so that the same share of the benign parcels reaches it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.bundle import locate, open_bundle
from models.xray import Picture, XrayModel
from training.phantom.export import FORMATS, export
from training.phantom.layout import Density
from training.phantom.scene import make_views

FIRST, DRAWS = 43_000_000, 200
SHARES: dict[Density, float] = {"sparse": 0.4, "medium": 0.45, "full": 0.15}
RATES = (0.05, 0.10)
Values = NDArray[np.float64]
WAYS: dict[str, Callable[[Values], Values]] = {
    "from above": lambda odds: odds[:, 0],
    "from the side": lambda odds: odds[:, 1],
    "the higher of both": lambda odds: odds.max(axis=1),
    "sum of log-odds": lambda odds: odds.sum(axis=1),
    "higher + half of the lower": lambda odds: odds.max(axis=1) + 0.5 * odds.min(axis=1),
    "higher + the lower if above even": lambda odds: odds.max(axis=1) + np.maximum(odds.min(axis=1), 0.0),
    "sum of odds": lambda odds: np.log(np.exp(odds).sum(axis=1)),
}


@dataclass(frozen=True, slots=True)
class Parcels:
    """Log-odds of both views' scores, N x 2; whether parts are inside, and how many have linked regions."""

    odds: Values
    armed: NDArray[np.bool_]
    linked: NDArray[np.bool_]


def judge(model: XrayModel, parcels: int) -> Parcels:
    """Render and judge parcels; each has the format and console that its seed draws."""
    odds, armed, linked = [], [], []
    for number in range(parcels):
        seed = FIRST + number
        rng = np.random.default_rng(seed)
        density = tuple(SHARES)[int(rng.choice(len(SHARES), p=tuple(SHARES.values())))]
        fmt = FORMATS[int(rng.integers(len(FORMATS)))]
        views = make_views(seed, held_out=True, firearm=number % 2 == 1, density=density, shield=False)
        result = model.assess([Picture(export(view, fmt, np.random.default_rng(seed)).data) for view in views])
        scores = np.array([image.score for image in result.images], np.float64)
        odds.append(np.log(scores / (1.0 - scores)))
        armed.append(any(view.has_parts for view in views))
        linked.append(bool(result.links))
    return Parcels(np.array(odds), np.array(armed), np.array(linked))


def recall(values: Values, armed: NDArray[np.bool_], rate: float) -> float:
    """Return the share of parcels with parts above the level that `rate` of the others reach."""
    return float(np.mean(values[armed] > np.quantile(values[~armed], 1.0 - rate)))


def interval(values: Values, armed: NDArray[np.bool_], rate: float) -> tuple[float, float]:
    """Return the 95 % interval of `recall`, by bootstrap over parcels of either kind."""
    rng = np.random.default_rng(0)
    inside, benign = np.flatnonzero(armed), np.flatnonzero(~armed)
    draws = []
    for _ in range(DRAWS):
        drawn = np.concatenate([rng.choice(inside, inside.size), rng.choice(benign, benign.size)])
        draws.append(recall(values[drawn], armed[drawn], rate))
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=500)
    parser.add_argument("--xray-model", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    model = XrayModel.load(open_bundle(locate("xray", None, options.xray_model), "xray"))
    parcels = judge(model, options.parcels)
    odds, armed = parcels.odds, parcels.armed
    print(f"{model.title}: {armed.sum()} parcels with parts, {(~armed).sum()} without")
    print(f"{'recall at false alarms of':34}" + "".join(f"{rate:>24.0%}" for rate in RATES))
    for way, combine in WAYS.items():
        values = combine(odds)
        cells = [(recall(values, armed, rate), *interval(values, armed, rate)) for rate in RATES]
        print(f"{way:34}" + "".join(f"{value:10.3f} ({low:.3f}-{high:.3f})" for value, low, high in cells))
    threshold = np.log(model.threshold / (1 - model.threshold))
    for way in ("from above", "the higher of both"):
        alarms = WAYS[way](odds) >= threshold
        print(f"at the model's threshold, {way}: recall {alarms[armed].mean():.3f}, "
              f"false alarms {alarms[~armed].mean():.3f}")  # fmt: skip
    print(f"parcels with linked regions: {parcels.linked[armed].mean():.3f} with parts, "
          f"{parcels.linked[~armed].mean():.3f} without")  # fmt: skip


if __name__ == "__main__":
    main()

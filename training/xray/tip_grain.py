"""How much grain a scanner's pictures have, by depth, and how coarse it is."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from training.xray.tip_edges import Plane, blurred, slopes

GRAIN_LEVELS = (0.15, 0.5, 1.0, 2.0, 3.5)
"""Attenuations at which the grain is told."""
LEAST_PIXELS = 900


def site_grain(attenuations: Sequence[Plane]) -> tuple[tuple[float, ...], float]:
    """Return the grain of a scanner at GRAIN_LEVELS, and its coarseness (pixels), from several of its pictures."""
    found = np.array([grain_of(attenuation) for attenuation in attenuations])
    grain = _filled(_quiet(found[:, :-1]))
    coarse = found[:, -1][~np.isnan(found[:, -1])]
    return tuple(round(float(value), 5) for value in grain), float(np.median(coarse)) if coarse.size else 0.5


def grain_of(attenuation: Plane) -> NDArray[np.float64]:
    """Return the grain at GRAIN_LEVELS, and last the blur that explains how alike neighbouring grains are.

    Robust residual: 1.4826 times the median absolute second difference, where the picture is flat (the third of the
    pixels of a level with the lowest slope); nan where a level has fewer than LEAST_PIXELS. The kernel is that of
    Immerkaer (Computer Vision and Image Understanding 64, 1996): it cancels every slope, and of white noise of variance
    1 it makes the variance 36.
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.asarray(cv2.filter2D(attenuation, cv2.CV_32F, kernel / 6.0), np.float32)
    soft = blurred(attenuation, 2.0)
    slope = slopes(soft)[2]
    found = [_level_grain(rough, soft, slope, level) for level in GRAIN_LEVELS]
    return np.array([*found, _coarseness(attenuation, soft, slope)])


def _level_grain(rough: Plane, soft: Plane, slope: Plane, level: float) -> float:
    near = (soft > level * 0.7) & (soft < level * 1.4)
    if int(near.sum()) < LEAST_PIXELS:
        return float("nan")
    flat = near & (slope <= np.quantile(slope[near], 1 / 3))
    return 1.4826 * float(np.median(np.abs(rough[flat])))


def _coarseness(attenuation: Plane, soft: Plane, slope: Plane) -> float:
    """Return the Gaussian blur of white noise whose neighbours are as alike as the grain's, nan where all is air."""
    thing = soft > GRAIN_LEVELS[0] * 0.7
    thing[:, -1] = False
    if int(thing.sum()) < LEAST_PIXELS:
        return float("nan")
    flat = thing & (slope <= np.quantile(slope[thing], 1 / 3))
    rest = attenuation - soft
    spread = float(np.mean(rest[flat] ** 2))
    alike = float(np.mean(rest[flat] * np.roll(rest, -1, axis=1)[flat])) / max(spread, 1e-9)
    # Neighbours of noise blurred by s correlate by exp(-1 / 4 s^2).
    return float(np.sqrt(-0.25 / np.log(alike))) if 0.02 < alike < 0.95 else 0.3


def _quiet(grains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lower quartile over the pictures: texture of the goods adds to the grain, nothing takes from it."""
    known = [column[~np.isnan(column)] for column in grains.T]
    return np.array([float(np.quantile(column, 0.25)) if column.size else float("nan") for column in known])


def _filled(grain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill levels that were not seen with their neighbours'; grain never falls with depth by more than rounding."""
    known = np.flatnonzero(~np.isnan(grain))
    if known.size == 0:
        return np.full(len(grain), 0.02)
    return np.interp(np.arange(len(grain)), known, grain[known])

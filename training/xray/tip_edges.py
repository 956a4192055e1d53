"""How sharp a scanner's edges are, and how much its console sharpened them."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

REACH, PLATEAU = 8, 4
LEAST_STEP, FLAT_SHARE, NOT_AIR = 0.35, 0.12, 0.25
EDGES = 600
UNSHARP_SIGMA = 1.2  # what `training.phantom.export` sharpens with
_AT = np.arange(-REACH, REACH + 1, dtype=np.float32)


def blurred(plane: NDArray[Any], sigma: float) -> Plane:
    """Return a plane blurred by a Gaussian of `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)


def slopes(plane: Plane) -> tuple[Plane, Plane, Plane]:
    """Return the slope along x, along y, and its length, per pixel."""
    gx, gy = (np.asarray(cv2.Scharr(plane, cv2.CV_32F, *axis) / 32.0, np.float32) for axis in ((1, 0), (0, 1)))
    return gx, gy, np.asarray(np.hypot(gx, gy), np.float32)


def edge_shape(attenuation: Plane) -> tuple[float, float]:
    """Return the width (pixels from 25 to 75 % of the step) and the undershoot (share of the step) of clean edges.

    The sharpest fifth of the edges counts: most things have soft edges of their own, no scanner sharpens them away.
    Sharpening swings as far below the thin side as above the thick one; only the thin side is looked at, and only
    where it is not air (nothing is darker than air), for a wire or a rim along a thing's edge looks like an overshoot.
    nan where there are fewer than ten such edges.
    """
    profiles = _profiles(attenuation)
    low, high = np.median(profiles[:, :PLATEAU], axis=1), np.median(profiles[:, -PLATEAU:], axis=1)
    step = high - low
    flat = np.maximum(np.ptp(profiles[:, :PLATEAU], axis=1), np.ptp(profiles[:, -PLATEAU:], axis=1))
    clean = (step >= LEAST_STEP) & (flat <= FLAT_SHARE * step)
    if int(clean.sum()) < 10:
        return float("nan"), float("nan")
    unit = (profiles[clean] - low[clean, None]) / step[clean, None]
    swings = -unit[low[clean] > NOT_AIR, : REACH + 1].min(axis=1, initial=0.0)
    swing = float(np.median(swings)) if swings.size >= 10 else float("nan")
    return float(np.quantile(_widths(unit), 0.2)), swing


def _profiles(attenuation: Plane) -> Plane:
    """Return profiles across the steepest places, from thin to thick, N x (2 REACH + 1)."""
    gx, gy, slope = slopes(attenuation)
    slope[:REACH], slope[-REACH:], slope[:, :REACH], slope[:, -REACH:] = 0, 0, 0, 0
    steep = np.where(slope >= cv2.dilate(slope, np.ones((3, 3), np.uint8)), slope, 0)
    best = np.argsort(-steep, axis=None)[: 4 * EDGES]
    rows, columns = np.unravel_index(best, steep.shape)
    length = np.maximum(slope[rows, columns], 1e-6)
    x = columns[:, None] + _AT * (gx[rows, columns] / length)[:, None]
    y = rows[:, None] + _AT * (gy[rows, columns] / length)[:, None]
    return np.asarray(cv2.remap(attenuation, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR), np.float32)


def _widths(unit: Plane) -> NDArray[np.float64]:
    return np.array([_width(one) for one in unit])


def _width(profile: Plane) -> float:
    """Return the pixels between the last crossing of 25 % and the first of 75 % after it."""
    fine = np.interp(np.linspace(-REACH, REACH, 20 * REACH + 1), _AT, profile)
    middle = int(np.argmin(np.abs(fine[8 * REACH : 12 * REACH + 1] - 0.5))) + 8 * REACH
    below = np.flatnonzero(fine[:middle] <= 0.25)
    above = np.flatnonzero(fine[middle:] >= 0.75)
    if below.size == 0 or above.size == 0:
        return float(REACH)
    return float((middle + above[0] - below[-1]) / 10.0)


@cache
def _edge_table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (blur, sharpen) pairs and the (width, undershoot) that each gives an ideal step, both N x 2."""
    settings, shapes = [], []
    step = np.zeros((4 * REACH + 1, 8 * REACH + 1), np.float32)
    step[:, 4 * REACH :] = 1.0
    for blur in np.arange(0.3, 2.6, 0.1):
        for strength in np.arange(0.0, 4.1, 0.2):
            shown = sharpened(blurred(step, float(blur)), float(strength))[2 * REACH]
            profile = shown[3 * REACH : 5 * REACH + 1]
            settings.append((blur, strength))
            shapes.append((_width(profile), -float(profile.min())))
    return np.array(settings), np.array(shapes)


def explain(width: float, undershoot: float) -> tuple[float, float]:
    """Return blur and sharpening whose step comes nearest to what was measured."""
    settings, shapes = _edge_table()
    away = np.hypot((shapes[:, 0] - width) / 0.5, (shapes[:, 1] - max(undershoot, 0.0)) / 0.03)
    blur, strength = settings[int(np.argmin(away))]
    return round(float(blur), 2), round(float(strength), 2)


def sharpened(attenuation: Plane, strength: float) -> Plane:
    """Return an attenuation as a console sharpens it: unsharp mask with UNSHARP_SIGMA."""
    if strength <= 0:
        return attenuation
    return np.asarray(attenuation + np.float32(strength) * (attenuation - blurred(attenuation, UNSHARP_SIGMA)))

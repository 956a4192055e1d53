"""What two energies say of a pixel: the attenuations, and where its material lies between organic and metal.

Light elements absorb both energies almost alike, heavy ones absorb the soft energy much more, so the ratio of the two
attenuations orders materials by atomic number; it falls with thickness (beam hardening), so it is compared with the
curves of paper, aluminium and steel at the SAME high-energy attenuation. The idea is that of Alvarez and Macovski
(Physics in Medicine and Biology 21, 1976); the curves are those of `training.phantom.materials` for its default
scanner, and a test compares them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

HIGH_ATTENUATION_KNOTS = (0.05, 0.25, 0.75, 1.5, 2.5, 4.0, 6.0, 8.0)
RATIO_PAPER = (1.301, 1.281, 1.242, 1.203, 1.173, 1.147, 1.127, 1.115)
RATIO_ALUMINIUM = (2.288, 1.907, 1.575, 1.419, 1.334, 1.270, 1.219, 1.184)
RATIO_STEEL = (3.773, 2.578, 1.980, 1.737, 1.564, 1.412, 1.301, 1.237)
UNKNOWN = 0.5
_FAINT, _CERTAIN, _DARK = 0.02, 0.10, 5.0
_STEP, _RATIO_STEP = 0.02, 0.005
_LEAST_RATIO, _MOST_RATIO = 1.0, 4.0


def attenuation(signal: NDArray[Any], white: float) -> Plane:
    """Return -ln(signal/white), never below 0; a signal under 0.0001 of white counts as that (about 9.2)."""
    share = np.asarray(signal, np.float32) * np.float32(1.0 / white)
    return np.asarray(-np.log(np.clip(share, 1e-4, 1.0)), np.float32)


def material_index(low: Plane, high: Plane, blur: float = 0.8) -> Plane:
    """Place each pixel between organic (0), light metal and inorganic (0.5) and metal (1).

    Args:
        low: Attenuation of the low energy, H x W.
        high: Attenuation of the high energy, H x W.
        blur: Standard deviation in pixels by which both are smoothed first, against noise; 0 for none.

    Returns:
        0 to 1; 0.5 where there is too little material to tell, 1 where hardly anything comes through: no other
        material that fits into a parcel absorbs so much.
    """
    if blur > 0:
        low, high = _smooth(low, blur), _smooth(high, blur)
    ratio = np.asarray(cv2.divide(low, np.maximum(high, np.float32(_FAINT))), np.float32)
    across = (np.clip(ratio, _LEAST_RATIO, _MOST_RATIO) - np.float32(_LEAST_RATIO)) * np.float32(1 / _RATIO_STEP)
    down = np.minimum(high * np.float32(1 / _STEP), np.float32(_table().shape[0] - 1))
    # One look-up between the four nearest entries, instead of three curves and a dozen passes over the picture.
    return np.asarray(cv2.remap(_table(), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _smooth(plane: Plane, blur: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), blur), np.float32)


@cache
def _table() -> Plane:
    """Return the index at every high-energy attenuation (rows, from 0) and every ratio (columns, from _LEAST_RATIO)."""
    high = np.arange(0.0, _DARK + 1.0 + _STEP, _STEP)[:, None]
    ratio = np.arange(_LEAST_RATIO, _MOST_RATIO + _RATIO_STEP, _RATIO_STEP)[None, :]
    paper, aluminium, steel = (
        np.interp(high, HIGH_ATTENUATION_KNOTS, ratios) for ratios in (RATIO_PAPER, RATIO_ALUMINIUM, RATIO_STEEL)
    )
    light = 0.5 * (ratio - paper) / (aluminium - paper)
    heavy = 0.5 + 0.5 * (ratio - aluminium) / (steel - aluminium)
    index = np.clip(np.where(ratio < aluminium, light, heavy), 0.0, 1.0)
    seen = np.clip((high - _FAINT) / (_CERTAIN - _FAINT), 0.0, 1.0)
    dark = np.clip(high - _DARK, 0.0, 1.0)
    return np.asarray((UNKNOWN + (index - UNKNOWN) * seen) * (1.0 - dark) + dark, np.float32)

"""The heat map: how sure the network is of a part at every place of a picture, told boxes or not."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import XrayImage
from models.xray_engine import Engine
from models.xray_heads import STRIDE, Window, ask, cells, windows

Heat = NDArray[np.float32]


def heat(image: XrayImage, engine: Engine) -> Heat:
    """Return the highest any-part output over all scales and tiles, H x W of the picture, 0 to 1.

    What counts is what counts for regions: at a fine scale only cells that see something small, so the map's maximum is
    the picture's peak (but for interpolation between cells, which can only lower it).

    Raises:
        ValueError: The network returned something that is no number.
    """
    width, height = image.size
    highest = np.zeros((height, width), np.float32)
    for window in windows(image):
        np.maximum(highest, _on_picture(ask(engine, window), window, (width, height)), out=highest)
    return highest


def _on_picture(heads: NDArray[np.float32], window: Window, size: tuple[int, int]) -> Heat:
    score, counts = cells(heads, window)
    score = np.where(counts, score, np.float32(0))
    # The middle of cell k is at (8 k + 4 + origin) / scale + offset; pixel centres lie half a pixel in.
    factor = STRIDE / window.scale
    shift = [
        (STRIDE / 2 + origin) / window.scale + offset - 0.5
        for origin, offset in zip(window.origin, window.offset, strict=True)
    ]
    place = np.array([[factor, 0.0, shift[0]], [0.0, factor, shift[1]]])
    return np.asarray(cv2.warpAffine(score, place, size, flags=cv2.INTER_LINEAR), np.float32)

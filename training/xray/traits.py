"""What a picture file itself tells of how it was shown: traits by which figures are told apart."""

from __future__ import annotations

import hashlib
from typing import Literal

import cv2
import numpy as np

from features.xray_image import air_level, is_inverted
from features.xray_read import Decoded, Pixels

Background = Literal["white", "grey", "black", "signal"]
WHITE_FROM = 240
"""Level of 255 from which air counts as white: consoles show it at 250 to 255 or, as a choice, at 200 to 229; on 999
real scans nothing lies between 230 and 249."""


def background_of(page: Pixels) -> Background:
    """Return how air is shown.

    Args:
        page: Decoded pixels, H x W or H x W x 3 (BGR).

    Returns:
        `white`, `grey` or `black` for 8 bit; `signal` for 16 bit, which is what the detector measured and no display.
    """
    if page.dtype != np.uint8:
        return "signal"
    luma = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY) if page.ndim == 3 else page)
    if is_inverted(luma):
        return "black"
    return "white" if air_level(luma) >= WHITE_FROM else "grey"


def kind_of(decoded: Decoded) -> str:
    """Return how the file holds the picture: colour or grey with its bits, or the two energies, and its coding."""
    page = decoded.pages[0]
    if len(decoded.pages) == 2:
        shown = "two energies"
    else:
        shown = "colour" if page.ndim == 3 else f"grey {8 * page.dtype.itemsize} bit"
    return f"{shown}, {decoded.header.format.upper()}"


def half_of(group: str) -> str:
    """Return the half, A or B, in which a bag lies; a new bag moves no other one."""
    return "AB"[hashlib.sha256(f"half:{group}".encode()).digest()[0] % 2]

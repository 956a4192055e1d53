"""The heat map for the eye: the picture in dim grey, and over it how sure the detector is of a part at every place.

The colours are matplotlib's inferno (van der Walt and Smith, 2015), from dark to bright in steps that the eye sees as
even, in print and with any common colour vision. The picture is dimmed, so that bright means sure and nothing else.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import XrayImage
from features.xray_read import Decoded
from models.drawing import enlarged, letters, png, shown
from models.drawing_words import INK, MUTED, PAPER, Canvas, Type, banner

SLATE = (72, 60, 52)
STRONGEST, AIR = 0.9, 125
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
Plane = NDArray[np.float32]


def draw_heat(decoded: Decoded, image: XrayImage, scores: Plane, threshold: float, title: str) -> bytes:
    """Return the overlay with its scale as PNG.

    Args:
        decoded: The picture as read.
        image: The same in canonical form.
        scores: How sure the detector is at every pixel, H x W, on the scale of the answers, 0 to 1.
        threshold: The score from which a picture is an alarm; marked on the scale.
        title: Of the model.
    """
    canvas = enlarged(_overlaid(_grey(decoded, image), scores))[0]
    letter = letters(canvas)
    x, y = (int(place) for place in np.unravel_index(int(scores.argmax()), scores.shape)[::-1])
    detail = f"{title}   highest {scores.max():.2f} at x {x}, y {y}"
    head = banner(canvas.shape[1], "HEAT MAP", detail, [], SLATE, letter)
    return png(np.concatenate([head, canvas, scale_bar(canvas.shape[1], threshold, letter)]))


def _grey(decoded: Decoded, image: XrayImage) -> Canvas:
    page = cv2.cvtColor(shown(decoded), cv2.COLOR_BGR2GRAY)
    page = 255 - page if image.inverted else page
    dim = np.asarray(page.astype(np.float32) * (AIR / 255), np.uint8)
    return np.asarray(cv2.cvtColor(dim, cv2.COLOR_GRAY2BGR), np.uint8)


def _overlaid(page: Canvas, scores: Plane) -> Canvas:
    """Where the score is near nothing the picture shows; the surer, the more the colour covers."""
    cover = (STRONGEST * np.clip(scores / 0.25, 0.0, 1.0))[..., None]
    return np.asarray(page * (1 - cover) + colours(scores) * cover, np.uint8)


def colours(scores: Plane) -> Canvas:
    """Return the colour of each score, H x W x 3."""
    levels = np.asarray(np.clip(scores, 0, 1) * 255, np.uint8)
    return np.asarray(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), np.uint8)


def scale_bar(width: int, threshold: float, letter: Type) -> Canvas:
    """Return the strip with the scale: colours as over air, ticks, and where an alarm begins."""
    strip = np.full((round(letter.line * 3.6), width, 3), PAPER, np.uint8)
    left, right = letter.line, width - letter.line - 1
    top, bottom = round(letter.line * 1.3), round(letter.line * 2.1)
    ramp = np.linspace(0, 1, right - left, dtype=np.float32)[None].repeat(bottom - top, axis=0)
    strip[top:bottom, left:right] = _overlaid(np.full((*ramp.shape, 3), AIR, np.uint8), ramp)
    cv2.rectangle(strip, (left, top), (right, bottom), MUTED, 1)
    letter.write(strip, "how sure of a firearm part", (left, round(letter.line * 0.85)), INK)
    for tick in TICKS:
        _tick(strip, round(left + tick * (right - left)), bottom, f"{tick:g}", letter)
    at = round(left + threshold * (right - left))
    cv2.line(strip, (at, top - letter.height // 2), (at, bottom + 2), INK, max(2, letter.height // 6))
    words = f"alarm from {threshold:.2f}"
    letter.write(
        strip, words, (min(at - letter.width(words) // 2, right - letter.width(words)), round(letter.line * 0.85)), INK
    )
    return strip


def _tick(strip: Canvas, x: int, y: int, words: str, letter: Type) -> None:
    cv2.line(strip, (x, y), (x, y + letter.height // 2), MUTED, 1)
    letter.write(strip, words, (x - letter.width(words) // 2, y + letter.line), MUTED)

"""Whether a decoded picture is an X-ray scan at all: a blank belt or a photograph must never become `clear`.

A transmission picture has air in it: an even, bright background that runs along the rim or stands out as a level of its
own. A photograph or noise has not. And the palettes of scanners leave out violet to magenta, and colour
the bright end hardly at all.
Measured on 999 real scans of three scanners, of which none with a parcel in it may be refused, and on gradients,
noise and 1/f textures, grey and coloured, of which nearly all must be; a photograph with a white background passes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_colour import channel_spread
from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage
from features.xray_read import Decoded, Pixels

LEAST_AIR = 0.01
LEAST_RIM, CLEAR_RIM = 0.4, 0.75
LEAST_RISE, CLEAR_RISE = 1.1, 4.0
LEAST_WHITE = 100.0
MOST_VIOLET = 0.10
MOST_BRIGHT_COLOUR = 60.0
LEAST_THING = 0.0003
FAINT = 0.05
_VIOLET = (132, 172)
_WIDEST = 600


@dataclass(frozen=True, slots=True)
class Look:
    """What the check goes by.

    Attributes:
        white: Level of the brightest pixels, 0 to 255; 255 for 16-bit pictures, whose scale is their own.
        air: Share of pixels in even bright areas, 0 to 1.
        rim: Share of the outermost pixels that are bright, 0 to 1.
        rise: How much denser the levels lie near air's level than a tenth of the scale below it; 1 is no peak at all.
        violet: Share of pixels with a violet to magenta hue, 0 to 1.
        bright_colour: Mean difference between channels of the brightest even pixels, 0 to 255.
        thing: Share of pixels that absorb more than FAINT, 0 to 1.
    """

    white: float
    air: float
    rim: float
    rise: float
    violet: float
    bright_colour: float
    thing: float


def check_is_xray(decoded: Decoded, image: XrayImage) -> None:
    """Refuse what shows nothing and what is no transmission picture.

    Args:
        decoded: The pixels.
        image: The same picture in canonical form.

    Raises:
        UnreadablePicture: blank or not_xray.
    """
    if all(int(page.max()) - int(page.min()) <= 2 for page in decoded.pages):
        raise UnreadablePicture("blank", "All pixels are the same; the scan is empty or was aborted.", decoded.size)
    look = look_at(decoded, image)
    if look.thing < LEAST_THING:
        raise UnreadablePicture("blank", "Nothing lies in the beam; the scan is empty or was aborted.", decoded.size)
    if reason := _why_not(look):
        raise UnreadablePicture("not_xray", f"This does not look like an X-ray scan: {reason}.", decoded.size)


def _why_not(look: Look) -> str | None:
    if look.violet > MOST_VIOLET:
        return "it has colours that no scanner's palette has"
    if look.bright_colour > MOST_BRIGHT_COLOUR:
        return "its brightest areas are coloured, while air is white or light grey"
    if look.white < LEAST_WHITE:
        return "it has no bright background"
    if look.air < LEAST_AIR:
        return "there is no even bright background, as air around a parcel makes"
    if not _has_air(look):
        return "neither its rim nor any even area is as bright as air"
    return None


def _has_air(look: Look) -> bool:
    """Air runs along most of the rim, or along some of it and is a level of its own, or is one beyond doubt."""
    if look.rim >= CLEAR_RIM or look.rise >= CLEAR_RISE:
        return True
    return look.rim >= LEAST_RIM and look.rise >= LEAST_RISE


def look_at(decoded: Decoded, image: XrayImage) -> Look:
    """Measure what `check_is_xray` goes by."""
    page, attenuation = _small(decoded.pages[0]), _small(image.attenuation)
    # Shares need no neighbours: a quarter of the pixels tells them.
    sparse = np.ascontiguousarray(attenuation[::2, ::2])
    bright = np.asarray(attenuation <= -np.log(0.88), np.bool_).view(np.uint8)
    even = np.asarray(cv2.erode(bright, np.ones((5, 5), np.uint8)), np.uint8)
    rim = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    violet, bright_colour = _colours(page, even) if page.ndim == 3 and not image.inverted else (0.0, 0.0)
    return Look(
        white=255.0 if decoded.pages[0].dtype == np.uint16 else float(page.max()),
        air=float(cv2.countNonZero(even)) / even.size,
        rim=float(rim.mean()),
        rise=_rise(sparse),
        violet=violet,
        bright_colour=bright_colour,
        thing=_share(sparse > FAINT),
    )


def _small(page: Pixels) -> Pixels:
    """Nearest pixels of a large picture: means would smooth noise until it looks like air."""
    step = max(1, max(page.shape[:2]) // _WIDEST)
    return np.ascontiguousarray(page[::step, ::step])


def _half(page: Pixels) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST), np.uint8)


def _share(mask: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(mask)) / mask.size


def _rise(attenuation: NDArray[np.float32]) -> float:
    """Transmission above 0.95 against 0.75 to 0.92, each by its width."""
    near = _share(attenuation <= -np.log(0.95)) / 0.05
    below = _share((attenuation <= -np.log(0.75)) & (attenuation > -np.log(0.92))) / 0.17
    return near / max(below, 1e-3)


def _colours(page: Pixels, even: NDArray[np.uint8]) -> tuple[float, float]:
    # Shares and means of single pixels: every fourth pixel tells them as well as all.
    page, even = _half(page), _half(even)
    hue, saturation, _ = cv2.split(cv2.cvtColor(page, cv2.COLOR_BGR2HSV))
    violet = _share((hue >= _VIOLET[0]) & (hue <= _VIOLET[1]) & (saturation > 60))
    return violet, float(cv2.mean(channel_spread(page), even)[0])

"""The annotated picture an officer sees: what was found, how sure, and why a picture could not be judged.

Colours are those of Okabe and Ito (Color Universal Design, 2008), told apart by people with any common colour vision;
every box also carries its name, so that no meaning rests on colour alone.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from features.palettes import PALETTES, colourise
from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage, canonical
from features.xray_read import Decoded, PictureLimits, read_picture
from models.results import Assessment, Box, ImageResult, Part, Region

Canvas = NDArray[np.uint8]
Colour = tuple[int, int, int]
# Blue, green, red, as OpenCV wants them.
VERMILION, BLUE, PURPLE, GREEN = (0, 94, 213), (178, 114, 0), (167, 121, 204), (115, 158, 0)
DARK_ON: frozenset[Colour] = frozenset({PURPLE})
INK, PAPER, MUTED = (38, 34, 30), (255, 255, 255), (110, 106, 100)
FAMILIES: tuple[tuple[str, Colour, frozenset[Part]], ...] = (
    ("whole firearm", VERMILION, frozenset({"pistol", "revolver", "long_gun", "firearm_like"})),
    ("main part", BLUE, frozenset({"barrel", "slide", "frame", "bolt", "cylinder", "trigger_group"})),
    ("suppressor", PURPLE, frozenset({"suppressor"})),
    ("magazine or ammunition", GREEN, frozenset({"magazine", "ammunition"})),
)
BANNERS: dict[Assessment, tuple[str, Colour]] = {
    "alarm": ("ALARM", VERMILION),
    "unknown": ("NOT CLEARED", (0, 120, 160)),
    "clear": ("CLEAR", GREEN),
}
SMALLEST, LARGEST = 900, 1800
MOST_BOXES, MOST_BELOW = 12, 3
FONT = cv2.FONT_HERSHEY_DUPLEX


@dataclass(frozen=True, slots=True)
class Type:
    """Letter size: `scale` as OpenCV counts it, `height` of a capital and `line` from line to line, in pixels."""

    scale: float

    @property
    def height(self) -> int:
        """Of a capital letter."""
        return round(22 * self.scale)

    @property
    def line(self) -> int:
        """From one base line to the next."""
        return round(38 * self.scale)

    def width(self, text: str) -> int:
        """Of a text."""
        return int(cv2.getTextSize(text, FONT, self.scale, 1)[0][0])


def draw(picture: bytes, result: ImageResult, limits: PictureLimits | None = None) -> bytes:
    """Return the annotated picture as PNG.

    Args:
        picture: The file as sent.
        result: What the detector said about it.
        limits: What is accepted as a picture.
    """
    try:
        canvas = _shown(read_picture(picture, limits or PictureLimits()))
    except UnreadablePicture:
        canvas = _placard()
    factor = _factor(canvas)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    canvas = np.asarray(cv2.resize(canvas, None, fx=factor, fy=factor, interpolation=how), np.uint8)
    letter = Type(max(0.5, max(canvas.shape[:2]) / 1900))
    regions, alarm = _told(result), result.assessment == "alarm"
    taken: list[Box] = [_scaled(region.box, factor) for region in regions]
    for region in reversed(regions):
        _outline(canvas, _scaled(region.box, factor), _colour(region.part), letter, alarm and region is regions[0])
    for region in regions:
        taken.append(_label(canvas, region, factor, letter, taken))
    parts = [_banner(canvas.shape[1], result, letter), canvas, _legend(canvas.shape[1], result, regions, letter)]
    done, data = cv2.imencode(".png", np.concatenate(parts), [cv2.IMWRITE_PNG_COMPRESSION, 4])
    assert done  # noqa: S101 - encoding an array of ours cannot fail for a reason a user could mend
    return data.tobytes()


def _placard() -> Canvas:
    """What stands in for a picture that nobody can look at."""
    canvas = np.full((320, SMALLEST, 3), 236, np.uint8)
    text, letter = "This picture cannot be shown.", Type(1.0)
    place = ((SMALLEST - letter.width(text)) // 2, 170)
    cv2.putText(canvas, text, place, FONT, letter.scale, MUTED, 1, cv2.LINE_AA)
    return canvas


def _shown(decoded: Decoded) -> Canvas:
    """Colour as sent; grey stretched so that the inside of metal shows; two energies in pseudo-colour."""
    page = decoded.pages[0]
    if page.ndim == 3:
        return np.asarray(page, np.uint8)
    image: XrayImage = canonical(decoded)
    if image.source == "dual":
        return colourise(image.attenuation, image.material, PALETTES["classic"])
    grey = np.exp(-image.attenuation / 2.0) * 255.0 if image.source == "grey16" else np.minimum(page, 255)
    return np.asarray(cv2.cvtColor(np.asarray(grey, np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


def _factor(canvas: Canvas) -> float:
    longest = float(max(canvas.shape[:2]))
    return min(max(1.0, SMALLEST / longest), LARGEST / longest)


def _told(result: ImageResult) -> tuple[Region, ...]:
    """Return the regions worth an eye: strong beside the best one; a dozen, or three where none reaches alarm."""
    ranked = sorted(result.regions, key=lambda region: -region.score)
    least = 0.4 * ranked[0].score if ranked else 0.0
    most = MOST_BOXES if result.assessment == "alarm" else MOST_BELOW
    return tuple(region for region in ranked[:most] if region.score >= least)


def _scaled(box: Box, factor: float) -> Box:
    x, y, width, height = (round(value * factor) for value in box)
    return x, y, max(width, 2), max(height, 2)


def _colour(part: Part) -> Colour:
    return next(colour for _, colour, parts in FAMILIES if part in parts)


def _outline(canvas: Canvas, box: Box, colour: Colour, letter: Type, strongest: bool) -> None:
    """A coloured frame between two white ones: visible on orange, on blue and on black."""
    x, y, width, height = box
    thick = max(2, round(letter.scale * (5 if strongest else 3)))
    for line, tone in ((thick + 4, PAPER), (thick, colour)):
        cv2.rectangle(canvas, (x, y), (x + width, y + height), tone, line, cv2.LINE_AA)


def _label(canvas: Canvas, region: Region, factor: float, letter: Type, taken: list[Box]) -> Box:
    text = f"{region.part.replace('_', ' ')} {region.score:.2f}"
    pad = max(3, letter.height // 3)
    size = letter.width(text) + 2 * pad, letter.height + 2 * pad
    x, y = _place(canvas, _scaled(region.box, factor), size, taken)
    cv2.rectangle(canvas, (x - 1, y - 1), (x + size[0] + 1, y + size[1] + 1), PAPER, -1)
    cv2.rectangle(canvas, (x, y), (x + size[0], y + size[1]), _colour(region.part), -1)
    tone = INK if _colour(region.part) in DARK_ON else PAPER
    cv2.putText(canvas, text, (x + pad, y + pad + letter.height), FONT, letter.scale, tone, 1, cv2.LINE_AA)
    return x, y, size[0], size[1]


def _place(canvas: Canvas, box: Box, size: tuple[int, int], taken: list[Box]) -> tuple[int, int]:
    """Choose where a label covers least of the boxes and of other labels: above, below, beside, at last inside."""
    x, y, width, height = box
    high, wide = canvas.shape[:2]
    places = [
        (x, y - size[1] - 4), (x, y + height + 4), (x + width - size[0], y - size[1] - 4),
        (x + width - size[0], y + height + 4), (x + width + 5, y), (x - size[0] - 5, y), (x + 3, y + 3),
    ]  # fmt: skip
    inside = [(min(max(px, 0), max(wide - size[0] - 1, 0)), min(max(py, 0), high - size[1] - 1)) for px, py in places]
    return min(inside, key=lambda at: sum(_common((*at, *size), other) for other in taken))


def _common(first: Box, second: Box) -> int:
    width = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    height = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    return max(width, 0) * max(height, 0)


def _banner(width: int, result: ImageResult, letter: Type) -> Canvas:
    """The answer in words, on top of the picture and not over it."""
    word, colour = BANNERS[result.assessment]
    if result.ability == "unreadable":
        word = "UNREADABLE"
    elif result.ability == "shield" and result.assessment != "alarm":
        word = "SHIELDED"
    detail = "" if result.score is None else f"highest score {result.score:.2f}"
    if result.view:
        detail = f"view {_plain(result.view)}   {detail}"
    lines = [line for problem in result.problems for line in _wrapped(problem.message, width, letter)]
    strip = np.full((round(letter.line * (1.7 + len(lines))), width, 3), colour, np.uint8)
    base = round(letter.line * 1.05)
    big = Type(letter.scale * 1.3)
    cv2.putText(strip, word, (letter.line // 2, base), FONT, big.scale, PAPER, 2, cv2.LINE_AA)
    at = letter.line // 2 + big.width(word) + letter.line
    if at + letter.width(detail) < width:
        cv2.putText(strip, detail, (at, base), FONT, letter.scale, PAPER, 1, cv2.LINE_AA)
    for number, line in enumerate(lines, 1):
        place = (letter.line // 2, base + number * letter.line)
        cv2.putText(strip, line, place, FONT, letter.scale, PAPER, 1, cv2.LINE_AA)
    return strip


def _legend(width: int, result: ImageResult, regions: tuple[Region, ...], letter: Type) -> Canvas:
    """What the colours mean, and how many weaker regions are not drawn."""
    entries = [(name, colour) for name, colour, parts in FAMILIES if any(r.part in parts for r in regions)]
    strip = np.full((round(letter.line * 1.4), width, 3), PAPER, np.uint8)
    base, x = round(letter.line * 0.95), letter.line // 2
    for name, colour in entries:
        cv2.rectangle(strip, (x, base - letter.height), (x + letter.height, base), colour, -1)
        cv2.putText(strip, name, (x + letter.line, base), FONT, letter.scale, INK, 1, cv2.LINE_AA)
        x += letter.line + letter.width(name) + letter.line
    text = "no region found" if not regions else f"{len(result.regions) - len(regions)} weaker not drawn"
    if (regions and len(result.regions) == len(regions)) or result.ability == "unreadable":
        text = ""
    if regions and result.assessment != "alarm":
        text = f"all below the alarm threshold   {text}"
    if x + letter.width(text) < width:
        cv2.putText(strip, text, (x, base), FONT, letter.scale, MUTED, 1, cv2.LINE_AA)
    return strip


def _wrapped(text: str, width: int, letter: Type) -> list[str]:
    return textwrap.wrap(_plain(text), max(12, int((width - letter.line) / max(letter.width("n"), 1))))


def _plain(text: str) -> str:
    """OpenCV's letters are ASCII; anything else would come out as question marks of its own."""
    return text.encode("ascii", "replace").decode("ascii")

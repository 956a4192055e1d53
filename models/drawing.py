"""The annotated picture an officer sees: what was found, how sure, and why a picture could not be judged.

Colours are those of Okabe and Ito (Color Universal Design, 2008), told apart by people with any common colour vision;
every box also carries its name, so that no meaning rests on colour alone.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from features.palettes import PALETTES, colourise
from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage, canonical
from features.xray_read import Decoded, PictureLimits, read_picture
from models.drawing_words import (
    BLUE,
    DARK_ON,
    GREEN,
    INK,
    MUTED,
    PAPER,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    Canvas,
    Colour,
    Key,
    Type,
    banner,
    filled,
    legend,
)
from models.results import Assessment, Box, DenseArea, ImageResult, Part, Region

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
SMALLEST, LARGEST, NARROWEST = 900, 1800, 560
"""Pixels: the longest side is brought between the first two; what is narrower than the third gets a margin."""
MOST_BOXES, MOST_BELOW = 12, 3


def draw(picture: bytes, result: ImageResult, limits: PictureLimits | None = None) -> bytes:
    """Return the annotated picture as PNG.

    Args:
        picture: The file as sent.
        result: What the detector said about it.
        limits: What is accepted as a picture.
    """
    try:
        canvas = shown(read_picture(picture, limits or PictureLimits()))
    except UnreadablePicture:
        canvas = _placard()
    canvas, factor, left = enlarged(canvas)
    letter = letters(canvas)
    regions, alarm = _told(result), result.assessment == "alarm"
    for area in result.dense:
        _dense(canvas, _scaled(area.box, factor, left), area.opaque, letter)
    boxes = [_scaled(region.box, factor, left) for region in regions]
    for region, box in reversed(list(zip(regions, boxes, strict=True))):
        _outline(canvas, box, _colour(region.part), letter, alarm and region is regions[0])
    taken = list(boxes)
    for words, colour, box in _labels(regions, boxes, result.dense, factor, left):
        taken.append(_label(canvas, words, colour, box, letter, taken))
    strip = legend(canvas.shape[1], _keys(result, regions), letter)
    return png(np.concatenate([_banner(canvas.shape[1], result, letter), canvas, strip]))


def png(canvas: Canvas) -> bytes:
    """Encode a picture."""
    done, data = cv2.imencode(".png", canvas, [cv2.IMWRITE_PNG_COMPRESSION, 4])
    assert done  # noqa: S101 - encoding an array of ours cannot fail for a reason a user could mend
    return data.tobytes()


def enlarged(canvas: Canvas) -> tuple[Canvas, float, int]:
    """Bring a picture to a size for the eye; returns it, the factor, and how wide its new left margin is."""
    longest = float(max(canvas.shape[:2]))
    factor = min(max(1.0, SMALLEST / longest), LARGEST / longest)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    canvas = np.asarray(cv2.resize(canvas, None, fx=factor, fy=factor, interpolation=how), np.uint8)
    missing = max(NARROWEST - canvas.shape[1], 0)
    left = missing // 2
    sides = (0, 0, left, missing - left)
    return np.asarray(cv2.copyMakeBorder(canvas, *sides, cv2.BORDER_CONSTANT, value=PAPER), np.uint8), factor, left


def letters(canvas: Canvas) -> Type:
    """Return the letter size that goes with a picture of this size."""
    return Type(max(0.5, max(canvas.shape[:2]) / 1900))


def _placard() -> Canvas:
    """What stands in for a picture that nobody can look at."""
    canvas = np.full((320, SMALLEST, 3), 236, np.uint8)
    text, letter = "This picture cannot be shown.", Type(1.0)
    place = ((SMALLEST - letter.width(text)) // 2, 170)
    letter.write(canvas, text, place, MUTED)
    return canvas


def shown(decoded: Decoded) -> Canvas:
    """Colour as sent; grey stretched so that the inside of metal shows; two energies in pseudo-colour."""
    page = decoded.pages[0]
    if page.ndim == 3:
        return np.asarray(page, np.uint8)
    image: XrayImage = canonical(decoded)
    if image.source == "dual":
        return colourise(image.attenuation, image.material, PALETTES["classic"])
    grey = np.exp(-image.attenuation / 2.0) * 255.0 if image.source == "grey16" else np.minimum(page, 255)
    return np.asarray(cv2.cvtColor(np.asarray(grey, np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


def _told(result: ImageResult) -> tuple[Region, ...]:
    """Return the regions worth an eye: strong beside the best one; a dozen, or three where none reaches alarm."""
    ranked = sorted(result.regions, key=lambda region: -region.score)
    least = 0.4 * ranked[0].score if ranked else 0.0
    most = MOST_BOXES if result.assessment == "alarm" else MOST_BELOW
    return tuple(region for region in ranked[:most] if region.score >= least)


def _scaled(box: Box, factor: float, left: int) -> Box:
    x, y, width, height = (round(value * factor) for value in box)
    return x + left, y, max(width, 2), max(height, 2)


def _colour(part: Part) -> Colour:
    return next(colour for _, colour, parts in FAMILIES if part in parts)


def _outline(canvas: Canvas, box: Box, colour: Colour, letter: Type, strongest: bool) -> None:
    """A coloured frame between two white ones: visible on orange, on blue and on black."""
    x, y, width, height = box
    thick = max(2, round(letter.scale * (5 if strongest else 3)))
    for line, tone in ((thick + 4, PAPER), (thick, colour)):
        cv2.rectangle(canvas, (x, y), (x + width, y + height), tone, line, cv2.LINE_AA)


def _dense(canvas: Canvas, box: Box, opaque: bool, letter: Type) -> None:
    """Hatch what nothing came through; dot the rim of what little came through."""
    x, y, width, height = box
    part = canvas[y : y + height, x : x + width]
    down, across = np.indices(part.shape[:2])
    period = max(10, round(24 * letter.scale))
    if opaque:
        part[(down + across) % period < max(2, period // 7)] = YELLOW
        return
    rim = np.ones(part.shape[:2], bool)
    rim[3:-3, 3:-3] = False
    part[rim & ((down + across) % period < period // 2)] = SKY


def _labels(
    regions: tuple[Region, ...], boxes: list[Box], dense: tuple[DenseArea, ...], factor: float, left: int
) -> list[tuple[str, Colour, Box]]:
    """Return words, colour and box of every label, the most important first: it gets the best place."""
    named = [
        (f"{region.part.replace('_', ' ')} {region.score:.2f}", _colour(region.part), box)
        for region, box in zip(regions, boxes, strict=True)
    ]
    hidden = [
        (f"opaque, {area.share:.0%} of the parcel", YELLOW, _scaled(area.box, factor, left))
        for area in dense
        if area.opaque
    ]
    return named + hidden


def _label(canvas: Canvas, text: str, colour: Colour, box: Box, letter: Type, taken: list[Box]) -> Box:
    pad = max(3, letter.height // 3)
    size = letter.width(text) + 2 * pad, letter.height + 2 * pad
    x, y = _place(canvas, box, size, taken)
    cv2.rectangle(canvas, (x - 1, y - 1), (x + size[0] + 1, y + size[1] + 1), PAPER, -1)
    cv2.rectangle(canvas, (x, y), (x + size[0], y + size[1]), colour, -1)
    letter.write(canvas, text, (x + pad, y + pad + letter.height), INK if colour in DARK_ON else PAPER)
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
    told = [] if result.score is None else [f"highest score {result.score:.2f}"]
    detail = "   ".join([*([f"view {result.view}"] if result.view else []), *told])
    return banner(width, word, detail, [problem.message for problem in result.problems], colour, letter)


def _keys(result: ImageResult, regions: tuple[Region, ...]) -> list[Key]:
    """What the colours and signs mean, and how many weaker regions are not drawn."""
    keys = [Key(name, filled(colour)) for name, colour, parts in FAMILIES if any(r.part in parts for r in regions)]
    for opaque, words in ((True, "nothing came through"), (False, "little came through")):
        if any(area.opaque is opaque for area in result.dense):
            keys.append(Key(words, _sign(opaque)))
    if result.ability == "unreadable":
        return keys
    if not regions:
        return [*keys, Key("no region found", tone=MUTED)]
    if result.assessment != "alarm":
        keys.append(Key("all below the alarm threshold", tone=MUTED))
    if len(result.regions) > len(regions):
        keys.append(Key(f"{len(result.regions) - len(regions)} weaker not drawn", tone=MUTED))
    return keys


def _sign(opaque: bool) -> Callable[[Canvas, int, int, int], None]:
    def paint(strip: Canvas, x: int, y: int, side: int) -> None:
        cv2.rectangle(strip, (x, y), (x + side, y + side), INK, -1)
        _dense(strip, (x, y, side + 1, side + 1), opaque, Type(0.4))

    return paint

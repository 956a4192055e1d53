"""What all pictures for the eye share: colours, letters, the strip of words above and the legend below.

Colours are those of Okabe and Ito (Color Universal Design, 2008), told apart by people with any common colour vision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Canvas = NDArray[np.uint8]
Colour = tuple[int, int, int]
# Blue, green, red, as OpenCV wants them.
VERMILION, BLUE, PURPLE, GREEN = (0, 94, 213), (178, 114, 0), (167, 121, 204), (115, 158, 0)
YELLOW, SKY = (66, 228, 240), (233, 180, 86)
DARK_ON: frozenset[Colour] = frozenset({PURPLE, YELLOW, SKY})
INK, PAPER, MUTED = (38, 34, 30), (255, 255, 255), (110, 106, 100)
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

    def write(self, canvas: Canvas, text: str, at: tuple[int, int], colour: Colour, weight: int = 1) -> None:
        """Put a text where its base line begins."""
        cv2.putText(canvas, text, at, FONT, self.scale, colour, weight, cv2.LINE_AA)


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: its words, and what paints its sign into a square (x, y, side) of the strip."""

    words: str
    paint: Callable[[Canvas, int, int, int], None] | None = None
    tone: Colour = INK


def filled(colour: Colour) -> Callable[[Canvas, int, int, int], None]:
    """Return the painter of a full square."""

    def paint(strip: Canvas, x: int, y: int, side: int) -> None:
        cv2.rectangle(strip, (x, y), (x + side, y + side), colour, -1)

    return paint


def legend(width: int, keys: Sequence[Key], letter: Type) -> Canvas:
    """Return the strip that says what the signs mean, in as many rows as it takes."""
    places, x, row = [], letter.line // 2, 0
    for key in keys:
        sign = letter.line if key.paint else 0
        needed = sign + letter.width(key.words)
        if x > letter.line and x + needed > width - letter.line // 2:
            x, row = letter.line // 2, row + 1
        places.append((x, row))
        x += needed + letter.line
    strip = np.full((round(letter.line * (1.4 + row)), width, 3), PAPER, np.uint8)
    for key, (left, line) in zip(keys, places, strict=True):
        base = round(letter.line * (0.95 + line))
        if key.paint:
            key.paint(strip, left, base - letter.height, letter.height)
        letter.write(strip, key.words, (left + (letter.line if key.paint else 0), base), key.tone)
    return strip


def banner(width: int, word: str, detail: str, lines: Sequence[str], colour: Colour, letter: Type) -> Canvas:
    """Return the strip of words above a picture: the verdict large, then details, then one paragraph a line."""
    big, margin = Type(letter.scale * 1.3), letter.line // 2
    at = margin + big.width(word) + letter.line
    beside = at + letter.width(plain(detail)) <= width - margin
    paragraphs = [*([] if beside or not detail else [detail]), *lines]
    wrapped_lines = [line for text in paragraphs for line in wrapped(text, width - 2 * margin, letter)]
    strip = np.full((round(letter.line * (1.7 + len(wrapped_lines))), width, 3), colour, np.uint8)
    base = round(letter.line * 1.05)
    big.write(strip, word, (margin, base), PAPER, 2)
    if beside:
        letter.write(strip, plain(detail), (at, base), PAPER)
    for number, line in enumerate(wrapped_lines, 1):
        letter.write(strip, line, (margin, base + number * letter.line), PAPER)
    return strip


def wrapped(text: str, width: int, letter: Type) -> list[str]:
    """Break a text into lines of at most `width` pixels; a word longer than that is cut."""
    lines: list[str] = []
    for word in _short(plain(text).split(), width, letter):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letter.width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _short(words: Sequence[str], width: int, letter: Type) -> list[str]:
    fitting = max(4, width // max(letter.width("m"), 1))
    cut = [[word[at : at + fitting] for at in range(0, len(word), fitting)] for word in words]
    return [piece for pieces in cut for piece in pieces]


def plain(text: str) -> str:
    """OpenCV's letters are ASCII; anything else would come out as question marks of its own."""
    return text.encode("ascii", "replace").decode("ascii")

"""Outer shapes of slides: hollow channels with a port, a breech block, serrations, and what is left in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import Array, Shape, helix, rounded


@dataclass(frozen=True, slots=True)
class Channel:
    """A slide from the back (x = 0) to the muzzle (x = length), floor at y = 0; all mm."""

    length: float
    height: float
    width: float
    wall: float
    port: tuple[float, float]

    @property
    def inside(self) -> tuple[float, float]:
        """The range of z between the walls."""
        return -self.width / 2 + self.wall, self.width / 2 - self.wall

    @property
    def bore(self) -> float:
        """Height of the bore line."""
        return self.height * 0.58


def slide(dice: Dice) -> Shape:
    """Return a slide: closed or with an open top, plain or cut for lightness, empty or with its spring and barrel."""
    length = dice.between(110, 215)
    port = length * dice.between(0.34, 0.5)
    size = Channel(length, dice.between(18, 30), dice.between(18, 29), dice.between(1.4, 2.6), (port, 0.0))
    size = Channel(size.length, size.height, size.width, size.wall, (port, port + dice.between(22, 42)))
    shape = Shape()
    open_top = dice.chance(0.16)
    _sides(dice, shape, size, open_top)
    _top(dice, shape, size, open_top)
    _breech(dice, shape, size)
    _front(dice, shape, size, open_top)
    _serrations(dice, shape, size)
    _sights(dice, shape, size, open_top)
    if dice.chance(0.4):
        _left_inside(dice, shape, size)
    return shape


def _profile(dice: Dice, size: Channel, open_top: bool) -> Array:
    length, height, cut = size.length, size.height, dice.between(1, 9)
    step = height * dice.pick((0.0, dice.between(0.08, 0.3)))  # the rail part is often lower behind the nose
    nose = length * dice.between(0.55, 0.8)
    points = [(0.0, 0.0), (nose, 0.0), (nose + 6, -step * 0.5), (length, dice.between(-1, 3) + step * 0.3)]
    points += [(length, height - cut), (length - cut * dice.between(0.6, 2.5), height)]
    if open_top:
        low = height * dice.between(0.45, 0.62)
        points += [(length - 18, height), (length - 24, low), (size.port[0] + 4, low), (size.port[0], height)]
    points += [(dice.between(0, 8), height), (0.0, height - dice.between(1, 7))]
    return np.array(points)


def _sides(dice: Dice, shape: Shape, size: Channel, open_top: bool) -> None:
    outline, half = _profile(dice, size, open_top), size.width / 2
    windows = dice.count(2, 5) if dice.chance(0.16) else 0
    for side in (-1, 1):
        inner, outer = sorted((side * half, side * (half - size.wall)))
        shape.prism(outline, inner, outer, "steel")
        for index in range(0 if open_top else windows):
            start = size.port[1] + 6 + index * (size.length - size.port[1] - 20) / windows
            window = ((start, size.height * 0.35), (start + 8, size.height * 0.35),
                      (start + 10, size.height * 0.75), (start + 2, size.height * 0.75))  # fmt: skip
            shape.prism(window, inner, outer, "steel", -1)
    if not open_top:  # the port breaks the right wall
        low = size.height * dice.between(0.5, 0.68)
        shape.box(size.port, (low, size.height), (half - size.wall, half), "steel", -1)
    for start in (4.0, size.length * 0.3):  # rails along the foot
        for side in (-1, 1):
            edge = sorted((side * (half - size.wall), side * (half - size.wall - 1.6)))
            shape.box((start, start + size.length * 0.24), (0, 3), (edge[0], edge[1]), "steel")


def _top(dice: Dice, shape: Shape, size: Channel, open_top: bool) -> None:
    thick = size.wall * dice.between(0.9, 1.5)
    for start, stop in ((6.0, size.port[0]), (size.port[1], size.length - 6)):
        if not (open_top and start > 6):
            shape.box((start, stop), (size.height - thick, size.height - 0.3), size.inside, "steel")


def _breech(dice: Dice, shape: Shape, size: Channel) -> None:
    """The block behind the port, bored for pin and spring, with a light slot below; not solid to the walls."""
    half = min(dice.between(3.2, 5.2), size.inside[1])
    start, stop = size.length * dice.between(0.01, 0.06), size.port[0] - 1
    low = size.height * dice.between(0.26, 0.44)
    shape.box((start, stop), (low, size.height - size.wall * 1.5), (-half, half), "steel")
    pin = half * dice.between(0.5, 0.72)
    shape.rod(pin, start, stop - 6, "steel", -1, size.bore)
    shape.rod(pin * 0.42, start + 2, stop + 1, "steel", 1, size.bore)
    shape.wire(
        helix((stop - start) * 0.5, pin * 0.75, 9, start + (stop - start) * 0.3) + np.array((0, size.bore, 0)),
        0.4,
        "steel",
    )
    face = (half, size.inside[1])
    shape.box((stop - dice.between(20, 34), stop + 2), (size.bore - 2.5, size.bore + 2.5), face, "steel")  # extractor
    if dice.chance(0.5):
        shape.disc(dice.between(2, 3.4), -size.width / 2, size.width / 2, "steel", 1, start + 10, low + 4)
    shape.box((start, start + 2.2), (low, size.height - size.wall * 1.5), size.inside, "steel")


def _front(dice: Dice, shape: Shape, size: Channel, open_top: bool) -> None:
    """The end wall with the hole for the barrel, and the housing of the spring below."""
    start = size.length - dice.between(3, 9)
    high = size.height * (0.95 if not open_top else 0.99) - size.wall
    shape.box((start, size.length - 0.5), (1.5, high), size.inside, "steel")
    hole = min(dice.between(5, 7.5), size.inside[1] - 0.4, high - size.bore, size.bore - 2)
    shape.rod(hole, start, size.length - 0.5, "steel", -1, size.bore)


def _serrations(dice: Dice, shape: Shape, size: Channel) -> None:
    """Grooves at the back, and on newer ones at the front too; upright, slanted or few and wide."""
    pitch, count, lean = dice.between(2.8, 6), dice.count(4, 9), dice.pick((0.0, dice.between(-0.35, 0.35)))
    places = [dice.between(4, 9)]
    if dice.chance(0.3):
        places.append(size.length - dice.between(36, 52))
    low, high, deep = size.height * 0.12, size.height * dice.between(0.75, 0.9), min(0.9, size.wall * 0.5)
    for place in places:
        for index in range(min(count, 6) if len(places) > 1 else count):
            x = place + index * pitch
            shift = lean * (high - low)
            groove = ((x, low), (x + pitch * 0.5, low), (x + pitch * 0.5 + shift, high), (x + shift, high))
            for side in (-1, 1):
                faces = sorted((side * size.width / 2, side * (size.width / 2 - deep)))
                shape.prism(groove, faces[0], faces[1], "steel", -1)


def _sights(dice: Dice, shape: Shape, size: Channel, open_top: bool) -> None:
    top, tall = size.height - 0.3, dice.between(2.5, 7)
    if dice.chance(0.85):
        front = size.length - dice.between(8, 16)
        shape.prism(
            ((front, top), (front + 7, top), (front + 5, top + tall), (front + 2, top + tall)), -1.6, 1.6, "steel"
        )
        rear = dice.between(2, 12)
        for side in (-1, 1):
            edge = sorted((side * 1.8, side * dice.between(5, 8)))
            blade = ((rear, top), (rear + 12, top), (rear + 9, top + tall), (rear + 3, top + tall))
            shape.prism(blade, edge[0], edge[1], "steel")
    if dice.chance(0.1) and not open_top:  # a small red-dot sight
        at = dice.between(8, 20)
        shape.hollow_prism(rounded((at, at + 42), (top, top + 9), 3), -14, 14, 1.6, "aluminium")
        shape.box((at + 32, at + 35), (top + 9, top + 28), (-11, 11), "glass")


def _left_inside(dice: Dice, shape: Shape, size: Channel) -> None:
    """The barrel, the recoil spring with its guide, or both, still in the slide."""
    if dice.chance(0.65):
        radius = min(dice.between(5, 7), size.inside[1] - 0.3)
        shape.tube(
            radius,
            radius * dice.between(0.6, 0.74),
            size.port[0] + 2,
            size.length + dice.between(0, 3),
            "steel",
            size.bore,
        )
    if dice.chance(0.75):
        low, radius = max(1.0, size.height * 0.16), dice.between(2.6, 4)
        start = size.port[1] + 4
        reach = size.length - start - 4
        shape.wire(
            helix(reach, radius, dice.count(12, 20), start) + np.array((0, low, 0)), dice.between(0.5, 0.8), "steel"
        )
        shape.rod(1.6, start, size.length - 3, dice.pick(("steel", "polymer")), 1, low)

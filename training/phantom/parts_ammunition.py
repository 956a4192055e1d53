"""Outer shapes of ammunition as it travels: loose, in a row, boxed, in a tray, belted, and shotgun shells.

Only the outline of a round is drawn, with what a picture shows of it: a thin case, a filling, a dense tip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import ALONG_X, IDENTITY, Array, Shape, Vector, turn

_LOOKS = ("loose", "row", "box", "tray", "belt", "shells")
_LOOK_WEIGHTS = (0.3, 0.14, 0.2, 0.1, 0.1, 0.16)


@dataclass(frozen=True, slots=True)
class Round:
    """The outline of one round.

    Attributes:
        length: From base to tip, mm.
        width: Of the case, mm.
        necked: Whether the case narrows before the tip.
        case: Material of the case.
        tip: Material of the tip.
    """

    length: float
    width: float
    necked: bool
    case: str = "brass"
    tip: str = "lead"


def any_round(dice: Dice) -> Round:
    """Return a short straight round or a long necked one."""
    necked = dice.chance(0.4)
    length = dice.between(40, 78) if necked else dice.between(14, 34)
    width = min(length * dice.between(0.16, 0.22), 12.5) if necked else length * dice.between(0.3, 0.42)
    case = dice.pick(("brass", "steel", "aluminium"), (0.72, 0.2, 0.08))
    return Round(length, width, necked, case, dice.pick(("lead", "copper", "steel"), (0.74, 0.18, 0.08)))


def draw_round(shape: Shape, one: Round, rotation: Array, offset: Vector) -> None:
    """Add a round along the rotated z axis; a slim one is five solids, a straight one four."""
    radius, body = one.width / 2, one.length * (0.62 if one.necked else 0.66)
    wall = max(0.35, radius * 0.11)
    inside = (radius - wall, radius * 0.95 - wall)
    shape.frustum((radius, radius * 0.95), 0, body, one.case, 1, rotation, offset)
    shape.frustum(inside, body * 0.15, body, one.case, -1, rotation, offset)
    shape.frustum(inside, body * 0.15, body * 0.7, "plastic", 1, rotation, offset)
    slim = radius * (0.62 if one.necked else 0.88)
    if one.necked:
        shape.frustum((radius * 0.95, slim), body, one.length * 0.72, "brass", 1, rotation, offset)
    half = one.length * 0.24
    middle = rotation @ np.array((0, 0, one.length - half)) + np.asarray(offset, float)
    shape.ellipsoid((slim, slim, half), one.tip, 1, middle, rotation)


def cartridge(shape: Shape, length: float, width: float, rotation: Array, offset: Vector, necked: bool = False) -> None:
    """Add one plain brass round along the rotated z axis."""
    draw_round(shape, Round(length, width, necked), rotation, offset)


def ammunition(dice: Dice) -> Shape:
    """Return one to many rounds: loose, in a row, boxed, in a tray, on a belt, or shotgun shells."""
    look = dice.pick(_LOOKS, _LOOK_WEIGHTS)
    if look == "shells":
        return _shells(dice)
    if look == "belt":
        return _belt(dice)
    one = any_round(dice)
    if look == "loose":
        return _loose(dice, one)
    if look == "row":
        return _row(dice, one)
    return _grid(dice, one, look == "tray")


def _loose(dice: Dice, one: Round) -> Shape:
    """A few strewn rounds, a handful, or a bag of them; never so few and small that nothing shows."""
    shape = Shape()
    count = max(dice.pick((dice.count(1, 4), dice.count(5, 12), dice.count(13, 24))), round(40 / one.length))
    spread = one.length * (0.28 + 0.16 * count**0.5)
    flat = turn("y", dice.between(-10, 10))
    for _ in range(count):
        pose = turn("z", dice.between(0, 360)) @ turn("y", dice.normal(12)) @ ALONG_X
        where = (dice.normal(spread), dice.normal(spread * 0.7), dice.between(0, one.width * (0.5 + 0.1 * count)))
        draw_round(shape, one, flat @ pose, flat @ np.array(where))
    return shape


def _row(dice: Dice, one: Round) -> Shape:
    """Rounds side by side, often held by a clip at their base."""
    shape, pitch, count = Shape(), one.width * dice.between(1.02, 1.3), dice.count(3, 12)
    bow, alternating = dice.between(0, 0.25), dice.chance(0.2)
    for index in range(count):
        shift = bow * (index - (count - 1) / 2) ** 2
        turned = alternating and index % 2 == 1
        pose = turn("z", 180 if turned else dice.normal(2)) @ ALONG_X
        draw_round(shape, one, pose, (shift + (one.length if turned else 0), index * pitch, 0))
    if dice.chance(0.5) and not alternating:
        reach, half = (count - 0.5) * pitch, one.width * 0.62
        shape.box((-1.2, 0), (-pitch / 2, reach), (-half, half), "steel")
        for side in (-1, 1):
            shape.box((-1, 3), (-pitch / 2, reach), (side * half - 0.4, side * half + 0.4), "steel")
    return shape


def _grid(dice: Dice, one: Round, tray: bool) -> Shape:
    """Standing rounds in columns and rows, some missing, in a carton or in the cells of a plastic tray."""
    shape, columns, rows = Shape(), dice.count(2, 5), dice.count(3, 8 if one.necked else 10)
    pitch, up_and_down = one.width * dice.between(1.08, 1.45), dice.chance(0.3)
    missing = dice.pick((0.0, dice.between(0.05, 0.6)))
    for column in range(columns):
        for row in range(rows):
            if dice.chance(missing) and (column, row) != (0, 0):
                continue
            down = up_and_down and column % 2 == 1
            pose = turn("x", 180) if down else IDENTITY
            draw_round(shape, one, pose, (column * pitch, row * pitch, one.length if down else 0))
    _packaging(dice, shape, one, ((columns - 0.5) * pitch, (rows - 0.5) * pitch, pitch), tray)
    return shape


def _packaging(dice: Dice, shape: Shape, one: Round, size: tuple[float, float, float], tray: bool) -> None:
    x, y, pitch = size
    margin = pitch / 2 + 1.5
    if tray:
        for low in (0.0, one.length * dice.between(0.25, 0.4)):
            shape.box((-margin, x + 2), (-margin, y + 2), (low, low + 1.4), dice.pick(("plastic", "polymer")))
    if not tray or dice.chance(0.5):
        outer = ((-margin - 1, x + 3), (-margin - 1, y + 3), (-2, one.length + 3))
        shape.shell(*outer, 0.8, dice.pick(("paper", "plastic", "board"), (0.5, 0.3, 0.2)))


def _belt(dice: Dice) -> Shape:
    """Long rounds side by side in links, the belt lying in waves or folded back on itself."""
    shape, count, length = Shape(), dice.count(8, 24), dice.between(42, 75)
    one = Round(length, length * dice.between(0.17, 0.21), True)
    pitch, sway, fold = one.width * dice.between(1.15, 1.4), dice.between(0, 25), dice.count(8, 30)
    places = []
    for index in range(count):
        lane, step = divmod(index, fold)
        along = (step if lane % 2 == 0 else fold - 1 - step) * pitch
        places.append((lane * length * 0.3 + sway * np.sin(index / 4), along, lane * one.width * 1.1))
        draw_round(shape, one, turn("z", dice.normal(4)) @ ALONG_X, places[-1])
    for share in (0.25, 0.45):
        shape.wire(np.array(places) + np.array((length * share, 0, one.width * 0.55)), 0.9, "steel")
    return shape


def _shells(dice: Dice) -> Shape:
    """Shotgun shells: a metal base, a thin plastic hull, a wad, and a load of shot or a single slug."""
    shape, length, width = Shape(), dice.between(50, 72), dice.between(15, 21)
    load, loose = dice.pick(("fine", "coarse", "slug"), (0.45, 0.35, 0.2)), dice.chance(0.5)
    columns = dice.count(1, 5)
    for index in range(dice.count(2, 6) if load == "coarse" else dice.count(2, 10)):
        column, row = index % columns, index // columns
        pose = turn("z", dice.normal(60) if loose else 0.0) @ (ALONG_X if loose else IDENTITY)
        gap = 1.5 if loose else 1.06
        _shell(dice, shape, (length, width / 2), load, pose, (column * width * gap, row * width * gap, 0))
    return shape


def _shell(dice: Dice, shape: Shape, size: tuple[float, float], load: str, pose: Array, offset: Vector) -> None:
    length, radius = size
    base = length * 0.22
    shape.frustum((radius, radius), 0, base, "brass", 1, pose, offset)
    shape.frustum((radius - 0.5, radius - 0.5), 1.5, base, "brass", -1, pose, offset)
    shape.frustum((radius * 0.95, radius * 0.95), 2, length, "plastic", 1, pose, offset)
    shape.frustum((radius * 0.85, radius * 0.85), base, length - 1, "plastic", -1, pose, offset)
    if load == "slug":
        shape.frustum((radius * 0.75, radius * 0.6), length * 0.6, length * 0.9, "lead", 1, pose, offset)
    elif load == "fine":
        shape.frustum((radius * 0.8, radius * 0.8), length * 0.55, length * 0.92, "lead", 1, pose, offset)
    else:
        for index in range(6):
            side = radius * 0.42 * (1 if index % 2 else -1)
            centre = np.array((side, dice.between(-2, 2), length * (0.52 + 0.14 * (index // 2))))
            ball = (radius * 0.4, radius * 0.4, radius * 0.4)
            shape.ellipsoid(ball, "lead", 1, pose @ centre + np.asarray(offset, float))

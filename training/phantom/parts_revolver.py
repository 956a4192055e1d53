"""Coarse outer looks of revolvers: a drum in a window, a bare or ribbed barrel, a metal handle frame with panels."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.outlines import smoothed
from training.phantom.parts_handgun import PANELS, walls
from training.phantom.parts_tube import plain_cylinder
from training.phantom.solids import Array, Shape, arc, band


def revolver(dice: Dice) -> Shape:
    """Return a handgun with a drum; its handle's panels of wood or rubber hardly show, the metal in it does."""
    shape, half = Shape(), dice.between(5, 8)
    metal = dice.pick(("steel", "zinc", "aluminium"), (0.85, 0.08, 0.07))
    drum = plain_cylinder(dice)
    low, high = drum.bounds()
    size = dice.between(0.78, 1.0)
    length, radius = size * float(high[0] - low[0]), size * float(high[1])
    shape.add(drum, offset=(-float(low[0]) * size, 0, 0), scale=size)
    _frame(dice, shape, length, radius, half, metal)
    axis = radius * dice.between(0.58, 0.72)
    _barrel(dice, shape, length + 6, axis, metal)
    _handle(dice, shape, radius, half, metal)
    _loop(dice, shape, dice.between(4, 14), -radius - 6, metal)
    spur = np.array(
        ((-10, -2), (-15, radius * 0.6), (-22, radius + 4), (-30 - dice.between(0, 8), radius + dice.between(4, 12)))
    )
    shape.prism(band(spur, dice.between(4, 7)), -2.5, 2.5, "steel")
    if dice.chance(0.5):
        shape.rod(dice.between(1.5, 2.5), -6, length + dice.between(10, 60), "steel")
    return shape


def _frame(dice: Dice, shape: Shape, length: float, radius: float, half: float, metal: str) -> None:
    """Bars over and under the drum, a block before and behind it; some old ones have no bar over it."""
    wall = dice.between(1.5, 3.0)
    under = np.array(((-16, -radius - 2), (length + 12, -radius - 1), (length + 14, -radius - 7), (-12, -radius - 9)))
    walls(shape, under, half, wall, metal)
    if dice.chance(0.85):
        top = radius + dice.between(1, 3)
        shape.box((-12, length + 12), (top, top + dice.between(4, 7)), (-half * 0.7, half * 0.7), metal)
        shape.box((-8, -2), (top + 5, top + 8), (-4, 4), metal)
    rear = smoothed(np.array(((-3, radius + 3), (-3, -radius - 4), (-26, -radius - 8), (-24, -2), (-13, radius + 4))))
    walls(shape, rear, half, wall, metal)
    shape.box((length + 2, length + 13), (-radius - 4, radius + 4), (-half * 0.6, half * 0.6), metal)
    for _ in range(dice.count(2, 5)):
        shape.disc(
            dice.between(1.2, 2.6), -half, half, "steel", 1, dice.between(-22, length), -radius - dice.between(2, 8)
        )


def _barrel(dice: Dice, shape: Shape, start: float, axis: float, metal: str) -> None:
    reach, outer, bore = dice.between(40, 215), dice.between(6, 9.5), dice.between(3.6, 5.4)
    stop = start + reach
    shape.tube(outer, min(bore, outer - 1.8), start, stop, metal, axis)
    kind = dice.pick(("bare", "rib", "shroud"), (0.4, 0.3, 0.3))
    if kind != "bare":
        shape.box((start, stop - 2), (axis + outer * 0.9, axis + outer + dice.between(2, 5)), (-2.5, 2.5), metal)
    if kind == "shroud":
        shape.box((start, start + reach * dice.between(0.5, 1.0)),
                  (axis - outer - dice.between(4, 11), axis - outer * 0.8),
                  (-4, 4), metal)  # fmt: skip
    if dice.chance(0.6):
        shape.tube(dice.between(3.5, 5), 2, start, start + reach * dice.between(0.4, 0.9), "steel", axis - outer - 4)
    ramp = (
        (stop - dice.between(12, 24), axis + outer),
        (stop - 3, axis + outer),
        (stop - 4, axis + outer + dice.between(5, 10)),
    )
    shape.prism(ramp, -1.5, 1.5, metal)


def _handle(dice: Dice, shape: Shape, radius: float, half: float, metal: str) -> None:
    """The metal loop inside the handle, with a window or two, and the panels on it."""
    reach, lean, wide = dice.between(62, 108), dice.between(0.3, 0.85), dice.between(22, 34)
    y = -radius - 4
    path = np.array(((-14, y), (-20 - lean * reach * 0.25, y - reach * 0.3),
                     (-22 - lean * reach * 0.62, y - reach * 0.66),
                     (-24 - lean * reach, y - reach)))  # fmt: skip
    outline = smoothed(_swollen(path, wide * dice.between(0.7, 0.95), wide * dice.between(1.0, 1.3)))
    if dice.chance(0.7):
        closed = np.concatenate([outline, outline[:1]])
        shape.prism(band(closed, dice.between(3, 5.5)), -half * 0.8, half * 0.8, metal)
        if dice.chance(0.6):
            middle = (path[1] + path[2]) / 2
            shape.prism(band(middle + np.array(((-wide * 0.45, 0), (wide * 0.45, -4))), dice.between(3, 6)),
                        -half * 0.7, half * 0.7, metal)  # fmt: skip
    else:
        shape.prism(band(path, wide * 0.6), -dice.between(1.5, 3), dice.between(1.5, 3), metal)
    if dice.chance(0.8):
        material = dice.pick(PANELS)
        for side in (-1, 1):
            shape.prism(outline * 1.01, side * half * 0.8, side * (half + dice.between(5, 10)), material)
        shape.disc(dice.between(2, 3.5), -half - 6, half + 6, "steel", 1, float(path[2, 0]), float(path[2, 1]))
    if dice.chance(0.5):
        coil = np.linspace(path[0], path[2], 26)
        zigzag = np.where(np.arange(26) % 2, 2.5, -2.5)[:, None] * np.array((1.0, 0.3))
        shape.wire(np.concatenate([coil + zigzag, np.zeros((26, 1))], axis=1), 0.7, "steel")


def _swollen(path: Array, first: float, last: float) -> Array:
    """Return the outline of a strip along a path that grows from one width to another."""
    direction = np.gradient(path, axis=0)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * np.linspace(first, last, len(path))[:, None] / 2
    return np.concatenate([path + normal, (path - normal)[::-1]])


def _loop(dice: Dice, shape: Shape, x: float, y: float, metal: str) -> None:
    across, down = dice.between(16, 24), dice.between(18, 27)
    shape.prism(band(arc((x, y), (across, down), 178, 362, 12), dice.between(2.2, 4)), -4, 4, metal)
    lever = np.array(((x, y + 4), (x - dice.between(0, 3), y - down * 0.4), (x + dice.between(2, 8), y - down * 0.85)))
    shape.prism(band(lever, dice.between(3, 4.5)), -2.5, 2.5, "steel")

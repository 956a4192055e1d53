"""Outer shapes of frames and of long guns, put together from the coarse parts; see `parts_small`."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.parts_small import guard, magazine
from training.phantom.solids import Array, Shape, band, helix, rounded, turn


def _grip(dice: Dice, shape: Shape, material: str, width: float, top: tuple[float, float]) -> Array:
    """Add a hollow or panelled handle below y = 0 and return its outline."""
    reach, lean = dice.between(70, 112), np.tan(np.deg2rad(dice.between(5, 26)))
    back, front = top
    size = front - back
    outline = np.array(
        (
            (back, 2),
            (back - lean * reach * 0.5 - dice.between(0, 5), -reach * 0.5),
            (back - lean * reach, -reach),
            (back - lean * reach + size, -reach - size * 0.1),
            (front - lean * reach * 0.4, -reach * 0.5),
            (front, 2),
        )
    )
    shape.hollow_prism(outline, -width / 2, width / 2, dice.between(2, 4), material)
    if dice.chance(0.35):
        for side in (-1, 1):
            shape.prism(
                outline * 0.92 + np.array((1, -3)),
                side * width / 2,
                side * (width / 2 + 4),
                dice.pick(("plastic", "wood")),
            )
    return outline


def frame(dice: Dice) -> Shape:
    """Return the lower half of a handgun: rails, handle, guard, trigger, pins."""
    length, width, height = dice.between(115, 190), dice.between(18, 29), dice.between(11, 22)
    material = dice.pick(("steel", "aluminium", "polymer"), (0.35, 0.3, 0.35))
    wall, shape = dice.between(2.2, 4.5), Shape()
    nose = length * dice.between(0.65, 1.0)
    profile = ((-8, 0), (length, 0), (length, height * 0.6), (nose, height), (-dice.between(2, 14), height))
    for side in (-1, 1):
        shape.prism(profile, side * width / 2, side * (width / 2 - wall), material)
    shape.box((length * 0.5, length), (0, height * 0.4), (-width / 2 + wall, width / 2 - wall), material)
    outline = _grip(dice, shape, material, width, (-4, dice.between(36, 52)))
    _action(dice, shape, float(outline[-1, 0]), length, height, width, material)
    if dice.chance(0.3):
        _inserted_magazine(dice, shape, outline)
    return shape


def _action(dice: Dice, shape: Shape, grip: float, length: float, height: float, width: float, body: str) -> None:
    x = grip + dice.between(16, 26)
    guard(dice, shape, x, body)
    trigger(dice, shape, x - 2)
    for _ in range(dice.count(2, 6)):
        shape.disc(
            dice.between(1.5, 3),
            -width / 2,
            width / 2,
            "steel",
            1,
            dice.between(4, length * 0.8),
            dice.between(2, height - 2),
        )
    if body == "polymer":
        for start, stop in ((3, 22), (length * 0.6, length * 0.76)):
            for side in (-1, 1):
                shape.prism(((start, height - 4), (stop, height - 4), (stop, height + 3), (start, height + 3)),
                            side * width / 2, side * (width / 2 - 1.6), "steel")  # fmt: skip
    if dice.chance(0.7):
        shape.box((8, dice.between(28, 44)), (0, height * 0.8), (-4, 4), "steel")
    if dice.chance(0.6):
        shape.wire(
            helix(length * 0.35, 3.2, dice.between(8, 14), length * 0.55) + np.array((0, height * 0.5, 0)), 0.6, "steel"
        )


def trigger(dice: Dice, shape: Shape, x: float) -> None:
    """Add the curved lever."""
    curve = np.array(((x - 3, 2), (x, -7), (x + 4, -14), (x + 7 + dice.between(-2, 3), -22)))
    shape.prism(band(curve, dice.between(3.5, 6)), -3, 3, dice.pick(("steel", "steel", "polymer")))


def _inserted_magazine(dice: Dice, shape: Shape, outline: Array) -> None:
    down = outline[2] - outline[0]
    angle = float(np.rad2deg(np.arctan2(-down[1], -down[0])))
    start = (outline[2] + outline[3]) / 2
    size = float(np.linalg.norm(down)) / 110
    shape.add(magazine(dice), turn("z", angle), (start[0], start[1], 0), min(size, 1.0))


def long_gun(dice: Dice) -> Shape:
    """Return a rifle or shotgun, whole or with its stock folded or taken off."""
    shape, height, width = Shape(), dice.between(32, 58), dice.between(22, 38)
    receiver = dice.between(150, 260)
    metal = dice.pick(("steel", "aluminium"), (0.6, 0.4))
    outline = rounded((0, receiver), (0, height), dice.between(3, 12))
    shape.prism(outline, -width / 2, width / 2, metal)
    wall = dice.between(2, 3.5)
    shape.prism(rounded((4, receiver - 4), (wall, height - wall), 5), -width / 2 + wall, width / 2 - wall, metal, -1)
    shape.rod(dice.between(8, 11), receiver * 0.3, receiver * 0.75, "steel", 1, height * 0.65)
    shape.box((20, receiver * 0.4), (4, height * 0.4), (-5, 5), "steel")
    reach = dice.between(120, 480)
    shape.add(_long_barrel(dice, reach), offset=(receiver - 6, height * 0.65, 0))
    _furniture(dice, shape, receiver, height, reach)
    return shape


def _long_barrel(dice: Dice, length: float) -> Shape:
    outer = dice.between(7.5, 11)
    shape = (
        Shape()
        .cone((outer, outer * 0.8), 0, length, "steel")
        .rod(outer * dice.between(0.35, 0.7), 0, length, "steel", -1)
    )
    if dice.chance(0.5):
        shape.tube(outer * 1.25, outer * 0.75, length - 8, length + dice.between(20, 60), "steel")
    if dice.chance(0.5):
        shape.tube(7, 4.5, 10, length * dice.between(0.4, 0.8), "steel", dice.pick((-18, 18)))
    if dice.chance(0.6):
        shape.box((length - 30, length - 20), (outer * 0.7, outer + 18), (-2, 2), "steel")
    return shape


def _furniture(dice: Dice, shape: Shape, receiver: float, height: float, reach: float) -> None:
    light = dice.pick(("wood", "polymer", "aluminium"), (0.4, 0.45, 0.15))
    if dice.chance(0.75):
        shape.hollow_prism(rounded((receiver, receiver + max(80, reach * 0.6)), (0, height), 10), -20, 20, 4, light)
    stock = dice.pick(("full", "tube", "none"), (0.45, 0.3, 0.25))
    if stock == "full":
        size = dice.between(170, 270)
        profile = (
            (0, height * 0.9),
            (-size, height * 0.75),
            (-size, -dice.between(50, 90)),
            (-size * 0.4, -12),
            (0, 2),
        )
        shape.hollow_prism(profile, -17, 17, dice.between(5, 9), light)
    elif stock == "tube":
        size = dice.between(120, 220)
        shape.tube(14, 12, -size, 0, "aluminium", height * 0.6)
        shape.wire(helix(size * 0.8, 10, 16, -size * 0.9) + np.array((0, height * 0.6, 0)), 1, "steel")
        shape.box((-size - 8, -size), (-60, height), (-14, 14), "polymer")
    _grip(dice, shape, "polymer", 28, (dice.between(10, 24), dice.between(52, 66)))
    guard(dice, shape, 84, "steel")
    trigger(dice, shape, 80)
    if dice.chance(0.6):
        shape.add(
            magazine(dice), turn("z", 90 + dice.between(-8, 12)), (receiver * 0.7, -110, 0), dice.between(0.8, 1.0)
        )
    if dice.chance(0.3):
        shape.tube(17, 15, 40, receiver + 30, "aluminium", height + 28).ellipsoid(
            (3, 15, 15), "glass", 1, (50, height + 28, 0)
        )

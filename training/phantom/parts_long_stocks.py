"""Outer shapes of what a hand or shoulder holds on a long gun: stocks, pistol grips, the loop round the trigger."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.outlines import smoothed
from training.phantom.solids import Shape, arc, band, helix


def add_stock(dice: Dice, shape: Shape, style: str, size: tuple[float, float], light: str) -> None:
    """Add a stock behind x = 0.

    Args:
        dice: The draws.
        shape: Where to.
        style: full, thumbhole, tube, skeleton, wire or none.
        size: Height and width of the receiver, mm.
        light: Material, wood or polymer.
    """
    height, width = size
    if style in ("full", "thumbhole"):
        _full(dice, shape, height, light, holed=style == "thumbhole")
    elif style == "tube":
        _tube(dice, shape, height)
    elif style == "skeleton":
        _skeleton(dice, shape, height)
    elif style == "wire":
        _wire(dice, shape, height, width)


def _full(dice: Dice, shape: Shape, height: float, light: str, *, holed: bool) -> None:
    reach, drop, thick = dice.between(200, 330), dice.between(10, 50), dice.between(15, 21)
    deep = dice.between(95, 130)
    outline = smoothed(
        np.array(
            (
                (24, height * 0.9),
                (-40, height * 0.7),
                (-70, height * 0.55 - drop * 0.2),
                (-reach, height * 0.6 - drop),
                (-reach - dice.between(0, 6), height * 0.6 - drop - deep),
                (-reach * 0.5, -dice.between(14, 32)),
                (-70, -dice.between(8, 50)),
                (-30, -dice.between(0, 16)),
                (24, 0),
            )
        ),
        1,
    )
    if light == "wood":
        shape.prism(outline, -thick, thick, light)
    else:
        shape.hollow_prism(outline, -thick, thick, dice.between(2.6, 4.5), light)
    if holed and light == "wood":
        hole = arc((-reach * 0.34, height * 0.1), (reach * 0.11, 14), 0, 330, 12)
        shape.prism(hole, -thick, thick, light, -1)
    back, pad = height * 0.6 - drop, dice.pick(("rubber", "steel", "polymer"), (0.5, 0.25, 0.25))
    shape.box((-reach - (3 if pad == "steel" else 16), -reach), (back - deep, back - 4), (-thick, thick), pad)
    shape.rod(dice.between(2, 3.2), -reach * 0.5, -10, "steel", 1, height * 0.2)  # the bolt that holds it
    if dice.chance(0.5):
        shape.disc(2, -thick, thick, "steel", 1, -reach * 0.9, back - deep * 0.6)


def _tube(dice: Dice, shape: Shape, height: float) -> None:
    reach, axis = dice.between(130, 235), height * 0.62
    shape.tube(14, 12.2, -reach, 2, "aluminium", axis)
    shape.wire(helix(reach * 0.85, 10.5, dice.count(14, 26), -reach * 0.92) + np.array((0, axis, 0)), 0.9, "steel")
    shape.tube(9, 5, -reach * 0.3, -2, dice.pick(("steel", "aluminium")), axis)
    start = reach * dice.between(0.35, 0.6)
    outline = ((-reach - 18, axis - 95), (-reach - 18, axis + 16), (-start, axis + 17), (-start - 8, axis - 18),
               (-reach * 0.75, axis - 30), (-reach + 6, axis - 92))  # fmt: skip
    half = dice.between(15, 22)
    for side in (-1, 1):
        faces = sorted((side * half, side * (half - 2.6)))
        shape.prism(outline, faces[0], faces[1], "polymer")
    shape.box((-reach - 24, -reach - 16), (axis - 95, axis + 16), (-half, half), dice.pick(("rubber", "polymer")))


def _skeleton(dice: Dice, shape: Shape, height: float) -> None:
    """A bent frame of flat bars with a butt plate and a hinge."""
    reach, deep = dice.between(180, 260), dice.between(85, 120)
    material = dice.pick(("steel", "polymer", "aluminium"), (0.5, 0.3, 0.2))
    half = dice.between(2, 4) if material == "steel" else dice.between(7, 13)
    top, low = height * 0.7, height * 0.3
    for path in (
        ((4, top), (-reach, top - 8)),
        ((4, low), (-reach * 0.5, low - 12), (-reach, top - deep)),
        ((-reach, top - deep - 4), (-reach, top)),
    ):
        shape.prism(band(np.array(path, float), dice.between(7, 12)), -half, half, material)
    shape.pillar(5, low - 4, top + 5, "steel", 1, 0)
    shape.disc(3, -half - 2, half + 2, "steel", 1, -reach, top - deep * 0.5)


def _wire(dice: Dice, shape: Shape, height: float, width: float) -> None:
    reach, drop, half = dice.between(170, 250), dice.between(20, 60), width / 2 + 2
    y = height * 0.5
    points = np.array(
        (
            (10, y, half),
            (-reach, y - drop * 0.4, half),
            (-reach - 6, y - drop - 60, half),
            (-reach - 6, y - drop - 60, -half),
            (-reach, y - drop * 0.4, -half),
            (10, y, -half),
        )
    )
    steps = np.linspace(0, len(points) - 1, 26)
    line = np.stack([np.interp(steps, np.arange(len(points)), points[:, axis]) for axis in range(3)], axis=1)
    shape.wire(line, dice.between(2.4, 4), "steel")
    shape.disc(5, -half - 2, half + 2, "steel", 1, 4, y)


def grip(dice: Dice, shape: Shape, x: float, material: str) -> None:
    """Add a pistol grip below y = 0 from `x` forwards, with its screw."""
    reach, size = dice.between(78, 108), dice.between(32, 46)
    rake, half = reach * np.tan(np.deg2rad(dice.between(10, 34))), dice.between(11, 16)
    outline = smoothed(
        np.array(((x, 2), (x - rake * 0.4 - 4, -reach * 0.5), (x - rake, -reach), (x - rake + size, -reach - 6),
                  (x + size - rake * 0.35, -reach * 0.5), (x + size, -8), (x + size, 2))), 1)  # fmt: skip
    if material == "wood":
        shape.prism(outline, -half, half, material)
    else:
        shape.hollow_prism(outline, -half, half, 3, material)
    middle = np.array(((x + size / 2, 0), (x + size / 2 - rake * 0.5, -reach * 0.55)))
    shape.prism(band(middle, 5), -2.5, 2.5, "steel")


def loop_and_trigger(dice: Dice, shape: Shape, x: float, material: str) -> None:
    """Add the loop below y = 0 about `x` and the lever in it."""
    loop = arc((x, 1), (dice.between(24, 36), dice.between(22, 32)), 182, 358, 13)
    shape.prism(band(loop, dice.between(2, 3.6)), -4.5, 4.5, material)
    lever = arc((x + 18, -9), (20, dice.between(14, 20)), 120, 215, 8)
    shape.prism(band(lever, dice.between(3.5, 5.5)), -3, 3, "steel")

"""Harmless things with room inside: what a part is hidden in, and what other goods are packed in as well.

A host is built round a cavity: `half` gives its half sizes in mm, and the cavity's middle is the shape's origin, so
that whatever goes in fits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import ALONG_Y, Array, Shape, helix, rounded, turn

Host = Callable[[Dice, Array], Shape]


def _room(half: Array, grow: float) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    x, y, z = (float(value) + grow for value in half)
    return (-x, x), (-y, y), (-z, z)


def _case(shape: Shape, half: Array, grow: float, wall: float, material: str) -> None:
    (x, y, z), hole = _room(half, grow + wall), _room(half, grow)
    shape.box(x, y, z, material).box(hole[0], hole[1], hole[2], material, -1)


def hollow_book(dice: Dice, half: Array) -> Shape:
    """Return a book or a stack of paper with a hole cut into its pages."""
    shape, margin = Shape(), dice.between(12, 30)
    x, y, z = _room(half + np.array((margin, margin, 0)), 2)
    hole = _room(half, 2)
    shape.box(x, y, z, "paper").box(hole[0], hole[1], hole[2], "paper", -1)
    for level in (z[0] - 2.5, z[1]):
        shape.box((x[0] - 4, x[1] + 4), (y[0] - 4, y[1] + 4), (level, level + 2.5), "paper")
    return shape


def loudspeaker(dice: Dice, half: Array) -> Shape:
    """Return a loudspeaker whose box has room beside the magnet."""
    shape = Shape()
    _case(shape, half, dice.between(4, 25), dice.between(3, 9), dice.pick(("wood", "plastic")))
    radius = min(half[1] * 0.8, dice.between(28, 60))
    at = (half[0] * dice.between(-0.6, 0.6), half[1] * dice.between(-0.5, 0.5))
    shape.ring(radius, radius * 0.35, float(half[2]), float(half[2]) + 14, "ferrite", *at)
    shape.frustum((radius * 0.4, radius * 1.3), half[2] + 4, half[2] + 24, "paper", 1, offset=(*at, 0))
    return shape.disc(radius * 0.95, float(half[2]) - 3, float(half[2]), "steel", 1, *at)


def cooking_pot(dice: Dice, half: Array) -> Shape:
    """Return a pot or a pan with its lid on."""
    radius = float(np.hypot(half[0], half[1])) + 4
    metal, wall = dice.pick((("steel", 0.8), ("aluminium", 2.4), ("aluminium", 1.4)))
    low, high = -float(half[2]) - 3, float(half[2]) + 3
    shape = Shape().ring(radius, radius - wall, low, high, metal).disc(radius, low - wall * 1.5, low, metal)
    shape.ring(radius + 2, radius - 1, high - 3, high, metal)
    if dice.chance(0.6):
        shape.disc(radius, high, high + wall, metal).disc(10, high, high + 24, "plastic")
    return shape.box((radius, radius + dice.between(50, 130)), (-10, 10), (high - 14, high - 5), "plastic")


def machine_housing(dice: Dice, half: Array) -> Shape:
    """Return a pump, a gearbox or a compressor's housing: ribbed casting, flange with bolts, shaft."""
    shape, metal = Shape(), dice.pick(("aluminium", "aluminium", "steel", "zinc"))
    wall = dice.between(2.5, 6) if metal == "aluminium" else dice.between(0.8, 2.2)
    _case(shape, half, dice.between(2, 10), wall, metal)
    x, y, z = _room(half, 12)
    for place in np.linspace(x[0], x[1], dice.count(4, 9)):
        shape.box((place - 1.2, place + 1.2), (y[1], y[1] + dice.between(4, 12)), z, metal)
    shape.rod(dice.between(5, 9), x[1], x[1] + dice.between(20, 50), "steel")
    for side in (-1, 1):
        for place in (x[0] + 5, x[1] - 5):
            shape.disc(3.5, z[0], z[1], "steel", 1, place, side * (y[1] + 4))
    return shape.ring(min(24, y[1]), 9, z[1], z[1] + 9, metal)


def power_tool_case(dice: Dice, half: Array) -> Shape:
    """Return a blow-moulded tool case: double walls, ribs, latches, a handle."""
    shape = Shape()
    grow, wall = dice.between(6, 30), dice.between(1.2, 2.4)
    _case(shape, half, grow + 5, wall, "plastic")
    _case(shape, half, grow, wall, "plastic")
    x, y, _ = _room(half, grow + 5)
    for place in np.linspace(x[0], x[1], dice.count(4, 10))[1:-1]:
        shape.box((place - 1, place + 1), y, (-float(half[2]) - grow - 5, -float(half[2]) - grow), "plastic")
    for place in (x[0] * 0.6, x[1] * 0.6):
        shape.box((place - 12, place + 12), (y[1], y[1] + 6), (-10, 10), "plastic").rod(
            1.6, place - 14, place + 14, "steel", 1, y[1] + 3
        )
    shape.wire(
        ((x[0] * 0.3, y[1], 0), (x[0] * 0.3, y[1] + 24, 0), (x[1] * 0.3, y[1] + 24, 0), (x[1] * 0.3, y[1], 0)),
        7,
        "plastic",
    )
    for place in (x[0] * 0.7, x[1] * 0.7):
        shape.rod(1.5, place - 20, place + 20, "steel", 1, y[0] + 2)
    return shape


def equipment_case(dice: Dice, half: Array) -> Shape:
    """Return a computer supply, an amplifier or a drive bay of sheet metal with vents and some of its boards left."""
    shape = Shape()
    _case(shape, half, dice.between(3, 20), dice.between(0.6, 1.2), dice.pick(("steel", "aluminium")))
    x, y, z = _room(half, 3)
    for place in np.arange(x[0], x[1], dice.between(6, 11)):
        shape.wire(((place, y[0], z[1]), (place, y[0] + 16, z[1])), 0.7, "steel")
    card = (x[0] + (x[1] - x[0]) * dice.between(0.3, 1), y[0] + (y[1] - y[0]) * dice.between(0.2, 0.9))
    shape.box((x[0], card[0]), (y[0], card[1]), (z[0], z[0] + 1.5), "pcb")
    for _ in range(dice.count(6, 20)):
        at, size = (dice.between(*x), dice.between(*y)), dice.between(2, 9)
        shape.box(
            (at[0], at[0] + size),
            (at[1], at[1] + size * 0.7),
            (z[0] + 1.5, z[0] + 4),
            dice.pick(("ceramic", "copper", "aluminium")),
        )
    shape.wire(helix(x[1] - x[0], 5, 5, x[0]) + np.array((0, y[1], 0)), 0.8, "copper")
    return shape


def steel_canister(dice: Dice, half: Array) -> Shape:
    """Return a flask, a fire extinguisher, a filter or a pipe closed at both ends."""
    radius, reach = float(np.hypot(half[1], half[2])) + 2, float(half[0]) + 4
    metal, wall = dice.pick((("steel", 0.6), ("steel", 1.2), ("aluminium", 2.0), ("pvc", 3.0)))
    shape = Shape().tube(radius + wall, radius, -reach, reach, metal)
    for end in (-reach - wall, reach):
        shape.rod(radius + wall, end, end + wall, metal).tube(radius + wall + 1.5, radius, end - 1, end + 3, metal)
    if dice.chance(0.5):
        shape.cone((radius * 0.6, 10), reach, reach + 22, metal).rod(8, reach + 20, reach + 40, "plastic")
    return shape


def small_carton(dice: Dice, half: Array) -> Shape:
    """Return a carton with an insert."""
    shape = Shape()
    _case(shape, half, dice.between(2, 25), dice.between(0.8, 2.5), "paper")
    x, y, z = _room(half, 2)
    shape.box((x[0], x[1]), (y[0], y[1]), (z[0] - 1.5, z[0]), "board")
    return shape.box(x, (y[0], 0), (0, 1), "paper", 1, turn("x", dice.between(-70, 70)), (0, y[1], z[1]))


def foam_case(dice: Dice, half: Array) -> Shape:
    """Return a lockable plastic case lined with foam, as cameras, instruments and handguns are sold in."""
    shape, grow = Shape(), dice.between(10, 35)
    (x, y, z), hole = _room(half, grow), _room(half, 0)
    shape.box(x, y, z, "textile").box(hole[0], hole[1], hole[2], "textile", -1)
    wall = dice.between(1.8, 3.2)
    shape.prism(rounded(x, y, 12), z[0] - wall, z[0], "plastic").prism(rounded(x, y, 12), z[1], z[1] + wall, "plastic")
    shape.hollow_prism(
        rounded((x[0] - wall, x[1] + wall), (y[0] - wall, y[1] + wall), 12), z[0] - wall, z[1] + wall, wall, "plastic"
    )
    for place in (x[0] * 0.55, x[1] * 0.55):
        shape.box((place - 14, place + 14), (y[1], y[1] + 9), (-9, 9), "plastic").rod(
            2, place - 15, place + 15, "steel", 1, y[1] + 4
        )
        shape.ring(6, 4, -3, 3, "steel", place, y[1] + 12)
    return shape


def sock(dice: Dice, half: Array) -> Shape:
    """Return a sock, a rolled towel or a cloth wrap."""
    shape = Shape()
    for _ in range(dice.count(2, 5)):
        size = half * dice.rng.uniform(1.15, 1.5, 3) + 4
        shape.ellipsoid(size, "textile", 1, (dice.normal(8), dice.normal(4), 0), turn("z", dice.normal(6)))
    for _ in range(dice.count(3, 8)):
        start = np.array((dice.normal(half[0] * 0.7), -half[1] * 1.2, 0))
        steps = np.array(((0, 0, 0), (dice.normal(30), half[1], 3), (dice.normal(40), 2.4 * half[1], 0)))
        shape.wire(start + steps, 1.2, "textile")
    return shape


def food_tin(dice: Dice, half: Array) -> Shape:
    """Return a drum of coffee, rice, sweets or milk powder: the part lies in what fills it."""
    shape, metal = Shape(), dice.pick(("steel", "aluminium", "plastic", "paper"))
    radius = float(np.hypot(half[0], half[1])) + 3
    low, high = -float(half[2]) - dice.between(4, 25), float(half[2]) + dice.between(4, 25)
    wall = 0.3 if metal == "steel" else 1.2
    shape.ring(radius + wall, radius, low, high, metal).disc(radius, low - wall, low, metal).disc(
        radius, high, high + wall, metal
    )
    return shape.disc(
        radius, low, low + (high - low) * dice.between(0.3, 0.9), dice.pick(("textile", "wood", "board", "food"))
    )


def soft_toy(dice: Dice, half: Array) -> Shape:
    """Return a soft toy or a cushion round it."""
    shape = Shape().ellipsoid(half * 1.45 + 6, "textile")
    head = float(min(half[1], 45)) * 1.1 + 12
    shape.ellipsoid((head, head, head * 0.8), "textile", 1, (float(half[0]) * 1.3 + head, 0, 0))
    for x, y in ((0.8, 1.3), (0.8, -1.3), (-1.1, 0.9), (-1.1, -0.9)):
        shape.ellipsoid(
            (35, 15, 14), "textile", 1, (float(half[0]) * x, float(half[1]) * y, 0), turn("z", dice.between(0, 180))
        )
    return shape.disc(3, 0, 3, "plastic", 1, float(half[0]) * 1.3 + head, 8)


def appliance(dice: Dice, half: Array) -> Shape:
    """Return a kettle, a toaster, an iron or a vacuum cleaner: a thin shell with a heater and a motor."""
    shape = Shape()
    _case(shape, half, dice.between(5, 25), dice.between(1.2, 2.5), dice.pick(("plastic", "plastic", "aluminium")))
    x, y, z = _room(half, 3)
    shape.wire(helix(x[1] - x[0], min(18, y[1]), dice.between(4, 9), x[0]) + np.array((0, y[0], 0)), 1.6, "steel")
    radius = dice.between(14, 28)
    body = (
        Shape()
        .tube(radius, radius * 0.85, 0, 46, "steel")
        .tube(radius * 0.8, radius * 0.4, 4, 42, "copper")
        .rod(4, -10, 60, "steel")
    )
    shape.add(body, offset=(x[1] * 0.3, y[1] - radius, z[1] + 4))
    shape.wire(((x[0], 0, z[1]), (x[0], 0, z[1] + 40), (x[1], 0, z[1] + 40), (x[1], 0, z[1])), 9, "plastic")
    return shape.frustum((6, 6), y[0], y[0] + 40, "brass", 1, ALONG_Y, (x[0] + 10, 0, z[0]))


HOSTS: dict[str, Host] = {
    host.__name__: host
    for host in (
        hollow_book, loudspeaker, cooking_pot, machine_housing, power_tool_case, equipment_case, steel_canister,
        small_carton, foam_case, sock, food_tin, soft_toy, appliance,
    )
}  # fmt: skip

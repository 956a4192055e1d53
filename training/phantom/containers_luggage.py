"""Luggage: trolley cases and soft bags, known in a scan by nested fine contours, zips, wheels, rods and buckles."""

from __future__ import annotations

import numpy as np

from training.phantom.containers_trim import (
    buckle,
    contour,
    handle,
    mesh,
    outline_at,
    piping,
    rivets,
    screw,
    seam,
    strap,
    telescope,
    wheels,
    zipper,
)  # fmt: skip
from training.phantom.dice import Dice
from training.phantom.outlines import wobbly
from training.phantom.solids import Array, Shape, rounded

_FABRICS = ("polymer", "pvc", "textile")


def case_shape(dice: Dice, half: tuple[float, float], depth: float) -> Shape:
    """Return a trolley case about the origin: frames, piping, zips, wheels, rods, handles, ribs, rivets."""
    radius, shape = dice.between(18, 60), Shape()
    base = rounded((-half[0], half[0]), (-half[1], half[1]), radius, 7)
    _frames(dice, shape, base, depth)
    if dice.chance(0.45):
        _hard_shell(dice, shape, base, half, depth)
    else:
        _soft_wall(dice, shape, base, depth)
    if dice.chance(0.75):
        telescope(dice, shape, half)
    wheels(dice, shape, half, depth)
    handle(dice, shape, half, depth)
    rivets(dice, shape, half, depth)
    _dividers(dice, shape, half, depth)
    return shape


def bag_shape(dice: Dice, half: tuple[float, float], depth: float) -> Shape:
    """Return a soft bag about the origin: a slack outline with its folds, pockets, zips, straps and buckles."""
    shape = Shape()
    base = wobbly(dice, half, dice.between(0.01, 0.05), 56)
    base[:, 1] *= 1 - dice.between(-0.25, 0.25) * np.clip(base[:, 0] / half[0], -1, 1)  # wider at one end
    _soft_wall(dice, shape, base, depth)
    if dice.chance(0.35):  # a bag that keeps its form has a wire frame
        _frames(dice, shape, base * 0.97, depth)
    for share in dice.rng.uniform(0.45, 1.0, dice.count(1, 3)):
        zipper(dice, shape, outline_at(_part_of(dice, base * share), depth * dice.between(0.2, 0.9)))
    for _ in range(dice.count(2, 6)):
        strap(dice, shape, half, depth)
    for _ in range(dice.count(2, 7)):
        at = base[dice.count(0, len(base) - 1)] * dice.between(0.5, 1.12)
        buckle(dice, shape, (float(at[0]), float(at[1]), depth * dice.between(0, 1)))
    if dice.chance(0.5):
        handle(dice, shape, half, depth)
    if dice.chance(0.25):
        mesh(dice, shape, half, depth)
    return shape


def _frames(dice: Dice, shape: Shape, base: Array, depth: float) -> None:
    """Wires round the rim; each rim is a pair, which a slanting beam sees side by side."""
    metal = dice.pick(("steel", "steel", "aluminium"))
    for level in (0.06, 0.35, 0.65, 0.94)[: dice.count(1, 4)]:
        thick, grow = dice.between(0.7, 1.7), 1 + dice.normal(0.012)
        slip = np.array((dice.normal(4), dice.normal(4)))
        for gap in (0.0, dice.between(2.5, 7))[: dice.count(1, 2)]:
            length = np.linalg.norm(base, axis=1, keepdims=True)
            shape.wire(outline_at(base * (grow - gap / length) + slip, depth * level), thick, metal)


def _hard_shell(dice: Dice, shape: Shape, base: Array, half: tuple[float, float], depth: float) -> None:
    wall = dice.between(1.5, 3)
    for level in (0.0, depth):
        shape.prism(base, level, level + wall, "plastic")
    shape.hollow_prism(base, depth * 0.1, depth * 0.9, wall, "plastic")
    pitch, count = dice.between(12, 34), dice.count(5, 16)
    along = dice.chance(0.6)
    for index in range(count):
        across = (index - (count - 1) / 2) * pitch
        reach = half[1 if along else 0] * 0.92
        if abs(across) > reach:
            continue
        rib = np.array(((-0.9 * half[0], across, depth), (0.9 * half[0], across, depth)))
        if not along:
            rib = np.array(((across, -0.9 * half[1], depth), (across, 0.9 * half[1], depth)))
        for edge in (-2.5, 2.5):
            shape.wire(rib + np.array((0, edge, 0) if along else (edge, 0, 0)), dice.between(0.8, 1.4), "plastic")
    for _ in range(dice.count(1, 2)):
        zipper(dice, shape, outline_at(base, depth * 0.5))


def _soft_wall(dice: Dice, shape: Shape, base: Array, depth: float) -> None:
    """Fabric on both sides, its edge, and the many faint contours of seams, piping and lining."""
    for level in (0.0, depth):
        shape.prism(base * dice.between(0.94, 1.02), level, level + dice.between(0.25, 0.9), dice.pick(_FABRICS))
    low = dice.between(0, 0.3) * depth
    shape.hollow_prism(base, low, low + dice.between(0.08, 0.4) * depth, dice.between(0.8, 2.0), "textile")
    for _ in range(dice.count(5, 13)):
        contour(dice, shape, base, depth)
    for _ in range(dice.count(4, 14)):
        seam(dice, shape, base, depth)
    for _ in range(dice.count(1, 3)):
        piping(dice, shape, base, depth)


def _dividers(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    """Lining straps, a net or a partition of the case, and the screws that hold its hardware."""
    for _ in range(dice.count(0, 3)):
        strap(dice, shape, half, depth, outside=False)
    if dice.chance(0.3):
        mesh(dice, shape, half, depth)
    for _ in range(dice.count(3, 12)):
        side = dice.pick((-1.0, 1.0))
        screw(dice, shape, (side * half[0] * dice.between(0.75, 0.98), half[1] * dice.between(-0.95, 0.95), depth / 2))
    if dice.chance(0.4):
        zipper(dice, shape, outline_at(rounded((-half[0], half[0]), (-half[1], half[1]), 20) * 0.85, depth * 0.9))


def _part_of(dice: Dice, loop: Array) -> Array:
    length = dice.count(len(loop) // 3, len(loop))
    return np.roll(loop, dice.count(0, len(loop)), axis=0)[:length]

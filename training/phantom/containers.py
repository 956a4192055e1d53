"""What goods travel in: cartons, padded envelopes, cases with frames and telescopic rods, soft bags, trays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.phantom.dice import Dice
from training.phantom.outlines import wobbly
from training.phantom.solids import Array, Shape, rounded, turn

ContainerKind = Literal["carton", "envelope", "case", "bag", "tray", "none"]


@dataclass(frozen=True, slots=True)
class Container:
    """A container about the origin, lying on z = 0.

    Attributes:
        kind: What it is.
        half: Half length and half width inside, mm.
        depth: Inner height, mm.
        shape: Its solid parts.
        fabric_mm: Thickness of its fabric, 0 for none; the fabric is a map, not a solid.
        softness: How many garments it typically holds, from none to full.
    """

    kind: ContainerKind
    half: tuple[float, float]
    depth: float
    shape: Shape
    fabric_mm: float
    softness: int


def make_container(dice: Dice, kind: ContainerKind, half: tuple[float, float]) -> Container:
    """Return a container of a kind with the given inner half sizes (x, y) in mm."""
    makers = {"carton": _carton, "envelope": _envelope, "case": _case, "bag": _bag, "tray": _tray, "none": _nothing}
    return makers[kind](dice, half)


def _nothing(dice: Dice, half: tuple[float, float]) -> Container:
    return Container("none", half, dice.between(50, 120), Shape(), 0.0, 0)


def _carton(dice: Dice, half: tuple[float, float]) -> Container:
    depth, wall = dice.between(50, 220), dice.between(2.5, 6)
    x, y = half
    shape = Shape().shell((-x, x), (-y, y), (0, depth), wall, "board")
    gap = dice.between(-6, 10)
    for level in (0.5, depth - wall):
        shape.box((-x, x), (-y, -gap), (level, level + wall * 0.8), "board").box(
            (-x, x), (gap, y), (level, level + wall * 0.8), "board"
        )
        if dice.chance(0.6):
            shape.box((-x - 2, x + 2), (-24, 24), (level, level + 0.4), "polymer")
    for side in (-1, 1):
        flap = dice.between(0.2, 0.6) * x
        shape.box(tuple(sorted((side * x, side * (x - flap)))), (-y, y), (2, 2 + wall * 0.8), "board")  # type: ignore[arg-type]
    if dice.chance(0.4):
        for index in range(dice.count(2, 8)):
            shape.wire(
                np.array(((-8, 0, 0), (8, 0, 0))) + np.array((dice.between(-x, x), 0, depth * (index % 2))),
                0.8,
                "steel",
            )
    if dice.chance(0.35):
        place = dice.between(-0.5, 0.5) * x
        shape.box((place, place + wall), (-y, y), (0, depth * 0.8), "board")
    return Container("carton", half, depth, shape, 0.0, dice.pick((0, 0, 1, 3)))


def _envelope(dice: Dice, half: tuple[float, float]) -> Container:
    x, y = half
    depth, shape = dice.between(18, 50), Shape()
    for level in (0.0, depth):
        shape.prism(
            rounded((-x, x), (-y, y), 6), level, level + dice.between(0.5, 1.2), dice.pick(("paper", "polymer"))
        )
    for side in (-1, 1):
        shape.box((-x, x), tuple(sorted((side * y, side * (y - 9)))), (0, 1.2), "paper")  # type: ignore[arg-type]
    shape.box((x - 35, x), (-y, y), (0, 0.8), "paper")
    return Container("envelope", half, depth, shape, dice.between(0.4, 1.5), dice.pick((0, 1, 2)))


def _outline(half: tuple[float, float], radius: float, level: float, grow: float = 0.0) -> Array:
    loop = rounded((-half[0] - grow, half[0] + grow), (-half[1] - grow, half[1] + grow), radius, 6)
    closed = np.concatenate([loop, loop[:1]])
    return np.concatenate([closed, np.full((len(closed), 1), level)], axis=1)


def _case(dice: Dice, half: tuple[float, float]) -> Container:
    depth, radius, shape = dice.between(120, 230), dice.between(20, 60), Shape()
    metal = dice.pick(("steel", "aluminium", "steel"))
    for level in (0.08, 0.5, 0.92)[:: dice.pick((1, 2))]:
        shape.wire(_outline(half, radius, depth * level, dice.normal(3)), dice.between(0.8, 1.8), metal)
    for level in (0.3, 0.7)[: dice.count(1, 2)]:
        _zip(dice, shape, _outline(half, radius, depth * level, -dice.between(2, 10)))
    _walls(dice, shape, half, depth, 0.02)
    if dice.chance(0.7):
        _telescope(dice, shape, half)
    _wheels(dice, shape, half, depth)
    _handle(dice, shape, half, depth)
    for _ in range(dice.count(4, 18)):
        x, y = dice.pick((-1, 1)) * half[0] * dice.between(0.6, 1.0), half[1] * dice.between(-1, 1)
        shape.disc(dice.between(2, 5), 0, dice.between(2, 9), "steel", 1, x, y)
    hard = dice.chance(0.3)
    if hard:
        outline = rounded((-half[0], half[0]), (-half[1], half[1]), radius, 6)
        shape.prism(outline, 0, 2.2, "plastic").prism(outline, depth, depth + 2.2, "plastic")
    return Container("case", half, depth, shape, dice.between(1.5, 6), dice.count(2, 9))


def _telescope(dice: Dice, shape: Shape, half: tuple[float, float]) -> None:
    gap, width = half[1] * dice.between(0.25, 0.6), dice.between(10, 22)
    for side in (-1, 1):
        stop = half[0] * dice.between(0.7, 0.98)
        y = (side * gap - width / 2, side * gap + width / 2)
        shape.shell((-half[0], stop), y, (2, 2 + width * 0.7), dice.between(1.6, 3.2), "aluminium")
        if dice.chance(0.6):
            shape.shell(
                (-half[0] - dice.between(0, 60), stop * 0.8),
                (y[0] + 2, y[1] - 2),
                (4, width * 0.7),
                1.1,
                dice.pick(("steel", "aluminium")),
            )
    if dice.chance(0.5):
        shape.box((half[0] * 0.9, half[0] * 0.98), (-gap, gap), (2, 12), "plastic")


def _wheels(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    radius = dice.between(18, 32)
    for side in (-1, 1):
        y = side * half[1] * dice.between(0.75, 0.95)
        for level in (10.0, depth - 20)[: dice.count(1, 2)]:
            x = half[0] + radius * 0.3
            shape.frustum((radius, radius), level, level + 18, "plastic", 1, offset=(x, y, 0))
            shape.frustum((7, 7), level + 2, level + 16, "steel", 1, offset=(x, y, 0))
            shape.box((x - 26, x), (y - 2, y + 2), (level, level + 20), "steel")


def _zip(dice: Dice, shape: Shape, path: Array) -> None:
    """A zip is a fine chain of teeth: a coil of thin wire follows its path, with one or two pullers."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    at = np.linspace(0, lengths[-1], max(24, int(lengths[-1] / 4)))
    line = np.stack([np.interp(at, lengths, path[:, axis]) for axis in range(3)], axis=1)
    sway = np.where(np.arange(len(line)) % 2, 1.3, -1.3)[:, None] * np.array((0.7, 0.7, 0.0))
    shape.wire(line + sway, dice.between(0.35, 0.6), dice.pick(("brass", "polymer", "aluminium")))
    for _ in range(dice.count(1, 2)):
        place = line[dice.count(0, len(line) - 1)]
        puller = (
            Shape().shell((-7, 7), (-6, 6), (-4, 4), 1.3, "zinc").prism(rounded((6, 34), (-5, 5), 4), -1, 1, "zinc")
        )
        puller.prism(rounded((10, 28), (-2.5, 2.5), 2), -1, 1, "zinc", -1)
        shape.add(puller, turn("z", dice.between(0, 360)), place)


def _handle(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    span, rise = half[1] * dice.between(0.25, 0.45), dice.between(20, 55)
    path = np.array(((0, -span, 0), (-rise, -span * 0.8, 0), (-rise, span * 0.8, 0), (0, span, 0))) + np.array(
        (-half[0], 0, depth / 2)
    )
    shape.wire(path, dice.between(5, 10), dice.pick(("polymer", "rubber"))).wire(path, dice.between(0.8, 1.6), "steel")
    for y in (-span, span):
        shape.box((-half[0] - 4, -half[0] + 10), (y - 8, y + 8), (depth / 2 - 4, depth / 2 + 4), "polymer")
        shape.disc(2.4, depth / 2 - 6, depth / 2 + 6, "steel", 1, -half[0] + 3, y)


def _bag(dice: Dice, half: tuple[float, float]) -> Container:
    depth, shape = dice.between(70, 170), Shape()
    for level in (0.3, 0.6)[: dice.count(1, 2)]:
        path = _outline((half[0] * dice.between(0.7, 0.95), half[1] * 0.95), min(half) * 0.7, depth * level)
        _zip(dice, shape, path[: dice.count(12, len(path))])
    _walls(dice, shape, half, depth, dice.between(0.03, 0.12))
    for _ in range(dice.count(1, 4)):
        _strap(dice, shape, half, depth)
    for _ in range(dice.count(1, 5)):
        _buckle(dice, shape, (dice.between(-1, 1) * half[0], dice.between(-1, 1) * half[1], depth * dice.between(0, 1)))
    return Container("bag", half, depth, shape, dice.between(1.0, 4), dice.count(2, 9))


def _walls(dice: Dice, shape: Shape, half: tuple[float, float], depth: float, rough: float) -> None:
    """Fabric seen edge-on and piping: the nested fine contours by which a soft bag is known in a scan."""
    for _ in range(dice.count(1, 2)):
        share, low = dice.between(0.85, 1.0), dice.between(0, 0.4) * depth
        outline = wobbly(dice, (half[0] * share, half[1] * share), rough, 40)
        shape.hollow_prism(outline, low, low + dice.between(0.2, 0.5) * depth, dice.between(1.8, 3.5), "textile")
    for _ in range(dice.count(2, 7)):
        share, level = dice.between(0.35, 1.02) if dice.chance(0.4) else dice.between(0.9, 1.02), dice.between(0, depth)
        loop = wobbly(dice, (half[0] * share, half[1] * share), rough, 48)
        path = np.concatenate([np.concatenate([loop, loop[:1]]), np.full((49, 1), level)], axis=1)
        at = (dice.normal(0.1) * half[0] * (1 - share), dice.normal(0.1) * half[1], 0.0)
        shape.wire(path + np.array(at), dice.between(0.5, 1.6), dice.pick(("pvc", "polymer", "rubber", "textile")))


def _strap(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    start = np.array((dice.between(-1, 1) * half[0], -half[1], depth))
    bend = np.array((dice.normal(half[0] * 0.5), dice.normal(half[1] * 0.5), depth + 10))
    stop = np.array((dice.between(-1, 1) * half[0], half[1] * dice.between(0.5, 1.3), depth))
    t = np.linspace(0, 1, 16)[:, None]
    path = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * stop
    wide = dice.between(10, 22)
    for edge in (-0.5, 0.5):
        shape.wire(path + np.array((wide * edge, 0, 0)), dice.between(1.2, 2.2), "polymer")
    shape.wire(path, wide * 0.25, "board")


def _buckle(dice: Dice, shape: Shape, at: tuple[float, float, float]) -> None:
    size, metal = dice.between(10, 20), dice.pick(("steel", "zinc", "polymer"))
    buckle = Shape().prism(rounded((-size, size), (-size * 0.7, size * 0.7), 4), -1.5, 1.5, metal)
    buckle.prism(rounded((-size + 3, size - 3), (-size * 0.7 + 3, size * 0.7 - 3), 3), -1.5, 1.5, metal, -1)
    if dice.chance(0.5):
        buckle.box((-1.5, 1.5), (-size * 0.7, size * 0.7), (-1.5, 1.5), metal)
    shape.add(buckle, turn("z", dice.between(0, 180)) @ turn("x", dice.normal(25)), at)


def _tray(dice: Dice, half: tuple[float, float]) -> Container:
    x, y = half
    depth, wall = dice.between(60, 110), dice.between(2.5, 4)
    shape = Shape().prism(rounded((-x, x), (-y, y), 25), 0, wall, "plastic")
    rim = _outline(half, 25, depth, 4)
    shape.wire(rim, 3.5, "plastic")
    for side in (-1, 1):
        shape.box((-x, x), tuple(sorted((side * y, side * (y + wall)))), (0, depth), "plastic")  # type: ignore[arg-type]
        shape.box(tuple(sorted((side * x, side * (x + wall)))), (-y, y), (0, depth), "plastic")  # type: ignore[arg-type]
    return Container("tray", half, depth, shape, 0.0, dice.count(0, 3))

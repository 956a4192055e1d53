"""What luggage is trimmed with: zips, seams, piping, straps, buckles, mesh, wheels, rods, rivets.

Every function adds to a shape whose middle is the origin and which lies between z = 0 and z = `depth`, in mm.
"""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.outlines import wobbly
from training.phantom.solids import Array, Shape, rounded, turn

_CLOTHS = ("pvc", "polymer", "rubber", "textile")
_PULLS = ("zinc", "zinc", "brass", "steel")


def outline_at(loop: Array, level: float) -> Array:
    """Return a closed path (n x 3) at a height from a loop (n x 2)."""
    closed = np.concatenate([loop, loop[:1]])
    return np.concatenate([closed, np.full((len(closed), 1), level)], axis=1)


def contour(dice: Dice, shape: Shape, base: Array, depth: float) -> None:
    """Add one faint nested line that follows the bag's own outline, or most of it."""
    share = dice.between(0.9, 1.03) if dice.chance(0.65) else dice.between(0.4, 0.9)
    dents = wobbly(dice, (1.0, 1.0), 0.02, len(base))
    ripple = np.linalg.norm(dents, axis=1, keepdims=True)
    path = outline_at(base * share * (0.85 + 0.15 * ripple), depth * dice.between(0, 1))
    path[:, :2] += base.max(axis=0) * (1.03 - share) * dice.rng.uniform(-0.6, 0.6, 2)
    start = dice.count(0, len(path) // 2) if dice.chance(0.4) else 0
    shape.wire(path[start:], dice.between(0.4, 1.4), dice.pick(_CLOTHS))


def seam(dice: Dice, shape: Shape, base: Array, depth: float) -> None:
    """Add a crease or a seam: a slack curve across the fabric."""
    start, stop = base[dice.count(0, len(base) - 1)], base[dice.count(0, len(base) - 1)]
    t = np.linspace(0, 1, 12)[:, None]
    bend = (start + stop) / 2 + base.max(axis=0) * dice.rng.normal(0, 0.25, 2)
    path = (1 - t) ** 2 * start * 0.97 + 2 * t * (1 - t) * bend + t**2 * stop * 0.97
    first = dice.count(0, 6)
    path = path[first : first + dice.count(4, 12)]
    level = np.full((len(path), 1), depth * dice.between(0, 1))
    shape.wire(np.concatenate([path, level], axis=1), dice.between(0.4, 1.2), dice.pick(_CLOTHS))


def piping(dice: Dice, shape: Shape, base: Array, depth: float) -> None:
    """Add the double cord along an edge."""
    level, material, thick = depth * dice.between(0, 1), dice.pick(("pvc", "polymer")), dice.between(1.0, 1.8)
    share = dice.between(0.93, 1.01)
    for gap in (0.0, dice.between(0.015, 0.04)):
        shape.wire(outline_at(base * (share - gap), level), thick, material)


def zipper(dice: Dice, shape: Shape, path: Array) -> None:
    """Add a zip: a row of teeth between two tape edges, single or double, with one to four pulls."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    at = np.linspace(0, lengths[-1], max(24, int(lengths[-1] / 3.5)))
    line = np.stack([np.interp(at, lengths, path[:, axis]) for axis in range(3)], axis=1)
    sway = np.where(np.arange(len(line)) % 2, 1.3, -1.3)[:, None] * np.array((0.7, 0.7, 0.0))
    teeth = dice.pick(("brass", "polymer", "aluminium", "zinc"))
    for gap in (0.0, dice.between(7, 14))[: dice.count(1, 2)]:
        middle = line[:, :2].mean(axis=0)
        inwards = np.zeros_like(line)
        inwards[:, :2] = middle - line[:, :2]
        inwards /= np.maximum(np.linalg.norm(inwards, axis=1, keepdims=True), 1e-6)
        shape.wire(line + sway + inwards * gap, dice.between(0.35, 0.6), teeth)
        for edge in (-5.0, 5.0):
            shape.wire((line + inwards * (gap + edge))[::6], 0.7, "polymer")
    for _ in range(dice.count(1, 4)):
        pull(dice, shape, line[dice.count(0, len(line) - 1)])


def pull(dice: Dice, shape: Shape, at: Array) -> None:
    """Add a zip's slider with its tab."""
    metal, length = dice.pick(_PULLS), dice.between(18, 36)
    body = Shape().shell((-7, 7), (-6, 6), (-4, 4), dice.between(1.2, 2), metal)
    if dice.chance(0.6):
        body.prism(rounded((6, length), (-5, 5), 4), -1.1, 1.1, metal)
        body.prism(rounded((10, length - 4), (-2.6, 2.6), 2), -1.1, 1.1, metal, -1)
    else:
        body.box((6, length), (-dice.between(2, 3.5), 3), (-1.2, 1.2), metal)
    pose = turn("z", dice.between(0, 360)) @ turn("x", dice.normal(30)) @ turn("y", dice.normal(15))
    shape.add(body, pose, at)


def strap(dice: Dice, shape: Shape, half: tuple[float, float], depth: float, *, outside: bool = True) -> None:
    """Add a webbing strap with its two selvedges; outside it hangs over the bag's rim."""
    over = 1.2 if outside else 0.9
    start = np.array((dice.between(-1, 1) * half[0], -half[1] * dice.between(0.8, over), depth))
    bend = np.array((dice.normal(half[0] * 0.5), dice.normal(half[1] * 0.5), depth))
    stop = np.array((dice.between(-over, over) * half[0], half[1] * dice.between(0.3, over), depth))
    t = np.linspace(0, 1, 16)[:, None]
    path = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * stop
    wide = dice.between(8, 22)
    for edge in (-0.5, 0.5, 0.25)[: dice.count(2, 3)]:
        shape.wire(path + np.array((wide * edge, 0, 0)), dice.between(0.7, 1.6), "polymer")
    shape.wire(path, wide * 0.25, "board")


def buckle(dice: Dice, shape: Shape, at: tuple[float, float, float]) -> None:
    """Add a D-ring, a slider or a snap buckle."""
    size, metal = dice.between(9, 20), dice.pick(("steel", "zinc", "polymer", "polymer"))
    look, body = dice.pick(("frame", "ring", "snap")), Shape()
    if look == "ring":
        bow = rounded((-size, size), (-size * 0.7, size * 0.7), size * 0.65)
        body.wire(outline_at(bow, 0), dice.between(1.2, 2.4), metal)
    else:
        wide = size * 0.7
        body.prism(rounded((-size, size), (-wide, wide), 4), -1.5, 1.5, metal)
        body.prism(rounded((-size + 3, size - 3), (-wide + 3, wide - 3), 3), -1.5, 1.5, metal, -1)
        if dice.chance(0.5):
            body.box((-1.5, 1.5), (-wide, wide), (-1.5, 1.5), metal)
        if look == "snap":
            body.hollow_prism(rounded((size * 0.8, size * 2.6), (-wide, wide), 5), -4, 4, 1.5, "polymer")
            for y in (-wide * 0.6, wide * 0.6):
                body.box((size, size * 2.4), (y - 1.5, y + 1.5), (-2.5, 2.5), "polymer")
    shape.add(body, turn("z", dice.between(0, 360)) @ turn("x", dice.normal(25)), at)


def mesh(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    """Add a net pocket: two crossing families of threads inside a rim."""
    x, y = half[0] * dice.between(0.25, 0.6), half[1] * dice.between(0.25, 0.6)
    at = np.array((dice.between(-0.3, 0.3) * half[0], dice.between(-0.3, 0.3) * half[1], depth * 0.95))
    pitch = dice.between(9, 16)
    for value in np.arange(-x, x, pitch):
        shape.wire(np.array(((value, -y, 0), (value + pitch * 0.8, y, 0))) + at, 0.4, "polymer")
    for value in np.arange(-y, y, pitch):
        shape.wire(np.array(((-x, value, 0), (x, value, 0))) + at, 0.4, "polymer")
    shape.wire(outline_at(rounded((-x, x), (-y, y), 8), 0) + at, 1.2, "rubber")


def telescope(dice: Dice, shape: Shape, half: tuple[float, float]) -> None:
    """Add the two telescopic rods of a trolley case, in stages, with their rivets, base plate and grip."""
    gap, width = half[1] * dice.between(0.22, 0.6), dice.between(9, 24)
    wall, stop = dice.between(1.2, 2.8), half[0] * dice.between(0.7, 0.98)
    metal = dice.pick(("aluminium", "aluminium", "steel"))
    for side in (-1, 1):
        y = (side * gap - width / 2, side * gap + width / 2)
        shape.shell((-half[0], stop), y, (2, 2 + width * 0.7), wall if metal == "aluminium" else 0.8, metal)
        if dice.chance(0.6):
            inner = (y[0] + 2.5, y[1] - 2.5)
            shape.shell((-half[0] - dice.between(0, 50), stop * 0.8), inner, (5, width * 0.7 - 1), 0.9, metal)
        for x in dice.rng.uniform(-0.95, 0.95, dice.count(1, 4)) * half[0]:
            shape.disc(dice.between(1.5, 3), 0, width * 0.8, "steel", 1, float(x), side * gap)
        shape.box((stop - 18, stop + 6), (y[0] - 5, y[1] + 5), (0, 14), "plastic")
    if dice.chance(0.6):
        shape.box((-half[0] - 14, -half[0] + 2), (-gap - width, gap + width), (2, 18), "plastic")
        shape.rod(1.5, -half[0] - 8, -half[0] + 30, "steel", 1, 0.0, 8)


def wheels(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    """Add wheels with tyre, hub, axle, fork and the screws of their brackets."""
    radius, tyre = dice.between(15, 30), dice.pick(("rubber", "plastic", "polymer"))
    tread, x = dice.between(10, 20), half[0] + radius * 0.35
    for side in (-1, 1):
        y = side * half[1] * dice.between(0.72, 0.93)
        for level in (10.0, depth - 30)[: dice.count(1, 2)]:
            pose = turn("x", 90) if dice.chance(0.5) else turn("x", 0)
            wheel = Shape().disc(radius, -tread / 2, tread / 2, tyre).ring(radius, radius - 4, -3, 3, "rubber")
            wheel.disc(2.5, -tread, tread, "steel").ring(8, 5, -tread / 2, tread / 2, "steel")
            wheel.box((-radius * 1.1, 0), (-2, 2), (tread * 0.55, tread * 0.55 + 1.6), "steel")
            shape.add(wheel, pose, (x, y, level + radius * 0.6))
        for _ in range(dice.count(1, 4)):
            screw(dice, shape, (half[0] - dice.between(4, 24), y + dice.normal(9), depth * dice.between(0, 1)))


def handle(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    """Add a carrying handle outside a short or a long edge."""
    span, rise = half[1] * dice.between(0.25, 0.45), dice.between(15, 45)
    around = np.deg2rad(np.linspace(-90, 90, 25))
    bow = np.stack([-rise * np.cos(around) ** 0.4, span * np.sin(around)], axis=1)
    path = np.concatenate([bow - np.array((half[0], 0)), np.full((25, 1), depth / 2)], axis=1)
    if dice.chance(0.4):
        path = path @ turn("z", -90).T * np.array((1, half[1] / half[0], 1))
    shape.wire(path, dice.between(4, 9), dice.pick(("polymer", "rubber", "textile")))
    if dice.chance(0.6):
        shape.wire(path, dice.between(0.8, 1.6), "steel")
    for end in (path[0], path[-1]):
        shape.box((-9, 9), (-8, 8), (-4, 4), "polymer", 1, turn("z", 0), end).disc(
            2.4, depth / 2 - 6, depth / 2 + 6, "steel", 1, float(end[0]), float(end[1])
        )


def rivets(dice: Dice, shape: Shape, half: tuple[float, float], depth: float) -> None:
    """Add feet and rivets along the rim."""
    for _ in range(dice.count(4, 18)):
        x, y = dice.pick((-1, 1)) * half[0] * dice.between(0.6, 1.0), half[1] * dice.between(-1, 1)
        high = dice.between(2, 9)
        shape.disc(dice.between(1.5, 4.5), 0, high, dice.pick(("steel", "steel", "polymer")), 1, x, y)
        if dice.chance(0.3):
            shape.disc(dice.between(5, 9), 0, 3, "polymer", 1, x, y)


def screw(dice: Dice, shape: Shape, at: tuple[float, float, float]) -> None:
    """Add a wood screw or a small bolt at any angle."""
    length, radius = dice.between(8, 18), dice.between(1.2, 2.2)
    one = Shape().rod(radius, 0, length, "steel").cone((radius * 2.2, radius), -2.5, 0, "steel")
    shape.add(one, turn("z", dice.between(0, 360)) @ turn("y", dice.between(-80, 80)), at)

"""Coarse outer looks of whole handguns: body plans drawn at random, wider than any real family; see `parts_tube`.

Side view in the x-y plane, muzzle towards +x; z is the thickness. A screening picture shows a handgun as layers that
add up: thin walls, a tube within them, springs, a ladder of cartridges in the handle. That inner detail and the outline
(the loop around the trigger, the raked handle, steps of the barrel) are what is drawn here, not any mechanism.
"""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.outlines import smoothed
from training.phantom.parts_magazine import magazine
from training.phantom.solids import Array, Shape, arc, band, helix, rounded, turn

METALS = ("steel", "zinc", "aluminium")
PANELS = ("wood", "plastic", "rubber", "polymer")


def pistol(dice: Dice) -> Shape:
    """Return a self-loading handgun of one of five body plans, sometimes with something screwed to it."""
    plan = dice.pick((_slide_pistol, _exposed_barrel, _tall_pistol, _machine_pistol), (0.45, 0.27, 0.16, 0.12))
    return plan(dice)


def walls(shape: Shape, outline: Array, half: float, wall: float, material: str) -> None:
    """Add two side plates of an outline, standing `half` off the middle plane on each side."""
    for side in (-1, 1):
        shape.prism(outline, side * half, side * (half - wall), material)


def _slide_pistol(dice: Dice) -> Shape:
    """The common look: a slide over a frame, a handle behind the trigger."""
    shape, size = Shape(), dice.between(0.75, 1.15)
    length, height, half = size * dice.between(150, 195), size * dice.between(20, 28), dice.between(10, 14)
    metal = dice.pick(METALS, (0.8, 0.12, 0.08))
    body = dice.pick(("steel", "aluminium", "polymer", "zinc"), (0.45, 0.2, 0.25, 0.1))
    _slide(dice, shape, length, height, half, metal)
    grip = _grip(dice, shape, size, half, body, top=0.0, rake=dice.between(6, 24))
    _lower(dice, shape, length, size, half, body, grip)
    if dice.chance(0.6):
        _hammer(dice, shape, (-2.0, height * 0.6), size)
    return shape


def _slide(dice: Dice, shape: Shape, length: float, height: float, half: float, metal: str) -> None:
    wall, nose = dice.between(1.2, 2.6), dice.between(0, 12)
    outline = np.array(
        ((0, 0), (length - nose * 0.4, 0), (length, height * dice.between(0.2, 0.5)), (length - nose, height),
         (dice.between(0, 5), height))
    )  # fmt: skip
    walls(shape, outline, half, wall, metal)
    port = length * dice.between(0.38, 0.5), length * dice.between(0.55, 0.66)
    for start, stop in ((2.0, port[0]), (port[1], length - nose)):
        shape.box((start, stop), (height - wall * 1.2, height), (-half + wall, half - wall), metal)
    # The barrel with its thicker chamber, and the spring on its rod below it.
    bore, outer = dice.between(3.5, 5.2), dice.between(5.5, 7.5)
    shape.tube(outer, bore, port[0], length + dice.between(-2, 14), "steel", height * 0.6)
    shape.tube(outer * 1.25, outer, port[0] - 4, port[1], "steel", height * 0.6)
    if dice.chance(0.8):
        coil = helix(length * 0.42, dice.between(2.8, 4.2), dice.between(11, 20), length * 0.5)
        shape.wire(coil + np.array((0, height * 0.16, 0)), dice.between(0.5, 0.9), "steel")
        shape.rod(dice.between(1.2, 2.2), length * 0.5, length * 0.95, "steel", 1, height * 0.16)
    shape.box((length * 0.04, length * 0.3), (height * 0.3, height * 0.75), (-half * 0.5, half * 0.5), metal)
    for start in (0.03, dice.pick((0.03, 0.8))):
        _ribs(dice, shape, length * start, height, half, metal)
    if dice.chance(0.85):
        shape.box((length - 14 - nose, length - 9 - nose), (height, height + dice.between(2, 5)), (-1.5, 1.5), metal)
        shape.box((5, 12), (height, height + dice.between(2, 6)), (-5, 5), metal)


def _ribs(dice: Dice, shape: Shape, start: float, height: float, half: float, metal: str) -> None:
    pitch, lean = dice.between(2.6, 5.0), dice.between(-3, 3)
    for index in range(dice.count(4, 9)):
        x = start + 3 + index * pitch
        rib = ((x, height * 0.12), (x + pitch * 0.45, height * 0.12), (x + pitch * 0.45 + lean, height * 0.9),
               (x + lean, height * 0.9))  # fmt: skip
        shape.prism(rib, -half - 0.5, -half, metal)


def _grip(
    dice: Dice, shape: Shape, size: float, half: float, body: str, *, top: float, rake: float, at: float = 0.0
) -> Array:
    """Add a handle that begins at x = `at`: shell, magazine with its ladder of cartridges, panels, screws, hook."""
    reach, wide, lean = size * dice.between(85, 118), size * dice.between(34, 46), float(np.tan(np.deg2rad(rake)))
    palm, waist = dice.between(-2, 7) * size, dice.between(1, 5) * size
    back = [(at, top), (at - lean * reach * 0.25 - waist, top - reach * 0.2), (at - lean * reach * 0.6 - palm,
            top - reach * 0.6), (at - lean * reach - palm * 0.4, top - reach)]  # fmt: skip
    front = [(x + wide * dice.between(0.92, 1.05), y - dice.between(-3, 6)) for x, y in back]
    outline = smoothed(np.array([*back, *front[::-1]]))
    shape.hollow_prism(outline, -half, half, dice.between(1.2, 3.0), body)
    angle = -90 - rake
    if dice.chance(0.85):
        _ladder(dice, shape, (at + wide * 0.5, top), angle, reach, wide * 0.62, half)
    if dice.chance(0.75):
        panel = smoothed(np.array([*back[1:], *front[:0:-1]]) * 0.98 + np.array((0.5, -2)))
        material = dice.pick(PANELS)
        for side in (-1, 1):
            shape.prism(panel, side * half, side * (half + dice.between(2, 5)), material)
    for share in (0.3, 0.8):
        if dice.chance(0.6):
            x = at + wide * 0.45 - lean * reach * share
            shape.disc(dice.between(2, 3.6), -half - 3, half + 3, "steel", 1, x, top - reach * share)
    if dice.chance(0.7):
        hook = dice.between(4, 16) * size
        shape.prism(((at + 4, top + 6), (at - hook, top + 4), (at - hook * 0.8, top - 1), (at + 4, top - 6)),
                    -half * 0.7, half * 0.7, body)  # fmt: skip
    return outline


def _ladder(
    dice: Dice, shape: Shape, start: tuple[float, float], angle: float, reach: float, wide: float, half: float
) -> None:
    """Add the magazine in the handle: thin walls, cartridges across it, the spring below them, a foot plate."""
    inner = Shape()
    wall, room = dice.between(0.6, 1.1), min(half * 0.8, 9.0)
    for low, high in ((-wide / 2, -wide / 2 + wall), (wide / 2 - wall, wide / 2)):
        inner.box((0, reach), (low, high), (-room, room), "steel")
    for side in (-1, 1):
        inner.prism(((0, -wide / 2), (reach, -wide / 2), (reach, wide / 2), (0, wide / 2)),
                    side * room, side * (room - wall), "steel")  # fmt: skip
    pitch, rounds = dice.between(8.5, 11.5), dice.pick((0, dice.count(2, 8)), (0.4, 0.6))
    for index in range(rounds):
        x = 5 + index * pitch
        inner.frustum((pitch * 0.42, pitch * 0.42), -wide * 0.42, wide * 0.2, "brass", 1, turn("x", -90), (x, 0, 0))
        inner.frustum((pitch * 0.40, pitch * 0.1), wide * 0.2, wide * 0.42, "lead", 1, turn("x", -90), (x, 0, 0))
    low = 6 + rounds * pitch
    if low < reach - 10:
        across = np.linspace(low, reach - 3, 12)
        path = np.stack([across, np.where(np.arange(12) % 2, wide * 0.36, -wide * 0.36), np.zeros(12)], axis=1)
        inner.wire(path, dice.between(0.5, 0.8), "steel")
    inner.box((reach, reach + dice.between(2, 6)), (-wide * 0.6, wide * 0.62), (-room, room),
              dice.pick(("steel", "polymer")))  # fmt: skip
    shape.add(inner, turn("z", angle), (*start, 0.0))


def _lower(dice: Dice, shape: Shape, length: float, size: float, half: float, body: str, grip: Array) -> None:
    """Add the frame before the handle: dust cover, the loop around the trigger, trigger, pins and levers."""
    front, deep = length * dice.between(0.62, 1.0), size * dice.between(6, 14)
    wide = float(grip[:, 0].max())
    outline = np.array(((-6, 1), (front, 1), (front - dice.between(0, 8), -deep * 0.7), (wide + 18, -deep),
                        (wide, -deep),
                        (-4, -deep)))  # fmt: skip
    walls(shape, outline, half * 0.9, dice.between(1.2, 2.4), body)
    for index in range(dice.count(2, 5)):
        shape.disc(
            dice.between(1.2, 2.8), -half, half, "steel", 1, dice.between(2, front * 0.7), dice.between(-deep, 0)
        )
        if index % 2:
            x = dice.between(0, front * 0.5)
            shape.box((x, x + dice.between(10, 30)), (-4, dice.between(-1, 3)), (half, half + 1.5), "steel")
    if dice.chance(0.8):
        shape.box((6, dice.between(30, 50)), (-deep * 0.8, 0), (-3, 3), "steel")
    _guard(dice, shape, wide + size * dice.between(14, 22), -deep + 2, size, body)


def _guard(dice: Dice, shape: Shape, x: float, y: float, size: float, body: str) -> None:
    """Add the loop around the trigger, round or angular, and the trigger in it."""
    across, down = size * dice.between(17, 27), size * dice.between(20, 30)
    if dice.chance(0.65):
        loop = arc((x, y), (across, down), 178, 362, 12)
    else:
        loop = np.array(((x - across, y), (x - across * 0.8, y - down), (x + across * 0.8, y - down), (x + across, y)))
    shape.prism(band(loop, dice.between(2.0, 4.0)), -dice.between(3, 6), dice.between(3, 6), body)
    bend, lean = dice.between(2, 7), dice.between(-6, 6)
    lever = np.array(((x + 1, y + 3), (x - bend * 0.4, y - down * 0.4), (x + bend * 0.5 + lean, y - down * 0.85)))
    shape.prism(band(lever, dice.between(3, 5)), -2.5, 2.5, dice.pick(("steel", "steel", "polymer")))


def _hammer(dice: Dice, shape: Shape, at: tuple[float, float], size: float) -> None:
    x, y = at
    spur = np.array(
        ((x + 4, y - 10), (x - 3, y), (x - 8 - dice.between(0, 6), y + 7), (x - 14, y + dice.between(2, 12)))
    )
    shape.prism(band(spur * 1.0, size * dice.between(3.5, 6)), -3, 3, "steel")
    if dice.chance(0.4):
        shape.ring(5.5 * size, 2.4, -3, 3, "steel", x - 7, y + 5)


def _exposed_barrel(dice: Dice) -> Shape:
    """The old look: a short body, a thin bare barrel, knobs at its rear, a strongly raked handle."""
    shape, size, half = Shape(), dice.between(0.85, 1.15), dice.between(8, 12)
    body, height = size * dice.between(95, 130), size * dice.between(15, 24)
    outline = smoothed(np.array(((-18 * size, 0), (body, 0), (body + 10, height * 0.55), (body * 0.6, height),
                                 (body * 0.2, height * dice.between(1.0, 1.4)),
                                 (-16 * size, height * 0.9))))  # fmt: skip
    walls(shape, outline, half, dice.between(1.5, 3.0), "steel")
    reach, outer = size * dice.between(70, 190), dice.between(5.5, 8.5)
    axis = height * dice.between(0.45, 0.7)
    tip = outer * dice.between(0.7, 0.95)
    shape.cone((outer, tip), body * 0.55, body + reach, "steel", 1, axis)
    shape.rod(min(dice.between(2.8, 4.2), tip - 1.2), body * 0.55, body + reach, "steel", -1, axis)
    shape.tube(outer * 1.35, outer, body - 4, body + dice.between(6, 22), "steel", axis)
    if dice.chance(0.8):
        sight = ((body + reach - 16, axis + tip), (body + reach - 3, axis + tip), (body + reach - 6, axis + tip + 8))
        shape.prism(sight, -1.5, 1.5, "steel")
        shape.tube(tip * 1.3, tip, body + reach - 12, body + reach - 4, "steel", axis)
    if dice.chance(0.65):
        knob = size * dice.between(7, 11)
        shape.ring(knob, knob * dice.between(0.2, 0.5), -half - 6, half + 6, "steel", dice.between(-4, 20), height)
    else:
        shape.rod(size * dice.between(7, 10), -30 * size, 4, "steel", 1, height * 0.6)
    rod = size * dice.between(50, 90)
    shape.wire(helix(rod, 3, 14, 5) + np.array((0, height * 0.35, 0)), 0.7, "steel")
    shape.box((10, rod), (2, height * 0.5), (-3.5, 3.5), "steel")
    grip = _grip(dice, shape, size, half, "steel", top=2.0, rake=dice.between(14, 36), at=-8 * size)
    _guard(dice, shape, float(grip[:, 0].max()) + size * dice.between(14, 24), 2, size, "steel")
    for _ in range(dice.count(2, 5)):
        shape.disc(
            dice.between(1.5, 4), -half - 1, half + 1, "steel", 1, dice.between(-10, body), dice.between(2, height)
        )
    return shape


def _tall_pistol(dice: Dice) -> Shape:
    """A large handgun whose heavy barrel and body are one tall block with a ridge on top."""
    shape, size, half = Shape(), dice.between(1.0, 1.25), dice.between(12, 16)
    length, height = size * dice.between(175, 240), size * dice.between(32, 44)
    split = length * dice.between(0.4, 0.55)
    rear = np.array(
        ((0, 0), (split, 0), (split, height * 0.8), (split * 0.9, height), (4, height * dice.between(0.8, 1)))
    )
    ridge = np.array(((split, height * 0.25), (length, height * dice.between(0.25, 0.45)), (length, height),
                      (split, height)))  # fmt: skip
    walls(shape, rear, half, dice.between(1.5, 2.8), "steel")
    walls(shape, ridge, half * 0.7, dice.between(2.0, 3.5), "steel")
    shape.tube(dice.between(7.5, 9.5), dice.between(4.5, 6.5), split * 0.8, length, "steel", height * 0.68)
    for index in range(dice.count(4, 12)):
        x = split + 8 + index * dice.between(5, 8)
        shape.box((x, x + 2.5), (height, height + 2.5), (-half * 0.6, half * 0.6), "steel")
    coil = helix(length * 0.4, dice.between(3, 4), dice.between(12, 18), split * 0.7)
    shape.wire(coil + np.array((0, height * 0.18, 0)), 0.8, "steel")
    _ribs(dice, shape, 2, height * 0.8, half, "steel")
    grip = _grip(dice, shape, size, half, "steel", top=0, rake=dice.between(4, 16))
    _lower(dice, shape, length, size, half, "steel", grip)
    _hammer(dice, shape, (-3.0, height * 0.5), size)
    return shape


def _machine_pistol(dice: Dice) -> Shape:
    """A box or tube with a handle in its middle, a magazine in or before it, perhaps a folded wire stock."""
    shape, size, half = Shape(), dice.between(0.9, 1.2), dice.between(12, 17)
    length, height = size * dice.between(190, 290), size * dice.between(34, 50)
    metal = dice.pick(("steel", "aluminium", "polymer"), (0.6, 0.2, 0.2))
    start = -length * dice.between(0.3, 0.5)
    outline = rounded((start, start + length), (0, height), dice.between(3, 10))
    walls(shape, outline, half, dice.between(1.0, 2.0), metal)
    shape.rod(dice.between(8, 11), start + 15, start + length * 0.55, "steel", 1, height * 0.6)
    shape.wire(helix(length * 0.35, 5, 16, start + length * 0.1) + np.array((0, height * 0.6, 0)), 0.8, "steel")
    reach = dice.between(10, 80)
    shape.tube(dice.between(6, 9), 4, start + length * 0.5, start + length + reach, "steel", height * 0.6)
    shape.box((start + 10, start + length * 0.7), (3, height * 0.3), (-4, 4), "steel")
    grip = _grip(dice, shape, size, half * 0.8, metal, top=0, rake=dice.between(0, 18))
    _guard(dice, shape, float(grip[:, 0].max()) + size * dice.between(14, 20), 1, size, metal)
    if dice.chance(0.5):
        shape.add(magazine(dice), turn("z", 90 + dice.between(-4, 10)), (start + length * 0.75, -100, 0), 0.85)
    if dice.chance(0.5):
        back = dice.between(60, 180)
        path = np.array(((start + 10, height * 0.7, half + 4), (start - back, height * 0.8, half + 4),
                         (start - back, -30, half + 4), (start - back + 12, -34, -half - 4)))  # fmt: skip
        shape.wire(path, dice.between(2.5, 4), "steel")
    return shape

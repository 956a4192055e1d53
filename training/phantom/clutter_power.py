"""Harmless things with a grip, a barrel or a trigger: the hard negatives of a firearm detector."""

from __future__ import annotations

import numpy as np

from training.phantom.clutter_electronics import cable
from training.phantom.dice import Dice
from training.phantom.solids import ALONG_Y, IDENTITY, Array, Shape, arc, band, helix, rounded


def _grip(dice: Dice, lean: float, reach: float, width: float) -> Array:
    """Return the outline of a handle that hangs from y = 0 near x = 0."""
    back = np.array(((0, 0), (-lean * 0.5 - dice.between(0, 5), -reach * 0.5), (-lean, -reach)))
    front = np.array(((width - lean, -reach), (width * 0.9 - lean * 0.4, -reach * 0.5), (width, 0)))
    return np.concatenate([back, front])


def _switch(dice: Dice, shape: Shape, x: float) -> None:
    shape.prism(((x, 0), (x + 8, 0), (x + 6, -26), (x, -22)), -6, 6, "plastic")
    shape.box((x - 16, x), (-30, -6), (-7, 7), dice.pick(("copper", "polymer", "steel")))


def _motor(dice: Dice, shape: Shape, start: float, length: float, radius: float) -> None:
    shape.tube(radius, radius * 0.88, start, start + length, "steel")
    shape.tube(radius * 0.82, radius * 0.55, start + 4, start + length - 4, dice.pick(("ferrite", "copper")))
    shape.rod(radius * 0.4, start + 6, start + length - 6, "steel").rod(3, start - 8, start + length + 16, "steel")


def cordless_tool(dice: Dice) -> Shape:
    """Return an impact driver, a screwdriver, a grinder, a saw or a massage tool with its battery pack."""
    body, radius = dice.between(90, 190), dice.between(22, 33)
    lean, reach, width = dice.between(-5, 30), dice.between(85, 130), dice.between(34, 46)
    shape = Shape().tube(radius, radius - 2.2, 0, body, "plastic")
    _motor(dice, shape, 8, body * 0.42, radius * 0.75)
    _nose(dice, shape, body, radius)
    outline = _grip(dice, lean, reach, width) + np.array((body * dice.between(0.1, 0.4), -radius * 0.8))
    shape.hollow_prism(outline, -17, 17, 2.4, "plastic")
    shape.add(_switch_of(dice), offset=(float(outline[-1, 0]) + 2, -radius, 0))
    foot = outline[2]
    if dice.chance(0.8):
        _battery_pack(dice, shape, float(foot[0]) - 12, float(foot[1]))
    else:
        shape.add(cable(dice), offset=(float(foot[0]), float(foot[1]) - 55, 0))
    for _ in range(dice.count(3, 8)):  # screws of the two half shells
        shape.disc(1.6, -15, 15, "steel", 1, dice.between(4, body - 8), dice.between(-radius, radius * 0.8))
    return shape


def _switch_of(dice: Dice) -> Shape:
    shape = Shape()
    _switch(dice, shape, 0)
    return shape


def _nose(dice: Dice, shape: Shape, body: float, radius: float) -> None:
    look = dice.pick(("chuck", "anvil", "blade", "disc"))
    shape.tube(radius * 0.85, radius * 0.4, body * 0.55, body * 0.9, dice.pick(("steel", "aluminium")))
    if look == "chuck":
        shape.cone((radius * 0.7, radius * 0.35), body, body + 42, "steel").rod(4, body + 10, body + 42, "steel", -1)
        if dice.chance(0.5):
            shape.rod(dice.between(1.5, 4), body + 42, body + dice.between(80, 130), "steel")
    elif look == "anvil":
        shape.cone((radius * 0.6, 8), body, body + 26, "aluminium").rod(6, body + 10, body + 34, "steel")
    elif look == "blade":
        shape.box((body, body + dice.between(60, 120)), (-9, 9), (-0.8, 0.8), "steel")
        shape.box((body - 6, body + 6), (-40, 30), (-30, 30), "steel").box(
            (body - 4, body + 4), (-38, 28), (-28, 28), "steel", -1
        )
    else:
        size = dice.between(32, 58)
        shape.frustum((size, size), -radius, -radius + 3, "mineral", 1, ALONG_Y, (body + 16, 0, 0))
        shape.pillar(6, -radius - 6, 12, "steel", 1, body + 16)


def _battery_pack(dice: Dice, shape: Shape, x: float, y: float) -> None:
    count = dice.count(3, 5)
    shape.shell((x - 14, x + 19.0 * count), (y - 50, y), (-32, 32), 2, "plastic")
    for index in range(count):
        for side in (-1, 1):
            at = (x + 19.0 * index, y - 26, 0)
            low, high = sorted((side * 1.0, side * 29.0))
            shape.frustum((9, 9), low, high, dice.pick(("cell", "cell", "zinc")), 1, IDENTITY, at)
    shape.box((x, x + 40), (y - 8, y - 2), (-14, 14), "copper")


def heat_gun(dice: Dice) -> Shape:
    """Return a hot-air gun or a hair dryer: body, blower, heating coil, handle, lead."""
    radius, length = dice.between(24, 40), dice.between(120, 200)
    shape = Shape().tube(radius, radius - 2, 0, length, "plastic")
    _motor(dice, shape, 12, 40, radius * 0.55)
    shape.tube(radius * 0.7, radius * 0.66, length * 0.6, length + dice.between(10, 60), "steel")
    shape.wire(helix(length * 0.35, radius * 0.5, dice.between(6, 12), length * 0.6), 0.5, "steel")
    shape.box((length * 0.58, length * 0.95), (-0.5, 0.5), (-radius * 0.6, radius * 0.6), "mineral")
    outline = _grip(dice, dice.between(-20, 25), dice.between(90, 125), dice.between(30, 42))
    shape.hollow_prism(outline + np.array((length * 0.2, -radius * 0.9)), -15, 15, 2, "plastic")
    shape.add(_switch_of(dice), offset=(length * 0.2 + 40, -radius, 0))
    return shape.add(cable(dice), offset=(length * 0.15, -radius - 165, 0)) if dice.chance(0.7) else shape


def caulking_gun(dice: Dice) -> Shape:
    """Return a cartridge gun: cradle, rod, trigger, handle, with or without a cartridge."""
    length = dice.between(200, 300)
    shape = Shape().rod(4, -dice.between(30, 120), length * dice.between(0.3, 0.95), "steel").ring(
        25, 21, -2, 2, "steel"
    )  # fmt: skip
    for y in (-23, 23):
        shape.box((0, length), (y - 1.2, y + 1.2), (-9, 9), "steel")
    shape.frustum((24, 24), 0, 2, "steel", 1, IDENTITY, (0, 0, 0)).box(
        (length, length + 2), (-26, 26), (-18, 18), "steel"
    )
    handle = ((-34, -4), (0, -6), (-18, -110), (-44, -106))
    shape.hollow_prism(handle, -11, 11, 2, dice.pick(("steel", "aluminium", "plastic")))
    shape.prism(band(((4, -14), (6, -50), (-4, -92)), 7), -7, 7, "steel")
    if dice.chance(0.6):
        shape.tube(23, 21.5, 6, length - 8, "plastic").rod(21.5, 20, length - 20, dice.pick(("rubber", "polymer")))
        shape.cone((8, 3), length, length + dice.between(30, 70), "plastic")
    return shape


def water_pistol(dice: Dice) -> Shape:
    """Return a water pistol or a bubble gun of thin plastic with its tank, pump, spring and screws."""
    length, grip = dice.between(110, 230), dice.between(65, 100)
    shape = Shape().hollow_prism(rounded((0, length), (0, dice.between(24, 44)), 10), -14, 14, 1.6, "plastic")
    shape.hollow_prism(_grip(dice, dice.between(5, 30), grip, 36) + np.array((8, 2)), -12, 12, 1.6, "plastic")
    shape.prism(band(arc((62, -8), (16, 14), 180, 360, 8), 4), -4, 4, "plastic")
    shape.tube(7, 4, length * 0.4, length + 14, "plastic", 14).wire(
        helix(34, 4, 8, 40) + np.array((0, 10, 0)), 0.5, "steel"
    )
    if dice.chance(0.6):
        at, inner = (length * 0.5, 46, 0), (length * 0.25 - 1.6, 18.4, 14.4)
        shape.ellipsoid((length * 0.25, 20, 16), "plastic", 1, at).ellipsoid(inner, "plastic", -1, at)
        if dice.chance(0.4):
            shape.ellipsoid(inner, "food", 1, at)
    for _ in range(dice.count(4, 9)):
        shape.disc(1.3, -9, 9, "steel", 1, dice.between(4, length - 8), dice.between(-grip * 0.7, 28))
    return shape


def spray_gun(dice: Dice) -> Shape:
    """Return a hose nozzle, a paint spray gun or an air blow gun."""
    metal = dice.pick(("aluminium", "zinc", "plastic", "brass"))
    shape = Shape().tube(dice.between(9, 14), 5, 0, dice.between(70, 140), metal)
    shape.hollow_prism(_grip(dice, dice.between(5, 30), dice.between(75, 110), 22) + np.array((4, -4)), -9, 9, 4, metal)
    shape.prism(band(((40, -6), (38, -40), (28, -78)), 6), -6, 6, dice.pick(("steel", "zinc", "plastic")))
    shape.rod(2, 10, 110, "steel").wire(helix(30, 5, 7, 15), 0.8, "steel")
    shape.cone((16, 10), 100, 124, dice.pick(("brass", "plastic", "aluminium")))
    if dice.chance(0.45):
        shape.frustum((34, 40), 0, 85, "plastic", 1, ALONG_Y, (70, 16, 0)).frustum(
            (32, 38), 2, 83, "plastic", -1, ALONG_Y, (70, 16, 0)
        )
    return shape


def staple_gun(dice: Dice) -> Shape:
    """Return a staple gun, a hand riveter or a crimping tool of sheet steel."""
    length, metal = dice.between(120, 190), dice.pick(("steel", "steel", "aluminium"))
    body = ((0, 0), (length, -6), (length, 34), (length * 0.7, 42), (0, 22))
    shape = Shape().hollow_prism(body, -13, 13, dice.between(1.4, 2.6), metal)
    shape.prism(band(((6, 34), (length * 0.4, 66), (length * 0.85, 52)), 9), -8, 8, metal)
    shape.shell((10, length), (-9, 0), (-7, 7), 0.8, "steel").box(
        (length * 0.5, length - 4), (-7, -2), (-6, 6), "steel"
    )
    shape.wire(helix(length * 0.4, 7, 7, length * 0.45) + np.array((0, 18, 0)), 1.6, "steel")
    return shape.box((length - 6, length - 3), (-6, 30), (-6, 6), "steel").disc(3, -14, 14, "steel", 1, 14, 12)


def door_handle(dice: Dice) -> Shape:
    """Return a door lever with its plate and spindle, or a lock cylinder with its case."""
    metal = dice.pick(("steel", "brass", "zinc", "aluminium"))
    shape = Shape().prism(rounded((-22, 22), (-dice.between(40, 120), 40), 8), 0, dice.between(3, 8), metal)
    shape.disc(10, 0, 45, metal).box((-8, dice.between(90, 130)), (-9, 9), (36, 52), metal)
    shape.box((-4, 4), (-4, 4), (-70, 0), "steel").disc(4, 0, 8, metal, -1, 0, 30)
    if dice.chance(0.4):
        shape.shell((40, 150), (-100, 0), (-8, 8), 1.6, "steel").box((60, 90), (-60, -40), (-5, 5), "brass")
        shape.rod(8, 55, 120, "brass", 1, -70).wire(helix(26, 4, 6, 70) + np.array((0, -25, 0)), 1, "steel")
    return shape


def bike_part(dice: Dice) -> Shape:
    """Return a brake lever, a crank, a pedal, a hub or a derailleur."""
    look, metal, shape = dice.pick(("lever", "crank", "hub", "derailleur")), dice.pick(("aluminium", "steel")), Shape()
    if look == "lever":
        shape.ring(13, 11, -8, 8, metal).prism(band(((8, -10), (40, -26), (110, -30)), 9), -5, 5, metal)
        shape.prism(band(((0, 14), (30, 30), (62, 34)), 12), -9, 9, metal).wire(
            ((40, -20, 0), (10, 40, 0), (-60, 60, 0)), 1.5, "steel"
        )
    elif look == "crank":
        shape.prism(band(((0, 0), (170, 0)), 24), -7, 7, metal).disc(19, -11, 11, metal)
        shape.disc(8, -11, 11, metal, -1).rod(6, 150, 240, "steel", 1, 0, 20)
        shape.ring(dice.between(50, 85), 46, -2, 2, "steel")
    elif look == "hub":
        shape.tube(18, 6, 0, 70, metal).tube(30, 16, 0, 4, metal).tube(30, 16, 66, 70, metal).rod(5, -35, 105, "steel")
    else:
        shape.prism(band(((0, 0), (30, -20), (36, -80)), 12), -6, 6, metal).ring(16, 5, -4, 4, "plastic", 36, -80)
        shape.ring(16, 5, -4, 4, "plastic", 60, -50).wire(helix(40, 6, 9, 0), 1.2, "steel").disc(6, -18, 10, "steel")
    return shape


def tripod(dice: Dice) -> Shape:
    """Return a folded tripod or a music stand: three telescopic legs, a head, screws."""
    length, shape = dice.between(180, 360), Shape()
    for angle in (0.0, 2.1, 4.2):
        y, z, spread = 14 * np.cos(angle), 14 * np.sin(angle), dice.between(0, 8)
        for stage, radius in enumerate((10.0, 8.0, 6.0)):
            start = length * stage * 0.3
            shape.tube(radius, radius - 1.2, start, length * (0.5 + 0.25 * stage), "aluminium", y + spread * stage, z)
            shape.tube(radius + 2, radius, start + 4, start + 16, "plastic", y, z)
    shape.rod(11, -60, 10, dice.pick(("aluminium", "plastic"))).rod(6, -70, -30, "steel")
    return shape.box((-90, -66), (-22, 22), (-4, 4), "aluminium").rod(5, -60, 60, "steel", 1, -34)


def shaver(dice: Dice) -> Shape:
    """Return an electric toothbrush, a shaver or a hair clipper."""
    length, radius = dice.between(110, 180), dice.between(13, 24)
    shape = Shape().tube(radius, radius - 1.8, 0, length, "plastic").rod(7, 12, 60, "cell")
    _motor(dice, shape, length * 0.55, 30, radius * 0.55)
    shape.rod(2, length * 0.7, length + 60, "steel").box((30, length - 12), (-6, 6), (-1, 1), "pcb")
    if dice.chance(0.5):
        shape.box((length, length + 16), (-22, 22), (-6, 6), "steel").box(
            (length + 4, length + 16), (-20, 20), (-4, 4), "steel", -1
        )
    shape.ring(9, 6, -2, 2, "copper", 6)
    return shape


def barcode_scanner(dice: Dice) -> Shape:
    """Return a hand scanner or an infrared thermometer: the outline of a handgun round a small board."""
    shape = Shape().hollow_prism(rounded((0, dice.between(75, 110)), (0, 48), 14), -24, 24, 2, "plastic")
    shape.hollow_prism(
        _grip(dice, dice.between(10, 35), dice.between(90, 120), 34) + np.array((4, 4)), -14, 14, 2, "plastic"
    )
    shape.add(_switch_of(dice), offset=(42, 0, 0)).box((10, 62), (8, 40), (-1, 1), "pcb")
    for _ in range(dice.count(4, 12)):
        x, y = dice.between(12, 58), dice.between(10, 36)
        shape.box((x, x + dice.between(2, 10)), (y, y + 5), (1, 3), dice.pick(("ceramic", "copper", "steel")))
    return shape.ellipsoid((3, 16, 16), "glass", 1, (74, 24, 0)).rod(7, -60, -12, "zinc", 1, -30)


def grease_gun(dice: Dice) -> Shape:
    """Return a grease gun or a hand sprayer: a wide tube, a lever, a thin bent spout."""
    length = dice.between(180, 280)
    shape = Shape().tube(27, 25.4, 0, length, "steel").rod(25, length * 0.3, length - 10, "food")
    shape.tube(29, 22, length, length + 30, "zinc").wire(
        ((length + 20, 0, 0), (length + 60, 20, 0), (length + 150, 26, 0)), 4, "steel"
    )
    shape.prism(band(((length + 16, 24), (length - 60, 56), (length - 150, 52)), 10), -6, 6, "steel")
    return shape.rod(4, -60, length * 0.3, "steel").wire(helix(length * 0.25, 20, 7, 6), 1.6, "steel")

"""Harmless metal goods whose outline comes near a firearm part: bored tubes, shafts, rails, blocks, cases with rows."""

from __future__ import annotations

import numpy as np

from training.phantom.clutter_electronics import board
from training.phantom.dice import Dice
from training.phantom.solids import ALONG_X, Shape, band, helix, rounded, turn


def shaft(dice: Dice) -> Shape:
    """Return a stepped shaft, a spindle or a camshaft, with a thread, a key and discs."""
    shape, x, metal = Shape(), 0.0, dice.pick(("steel", "steel", "aluminium", "brass"))
    for _ in range(dice.count(2, 6)):
        length, radius = dice.between(12, 70), dice.between(3.5, 12)
        shape.rod(radius, x, x + length, metal)
        if dice.chance(0.4):
            shape.tube(radius * dice.between(1.3, 2.4), radius, x, x + dice.between(4, 14), metal, dice.between(0, 3))
        x += length
    bore = dice.between(1.2, 3)
    if dice.chance(0.4):
        shape.rod(bore, 2, min(x, 25), metal, -1)
    return shape.wire(helix(min(24, x / 3), 4, 9, x), 1, metal) if dice.chance(0.5) else shape


def air_cylinder(dice: Dice) -> Shape:
    """Return a pneumatic or gas cylinder: a smooth tube with end caps, a piston, a rod and an eye."""
    radius, length = dice.between(8, 24), dice.between(80, 280)
    metal = dice.pick(("aluminium", "steel", "aluminium"))
    stroke = dice.between(0.1, 0.9) * length
    shape = Shape().tube(radius, radius - dice.between(1.2, 2.5), 0, length, metal)
    for start in (-8.0, length - 6):
        shape.rod(radius + 2, start, start + 14, metal)
    shape.rod(radius * 0.85, stroke * 0.7, stroke * 0.7 + 9, "polymer")
    shape.rod(radius * 0.3, stroke * 0.7, length + dice.between(20, 90), "steel")
    return shape.ring(8, 4, -4, 4, "steel", -16) if dice.chance(0.6) else shape


def piston(dice: Dice) -> Shape:
    """Return an engine's piston with its rod, its rings and its pin, one or two."""
    shape = Shape()
    for index in range(dice.count(1, 2)):
        radius, y = dice.between(18, 34), index * 85.0
        shape.rod(radius, 0, radius * 1.4, "aluminium", 1, y).rod(radius * 0.82, 0, radius * 1.1, "aluminium", -1, y)
        for ring in (1.08, 1.2, 1.3):
            shape.tube(radius + 0.5, radius - 2, radius * ring - 1, radius * ring + 0.6, "steel", y)
        shape.box((-radius * 2.6, radius * 0.4), (y - 6, y + 6), (-4, 4), "steel")
        shape.ring(radius * 0.7, radius * 0.5, -8, 8, "steel", -radius * 3, y).pillar(
            5, y - radius, y + radius, "steel", 1, radius * 0.5
        )
    return shape


def linear_guide(dice: Dice) -> Shape:
    """Return a rail with a carriage, a drawer slide or a vice: a bar with a block that runs on it."""
    length, width, metal = dice.between(110, 330), dice.between(12, 28), dice.pick(("steel", "steel", "aluminium"))
    shape = Shape().box((0, length), (-width / 2, width / 2), (0, width * 0.5), metal)
    shape.box((0, length), (-width * 0.2, width * 0.2), (width * 0.25, width * 0.5), metal, -1)
    for x in np.arange(15, length - 10, dice.between(25, 60)).tolist():
        shape.disc(width * 0.15, 0, width * 0.25, metal, -1, x)
    start, block = dice.between(0, length * 0.6), dice.between(30, 70)
    shape.shell((start, start + block), (-width, width), (width * 0.55, width * 1.3), dice.between(2, 5), metal)
    for x in (start + 6, start + block - 6):
        shape.disc(2.5, width * 0.5, width * 1.5, "steel", 1, x, width * 0.7).disc(
            2.5, width * 0.5, width * 1.5, "steel", 1, x, -width * 0.7
        )
    return shape


def optics(dice: Dice) -> Shape:
    """Return a telescope, one half of a binocular, a microscope's tube or a lens."""
    radius, length = dice.between(12, 32), dice.between(60, 240)
    metal, wall = dice.pick((("aluminium", 1.6), ("brass", 0.5), ("plastic", 2.0)))
    shape = (
        Shape()
        .tube(radius, radius - wall, 0, length * 0.6, metal)
        .tube(radius * 0.75, radius * 0.75 - wall, length * 0.55, length, metal)
    )
    for place, share in ((0.03, 0.9), (0.3, 0.8), (0.58, 0.6), (0.96, 0.55)):
        shape.ellipsoid((dice.between(1.5, 4), radius * share, radius * share), "glass", 1, (length * place, 0, 0))
    for place in (0.0, 0.58, 0.95):
        shape.tube(radius * 1.08, radius * 0.7, length * place, length * place + 5, metal)
    if dice.chance(0.35):
        other = Shape(list(shape.solids))
        shape.add(other, offset=(0, radius * 2.4, 0)).rod(5, length * 0.2, length * 0.7, metal, 1, radius * 1.2)
    return shape


def microphone(dice: Dice) -> Shape:
    """Return a hand microphone: handle, grille, capsule, plug."""
    length, radius = dice.between(110, 180), dice.between(11, 17)
    shape = (
        Shape()
        .cone((radius * 0.8, radius), 0, length, "zinc")
        .cone((radius * 0.75, radius * 0.94), 2, length, "zinc", -1)
    )
    shape.ellipsoid((26, 25, 25), "steel", 1, (length + 16, 0, 0)).ellipsoid(
        (25.4, 24.4, 24.4), "steel", -1, (length + 16, 0, 0)
    )
    shape.rod(12, length + 2, length + 22, "ferrite").box((20, length - 20), (-5, 5), (-1, 1), "pcb")
    return shape.tube(9, 7.5, -18, 2, "steel").rod(1.2, -14, 0, "brass", 1, 3).rod(1.2, -14, 0, "brass", 1, -3)


def tape_measure(dice: Dice) -> Shape:
    """Return a tape measure, a dog lead or a winder: a steel spiral in a case with a clip."""
    size = dice.between(22, 40)
    shape = Shape().hollow_prism(rounded((-size, size), (-size, size), size * 0.5), -14, 14, 2, "plastic")
    angle = np.linspace(0, dice.between(5, 9) * 2 * np.pi, 90)
    reach = size * 0.25 + size * 0.55 * angle / angle[-1]
    shape.wire(np.stack([reach * np.cos(angle), reach * np.sin(angle), 0 * angle], axis=1), 1.1, "steel")
    shape.ring(size * 0.22, size * 0.15, -11, 11, "plastic").box(
        (size, size + 9), (-size, -size + 2), (-10, 10), "steel"
    )
    return shape.box((-size * 0.6, size * 0.6), (-8, 8), (15, 16), "steel")


def curling_iron(dice: Dice) -> Shape:
    """Return a curling iron, a straightener or a cattle tag plier: two long arms with a hinge and a lead."""
    length, shape = dice.between(150, 240), Shape()
    for side, angle in ((-1, dice.between(0, 3)), (1, dice.between(0, 6))):
        arm = Shape().shell((0, length), (side * 3 - 1, side * 3 + 14), (-14, 14), 1.6, "plastic")
        arm.box((length * 0.5, length - 5), (side * 3, side * 3 + 2.5), (-12, 12), "aluminium")
        arm.box((length * 0.5, length - 8), (side * 3 + 4, side * 3 + 6), (-8, 8), "mineral")
        shape.add(arm, turn("z", side * angle))
    shape.wire(helix(18, 4, 6), 0.8, "steel").rod(3, -90, -4, "pvc").rod(1, -90, -4, "copper")
    return shape.disc(5, -14, 14, "steel")


def lighter_set(dice: Dice) -> Shape:
    """Return pocket lighters, perfume bottles or ink cartridges side by side."""
    shape = Shape()
    for index in range(dice.count(1, 7)):
        y, length = index * dice.between(16, 26), dice.between(40, 80)
        shape.shell((0, length), (y, y + 13), (-5, 5), 1, dice.pick(("plastic", "glass", "zinc", "brass")))
        shape.box((2, length * 0.7), (y + 1.5, y + 11.5), (-3.5, 3.5), dice.pick(("food", "polymer", "textile")))
        shape.tube(3.5, 2.8, length, length + 12, "steel", y + 6).rod(3, length + 4, length + 8, "steel", 1, y + 6)
        shape.wire(helix(12, 1.6, 6, length - 14) + np.array((0, y + 6, 0)), 0.4, "steel")
    return shape


def collets(dice: Dice) -> Shape:
    """Return a row of slotted sleeves, nozzles, dies or pipe reducers, standing or lying in a rack."""
    shape, count = Shape(), dice.count(3, 10)
    for index in range(count):
        outer, height, x = dice.between(7, 17), dice.between(14, 40), index * 34.0
        pose = ALONG_X if dice.chance(0.3) else turn("z", 0)
        metal, narrow = dice.pick(("steel", "brass", "aluminium")), outer * dice.between(0.7, 1)
        shape.frustum((outer, narrow), 0, height, metal, 1, pose, (x, 0, 0))
        shape.frustum((narrow * 0.8, narrow * 0.75), 0, height, metal, -1, pose, (x, 0, 0))
    if dice.chance(0.5):
        shape.shell((-25, count * 34.0), (-24, 24), (-6, 46), 1.8, dice.pick(("plastic", "wood")))
    return shape


def fishing_reel(dice: Dice) -> Shape:
    """Return a fishing reel: spool, gearbox, crank, foot, bail."""
    shape = Shape().tube(24, 18, 0, 26, "aluminium").tube(27, 10, 0, 2, "aluminium").tube(27, 10, 24, 27, "aluminium")
    shape.tube(22, 18, 3, 23, "polymer").rod(5, -40, 40, "steel").ellipsoid((24, 20, 16), "zinc", 1, (-36, -14, 0))
    shape.ellipsoid((22.5, 18.5, 14.5), "zinc", -1, (-36, -14, 0)).box((-60, 10), (-62, -58), (-7, 7), "aluminium")
    shape.box((-40, -32), (-60, -30), (-5, 5), "aluminium").rod(3, -36, 30, "steel", 1, -14, 34)
    shape.wire(((20, -28, 0), (38, 0, 14), (20, 28, 0)), 1.2, "steel").disc(9, 30, 48, "rubber", 1, 30, -14)
    return Shape().add(shape, scale=dice.between(0.6, 1.2))


def handset(dice: Dice) -> Shape:
    """Return a two-way radio, a remote control or a multimeter with its aerial, cells and board."""
    length, width = dice.between(90, 170), dice.between(40, 66)
    shape = Shape().hollow_prism(rounded((0, length), (0, width), 7), 0, dice.between(18, 34), 1.8, "plastic")
    shape.add(board(dice, length * 0.85, width * 0.8), offset=(5, 4, 6)).box(
        (6, length * 0.5), (5, width - 5), (9, 16), "cell"
    )
    if dice.chance(0.6):
        shape.rod(4.5, length, length + dice.between(40, 130), "rubber", 1, 9, 10).wire(
            helix(60, 2.5, 14, length) + np.array((0, 9, 10)), 0.6, "copper"
        )
    return shape.ring(14, 6, 3, 9, "ferrite", length * 0.75, width / 2)


def musical_part(dice: Dice) -> Shape:
    """Return a flute's joint, a recorder, a harmonica or a trumpet's valve block."""
    metal = dice.pick(("brass", "steel", "wood", "plastic"))
    if dice.chance(0.5):
        length, radius = dice.between(120, 330), dice.between(8, 13)
        shape = Shape().tube(radius, radius - 1.2, 0, length, metal)
        for x in np.arange(25, length - 15, dice.between(18, 30)).tolist():
            shape.ring(6, 4, radius, radius + 4, "brass", x).disc(5, radius + 4, radius + 6, metal, 1, x)
        return shape.rod(1.5, 20, length - 15, "steel", 1, radius + 4)
    shape = Shape()
    for index in range(3):
        shape.pillar(11, 0, 95, "brass", 1, index * 27.0).pillar(10.4, 2, 93, "brass", -1, index * 27.0)
        shape.pillar(4, 20, 60, "steel", 1, index * 27.0).pillar(2, 60, 118, "steel", 1, index * 27.0)
    path = np.array(((-70, 20, 0), (80, 20, 0), (100, 50, 0), (80, 80, 0), (-40, 80, 0)))
    return Shape().add(shape.wire(path, 2, "brass"), scale=dice.between(0.7, 1.3))


def vice_jaw(dice: Dice) -> Shape:
    """Return a clamp or a gear puller: a bent bar with a threaded spindle and a sliding bar through its end."""
    reach, metal = dice.between(60, 170), dice.pick(("steel", "zinc", "steel"))
    frame = ((0, 0), (0, dice.between(40, 75)), (reach, dice.between(40, 75)), (reach, 0))
    shape = Shape().prism(band(frame, 13), -6, 6, metal).rod(5, -dice.between(30, 80), reach * 0.7, "steel")
    shape.wire(helix(reach * 0.6, 5, 16, -10), 0.8, "steel").pillar(3, -40, 40, "steel", 1, -28)
    return shape.rod(10, reach * 0.7, reach * 0.7 + 7, "steel")

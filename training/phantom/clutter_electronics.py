"""Harmless electronics: boards, chargers, cables, computers, batteries, appliances."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import Shape, helix, rounded, turn


def board(dice: Dice, length: float | None = None, width: float | None = None) -> Shape:
    """Return a populated circuit board with tracks, chips, capacitors, coils, connectors and a heat sink."""
    length, width = length or dice.between(50, 240), width or dice.between(40, 170)
    shape = Shape().box((0, length), (0, width), (0, 1.4), "pcb")
    parts = int(min(70, 10 + length * width / 260))
    for _ in range(dice.count(parts // 2, parts)):
        _component(dice, shape, dice.between(2, length - 8), dice.between(2, width - 8))
    for _ in range(dice.count(2, 9)):
        _track(dice, shape, length, width)
    for _ in range(dice.count(1, 4)):
        _bus(dice, shape, length, width)
    for _ in range(dice.count(1, 4)):  # pin headers
        start, y = dice.between(1, length * 0.6), dice.between(2, width - 2)
        _pins(shape, start, start + dice.between(0.1, 0.35) * length, y, 0.9)
    if dice.chance(0.4):
        _heat_sink(dice, shape, dice.between(0, length * 0.6), dice.between(0, width * 0.6))
    for _ in range(dice.count(1, 5)):
        _connector(dice, shape, dice.between(0, length - 20), dice.pick((0.0, width - 12)))
    return shape


def _component(dice: Dice, shape: Shape, x: float, y: float) -> None:
    size, look = dice.between(1.5, 9), dice.pick(("small", "chip", "can", "block"), (0.5, 0.25, 0.17, 0.08))
    if look == "small":
        shape.box(
            (x, x + size * 0.7), (y, y + size * 0.4), (1.4, 2.8), dice.pick(("ceramic", "copper", "steel", "polymer"))
        )
    elif look == "chip":
        shape.box((x, x + size * 2), (y, y + size * 1.6), (1.4, 2.6), "ceramic")
        _pins(shape, x, x + size * 2, y - 1, 1.2)
        _pins(shape, x, x + size * 2, y + size * 1.6 + 1, 1.2)
    elif look == "can":
        shape.disc(size * 0.55, 1.4, 1.4 + size * 1.6, "aluminium", 1, x + 3, y + 3)
    else:
        shape.box(
            (x, x + size * 2), (y, y + size * 1.7), (1.4, 1.4 + size), dice.pick(("ferrite", "copper", "polymer"))
        )


def _pins(shape: Shape, start: float, stop: float, y: float, reach: float) -> None:
    """A row of leads, drawn as one zigzag wire: it costs one solid and looks as fine as the row."""
    at = np.arange(start, stop + 0.1, 1.3)
    sway = np.where(np.arange(len(at)) % 2, reach, -reach)
    shape.wire(np.stack([at, y + sway, np.full(len(at), 1.6)], axis=1), 0.3, "copper")


def _bus(dice: Dice, shape: Shape, length: float, width: float) -> None:
    """A bundle of parallel tracks, drawn as one serpentine."""
    count, pitch, reach = dice.count(4, 12), dice.between(1.8, 3.5), dice.between(0.2, 0.7) * length
    x, y = dice.between(2, max(3.0, length - reach)), dice.between(2, max(3.0, width - count * pitch))
    rows = np.repeat(np.arange(count), 2)
    ends = np.where((np.arange(2 * count) // 2 + np.arange(2 * count)) % 2, reach, 0.0)
    path = np.stack([x + ends, y + rows * pitch, np.full(2 * count, 1.5)], axis=1)
    inside = np.clip(path, (1, 1, 1.5), (max(2.0, length - 1), max(2.0, width - 1), 1.5))
    shape.wire(inside, dice.between(0.15, 0.3), "copper")


def _track(dice: Dice, shape: Shape, length: float, width: float) -> None:
    start = np.array((dice.between(0, length), dice.between(0, width), 1.5))
    path = [start]
    for _ in range(dice.count(2, 4)):
        step = (
            np.array((dice.normal(length * 0.3), 0, 0))
            if dice.chance(0.5)
            else np.array((0, dice.normal(width * 0.3), 0))
        )
        path.append(np.clip(path[-1] + step, (1, 1, 1.5), (length - 1, width - 1, 1.5)))
    shape.wire(np.array(path), dice.between(0.15, 0.3), "copper")


def _heat_sink(dice: Dice, shape: Shape, x: float, y: float) -> None:
    size, fins = dice.between(20, 45), dice.count(5, 10)
    shape.box((x, x + size), (y, y + size), (2, 4.5), "aluminium")
    for index in range(fins):
        start = x + index * size / fins
        shape.box((start, start + 1), (y, y + size), (4.5, dice.between(10, 20)), "aluminium")


def _connector(dice: Dice, shape: Shape, x: float, y: float) -> None:
    length = dice.between(9, 40)
    shape.shell((x, x + length), (y, y + 11), (1.4, 8), 0.5, dice.pick(("steel", "polymer")))
    for index in range(int(length / 3)):
        shape.box((x + 1 + index * 3, x + 1.8 + index * 3), (y + 1, y + 10), (3, 3.8), "brass")


def charger(dice: Dice) -> Shape:
    """Return a mains adapter with transformer, capacitors, prongs and a coiled lead."""
    length, width, height = dice.between(40, 120), dice.between(28, 60), dice.between(18, 36)
    shape = (
        Shape()
        .shell((0, length), (0, width), (0, height), 2, "plastic")
        .add(board(dice, length - 8, width - 8), offset=(4, 4, 3))
    )
    size = dice.between(8, min(18, width * 0.35))
    shape.box((length * 0.4, length * 0.4 + size), (width * 0.3, width * 0.3 + size), (4, 4 + size), "ferrite")
    shape.box(
        (length * 0.4 - 2, length * 0.4 + size + 2), (width * 0.3 + 3, width * 0.3 + size - 3), (6, 2 + size), "copper"
    )
    shape.disc(5, 4, height - 4, "aluminium", 1, length * 0.8, width * 0.4)
    for y in (width / 2 - 9, width / 2 + 9):
        shape.box((-18, 2), (y - 2, y + 2), (height / 2 - 1, height / 2 + 1), "brass")
    return shape.add(cable(dice), offset=(length + 40, width / 2, height / 2)) if dice.chance(0.75) else shape


def cable(dice: Dice) -> Shape:
    """Return a wound or tangled lead with plugs."""
    shape, count = Shape(), dice.count(40, 110)
    angle = np.linspace(0, dice.between(2, 8) * 2 * np.pi, count)
    wander = np.cumsum(dice.rng.standard_normal((count, 2)), axis=0) * dice.between(0.2, 2.5)
    reach, flat = dice.between(18, 55), dice.between(0.35, 1)
    points = np.stack(
        [reach * np.cos(angle) + wander[:, 0], reach * flat * np.sin(angle) + wander[:, 1], 4 * np.sin(angle / 3)],
        axis=1,
    )
    core = dice.between(0.3, 0.9)
    shape.wire(points, core, "copper").wire(points, core + dice.between(0.8, 2), "pvc")
    for end in (points[0], points[-1]):
        plug = (
            Shape()
            .box((0, dice.between(14, 34)), (-6, 6), (-4, 4), "pvc")
            .shell((-9, 6), (-5, 5), (-2.3, 2.3), 0.4, "steel")
        )
        shape.add(plug, turn("z", dice.between(0, 360)), end)
    return shape


def cable_nest(dice: Dice) -> Shape:
    """Return several leads thrown together."""
    shape = Shape()
    for _ in range(dice.count(2, 4)):
        shape.add(cable(dice), turn("z", dice.between(0, 360)), (dice.normal(25), dice.normal(25), dice.normal(5)))
    return shape


def phone(dice: Dice) -> Shape:
    """Return a telephone or a tablet computer."""
    length, width = (
        (dice.between(120, 165), dice.between(60, 78))
        if dice.chance(0.7)
        else (dice.between(200, 270), dice.between(130, 180))
    )
    shape = (
        Shape()
        .prism(rounded((0, length), (0, width), 8), 0, 0.8, "glass")
        .box((2, length - 2), (2, width - 2), (0.8, 1.4), "aluminium")
    )
    shape.hollow_prism(rounded((0, length), (0, width), 8), 0, 8, 1.2, dice.pick(("aluminium", "plastic")))
    share = dice.between(0.45, 0.65)
    shape.box((6, length * share), (5, width * 0.75), (2, 6), "cell").add(
        board(dice, length * (0.92 - share), width - 10), offset=(length * (share + 0.03), 5, 3)
    )
    return shape.disc(4, 3, 7, "steel", 1, length - 12, 12).disc(4, 3, 6, "ferrite", 1, 10, width * 0.88)


def laptop(dice: Dice) -> Shape:
    """Return a notebook computer: lid, keys, cells, fan, drive, boards."""
    length, width = dice.between(260, 360), dice.between(190, 245)
    case = dice.pick(("aluminium", "plastic", "plastic"))
    shape = Shape().box((0, length), (0, width), (0, 1.0), case).box((0, length), (0, width), (16, 17), case)
    shape.box((8, length - 8), (8, width - 8), (19, 20), "glass").box((0, length), (0, width), (21, 22), case)
    for index in range(dice.count(3, 6)):
        x = 15.0 + index % 3 * 80
        shape.box((x, x + 76), (10 + (index // 3) * 34, 42 + (index // 3) * 34), (4, 9), "cell")
    shape.add(board(dice, length * 0.55, width * 0.45), offset=(length * 0.4, width * 0.45, 4))
    shape.ring(24, 10, 4, 9, "copper", length * 0.2, width * 0.7).box(
        (length * 0.2, length * 0.6), (width * 0.85, width * 0.89), (5, 8), "copper"
    )
    shape.shell((length * 0.05, length * 0.32), (width * 0.42, width * 0.48), (3, 10), 0.6, "steel")
    for row in range(5):
        shape.box((14, length - 14), (70 + row * 19, 72 + row * 19), (14, 14.8), "steel")
    for x in (30.0, length - 60):
        shape.rod(3.4, x, x + 30, "steel", 1, width - 4, 18)
    return shape


def hard_drive(dice: Dice) -> Shape:
    """Return a disk drive with platters."""
    length, width, height = dice.pick(((147.0, 101.0, 26.0), (100.0, 70.0, 9.5)))
    shape = Shape().shell((0, length), (0, width), (0, height), dice.between(1.2, 2.5), "aluminium")
    shape.ring(width * 0.44, width * 0.12, height * 0.4, height * 0.6, "aluminium", length * 0.62, width / 2).disc(
        width * 0.12, 2, height - 2, "steel", 1, length * 0.62, width / 2
    )
    return shape.box((6, 38), (8, 36), (3, height - 3), "ferrite").box(
        (10, length * 0.6), (30, 36), (4, 6), "aluminium"
    )


def battery(dice: Dice) -> Shape:
    """Return round cells, loose or in a row."""
    radius, length = dice.pick(((5.2, 44), (7.2, 50), (9.2, 65), (13, 50), (16, 60)))
    shape = Shape()
    for index in range(dice.count(2, 10)):
        y = index * radius * 2.06
        shape.tube(radius, radius - 0.3, 0, length, "steel", y).rod(
            radius - 0.3, 2, length - 2, dice.pick(("cell", "cell", "zinc")), 1, y
        )
        shape.rod(radius - 1.5, 4, length - 4, "mineral", 1, y).rod(radius * 0.25, length, length + 1.5, "steel", 1, y)
    return shape


def power_bank(dice: Dice) -> Shape:
    """Return a pocket battery."""
    length, width, height = dice.between(80, 150), dice.between(40, 75), dice.between(10, 22)
    shape = Shape().shell((0, length), (0, width), (0, height), 1.2, dice.pick(("plastic", "aluminium")))
    return shape.box((3, length - 20), (3, width - 3), (2, height - 3), "cell").add(
        board(dice, 14, width - 8), offset=(length - 17, 4, 3)
    )


def transformer(dice: Dice) -> Shape:
    """Return a mains transformer."""
    size = dice.between(22, 55)
    shape = (
        Shape()
        .box((0, size), (0, size * 0.8), (0, size * 0.4), "steel")
        .box((size * 0.2, size * 0.8), (size * 0.12, size * 0.68), (0, size * 0.4), "steel", -1)
    )
    return shape.box((size * 0.36, size * 0.64), (0, size * 0.8), (0, size * 0.4), "steel").box(
        (size * 0.2, size * 0.8), (size * 0.15, size * 0.65), (-size * 0.1, size * 0.5), "copper"
    )


def hair_dryer(dice: Dice) -> Shape:
    """Return a hair dryer."""
    radius = dice.between(30, 42)
    shape = (
        Shape()
        .tube(radius, radius - 2, 0, 150, "plastic")
        .tube(16, 14.5, 14, 50, "steel")
        .rod(8, 16, 46, "ferrite")
        .rod(2, 0, 60, "steel")
    )
    shape.wire(helix(70, 22, 9, 65), 0.5, "steel").box((62, 138), (-0.5, 0.5), (-24, 24), "mineral")
    shape.hollow_prism(((20, -radius), (52, -radius), (36, -radius - 115), (8, -radius - 115)), -14, 14, 2, "plastic")
    shape.box((22, 34), (-radius - 60, -radius - 22), (-5, 5), "brass")
    return shape.add(cable(dice), offset=(25, -radius - 165, 0))


def speaker(dice: Dice) -> Shape:
    """Return a small loudspeaker."""
    size = dice.between(60, 140)
    shape = Shape().shell((0, size), (0, size * 1.2), (0, size * 0.7), 3, dice.pick(("plastic", "wood")))
    shape.frustum((size * 0.14, size * 0.4), size * 0.3, size * 0.65, "paper", 1, offset=(size / 2, size / 2, 0))
    return shape.ring(size * 0.24, size * 0.08, size * 0.15, size * 0.27, "ferrite", size / 2, size / 2).disc(
        size * 0.25, size * 0.12, size * 0.15, "steel", 1, size / 2, size / 2
    )


def computer_supply(dice: Dice) -> Shape:
    """Return a power supply in a sheet-metal box with a fan."""
    shape = Shape().shell((0, 150), (0, 140), (0, 86), 0.8, "steel").add(board(dice, 140, 110), offset=(5, 10, 6))
    shape.ring(58, 56, 78, 84, "plastic", 75, 70).disc(18, 74, 84, "ferrite", 1, 75, 70)
    for _ in range(3):
        shape.add(transformer(dice), offset=(dice.between(10, 90), dice.between(20, 80), 10), scale=0.7)
    return shape


def camera(dice: Dice) -> Shape:
    """Return a camera with a lens."""
    shape = (
        Shape()
        .shell((0, 130), (0, 85), (0, 42), 1.6, "plastic")
        .add(board(dice, 70, 60), offset=(50, 10, 14))
        .box((8, 38), (8, 62), (8, 30), "cell")
    )
    shape.ring(32, 29, 42, 110, "aluminium", 70, 42)
    for z in (50, 70, 95):
        shape.ellipsoid((26, 26, 4), "glass", 1, (70, 42, z))
    return shape


def game_pad(dice: Dice) -> Shape:
    """Return a game controller."""
    outline = ((0, 0), (30, 12), (110, 12), (140, 0), (155, 20), (140, 80), (115, 95), (40, 95), (15, 80), (-15, 20))
    shape = Shape().hollow_prism(outline, 0, 32, 2, "plastic").add(board(dice, 95, 50), offset=(22, 30, 12))
    for x in (12, 126):
        shape.frustum((9, 9), 6, 24, "steel", 1, offset=(x, 28, 0))
    return shape.disc(10, 20, 40, "polymer", 1, 50, 40).disc(10, 20, 40, "polymer", 1, 90, 40)


def glue_gun(dice: Dice) -> Shape:
    """Return a hot glue gun: the outline of a handgun in plastic."""
    shape = Shape().hollow_prism(((0, 0), (120, 4), (140, 18), (120, 34), (0, 40)), -14, 14, 2, "plastic")
    shape.hollow_prism(
        ((4, 4), (42, 4), (26, -dice.between(80, 105)), (-10, -dice.between(80, 105))), -13, 13, 2, "plastic"
    )
    shape.tube(9, 6, 70, 136, "aluminium", 18).rod(5.6, -45, 70, "polymer", 1, 18).cone(
        (7, 3), 136, 155, "brass", 1, 18
    )
    return shape.prism(((46, 0), (52, 0), (49, -38), (43, -36)), -4, 4, "plastic").add(cable(dice), offset=(5, -150, 0))


def soldering_set(dice: Dice) -> Shape:
    """Return a soldering iron on its stand."""
    shape = Shape().cone((4, 1.5), 90, 150, "copper").tube(6, 4.5, 20, 95, "steel").rod(11, -100, 20, "rubber")
    shape.wire(helix(70, 16, 8, 70) + np.array((0, 60, 0)), 1.2, "steel").box((40, 110), (40, 120), (-20, -17), "steel")
    return Shape().add(shape, scale=dice.between(0.75, 1.15))

"""Harmless boxed goods: equipment in sheet-metal cases, cartons within cartons, flasks in their packing."""

from __future__ import annotations

import numpy as np

from training.phantom.clutter_electronics import board, transformer
from training.phantom.clutter_home import flask
from training.phantom.dice import Dice
from training.phantom.solids import ALONG_X, Shape, helix, rounded, turn


def equipment(dice: Dice) -> Shape:
    """Return an amplifier, a router, a player or a controller: vented case, boards, supply, fan, sockets."""
    length, width, height = dice.between(120, 290), dice.between(100, 230), dice.between(28, 75)
    metal = dice.pick(("steel", "steel", "aluminium", "plastic"))
    shape = Shape().shell((0, length), (0, width), (0, height), 0.7 if metal == "steel" else 1.6, metal)
    shape.add(board(dice, length * dice.between(0.5, 0.9), width * dice.between(0.5, 0.9)), offset=(6, 6, 4))
    if dice.chance(0.6):
        shape.add(board(dice, length * 0.4, width * 0.4), turn("z", 90), (length * 0.9, width * 0.45, height * 0.5))
    if dice.chance(0.5):
        shape.add(transformer(dice), offset=(length * 0.05, width * 0.6, 5), scale=min(1.0, height / 60))
    _vents(dice, shape, length, width, height)
    _sockets(dice, shape, length, width, height)
    if dice.chance(0.35):
        x, y = length * 0.75, width * 0.7
        shape.ring(26, 24, 5, 18, "plastic", x, y).disc(10, 5, 18, "ferrite", 1, x, y)
    for x in (5.0, length - 5):
        for y in (5.0, width - 5):
            shape.disc(2.6, 0, dice.between(8, height), "steel", 1, x, y)
    return shape


def _vents(dice: Dice, shape: Shape, length: float, width: float, height: float) -> None:
    """Slots stamped into two edges of the case; drawn as the fine lips that stamping leaves."""
    pitch, deep = dice.between(5, 9), dice.between(8, 20)
    for x in np.arange(length * 0.1, length * 0.9, pitch):
        for y in (2.0, width - 2 - deep)[: dice.count(1, 2)]:
            shape.wire(np.array(((x, y, height), (x, y + deep, height))), 0.7, "steel")


def _sockets(dice: Dice, shape: Shape, length: float, width: float, height: float) -> None:
    for index in range(dice.count(2, 8)):
        y, z = width * (index + 0.5) / 8, height * dice.between(0.3, 0.7)
        if dice.chance(0.5):
            shape.tube(4.5, 2.5, -9, 10, dice.pick(("brass", "steel")), y, z).rod(1, -9, 12, "brass", 1, y, z)
        else:
            shape.shell((-2, 14), (y - 6, y + 6), (z - 5, z + 5), 0.5, "steel")


def notebook(dice: Dice) -> Shape:
    """Return a notebook computer: hinged lid, cells, drive, board, heat pipe, fan, keys, magnesium frame."""
    length, width = dice.between(250, 350), dice.between(170, 240)
    case = dice.pick(("aluminium", "plastic", "plastic"))
    shape = Shape().prism(rounded((0, length), (0, width), 10), 0, 1.2, case)
    shape.hollow_prism(rounded((2, length - 2), (2, width - 2), 9), 2, 16, 1.6, case)
    shape.box((6, length - 6), (6, width - 6), (19, 20.2), "glass")
    for index in range(dice.count(2, 4)):
        x = 12 + index * dice.between(62, 70)
        shape.box((x, x + 60), (10, dice.between(55, 80)), (4, 9), "cell")
    shape.add(board(dice, length * dice.between(0.5, 0.8), width * 0.42), offset=(length * 0.12, width * 0.5, 4))
    shape.shell((length * 0.7, length * 0.7 + 70), (14, 14 + width * 0.35), (4, 12), 0.8, "steel")
    shape.ring(24, 9, 4, 12, "plastic", length * 0.85, width * 0.8).disc(
        9, 4, 12, "ferrite", 1, length * 0.85, width * 0.8
    )
    shape.wire(
        ((length * 0.4, width * 0.6, 7), (length * 0.6, width * 0.85, 7), (length * 0.8, width * 0.8, 7)), 3, "copper"
    )
    for row in range(5):
        y = width * 0.45 + row * 18
        if y < width - 10:
            shape.box((16, length - 16), (y, y + dice.between(1, 3)), (13, 13.7), "steel")
    for x in (length * 0.15, length * 0.78):
        shape.rod(4, x, x + 26, "steel", 1, width - 3, 17).box((x, x + 9), (width - 60, width), (17, 18), "steel")
    return shape


def nested_cartons(dice: Dice) -> Shape:
    """Return a carton holding one to four smaller ones, some open, seen askew."""
    length, width, height = dice.between(110, 260), dice.between(80, 190), dice.between(50, 120)
    shape = Shape().shell((0, length), (0, width), (0, height), dice.between(0.8, 2.5), dice.pick(("paper", "board")))
    for _ in range(dice.count(1, 4)):
        size = np.array((length, width, height)) * dice.rng.uniform(0.25, 0.7, 3)
        at = (np.array((length, width, height)) - size) * dice.rng.uniform(0.1, 0.9, 3)
        ranges = [(float(a), float(a + s)) for a, s in zip(at, size, strict=True)]
        shape.shell(ranges[0], ranges[1], ranges[2], dice.between(0.5, 1.5), "paper")
    for _ in range(dice.count(0, 3)):  # open lids
        lid = dice.between(0.3, 0.6) * width
        shape.box((0, length), (0, lid), (0, 1.2), "paper", 1, turn("x", dice.between(-100, -20)), (0, width, height))
    return shape


def flask_in_carton(dice: Dice) -> Shape:
    """Return a steel flask, can or canister in an open carton."""
    inner = flask(dice) if dice.chance(0.6) else canister(dice)
    low, high = inner.bounds()
    pad = dice.between(4, 14)
    size = high - low + 2 * pad
    wall = dice.between(0.6, 1.6)
    shape = Shape().shell((0, size[0]), (0, size[1]), (0, size[2]), wall, "paper").add(inner, offset=pad - low)
    shape.box(
        (0, size[0]),
        (0, size[1] * 0.8),
        (0, wall),
        "paper",
        1,
        turn("x", dice.between(-120, 60)),
        (0, size[1], size[2]),
    )
    return shape


def canister(dice: Dice) -> Shape:
    """Return a canister, a spray can or a paint tin with rims, a valve and contents."""
    radius, length = dice.between(26, 62), dice.between(90, 230)
    metal, wall = dice.pick((("steel", 0.35), ("aluminium", 0.6), ("steel", 0.8)))
    shape = Shape().tube(radius, radius - wall, 0, length, metal)
    for x in (0.0, length - 3):
        shape.tube(radius + 1, radius - 1.5, x, x + 3, metal).rod(radius, x + 1, x + 1 + wall, metal)
    for x in dice.rng.uniform(0.1, 0.9, dice.count(0, 4)) * length:  # beads
        shape.tube(radius + 0.6, radius - 0.6, float(x), float(x) + 2.5, metal)
    if dice.chance(0.6):
        level = length * dice.between(0.2, 0.95)
        shape.rod(radius - wall - 0.5, 3, level, dice.pick(("food", "food", "polymer", "mineral")))
    if dice.chance(0.5):
        shape.cone((radius * 0.7, 8), length, length + 14, metal).rod(4, length - 20, length + 26, "plastic")
        shape.wire(((length, 0, 0), (length * 0.5, 6, 4), (8, radius * 0.6, 0)), 2, "polymer")
    return shape


def drum(dice: Dice) -> Shape:
    """Return a cooking pot, a cake tin or a small barrel seen with its double rim and its handles."""
    radius, height, metal = dice.between(55, 110), dice.between(40, 110), dice.pick(("steel", "aluminium"))
    wall = 0.7 if metal == "steel" else 2.0
    shape = Shape().disc(radius, 0, wall * 1.4, metal).ring(radius, radius - wall, 0, height, metal)
    shape.ring(radius + 2, radius - 1.5, height - 3, height, metal)
    if dice.chance(0.6):
        shape.disc(radius, height, height + wall, metal).disc(9, height, height + 22, "plastic")
    for side in (-1, 1):
        bow = np.array(((0, -26, 0), (side * 24, -26, 0), (side * 24, 26, 0), (0, 26, 0)))
        grip = bow + np.array((side * radius, 0, height * 0.8))
        shape.wire(grip, 4, dice.pick(("steel", "plastic")))
    return shape


def hose(dice: Dice) -> Shape:
    """Return a coiled hose, a lock cable, a skipping rope or a tube with its end pieces."""
    turns, reach = dice.between(1.2, 5), dice.between(40, 95)
    angle = np.linspace(0, turns * 2 * np.pi, int(16 * turns) + 8)
    flat, drift = dice.between(0.4, 1.0), dice.between(0.5, 3)
    points = np.stack(
        [(reach + drift * angle) * np.cos(angle), flat * (reach + drift * angle) * np.sin(angle), 3 * angle], axis=1
    )
    thick = dice.between(3, 8)
    shape = Shape().wire(points, thick, dice.pick(("rubber", "pvc", "polymer")))
    if dice.chance(0.5):
        shape.wire(points, thick * 0.4, "steel")
    for end in (points[0], points[-1]):
        tip = Shape().tube(thick * 1.4, thick * 0.7, 0, dice.between(18, 40), dice.pick(("brass", "steel", "zinc")))
        shape.add(tip, turn("z", dice.between(0, 360)), end)
    return shape


def fruit(dice: Dice) -> Shape:
    """Return apples, oranges, onions or potatoes: round bodies of one size."""
    shape, size = Shape(), dice.between(24, 40)
    for _ in range(dice.count(1, 8)):
        at = (dice.normal(55), dice.normal(45), size + dice.between(0, 30))
        half = size * dice.rng.uniform(0.85, 1.1, 3)
        shape.ellipsoid(half, dice.pick(("food", "food", "wood")), 1, at)
    return shape


def water_bottle(dice: Dice) -> Shape:
    """Return a drinking bottle with its waist, ribs, cap and contents."""
    radius, length = dice.between(24, 40), dice.between(120, 210)
    fill = dice.pick((("polymer", "food"), ("polymer", "food"), ("glass", "food"), ("aluminium", "food")))
    shape = Shape().rod(radius * 0.92, 2, length * dice.between(0.6, 1.0), fill[1])
    shape.tube(radius, radius - 0.8, 0, length, fill[0]).cone((radius, 13), length, length + 40, fill[1])
    for x in dice.rng.uniform(0.1, 0.9, dice.count(2, 6)) * length:
        shape.tube(radius + 0.8, radius - 0.4, float(x), float(x) + 3, fill[0])
    return shape.tube(13, 11, length + 38, length + 60, fill[0]).tube(15, 13, length + 44, length + 60, "plastic")


def charging_pad(dice: Dice) -> Shape:
    """Return a wireless charger, an induction ring, a smoke alarm or a drive cage with its coil."""
    radius = dice.between(30, 60)
    shape = Shape().ring(radius, radius - 2, 0, 12, "plastic").disc(radius, 0, 1.5, "plastic")
    for ring in np.arange(radius * 0.35, radius * 0.8, dice.between(2.5, 5)).tolist():
        angle = np.linspace(0, 2 * np.pi, 20)
        shape.wire(np.stack([ring * np.cos(angle), ring * np.sin(angle), 0 * angle + 4], axis=1), 0.7, "copper")
    shape.disc(radius * 0.3, 2, 6, "ferrite")
    return shape.box((-8, 14), (radius * 0.6, radius * 0.8), (2, 4), "pcb")


def extension_lead(dice: Dice) -> Shape:
    """Return a multiple socket strip or a cable drum."""
    count, shape = dice.count(3, 7), Shape()
    shape.shell((0, 40.0 * count + 20), (0, 46), (0, 34), 2, "plastic")
    for index in range(count):
        x = 30 + 40.0 * index
        shape.ring(18, 16, 14, 34, "plastic", x, 23)
        for y in (14.0, 32.0):
            shape.box((x - 3, x + 3), (y - 2, y + 2), (6, 22), "brass")
    for y in (12.0, 34.0):
        shape.box((8, 40.0 * count), (y - 1, y + 1), (5, 9), "brass")
    coil = helix(60, 34, dice.between(3, 7), 40.0 * count + 30)
    return shape.wire(coil, 0.9, "copper").wire(coil, 2.6, "pvc")


def wound_coil(dice: Dice) -> Shape:
    """Return a loudspeaker's or a doorbell's magnet with its coil, or a relay, loose."""
    radius = dice.between(16, 48)
    shape = Shape().ring(radius, radius * 0.4, 0, radius * 0.35, "ferrite").disc(radius * 0.95, -3, 0, "steel")
    shape.ring(radius * 0.42, radius * 0.36, radius * 0.2, radius * 0.6, "copper")
    shape.frustum((radius * 0.5, radius * 1.5), radius * 0.45, radius * 0.9, "paper")
    return shape.wire(
        np.stack([radius * 1.5 * np.cos(np.linspace(0, 6.28, 24)), radius * 1.5 * np.sin(np.linspace(0, 6.28, 24)),
                  np.full(24, radius * 0.9)], axis=1), 1.2, "steel",
    )  # fmt: skip


def fan_heater(dice: Dice) -> Shape:
    """Return a computer fan, a desk fan's head or a ventilator with its grille."""
    size = dice.between(40, 120)
    shape = Shape().hollow_prism(rounded((0, size), (0, size), 5), 0, 25, 3, "plastic")
    shape.disc(size * 0.18, 2, 23, "ferrite", 1, size / 2, size / 2).disc(2, 0, 25, "steel", 1, size / 2, size / 2)
    for blade in range(7):
        pose = turn("z", blade * 51.4) @ turn("x", 35)
        shape.box(
            (size * 0.2, size * 0.46),
            (-size * 0.09, size * 0.09),
            (-0.8, 0.8),
            "plastic",
            1,
            pose,
            (size / 2, size / 2, 12),
        )
    for x in (4.0, size - 4):
        for y in (4.0, size - 4):
            shape.disc(2, 0, 28, "steel", 1, x, y)
    if dice.chance(0.5):
        angle = np.linspace(0, 2 * np.pi, 20)
        for ring in np.arange(size * 0.15, size * 0.5, 7):
            path = np.stack([size / 2 + ring * np.cos(angle), size / 2 + ring * np.sin(angle), 0 * angle + 26], axis=1)
            shape.wire(path, 0.8, "steel")
    return shape


def toy_figure(dice: Dice) -> Shape:
    """Return a doll, a soft toy or an action figure, some with a voice box."""
    size, body = dice.between(0.5, 1.3), dice.pick(("textile", "plastic", "polymer"))
    shape = Shape().ellipsoid((45, 32, 24), body).ellipsoid((27, 27, 24), body, 1, (66, 0, 0))
    for x, y, angle in ((22, 36, 50), (22, -36, -50), (-62, 20, 165), (-62, -20, -165)):
        shape.ellipsoid((40, 12, 11), body, 1, (x, y, 0), turn("z", angle + dice.normal(15)))
    if dice.chance(0.4):
        shape.box((-14, 14), (-14, 14), (-8, 8), "pcb").rod(7, -18, 26, "zinc", 1, -12).add(
            Shape().ring(12, 5, 0, 5, "ferrite"), offset=(0, 0, 9)
        )
    for _ in range(dice.count(0, 4)):
        shape.frustum((1.5, 1.5), -6, 6, "steel", 1, ALONG_X, (dice.normal(30), dice.normal(15), 0))
    return Shape().add(shape, scale=size)

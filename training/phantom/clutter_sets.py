"""Harmless things that come many together: socket sets in moulded trays, rod bundles, coins, blisters, small parts."""

from __future__ import annotations

import numpy as np

from training.phantom.clutter_tools import drill_bits, hammer, pliers, ratchet, saw, screwdriver, wrench
from training.phantom.dice import Dice
from training.phantom.solids import ALONG_X, ALONG_Y, IDENTITY, Array, Shape, band, helix, rounded, turn


def tool_tray(dice: Dice) -> Shape:
    """Return a moulded case with a row of sockets along its edge, a ratchet, extension bars, joints and bits."""
    length, width = dice.between(190, 340), dice.between(140, 240)
    shape, pose = Shape(), dice.pick((IDENTITY, IDENTITY, ALONG_Y, ALONG_X))
    _moulding(dice, shape, length, width)
    largest, count = dice.between(9, 16), dice.count(7, 18)
    for index, place in enumerate(_rim_walk(length - 40, width - 40, count)):
        outer = largest * (0.5 + 0.5 * index / count)
        _socket(shape, outer, dice.between(22, 34), pose, np.append(place + 20, 14.0))
    shape.add(ratchet(dice), turn("z", dice.normal(8)), (length * 0.3, width * dice.between(0.35, 0.6), 14), 0.8)
    for index in range(dice.count(1, 4)):
        y, start = width * (0.25 + 0.14 * index), length * dice.between(0.2, 0.5)
        _extension(dice, shape, start, min(start + dice.between(40, 130), length - 15), y)
    if dice.chance(0.4):
        shape.add(wrench(dice), turn("z", dice.between(0, 360)), (length * 0.5, width * 0.5, 14), 0.5)
    for index in range(dice.count(0, 12)):
        shape.rod(3.2, length * 0.55, length * 0.55 + 25, "steel", 1, width * 0.2 + 9 * index % (width * 0.6), 12)
    return shape


def _moulding(dice: Dice, shape: Shape, length: float, width: float) -> None:
    wall = dice.between(1.2, 2.5)
    shape.shell((0, length), (0, width), (0, dice.between(35, 60)), wall, "plastic")
    for _ in range(dice.count(3, 8)):
        x, y = dice.between(8, length * 0.6), dice.between(8, width * 0.6)
        size = (x + dice.between(20, length * 0.35), y + dice.between(15, width * 0.3))
        shape.hollow_prism(rounded((x, size[0]), (y, size[1]), 6), 4, 22, wall, "plastic")
    for x in (length * 0.25, length * 0.75):
        shape.box((x - 12, x + 12), (-4, 3), (10, 34), "plastic").rod(1.5, x - 14, x + 14, "steel", 1, width + 1, 20)


def _rim_walk(length: float, width: float, count: int) -> Array:
    """Return places along an L or a U of the tray's rim."""
    corners = np.array(((0, width), (0, 0), (length, 0), (length, width)))
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    at = np.linspace(0, min(steps[-1], count * 31.0), count)
    return np.stack([np.interp(at, steps, corners[:, axis]) for axis in (0, 1)], axis=1)


def _socket(shape: Shape, outer: float, height: float, pose: Array, at: Array) -> None:
    parts = ((1, outer, 0.0, height), (-1, outer * 0.7, height * 0.45, height), (-1, outer * 0.4, 0.0, height * 0.35))
    for sign, radius, low, high in parts:
        shape.frustum((radius, radius), low, high, "steel", sign, pose, at)


def _extension(dice: Dice, shape: Shape, start: float, stop: float, y: float) -> None:
    shape.rod(dice.between(4, 6), start, stop, "steel", 1, y, 14)
    for x in (start, stop - 16):
        shape.rod(8, x, x + 16, "steel", 1, y, 14).rod(3.5, x + 4, x + 12, "steel", -1, y, 14)


def rod_bundle(dice: Dice) -> Shape:
    """Return many thin rods thrown together: needles, spokes, electrodes, skewers, knitting needles."""
    shape, material = Shape(), dice.pick(("steel", "steel", "aluminium", "brass", "wood"))
    length, radius, spread = dice.between(90, 300), dice.between(0.7, 2.2), dice.between(0.5, 5)
    for _ in range(dice.count(8, 38)):
        reach = length * dice.between(0.85, 1.05)
        angle = np.deg2rad(dice.normal(spread))
        start = np.array((dice.normal(length * 0.05), dice.normal(9), dice.normal(7)))
        shape.wire(np.stack([start, start + reach * np.array((np.cos(angle), np.sin(angle), 0))]), radius, material)
    for place in (0.2, 0.8)[: dice.count(0, 2)]:
        shape.tube(16, 15, place * length, place * length + 8, "rubber")
    return shape


def tool_bundle(dice: Dice) -> Shape:
    """Return hand tools lying close together and all one way, as in a roll, a bag or a box."""
    shape, makers = Shape(), (wrench, wrench, pliers, screwdriver, hammer, ratchet, saw, drill_bits)
    spread, wide = dice.between(2, 14), dice.between(15, 60)
    for _ in range(dice.count(3, 7)):
        tool = dice.pick(makers)(dice)
        low, high = tool.bounds()
        pose = turn("z", dice.pick((0.0, 180.0)) + dice.normal(spread)) @ turn("x", dice.between(0, 360))
        at = np.array((dice.normal(25), dice.normal(wide), dice.between(0, 30)))
        shape.add(tool, pose, at - pose @ ((low + high) / 2), 0.85)
    return shape


def coins(dice: Dice) -> Shape:
    """Return coins, loose or in rolls."""
    shape = Shape()
    for _ in range(dice.count(1, 3) if dice.chance(0.3) else 0):
        shape.rod(11, 0, dice.between(20, 60), dice.pick(("brass", "copper", "zinc")), 1, dice.normal(30))
    for _ in range(dice.count(3, 18)):
        pose = turn("x", dice.normal(12)) @ turn("y", dice.normal(12))
        radius, thick = dice.between(8, 14), dice.between(1.3, 2.3)
        at = (dice.normal(28), dice.normal(28), dice.between(0, 6))
        shape.frustum((radius, radius), 0, thick, dice.pick(("brass", "copper", "steel", "zinc")), 1, pose, at)
    return shape


def pills(dice: Dice) -> Shape:
    """Return blister packs of tablets."""
    shape = Shape()
    for pack in range(dice.count(1, 4)):
        rows, columns, pitch = dice.count(2, 3), dice.count(4, 8), dice.between(10, 15)
        z, at = pack * 7.0, (dice.normal(8), dice.normal(8))
        shape.box((at[0], at[0] + columns * pitch), (at[1], at[1] + rows * pitch), (z, z + 0.2), "aluminium")
        for index in range(rows * columns):
            x, y = at[0] + (index % columns + 0.5) * pitch, at[1] + (index // columns + 0.5) * pitch
            if dice.chance(0.85):
                shape.ellipsoid((pitch * 0.32, pitch * 0.32, 2), "mineral", 1, (x, y, z + 2.5))
    return shape


def screw_box(dice: Dice) -> Shape:
    """Return an assortment box: compartments with screws, plugs, nuts or beads."""
    columns, rows, cell = dice.count(2, 5), dice.count(1, 3), dice.between(24, 40)
    shape = Shape().shell((0, columns * cell), (0, rows * cell), (0, 28), 1.4, "plastic")
    for index in range(columns * rows):
        x, y = (index % columns) * cell, (index // columns) * cell
        shape.box((x, x + 1), (y, y + cell), (1, 26), "plastic").box((x, x + cell), (y, y + 1), (1, 26), "plastic")
        material, length = dice.pick(("steel", "brass", "polymer", "zinc")), dice.between(6, cell * 0.7)
        for _ in range(dice.count(0, 7)):
            middle = np.array((x + cell / 2 + dice.normal(4), y + cell / 2 + dice.normal(4), dice.between(3, 14)))
            turned = dice.between(0, np.pi)
            way = length / 2 * np.array((np.cos(turned), np.sin(turned), 0))
            shape.wire(np.stack([middle - way, middle + way]), dice.between(0.9, 2), material)
    return shape


def paper_clips(dice: Dice) -> Shape:
    """Return paper clips, safety pins and bulldog clips."""
    shape = Shape()
    loop = np.array(((0, 0), (24, 0), (24, 7), (3, 7), (3, 2), (20, 2)), float)
    for _ in range(dice.count(3, 14)):
        flat = np.concatenate([loop * dice.between(0.8, 1.6), np.zeros((6, 1))], axis=1)
        pose = turn("z", dice.between(0, 360)) @ turn("x", dice.normal(25))
        shape.wire(flat @ pose.T + (dice.normal(25), dice.normal(25), 3), dice.between(0.4, 0.8), "steel")
    for _ in range(dice.count(0, 3)):
        x, y = dice.normal(30), dice.normal(30)
        shape.box((x, x + dice.between(15, 40)), (y, y + 12), (0, 0.6), "steel")
        shape.rod(2, x, x + 22, "steel", 1, y)
    return shape


def small_hardware(dice: Dice) -> Shape:
    """Return a hook, a carabiner, a castor, a handle or a latch of cast metal."""
    metal, look = dice.pick(("zinc", "steel", "aluminium", "brass")), dice.pick(("hook", "carabiner", "castor", "pull"))
    shape, size = Shape(), dice.between(0.7, 1.5)
    if look == "hook":
        path = np.array(((0, 0), (30, 0), (44, 8), (44, 22), (34, 28), (26, 22)), float)
        shape.prism(band(path, 6), -3, 3, metal).ring(8, 4, -3, 3, metal, -6)
    elif look == "carabiner":
        shape.prism(band(rounded((0, 60), (0, 28), 12), 6), -3, 3, metal).box((10, 40), (-3, 2), (-2, 2), metal)
    elif look == "castor":
        shape.disc(18, -8, 8, "rubber").disc(4, -12, 12, "steel").box((-14, 34), (-2, 2), (9, 11), metal)
        shape.box((-14, 34), (-2, 2), (-11, -9), metal).box((32, 35), (-20, 20), (-16, 16), metal)
    else:
        shape.wire(np.array(((0, 0, 0), (0, 26, 0), (96, 26, 0), (96, 0, 0))), 4.5, metal)
        for x in (0, 96):
            shape.pillar(2, -16, 0, "steel", 1, x)
    return Shape().add(shape, scale=size)


def sewing_kit(dice: Dice) -> Shape:
    """Return spools, bobbins, needles and pins in a box."""
    shape = Shape().shell((0, 110), (0, 75), (0, 30), 1.2, dice.pick(("plastic", "steel")))
    for index in range(dice.count(3, 9)):
        x, y = 14.0 + (index % 4) * 26, 16.0 + (index // 4) * 26
        shape.tube(9, 5, x - 10, x + 10, "textile", y, 14).rod(11, x - 11, x - 10, "plastic", 1, y, 14)
    for _ in range(dice.count(5, 14)):
        start = np.array((dice.between(5, 70), dice.between(5, 70), 3))
        shape.wire(start + np.array(((0, 0, 0), (dice.between(20, 35), dice.normal(4), 0))), 0.4, "steel")
    return shape.wire(helix(40, 5, 8, 60) + np.array((0, 60, 10)), 0.5, "steel")

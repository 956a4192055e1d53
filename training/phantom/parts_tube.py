"""Outer shapes of barrels, drums (cylinders) and suppressors: whatever is turned about one axis.

Everything is coarse and drawn over a range wider than any real family, so that a detector learns the look and not a
make; nothing here has the dimensions, tolerances or inner workings that a real part needs.
"""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.parts_ammunition import Round, draw_round
from training.phantom.solids import ALONG_X, Shape, helix, turn

Tube = tuple[float, float, float]  # length, outer radius, bore radius, mm


def barrel(dice: Dice) -> Shape:
    """Return a handgun's or a long gun's barrel, chamber end at x = 0; now and then two side by side."""
    look = dice.pick(("short", "long", "double"), (0.58, 0.34, 0.08))
    shape = _short(dice) if look == "short" else _long(dice)
    if look == "double":
        other, apart = Shape(list(shape.solids)), dice.between(20, 26)
        shape.add(other, offset=(0, 0, apart) if dice.chance(0.5) else (0, apart, 0))
    return shape


def _short(dice: Dice) -> Shape:
    length, outer = dice.between(65, 155), dice.between(5.5, 9.5)
    bore = outer * dice.between(0.5, 0.74)
    shape = Shape().cone((outer, max(outer * dice.between(0.82, 1.12), bore + 0.8)), 0, length, "steel")
    chamber = dice.between(16, 32)
    _bored(dice, shape, (length, outer, bore), chamber)
    if dice.chance(0.62):
        _chamber_block(dice, shape, outer, chamber)
        _lug(dice, shape, outer, chamber)
    elif dice.chance(0.5):
        _collar(shape, outer, dice.between(1.2, 1.5), 0, chamber)
    _muzzle(dice, shape, (length, outer, bore))
    if dice.chance(0.2):  # its spring still round it
        coil = helix(length * 0.55, outer + 1.6, dice.count(9, 16), chamber + 4)
        shape.wire(coil, 0.7, "steel")
    return shape


def _long(dice: Dice) -> Shape:
    length, outer = dice.between(180, 560), dice.between(7, 11)
    slim = outer * dice.between(0.68, 1.0)
    bore = min(outer * dice.between(0.35, 0.8), slim - 1.2)
    shape, chamber = Shape(), dice.between(35, 75)
    step = length * dice.between(0.12, 0.6)
    shape.rod(outer, 0, step, "steel").cone((slim, slim * dice.between(0.9, 1.0)), step, length, "steel")
    _bored(dice, shape, (length, outer, min(bore, slim * 0.9 - 0.9)), chamber)
    if dice.chance(0.5):
        _collar(shape, outer, dice.between(1.25, 1.7), -dice.between(4, 16), dice.between(8, 26))
    if dice.chance(0.45):  # gas block with its tube beside
        at = length * dice.between(0.4, 0.8)
        _collar(shape, slim, 1.55, at, at + dice.between(14, 32))
        side = slim + dice.between(5, 9)
        shape.tube(3.4, 2.2, dice.between(5, 30), at + 8, "steel", side)
        shape.box((at + 2, at + 10), (slim * 1.1, side), (-2, 2), "steel")
    if dice.chance(0.25):  # rib along the top
        shape.box((10, length - 5), (slim * 0.9, slim + 3), (-1.2, 1.2), "steel")
    if dice.chance(0.2):  # flutes show as light lines
        for side in (-1, 1):
            shape.box((step * 0.3, step * 0.95), (-1.2, 1.2), (side * outer - 1.5, side * outer - 0.9), "steel", -1)
    _muzzle(dice, shape, (length, slim, bore))
    return shape


def _bored(dice: Dice, shape: Shape, tube: Tube, chamber: float) -> None:
    """Take out the bore and the wider chamber, whose step a picture shows."""
    length, outer, bore = tube
    shape.rod(bore, chamber, length, "steel", -1)
    shape.rod(min(bore * dice.between(1.08, 1.3), outer - 1.0), 0, chamber, "steel", -1)


def _collar(shape: Shape, inner: float, ratio: float, start: float, stop: float) -> None:
    shape.tube(inner * ratio, inner, start, stop, "steel")


def _chamber_block(dice: Dice, shape: Shape, outer: float, chamber: float) -> None:
    """Square the chamber end: flats above, below and beside the tube, as plates so that nothing is counted twice."""
    half, thick = outer * dice.between(1.08, 1.3), dice.between(1.2, 2.6)
    shape.box((0, chamber), (half - thick * 0.4, half + thick * 0.6), (-half, half), "steel")
    for side in (-1, 1):
        edge = sorted((side * (outer * 0.86), side * half))
        shape.box((0, chamber), (-half * 0.6, half - thick * 0.4), (edge[0], edge[1]), "steel")
    shape.prism(((0, -outer), (6, -outer * 0.8), (0, outer * 0.2), (-4, -outer * 0.9)), -3.5, 3.5, "steel")


def _lug(dice: Dice, shape: Shape, outer: float, chamber: float) -> None:
    """The foot below the chamber: a slanted block, with a slot or a hole, or a swinging link."""
    start, deep, half = dice.between(2, chamber * 0.5), dice.between(6, 14), dice.between(1.5, 3.5)
    end = start + dice.between(10, 20)
    foot = ((start, -outer * 0.9), (end + 4, -outer * 0.9), (end, -outer - deep), (start + 5, -outer - deep))
    shape.prism(foot, -half, half, "steel")
    hole = min(2.2, deep * 0.3)
    shape.disc(hole, -half, half, "steel", -1, (start + end) / 2 + 1.5, -outer - deep * 0.45)


def _muzzle(dice: Dice, shape: Shape, tube: Tube) -> None:
    length, outer, bore = tube
    look = dice.pick(("plain", "thread", "sight", "brake", "bulge"), (0.4, 0.24, 0.14, 0.1, 0.12))
    if look == "thread":
        reach = dice.between(9, 16)
        shape.tube(outer * 0.86, min(bore, outer * 0.7), length, length + reach, "steel")
        for index in range(int(reach / 2.6)):
            at = length + 1 + index * 2.6
            shape.tube(outer * 0.97, outer * 0.86, at, at + 1.2, "steel")
    elif look == "sight":
        shape.box((length - 14, length - 5), (outer * 0.9, outer + dice.between(5, 16)), (-1.4, 1.4), "steel")
    elif look == "brake":
        reach = dice.between(22, 60)
        shape.tube(outer * 1.3, outer * 0.85, length - 6, length + reach, "steel")
        for index in range(3):
            at = length + reach * (0.2 + 0.25 * index)
            shape.box((at, at + reach * 0.12), (outer * 0.87, outer * 1.28), (-2.5, 2.5), "steel", -1)
    elif look == "bulge":
        _collar(shape, outer, 1.18, length - dice.between(10, 22), length - 1)


def cylinder(dice: Dice) -> Shape:
    """Return a drum with its ejector at the back and often the ejector's rod through its front."""
    shape = plain_cylinder(dice)
    _star(dice, shape, float(shape.bounds()[1][1]))
    return shape


def plain_cylinder(dice: Dice) -> Shape:
    """Return a drum along x from 0, with five to eight through chambers, empty or loaded, fluted or plain."""
    radius, length, holes = dice.between(15, 23), dice.between(28, 46), dice.count(5, 8)
    material = dice.pick(("steel", "zinc", "aluminium", "titanium"), (0.82, 0.06, 0.06, 0.06))
    shape, ring = Shape().rod(radius, 0, length, material), radius * dice.between(0.6, 0.66)
    hole = min(radius * 0.33, ring * float(np.sin(np.pi / holes)) * 0.93, radius - ring - 0.9)
    loaded = dice.pick((0.0, 1.0, dice.between(0.3, 0.9)), (0.55, 0.3, 0.15))
    turned = dice.between(0, 60)
    for index in range(holes):
        angle = np.deg2rad(360 * index / holes + turned)
        y, z = ring * float(np.cos(angle)), ring * float(np.sin(angle))
        shape.rod(hole, 0, length, material, -1, y, z)
        if dice.chance(loaded):
            one = Round(length * dice.between(0.75, 0.92), 2 * hole * 0.93, False)
            draw_round(shape, one, ALONG_X, (0.2, y, z))
    if dice.chance(0.65):
        _flutes(dice, shape, (length, radius), holes, turned, material)
    shape.rod(dice.between(1.8, 2.8), 0, length, material, -1)
    return shape


def _flutes(dice: Dice, shape: Shape, size: tuple[float, float], holes: int, turned: float, material: str) -> None:
    """Shallow scoops between the chambers, from the front to past the middle."""
    length, radius = size
    deep, wide = radius * dice.between(0.07, 0.15), radius * dice.between(0.1, 0.17)
    start = length * dice.between(0.3, 0.5)
    for index in range(holes):
        pose = turn("x", 360 * (index + 0.5) / holes + turned)
        shape.box((start, length), (radius * 0.975 - deep, radius * 0.975), (-wide, wide), material, -1, pose)


def _star(dice: Dice, shape: Shape, radius: float) -> None:
    """The ejector at the back, and often its rod through the front."""
    look = dice.pick(("none", "stub", "rod"), (0.3, 0.35, 0.35))
    if look == "none":
        return
    shape.tube(radius * 0.42, radius * 0.2, -2.5, 0, "steel")
    low = dice.between(4, 9)
    shape.tube(dice.between(3, 4.5), 1.8, -low, -2.5, "steel")
    if look == "rod":
        shape.rod(1.7, 0, dice.between(50, 85), "steel")


def suppressor(dice: Dice) -> Shape:
    """Return a closed tube with end caps and a stack of cones, discs, or slanted walls inside; or a bare stack."""
    length, radius = dice.between(95, 260), dice.between(14, 26)
    material = dice.pick(("steel", "aluminium", "titanium"), (0.34, 0.46, 0.2))
    wall = dice.between(0.8, 1.6) if material == "steel" else dice.between(1.2, 2.8)
    bore, bare = dice.between(3.2, 6.5), dice.chance(0.1)
    shape = Shape()
    if not bare:
        shape.tube(radius, radius - wall, 0, length, material)
        _caps(dice, shape, (length, radius - wall, bore), material)
        for index in range(dice.pick((0, 3), (0.6, 0.4))):  # grooves or knurls outside
            at = length * (0.05 + 0.04 * index)
            shape.tube(radius + 0.8, radius, at, at + length * 0.02, material)
    _stack(dice, shape, (length, radius - wall, bore), dice.pick((material, "steel", "aluminium"), (0.6, 0.25, 0.15)))
    if dice.chance(0.6):
        shape.tube(dice.between(8, 11), 6, -dice.between(5, 22), 0, "steel")
    return shape


def _caps(dice: Dice, shape: Shape, tube: Tube, material: str) -> None:
    length, inner, bore = tube
    for start, thick in ((0.0, dice.between(3, 12)), (length, -dice.between(3, 9))):
        low, high = sorted((start, start + thick))
        shape.tube(inner, bore if start else max(bore, 6.0), low, high, material)


def _stack(dice: Dice, shape: Shape, tube: Tube, material: str) -> None:
    length, inner, bore = tube
    first, look = (
        dice.between(14, max(15.0, min(length * 0.4, length - 70))),
        dice.pick(("cone", "disc", "spaced", "slanted")),
    )
    count = dice.count(4, 11)
    pitch = (length - first - 10) / count
    thin = dice.between(0.8, 1.4) if material == "steel" else dice.between(1.2, 2.4)
    for index in range(count):
        at = first + index * pitch
        if look == "cone":
            shape.cone((bore + thin, inner), at, at + pitch * 0.85, material)
            shape.cone((bore, inner - thin), at, at + pitch * 0.85, material, -1)
        elif look == "slanted":
            lean, half = turn("z", 28 if index % 2 else -28), inner * 0.9
            for low, high in ((bore, half), (-half, -bore)):
                shape.box((-thin / 2, thin / 2), (low, high), (-half * 0.8, half * 0.8), material, 1, lean, (at, 0, 0))
        else:
            shape.tube(inner, bore, at, at + (thin + 0.6 if look == "disc" else pitch * 0.3), material)
    if look == "spaced" and dice.chance(0.5):
        shape.wire(helix(first - 12, inner * 0.7, 6, 8), 0.8, "steel")

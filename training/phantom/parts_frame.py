"""Outer shapes of a handgun's frame (its lower half): metal, plastic with metal inserts, unfinished, or printed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantom.dice import Dice
from training.phantom.outlines import smoothed
from training.phantom.solids import Array, Shape, arc, band, helix, shrink, turn


@dataclass(frozen=True, slots=True)
class Body:
    """A frame from its tail (x = 0) to its nose (x = length); rails at y = 0, handle below; all mm.

    Attributes:
        length: Along the rails.
        width: Across.
        wall: Thickness of a side.
        deep: Height of the part above the handle.
        reach: Length of the handle.
        rake: How far the handle's foot lies behind its top.
        front: Where the handle's front begins.
        material: What it is made of.
    """

    length: float
    width: float
    wall: float
    deep: float
    reach: float
    rake: float
    front: float
    material: str

    @property
    def inside(self) -> float:
        """Half the distance between the sides."""
        return self.width / 2 - self.wall


def frame(dice: Dice) -> Shape:
    """Return a frame: of metal, plastic with inserts, an unfinished block, or printed; whole or stripped."""
    make = dice.pick(("metal", "polymer", "unfinished", "printed"), (0.36, 0.3, 0.16, 0.18))
    material = dice.pick(("steel", "aluminium", "zinc"), (0.55, 0.37, 0.08)) if make == "metal" else "polymer"
    if make == "unfinished" and dice.chance(0.3):
        material = "aluminium"
    body, shape = _body(dice, material), Shape()
    handle = _sides(dice, shape, body, filled=make == "unfinished")
    foot = _guard(dice, shape, body)
    if make == "polymer" or (make == "printed" and dice.chance(0.8)):
        _inserts(dice, shape, body, printed=make == "printed")
    if make == "printed":
        _lattice(dice, shape, body, handle)
    if make == "unfinished":
        _jig(dice, shape, body)
    elif dice.chance(0.85):
        _action(dice, shape, body, foot)
    if make == "metal":
        _panels(dice, shape, body, handle)
    return shape


def _body(dice: Dice, material: str) -> Body:
    thick = {"steel": (1.2, 2.3), "zinc": (1.2, 2.0), "aluminium": (2.2, 4.2), "polymer": (2.6, 5.0)}[material]
    reach = dice.between(62, 112)
    return Body(
        length=dice.between(100, 195), width=dice.between(17, 30), wall=dice.between(*thick),
        deep=dice.between(13, 25), reach=reach, rake=reach * np.tan(np.deg2rad(dice.between(4, 27))),
        front=dice.between(40, 58), material=material,
    )  # fmt: skip


def _outline(dice: Dice, body: Body) -> Array:
    """The handle: tail or beaver tail, a back that bulges, a front with or without finger grooves, a foot."""
    tail, bulge = dice.between(0, 16), dice.between(-2, 7)
    rake, reach, front = body.rake, body.reach, body.front
    back = [(-tail, -2.0), (-tail, -6.0), (2 - rake * 0.15, -reach * 0.2), (-rake * 0.55 - bulge, -reach * 0.62)]
    base = [(-rake - dice.between(0, 4), -reach), (front - rake - dice.between(0, 6), -reach - dice.between(-3, 8))]
    grooves = dice.pick((0, 0, 2, 3))
    steps = np.linspace(0.86, 0.3, 2 * grooves + 1) if grooves else np.array((0.6, 0.3))
    ahead = [(front - rake * s + (2.4 if grooves and index % 2 else -1.0), -reach * s) for index, s in enumerate(steps)]
    return smoothed(np.array([*back, *base, *ahead, (front, -body.deep), (front, -2.0)]), 1)


def _sides(dice: Dice, shape: Shape, body: Body, *, filled: bool) -> Array:
    """Walls above and the handle's box below, open at both ends for the magazine; returns the handle's outline."""
    handle, half, material = _outline(dice, body), body.width / 2, body.material
    nose = dice.between(0.55, 1.0) * body.length
    top = ((body.front - 6, 0), (body.length, 0), (body.length, -body.deep * dice.between(0.35, 0.8)),
           (nose, -body.deep), (body.front - 6, -body.deep))  # fmt: skip
    shape.prism(handle, -half, half, material)
    hollow = shrink(handle, body.wall * dice.between(0.9, 1.8))
    shape.prism(hollow, -body.inside, body.inside, material, -1)
    for side in (-1, 1):
        inner, outer = sorted((side * half, side * body.inside))
        shape.prism(top, inner, outer, material)
    floor = body.deep * dice.between(0.12, 0.25)
    shape.box((body.front - 6, nose), (-body.deep, -body.deep + floor), (-body.inside, body.inside), material)
    if filled:  # pockets not milled yet
        block = dice.between(0.4, 0.8) * body.deep
        shape.box((body.front - 2, body.length * 0.95), (-block, -0.5), (-body.inside, body.inside), material)
        shape.prism(shrink(handle, body.width * 0.3), -body.inside * 0.6, body.inside * 0.6, material)
    elif dice.chance(0.5):  # accessory grooves under the nose
        for index in range(dice.count(1, 4)):
            at = nose - 8 - 9 * index
            for side in (-1, 1):
                inner, outer = sorted((side * half, side * body.inside))
                shape.box((at, at + 4), (-body.deep, -body.deep * 0.75), (inner, outer), material, -1)
    return handle


def _guard(dice: Dice, shape: Shape, body: Body) -> float:
    """The loop before the handle: round, square or hooked; returns where the trigger hangs."""
    wide, high = dice.between(19, 29), dice.between(20, 31)
    middle, thick = body.front + wide - 5, dice.between(2.6, 6)
    start = -body.deep + 1
    if dice.chance(0.6):
        loop = arc((middle, start), (wide, high), 182, 358, 15)
    else:
        hook = dice.between(0, 7)
        low = start - high
        rear = ((middle - wide, start), (middle - wide * 0.9, start - high * 0.8), (middle - wide * 0.5, low))
        fore = ((middle + wide * 0.7 + hook, low), (middle + wide, start - high * 0.6), (middle + wide * 0.9, start))
        loop = np.array((*rear, *fore))
    half = dice.between(3.5, body.width * 0.32)
    shape.prism(band(loop, thick), -half, half, body.material)
    return middle


def _action(dice: Dice, shape: Shape, body: Body, foot: float) -> None:
    """Trigger, bar, levers, pins and springs as far as they are still in the frame."""
    top = -body.deep * 0.5
    lever = np.array(
        ((foot - 4, top), (foot - 1, top - 10), (foot + 3, top - 18), (foot + 8 - dice.between(0, 5), top - 27))
    )
    half = dice.between(2.5, 4.5)
    shape.prism(
        band(lever, dice.between(3.5, 6)), -half, half, dice.pick(("steel", "polymer", "aluminium"), (0.6, 0.25, 0.15))
    )
    bar = ((foot - 3, top + 2), (4, top + 4), (4, top + 1), (foot - 3, top - 2))
    shape.prism(bar, body.inside - 1.6, body.inside - 0.2, "steel")
    for _ in range(dice.count(2, 6)):
        radius, x = dice.between(1.3, 2.8), dice.between(4, body.length * 0.75)
        reach = body.width / 2 + dice.between(0, 1.5)
        shape.disc(radius, -reach, reach, "steel", 1, x, -dice.between(2.5, body.deep - 2.5))
    if dice.chance(0.55):
        back = np.array(((4, -5), (0, 8), (-7, 15), (-12, 17)), float) * dice.between(0.7, 1.1)
        shape.prism(band(back, dice.between(5, 8)), -2.6, 2.6, "steel")
    if dice.chance(0.7):
        shape.box((6, dice.between(24, 36)), (-body.deep * 0.8, -1), (-2, 2), "steel")
    if dice.chance(0.6):  # mainspring down the back of the handle
        coil = helix(body.reach * 0.55, 3.2, dice.count(9, 15))
        lean = 270 - float(np.rad2deg(np.arctan2(body.rake, body.reach)))
        shape.wire(coil @ turn("z", lean).T + np.array((5, -body.deep, 0)), dice.between(0.6, 1.0), "steel")
    if dice.chance(0.35):  # recoil spring left on the dust cover
        shape.wire(helix(body.length * 0.4, 3.6, 14, body.length * 0.52) + np.array((0, 3, 0)), 0.7, "steel")
    if dice.chance(0.5):  # slide stop outside
        side, x = body.width / 2, body.front * 0.5
        shape.box((x, x + dice.between(28, 46)), (-6, -2.5), (side, side + 2), "steel")


def _inserts(dice: Dice, shape: Shape, body: Body, *, printed: bool) -> None:
    """Steel rails, a locking block and a number plate in plastic; home-made ones are rods and screws."""
    rail, tall = dice.between(14, 28), dice.between(4, 8)
    for start in (2.0, body.length * dice.between(0.5, 0.64)):
        for side in (-1, 1):
            edge = sorted((side * (body.inside + 0.6), side * (body.inside - 1.0)))
            shape.box((start, start + rail), (-tall * 0.6, tall * 0.4), (edge[0], edge[1]), "steel")
    block = body.front + dice.between(2, 14)
    if dice.chance(0.75):
        outline = ((block, -1), (block + 20, -1), (block + 18, -body.deep * 0.7), (block + 4, -body.deep * 0.85))
        for side in (-1, 1):
            edge = sorted((side * body.inside, side * (body.inside - 2.2)))
            shape.prism(outline, edge[0], edge[1], "steel")
    if not printed:
        shape.box((body.length * 0.75, body.length * 0.75 + 16), (-body.deep, -body.deep + 1), (-4, 4), "steel")
        return
    for _ in range(dice.count(2, 6)):  # bolts through the print
        x, y = dice.between(4, body.front - 6), -dice.between(3, body.deep)
        shape.disc(1.6, -body.width / 2, body.width / 2, "steel", 1, x, y)
        shape.disc(3.0, body.width / 2, body.width / 2 + 2, "steel", 1, x, y)


def _lattice(dice: Dice, shape: Shape, body: Body, handle: Array) -> None:
    """Crossed thin walls as a printer fills a part: two families of strips in handle and nose."""
    low, thin = handle.min(axis=0), dice.between(0.7, 1.3)
    pitch, angle, half = dice.between(8, 13), dice.pick((45.0, 60.0, 90.0)), body.width / 2 * 0.92
    for step in range(int(body.reach / pitch)):
        y = low[1] + (step + 0.7) * pitch
        share = -y / body.reach
        across = (-body.rake * share + 3, body.front - body.rake * share - 3)
        rise = pitch if angle < 90 else 0.0
        for first, second in ((y, y + rise), (y + rise, y)):
            ends = np.array(((across[0], first), (across[1], second)))
            shape.prism(band(ends, thin * 2), -half, half, body.material)
    for step in range(int((body.length - body.front) / (1.5 * pitch))):
        x = body.front + step * 1.5 * pitch
        ends = np.array(((x, -body.deep), (x + (pitch if angle < 90 else 0.01), -1)))
        shape.prism(band(ends, thin * 2), -half, half, body.material)


def _jig(dice: Dice, shape: Shape, body: Body) -> None:
    """Now and then the drilling guide round an unfinished frame, or just marks for holes."""
    for _ in range(dice.count(0, 3)):
        shape.disc(1.8, -body.width / 2, -body.inside, body.material, -1, dice.between(5, body.front), -body.deep * 0.5)
    if dice.chance(0.4):
        for side in (-1, 1):
            faces = sorted((side * (body.width / 2 + 0.5), side * (body.width / 2 + 6)))
            plate = ((-14, 8), (body.front + 45, 8), (body.front + 45, -body.deep - 8), (-14, -body.deep - 8))
            shape.prism(plate, faces[0], faces[1], "plastic")
            for x in (8.0, body.front * 0.6, body.front + 20):
                shape.disc(4, faces[0], faces[1], "plastic", -1, x, -body.deep * 0.5)


def _panels(dice: Dice, shape: Shape, body: Body, handle: Array) -> None:
    """Windows in the metal under the grip panels, their screws, and the panels where still on."""
    window, half = shrink(handle, dice.between(9, 13)), body.width / 2
    window[:, 1] = np.minimum(window[:, 1], -body.deep - 6)
    fitted, material = dice.chance(0.65), dice.pick(("wood", "rubber", "plastic"))
    for side in (-1, 1):
        inner, outer = sorted((side * half, side * body.inside))
        if np.ptp(window[:, 1]) > 15:
            shape.prism(window, inner, outer, body.material, -1)
        if fitted:
            faces = sorted((side * half, side * (half + dice.between(3, 7))))
            panel = shrink(handle, 3)
            panel[:, 1] = np.minimum(panel[:, 1], -body.deep - 1)
            shape.prism(panel, faces[0], faces[1], material)
            for share in (0.4, 0.85):
                x = body.front / 2 - body.rake * share
                shape.disc(2.6, faces[0], faces[1], "steel", 1, x, -body.reach * share)

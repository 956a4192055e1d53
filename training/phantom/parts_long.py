"""Outer shapes of long guns: rifles, shotguns and carbines; whole, folded, or taken down into pieces side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantom.dice import Dice
from training.phantom.outlines import smoothed
from training.phantom.parts_long_stocks import add_stock, grip, loop_and_trigger
from training.phantom.parts_magazine import magazine
from training.phantom.solids import Shape, helix, rounded, turn

_KINDS = ("self_loading", "bolt_action", "pump", "double", "carbine")
_KIND_WEIGHTS = (0.36, 0.2, 0.16, 0.1, 0.18)
_STATES = ("whole", "folded", "down")


@dataclass(frozen=True, slots=True)
class Plan:
    """The proportions of one long gun, receiver from x = 0 to `receiver`; all mm.

    Attributes:
        kind: The body plan.
        receiver: Length of the receiver.
        height: Its height.
        width: Its width.
        reach: Length of the barrel before it.
        bore: Height of the bore line.
        metal: Of the receiver.
        light: Of stock and fore-end.
    """

    kind: str
    receiver: float
    height: float
    width: float
    reach: float
    bore: float
    metal: str
    light: str


def long_gun(dice: Dice) -> Shape:
    """Return a long gun: whole, with its stock folded, or broken down into two or three pieces lying side by side."""
    plan = _plan(dice)
    state = dice.pick(_STATES, (0.52, 0.16, 0.32))
    body, front, rear = _receiver(dice, plan), _front(dice, plan), Shape()
    style = _style(dice, plan, folded=state == "folded")
    add_stock(dice, rear, style, (plan.height, plan.width), plan.light)
    if state == "down":
        return _laid_out(dice, plan, body, front, rear)
    shape = Shape().add(body).add(front, offset=(plan.receiver - 6, plan.bore, 0))
    if state == "folded":  # beside the receiver, pointing forwards
        return shape.add(rear, turn("y", 180 - dice.between(-4, 4)), (2, 0, plan.width / 2 + 14))
    return shape.add(rear)


def _plan(dice: Dice) -> Plan:
    kind = dice.pick(_KINDS, _KIND_WEIGHTS)
    short = kind == "carbine"
    height = dice.between(24, 36) if kind in ("bolt_action", "double") else dice.between(32, 56)
    reach = dice.between(60, 260) if short else dice.between(240, 560)
    length = {"bolt_action": (150, 230), "double": (45, 80), "pump": (150, 220)}.get(kind, (140, 250))
    metal = dice.pick(("steel", "aluminium"), (0.55, 0.45) if kind in ("self_loading", "carbine") else (0.85, 0.15))
    wooden = 0.3 if kind in ("self_loading", "carbine") else 0.68
    light = dice.pick(("wood", "polymer"), (wooden, 1 - wooden))
    bore = height * dice.between(0.6, 0.74)
    return Plan(kind, dice.between(*length), height, dice.between(22, 34), reach, bore, metal, light)


def _style(dice: Dice, plan: Plan, *, folded: bool) -> str:
    if folded:
        return dice.pick(("skeleton", "wire", "tube"))
    if plan.kind in ("bolt_action", "double", "pump"):
        return dice.pick(("full", "thumbhole", "skeleton", "none"), (0.66, 0.14, 0.08, 0.12))
    return dice.pick(("full", "tube", "skeleton", "wire", "none"), (0.25, 0.35, 0.14, 0.1, 0.16))


def _receiver(dice: Dice, plan: Plan) -> Shape:
    """A hollow housing with what moves inside, a port, pins, and below it trigger, grip and magazine."""
    shape, length, height, half = Shape(), plan.receiver, plan.height, plan.width / 2
    wall = dice.between(1.0, 1.8) if plan.metal == "steel" else dice.between(2.2, 3.6)
    outline = smoothed(np.array(((0, height * dice.between(0.2, 0.5)), (length * 0.2, 0), (length, 0), (length, height),
                                 (length * 0.1, height), (0, height * dice.between(0.7, 1.0)))), 1)  # fmt: skip
    for side in (-1, 1):
        faces = sorted((side * half, side * (half - wall)))
        shape.prism(outline, faces[0], faces[1], plan.metal)
        if side > 0:
            port = length * dice.between(0.45, 0.6)
            tall = (plan.bore - 7, plan.bore + 6)
            shape.box((port, port + length * 0.24), tall, (faces[0], faces[1]), plan.metal, -1)
    for low in (0.5, height - wall - 0.5):
        shape.box((length * 0.24, length * 0.84), (low, low + wall), (wall - half, half - wall), plan.metal)
    _inside(dice, shape, plan)
    for _ in range(dice.count(2, 4)):
        x, y = dice.between(0.1, 0.9) * length, dice.between(0.12, 0.4) * height
        shape.disc(dice.between(1.6, 3), -half - 0.5, half + 0.5, "steel", 1, x, y)
    if plan.kind in ("self_loading", "carbine"):
        grip(dice, shape, dice.between(8, length * 0.2), plan.light if dice.chance(0.3) else "polymer")
        _magazine(dice, shape, plan)
    loop_and_trigger(dice, shape, length * dice.between(0.3, 0.42), "steel" if dice.chance(0.6) else plan.metal)
    if dice.chance(0.35):
        _on_top(dice, shape, plan)
    return shape


def _inside(dice: Dice, shape: Shape, plan: Plan) -> None:
    """Bolt, its spring, and the levers of the trigger: dark bars in the lighter housing."""
    length, radius = plan.receiver, min(dice.between(6.5, 9), plan.width / 2 - 3)
    start = length * dice.between(0.1, 0.4)
    stop = start + length * dice.between(0.35, 0.5)
    shape.tube(radius, radius * dice.between(0.5, 0.75), start, stop, "steel", plan.bore)
    shape.rod(1.6, start, stop, "steel", 1, plan.bore)
    if plan.kind == "bolt_action":
        reach = dice.between(26, 46)
        shape.frustum(
            (3.8, 3.2), radius, reach, "steel", 1, turn("x", dice.between(50, 130)), (start + 6, plan.bore, 0)
        )
        knob = turn("x", 90) @ np.array((0, 0, reach)) + np.array((start + 6, plan.bore, 0))
        shape.ellipsoid((7, 7, 8), "steel", 1, knob)
    elif plan.kind != "double":
        shape.wire(helix(start, radius * 0.5, dice.count(8, 16)) + np.array((2, plan.bore, 0)), 0.8, "steel")
    x, low = length * dice.between(0.22, 0.36), plan.height * 0.1
    hammer = np.array(((0, 0), (8, 0), (16, 16), (10, 19), (3, 9)), float)
    shape.prism(hammer + np.array((x, low)), -2.6, 2.6, "steel")
    shape.box((x - 4, x + dice.between(20, 32)), (low, low + 5), (-2.4, 2.4), "steel")
    shape.wire(helix(18, 2.4, 7) + np.array((x + 8, low + 9, 0)), 0.6, "steel")


def _magazine(dice: Dice, shape: Shape, plan: Plan) -> None:
    if not dice.chance(0.62):
        return
    at, size = plan.receiver * dice.between(0.62, 0.8), dice.between(0.75, 1.0)
    drawn = magazine(dice)
    reach = float(drawn.bounds()[1][0]) * size
    if len(drawn.solids) < 48:
        shape.add(drawn, turn("z", 90 + dice.between(-10, 6)), (at, 12 - reach, 0), size)


def _on_top(dice: Dice, shape: Shape, plan: Plan) -> None:
    """A telescopic sight, a short one, or a rail with teeth."""
    look, top = dice.pick(("scope", "dot", "rail")), plan.height
    if look == "rail":
        for index in range(8):
            at = plan.receiver * (0.1 + 0.1 * index)
            shape.box((at, at + plan.receiver * 0.055), (top, top + 4), (-9, 9), "aluminium")
        return
    radius = dice.between(12, 15) if look == "scope" else dice.between(15, 21)
    reach = dice.between(150, 300) if look == "scope" else dice.between(45, 80)
    start, axis = plan.receiver * 0.3 - reach * 0.25, top + radius + dice.between(4, 12)
    shape.tube(radius, radius - 1.8, start, start + reach, "aluminium", axis)
    for x in (start + 3, start + reach - 8):
        shape.frustum((radius - 2, radius - 2), x, x + 4, "glass", 1, turn("y", 90), (0, axis, 0))
    for x in (start + reach * 0.3, start + reach * 0.7):
        shape.box((x, x + 9), (top - 1, axis - radius + 1), (-7, 7), "aluminium")
    if look == "scope":
        bell = radius * dice.between(1.3, 1.7)
        shape.cone((radius, bell), start + reach, start + reach + 40, "aluminium", 1, axis)
        shape.cone((radius - 1.8, bell - 1.8), start + reach, start + reach + 40, "aluminium", -1, axis)
        shape.pillar(7, axis + radius - 1, axis + radius + 9, "aluminium", 1, start + reach / 2)


def _front(dice: Dice, plan: Plan) -> Shape:
    """Barrel or barrels from x = 0 on, axis at y = 0, with fore-end, tubes, sight and muzzle."""
    shape, reach = Shape(), plan.reach
    shotgun = plan.kind in ("pump", "double")
    outer = dice.between(9.5, 11.5) if shotgun else dice.between(6.5, 10)
    inner = outer * dice.between(0.78, 0.86) if shotgun else outer * dice.between(0.35, 0.6)
    slim = max(outer * dice.between(0.78, 1.0), inner + 0.8)
    places = [(0.0, 0.0)]
    if plan.kind == "double":
        places = dice.pick(([(0.0, -outer), (0.0, outer)], [(0.0, 0.0), (-2 * outer, 0.0)]))
    for y, z in places:
        shape.cone((outer, slim), 0, reach, "steel", 1, y, z).rod(inner, 0, reach, "steel", -1, y, z)
    if not shotgun:
        shape.tube(outer * 1.3, outer, 0, min(40.0, reach * 0.3), "steel")
    if plan.kind == "pump":
        tube = reach * dice.between(0.5, 0.95)
        shape.tube(11, 9.8, 0, tube, "steel", -2.2 * outer)
        shape.wire(helix(tube * 0.8, 8.5, dice.count(12, 22), 6) + np.array((0, -2.2 * outer, 0)), 0.8, "steel")
    elif plan.kind in ("self_loading", "carbine") and dice.chance(0.65):
        side = outer + dice.between(8, 14)
        shape.tube(dice.between(3, 7), 2, 4, reach * dice.between(0.4, 0.75), "steel", side)
        at = reach * dice.between(0.55, 0.75)
        shape.box((at, at + 18), (outer * 0.8, side + 3), (-4, 4), "steel")
    _fore_end(dice, shape, plan, outer)
    _muzzle(dice, shape, reach, slim)
    return shape


def _fore_end(dice: Dice, shape: Shape, plan: Plan, outer: float) -> None:
    """What the forward hand holds: wood under the barrel, or a slotted tube or box round it."""
    if plan.kind == "carbine" and dice.chance(0.4):
        return
    stop, low = plan.reach * dice.between(0.4, 0.75), -outer - dice.between(14, 26)
    if plan.kind == "pump":
        start, reach = plan.reach * dice.between(0.15, 0.35), dice.between(110, 170)
        outline = rounded((start, start + reach), (-2.2 * outer - 16, -2.2 * outer + 14), 8)
        shape.prism(outline, -19, 19, plan.light)
        shape.prism(rounded((start, start + reach), (-2.2 * outer - 11, -2.2 * outer + 11), 6), -12, 12, plan.light, -1)
    elif plan.light == "wood" or plan.kind in ("bolt_action", "double"):
        back = -plan.receiver * 0.5
        outline = np.array(((back, low), (stop * 0.8, low + 5), (stop, -2), (0, -2), (back, low + 8)))
        shape.prism(outline, -19, 19, plan.light)
        shape.prism(outline * np.array((0.85, 0.8)), -9, 9, plan.light, -1)
    else:
        half, material = dice.between(16, 25), dice.pick(("polymer", "aluminium"), (0.55, 0.45))
        shape.hollow_prism(rounded((2, stop), (-half, half), 6), -half, half, 2.6, material)
        for index in range(dice.count(0, 6)):
            at = stop * (0.1 + 0.14 * index)
            for side in (-1, 1):
                faces = sorted((side * half, side * (half - 2.6)))
                shape.box((at, at + stop * 0.08), (-5, 5), (faces[0], faces[1]), material, -1)


def _muzzle(dice: Dice, shape: Shape, reach: float, slim: float) -> None:
    if dice.chance(0.65):
        shape.prism(((reach - 34, slim * 0.8), (reach - 18, slim * 0.8), (reach - 22, slim + dice.between(6, 34)),
                     (reach - 26, slim + 6)), -1.8, 1.8, "steel")  # fmt: skip
    if dice.chance(0.4):
        shape.tube(slim * 1.3, slim * 0.8, reach - 4, reach + dice.between(22, 70), "steel")


def _laid_out(dice: Dice, plan: Plan, body: Shape, front: Shape, rear: Shape) -> Shape:
    """Put the pieces beside each other, close enough to be one thing in a picture."""
    pieces = [body, front]
    if rear.solids and dice.chance(0.8):
        pieces.append(rear)
    elif rear.solids:
        body.add(rear)
    order = dice.rng.permutation(len(pieces))
    shape, edge = Shape(), 0.0
    for index in order:
        pose = turn("z", dice.pick((0.0, 180.0)) + dice.normal(3)) @ turn("x", dice.pick((0.0, 0.0, 180.0)))
        low, high = pieces[index].bounds(pose)
        middle = (low + high) / 2
        shape.add(pieces[index], pose, (dice.normal(25) - middle[0], edge - low[1], -middle[2]))
        edge += float(high[1] - low[1]) + dice.between(-12, 16)
    return shape

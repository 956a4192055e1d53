"""How a thing comes to lie where it lies: poses, places in a container, hiding places and companions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.results import Part
from training.phantom.clutter import TRAIN
from training.phantom.clutter_hosts import HOSTS
from training.phantom.containers import Container
from training.phantom.dice import Dice
from training.phantom.solids import Array, Shape, turn

BELT_MM = 12.0
_TRIES = 6
HANDGUNS: tuple[Part, ...] = ("pistol", "revolver")
# What a part is laid on, under or beside, so that it is never learnt from clear pictures alone.
_BEDS: tuple[tuple[str, str], ...] = (
    ("tools", "tool_tray"), ("tools", "tool_bundle"), ("tools", "rod_bundle"), ("tools", "wrench"),
    ("tools", "pipe"), ("tools", "socket_set"),
    ("electronics", "equipment"), ("electronics", "notebook"), ("electronics", "board"), ("electronics", "hard_drive"),
    ("electronics", "cable_nest"), ("home", "flask"), ("home", "canister"), ("home", "flask_in_carton"),
    ("home", "drum"), ("home", "water_bottle"), ("home", "hose"), ("soft", "fruit"), ("soft", "nested_cartons"),
    ("soft", "book"), ("small", "screw_box"), ("tools", "machined"), ("electronics", "extension_lead"),
)  # fmt: skip
_BARS = ("pipe", "rod", "wrench", "rod_bundle", "ratchet", "screwdriver")


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape in its place; `part` is None for harmless things."""

    name: str
    shape: Shape
    rotation: Array
    position: Array
    part: Part | None


@dataclass(frozen=True, slots=True)
class Site:
    """Where a container stands on the belt, how it is turned, and round which point its goods are gathered.

    Attributes:
        container: The container.
        centre: Its middle on the belt, mm.
        pose: How it is turned about the vertical.
        focus: Middle of the heap as shares of the half sizes, -1 to 1.
        spread: Standard deviation of the heap as a share of the half sizes; infinite for things strewn evenly.
    """

    container: Container
    centre: Array
    pose: Array
    focus: Array
    spread: float


def pose_of(dice: Dice, free: bool) -> Array:
    """Return how a thing lies: mostly flat or on its side with a small tilt, or any way up."""
    if free:
        return _any_pose(dice)
    side = dice.pick((0.0, 90.0), (0.8, 0.2))
    upside = turn("x", dice.pick((0.0, 180.0)) + side)
    tilt = turn("x", dice.normal(14)) @ turn("y", dice.normal(14))
    return np.asarray(turn("z", dice.between(0, 360)) @ tilt @ upside)


def _any_pose(dice: Dice) -> Array:
    q = dice.rng.standard_normal(4)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array(
        (
            (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
        )
    )


def firearm_pose(dice: Dice, part: Part) -> Array:
    """Return how a part lies: whole firearms mostly on their side, a quarter of them steeply tilted."""
    if part not in (*HANDGUNS, "long_gun"):
        return pose_of(dice, free=dice.chance(0.15))
    flat = turn("z", dice.between(0, 360)) @ turn("x", dice.normal(9)) @ turn("y", dice.normal(9))
    mirrored = turn("x", dice.pick((0.0, 180.0)))
    if dice.chance(0.75 if part in HANDGUNS else 0.88):
        return np.asarray(flat @ mirrored)
    lean = turn("x", dice.pick((-1, 1)) * dice.between(18, 80)) @ turn("y", dice.normal(22))
    return np.asarray(turn("z", dice.between(0, 360)) @ lean @ mirrored)


def place(
    dice: Dice, name: str, shape: Shape, part: Part | None, site: Site, rotation: Array | None = None
) -> Placed | None:
    """Put a thing somewhere into the container; None where it fits in no way.

    Args:
        dice: The draws.
        name: What it is.
        shape: Its shape.
        part: Which firearm part it is, or None.
        site: The container on the belt.
        rotation: How it lies in the container; by chance where None.
    """
    container = site.container
    for _ in range(_TRIES):
        pose = pose_of(dice, free=dice.chance(0.15)) if rotation is None else rotation
        low, high = shape.bounds(pose)
        middle, half = (low + high) / 2, (high - low) / 2
        room = np.array(container.half) - half[:2] - 3
        if room.min() < 0 and container.kind != "none":
            if rotation is not None:
                rotation = turn("z", dice.between(0, 360)) @ rotation
            continue
        where = _spot(dice, np.maximum(room, 0), site)
        height = BELT_MM + half[2] + max(0.0, container.depth - 2 * half[2]) * dice.between(0, 1)
        offset = site.pose @ (np.append(where, height) - middle)
        return Placed(name, shape, site.pose @ pose, offset + np.append(site.centre, 0), part)
    return None


def _spot(dice: Dice, room: Array, site: Site) -> Array:
    if np.isinf(site.spread):
        return np.asarray(room * dice.rng.uniform(-1, 1, 2))
    half = np.array(site.container.half)
    return np.asarray(np.clip(half * (site.focus + site.spread * dice.rng.standard_normal(2)), -room, room))


def middle(name: str, shape: Shape, part: Part | None, site: Site) -> Placed:
    """Lay a thing along the container, centred, for want of room."""
    low, high = shape.bounds()
    offset = site.pose @ (np.array((0, 0, BELT_MM + (high - low)[2] / 2)) - (low + high) / 2)
    return Placed(name, shape, site.pose, offset + np.append(site.centre, 0), part)


def hidden(dice: Dice, name: str, shape: Shape, part: Part | None, site: Site) -> tuple[Placed, ...]:
    """Put a thing into the cavity of a harmless one; nothing where the host does not fit the container."""
    whole = part in HANDGUNS
    host = dice.pick(tuple(HOSTS), [3.0 if whole and kind in ("foam_case", "sock") else 1.0 for kind in HOSTS])
    inside = turn("z", dice.normal(6)) @ turn("x", dice.pick((0.0, 180.0)) + dice.normal(3))
    low, high = shape.bounds(inside)
    outer = HOSTS[host](dice, (high - low) / 2 + 2)
    lies = turn("z", dice.between(0, 360)) @ turn("x", dice.normal(10)) @ turn("y", dice.normal(10))
    box = place(dice, host, outer, None, site, np.asarray(lies))
    if box is None:
        return ()
    position = box.position - box.rotation @ ((low + high) / 2)
    return box, Placed(name, shape, box.rotation @ inside, position, part)


def beside(dice: Dice, thing: Placed, site: Site, *, taped: bool) -> tuple[Placed, ...]:
    """Return what lies across or along a thing: a dense or busy thing over it, or a bar taped to it.

    Nothing where no bed and no bar of several tries fits the container.
    """
    low, high = thing.shape.bounds(thing.rotation)
    at = (low + high) / 2 + thing.position
    if not taped:
        shift = np.array((dice.normal(28), dice.normal(28), 0.0))
        for _ in range(_TRIES):
            family, name = dice.pick(_BEDS)
            bed = TRAIN[family][name](dice)  # type: ignore[index]
            if (laid := _inside(name, bed, pose_of(dice, free=False), at + shift, site)) is not None:
                return (laid,)
        return ()
    tape = Shape().shell((-12, 12), (-22, 22), (-18, 18), 0.5, dice.pick(("polymer", "pvc")))
    shift = thing.rotation @ np.array((dice.normal(20), dice.normal(14), dice.normal(14)))
    for _ in range(_TRIES):
        name = dice.pick(_BARS)
        bar = TRAIN["tools"][name](dice)
        along = thing.rotation @ turn("x", dice.between(0, 360)) @ turn("z", dice.normal(4))
        if (laid := _inside(name, bar, along, at + shift, site)) is not None:
            return laid, _centred("tape", tape, thing.rotation, at)
    return ()


def _inside(name: str, shape: Shape, rotation: Array, at: Array, site: Site) -> Placed | None:
    """Centre a shape near a place, moved so that it stays in the container; None where it is too long."""
    low, high = shape.bounds(site.pose.T @ rotation)
    room = np.array(site.container.half) - (high - low)[:2] / 2
    if site.container.kind == "none":
        return _centred(name, shape, rotation, at)
    if room.min() < 0:
        return None
    local = np.clip((site.pose[:2, :2].T @ (at[:2] - site.centre)), -room, room)
    height = max(float(at[2]), BELT_MM + float(high[2] - low[2]) / 2)
    offset = site.pose @ (np.append(local, height) - (low + high) / 2)
    return Placed(name, shape, np.asarray(rotation), offset + np.append(site.centre, 0), None)


def _centred(name: str, shape: Shape, rotation: Array, at: Array) -> Placed:
    low, high = shape.bounds(rotation)
    lifted = np.array((at[0], at[1], max(float(at[2]), BELT_MM + float((high - low)[2]) / 2)))
    return Placed(name, shape, np.asarray(rotation), lifted - (low + high) / 2, None)

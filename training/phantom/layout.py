"""What lies where: the container, its goods, the firearm parts among them, as posed shapes in mm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from models.results import Part
from training.phantom.clutter import HELD_OUT, TRAIN, Family
from training.phantom.containers import Container, ContainerKind, make_container
from training.phantom.dice import Dice
from training.phantom.parts import PART_MAKERS
from training.phantom.solids import Array, Shape, turn

Density = Literal["sparse", "medium", "full"]
# How many things are tried; what does not fit or is too heavy is left out.
COUNTS: dict[Density, tuple[int, int]] = {"sparse": (1, 7), "medium": (8, 26), "full": (34, 90)}
DENSITIES: tuple[Density, ...] = ("sparse", "medium", "full")
# Mean attenuation that the goods may add over the container: a sack of solid steel is not what comes by post.
BUDGETS: dict[Density, tuple[float, float]] = {"sparse": (0.1, 0.7), "medium": (0.3, 1.0), "full": (0.7, 1.7)}
LARGEST: dict[Density, float] = {"sparse": 1.0, "medium": 0.5, "full": 0.2}  # share of the budget one thing may take
HELD_OUT_SHARE = 0.35
FIREARM_SHARE = 0.5
SHIELD_SHARE = 0.03
_KINDS: tuple[ContainerKind, ...] = ("carton", "envelope", "case", "bag", "tray", "none")
_KIND_WEIGHTS = (0.32, 0.12, 0.24, 0.2, 0.06, 0.06)
_KIT: tuple[Part, ...] = ("barrel", "slide", "frame", "magazine", "trigger_group", "bolt", "ammunition", "suppressor")
_BELT_MM = 12.0
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape in its place; `part` is None for harmless things."""

    name: str
    shape: Shape
    rotation: Array
    position: Array
    part: Part | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole parcel on the belt.

    Attributes:
        container: What it travels in, already among `placed`.
        centre: Where the container's middle lies on the belt, mm.
        size_mm: Width and height of the field of view, mm.
        placed: Everything solid.
        shield: Index in `placed` of a plate that nothing shines through, or None.
    """

    container: Container
    centre: Array
    size_mm: tuple[float, float]
    placed: tuple[Placed, ...]
    shield: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a scene shall be like; None leaves it to chance.

    Attributes:
        firearm: Whether firearm parts are among the goods.
        parts: Exactly these parts; overrides `firearm`.
        density: How full.
        shield: Whether an opaque plate covers some of it.
        container: What it travels in.
    """

    firearm: bool | None = None
    parts: tuple[Part, ...] | None = None
    density: Density | None = None
    shield: bool | None = None
    container: ContainerKind | None = None


def compose(dice: Dice, size_mm: tuple[float, float], wish: Wish, *, held_out: bool) -> Layout:
    """Fill a container at random.

    Args:
        dice: The draws; the same state gives the same layout.
        size_mm: Width and height of the field of view.
        wish: What is not left to chance.
        held_out: Whether kinds of things that training never sees may appear.
    """
    # Each choice is drawn whether it is used or not, so that fixing one does not change the others.
    armed, opaque = dice.chance(FIREARM_SHARE), dice.chance(SHIELD_SHARE)
    drawn: Density = dice.pick(DENSITIES, (0.3, 0.4, 0.3))
    density = wish.density or drawn
    parts = [(part, _part_that_fits(dice, part, size_mm)) for part in _wanted_parts(dice, wish, armed)]
    longest = max((_length(shape) for _, shape in parts), default=0.0)
    container, site = _packing(dice, size_mm, density, wish.container, longest)
    placed = [Placed(container.kind, container.shape, site.pose, np.append(site.centre, _BELT_MM), None)]
    for name, shape in _goods(dice, density, held_out, 4 * container.half[0] * container.half[1]):
        if (good := _place(dice, name, shape, None, container, site)) is not None:
            placed.append(good)
    for part, shape in parts:
        placed.append(_place(dice, part, shape, part, container, site) or _middle(part, shape, part, site))
    shield = opaque if wish.shield is None else wish.shield
    if shield:
        plate = _shield(dice)
        placed.append(_place(dice, "shield", plate, None, container, site) or _middle("shield", plate, None, site))
    return Layout(container, site.centre, size_mm, tuple(placed), len(placed) - 1 if shield else None)


@dataclass(frozen=True, slots=True)
class _Site:
    """Where the container stands on the belt and how it is turned."""

    centre: Array
    pose: Array


def _packing(
    dice: Dice, size_mm: tuple[float, float], density: Density, wish: ContainerKind | None, longest: float
) -> tuple[Container, _Site]:
    kind, half = _container_size(dice, size_mm, density, wish)
    # Nobody posts a thing longer than the parcel: the parcel grows with its longest part.
    most = 0.46 * min(size_mm)
    half = (max(half[0], min(longest * 0.45, 0.46 * size_mm[0])), max(half[1], min(longest * 0.28, most)))
    angle = dice.normal(7)
    if dice.chance(0.2):
        angle, half = dice.between(0, 360), (min(half[0], most), min(half[1], most))
    centre = np.array([size_mm[axis] / 2 + dice.normal(0.01) * size_mm[axis] for axis in (0, 1)])
    return make_container(dice, kind, half), _Site(centre, turn("z", angle))


def _wanted_parts(dice: Dice, wish: Wish, armed: bool) -> tuple[Part, ...]:
    if wish.parts is not None:
        return wish.parts
    firearm = armed if wish.firearm is None else wish.firearm
    return tuple(_parts(dice)) if firearm else ()


def _container_size(
    dice: Dice, size_mm: tuple[float, float], density: Density, wish: ContainerKind | None
) -> tuple[ContainerKind, tuple[float, float]]:
    drawn = dice.pick(_KINDS, _KIND_WEIGHTS)
    kind: ContainerKind = wish or ("bag" if drawn == "envelope" and density == "full" else drawn)
    share = (0.34, 0.45) if density == "full" or kind in ("case", "bag") else (0.2, 0.44)
    most = (180.0, 140.0) if kind == "envelope" else (420.0, 320.0)
    half = [min(size_mm[axis] * dice.between(*share), most[axis]) for axis in (0, 1)]
    return kind, (half[0], half[1])


def _goods(dice: Dice, density: Density, held_out: bool, area: float) -> list[tuple[str, Shape]]:
    """Choose goods by a random leaning, so that some parcels are all tools and others all electronics."""
    budget = dice.between(*BUDGETS[density]) * area
    largest = LARGEST[density] * budget
    leaning = dice.rng.dirichlet((0.5, 0.5, 0.5, 0.35))
    families = cast(tuple[Family, ...], tuple(TRAIN))
    goods = []
    for _ in range(dice.count(*COUNTS[density])):
        strange = held_out and dice.chance(HELD_OUT_SHARE)
        makers = HELD_OUT if strange else TRAIN[dice.pick(families, cast(list[float], leaning.tolist()))]
        name = dice.pick(tuple(makers))
        shape = makers[name](dice)
        mass = shape.optical_mass()
        if mass < min(budget, largest):
            goods.append((name, shape))
            budget -= mass
    return goods


def _parts(dice: Dice) -> list[Part]:
    look = dice.pick(("one", "whole", "kit"), (0.5, 0.22, 0.28))
    if look == "one":
        return [dice.pick(tuple(PART_MAKERS))]
    if look == "whole":
        whole: tuple[Part, ...] = ("pistol", "revolver", "long_gun")
        more: list[Part] = ["magazine"] if dice.chance(0.3) else ["ammunition"] if dice.chance(0.3) else []
        return [dice.pick(whole, (0.5, 0.3, 0.2)), *more]
    return [dice.pick(_KIT) for _ in range(dice.count(2, 5))]


def _part_that_fits(dice: Dice, part: Part, size_mm: tuple[float, float]) -> Shape:
    """Return the part, or the shortest of several tries where it is longer than any parcel in the picture."""
    tries = [PART_MAKERS[part](dice)]
    room = 0.85 * max(size_mm)
    while _length(tries[-1]) > room and len(tries) < 6:
        tries.append(PART_MAKERS[part](dice))
    return tries[-1] if _length(tries[-1]) <= room else min(tries, key=_length)


def _length(shape: Shape) -> float:
    low, high = shape.bounds()
    return float(high[0] - low[0])


def _shield(dice: Dice) -> Shape:
    x, y = dice.between(45, 110), dice.between(35, 80)
    material, thick = dice.pick((("lead", 8.0), ("lead", 14.0), ("steel", 75.0)))
    return Shape().box((-x, x), (-y, y), (0, thick), material)


def pose_of(dice: Dice, free: bool) -> Array:
    """Return how a thing lies: mostly flat or on its side with a small tilt, or any way up."""
    if free:
        q = dice.rng.standard_normal(4)
        w, x, y, z = q / np.linalg.norm(q)
        return np.array(
            (
                (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
                (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
                (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
            )
        )
    side = dice.pick((0.0, 90.0), (0.8, 0.2))
    upside = turn("x", dice.pick((0.0, 180.0)) + side)
    tilt = turn("x", dice.normal(14)) @ turn("y", dice.normal(14))
    return np.asarray(turn("z", dice.between(0, 360)) @ tilt @ upside)


def _place(dice: Dice, name: str, shape: Shape, part: Part | None, container: Container, site: _Site) -> Placed | None:
    """Put a thing somewhere into the container; None where it fits in no way."""
    for _ in range(_TRIES):
        rotation = pose_of(dice, free=name != "shield" and dice.chance(0.15))
        low, high = shape.bounds(rotation)
        middle, half = (low + high) / 2, (high - low) / 2
        room = np.array(container.half) - half[:2] - 3
        if room.min() < 0 and container.kind != "none":
            continue
        where = np.maximum(room, 0) * dice.rng.uniform(-1, 1, 2)
        height = _BELT_MM + half[2] + max(0.0, container.depth - 2 * half[2]) * dice.between(0, 1)
        offset = site.pose @ (np.append(where, height) - middle)
        return Placed(name, shape, site.pose @ rotation, offset + np.append(site.centre, 0), part)
    return None


def _middle(name: str, shape: Shape, part: Part | None, site: _Site) -> Placed:
    """Lay a thing along the container, centred, for want of room."""
    low, high = shape.bounds()
    middle = (low + high) / 2
    offset = site.pose @ (np.array((0, 0, _BELT_MM + (high - low)[2] / 2)) - middle)
    return Placed(name, shape, site.pose, offset + np.append(site.centre, 0), part)

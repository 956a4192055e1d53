"""What lies where: the container, its goods, the firearm parts among them, as posed shapes in mm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from models.results import Part
from training.phantom.clutter import HELD_OUT, TRAIN, Family
from training.phantom.containers import Container, ContainerKind, make_container
from training.phantom.dice import Dice
from training.phantom.layout_parts import Piece, length_of, part_that_fits, parts_by_chance
from training.phantom.layout_place import (
    BELT_MM,
    HANDGUNS,
    Placed,
    Site,
    beside,
    firearm_pose,
    hidden,
    middle,
    place,
    pose_of,
)  # fmt: skip
from training.phantom.solids import Array, Shape, turn

__all__ = ["COUNTS", "DENSITIES", "KINDS", "Density", "Layout", "Placed", "Wish", "compose", "pose_of"]

Density = Literal["sparse", "medium", "full"]
# How many things are tried; what does not fit or is too heavy is left out.
COUNTS: dict[Density, tuple[int, int]] = {"sparse": (1, 8), "medium": (9, 30), "full": (70, 170)}
DENSITIES: tuple[Density, ...] = ("sparse", "medium", "full")
# Mean attenuation that the goods may add over the container: a sack of solid steel is not what comes by post.
BUDGETS: dict[Density, tuple[float, float]] = {"sparse": (0.08, 0.5), "medium": (0.2, 0.7), "full": (0.5, 1.1)}
LARGEST: dict[Density, float] = {"sparse": 1.0, "medium": 0.5, "full": 0.14}  # share of the budget one thing may take
# How strongly goods lean to a family; full parcels are full of small things.
_LEANINGS: dict[Family, float] = {
    "tools": 0.5, "electronics": 0.5, "home": 0.5, "soft": 0.35, "small": 0.5, "gripped": 0.4,
}  # fmt: skip
_SMALL_IN_FULL = 0.5
HELD_OUT_SHARE = 0.35
FIREARM_SHARE = 0.5
SHIELD_SHARE = 0.03
_HOSTED_GOODS = 0.07
_STACKED_GOODS = 0.08
_NEIGHBOUR_SHARE = 0.18
KINDS: tuple[ContainerKind, ...] = ("carton", "envelope", "case", "bag", "tray", "none")
_KIND_WEIGHTS = (0.27, 0.09, 0.26, 0.28, 0.06, 0.04)
_LYING = ("plain", "hidden", "bedded", "taped")
_LYING_WEIGHTS = (0.44, 0.18, 0.28, 0.1)
_RIM = 0.47  # of the field of view, from its middle, that a container may reach
_CROWDED_RIM = 0.24  # where several parcels lie on the belt side by side


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole parcel on the belt.

    Attributes:
        container: What it travels in, already among `placed`.
        centre: Where the container's middle lies on the belt, mm.
        angle: How far it is turned about the vertical, degrees.
        size_mm: Width and height of the field of view, mm.
        placed: Everything solid.
        shield: Index in `placed` of a plate that nothing shines through, or None.
    """

    container: Container
    centre: Array
    angle: float
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
    armed, opaque, joined = dice.chance(FIREARM_SHARE), dice.chance(SHIELD_SHARE), dice.chance(_NEIGHBOUR_SHARE)
    drawn: Density = dice.pick(DENSITIES, (0.3, 0.4, 0.3))
    density = wish.density or drawn
    pieces = _pieces(dice, wish, armed, 0.85 * max(size_mm))
    quarters = _quarters(dice, size_mm) if joined and wish.container is None and dice.chance(0.5) else []
    site, angle = _packing(dice, size_mm, density, wish.container, pieces, quarters)
    container = site.container
    placed = [Placed(container.kind, container.shape, site.pose, np.append(site.centre, BELT_MM), None)]
    for name, shape in _goods(dice, density, held_out, 4 * container.half[0] * container.half[1]):
        placed += _laid(dice, name, shape, site)
    for part, shape in pieces:
        placed += _concealed(dice, part, shape, site)
    for quarter in quarters[1 : dice.count(2, 4)]:
        placed += _second(dice, (0.85 * _CROWDED_RIM * size_mm[0], 0.85 * _CROWDED_RIM * size_mm[1]), quarter, held_out)
    if joined and wish.container is None and not quarters:
        placed += _next_on_belt(dice, site, size_mm, held_out)
    shield = opaque if wish.shield is None else wish.shield
    if shield:
        plate, flat = _shield(dice), turn("z", dice.between(0, 360)) @ turn("x", dice.normal(8))
        placed.append(place(dice, "shield", plate, None, site, flat) or middle("shield", plate, None, site))
    return Layout(container, site.centre, angle, size_mm, tuple(placed), len(placed) - 1 if shield else None)


def _pieces(dice: Dice, wish: Wish, armed: bool, longest: float) -> list[Piece]:
    if wish.parts is not None:
        return [(part, part_that_fits(dice, part, longest)) for part in wish.parts]
    firearm = armed if wish.firearm is None else wish.firearm
    return parts_by_chance(dice, longest) if firearm else []


def _packing(
    dice: Dice, size_mm: tuple[float, float], density: Density, wish: ContainerKind | None, pieces: list[Piece],
    quarters: list[Array],
) -> tuple[Site, float]:  # fmt: skip
    kind, half = _container_size(dice, size_mm, density, wish)
    half = _grown(dice, half, pieces, kind, size_mm)
    angle = dice.normal(7) if dice.chance(0.55) else dice.between(0, 360)
    half = _within(half, angle, size_mm, _CROWDED_RIM if quarters else _RIM)
    middle_of = quarters[0] if quarters else np.array(size_mm) / 2
    centre = np.array([middle_of[axis] + dice.normal(0.01) * size_mm[axis] for axis in (0, 1)])
    spread = float("inf") if dice.chance(0.6) else dice.between(0.3, 0.6)
    focus = dice.rng.uniform(-0.4, 0.4, 2)
    return Site(make_container(dice, kind, half), centre, turn("z", angle), focus, spread), angle


def _container_size(
    dice: Dice, size_mm: tuple[float, float], density: Density, wish: ContainerKind | None
) -> tuple[ContainerKind, tuple[float, float]]:
    drawn = dice.pick(KINDS, _KIND_WEIGHTS)
    kind: ContainerKind = wish or ("bag" if drawn == "envelope" and density == "full" else drawn)
    share = (0.32, 0.46) if density == "full" or kind in ("case", "bag") else (0.2, 0.45)
    most = (180.0, 140.0) if kind == "envelope" else (430.0, 330.0)
    half = [min(size_mm[axis] * dice.between(*share), most[axis]) for axis in (0, 1)]
    return kind, (half[0], half[1])


def _grown(
    dice: Dice, half: tuple[float, float], pieces: list[Piece], kind: ContainerKind, size_mm: tuple[float, float]
) -> tuple[float, float]:
    """Nobody posts a thing longer than the parcel, and luggage is at least twice as long as a handgun in it."""
    roomy = dice.between(0.85, 1.2) if kind in ("case", "bag") else dice.between(0.55, 1.0)
    wanted = [length_of(shape) * (roomy if part in HANDGUNS else 0.5) for part, shape in pieces]
    longest = max(wanted, default=0.0)
    x, y = (min(longest * share, _RIM * size_mm[axis]) for axis, share in ((0, 1.0), (1, 0.62)))
    return max(half[0], x), max(half[1], y)


def _within(
    half: tuple[float, float], angle: float, size_mm: tuple[float, float], rim: float
) -> tuple[float, float]:  # fmt: skip
    """Shrink a turned container until its corners show, within reason: some are cut off in real pictures too."""
    c, s = abs(np.cos(np.deg2rad(angle))), abs(np.sin(np.deg2rad(angle)))
    reach = (c * half[0] + s * half[1], s * half[0] + c * half[1])
    fit = min(1.0, *(1.06 * rim * size_mm[axis] / reach[axis] for axis in (0, 1)))
    return half[0] * fit, half[1] * fit


def _goods(dice: Dice, density: Density, held_out: bool, area: float) -> list[tuple[str, Shape]]:
    """Choose goods by a random leaning, so that some parcels are all tools and others all electronics."""
    budget = dice.between(*BUDGETS[density]) * area
    largest = LARGEST[density] * budget
    leaning = dice.rng.dirichlet(tuple(_LEANINGS.values()))
    families = cast(tuple[Family, ...], tuple(_LEANINGS))
    goods = []
    for _ in range(dice.count(*COUNTS[density])):
        strange = held_out and dice.chance(HELD_OUT_SHARE)
        family = dice.pick(families, cast(list[float], leaning.tolist()))
        if density == "full" and dice.chance(_SMALL_IN_FULL):
            family = "small"
        makers = HELD_OUT if strange else TRAIN[family]
        name = dice.pick(tuple(makers))
        shape = makers[name](dice)
        mass = shape.optical_mass()
        if mass < min(budget, largest):
            goods.append((name, shape))
            budget -= mass
    return goods


def _laid(dice: Dice, name: str, shape: Shape, site: Site) -> tuple[Placed, ...]:
    """Place a harmless thing: mostly alone, sometimes packed in another or under one, as parts are too."""
    if dice.chance(_HOSTED_GOODS):
        return hidden(dice, name, shape, None, site)
    thing = place(dice, name, shape, None, site)
    if thing is None:
        return ()
    if dice.chance(_STACKED_GOODS):
        return thing, *beside(dice, thing, site, taped=dice.chance(0.2))
    return (thing,)


def _concealed(dice: Dice, part: Part, shape: Shape, site: Site) -> tuple[Placed, ...]:
    """Place a firearm part: in plain view, inside a harmless thing, on or under one, or taped to a bar."""
    way = dice.pick(_LYING, _LYING_WEIGHTS)
    if way == "hidden" and (found := hidden(dice, part, shape, part, site)):
        return found
    pose = firearm_pose(dice, part)
    thing = place(dice, part, shape, part, site, pose) or middle(part, shape, part, site)
    if way in ("bedded", "taped"):
        return *beside(dice, thing, site, taped=way == "taped"), thing
    return (thing,)


def _quarters(dice: Dice, size_mm: tuple[float, float]) -> list[Array]:
    """Return the middles of the four quarters of the picture in random order."""
    middles = [np.array((x * size_mm[0], y * size_mm[1])) for x in (0.26, 0.74) for y in (0.26, 0.74)]
    return [middles[index] for index in dice.rng.permutation(4)]


def _next_on_belt(dice: Dice, site: Site, size_mm: tuple[float, float], held_out: bool) -> list[Placed]:
    """The next parcel on the belt, cut off by the picture's edge."""
    half = (dice.between(0.15, 0.35) * size_mm[0], dice.between(0.2, 0.4) * size_mm[1])
    gap = float(np.hypot(*site.container.half)) * dice.between(0.85, 1.0) + dice.between(0, 40)
    offset = np.array((dice.pick((-1, 1)) * (gap + half[0]), dice.normal(0.1) * size_mm[1]))
    return _second(dice, half, site.centre + offset, held_out)


def _second(dice: Dice, most: tuple[float, float], centre: Array, held_out: bool) -> list[Placed]:
    """Another parcel beside the one that counts, with a few harmless things in it."""
    half = (dice.between(0.6, 1.0) * most[0], dice.between(0.6, 1.0) * most[1])
    kind = dice.pick(KINDS[:5], _KIND_WEIGHTS[:5])
    container = make_container(dice, kind, half)
    there = Site(container, centre, turn("z", dice.normal(12)), np.zeros(2), float("inf"))
    placed = [Placed(kind, container.shape, there.pose, np.append(there.centre, BELT_MM), None)]
    for name, shape in _goods(dice, dice.pick(DENSITIES[:2]), held_out, 4 * half[0] * half[1]):
        placed += _laid(dice, name, shape, there)
    return placed


def _shield(dice: Dice) -> Shape:
    x, y = dice.between(45, 110), dice.between(35, 80)
    material, thick = dice.pick((("lead", 8.0), ("lead", 14.0), ("steel", 75.0)))
    return Shape().box((-x, x), (-y, y), (0, thick), material)

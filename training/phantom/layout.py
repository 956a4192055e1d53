"""What lies where: the container, its goods, the firearm parts among them, as posed shapes in mm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.results import Part
from training.phantom.containers import Container, ContainerKind, make_container
from training.phantom.dice import Dice
from training.phantom.layout_goods import COUNTS, DENSITIES, Density, concealed, goods_by_chance, laid
from training.phantom.layout_packing import CROWDED_RIM, KIND_WEIGHTS, KINDS, pack, quarters_of
from training.phantom.layout_parts import Piece, length_of, part_that_fits, parts_by_chance
from training.phantom.layout_place import BELT_MM, Placed, Site, middle, place, pose_of
from training.phantom.solids import Array, Shape, turn

__all__ = ["COUNTS", "DENSITIES", "KINDS", "Density", "Layout", "Placed", "Wish", "compose", "pose_of"]

FIREARM_SHARE = 0.5
SHIELD_SHARE = 0.03
_COMPANY_SHARE = 0.18  # of scenes, other parcels lie on the belt too


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
    armed, opaque, company = dice.chance(FIREARM_SHARE), dice.chance(SHIELD_SHARE), dice.chance(_COMPANY_SHARE)
    drawn: Density = dice.pick(DENSITIES, (0.3, 0.4, 0.3))
    density = wish.density or drawn
    pieces = _pieces(dice, wish, armed, 0.85 * max(size_mm))
    company = company and wish.container is None
    quarters = quarters_of(dice, size_mm) if company and _leave_room(pieces, size_mm) and dice.chance(0.5) else []
    quarter = quarters[0] if quarters else None
    site, angle = pack(dice, size_mm, wish.container, pieces, full=density == "full", quarter=quarter)
    placed = _packed(dice, site, density, pieces, held_out)
    many = dice.count(2, 4)
    if company:
        placed += _others(dice, site, size_mm, quarters[1:many], held_out)
    shield = opaque if wish.shield is None else wish.shield
    if shield:
        placed.append(_shield(dice, site))
    return Layout(site.container, site.centre, angle, size_mm, tuple(placed), len(placed) - 1 if shield else None)


def _pieces(dice: Dice, wish: Wish, armed: bool, longest: float) -> list[Piece]:
    if wish.parts is not None:
        return [(part, part_that_fits(dice, part, longest)) for part in wish.parts]
    firearm = armed if wish.firearm is None else wish.firearm
    return parts_by_chance(dice, longest) if firearm else []


def _leave_room(pieces: list[Piece], size_mm: tuple[float, float]) -> bool:
    """Tell whether the longest part fits a parcel of a quarter of the picture."""
    return max((length_of(shape) for _, shape in pieces), default=0.0) < 1.7 * CROWDED_RIM * min(size_mm)


def _packed(dice: Dice, site: Site, density: Density, pieces: list[Piece], held_out: bool) -> list[Placed]:
    """Return the container with what is in it."""
    container = site.container
    placed = [Placed(container.kind, container.shape, site.pose, np.append(site.centre, BELT_MM), None)]
    for name, shape in goods_by_chance(dice, density, held_out, 4 * container.half[0] * container.half[1]):
        placed += laid(dice, name, shape, site)
    for part, shape in pieces:
        placed += concealed(dice, part, shape, site)
    return placed


def _others(
    dice: Dice, site: Site, size_mm: tuple[float, float], quarters: list[Array], held_out: bool
) -> list[Placed]:  # fmt: skip
    """Return the other parcels on the belt: in the picture's other quarters, or cut off by its edge."""
    if not quarters:
        return _next_on_belt(dice, site, size_mm, held_out)
    most = (0.85 * CROWDED_RIM * size_mm[0], 0.85 * CROWDED_RIM * size_mm[1])
    return [item for quarter in quarters for item in _second(dice, most, quarter, held_out)]


def _next_on_belt(dice: Dice, site: Site, size_mm: tuple[float, float], held_out: bool) -> list[Placed]:
    """The next parcel on the belt, cut off by the picture's edge."""
    half = (dice.between(0.15, 0.35) * size_mm[0], dice.between(0.2, 0.4) * size_mm[1])
    gap = float(np.hypot(*site.container.half)) * dice.between(0.85, 1.0) + dice.between(0, 40)
    offset = np.array((dice.pick((-1, 1)) * (gap + half[0]), dice.normal(0.1) * size_mm[1]))
    return _second(dice, half, site.centre + offset, held_out)


def _second(dice: Dice, most: tuple[float, float], centre: Array, held_out: bool) -> list[Placed]:
    """Another parcel beside the one that counts, with a few harmless things in it."""
    half = (dice.between(0.6, 1.0) * most[0], dice.between(0.6, 1.0) * most[1])
    kind = dice.pick(KINDS[:5], KIND_WEIGHTS[:5])
    container = make_container(dice, kind, half)
    there = Site(container, centre, turn("z", dice.normal(12)), np.zeros(2), float("inf"))
    return _packed(dice, there, dice.pick(DENSITIES[:2]), [], held_out)


def _shield(dice: Dice, site: Site) -> Placed:
    x, y = dice.between(45, 110), dice.between(35, 80)
    material, thick = dice.pick((("lead", 8.0), ("lead", 14.0), ("steel", 75.0)))
    plate = Shape().box((-x, x), (-y, y), (0, thick), material)
    flat = turn("z", dice.between(0, 360)) @ turn("x", dice.normal(8))
    return place(dice, "shield", plate, None, site, flat) or middle("shield", plate, None, site)

"""Which harmless goods a parcel holds, and how goods and firearm parts are laid among each other."""

from __future__ import annotations

from typing import Literal, cast

from models.results import Part
from training.phantom.clutter import HELD_OUT, TRAIN, Family
from training.phantom.dice import Dice
from training.phantom.layout_place import Placed, Site, beside, firearm_pose, hidden, middle, place
from training.phantom.solids import Shape

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
_HOSTED_GOODS = 0.07
_STACKED_GOODS = 0.08
_LYING = ("plain", "hidden", "bedded", "taped")
_LYING_WEIGHTS = (0.44, 0.18, 0.28, 0.1)


def goods_by_chance(dice: Dice, density: Density, held_out: bool, area: float) -> list[tuple[str, Shape]]:
    """Choose goods by a random leaning, so that some parcels are all tools and others all electronics.

    Args:
        dice: The draws.
        density: How full the parcel shall be.
        held_out: Whether kinds of things that training never sees may appear.
        area: The container's area, mm2.
    """
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


def laid(dice: Dice, name: str, shape: Shape, site: Site) -> tuple[Placed, ...]:
    """Place a harmless thing: mostly alone, sometimes packed in another or under one, as parts are too."""
    if dice.chance(_HOSTED_GOODS):
        return hidden(dice, name, shape, None, site)
    thing = place(dice, name, shape, None, site)
    if thing is None:
        return ()
    if dice.chance(_STACKED_GOODS):
        return thing, *beside(dice, thing, site, taped=dice.chance(0.2))
    return (thing,)


def concealed(dice: Dice, part: Part, shape: Shape, site: Site) -> tuple[Placed, ...]:
    """Place a firearm part: in plain view, inside a harmless thing, on or under one, or taped to a bar."""
    way = dice.pick(_LYING, _LYING_WEIGHTS)
    if way == "hidden" and (found := hidden(dice, part, shape, part, site)):
        return found
    pose = firearm_pose(dice, part)
    thing = place(dice, part, shape, part, site, pose) or middle(part, shape, part, site)
    if way in ("bedded", "taped"):
        return *beside(dice, thing, site, taped=way == "taped"), thing
    return (thing,)

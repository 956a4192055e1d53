"""Which firearm parts a parcel holds: one part, a whole firearm, or a kit whose pieces belong together."""

from __future__ import annotations

from models.results import Part
from training.phantom.dice import Dice
from training.phantom.parts import PART_MAKERS
from training.phantom.solids import Shape

Piece = tuple[Part, Shape]
# What one firearm comes apart into, and what often travels with it.
KITS: dict[str, tuple[tuple[Part, ...], tuple[Part, ...]]] = {
    "pistol": (("slide", "barrel", "frame", "magazine"), ("ammunition", "trigger_group", "suppressor")),
    "revolver": (("cylinder", "barrel", "frame"), ("ammunition", "trigger_group")),
    "long_gun": (("bolt", "barrel", "magazine", "trigger_group"), ("suppressor", "ammunition", "frame")),
}
_MIXED: tuple[Part, ...] = (
    "barrel", "slide", "frame", "magazine", "trigger_group", "bolt", "ammunition", "suppressor", "cylinder",
)  # fmt: skip
_WHOLE: tuple[Part, ...] = ("pistol", "revolver", "long_gun")
_BARREL_SHARE = 0.68  # a handgun's barrel is about so long as a share of its slide


def length_of(shape: Shape) -> float:
    """Return the shape's extent along its own x axis, mm."""
    low, high = shape.bounds()
    return float(high[0] - low[0])


def parts_by_chance(dice: Dice, longest: float) -> list[Piece]:
    """Return what a parcel with firearm parts holds.

    Args:
        dice: The draws.
        longest: Longest thing that a parcel in the picture takes, mm.
    """
    look = dice.pick(("one", "whole", "kit"), (0.32, 0.4, 0.28))
    if look == "one":
        part = dice.pick(tuple(PART_MAKERS))
        return [(part, part_that_fits(dice, part, longest))]
    if look == "kit":
        return _kit(dice, longest)
    first = dice.pick(_WHOLE, (0.52, 0.32, 0.16))
    chosen = [first]
    if dice.chance(0.1):
        chosen.append(dice.pick(_WHOLE[:2]))
    if dice.chance(0.4):
        chosen.append(dice.pick(("magazine", "ammunition") if first == "pistol" else ("ammunition",)))
    return [(part, part_that_fits(dice, part, longest)) for part in chosen]


def _kit(dice: Dice, longest: float) -> list[Piece]:
    kind = dice.pick((*KITS, "mixed"), (0.42, 0.2, 0.2, 0.18))
    if kind == "mixed":
        names = [dice.pick(_MIXED) for _ in range(dice.count(2, 5))]
        return [(part, part_that_fits(dice, part, longest)) for part in names]
    core, more = KITS[kind]
    kept = [part for part in core if dice.chance(0.85)]
    if len(kept) < 2:
        kept = list(core[:2])
    kept += [part for part in more if dice.chance(0.25)]
    return _belonging(dice, kept, longest)


def _belonging(dice: Dice, names: list[Part], longest: float) -> list[Piece]:
    """Draw a kit; its barrel is chosen to go with its slide."""
    pieces = [(part, part_that_fits(dice, part, longest)) for part in names]
    slides = [length_of(shape) for part, shape in pieces if part == "slide"]
    if not slides:
        return pieces
    return [(part, _near(dice, shape, _BARREL_SHARE * slides[0]) if part == "barrel" else shape)
            for part, shape in pieces]  # fmt: skip


def _near(dice: Dice, barrel: Shape, length: float) -> Shape:
    tries = [barrel, *(PART_MAKERS["barrel"](dice) for _ in range(4))]
    return min(tries, key=lambda shape: abs(length_of(shape) - length))


def part_that_fits(dice: Dice, part: Part, longest: float) -> Shape:
    """Return the part, or the shortest of several tries where it is longer than any parcel in the picture."""
    tries = [PART_MAKERS[part](dice)]
    while length_of(tries[-1]) > longest and len(tries) < 6:
        tries.append(PART_MAKERS[part](dice))
    return tries[-1] if length_of(tries[-1]) <= longest else min(tries, key=length_of)

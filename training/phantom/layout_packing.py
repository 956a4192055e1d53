"""Which container the goods travel in, how large it is, where it stands on the belt."""

from __future__ import annotations

import numpy as np

from training.phantom.containers import ContainerKind, make_container
from training.phantom.dice import Dice
from training.phantom.layout_parts import Piece, length_of
from training.phantom.layout_place import HANDGUNS, Site
from training.phantom.solids import Array, turn

KINDS: tuple[ContainerKind, ...] = ("carton", "envelope", "case", "bag", "tray", "none")
KIND_WEIGHTS = (0.27, 0.09, 0.26, 0.28, 0.06, 0.04)
RIM = 0.47  # of the field of view, from its middle, that a container may reach
CROWDED_RIM = 0.24  # where several parcels lie on the belt side by side


def pack(
    dice: Dice, size_mm: tuple[float, float], kind: ContainerKind | None, pieces: list[Piece], *, full: bool,
    quarter: Array | None,
) -> tuple[Site, float]:  # fmt: skip
    """Choose and place the container.

    Args:
        dice: The draws.
        size_mm: Width and height of the field of view.
        kind: What it shall be; by chance where None.
        pieces: The firearm parts that must fit in.
        full: Whether it will hold many things.
        quarter: Where it stands if it shares the picture with other parcels, mm; in the middle where None.

    Returns:
        The container on the belt, and how far it is turned in degrees.
    """
    kind, half = _container_size(dice, size_mm, kind, full)
    half = _grown(dice, half, pieces, kind, size_mm)
    angle = dice.normal(7) if dice.chance(0.55) else dice.between(0, 360)
    half = _within(half, angle, size_mm, RIM if quarter is None else CROWDED_RIM)
    place = np.array(size_mm) / 2 if quarter is None else quarter
    centre = np.array([place[axis] + dice.normal(0.01) * size_mm[axis] for axis in (0, 1)])
    spread = float("inf") if dice.chance(0.6) else dice.between(0.3, 0.6)
    focus = dice.rng.uniform(-0.4, 0.4, 2)
    return Site(make_container(dice, kind, half), centre, turn("z", angle), focus, spread), angle


def _container_size(
    dice: Dice, size_mm: tuple[float, float], wish: ContainerKind | None, full: bool
) -> tuple[ContainerKind, tuple[float, float]]:
    drawn = dice.pick(KINDS, KIND_WEIGHTS)
    kind: ContainerKind = wish or ("bag" if drawn == "envelope" and full else drawn)
    share = (0.32, 0.46) if full or kind in ("case", "bag") else (0.2, 0.45)
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
    x, y = (min(longest * share, RIM * size_mm[axis]) for axis, share in ((0, 1.0), (1, 0.62)))
    return max(half[0], x), max(half[1], y)


def _within(
    half: tuple[float, float], angle: float, size_mm: tuple[float, float], rim: float
) -> tuple[float, float]:  # fmt: skip
    """Shrink a turned container until its corners show, within reason: some are cut off in real pictures too."""
    c, s = abs(np.cos(np.deg2rad(angle))), abs(np.sin(np.deg2rad(angle)))
    reach = (c * half[0] + s * half[1], s * half[0] + c * half[1])
    fit = min(1.0, *(1.06 * rim * size_mm[axis] / reach[axis] for axis in (0, 1)))
    return half[0] * fit, half[1] * fit


def quarters_of(dice: Dice, size_mm: tuple[float, float]) -> list[Array]:
    """Return the middles of the four quarters of the picture in random order."""
    middles = [np.array((x * size_mm[0], y * size_mm[1])) for x in (0.26, 0.74) for y in (0.26, 0.74)]
    return [middles[index] for index in dice.rng.permutation(4)]

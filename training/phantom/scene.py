"""One call makes a labelled dual-energy scan from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from models.results import Box, Part
from training.phantom.containers import ContainerKind
from training.phantom.dice import Dice
from training.phantom.layout import Density, Layout, Placed, Wish, compose
from training.phantom.materials import Scanner
from training.phantom.projector import WHITE, Detector, Geometry, Pile, Shadow, detect, project, transmission
from training.phantom.solids import Array, turn
from training.phantom.textile import lay_soft_goods

__all__ = ["VIEWS", "WHITE", "Annotation", "Scene", "make_scene", "make_views"]

View = Literal["top", "side"]
VIEWS: tuple[View, ...] = ("top", "side")
Plane = NDArray[np.float32]

OUTLINE_ATTENUATION = 0.08  # a part's mask is where it alone absorbs at least this much at the reference energy
LEAST_VISIBILITY = 0.3
LEAST_SIDE_PIXELS = 12
_LEAST_CONTRAST = 0.006
_SIGMAS = 4.0


@dataclass(frozen=True, slots=True)
class Annotation:
    """A firearm part in the picture.

    Attributes:
        part: Its name.
        box: [x, y, width, height] in pixels, inside the picture.
        visibility: Share of its pixels, 0 to 1, that differ from the picture without it by four sigmas of noise.
        area: Pixels of its mask.
        ignore: Too small or too well hidden to be asked of a detector, and not to be punished when found.
    """

    part: Part
    box: Box
    visibility: float
    area: int
    ignore: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """A scan with what is known of it.

    Attributes:
        low: Low-energy signal, H x W, uint16; white is 60000.
        high: High-energy signal, alike.
        annotations: Every firearm part.
        pixel_mm: Pixel pitch.
        container: What the goods travel in.
        objects: Names of the things inside, in the order they were put.
        shield: Box of an opaque plate, or None.
        view: The projection.
        seed: The seed that makes it again.
        held_out: Whether things that training never sees may be inside.
    """

    low: NDArray[np.uint16]
    high: NDArray[np.uint16]
    annotations: tuple[Annotation, ...]
    pixel_mm: float
    container: str
    objects: tuple[str, ...]
    shield: Box | None
    view: View
    seed: int
    held_out: bool

    @property
    def has_parts(self) -> bool:
        """Whether at least one part counts, that is, is not to be ignored."""
        return any(not annotation.ignore for annotation in self.annotations)


def make_scene(
    seed: int,
    *,
    size: int | tuple[int, int] = 512,
    held_out: bool = False,
    firearm: bool | None = None,
    density: Density | None = None,
    shield: bool | None = None,
    view: View = "top",
    parts: tuple[Part, ...] | None = None,
    container: ContainerKind | None = None,
) -> Scene:
    """Make a scan; the same arguments give the same bytes.

    Args:
        seed: 0 and above.
        size: Side in pixels, or (height, width). The pitch is 0.8 to 1.8 mm whatever the size, so a smaller picture
            shows a smaller field of view with fewer things.
        held_out: Evaluation scene: other machines, and things that training scenes never hold.
        firearm: Whether parts are inside; at random, half and half, where None.
        density: sparse (1 to 10 things), medium (6 to 23) or full (27 to 73) at 512 pixels (5 % to 95 % of scenes; what
            does not fit, or would make the parcel too heavy, is left out); at random where None.
        shield: Whether an opaque plate is inside; rarely where None.
        view: From above or from the side; both views of one seed show the same things in the same places.
        parts: Exactly these parts instead of parts by chance; overrides `firearm`.
        container: What the goods travel in; at random where None.
    """
    dice = Dice(np.random.default_rng((seed, int(held_out))))
    height, width = (size, size) if isinstance(size, int) else size
    pixel = dice.between(0.7, 2.0) if held_out else dice.between(0.8, 1.8)
    wish = Wish(firearm=firearm, parts=parts, density=density, shield=shield, container=container)
    layout = compose(dice, (width * pixel, height * pixel), wish, held_out=held_out)
    geometry = _geometry(dice, layout, (height, width), pixel, view)
    return _render(layout, geometry, seed, held_out, view)


def make_views(
    seed: int, *, size: int | tuple[int, int] = 512, held_out: bool = False, firearm: bool | None = None,
    density: Density | None = None, shield: bool | None = None,
) -> tuple[Scene, Scene]:  # fmt: skip
    """Make the two views of one parcel, from above and from the side."""
    top, side = (
        make_scene(seed, size=size, held_out=held_out, firearm=firearm, density=density, shield=shield, view=view)
        for view in VIEWS
    )
    return top, side


def _geometry(dice: Dice, layout: Layout, size: tuple[int, int], pixel: float, view: View) -> Geometry:
    distance, offset = dice.between(1000, 1900), dice.between(0.3, 0.7)
    if view == "side":
        distance += 2 * layout.container.half[1]
    return Geometry(size[0], size[1], pixel, size[0] * pixel * offset, distance)


def _render(layout: Layout, geometry: Geometry, seed: int, held_out: bool, view: View) -> Scene:
    dice = Dice(np.random.default_rng((seed, int(held_out), 1 + VIEWS.index(view))))
    pile = Pile(geometry)
    lay_soft_goods(dice, pile, layout, view)
    shadows: list[tuple[Placed, Shadow]] = []
    shield: Box | None = None
    for index, item in enumerate(layout.placed):
        rotation, position = _seen_from(view, item, layout)
        shadow = project(item.shape, rotation, position, geometry)
        if shadow is None:
            continue
        pile.add(shadow)
        if item.part is not None:
            shadows.append((item, shadow))
        if index == layout.shield:
            shield = _box(shadow, shadow.attenuation() > OUTLINE_ATTENUATION)
    detector = _detector(dice, held_out)
    low, high = (detect(plane, detector, dice.rng) for plane in transmission(pile.planes, _scanner(dice, held_out)))
    objects = tuple(item.name for item in layout.placed[1:])
    annotations = _annotate(shadows, pile.attenuation(), detector)
    return Scene(
        low, high, annotations, geometry.pixel_mm, layout.container.kind, objects, shield, view, seed, held_out
    )  # fmt: skip


def _seen_from(view: View, item: Placed, layout: Layout) -> tuple[Array, Array]:
    """Turn the parcel a quarter about the belt's direction for the side view."""
    if view == "top":
        return item.rotation, item.position
    quarter = turn("x", -90)
    middle = np.array((layout.centre[0], layout.centre[1], layout.container.depth / 2))
    lifted = np.array((layout.centre[0], layout.size_mm[1] / 2, layout.container.half[1] + 15))
    return quarter @ item.rotation, quarter @ (item.position - middle) + lifted


def _scanner(dice: Dice, held_out: bool) -> Scanner:
    lowest = 132 if held_out else 140
    return Scanner(dice.between(lowest, 160), dice.between(2, 4), dice.between(0.09, 0.16), dice.between(0.4, 0.8), 4)


def _detector(dice: Dice, held_out: bool) -> Detector:
    wide = 1.5 if held_out else 1.0
    return Detector(
        scatter=dice.between(0, 0.0015 * wide),
        blur_pixels=dice.between(0.35, 0.75 * wide),
        photons=float(10 ** dice.between(3.6 if held_out else 3.9, 5.3)),
        read_noise=2.5e-4 * wide,
        row_gain=dice.between(0, 0.004) if dice.chance(0.5) else 0.0,
    )


def _annotate(
    shadows: list[tuple[Placed, Shadow]], total: Plane, detector: Detector
) -> tuple[Annotation, ...]:  # fmt: skip
    found = []
    for item, shadow in shadows:
        own = shadow.attenuation()
        mask = own > OUTLINE_ATTENUATION
        box = _box(shadow, mask)
        if box is None or item.part is None:
            continue
        height, width = own.shape
        around = total[shadow.top : shadow.top + height, shadow.left : shadow.left + width]
        visibility = _visibility(own[mask], around[mask], detector)
        small = max(box[2], box[3]) < LEAST_SIDE_PIXELS
        ignore = small or visibility < LEAST_VISIBILITY
        found.append(Annotation(item.part, box, round(visibility, 4), int(mask.sum()), ignore))
    return tuple(found)


def _visibility(own: Plane, total: Plane, detector: Detector) -> float:
    signal = np.exp(-total)
    contrast = np.exp(-(total - own)) - signal
    noise = np.sqrt(signal / detector.photons + detector.read_noise**2)
    return float(np.mean(contrast > np.maximum(_SIGMAS * noise, _LEAST_CONTRAST)))


def _box(shadow: Shadow, mask: NDArray[np.bool_]) -> Box | None:
    if not mask.any():
        return None
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return shadow.left + x, shadow.top + y, width, height

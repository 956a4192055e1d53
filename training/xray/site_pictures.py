"""What is added to a site's own scans before its detector learns: other renditions of them, and projected parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from features.palettes import PALETTES, colourise
from features.xray_header import Header
from features.xray_image import XrayImage, canonical
from features.xray_read import Decoded
from training.phantom.dice import Dice
from training.xray.store import INDEX, Store, StoreWriter, decode_table
from training.xray.tip import project_part
from training.xray.tip_look import Look, measure_look

Page = NDArray[np.uint8]
LOOK_PICTURES = 12
GREY_SHARE = 0.55
DARKEST_GREY = 3.0
QUALITIES = (55, 96)
Tell = Callable[[int], None]


def picture_of(store: Store, index: int) -> XrayImage:
    """Return a cached picture in canonical form."""
    codes, material = store.codes(index)
    return XrayImage(decode_table()[codes], (material / 255.0).astype(np.float32), "colour")


def as_another_scanner(image: XrayImage, rng: np.random.Generator) -> XrayImage:
    """Return a picture as read from another scanner's JPEG: grey without material, or in another palette.

    A grey console shows exp(-k a^c) with a gain k and a display curve c that a reader cannot know (the luma of a colour
    picture, too, reads as about half the attenuation that its own palette gives); a colour console has other hues and
    another depth. Both go through the same reader as any file.
    """
    dice = Dice(rng)
    if dice.chance(GREY_SHARE):
        gain, curve = dice.between(0.35, 1.1), dice.between(0.7, 1.1)
        shown = np.exp(-gain * image.attenuation**curve)
        page = np.asarray(DARKEST_GREY + (255.0 - DARKEST_GREY) * shown + 0.5, np.uint8)
    else:
        palette = PALETTES[dice.pick(sorted(PALETTES))]
        page = colourise(image.attenuation * dice.between(0.7, 1.3), image.material, palette)
    flag = cv2.IMREAD_GRAYSCALE if page.ndim == 2 else cv2.IMREAD_COLOR
    _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, dice.count(*QUALITIES)])
    seen = np.asarray(cv2.imdecode(data, flag), np.uint8)
    height, width = seen.shape[:2]
    return canonical(Decoded(Header("jpeg", width, height, 1), (seen,)))


def rendition_store(store: Store, indices: Sequence[int], folder: Path, seed: int, tell: Tell) -> Store:
    """Write each picture once more as another scanner would show it; the same call opens what it wrote before."""
    about = {"renditions_of": store.about, "indices": list(indices), "seed": seed}
    if (found := _written(folder, about)) is not None:
        return found
    writer = StoreWriter(folder)
    for done, index in enumerate(indices, start=1):
        entry = store.entries[index]
        shown = as_another_scanner(picture_of(store, index), np.random.default_rng((seed, 41, index)))
        writer.add(shown, entry.group, entry.things)
        tell(done)
    writer.finish(about)
    return Store(folder)


def projection_store(store: Store, indices: Sequence[int], count: int, folder: Path, seed: int, tell: Tell) -> Store:
    """Write `count` pictures with one projected part each, onto the benign ones among `indices` in turn.

    Where a part finds no place (next to nothing lies in the beam), the picture is passed over, so that there may be
    fewer than `count`.

    Args:
        store: The site's pictures.
        indices: Those that a detector may learn from; no other is touched.
        count: How many projections to try.
        folder: Where to.
        seed: Of every draw.
        tell: Told of the number done.
    """
    benign = [index for index in indices if not store.entries[index].things]
    about = {"projected_onto": store.about, "indices": benign, "count": count, "seed": seed}
    if (found := _written(folder, about)) is not None:
        return found
    looks = looks_of(store, benign, seed)
    writer = StoreWriter(folder)
    for number in range(count if benign else 0):
        index = benign[number % len(benign)]
        rng = np.random.default_rng((seed, 43, number))
        projected = project_part(picture_of(store, index), looks[index], rng)
        if projected is not None:
            writer.add(projected.image, store.entries[index].group, (projected.thing,))
        tell(number + 1)
    writer.finish(about)
    return Store(folder)


def looks_of(store: Store, benign: Sequence[int], seed: int) -> dict[int, Look]:
    """Return the look for each picture, measured on it and on the pictures most like it in depth and colour.

    A set may come from several scanners, and a single picture shows too little metal to tell.
    """
    if not benign:
        return {}
    traits = np.array([_traits(picture_of(store, index)) for index in benign])
    spread = np.maximum(traits.std(axis=0), 1e-6)
    rng = np.random.default_rng((seed, 42))
    centres = rng.choice(len(benign), min(len(benign), max(1, len(benign) // LOOK_PICTURES)), replace=False)
    found = []
    for centre in centres:
        away = np.linalg.norm((traits - traits[centre]) / spread, axis=1)
        near = np.argsort(away, kind="stable")[:LOOK_PICTURES]
        found.append(measure_look([picture_of(store, benign[int(place)]) for place in near]))
    nearest = np.linalg.norm((traits[:, None] - traits[centres][None]) / spread, axis=2).argmin(axis=1)
    return {index: found[int(place)] for index, place in zip(benign, nearest, strict=True)}


def _traits(image: XrayImage) -> tuple[float, ...]:
    """Return what tells scanners apart and not goods: deepest level, how metal is read, grain in thin things."""
    deep = image.attenuation > 1.5
    metal = float(np.median(image.material[deep])) if deep.any() else 0.5
    rest = image.attenuation - np.asarray(cv2.GaussianBlur(image.attenuation, (0, 0), 2.0), np.float32)
    thin = (image.attenuation > 0.05) & (image.attenuation < 0.6)
    grain = float(np.median(np.abs(rest[thin]))) if thin.any() else 0.0
    return float(np.quantile(image.attenuation, 0.9995)), metal, 20.0 * grain


def _written(folder: Path, about: dict[str, object]) -> Store | None:
    if not (folder / INDEX).exists():
        return None
    store = Store(folder)
    return store if store.about == about else None

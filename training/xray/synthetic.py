"""Synthetic scans straight into the training cache: every scene rendered once, shown by several scanners."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from features.xray_header import Header
from features.xray_image import XrayImage, canonical
from features.xray_read import Decoded
from training.phantom.export import FORMATS, decoded
from training.phantom.layout import Density
from training.phantom.scene import Scene, make_scene
from training.xray.store import INDEX, Store, StoreWriter, Thing

# Full parcels cost most and hide half of what is in them, but they are where harmless tools are taken for firearms.
DENSITIES: dict[Density, float] = {"sparse": 0.3, "medium": 0.45, "full": 0.25}
FIREARM_SHARE = 0.6
FORMAT_SHARES: dict[str, float] = {
    "dual": 0.15,
    "grey-png16": 0.08,
    "grey-png8": 0.1,
    "grey-jpeg": 0.17,
    "colour-jpeg": 0.5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What to render: scenes numbered from `first`, and whether with things that training never sees."""

    scenes: int
    first: int = 0
    size: int = 512
    formats: int = 2
    held_out: bool = False


def render_store(
    rendering: Rendering, folder: Path, *, workers: int = 1, heartbeat: Callable[[int], None] = lambda done: None
) -> Store:
    """Render scenes into a store, or open the store that the same call wrote before.

    Args:
        rendering: What to render; the same rendering gives the same store.
        folder: Where to.
        workers: Processes.
        heartbeat: Called with the number of scenes done.
    """
    about = {"rendering": repr(rendering)}
    if (folder / INDEX).exists() and (store := Store(folder)).about == about:
        return store
    writer = StoreWriter(folder)
    for done, views in enumerate(_rendered(rendering, workers), start=1):
        for image, group, things in views:
            writer.add(image, group, things)
        heartbeat(done)
    writer.finish(about)
    return Store(folder)


Choice = TypeVar("Choice", bound=str)
Shown = tuple[XrayImage, str, tuple[Thing, ...]]


def _rendered(rendering: Rendering, workers: int) -> Iterator[list[Shown]]:
    jobs = [(rendering, rendering.first + number) for number in range(rendering.scenes)]
    if workers <= 1:
        yield from map(_render_one, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_render_one, jobs, chunksize=max(1, min(16, math.ceil(len(jobs) / workers / 4))))


def _render_one(job: tuple[Rendering, int]) -> list[Shown]:
    rendering, seed = job
    rng = np.random.default_rng((7, seed, int(rendering.held_out)))
    density, armed = _pick(rng, DENSITIES), bool(rng.random() < FIREARM_SHARE)
    scene = make_scene(seed, size=rendering.size, held_out=rendering.held_out, density=density, firearm=armed)
    things = things_of(scene)
    return [(show(scene, rng), f"scene-{seed}", things) for _ in range(rendering.formats)]


def things_of(scene: Scene) -> tuple[Thing, ...]:
    """Return a scene's annotations as the trainer wants them."""
    return tuple(
        Thing((float(x), float(y), float(w), float(h)), annotation.part, annotation.ignore)
        for annotation in scene.annotations
        for x, y, w, h in [annotation.box]
    )


def show(scene: Scene, rng: np.random.Generator) -> XrayImage:
    """Return the scene as one random scanner's picture, read back into canonical form like any other picture."""
    name = _pick(rng, FORMAT_SHARES)
    fitting = [fmt for fmt in FORMATS if fmt.startswith(name)]
    pixels = decoded(scene, fitting[int(rng.integers(len(fitting)))], rng)
    pages = tuple(pixels) if name == "dual" else (pixels,)
    height, width = pages[0].shape[:2]
    return canonical(Decoded(Header("png", width, height, len(pages)), pages))


def _pick(rng: np.random.Generator, shares: dict[Choice, float]) -> Choice:
    return tuple(shares)[int(rng.choice(len(shares), p=tuple(shares.values())))]

"""A folder of synthetic scans with COCO annotations (cocodataset.org, data format), written whole or not at all."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from features.errors import InputError, UsageError
from models.results import PARTS
from training.phantom.export import FORMATS, export
from training.phantom.scene import VIEWS, Scene, make_scene

IMAGES = "images"
ANNOTATIONS = "annotations.json"
CATEGORY_IDS = {part: number for number, part in enumerate(PARTS, start=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to make.

    Attributes:
        count: Scenes.
        seed: Seed of the first; scene k is made from `seed + k`.
        size: Side in pixels.
        formats: Export formats, taken in turn.
        all_formats: Every scene in every format instead of one.
        held_out: Evaluation scenes, with things that training scenes never hold.
        firearm_share: Share of scenes with firearm parts, 0 to 1.
        views: 1 (from above) or 2 (from the side too).
    """

    count: int
    seed: int = 0
    size: int = 512
    formats: tuple[str, ...] = FORMATS
    all_formats: bool = False
    held_out: bool = False
    firearm_share: float = 0.5
    views: int = 1


@dataclass(frozen=True, slots=True)
class Written:
    """One picture file and what the annotation file says of it, still without numbers."""

    image: dict[str, Any]
    boxes: tuple[dict[str, Any], ...]


def write_dataset(
    plan: Plan, folder: Path, *, workers: int = 1, progress: Callable[[int], None] = lambda done: None
) -> dict[str, int]:
    """Make a data set; the same plan gives the same bytes whatever the number of workers.

    Args:
        plan: What to make.
        folder: A new or empty folder; it gets `images/` and `annotations.json`.
        workers: Processes.
        progress: Called with the number of scenes done.

    Returns:
        How many `scenes`, `pictures`, `boxes` and `ignored` boxes were written.

    Raises:
        InputError: The folder holds something already or cannot be written.
        UsageError: A format does not exist.
    """
    _check(plan, folder)
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); name a folder you may write.") from error
    try:
        counts = _fill(plan, scratch, workers, progress)
        scratch.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        os.replace(scratch, folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); nothing was kept.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return counts


def _check(plan: Plan, folder: Path) -> None:
    unknown = [fmt for fmt in plan.formats if fmt not in FORMATS]
    if unknown or not plan.formats:
        raise UsageError(
            f"There is no export format {', '.join(unknown) or '(none)'}; choose from: {', '.join(FORMATS)}."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: holds something already; name a new or empty folder.")


def _fill(plan: Plan, scratch: Path, workers: int, progress: Callable[[int], None]) -> dict[str, int]:
    (scratch / IMAGES).mkdir()
    images: list[dict[str, Any]] = []
    boxes: list[dict[str, Any]] = []
    for done, scene_files in enumerate(_made(plan, scratch, workers), start=1):
        for written in scene_files:
            images.append({"id": len(images) + 1, **written.image})
            boxes += [{"id": len(boxes) + k, "image_id": len(images), **box} for k, box in enumerate(written.boxes, 1)]
        progress(done)
    document = {
        "info": {"description": "Synthetic X-ray scans from physics", "plan": {**_plan_json(plan)}},
        "categories": [
            {"id": number, "name": part, "supercategory": "firearm"} for part, number in CATEGORY_IDS.items()
        ],
        "images": images,
        "annotations": boxes,
    }
    (scratch / ANNOTATIONS).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    ignored = sum(box["iscrowd"] for box in boxes)
    return {"scenes": plan.count, "pictures": len(images), "boxes": len(boxes) - ignored, "ignored": ignored}


def _plan_json(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in Plan.__slots__}


def _made(plan: Plan, scratch: Path, workers: int) -> Iterator[list[Written]]:
    jobs = [(plan, number, scratch) for number in range(plan.count)]
    if workers <= 1:
        yield from map(_make_one, jobs)
        return
    # Spawned, because a forked process inherits the locks of OpenCV's and BLAS's threads.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield from pool.map(_make_one, jobs, chunksize=max(1, min(16, math.ceil(len(jobs) / workers / 4))))
    finally:
        # Whoever stops early (Ctrl-C, a full disk) does not wait for thousands of scenes that nobody wants any more.
        pool.shutdown(cancel_futures=True)


def _make_one(job: tuple[Plan, int, Path]) -> list[Written]:
    plan, number, scratch = job
    seed = plan.seed + number
    armed = bool(np.random.default_rng((seed, 77)).random() < plan.firearm_share)
    written = []
    for view in VIEWS[: plan.views]:
        scene = make_scene(seed, size=plan.size, held_out=plan.held_out, firearm=armed, view=view)
        formats = plan.formats if plan.all_formats else (plan.formats[number % len(plan.formats)],)
        for fmt in formats:
            written.append(_write(scene, fmt, number, plan, scratch))
    return written


def _write(scene: Scene, fmt: str, number: int, plan: Plan, scratch: Path) -> Written:
    rng = np.random.default_rng((scene.seed, 78, FORMATS.index(fmt), VIEWS.index(scene.view)))
    exported = export(scene, fmt, rng)
    pieces = [f"{number:06d}"]
    pieces += [scene.view] if plan.views > 1 else []
    pieces += [fmt.replace(":", "-")] if plan.all_formats else []
    name = "-".join(pieces) + exported.suffix
    (scratch / IMAGES / name).write_bytes(exported.data)
    return Written(_describe(scene, name, fmt), tuple(_boxes(scene)))


def _describe(scene: Scene, name: str, fmt: str) -> dict[str, Any]:
    height, width = scene.low.shape
    group = f"{'held-out' if scene.held_out else 'scene'}-{scene.seed}"
    return {
        "file_name": name, "width": width, "height": height, "scene_id": group, "view": scene.view, "format": fmt,
        "seed": scene.seed, "held_out": scene.held_out, "container": scene.container,
        "pixel_mm": round(scene.pixel_mm, 4), "objects": list(scene.objects),
        "shield": list(scene.shield) if scene.shield else None,
    }  # fmt: skip


def _boxes(scene: Scene) -> Iterator[dict[str, Any]]:
    for annotation in scene.annotations:
        yield {
            "category_id": CATEGORY_IDS[annotation.part],
            "bbox": list(annotation.box),
            "area": annotation.area,
            "iscrowd": int(annotation.ignore),
            "visibility": annotation.visibility,
        }

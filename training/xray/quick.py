"""A look at a network between two stretches of training: a minute on a sample, not the evaluation of a bundle.

`python -m training.xray.quick --annotations COCO.json --images DIR --model detector.onnx --half A --sample 300` reads
the pictures once into a temporary store and then prints AP50 and recall at false-alarm rates. Bags fall into halves by
a hash of their name: develop on A, keep B for the end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import features
from features.errors import InputError, ParcelScreeningError
from features.xray_image import canonical
from features.xray_read import PictureLimits, read_picture
from models.results import PARTS
from models.xray import NETWORK
from models.xray_engine import Engine, open_engine
from training.xray.coco import load_coco
from training.xray.duplicates import fingerprint, join_groups
from training.xray.judge import judge_store
from training.xray.metrics import (
    FALSE_ALARM_RATES,
    Judged,
    average_precision,
    group_weights,
    interval,
    match,
    picture_recall,
    roc_area,
)
from training.xray.store import INDEX, Store, StoreWriter
from training.xray.traits import background_of, half_of

NAMED = tuple(part for part in PARTS if part != "firearm_like")
LEAST_SCORE = 0.005
"""Far below any threshold, so that precision over recall is seen to its end."""
REPEATS = 100
MARGIN = 0.15
HALVES = ("A", "B", "all")


def choose(groups: Sequence[str], half: str, sample: int, seed: int) -> list[int]:
    """Return the places of the pictures of a half, or of a sample of it without replacement."""
    places = [place for place, group in enumerate(groups) if half in ("all", half_of(group))]
    if sample >= len(places):
        return places
    drawn = np.random.default_rng(seed).choice(len(places), sample, replace=False)
    return [places[int(one)] for one in sorted(drawn)]


def cached(annotations: Path, images: Path, cache: Path, tell: Callable[[str], None] = lambda text: None) -> Store:
    """Return the pictures of a COCO file in canonical form, read anew only where they or the reader changed.

    Raises:
        InputError: The set cannot be read.
    """
    folder = cache / _digest(annotations, images)
    if (folder / INDEX).exists():
        return Store(folder)
    labelled = load_coco(annotations, images)
    tell(f"reading {len(labelled)} pictures into {folder}")
    backgrounds, kept = [], []
    for one in labelled:
        decoded = read_picture(one.path.read_bytes(), PictureLimits())
        backgrounds.append(background_of(decoded.pages[0]))
        kept.append((one, canonical(decoded)))
    groups = join_groups([one.group for one, _ in kept], [fingerprint(image) for _, image in kept])
    writer = StoreWriter(folder)
    for (one, image), group in zip(kept, groups, strict=True):
        writer.add(image, group, one.things)
    writer.finish({"annotations": annotations.name, "backgrounds": backgrounds})
    return Store(folder)


def _digest(annotations: Path, images: Path) -> str:
    """Name a cache after the labels and the code that reads the pictures: either may change beneath it."""
    digest = hashlib.sha256(annotations.read_bytes() + str(images.resolve()).encode())
    readers = sorted(Path(features.__path__[0]).glob("*.py"))
    for path in (*readers, Path(__file__).with_name("duplicates.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def quick_figures(judged: Sequence[Judged], backgrounds: Sequence[str], seed: int = 0) -> dict[str, Any]:
    """Return AP50 over all pictures and without benign ones on grey, and recall on either.

    Args:
        judged: Answers beside the truth.
        backgrounds: Of each picture; empty where they are not known.
        seed: Of the bootstrap by bag.
    """
    found: dict[str, Any] = {"pictures": len(judged), **_side(judged, seed)}
    if backgrounds:
        pairs = zip(judged, backgrounds, strict=True)
        found["benign on white"] = _side([one for one, shown in pairs if not one.benign or shown == "white"], seed)
    return found


def _side(judged: Sequence[Judged], seed: int) -> dict[str, Any]:
    matched = match(judged)
    draws = group_weights([one.group for one in judged], REPEATS, seed)
    return {
        "benign": sum(one.benign for one in judged),
        "armed": sum(not one.benign for one in judged),
        "ap50": round(average_precision(matched), 4),
        "ap50_interval": [round(v, 4) for v in interval([average_precision(matched, w) for w in draws])],
        "ap30": round(average_precision(match(judged, 0.3)), 4),
        f"ap50_boxes_{MARGIN:.0%}_larger": round(average_precision(match(enlarged(judged, MARGIN))), 4),
        "box_recall": round(float(matched.hits.sum() / max(1, matched.wanted.sum())), 4),
        "roc_area": round(roc_area(judged), 4),
        **{f"recall@{rate:.0%}": round(picture_recall(judged, rate), 4) for rate in FALSE_ALARM_RATES},
    }


def enlarged(judged: Sequence[Judged], margin: float) -> tuple[Judged, ...]:
    """Return the answers with every box larger by a share of its sides, about its middle.

    People box with some air around a thing. Where AP rises by this, the network finds the things and draws them more
    closely than the set does.
    """
    larger = []
    for one in judged:
        middle = (one.boxes[:, :2] + one.boxes[:, 2:]) / 2
        half = (one.boxes[:, 2:] - one.boxes[:, :2]) / 2 * np.float32(1 + margin)
        larger.append(replace(one, boxes=np.concatenate([middle - half, middle + half], axis=1)))
    return tuple(larger)


def main(words: Sequence[str] | None = None) -> int:
    """Run from a terminal; returns the exit code."""
    given = _arguments().parse_args(words)
    try:
        engine = _engine(given.model)
        store = _store(given)
    except (ParcelScreeningError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, ParcelScreeningError) else InputError.exit_code
    places = choose([entry.group for entry in store.entries], given.half, given.sample, given.seed)
    judged = judge_store(store, places, engine, NAMED, LEAST_SCORE)
    backgrounds = store.about.get("backgrounds", [])
    found = quick_figures(judged, [backgrounds[place] for place in places] if backgrounds else [], given.seed)
    sys.stdout.write(json.dumps({"model": str(given.model), "half": given.half, **found}) + "\n")
    return 0


def _engine(model: Path) -> Engine:
    return open_engine((model / NETWORK if model.is_dir() else model).read_bytes())


def _store(given: argparse.Namespace) -> Store:
    if given.store is not None:
        return Store(given.store)
    if given.annotations is None or given.images is None:
        raise InputError("Name --store, or --annotations and --images.")
    return cached(given.annotations, given.images, given.cache, _tell)


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.xray.quick", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--store", type=Path, help="folder of cached pictures")
    parser.add_argument("--annotations", type=Path, help="COCO file")
    parser.add_argument("--images", type=Path, help="folder of the pictures that it names")
    parser.add_argument("--model", type=Path, required=True, help="detector.onnx, or a bundle's folder")
    parser.add_argument("--half", choices=HALVES, default="A", help="of the bags (default A)")
    parser.add_argument("--sample", type=int, default=300, help="pictures at most (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "parcel-screening-quick", help="for read pictures"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

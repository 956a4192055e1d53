"""Pictures for training, for calibration and for the card's figures: kept apart by bag or scene."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.errors import InputError, Problem
from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage, canonical
from features.xray_read import PictureLimits, read_picture
from training.xray.coco import Labelled, load_coco
from training.xray.duplicates import fingerprint, join_groups
from training.xray.store import INDEX, Store, StoreWriter
from training.xray.synthetic import Rendering, render_store

Heartbeat = Callable[[str, int, int], None]
# Scene numbers far apart, so that no training scene is ever a calibration or a test scene.
CALIBRATION_FIRST, TEST_FIRST = 10_000_000, 20_000_000
CALIBRATION_SHARE, TEST_SHARE = 0.2, 0.2


@dataclass(frozen=True, slots=True)
class PictureSet:
    """A store and which of its pictures to use."""

    store: Store
    indices: tuple[int, ...]

    def count(self, armed: bool) -> int:
        """Return how many of the pictures have a part to be found, or have none."""
        return sum(_armed(self.store, index) == armed for index in self.indices)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The three sets, and what the card says about them."""

    train: PictureSet
    calibration: PictureSet
    test: PictureSet
    about: dict[str, Any]


def prepare_synthetic(scenes: int, held_out: int, folder: Path, workers: int, heartbeat: Heartbeat) -> Prepared:
    """Render scenes for training, and held-out ones (with things that training never sees) for the other two sets."""
    plans = {
        "train": Rendering(scenes=scenes),
        "calibration": Rendering(scenes=held_out, first=CALIBRATION_FIRST, held_out=True),
        "test": Rendering(scenes=held_out, first=TEST_FIRST, held_out=True),
    }
    sets = {}
    for name, plan in plans.items():
        tell = _counted(heartbeat, f"render {name}", plan.scenes)
        store = render_store(plan, folder / name, workers=workers, heartbeat=tell)
        sets[name] = PictureSet(store, tuple(range(len(store.entries))))
    about = {
        "source": "synthetic scans of training.phantom; no picture of a real scanner",
        **{f"{name}_pictures": len(one.indices) for name, one in sets.items()},
        "scenes": scenes,
        "held_out": "calibration and test scenes hold things and machines that training scenes never do",
    }
    return Prepared(sets["train"], sets["calibration"], sets["test"], about)


def prepare_files(annotations: Path, images: Path, folder: Path, seed: int, heartbeat: Heartbeat) -> Prepared:
    """Read labelled pictures, join near-duplicates, and split by bag 60 : 20 : 20.

    Raises:
        InputError: The set cannot be read, or holds no firearm part.
    """
    labelled = load_coco(annotations, images)
    if not any(one.has_part for one in labelled):
        text = "no picture with a firearm part; a detector cannot learn from harmless pictures alone"
        raise InputError(f"{annotations}: {text}.")
    store = _cached(labelled, annotations, folder / "pictures", heartbeat)
    groups = [entry.group for entry in store.entries]
    places: dict[str, list[int]] = {"train": [], "calibration": [], "test": []}
    for index, group in enumerate(groups):
        places[_side(group, seed)].append(index)
    sets = {name: PictureSet(store, tuple(indices)) for name, indices in places.items()}
    if sets["train"].count(armed=True) == 0:
        raise InputError(f"{annotations}: too few bags with a firearm part to split; label more pictures.")
    about = {
        "source": annotations.name,
        "sha256": hashlib.sha256(annotations.read_bytes()).hexdigest(),
        "seed": seed,
        "bags": len(set(groups)),
        **{f"{name}_pictures": len(one.indices) for name, one in sets.items()},
        "split": "by bag, near-duplicates joined by perceptual hash",
        "things_without_part_name": sum(thing.part is None for entry in store.entries for thing in entry.things),
    }
    return Prepared(sets["train"], sets["calibration"], sets["test"], about)


def _cached(labelled: Sequence[Labelled], annotations: Path, folder: Path, heartbeat: Heartbeat) -> Store:
    about = {"annotations": hashlib.sha256(annotations.read_bytes()).hexdigest(), "images": len(labelled)}
    if (folder / INDEX).exists() and (store := Store(folder)).about == about:
        return store
    problems: list[Problem] = []
    read: list[tuple[Labelled, XrayImage]] = []
    tell = _counted(heartbeat, "read pictures", len(labelled))
    for done, one in enumerate(labelled, start=1):
        try:
            read.append((one, canonical(read_picture(one.path.read_bytes(), PictureLimits()))))
        except UnreadablePicture as error:
            problems.append(Problem(str(one.path), error.code, error.message))
        tell(done)
    if problems:
        raise InputError(f"{annotations}: {len(problems)} pictures cannot be read; mend or remove them.", problems)
    groups = join_groups([one.group for one, _ in read], [fingerprint(image) for _, image in read])
    writer = StoreWriter(folder)
    for (one, image), group in zip(read, groups, strict=True):
        writer.add(image, group, one.things)
    writer.finish(about)
    return Store(folder)


def _side(group: str, seed: int) -> str:
    """Draw a bag's side from its name, so that adding bags never moves others across."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < TEST_SHARE:
        return "test"
    return "calibration" if place < TEST_SHARE + CALIBRATION_SHARE else "train"


def _armed(store: Store, index: int) -> bool:
    return any(not thing.ignore for thing in store.entries[index].things)


def _counted(heartbeat: Heartbeat, name: str, total: int) -> Callable[[int], None]:
    return lambda done: heartbeat(name, done, total)

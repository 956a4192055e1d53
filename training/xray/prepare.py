"""Pictures for training, for calibration and for the card's figures: kept apart by bag or scene."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.errors import InputError, Problem
from features.xray_header import UnreadablePicture
from features.xray_image import canonical
from features.xray_read import PictureLimits, read_picture
from training.xray.coco import Labelled, load_coco
from training.xray.duplicates import Fingerprint, fingerprint, join_groups
from training.xray.site_labels import categories_told, contradictions, notes_on, spare_copies
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
class Portion:
    """Pictures to learn from beside the main ones, and their share of the crops, 0 to 1."""

    name: str
    pictures: PictureSet
    share: float


@dataclass(frozen=True, slots=True)
class Prepared:
    """The three sets, what else to learn from, what the card says about them, and what people should be told."""

    train: PictureSet
    calibration: PictureSet
    test: PictureSet
    about: dict[str, Any]
    portions: tuple[Portion, ...] = ()
    notes: tuple[str, ...] = ()


def prepare_synthetic(scenes: int, held_out: int, folder: Path, workers: int, heartbeat: Heartbeat) -> Prepared:
    """Render scenes for training, and held-out ones (with things that training never sees) for the other two sets."""
    plans = {
        "train": Rendering(scenes=scenes),
        "calibration": Rendering(scenes=held_out, first=CALIBRATION_FIRST, held_out=True),
        "test": Rendering(scenes=held_out, first=TEST_FIRST, held_out=True),
    }
    sets = {}
    for name, plan in plans.items():
        tell = counted(heartbeat, f"render {name}", plan.scenes)
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
        InputError: The set cannot be learnt from; everything that is wrong with it is named at once: pictures that
            cannot be read, no firearm part, the same picture with two different labels.
    """
    labelled = load_coco(annotations, images)
    store = _cached(labelled, annotations, folder / "pictures", heartbeat)
    groups = [entry.group for entry in store.entries]
    left_out = frozenset(store.about["copies"])
    places: dict[str, list[int]] = {"train": [], "calibration": [], "test": []}
    for index, group in enumerate(groups):
        if index not in left_out:
            places[side_of(group, seed)].append(index)
    sets = {name: PictureSet(store, tuple(indices)) for name, indices in places.items()}
    if sets["train"].count(armed=True) == 0:
        raise InputError(f"{annotations}: too few bags with a firearm part to split; label more pictures.")
    about = {
        "source": annotations.name,
        "sha256": store.about["annotations"],
        "seed": seed,
        "bags": len(set(groups)),
        "bags_joined_as_near_duplicates": len({one.group for one in labelled}) - len(set(groups)),
        "exact_copies_left_out": len(left_out),
        **{f"{name}_pictures": len(one.indices) for name, one in sets.items()},
        "split": "by bag, near-duplicates joined by perceptual hash",
        "categories": categories_told(labelled),
        "things_without_part_name": sum(thing.part is None for entry in store.entries for thing in entry.things),
    }
    notes = notes_on(labelled, groups, sorted(left_out))
    return Prepared(sets["train"], sets["calibration"], sets["test"], about, notes=notes)


def _cached(labelled: Sequence[Labelled], annotations: Path, folder: Path, heartbeat: Heartbeat) -> Store:
    about = {"annotations": hashlib.sha256(annotations.read_bytes()).hexdigest(), "images": len(labelled)}
    if (folder / INDEX).exists() and {**(store := Store(folder)).about, "copies": None} == {**about, "copies": None}:
        return store
    problems: list[Problem] = []
    if not any(one.has_part for one in labelled):
        text = "No picture with a firearm part; a detector cannot learn from harmless pictures alone."
        problems.append(Problem(annotations.name, "no_firearm_part", text))
    writer = StoreWriter(folder)
    read, prints = _read_all(labelled, writer, problems, counted(heartbeat, "read pictures", len(labelled)))
    problems += contradictions(read, prints)
    if problems:
        writer.discard()
        raise InputError(f"{annotations}: nothing can be learnt from it; {len(problems)} to mend.", problems)
    writer.regroup(join_groups([one.group for one in read], prints))
    writer.finish({**about, "copies": list(spare_copies(prints))})
    return Store(folder)


def _read_all(
    labelled: Sequence[Labelled], writer: StoreWriter, problems: list[Problem], tell: Callable[[int], None]
) -> tuple[list[Labelled], list[Fingerprint]]:
    """Write all pictures that can be read, each once in memory, and name those that cannot."""
    read, prints = [], []
    for done, one in enumerate(labelled, start=1):
        try:
            image = canonical(read_picture(one.path.read_bytes(), PictureLimits()))
        except UnreadablePicture as error:
            problems.append(Problem(str(one.path), error.code, error.message))
        else:
            writer.add(image, one.group, one.things)
            read.append(one)
            prints.append(fingerprint(image))
        tell(done)
    return read, prints


def side_of(group: str, seed: int) -> str:
    """Draw a bag's side (train, calibration, test) from its name, so that adding bags never moves others across."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < TEST_SHARE:
        return "test"
    return "calibration" if place < TEST_SHARE + CALIBRATION_SHARE else "train"


def _armed(store: Store, index: int) -> bool:
    return any(not thing.ignore for thing in store.entries[index].things)


def counted(heartbeat: Heartbeat, name: str, total: int) -> Callable[[int], None]:
    """Return what tells a heartbeat how many of `total` are done under a name."""
    return lambda done: heartbeat(name, done, total)

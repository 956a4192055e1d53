"""A labelled set of real scans for the studies beside it: cached in canonical form, with bags made strict.

A set may number its pictures in the order of scanning and say nothing of bags; then pictures of one suitcase with other
things in it follow each other. Numbers at most GAP apart count as one bag here: near-duplicate search alone leaves the
same suitcase on both sides of a split.

Run: python -m benchmarks.real_scans ANNOTATIONS --output FILE   writes the COCO file with such bags, for `train xray`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import XrayImage
from training.xray.coco import load_coco
from training.xray.prepare import prepare_files
from training.xray.site_pictures import picture_of
from training.xray.store import Store
from training.xray.traits import background_of

GAP = 5
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class RealScans:
    """The set; all arrays by picture.

    Attributes:
        store: Canonical planes and firearm boxes.
        bags: Number of the bag.
        kinds: "armed", or how a benign picture shows air: "white", "grey" and so on.
        sets: Name of the set, for those that say one.
        metal: Boxes of harmless metal things that the set labels.
        files: Picture files.
    """

    store: Store
    bags: NDArray[np.int64]
    kinds: tuple[str, ...]
    sets: tuple[str, ...]
    metal: tuple[tuple[Box, ...], ...]
    files: tuple[Path, ...]

    @property
    def armed(self) -> NDArray[np.bool_]:
        """Whether a firearm is boxed."""
        return np.array([kind == "armed" for kind in self.kinds])

    def picture(self, index: int) -> XrayImage:
        """Return one picture in canonical form."""
        return picture_of(self.store, index)


def load(annotations: Path, images: Path, cache: Path) -> RealScans:
    """Read a COCO set, from the cache where it was read before."""
    store = prepare_files(annotations, images, cache, 1, lambda *_: None).train.store
    labelled = load_coco(annotations, images)
    raw = json.loads(annotations.read_text(encoding="utf-8"))
    sets = tuple(one.traits.get("set", "") for one in labelled)
    kinds = tuple(
        "armed" if entry.things else str(background_of(np.asarray(cv2.imread(str(one.path)), np.uint8)))
        for entry, one in zip(store.entries, labelled, strict=True)
    )
    bags = _joined(runs([one.traits.get("source", one.path.name) for one in labelled], sets), store)
    return RealScans(store, bags, kinds, sets, _metal(raw), tuple(one.path for one in labelled))


def _number(name: str) -> int:
    found = re.findall(r"\d+", name)
    return int(found[-1]) if found else -1


def runs(names: Sequence[str], sets: Sequence[str]) -> NDArray[np.int64]:
    """Return a number for each picture that those share whose numbers follow each other within a set."""
    numbers = [_number(name) for name in names]
    order = sorted(range(len(numbers)), key=lambda place: (sets[place], numbers[place]))
    bags = np.zeros(len(numbers), np.int64)
    for before, place in itertools.pairwise(order):
        near = sets[before] == sets[place] and numbers[place] - numbers[before] <= GAP
        bags[place] = bags[before] + (0 if near else 1)
    return bags


def _joined(bags: NDArray[np.int64], store: Store) -> NDArray[np.int64]:
    """Join bags in which near-duplicates of each other lie."""
    groups = np.array([entry.group for entry in store.entries])
    for group in set(groups):
        mine = np.unique(bags[groups == group])
        bags[np.isin(bags, mine)] = mine[0]
    return bags


def _metal(raw: dict[str, Any]) -> tuple[tuple[Box, ...], ...]:
    harmless = {one["id"] for one in raw["categories"] if one["name"] != "gun"}
    boxes: dict[Any, list[Box]] = {one["id"]: [] for one in raw["images"]}
    for one in raw["annotations"]:
        if one["category_id"] in harmless:
            boxes[one["image_id"]].append(tuple(one["bbox"]))
    return tuple(tuple(boxes[one["id"]]) for one in raw["images"])


def draw(scans: RealScans, count: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return about `count` pictures to learn from, and those of all other bags.

    The mix of kinds and sets stays; of a bag too large for that some pictures are taken, and the others are on no side.
    """
    rng = np.random.default_rng(seed)
    names = np.array([f"{name}/{kind}" for name, kind in zip(scans.sets, scans.kinds, strict=True)])
    chosen = np.zeros(len(names), bool)
    used: set[int] = set()
    for name in sorted(set(names)):
        of_kind = names == name
        wanted = round(count * of_kind.sum() / len(names))
        for bag in rng.permutation(np.unique(scans.bags[of_kind])):
            places = np.flatnonzero(of_kind & (scans.bags == bag) & ~chosen)
            missing = wanted - int((chosen & of_kind).sum())
            if missing <= 0:
                break
            chosen[rng.permutation(places)[:missing]] = True
            used.add(int(bag))
    other = ~np.isin(scans.bags, sorted(used))
    return np.flatnonzero(chosen), np.flatnonzero(other)


def main() -> None:
    """Write a COCO file with bags."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    raw = json.loads(options.annotations.read_text(encoding="utf-8"))
    names = [str(one.get("source", one["file_name"])) for one in raw["images"]]
    sets = [str(one.get("set", "")) for one in raw["images"]]
    for one, bag in zip(raw["images"], runs(names, sets), strict=True):
        one["bag"] = f"{one.get('set', 'bag')}-{bag:04}"
    options.output.write_text(json.dumps(raw) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

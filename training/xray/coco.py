"""Labelled pictures from a COCO file: strict where a label could silently be lost, patient with foreign categories."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.errors import InputError, Problem
from models.results import PARTS, Part
from training.xray.store import Thing

# Foreign sets box whole guns without naming them further.
FOREIGN: dict[str, Part] = {"gun": "firearm_like", "firearm": "firearm_like", "handgun": "pistol", "rifle": "long_gun"}
GROUP_FIELDS = ("bag", "scene", "group", "bag_id", "scene_id", "group_id")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture and what is boxed in it.

    Attributes:
        path: The picture file.
        width, height: As the COCO file says, 0 where it does not.
        group: The bag or scene; pictures of one group never stand on both sides of a split.
        things: Firearm parts.
        others: Names of boxed things that are no firearm parts.
        traits: Further fields of the COCO image (format, set, view, scanner), for tables by trait.
        visibility: How much of each thing shows, 0 to 1, in the order of `things`; None where the set does not say.
    """

    path: Path
    width: int
    height: int
    group: str
    things: tuple[Thing, ...]
    others: tuple[str, ...]
    traits: dict[str, str]
    visibility: tuple[float | None, ...] = ()

    @property
    def has_part(self) -> bool:
        """Whether a firearm part is boxed and not marked to be ignored."""
        return any(not thing.ignore for thing in self.things)


def load_coco(annotations: Path, images: Path) -> tuple[Labelled, ...]:
    """Read a COCO file.

    Categories named like a part are that part, `gun` and `firearm` are firearm parts of unknown name, all others are
    harmless. `iscrowd` and `ignore` mark boxes that are neither a hit nor a miss.

    Args:
        annotations: The COCO file.
        images: Folder of the pictures that it names.

    Raises:
        InputError: The file cannot be read, or contradicts itself; all problems are named.
    """
    raw = _read(annotations)
    problems: list[Problem] = []
    names = {entry["id"]: str(entry["name"]) for entry in raw["categories"]}
    boxes: dict[Any, list[dict[str, Any]]] = {}
    for place, entry in enumerate(raw["annotations"]):
        problems += _box_problems(f"{annotations.name}: annotations[{place}]", entry, names)
        boxes.setdefault(entry.get("image_id"), []).append(entry)
    known = {entry.get("id") for entry in raw["images"]}
    for place, entry in enumerate(raw["images"]):
        if not (images / str(entry.get("file_name"))).is_file():
            where = f"{annotations.name}: images[{place}]"
            problems.append(Problem(where, "picture_missing", f"No file {entry.get('file_name')} in {images}."))
    for image in sorted(set(boxes) - known, key=str):
        problems.append(Problem(annotations.name, "image_unknown", f"Boxes name image {image}, which is not listed."))
    if problems:
        raise InputError(f"{annotations}: {len(problems)} problems; nothing was read.", problems)
    return tuple(_labelled(entry, images, boxes.get(entry["id"], []), names) for entry in raw["images"])


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise InputError(f"{path}: not a JSON file ({error}).") from error
    lists = ("images", "annotations", "categories")
    if not isinstance(raw, dict) or any(not isinstance(raw.get(name), list) for name in lists):
        raise InputError(f"{path}: not a COCO file; it needs the lists images, annotations and categories.")
    return raw


def _box_problems(where: str, entry: dict[str, Any], names: dict[Any, str]) -> Iterable[Problem]:
    box = entry.get("bbox")
    if not isinstance(box, list) or len(box) != 4 or not all(isinstance(value, int | float) for value in box):
        yield Problem(where, "box_invalid", "bbox must be [x, y, width, height] in pixels.")
    elif box[2] <= 0 or box[3] <= 0:
        yield Problem(where, "box_empty", f"The box {box} has no area.")
    if entry.get("category_id") not in names:
        yield Problem(where, "category_unknown", f"Category {entry.get('category_id')} is not listed.")


def _labelled(entry: dict[str, Any], images: Path, boxes: list[dict[str, Any]], names: dict[Any, str]) -> Labelled:
    things, others, visibility = [], [], []
    for box in boxes:
        name = names[box["category_id"]]
        if (part := part_of_category(name)) is None:
            others.append(name)
            continue
        x, y, width, height = (float(value) for value in box["bbox"])
        ignore = bool(box.get("iscrowd") or box.get("ignore"))
        things.append(Thing((x, y, width, height), None if part == "firearm_like" else part, ignore))
        shown = box.get("visibility")
        visibility.append(float(shown) if isinstance(shown, int | float) else None)
    group = next((str(entry[name]) for name in GROUP_FIELDS if entry.get(name) is not None), str(entry["file_name"]))
    traits = {name: str(value) for name, value in entry.items() if isinstance(value, str | bool)}
    traits.pop("file_name", None)
    return Labelled(
        path=images / str(entry["file_name"]),
        width=int(entry.get("width") or 0),
        height=int(entry.get("height") or 0),
        group=group,
        things=tuple(things),
        others=tuple(others),
        traits=traits,
        visibility=tuple(visibility),
    )


def part_of_category(name: str) -> Part | None:
    """Return the part a COCO category stands for, None for a harmless thing."""
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    return next((part for part in PARTS if part == plain), FOREIGN.get(plain))

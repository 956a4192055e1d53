"""What a labelled set says of itself, in words: categories, duplicates, contradictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from features.errors import Problem
from training.xray.coco import Labelled
from training.xray.duplicates import Fingerprint, exact_copies

MOST_NAMED = 10


def categories_told(labelled: Sequence[Labelled]) -> dict[str, str]:
    """Return what was done with the boxes of each kind: taken as a part, as a part without name, or as harmless."""
    parts = Counter(thing.part for one in labelled for thing in one.things if not thing.ignore)
    ignored = sum(thing.ignore for one in labelled for thing in one.things)
    others = Counter(name for one in labelled for name in one.others)
    told = {str(part): f"{count} boxes: that part" for part, count in parts.items() if part is not None}
    if parts[None]:
        told["(gun, firearm)"] = f"{parts[None]} boxes: a firearm part whose name is not known; teaches place, no name"
    if ignored:
        told["(ignored)"] = f"{ignored} boxes marked iscrowd or ignore: neither asked for nor punished"
    return {**told, **{name: f"{count} boxes: no firearm part, taken as harmless" for name, count in others.items()}}


def notes_on(labelled: Sequence[Labelled], groups: Sequence[str], copies: Sequence[int]) -> tuple[str, ...]:
    """Return what people should be told before training: foreign categories, joined pictures, copies left out.

    Args:
        labelled: The pictures.
        groups: Bag of each after joining near-duplicates.
        copies: Places of pictures left out because the very same pixels carry more boxes elsewhere.
    """
    notes = []
    others = Counter(name for one in labelled for name in one.others)
    if others:
        named = ", ".join(f"{name} ({count})" for name, count in others.most_common(MOST_NAMED))
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        notes.append(f"Boxes of categories that are no firearm part are taken as harmless: {named}{more}.")
    joined = len({one.group for one in labelled}) - len(set(groups))
    if joined:
        notes.append(f"{joined} bags were joined to others because their pictures are near-duplicates.")
    if copies:
        notes.append(f"{len(copies)} exact copies were left out: {_names(labelled, copies)}.")
    return tuple(notes)


def _names(labelled: Sequence[Labelled], places: Sequence[int]) -> str:
    named = ", ".join(labelled[place].path.name for place in places[:MOST_NAMED])
    return named + (f" and {len(places) - MOST_NAMED} more" if len(places) > MOST_NAMED else "")


def contradictions(labelled: Sequence[Labelled], fingerprints: Sequence[Fingerprint]) -> list[Problem]:
    """Return a problem for each set of exact copies whose labels differ: one of them teaches what is wrong."""
    problems = []
    for places in exact_copies(fingerprints):
        told = {_labels(labelled[place]) for place in places}
        if len(told) > 1:
            names = ", ".join(labelled[place].path.name for place in places)
            text = f"The very same picture with other labels: {names}. Keep the one that is labelled right."
            problems.append(Problem(str(labelled[places[0]].path), "labels_contradict", text))
    return problems


def spare_copies(fingerprints: Sequence[Fingerprint]) -> tuple[int, ...]:
    """Return the places of all exact copies but the first of each."""
    return tuple(sorted(place for places in exact_copies(fingerprints) for place in places[1:]))


def _labels(one: Labelled) -> tuple[object, ...]:
    return tuple(sorted((thing.box, str(thing.part), thing.ignore) for thing in one.things))

"""Figures by trait of the pictures: background, format, palette, scanner, set, view, and whatever else a set names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from features.errors import UsageError
from training.xray.coco import GROUP_FIELDS, Labelled
from training.xray.evaluate import at_threshold, with_interval
from training.xray.judge import Answer
from training.xray.matching import match
from training.xray.metrics import FALSE_ALARM_RATES, average_precision, group_weights, picture_recall

MOST_VALUES = 24
FEWEST_BENIGN = 20
TRAIT_REPEATS = 100
_NO_TRAITS = frozenset({"date_captured", "coco_url", "flickr_url", "license", "source", *GROUP_FIELDS})


def traits_of(answers: Sequence[Answer]) -> dict[str, list[str]]:
    """Return the values of each trait that sorts the pictures into two to MOST_VALUES groups."""
    names = sorted({name for one in answers for name in one.labelled.traits} - _NO_TRAITS)
    values = {name: sorted({value(one, name) for one in answers}) for name in names}
    return {name: found for name, found in values.items() if 1 < len(found) <= MOST_VALUES}


def value(answer: Answer, trait: str) -> str:
    """Return a picture's value of a trait, empty where it has none."""
    return answer.labelled.traits.get(trait, "")


def by_trait(answers: Sequence[Answer], threshold: float, seed: int) -> dict[str, dict[str, Any]]:
    """Return a table for each trait: pictures with each value judged by themselves."""
    table = {}
    for trait, values in traits_of(answers).items():
        groups = {found: [one for one in answers if value(one, trait) == found] for found in values}
        table[trait] = {found or "(none)": _group(group, threshold, seed) for found, group in groups.items()}
    return table


def _group(answers: Sequence[Answer], threshold: float, seed: int) -> dict[str, Any]:
    judged = [one.judged for one in answers]
    draws = group_weights([one.group for one in judged], TRAIT_REPEATS, seed)
    matched = match(judged)
    return {
        "pictures": len(judged),
        "benign_pictures": sum(one.benign for one in judged),
        **with_interval(partial(average_precision, matched), draws, "ap50"),
        **{name: found for name, found in at_threshold(judged, threshold, draws).items() if name != "threshold"},
    }


def by_benign(answers: Sequence[Answer], trait: str, seed: int) -> dict[str, Any]:
    """Return recall at false-alarm rates of the benign pictures with each value of a trait.

    All pictures with a part count each time: where these stand on one background alone, benign pictures on another one
    say little about them.
    """
    armed = [one for one in answers if not one.judged.benign]
    table = {}
    for found in sorted({value(one, trait) for one in answers if one.judged.benign}):
        benign = [one for one in answers if one.judged.benign and value(one, trait) == found]
        if armed and len(benign) >= FEWEST_BENIGN:
            table[found or "(none)"] = _against(armed, benign, seed)
    return table


def _against(armed: Sequence[Answer], benign: Sequence[Answer], seed: int) -> dict[str, Any]:
    judged = [one.judged for one in (*armed, *benign)]
    draws = group_weights([one.group for one in judged], TRAIT_REPEATS, seed)
    row: dict[str, Any] = {"benign_pictures": len(benign)}
    precision = with_interval(partial(average_precision, match(judged)), draws, "ap50")
    row["ap50"] = [precision["ap50"], *precision["interval"]]
    for rate in FALSE_ALARM_RATES:
        found = with_interval(partial(picture_recall, judged, rate), draws, "recall")
        row[f"recall@{rate:g}"] = [found["recall"], *found["interval"]]
    return row


def keep(labelled: Sequence[Labelled], benign_where: Mapping[str, str]) -> list[bool]:
    """Tell which pictures count where only benign ones with certain traits do.

    Args:
        labelled: All of them.
        benign_where: Value by trait that a benign picture must have.

    Raises:
        UsageError: No benign picture has that value, or the pictures have no such trait.
    """
    names = sorted({name for one in labelled for name in one.traits} - _NO_TRAITS)
    known = {name: sorted({one.traits.get(name, "") for one in labelled if not one.has_part}) for name in names}
    for trait, wanted in benign_where.items():
        if trait not in known:
            raise UsageError(f"--benign-where: the pictures have no trait {trait}; there are {', '.join(known)}.")
        if wanted not in known[trait]:
            there = ", ".join(one or "(none)" for one in known[trait][:MOST_VALUES])
            raise UsageError(f"--benign-where: no benign picture has {trait}={wanted}; there are {there}.")
    return [
        one.has_part or all(one.traits.get(trait) == wanted for trait, wanted in benign_where.items())
        for one in labelled
    ]

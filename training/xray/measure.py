"""Everything `evaluate xray` writes down: figures over all pictures, and by each trait that the set names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from training.xray.coco import GROUP_FIELDS
from training.xray.evaluate import at_threshold, figures
from training.xray.judge import Answer
from training.xray.metrics import average_precision, match

MOST_VALUES = 24
_NO_TRAITS = frozenset({"date_captured", "coco_url", "flickr_url", "license", "source", *GROUP_FIELDS})


def measure(answers: Sequence[Answer], model: str, threshold: float, annotations: str, command: str) -> dict[str, Any]:
    """Return the content of metrics.json.

    Args:
        answers: What the product said about each labelled picture.
        model: Title of the bundle.
        threshold: The alarm threshold in use.
        annotations: Name of the COCO file.
        command: That makes the figures again.
    """
    assessments = Counter(one.result.assessment for one in answers)
    return {
        "model": model,
        "annotations": annotations,
        "command": command,
        "figures": figures([one.judged for one in answers], threshold),
        "by": {trait: _by(answers, trait, threshold) for trait in _traits(answers)},
        "assessments": dict(sorted(assessments.items())),
        "unreadable": sum(one.result.ability == "unreadable" for one in answers),
        "unreadable_codes": dict(_codes(answers)),
        "shielded": sum(one.result.ability == "shield" for one in answers),
    }


def _codes(answers: Sequence[Answer]) -> Counter[str]:
    unreadable = [one.result for one in answers if one.result.ability == "unreadable"]
    return Counter(problem.code for result in unreadable for problem in result.problems)


def _traits(answers: Sequence[Answer]) -> list[str]:
    """Return the fields of the set's images that sort them into a few groups (format, view, scanner, set)."""
    names = sorted({name for one in answers for name in one.labelled.traits} - _NO_TRAITS)
    return [name for name in names if 1 < len({one.labelled.traits.get(name, "") for one in answers}) <= MOST_VALUES]


def _by(answers: Sequence[Answer], trait: str, threshold: float) -> dict[str, Any]:
    table = {}
    for value in sorted({one.labelled.traits.get(trait, "") for one in answers}):
        judged = [one.judged for one in answers if one.labelled.traits.get(trait, "") == value]
        precision = average_precision(match(judged))
        at = at_threshold(judged, threshold)
        table[value or "(none)"] = {
            "pictures": len(judged),
            "ap50": None if precision != precision else round(precision, 4),
            "recall": at["recall"],
            "false_alarms": at["false_alarms"],
        }
    return table

"""Everything `evaluate xray` writes down: figures over all pictures, beside anchors, by part, by box and by trait."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.xray.evaluate import REPEATS, figures
from training.xray.judge import Answer
from training.xray.matching import Judged
from training.xray.measure_boxes import by_box
from training.xray.measure_peers import beside
from training.xray.measure_scores import reliability, thresholds
from training.xray.measure_traits import by_benign, by_trait, keep
from training.xray.measure_views import by_views
from training.xray.metrics import FALSE_ALARM_RATES, group_weights

INTERVALS = "95 % percentile interval of a bootstrap by bag; bags with near-duplicate pictures count as one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured, and how.

    Attributes:
        model: Title of the bundle.
        threshold: The alarm threshold in use.
        annotations: The COCO file.
        command: That makes the figures again.
        scanner: Whose profile the pictures were judged by; None for the bundle's own threshold.
        chosen: Which pictures of the file were taken, in words; empty for all.
        benign_where: Value by trait that a benign picture must have to count.
        seed: Of bootstrap and anchors.
        repeats: Bootstrap draws.
        warnings: What the reader must know before the figures.
    """

    model: str
    threshold: float
    annotations: Path
    command: str
    scanner: str | None = None
    chosen: str = ""
    benign_where: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    repeats: int = REPEATS
    warnings: tuple[str, ...] = ()


def measure(answers: Sequence[Answer], others: Mapping[str, Sequence[Judged]], plan: Measured) -> dict[str, Any]:
    """Return the content of metrics.json.

    Args:
        answers: What the product said about each labelled picture.
        others: Answers of other detectors and rules to the same pictures, in the same order.
        plan: What was measured, and how.

    Raises:
        UsageError: No benign picture has the traits asked for.
    """
    kept = keep([one.labelled for one in answers], plan.benign_where)
    mine = [one for one, stays in zip(answers, kept, strict=True) if stays]
    sides = {name: [one for one, stays in zip(side, kept, strict=True) if stays] for name, side in others.items()}
    judged = [one.judged for one in mine]
    draws = group_weights([one.group for one in judged], plan.repeats, plan.seed)
    return {
        "model": plan.model,
        "scanner": plan.scanner,
        "annotations": plan.annotations.name,
        "command": plan.command,
        "data": _data(answers, mine, plan),
        "warnings": [*plan.warnings, *too_few_benign(judged)],
        "intervals": f"{INTERVALS}; {plan.repeats} draws",
        "figures": figures(judged, plan.threshold, seed=plan.seed, repeats=plan.repeats),
        "beside": beside(plan.model, judged, sides, draws, plan.seed),
        "boxes": by_box(mine, plan.threshold, draws),
        "reliability": reliability(judged, draws),
        "thresholds": thresholds(judged, plan.threshold, draws),
        "by": by_trait(mine, plan.threshold, plan.seed),
        "benign_by_background": by_benign(answers, "background", plan.seed),
        "views": by_views(mine, plan.seed, plan.repeats),
        "assessments": dict(sorted(Counter(one.result.assessment for one in mine).items())),
        "assessments_with_part": _assessments(mine, benign=False),
        "assessments_benign": _assessments(mine, benign=True),
        "unreadable": sum(one.result.ability == "unreadable" for one in mine),
        "unreadable_codes": dict(_codes(mine)),
        "shielded": sum(one.result.ability == "shield" for one in mine),
    }


def too_few_benign(judged: Sequence[Judged]) -> list[str]:
    """Say which false-alarm rates so few benign pictures cannot show: the figure is then recall at none at all."""
    benign = sum(one.benign for one in judged)
    rates = [rate for rate in FALSE_ALARM_RATES if 0 < benign * rate < 1]
    if not rates:
        return []
    told = ", ".join(f"{rate:.0%} ({math.ceil(1 / rate)} at least)" for rate in rates)
    return [
        f"Too few benign pictures ({benign}) for recall at {told} false alarms: it is told at no false alarm at all."
    ]


def _data(answers: Sequence[Answer], kept: Sequence[Answer], plan: Measured) -> dict[str, Any]:
    """Name the very pictures and labels, so that two sets of figures can be known to be of the same data."""
    annotations = hashlib.sha256(plan.annotations.read_bytes()).hexdigest()
    images = images_digest(kept)
    return {
        "annotations_sha256": annotations,
        "images_sha256": images,
        "sha256": hashlib.sha256(f"{annotations}\n{images}\n".encode()).hexdigest(),
        "pictures": len(kept),
        "bags": len({one.judged.group for one in kept}),
        "chosen": plan.chosen,
        "benign_where": dict(plan.benign_where),
        "benign_left_out": len(answers) - len(kept),
    }


def images_digest(answers: Sequence[Answer]) -> str:
    """Return the SHA-256 of the sorted lines `file name, blank, SHA-256 of the file` of the pictures judged."""
    lines = sorted(f"{one.labelled.path.name} {one.result.sha256}\n" for one in answers)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _assessments(answers: Sequence[Answer], *, benign: bool) -> dict[str, int]:
    return dict(sorted(Counter(one.result.assessment for one in answers if one.judged.benign == benign).items()))


def _codes(answers: Sequence[Answer]) -> Counter[str]:
    unreadable = [one.result for one in answers if one.result.ability == "unreadable"]
    return Counter(problem.code for result in unreadable for problem in result.problems)

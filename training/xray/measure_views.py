"""Parcels that were seen in several views: what the further view adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from training.xray.evaluate import with_interval
from training.xray.judge import Answer
from training.xray.matching import Judged
from training.xray.measure_traits import value
from training.xray.metrics import FALSE_ALARM_RATES, Weights, group_weights, picture_recall, roc_area

TOGETHER = "all views, the highest score"


def by_views(answers: Sequence[Answer], seed: int, repeats: int) -> dict[str, Any] | None:
    """Return figures of parcels judged by each single view and by all of them together.

    Pictures of one bag and one format with different `view` are one parcel, as the product sees it: its score is the
    highest of all views. None where the set has no such parcels.

    Args:
        answers: What the product said about each labelled picture.
        seed: Of the bootstrap.
        repeats: Bootstrap draws.
    """
    parcels: dict[tuple[str, ...], dict[str, Judged]] = {}
    for one in answers:
        key = (one.labelled.group, value(one, "format"), value(one, "palette"))
        parcels.setdefault(key, {}).setdefault(value(one, "view"), one.judged)
    names = sorted({view for views in parcels.values() for view in views} - {""})
    whole = [views for views in parcels.values() if len(names) > 1 and set(names) <= set(views)]
    if not whole:
        return None
    # A part that one view hides is still in the parcel.
    benign = [all(views[name].benign for name in names) for views in whole]
    pairs = list(zip(whole, benign, strict=True))
    sides = {name: [replace(views[name], benign=free) for views, free in pairs] for name in names}
    highest = [max(views[name].score for name in names) for views in whole]
    together = [replace(one, score=score) for one, score in zip(sides[names[0]], highest, strict=True)]
    draws = group_weights([one.group for one in together], repeats, seed)
    return {
        "parcels": len(whole),
        "benign_parcels": sum(benign),
        "by": {name: _figures(side, draws) for name, side in {**sides, TOGETHER: together}.items()},
    }


def _figures(judged: Sequence[Judged], draws: Sequence[Weights]) -> dict[str, Any]:
    measures: dict[str, Callable[[Weights | None], float]] = {
        "roc_area": partial(roc_area, judged),
        **{f"recall@{rate:g}": partial(picture_recall, judged, rate) for rate in FALSE_ALARM_RATES},
    }
    told = {name: with_interval(measure, draws, name) for name, measure in measures.items()}
    return {name: [found[name], *found["interval"]] for name, found in told.items()}

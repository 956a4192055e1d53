"""What a detector must beat, and other bundles beside it: figures and paired differences on the same pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from training.xray.evaluate import (
    LENIENT,
    OVERLAPS,
    finite,
    hits_at,
    mean_precision,
    precision_of_random_boxes,
)
from training.xray.matching import Judged, match
from training.xray.metrics import (
    FALSE_ALARM_RATES,
    Weights,
    average_precision,
    froc,
    interval,
    picture_recall,
    roc_area,
)

BY_LOT, RULE = "random boxes, alarm by lot", "largest dense metal (rule)"
FALSE_BOXES = 1.0
Figure = list[float | None]


def beside(
    title: str, judged: Sequence[Judged], others: Mapping[str, Sequence[Judged]], draws: Sequence[Weights], seed: int
) -> dict[str, Any]:
    """Return `figures` by name of detector, and `differences` of this one to each other on the same pictures.

    Differences are this one's minus the other's, with the 95 % interval of a paired bootstrap: both are measured on the
    same draw of bags each time, so that what makes a draw easy or hard for both does not count.

    Args:
        title: Of the detector that is judged.
        judged: Its answers.
        others: Answers to the same pictures by other detectors or rules.
        draws: Bootstrap weights of the pictures.
        seed: Of the random boxes.
    """
    sides = {title: judged, **others}
    values = {name: _values(side, draws) for name, side in sides.items()}
    mine = values[title]
    return {
        "figures": {
            **{name: {key: _told(found) for key, found in side.items()} for name, side in values.items()},
            BY_LOT: _by_lot(judged, seed),
        },
        "differences": {
            name: {key: _difference(mine[key], found) for key, found in side.items()}
            for name, side in values.items()
            if name != title
        },
        "froc": {
            name: [[round(f, 4), round(h, 4)] for f, h in froc(match(side), len(side))] for name, side in sides.items()
        },
    }


def _measures(judged: Sequence[Judged]) -> dict[str, Callable[[Weights | None], float]]:
    matched = [match(judged, least) for least in OVERLAPS]
    return {
        "ap50": partial(average_precision, matched[0]),
        "ap30": partial(average_precision, match(judged, LENIENT)),
        "ap50_95": partial(mean_precision, matched),
        f"hits_at_{FALSE_BOXES:g}": partial(hits_at, matched[0], FALSE_BOXES),
        "roc_area": partial(roc_area, judged),
        **{f"recall@{rate:g}": partial(picture_recall, judged, rate) for rate in FALSE_ALARM_RATES},
    }


def _values(judged: Sequence[Judged], draws: Sequence[Weights]) -> dict[str, tuple[float, list[float]]]:
    """Return each figure on the set, and on each draw."""
    return {
        name: (measure(None), [measure(weights) for weights in draws]) for name, measure in _measures(judged).items()
    }


def _told(found: tuple[float, list[float]]) -> Figure:
    return [finite(found[0]), *(finite(one) for one in interval(found[1]))]


def _difference(mine: tuple[float, list[float]], theirs: tuple[float, list[float]]) -> Figure:
    return _told((mine[0] - theirs[0], [a - b for a, b in zip(mine[1], theirs[1], strict=True)]))


def _by_lot(judged: Sequence[Judged], seed: int) -> dict[str, Figure]:
    """What no eyes get: boxes by the average of many draws, alarms by calculation."""
    return {
        "ap50": [finite(precision_of_random_boxes(judged, seed)), None, None],
        "ap30": [finite(precision_of_random_boxes(judged, seed, LENIENT)), None, None],
        "roc_area": [0.5, None, None],
        **{f"recall@{rate:g}": [rate, None, None] for rate in FALSE_ALARM_RATES},
    }

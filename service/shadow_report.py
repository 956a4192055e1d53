"""What a candidate that ran beside would have changed: lanes, rules, scores and finds, with intervals. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

import numpy as np

from service.shadow_figures import (
    Change,
    Comparison,
    Counts,
    Direction,
    Finds,
    LaneShare,
    ScoreDifference,
)
from service.store.shadows import Compared
from sop.simulation.intervals import paired_difference, share_of
from sop.types import LANES, Lane

SCORES = ("risk", "xray", "combined")
CHANGES_SHOWN = 30
DIRECTIONS: tuple[Direction, ...] = ("same", "raised", "lowered")


def compare(
    pairs: Iterable[Compared], found: Mapping[str, str], states: Mapping[str, int], recorded: int
) -> Comparison:
    """Compare a candidate with what was in use.

    Args:
        pairs: The parcels that both have judged, in any order; read once.
        found: What was found, by screening; a key of `service.store.findings.FOUND`.
        states: Parcels of the trial by state.
        recorded: Screenings recorded while the trial ran.
    """
    tally = _Tally(found)
    for pair in pairs:
        tally.add(pair)
    # Orders are on record by the second: a parcel of the run's last second is later than its end.
    recorded = max(recorded, sum(states.values()))
    matrix = tuple(tuple(tally.lanes[(one, two)] for two in LANES) for one in LANES)
    total = tally.total
    ranked = sorted(tally.changes.items(), key=lambda item: (-item[1], item[0]))
    return Comparison(
        counts=Counts(
            recorded=recorded,
            compared=total,
            waiting=states.get("waiting", 0),
            dropped=states.get("dropped", 0),
            failed=states.get("failed", 0),
        ),
        matrix=matrix,
        lanes=tuple(_lane_share(lane, matrix, total) for lane in LANES),
        moved=share_of(total - sum(matrix[n][n] for n in range(len(LANES))), total),
        changes=tuple(_change(key, count, tally.illicit_changes[key]) for key, count in ranked[:CHANGES_SHOWN]),
        changes_left_out=sum(count for _, count in ranked[CHANGES_SHOWN:]),
        scores=tuple(_score_difference(name, tally.scores[name]) for name in SCORES),
        finds=tuple(_finds(direction, tally) for direction in DIRECTIONS),
    )


Pair = tuple[float | None, float | None]


class _Tally:
    """Counts parcels one by one; holds scores as numbers, never the parcels."""

    def __init__(self, found: Mapping[str, str]) -> None:
        self._found = found
        self.total = 0
        self.lanes: Counter[tuple[str, str]] = Counter()
        self.changes: Counter[tuple[str, str, str, str]] = Counter()
        self.illicit_changes: Counter[tuple[str, str, str, str]] = Counter()
        self.directions: Counter[Direction] = Counter()
        self.known: Counter[Direction] = Counter()
        self.illicit: Counter[Direction] = Counter()
        self.scores: dict[str, list[Pair]] = {name: [] for name in SCORES}

    def add(self, pair: Compared) -> None:
        word = self._found.get(pair.screening_id)
        self.total += 1
        self.lanes[(pair.lane, pair.candidate_lane)] += 1
        self._add_change(pair, word == "illicit")
        direction = _direction(pair.lane, pair.candidate_lane)
        self.directions[direction] += 1
        self.known[direction] += word not in (None, "not_opened")
        self.illicit[direction] += word == "illicit"
        self._add_scores(pair)

    def _add_change(self, pair: Compared, illicit: bool) -> None:
        key = (pair.lane, pair.rule, pair.candidate_lane, pair.candidate_rule)
        if key[:2] != key[2:]:
            self.changes[key] += 1
            self.illicit_changes[key] += illicit

    def _add_scores(self, pair: Compared) -> None:
        known = json.loads(pair.evidence) if pair.evidence else {}
        for name in SCORES:
            self.scores[name].append((known.get(name), getattr(pair, name)))


def _direction(active: str, candidate: str) -> Direction:
    one, two = (LANES.index(lane) for lane in (active, candidate))
    return "same" if one == two else "raised" if two < one else "lowered"


def _lane_share(lane: Lane, matrix: Sequence[Sequence[int]], total: int) -> LaneShare:
    place = LANES.index(lane)
    active, candidate, both = sum(matrix[place]), sum(row[place] for row in matrix), matrix[place][place]
    difference = paired_difference(candidate - both, active - both, both, total - active - candidate + both)
    return LaneShare(lane=lane, active=active, candidate=candidate, difference=difference)


def _change(key: tuple[str, str, str, str], parcels: int, illicit: int) -> Change:
    return Change(
        active_lane=key[0],
        active_rule=key[1],
        candidate_lane=key[2],
        candidate_rule=key[3],
        parcels=parcels,
        illicit=illicit,
    )


def _score_difference(name: str, pairs: Sequence[Pair]) -> ScoreDifference:
    differences = [two - one for one, two in pairs if one is not None and two is not None]
    low, middle, high = np.percentile(differences, (5, 50, 95)).tolist() if differences else (0.0, 0.0, 0.0)
    return ScoreDifference(
        score=name,
        both=len(differences),
        only_active=sum(one is not None and two is None for one, two in pairs),
        only_candidate=sum(one is None and two is not None for one, two in pairs),
        changed=sum(difference != 0 for difference in differences),
        mean=fmean(differences) if differences else 0.0,
        p05=low,
        p50=middle,
        p95=high,
        largest=max(map(abs, differences), default=0.0),
    )


def _finds(direction: Direction, tally: _Tally) -> Finds:
    known, illicit = tally.known[direction], tally.illicit[direction]
    return Finds(
        direction=direction,
        parcels=tally.directions[direction],
        known=known,
        illicit=illicit,
        share=share_of(illicit, known),
    )

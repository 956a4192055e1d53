"""The kinds of parcels that a policy tells apart, and its conditions as questions about them (`sop.lint.solver`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import get_args

from features.manifest import Channel
from models.results import Assessment
from sop.lint.solver import YES, Literal, Solver
from sop.patterns import ANYTHING, common_name
from sop.signals import ANY, NO_PICTURE, PART_PREFIX, fits
from sop.types import STAGES, AnyOf, BeginsWith, Condition, Like, OneOf, When, Within

SETS = ("transit_country", "indicator", "contradiction", "watchlist")
"""Signals of which a parcel may have several values."""

COMPLETE: dict[str, tuple[str, ...]] = {
    "stage": STAGES,
    "channel": get_args(Channel),
    "xray_assessment": (NO_PICTURE, *(one for one in ("clear", "alarm", "unknown") if one in get_args(Assessment))),
}
"""Signals of which every parcel has exactly one of these values; plainest first."""

OTHER = "(another)"
WHOLE = "finding_history"

Span = tuple[float, float]
Listed = OneOf | BeginsWith | Like
Leaf = Listed | Within


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number cut at every threshold: spans from a bound to below the next, and None for `not known`."""

    variable: int
    spans: tuple[Span | None, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A signal with one value: those that are named, and None for any other or none."""

    variable: int
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """A signal with a set of values: a variable for each that is named, which says whether the parcel has it."""

    variables: dict[str, int]


class Space:
    """All kinds of parcels that some conditions tell apart on a day.

    Kinds that cannot be are left out: no picture has neither score nor parts, a part's score is never above the
    picture's, and a clear picture or an alarm has a score.
    """

    def __init__(self, whens: Iterable[When], on: date, budget: int) -> None:
        """Cut the signals that the conditions name; `budget` is how many clauses all questions may look at."""
        self.solver = Solver(budget)
        self.on = on
        self.numbers: dict[str, Numbers] = {}
        self.words: dict[str, Words] = {}
        self.sets: dict[str, Several] = {}
        self._literals: dict[Condition, Literal] = {}
        self._wholes: dict[When, Literal] = {}
        named = tuple(leaf for when in whens for leaf in leaves(when))
        self.named = frozenset(one.signal for one in named)
        self._cut(named)
        self._possible()

    def whole(self, when: When) -> Literal:
        """Return what holds exactly where all conditions hold."""
        # Kept, so that a rule that stands in two policies is one question, whose answers cannot differ.
        if when not in self._wholes:
            self._wholes[when] = self.solver.all_of(self.holds(condition) for condition in when)
        return self._wholes[when]

    def holds(self, condition: Condition) -> Literal:
        """Return what holds exactly where one condition holds."""
        if condition not in self._literals:
            self._literals[condition] = self._literal(condition)
        return self._literals[condition]

    def value(self, signal: str, *values: str) -> Literal:
        """Return that a signal with one value has one of these."""
        known = self.words[signal]
        return known.variable, sum(1 << known.values.index(value) for value in values if value in known.values)

    def span(self, signal: str, index: int) -> Literal:
        """Return that a number lies in its span of this index."""
        return self.numbers[signal].variable, 1 << index

    def _literal(self, condition: Condition) -> Literal:
        if isinstance(condition, Within):
            return self._between(condition.signal, condition.at_least, condition.below)
        if isinstance(condition, AnyOf):
            return self.solver.one_of(self.whole(one) for one in condition.alternatives)
        if condition.signal in self.sets:
            having = self.sets[condition.signal].variables.items()
            return self.solver.one_of((variable, YES) for value, variable in having if self._meets(condition, value))
        known = self.words[condition.signal]
        return known.variable, _bits(value is not None and self._meets(condition, value) for value in known.values)

    def _meets(self, condition: Listed, value: str) -> bool:
        return (isinstance(condition, OneOf) and ANY in condition.values) or fits(condition, value, self.on)

    def _between(self, signal: str, at_least: float | None, below: float | None) -> Literal:
        known = self.numbers[signal]
        low = 0.0 if at_least is None else at_least
        high = float("inf") if below is None else below
        return known.variable, _bits(span is not None and low <= span[0] < high for span in known.spans)

    def _cut(self, named: tuple[Leaf, ...]) -> None:
        bounds: dict[str, set[float]] = {"xray": set()}
        listed: dict[str, list[Listed]] = {signal: [] for signal in COMPLETE}
        for one in named:
            if isinstance(one, Within):
                bounds.setdefault(one.signal, set()).update(x for x in (one.at_least, one.below) if x is not None)
            else:
                listed.setdefault(one.signal, []).append(one)
        for signal, cuts in bounds.items():
            self._add_number(signal, cuts)
        for signal, conditions in listed.items():
            self._add_values(signal, list(dict.fromkeys(conditions)))

    def _add_number(self, signal: str, cuts: set[float]) -> None:
        edges = sorted(cuts | {0.0})
        spans = [*pairwise(edges), (edges[-1], float("inf"))]
        ordered: list[Span | None] = [*spans] if signal == WHOLE else [*spans, None]
        self.numbers[signal] = Numbers(self.solver.variable(len(ordered)), tuple(ordered))

    def _add_values(self, signal: str, conditions: list[Listed]) -> None:
        named = dict.fromkeys(value for one in conditions for value in values_of(one, self.on))
        if signal in SETS or signal == "hs_code":
            own = [value for value in named if value != ANY] + ([OTHER] if ANY in named else [])
            self.sets[signal] = Several({one: self.solver.variable(2) for one in self._told_apart(own, conditions)})
            return
        names = _stations(tuple(named)) if signal == "station" else tuple(named)
        ordered = COMPLETE.get(signal, (None, *self._told_apart(names, conditions)))
        self.words[signal] = Words(self.solver.variable(len(ordered)), tuple(ordered))

    def _told_apart(self, values: Iterable[str], conditions: list[Listed]) -> Iterable[str]:
        """Return one of all values that meet the same conditions: a list of thousands is but a few kinds."""
        kinds: dict[tuple[bool, ...], str] = {}
        for value in values:
            kinds.setdefault(tuple(self._meets(one, value) for one in conditions), value)
        return kinds.values()

    def _possible(self) -> None:
        no_picture = self.value("xray_assessment", NO_PICTURE)
        picture = self.solver.opposite(no_picture)
        score = self.numbers["xray"]
        unknown = score.variable, 1 << score.spans.index(None)
        self.solver.add(picture, unknown)
        self.solver.add(self.value("xray_assessment", NO_PICTURE, "unknown"), self.solver.opposite(unknown))
        for variable in self.sets.get("contradiction", Several({})).variables.values():
            self.solver.add((variable, 0b01), picture)
        for signal, part in self.numbers.items():
            if signal.startswith(PART_PREFIX):
                for index, span in enumerate(part.spans):
                    if span is not None:
                        above = _bits(one is not None and one[1] > span[0] for one in score.spans)
                        self.solver.add(self.solver.opposite((part.variable, 1 << index)), (score.variable, above))


def leaves(when: When) -> Iterator[Leaf]:
    """Return the conditions of a `when`, those under `any` included."""
    for condition in when:
        if isinstance(condition, AnyOf):
            for alternative in condition.alternatives:
                yield from leaves(alternative)
        else:
            yield condition


def values_of(condition: Listed, on: date) -> tuple[str, ...]:
    """Return the values of a condition on a day, those of its lists included."""
    if isinstance(condition, Like):
        return condition.patterns
    own = condition.values if isinstance(condition, OneOf) else condition.prefixes
    listed = (code for one in condition.lists for code in one.codes(on))
    return tuple(dict.fromkeys((*own, *listed)))


def _bits(chosen: Iterable[bool]) -> int:
    return sum(1 << index for index, one in enumerate(chosen) if one)


def _stations(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that fit each pattern, and one that fits each pair of them."""
    plain = [one.replace(ANYTHING, filler) for one in patterns for filler in ("1", "another", "")]
    pairs = [name for one, other in combinations(patterns, 2) if (name := common_name(one, other)) is not None]
    return tuple(dict.fromkeys(name for name in (*plain, *pairs) if name))

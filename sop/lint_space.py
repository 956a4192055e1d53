"""The kinds of parcels that a policy tells apart, and its conditions as questions about them (`sop.lint_solver`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import get_args

from features.manifest import Channel
from models.results import Assessment
from sop.lint_solver import YES, Literal, Solver
from sop.patterns import ANYTHING, common_name, matches
from sop.signals import ANY, NO_PICTURE, PART_PREFIX
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
        match condition:
            case Within(signal, at_least, below):
                return self._between(signal, at_least, below)
            case AnyOf(alternatives):
                return self.solver.one_of(self.whole(one) for one in alternatives)
            case Like(signal, patterns):
                known = self.words[signal]
                return known.variable, _bits(_fits(value, patterns) for value in known.values)
            case BeginsWith(signal):
                prefixes = values_of(condition, self.on)
                return self._has(signal, [one for one in self.sets[signal].variables if one.startswith(prefixes)])
            case OneOf(signal) if signal in SETS:
                return self._has(signal, self._named(condition))
        return self.value(condition.signal, *values_of(condition, self.on))

    def _named(self, condition: OneOf) -> list[str]:
        values = values_of(condition, self.on)
        return list(self.sets[condition.signal].variables) if ANY in values else list(values)

    def _has(self, signal: str, values: list[str]) -> Literal:
        return self.solver.one_of((self.sets[signal].variables[value], YES) for value in values)

    def _between(self, signal: str, at_least: float | None, below: float | None) -> Literal:
        known = self.numbers[signal]
        low = 0.0 if at_least is None else at_least
        high = float("inf") if below is None else below
        return known.variable, _bits(span is not None and low <= span[0] < high for span in known.spans)

    def _cut(self, named: tuple[Leaf, ...]) -> None:
        bounds: dict[str, set[float]] = {"xray": set()}
        values: dict[str, dict[str, None]] = {signal: {} for signal in COMPLETE}
        for one in named:
            match one:
                case Within(signal, at_least, below):
                    bounds.setdefault(signal, set()).update(x for x in (at_least, below) if x is not None)
                case OneOf(signal) | BeginsWith(signal):
                    values.setdefault(signal, {}).update(dict.fromkeys(values_of(one, self.on)))
                case Like(signal, patterns):
                    values.setdefault(signal, {}).update(dict.fromkeys(patterns))
        for signal, cuts in bounds.items():
            self._add_number(signal, cuts)
        for signal, found in values.items():
            self._add_values(signal, tuple(found))

    def _add_number(self, signal: str, cuts: set[float]) -> None:
        edges = sorted(cuts | {0.0})
        spans = [*pairwise(edges), (edges[-1], float("inf"))]
        ordered: list[Span | None] = [*spans] if signal == WHOLE else [*spans, None]
        self.numbers[signal] = Numbers(self.solver.variable(len(ordered)), tuple(ordered))

    def _add_values(self, signal: str, named: tuple[str, ...]) -> None:
        if signal in SETS or signal == "hs_code":
            own = tuple(one for one in named if one != ANY) + ((OTHER,) if ANY in named else ())
            self.sets[signal] = Several({one: self.solver.variable(2) for one in own})
            return
        names = _stations(named) if signal == "station" else named
        ordered = COMPLETE.get(signal, (None, *names))
        self.words[signal] = Words(self.solver.variable(len(ordered)), tuple(ordered))

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
                        fits = _bits(one is not None and one[1] > span[0] for one in score.spans)
                        self.solver.add(self.solver.opposite((part.variable, 1 << index)), (score.variable, fits))


Leaf = OneOf | BeginsWith | Within | Like


def leaves(when: When) -> Iterator[Leaf]:
    """Return the conditions of a `when`, those under `any` included."""
    for condition in when:
        if isinstance(condition, AnyOf):
            for alternative in condition.alternatives:
                yield from leaves(alternative)
        else:
            yield condition


def values_of(condition: OneOf | BeginsWith, on: date) -> tuple[str, ...]:
    """Return the values of a condition on a day, those of its lists included."""
    own = condition.values if isinstance(condition, OneOf) else condition.prefixes
    listed = (code for one in condition.lists for code in one.codes(on))
    return tuple(dict.fromkeys((*own, *listed)))


def _bits(chosen: Iterable[bool]) -> int:
    return sum(1 << index for index, one in enumerate(chosen) if one)


def _fits(name: str | None, patterns: tuple[str, ...]) -> bool:
    return name is not None and any(matches(name, pattern) for pattern in patterns)


def _stations(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that fit each pattern, and one that fits each pair of them."""
    plain = [one.replace(ANYTHING, filler) for one in patterns for filler in ("1", "another", "")]
    pairs = [name for one, other in combinations(patterns, 2) if (name := common_name(one, other)) is not None]
    return tuple(dict.fromkeys(name for name in (*plain, *pairs) if name))

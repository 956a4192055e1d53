"""How each signal of the rule language is read from the evidence, and whether a condition holds on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Final, TypeGuard

from models.results import PARTS
from sop.lists import NamedList
from sop.patterns import matches
from sop.types import AnyOf, BeginsWith, Condition, Evidence, Like, OneOf, When, Within

PART_PREFIX = "part."
ANY = "any"
"""Stands for every watch list, and for every contradiction."""

NO_PICTURE = "no_picture"
KEPT_LISTS = 1000
KEPT_DAYS = 7
"""Days of a list kept at hand: a service that runs for a year asks for each once, and never again when it is over."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a named list that count on one day, ready to be looked up."""

    exact: frozenset[str]
    lengths: tuple[int, ...]

    def begins(self, value: str) -> bool:
        """Return whether the value begins with one of the codes."""
        return any(value[:length] in self.exact for length in self.lengths)


# Keyed by identity: to hash a list of some thousand entries would cost more than to read it anew.
_codes: Final[dict[int, tuple[NamedList, dict[date, Codes]]]] = {}


def codes_of(one: NamedList, on: date) -> Codes:
    """Return the codes of a list that count on a day."""
    kept = _codes.get(id(one))
    found = kept[1].get(on) if kept else None
    return _kept_codes(one, on) if found is None else found


def _kept_codes(one: NamedList, on: date) -> Codes:
    exact = frozenset(one.codes(on))
    found = Codes(exact, tuple(sorted({len(code) for code in exact})))
    _, days = _codes.get(id(one), (one, {}))
    if len(_codes) >= KEPT_LISTS:
        _codes.clear()
    # The list stays beside its codes, so that its identity cannot pass to another list.
    _codes[id(one)] = (one, {on: found} if len(days) >= KEPT_DAYS else days | {on: found})
    return found


def _single(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _part_score(part: str) -> Callable[[Evidence], float | None]:
    return lambda evidence: evidence.parts.get(part)


def _with_any(values: frozenset[str]) -> Collection[str]:
    return values | {ANY} if values else ()


def digits_of(code: str) -> str:
    """Return an HS code without its punctuation: it is declared as 9301.20 or 9301 20 as often as 930120."""
    return code if code.isdigit() else "".join(filter(str.isdigit, code))


VALUES: Mapping[str, Callable[[Evidence], Collection[str]]] = {
    "stage": lambda e: _single(e.stage),
    "station": lambda e: _single(e.station),
    "channel": lambda e: _single(e.channel),
    "mail_class": lambda e: _single(e.mail_class),
    "direction": lambda e: _single(e.direction),
    "nature": lambda e: _single(e.nature),
    "origin_country": lambda e: _single(e.origin_country),
    "destination_country": lambda e: _single(e.destination_country),
    "transit_country": attrgetter("transit_countries"),
    "hs_code": lambda e: [digits_of(code) for code in e.hs_codes],
    "xray_assessment": lambda e: _single(e.xray_assessment or NO_PICTURE),
    "indicator": attrgetter("indicators"),
    "contradiction": lambda e: _with_any(e.contradictions),
    "watchlist": lambda e: _with_any(e.watchlists),
}

NUMBERS: Mapping[str, Callable[[Evidence], float | None]] = {
    "risk": attrgetter("risk"),
    "xray": attrgetter("xray"),
    "combined": attrgetter("combined"),
    "finding_history": attrgetter("finding_history"),
    **{PART_PREFIX + part: _part_score(part) for part in PARTS},
}


Test = Callable[[Evidence, date], bool]
"""Whether conditions hold on the evidence on a day."""

# Keyed by identity, as the codes of lists are, and the conditions kept beside their tests for the same reason.
_tests: Final[dict[int, tuple[When, tuple[Test, ...]]]] = {}


def tests_of(when: When) -> tuple[Test, ...]:
    """Return the tests of conditions, made once: every parcel is put to the same ones."""
    found = _tests.get(id(when))
    if found is None:
        if len(_tests) >= KEPT_LISTS:
            _tests.clear()
        found = _tests[id(when)] = (when, tuple(_test_of(condition) for condition in when))
    return found[1]


def _test_of(condition: Condition) -> Test:
    """Return a test that says what `holds` says, with all that does not depend on the parcel worked out."""
    match condition:
        case Within(signal, at_least, below):
            number = NUMBERS[signal]
            return lambda evidence, on: within(number(evidence), at_least, below)
        case OneOf(signal, values, ()):
            among, read = frozenset(values), VALUES[signal]
            return lambda evidence, on: not among.isdisjoint(read(evidence))
        case AnyOf(alternatives):
            return lambda evidence, on: any(all_hold(one, evidence, on) for one in alternatives)
        case _:
            return lambda evidence, on: holds(condition, evidence, on)


def holds(condition: Condition, evidence: Evidence, on: date) -> bool:
    """Return whether one condition holds on a day."""
    match condition:
        case Within(signal, at_least, below):
            return within(NUMBERS[signal](evidence), at_least, below)
        case AnyOf(alternatives):
            return any(all_hold(alternative, evidence, on) for alternative in alternatives)
        case _:
            return any(fits(condition, value, on) for value in VALUES[condition.signal](evidence))


def fits(condition: OneOf | BeginsWith | Like, value: str, on: date) -> bool:
    """Return whether one value meets a condition on a day: by its own values, or by a list."""
    match condition:
        case OneOf(_, values, lists):
            return value in values or any(value in codes_of(one, on).exact for one in lists)
        case BeginsWith(_, prefixes, lists):
            return value.startswith(prefixes) or any(codes_of(one, on).begins(value) for one in lists)
        case Like(_, patterns):
            return any(matches(value, pattern) for pattern in patterns)


def all_hold(when: When, evidence: Evidence, on: date) -> bool:
    """Return whether all conditions hold on a day."""
    for test in tests_of(when):  # noqa: SIM110 - for every rule and parcel; a generator would double its cost
        if not test(evidence, on):
            return False
    return True


def within(value: float | None, at_least: float | None, below: float | None) -> bool:
    """Return whether a known number meets its bounds, the lower inclusive and the upper exclusive."""
    # Written so that NaN, which no comparison accepts, never counts as "low enough".
    if value is None or value != value:
        return False
    return (at_least is None or value >= at_least) and (below is None or value < below)


def known(value: float | None) -> TypeGuard[float]:
    """Return whether a number is there and is one."""
    return value is not None and value == value

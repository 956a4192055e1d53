"""Which conditions imply which: what makes a rule unreachable behind an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from sop.signals import ANY
from sop.types import AnyOf, BeginsWith, Condition, Like, OneOf, Rule, When, Within

Plain = OneOf | BeginsWith | Within | Like
Alternative = tuple[Plain, ...]
MOST_ALTERNATIVES = 256
WITH_ANY = ("watchlist", "contradiction")


def alternatives(when: When) -> list[Alternative]:
    """Return every way in which `when` can hold, each free of `any`; empty where there are more than is useful."""
    choices = [_choices(condition) for condition in when]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MOST_ALTERNATIVES or not all(choices):
        return []
    return [tuple(part for piece in pieces for part in piece) for pieces in product(*choices)]


def covering_rule(rule: Rule, earlier: Sequence[Rule]) -> Rule | None:
    """Return an earlier rule because of which `rule` never decides, or None where none is known.

    Sound and simple: every alternative of the rule must be caught whole by one alternative of an earlier rule. What
    several earlier rules only catch together is not looked for.
    """
    behind = None
    for alternative in (own := alternatives(rule.when)):
        behind = next((one for one in earlier if _catches(one, alternative)), None)
        if behind is None:
            return None
    return behind if own else None


def _choices(condition: Condition) -> list[Alternative]:
    if isinstance(condition, AnyOf):
        return [one for alternative in condition.alternatives for one in alternatives(alternative)]
    return [(condition,)]


def _catches(earlier: Rule, later: Alternative) -> bool:
    return any(all(_implied(wanted, later) for wanted in one) for one in alternatives(earlier.when))


def _implied(wanted: Plain, given: Alternative) -> bool:
    return any(_implies(one, wanted) for one in given if one.signal == wanted.signal)


def _implies(given: Plain, wanted: Plain) -> bool:
    match given, wanted:
        case OneOf(signal, narrow), OneOf(_, wide):
            return set(narrow) <= set(wide) or (signal in WITH_ANY and ANY in wide)
        case BeginsWith(_, longer), BeginsWith(_, shorter):
            return all(prefix.startswith(shorter) for prefix in longer)
        case Within(), Within():
            return _inside(given, wanted)
    return False


def _inside(narrow: Within, wide: Within) -> bool:
    low = wide.at_least is None or (narrow.at_least is not None and narrow.at_least >= wide.at_least)
    high = wide.below is None or (narrow.below is not None and narrow.below <= wide.below)
    return low and high

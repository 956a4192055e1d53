"""Every way in which the conditions of a rule can hold, written out without `any`."""

from __future__ import annotations

from itertools import product

from sop.types import AnyOf, BeginsWith, Condition, Like, OneOf, When, Within

Plain = OneOf | BeginsWith | Within | Like
Alternative = tuple[Plain, ...]
MOST_ALTERNATIVES = 256


def alternatives(when: When) -> list[Alternative]:
    """Return every way in which `when` can hold, each free of `any`; empty where there are more than is useful."""
    choices = [_choices(condition) for condition in when]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MOST_ALTERNATIVES or not all(choices):
        return []
    return [tuple(part for piece in pieces for part in piece) for pieces in product(*choices)]


def _choices(condition: Condition) -> list[Alternative]:
    if isinstance(condition, AnyOf):
        return [one for alternative in condition.alternatives for one in alternatives(alternative)]
    return [(condition,)]

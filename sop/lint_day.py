"""The rules in force on one day, as questions: is there a parcel that this rule decides, and that meets another?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sop.lint_example import find
from sop.lint_solver import Literal
from sop.lint_space import Space
from sop.types import Evidence, Policy, Rule, When

BUDGET = 6_000_000
"""Clauses looked at for one policy; some seconds, and more than ten times what 23 rules need."""


@dataclass(slots=True)
class Day:
    """The rules in force from a day on, as questions."""

    rules: tuple[Rule, ...]
    space: Space
    matches: list[Literal]

    @classmethod
    def of(cls, policy: Policy, on: date, budget: int) -> Day:
        """Return the questions about a policy's rules on a day."""
        rules = rules_on(policy, on)
        space = Space([rule.when for rule in rules], on, budget)
        return cls(rules, space, [space.whole(rule.when) for rule in rules])

    def decided_by(self, index: int) -> list[Literal]:
        """Return that the rule of this index decides; the number of rules stands for the default lane."""
        before = [self.space.solver.opposite(one) for one in self.matches[:index]]
        return before if index == len(self.rules) else [*before, self.matches[index]]

    def exists(self, *given: Literal) -> bool:
        """Return whether there is a parcel of which all this holds.

        Raises:
            TooHard: Too much was asked.
        """
        return self.space.solver.solve(given) is not None

    def find(self, *given: Literal) -> Evidence | None:
        """Return a plain parcel of which all this holds, or None where there is none.

        Raises:
            TooHard: Too much was asked.
        """
        return find(self.space, given)


def both(first: Policy, second: Policy, on: date, budget: int, besides: When) -> tuple[Day, Day]:
    """Return the questions about two policies on the same parcels; `besides` are conditions asked about as well."""
    rules = rules_on(first, on), rules_on(second, on)
    space = Space([besides, *(rule.when for one in rules for rule in one)], on, budget)
    days = [Day(one, space, [space.whole(rule.when) for rule in one]) for one in rules]
    return days[0], days[1]


def rules_on(policy: Policy, on: date) -> tuple[Rule, ...]:
    """Return the rules in force on a day."""
    return tuple(rule for rule in policy.rules if rule.in_force(on))

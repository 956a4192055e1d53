"""The rules in force on one day, as questions: is there a parcel that this rule decides, and that meets another?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sop.lint.example import find
from sop.lint.solver import Literal
from sop.lint.space import Space
from sop.types import Evidence, Policy, Rule, When

BUDGET = 6_000_000
"""Clauses looked at for one policy; some seconds, and more than ten times what 23 rules need."""


@dataclass(slots=True)
class Day:
    """The rules in force from a day on, as questions.

    Attributes:
        rules: In their order.
        space: The kinds of parcels.
        matches: For each rule, that its conditions hold.
        limits: That a parcel is one of those which the policy is for; empty for all.
    """

    rules: tuple[Rule, ...]
    space: Space
    matches: list[Literal]
    limits: list[Literal]

    @classmethod
    def of(cls, policy: Policy, on: date, budget: int, scope: When = ()) -> Day:
        """Return the questions about a policy's rules on a day; `scope` are the conditions of the parcels it is for."""
        rules = rules_on(policy, on)
        space = Space([scope, *(rule.when for rule in rules)], on, budget)
        return _day(rules, space, scope)

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


def both(first: Policy, second: Policy, on: date, budget: int, scope: When) -> tuple[Day, Day]:
    """Return the questions about two policies on the same parcels."""
    rules = rules_on(first, on), rules_on(second, on)
    space = Space([scope, *(rule.when for one in rules for rule in one)], on, budget)
    return _day(rules[0], space, scope), _day(rules[1], space, scope)


def _day(rules: tuple[Rule, ...], space: Space, scope: When) -> Day:
    return Day(rules, space, [space.whole(rule.when) for rule in rules], [space.holds(one) for one in scope])


def rules_on(policy: Policy, on: date) -> tuple[Rule, ...]:
    """Return the rules in force on a day."""
    return tuple(rule for rule in policy.rules if rule.in_force(on))

"""Is there a parcel such that ...? Answered exactly for finitely many kinds of parcels, by search with propagation.

The rules of a policy cut each signal into finitely many pieces that no rule tells apart (a score between two
thresholds, a country that no rule names). A parcel is one piece per signal, a question a set of clauses over them.
Davis, Logemann and Loveland (1962), with variables of several values instead of two.
"""

from __future__ import annotations

from collections.abc import Iterable

Literal = tuple[int, int]
"""A variable, and the set of values that it may have, as bits."""

Clause = tuple[Literal, ...]
"""At least one of the literals holds."""

NO, YES = 0b01, 0b10
"""The two values of a variable that says whether something holds."""


class TooHard(Exception):
    """The answer would take longer than anybody waits for a check."""


class Solver:
    """Variables, the clauses over them, and how many clauses may still be looked at for all questions together."""

    def __init__(self, budget: int) -> None:
        """Begin with nothing; `budget` is the number of clauses that may be looked at."""
        self.budget = budget
        self.domains: list[int] = []
        self.clauses: list[Clause] = []
        self.uses: list[list[Clause]] = []
        self._known: list[int] = []
        self._known_clauses = 0

    def variable(self, size: int) -> int:
        """Return a new variable with so many values; an answer takes the lowest value that is left."""
        self.domains.append((1 << size) - 1)
        self.uses.append([])
        return len(self.domains) - 1

    def opposite(self, literal: Literal) -> Literal:
        """Return what holds exactly where the literal does not."""
        variable, values = literal
        return variable, ((1 << self.domains[variable].bit_length()) - 1) & ~values

    def add(self, *clause: Literal) -> None:
        """Demand that one of the literals holds, in every question to come."""
        self.clauses.append(clause)
        for variable in {variable for variable, _ in clause}:
            self.uses[variable].append(clause)

    def all_of(self, literals: Iterable[Literal]) -> Literal:
        """Return a literal that holds exactly where all of these hold."""
        wanted = tuple(dict.fromkeys(literals))
        if len(wanted) == 1:
            return wanted[0]
        both = self.variable(2)
        for literal in wanted:
            self.add((both, NO), literal)
        self.add(*(self.opposite(literal) for literal in wanted), (both, YES))
        return both, YES

    def one_of(self, literals: Iterable[Literal]) -> Literal:
        """Return a literal that holds exactly where one of these holds."""
        wanted = tuple(dict.fromkeys(literals))
        if len(wanted) == 1:
            return wanted[0]
        either = self.variable(2)
        self.add(*wanted, (either, NO))
        for literal in wanted:
            # Tried in this order: what nobody asked for does not hold, so that answers stay plain.
            self.add(self.opposite(literal), (either, YES))
        return either, YES

    def solve(self, given: Iterable[Literal]) -> list[int] | None:
        """Return for each variable the values it may have in an answer, or None where there is no answer.

        Args:
            given: What must hold besides the clauses.

        Raises:
            TooHard: The budget is used up.
        """
        domains, changed = list(self._always()), []
        for variable, values in given:
            domains[variable] &= values
            changed.append(variable)
        waiting = [(domains, 0)] if all(domains) and self._propagate(domains, changed) else []
        while waiting:
            domains, position = waiting.pop()
            position = self._first_open(domains, position)
            if position == len(self.clauses):
                return domains
            waiting += self._branches(domains, position)
        return None

    def _always(self) -> list[int]:
        """Return what follows from the clauses alone; worked out anew after clauses were added."""
        if len(self._known) != len(self.domains) or self._known_clauses != len(self.clauses):
            self._known, self._known_clauses = list(self.domains), len(self.clauses)
            if not self._propagate(self._known, range(len(self.domains))):
                self._known = [0] * len(self.domains)
        return self._known

    def _branches(self, domains: list[int], position: int) -> list[tuple[list[int], int]]:
        variable, values = next((v, m) for v, m in self.clauses[position] if domains[v] & m)
        found = []
        for part in (domains[variable] & ~values, domains[variable] & values):
            branch = list(domains)
            branch[variable] = part
            if part and self._propagate(branch, (variable,)):
                found.append((branch, position))
        return found

    def _first_open(self, domains: list[int], position: int) -> int:
        # What holds goes on holding further down, so the search for the next open clause never begins again.
        while position < len(self.clauses) and any(not domains[v] & ~m for v, m in self.clauses[position]):
            position += 1
            self._spend()
        return position

    def _propagate(self, domains: list[int], changed: Iterable[int]) -> bool:
        """Narrow every variable of which a clause leaves only one way to hold; False where a clause cannot hold."""
        queue = list(changed)
        while queue:
            for clause in self.uses[queue.pop()]:
                self._spend()
                forced = self._forced(domains, clause)
                if forced == ():
                    return False
                if forced:
                    variable, values = forced
                    domains[variable] &= values
                    queue.append(variable)
        return True

    @staticmethod
    def _forced(domains: list[int], clause: Clause) -> Literal | tuple[()] | None:
        """Return the one literal that must hold, the empty tuple where none can, None where nothing follows."""
        only: Literal | tuple[()] = ()
        for literal in clause:
            variable, values = literal
            left = domains[variable]
            if not left & ~values:
                return None
            if left & values:
                if only:
                    return None
                only = literal
        return only

    def _spend(self) -> None:
        self.budget -= 1
        if self.budget < 0:
            raise TooHard

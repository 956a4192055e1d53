"""The search behind `sop check` finds an answer exactly where trying everything finds one."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.lint.solver import Clause, Literal, Solver, TooHard

SIZES = (2, 2, 3, 2, 3, 2, 2)
BUDGET = 100_000

# Formulas are made from a number: hypothesis spends ten times as long on building them itself.
seeds = st.integers(0, 2**32).map(random.Random)


def some_literal(chance: random.Random) -> Literal:
    variable = chance.randrange(len(SIZES))
    # Mostly one value, which is hard to meet: only then does the search have to go back.
    one = 1 << chance.randrange(SIZES[variable])
    return variable, one if chance.random() < 0.8 else chance.randint(1, (1 << SIZES[variable]) - 1)


def some_clause(chance: random.Random) -> Clause:
    return tuple(some_literal(chance) for _ in range(chance.choice([1, 2, 3, 3, 3, 3])))


def holds(literal: Literal, values: tuple[int, ...]) -> bool:
    return bool(1 << values[literal[0]] & literal[1])


def answers(formula: list[Clause], given_: list[Literal]) -> list[tuple[int, ...]]:
    """Every assignment that meets all clauses and everything given."""
    everything = product(*(range(size) for size in SIZES))
    wanted = [*formula, *((one,) for one in given_)]
    return [values for values in everything if all(any(holds(one, values) for one in clause) for clause in wanted)]


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_an_answer_is_found_exactly_where_there_is_one(chance: random.Random) -> None:
    formula = [some_clause(chance) for _ in range(chance.randint(8, 24))]
    solver = Solver(BUDGET)
    for size in SIZES:
        solver.variable(size)
    for clause in formula:
        solver.add(*clause)
    for _ in range(3):
        question = [some_literal(chance) for _ in range(chance.randrange(3))]
        found, known = solver.solve(question), answers(formula, question)
        assert (found is None) == (not known)
        # What an answer leaves open may be anything.
        left = product(*([value for value in range(3) if domain >> value & 1] for domain in found or ()))
        assert found is None or set(left) <= set(known)
        formula.append(some_clause(chance))
        solver.add(*formula[-1])


@settings(max_examples=40, deadline=None)
@given(seeds, st.booleans())
def test_literals_together_hold_where_all_or_one_of_them_does(chance: random.Random, every: bool) -> None:
    parts = [some_literal(chance) for _ in range(chance.randint(1, 4))]
    solver = Solver(BUDGET)
    for size in SIZES:
        solver.variable(size)
    together = solver.all_of(parts) if every else solver.one_of(parts)
    for values in product(*(range(size) for size in SIZES)):
        point = [(variable, 1 << value) for variable, value in enumerate(values)]
        wanted = (all if every else any)(holds(one, values) for one in parts)
        assert (solver.solve([*point, together]) is not None) == wanted
        assert (solver.solve([*point, solver.opposite(together)]) is not None) == (not wanted)


def test_the_budget_is_for_all_questions_together() -> None:
    solver = Solver(10)
    variable = solver.variable(2)
    solver.add((variable, 1), (solver.variable(2), 1))
    assert solver.solve([(variable, 2)]) is not None
    with pytest.raises(TooHard):
        _ = [solver.solve([(variable, 2)]) for _ in range(10)]

"""What the memory of known patterns says, and what it must not say."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration import logit, probability
from models.memory import NEAR, NOVEL, SEEN, Level, PatternMemory

NOTHING = np.array([], dtype=np.uint64)
PRIOR = logit(0.02)


def level(*entries: tuple[int, int, int]) -> Level:
    keys, parcels, illicit = zip(*entries, strict=True) if entries else ((), (), ())
    return Level(
        np.array(keys, dtype=np.uint64), np.array(parcels, dtype=np.uint32), np.array(illicit, dtype=np.uint32)
    )


def share(memory: PatternMemory, *keys: int, prior: float = PRIOR) -> float:
    evidence = memory.evidence(np.array([keys], dtype=np.uint64))
    return float(probability(memory.combine(np.array([prior]), evidence))[0])


MEMORY = PatternMemory(
    (level((1, 2000, 3), (2, 5, 5)), level((11, 1000, 1), (21, 5, 5)), level((111, 1000, 1), (211, 5, 5))),
    (30.0, 3.0, 1.0),
)


def test_a_novel_pattern_keeps_exactly_what_the_trees_say() -> None:
    evidence = MEMORY.evidence(np.array([[9, 91, 911]], dtype=np.uint64))
    assert evidence.states.tolist() == [NOVEL]
    assert MEMORY.combine(np.array([1.25]), evidence).tolist() == [1.25]


def test_states_say_how_much_is_alike() -> None:
    keys = np.array([[1, 11, 111], [1, 11, 9], [1, 9, 9], [9, 9, 9], [0, 0, 0]], dtype=np.uint64)
    assert MEMORY.evidence(keys).states.tolist() == [SEEN, SEEN, NEAR, NOVEL, NOVEL]


def test_repeated_finds_raise_and_one_find_does_not_stick_to_a_frequent_innocent_pattern() -> None:
    assert share(MEMORY, 2, 21, 211) > 0.8
    assert share(MEMORY, 1, 11, 111) < 0.003
    once = PatternMemory((level((1, 1, 1)), level((11, 1, 1)), level((111, 1, 1))), MEMORY.strengths)
    often = PatternMemory((level((1, 200, 1)), level((11, 200, 1)), level((111, 200, 1))), MEMORY.strengths)
    assert share(once, 1, 11, 111) > 0.3 > 0.02 > share(often, 1, 11, 111)


def test_what_the_trees_say_still_counts_where_little_is_known() -> None:
    memory = PatternMemory((level((1, 1, 0)), level((11, 1, 0)), level((111, 1, 0))), MEMORY.strengths)
    shares = [share(memory, 1, 11, 111, prior=logit(one)) for one in (0.01, 0.3, 0.9)]
    assert shares == sorted(shares)
    assert shares[0] < 0.01
    assert shares[2] < 0.9


def test_certainty_stays_finite() -> None:
    memory = PatternMemory(tuple(level((key, 10**6, 10**6)) for key in (1, 11, 111)), (0.02, 0.02, 0.02))
    assert 0.99 < share(memory, 1, 11, 111) < 1.0
    evidence = memory.evidence(np.array([[1, 11, 111]], dtype=np.uint64))
    assert np.isfinite(memory.combine(np.array([30.0]), evidence)).all()


def test_the_file_holds_the_same_memory_and_equal_memories_make_equal_files() -> None:
    again = PatternMemory.from_bytes(MEMORY.to_bytes())
    assert again.to_bytes() == MEMORY.to_bytes()
    assert again.strengths == MEMORY.strengths
    assert share(again, 2, 21, 211) == share(MEMORY, 2, 21, 211)
    empty = PatternMemory((level(), level(), level()))
    assert share(PatternMemory.from_bytes(empty.to_bytes()), 1, 2, 3) == pytest.approx(0.02)

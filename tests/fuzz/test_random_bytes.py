"""Readers on random and damaged input: documented refusals only; `make fuzz` does the same longer, and guided."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fuzz_seeds import SEEDS, WORDS
from fuzz_targets import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES = {"manifest": 150, "picture": 60, "procedure": 40}


def damaged(name: str) -> st.SearchStrategy[bytes]:
    """A good input in which pieces were overwritten, cut out, or put in."""
    places = st.floats(0, 1)
    pieces = st.sampled_from([*WORDS[name](), b"", b"\0", b"\xff"]) | st.binary(max_size=8)
    changes = st.lists(st.tuples(places, st.integers(0, 40), pieces), max_size=4)
    return st.builds(_changed, st.sampled_from([*SEEDS[name]()]), changes)


def _changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for share, dropped, piece in changes:
        place = int(share * len(data))
        data = data[:place] + piece + data[place + dropped :]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_keeps_its_word_on_any_bytes(name: str) -> None:
    check: Callable[[bytes], None] = TARGETS[name].check
    for seed in SEEDS[name]():
        check(seed)

    @settings(max_examples=EXAMPLES[name], deadline=None)
    @given(st.binary(max_size=200) | damaged(name))
    def keeps_its_word(data: bytes) -> None:
        check(data)

    keeps_its_word()

"""Many names prepared for quick search: a few likely ones are found by their sounds, and only those are compared."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from features.names import compare
from features.names_sound import consonants, sound
from features.names_tokens import Prepared, Word

LIKELY = 32
"""At most so many names are compared in full; the likelier ones come first."""
LEAST_SHARE = 0.5
"""Names that share less than this of the weight of their sounds cannot reach any useful similarity."""
_SHORTEST_SLIP = 3


class NameIndex:
    """Names to search. Not changed after it was made, so threads may share it."""

    def __init__(self, names: Sequence[Prepared]) -> None:
        """Index the names; about 0.1 ms each."""
        self._names = tuple(names)
        places: defaultdict[str, dict[int, None]] = defaultdict(dict)
        for place, name in enumerate(self._names):
            for keys in _keys_by_word(name):
                for key in keys:
                    places[key][place] = None
        self._places: dict[str, NDArray[np.int32]] = {
            key: np.fromiter(found, dtype=np.int32, count=len(found)) for key, found in places.items()
        }
        self._totals = np.array([self._total(name) for name in self._names])

    def __len__(self) -> int:
        return len(self._names)

    def search(self, name: Prepared, at_least: float) -> list[tuple[int, float]]:
        """Return place and similarity of the names at least so similar, the most similar first.

        Of the names that share sounds with this one the 32 likeliest are compared; what that misses is measured in
        `benchmarks/names.py`.
        """
        if not self._names or not name.key:
            return []
        found = [(place, compare(name, self._names[place])) for place in self._likely(name)]
        return sorted(((p, s) for p, s in found if s >= at_least), key=lambda pair: (-pair[1], pair[0]))

    def _likely(self, name: Prepared) -> list[int]:
        shared = np.zeros(len(self._names))
        for keys in _keys_by_word(name):
            best: NDArray[np.float64] = np.zeros(len(self._names))
            for key, certainty in keys.items():
                found = self._places.get(key)
                if found is not None:
                    best[found] = np.maximum(best[found], certainty * self._rarity(key))
            shared += best
        share = shared / np.maximum(np.minimum(self._totals, self._total(name)), 1e-9)
        rank = np.minimum(share, 1.0) + 0.1 * shared / np.maximum(self._totals, 1e-9)
        good = np.flatnonzero(share >= LEAST_SHARE)
        return [int(place) for place in good[np.argsort(-rank[good], kind="stable")][:LIKELY]]

    def _total(self, name: Prepared) -> float:
        return sum(self._rarity(word.heard) for word in _telling(name))

    def _rarity(self, key: str) -> float:
        found = self._places.get(key)
        return math.log((len(self._names) + 1) / (1 if found is None else len(found))) + 0.1


def _keys_by_word(name: Prepared) -> Iterator[dict[str, float]]:
    """Yield for each word, and for neighbours written together, its keys with how sure a hit is."""
    for word in _telling(name):
        yield _keys(word)
    for length in (2, 3):
        for start in range(len(name.words) - length + 1):
            run = name.words[start : start + length]
            together = sound("".join(word.text for word in run))
            yield {together: 1.0} | (_slips(together) if length == len(name.words) else {})


def _keys(word: Word) -> dict[str, float]:
    if word.role not in ("word", "generic") or word.symbols:
        return {word.heard: 1.0}
    return {f"#{consonants(word.text)}": 0.6} | _slips(word.heard) | {word.heard: 1.0}


def _slips(heard: str) -> dict[str, float]:
    """Return keys that two words share when they differ in one letter: each with one letter less, and the word."""
    if len(heard) < _SHORTEST_SLIP:
        return {}
    shorter = {f"-{heard[:place]}{heard[place + 1 :]}": 0.8 for place in range(len(heard))}
    return shorter | {f"-{heard}": 0.8}


def _telling(name: Prepared) -> list[Word]:
    """Return the words that say something; all where none does."""
    return [word for word in name.words if word.weight >= 0.5 and word.role != "initial"] or list(name.words)

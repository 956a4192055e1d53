"""How far two words of a name are apart: letters that sound or look alike cost less."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import Indel

FAR = 1.0
_NO_CHANCE = 0.25
"""Words with less than this share of letters in common need no exact distance: they are different."""

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"shch|sch|sh", "S"), (r"tsch|tch|ch|cz", "C"), (r"dzh|zh|dj|dsch", "J"), (r"^j|j(?=[aou])", "J"),
        (r"(?<=[aeiouy])[jy](?![aeiou])", "i"), (r"j", "i"), (r"kh", "h"), (r"gh", "g"), (r"ph", "f"), (r"th", "t"),
        (r"qu|ck|q", "k"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"x", "ks"), (r"w", "v"), (r"tz", "ts"),
        (r"ou|oo|ue|yu", "u"), (r"ae", "a"), (r"oe", "o"), (r"[eiy]+", "i"), (r"[ou]+", "u"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
VOWELS = frozenset("aeiouy")
_WEAK = re.compile(r"(?<=.)[aeiouywh']")
_NEAR = {
    frozenset(pair): cost
    for cost, pairs in (
        (0.25, "0o 1i 1l 5s 9g 3e 8b 2z 4a 7t"),
        (0.5, "bp dt gk ck kq ks sz vf vw bv cs jy iy jg uw mn lr zj ij gj hx cz fp xs ae ai ao au ei eo eu io iu ou"),
    )
    for pair in pairs.split()
}


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """Return a romanised word as it sounds, roughly: Sergej, Sergey and Sergei agree, and so do Philipp and Filip.

    Vowels fall into three classes (a; e, i, y; o, u), double letters count once. Rules are the usual readings of
    European and Arabic spellings.
    """
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=65536)
def consonants(word: str) -> str:
    """Return the first letter and the later strong consonants, as a script without vowels would write them."""
    heard = sound(word).replace("p", "b").replace("v", "f").replace("J", "g").replace("C", "S").replace("k", "g")
    return _WEAK.sub("", re.sub(r"^[iuy]", "a", heard))


@lru_cache(maxsize=131072)
def distance(one: str, two: str) -> float:
    """Return how far two romanised words are apart, 0 (same) to 1 (nothing in common); symmetric.

    The mean of the distance as written and as heard.
    """
    if one == two:
        return 0.0
    if Indel.normalized_similarity(one, two) < _NO_CHANCE:
        return FAR
    one, two = min(one, two), max(one, two)
    return (_share(one, two) + _share(sound(one), sound(two))) / 2


def bare_distance(one: str, two: str) -> float:
    """Return how far two words are apart where one of them is written without vowels, 0 to 1."""
    return _share(consonants(one), consonants(two))


def symbol_distance(one: str, two: str) -> float:
    """Return how far two words are apart whose characters are syllables: one that differs counts double."""
    return min(1.0, 2 * (1 - Indel.normalized_similarity(one, two)))


def _share(one: str, two: str) -> float:
    return min(FAR, _edits(one, two) / max(len(one), len(two), 1))


def _edits(one: str, two: str) -> float:
    """Return the least cost of turning one word into the other (optimal string alignment with weights)."""
    before: list[float] = []
    last = [0.0]
    for place in range(len(two)):
        last.append(last[-1] + _drop(two, place))
    for row in range(len(one)):
        now = [last[0] + _drop(one, row)]
        for column in range(len(two)):
            best = min(last[column + 1] + _drop(one, row), now[column] + _drop(two, column),
                       last[column] + _swap(one[row], two[column]))  # fmt: skip
            if row and column and one[row] == two[column - 1] and one[row - 1] == two[column]:
                best = min(best, before[column - 1] + 0.6)
            now.append(best)
        before, last = last, now
    return last[-1]


def _drop(word: str, place: int) -> float:
    letter = word[place]
    if place and letter == word[place - 1]:
        return 0.2
    if letter == "h" and place:
        return 0.4
    return 0.6 if letter in VOWELS and place else 1.0


def _swap(one: str, two: str) -> float:
    return 0.0 if one == two else _NEAR.get(frozenset((one, two)), 1.0)

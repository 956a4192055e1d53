"""How far two words of a name are apart: letters that sound or look alike cost less."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import Indel

FAR = 1.0
_NO_CHANCE = 0.25
"""Words with less than this share of letters in common need no exact distance: they are different."""

_SOUNDS = tuple(
    (frozenset(letters), re.compile(pattern), sound)
    for letters, pattern, sound in (
        ("h", r"shch|sch|sh", "S"), ("hz", r"tsch|tch|ch|cz", "C"), ("hj", r"dzh|zh|dj|dsch", "J"),
        ("j", r"^j|j(?=[aou])", "J"), ("jy", r"(?<=[aeiouy])[jy](?![aeiou])", "i"), ("j", r"j", "i"),
        ("h", r"kh", "h"), ("h", r"gh", "g"), ("h", r"ph", "f"), ("h", r"th", "t"),
        ("qk", r"qu|ck|q", "k"), ("c", r"c(?=[eiy])", "s"), ("c", r"c", "k"), ("x", r"x", "ks"), ("w", r"w", "v"),
        ("z", r"tz", "ts"), ("oue", r"ou|oo|ue|yu", "u"), ("e", r"ae", "a"), ("e", r"oe", "o"),
    )
)  # fmt: skip
"""Rules of sound in their order, each with letters of which a word as written holds one wherever the rule applies."""
_VOWEL_CLASSES = str.maketrans("eyo", "iiu")
_DOUBLED = re.compile(r"(.)\1+")
REMEMBERED = 2048
"""Words, and pairs of words, kept at hand, at most 1 MB. Only watch lists ask for them: against one of 2,000 names 16
to 24 % of the pairs of 1,500 parcels of `benchmarks.serving.traffic` were found, and no more among 64 times as many."""
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


def sound(word: str) -> str:
    """Return a romanised word as it sounds, roughly: Sergej, Sergey and Sergei agree, and so do Philipp and Filip.

    Vowels fall into three classes (a; e, i, y; o, u), double letters count once. Rules are the usual readings of
    European and Arabic spellings.
    """
    held = set(word)
    for letters, pattern, replacement in _SOUNDS:
        # Most rules are of letters that a word does not hold: to ask costs a tenth of what the rule does.
        if not letters.isdisjoint(held):
            word = pattern.sub(replacement, word)
    return _DOUBLED.sub(r"\1", word.translate(_VOWEL_CLASSES))


@lru_cache(maxsize=REMEMBERED)
def consonants(word: str) -> str:
    """Return the first letter and the later strong consonants, as a script without vowels would write them."""
    heard = sound(word).replace("p", "b").replace("v", "f").replace("J", "g").replace("C", "S").replace("k", "g")
    return _WEAK.sub("", re.sub(r"^[iuy]", "a", heard))


@lru_cache(maxsize=REMEMBERED)
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

"""A name taken apart: words in Latin letters, each with its role and weight, and the legal form apart from the rest."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import Levenshtein

from features.names_script import ABJADS, SYLLABIC, romanise, script_of
from features.names_sound import sound
from features.names_words import (
    GENERIC,
    HAN_FORMS,
    LEGAL_FORMS,
    LINKING,
    LONGEST_FORM,
    NAMELIKE_ROMAN,
    ORDINALS,
    PARTICLES,
    PATRONYMIC,
    ROMAN,
    TENS,
    TITLES,
    UNITS,
    VARIANTS,
    WEAK_TITLES,
)

Kind = Literal["person", "company", "any"]
Role = Literal["word", "initial", "number", "particle", "generic"]
MAX_WORDS = 24
MAX_LETTERS = 40
MAX_TEXT = 1000
"""What stands beyond is not compared: no name is longer, and the work stays bounded whatever is sent."""
WEIGHTS: dict[Role, float] = {"word": 1.0, "initial": 0.5, "number": 1.0, "particle": 0.2, "generic": 0.5}

LONG_FORM = 12
"""A legal form of so many letters is known by up to two slips too."""
_LONG_FORMS = tuple(
    (words[0], form) for words, form in LEGAL_FORMS.items() if len(words) == 1 and len(words[0]) >= LONG_FORM
)
_FORM_BEGINNINGS = frozenset(words[0] for words in LEGAL_FORMS)
_APOSTROPHES = re.compile(r"['’‘`´ʼʻʾʿ′ـ״׳\"“”«»]")
_INITIALISM = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.\s?){2,}(?:[^\W\d_](?![^\W_]))?")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_WRITTEN_NUMBERS = {**ORDINALS, **TENS, **UNITS}
_TELLING_LITTLE = frozenset(PARTICLES) | GENERIC | WEAK_TITLES | LINKING
_WITH_A_RULE = _TELLING_LITTLE | _FORM_BEGINNINGS | TITLES | frozenset(ROMAN) | frozenset(_WRITTEN_NUMBERS)
KEPT_WORDS = 8192
"""Words kept at hand, at most 3 MB. Of the words of 30,000 parcels of `benchmarks.serving.traffic` 71 % were found
among so many (60 % among half, 85 % among twice as many); a word that is not costs some 6 microseconds."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name.

    Attributes:
        text: In small Latin letters; Chinese characters stay.
        role: What it is.
        weight: How much it says about who is meant, 0 to 1.
        heard: As it sounds (`names_sound.sound`), frequent variants as one; what keys are made of.
        symbols: The word in its own script where each character is a syllable, else empty.
        bare: Whether its script leaves vowels out.
    """

    text: str
    role: Role = "word"
    weight: float = 1.0
    heard: str = ""
    symbols: str = ""
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A name ready to be compared many times; see `features.names.prepare`.

    Attributes:
        words: Its words in order, without legal forms and titles (unless there is nothing else).
        forms: The legal forms named in it.
        bound: The names that a child-of word (bin, bint) binds.
        key: Its skeleton: equal keys are one name (see `features.names.skeleton`).
    """

    words: tuple[Word, ...]
    forms: frozenset[str]
    bound: frozenset[str]
    key: str


def take_apart(name: str, kind: Kind) -> Prepared:
    """Return a name's words, forms and key. Never raises; a text without letters has no words and an empty key."""
    words = [_word(raw[:MAX_LETTERS]) for raw in raw_words(name[:MAX_TEXT])[:MAX_WORDS]]
    words = [word for word in words if word.text]
    if all(map(_without_a_rule, words)):
        return Prepared(tuple(words), frozenset(), frozenset(), " ".join(sorted([word.heard for word in words])))
    rest, forms = _without_forms(words, kind)
    rest = _numbers(_without_titles(rest), kind)
    rest = [_with_role(word, kind) for word in rest]
    bound = frozenset(word.text for before, word in pairwise(rest) if before.text in PATRONYMIC)
    return Prepared(tuple(rest), forms, bound, " ".join(sorted(_key_words(rest))))


def _without_a_rule(word: Word) -> bool:
    """Return whether a word is one that no rule of forms, titles, numbers or roles is about: so are most names."""
    text = word.text
    return 1 < len(text) < LONG_FORM and text not in _WITH_A_RULE and not text[0].isdigit()


def sounds(text: str) -> list[str]:
    """Return every word as it sounds, in order, with nothing left out: for addresses."""
    return [word.heard for raw in raw_words(text[:MAX_TEXT]) if (word := _word(raw[:MAX_LETTERS])).text]


def raw_words(name: str) -> list[str]:
    """Return the words as written: letters, digits and marks, apostrophes left out, A.B.C. joined, & read as and."""
    if name.isascii() and name.replace(" ", "").isalnum():
        # As most names are written: there is nothing to leave out or to join.
        return name.split()
    text = name if name.isascii() else _without_han_forms(unicodedata.normalize("NFKC", name))
    text = _INITIALISM.sub(lambda found: re.sub(r"[.\s]", "", found.group()) + " ", _APOSTROPHES.sub("", text))
    text = text.replace("&", " and ").replace("+", " and ")
    if text.isascii():
        return _ASCII_WORD.findall(text)
    return "".join(char if unicodedata.category(char)[0] in "LNM" else _gap(char) for char in text).split()


def _without_han_forms(text: str) -> str:
    for form in HAN_FORMS:
        text = text.replace(form, " ")
    return text


def _gap(char: str) -> str:
    return "" if unicodedata.category(char) == "Cf" else " "


@lru_cache(maxsize=KEPT_WORDS)
def _word(raw: str) -> Word:
    script = "LATIN" if raw.isascii() else script_of(raw)
    romanised = romanise(raw)
    text = romanised if romanised.isalnum() else "".join(char for char in romanised if char.isalnum())
    return Word(text, heard=_heard(text), symbols=raw if script in SYLLABIC else "", bare=script in ABJADS)


def _heard(text: str) -> str:
    """Return how a word sounds; what holds a figure is no spoken word and stays: house 11 is not house 1."""
    spoken = text.isalpha() or not any(char.isdigit() for char in text)
    return sound(VARIANTS.get(text, text)) if spoken else text


def _without_forms(words: list[Word], kind: Kind) -> tuple[list[Word], frozenset[str]]:
    """Take the legal forms out of the words."""
    rest: list[Word] = []
    forms: set[str] = set()
    place = 0
    while place < len(words):
        length, form = _form_at(words, place)
        if form and _is_form(words, place, length, kind):
            forms.add(form)
        else:
            length = 1
            rest.append(words[place])
        place += length
    if any(len(word.text) > 1 or word.symbols for word in rest):
        return rest, frozenset(forms)
    return words, frozenset()


def _is_form(words: list[Word], place: int, length: int, kind: Kind) -> bool:
    """Return whether what could be a legal form is one there: two letters (SA, AS, CO) are people's names as well."""
    if kind == "company":
        return True
    others = len(words) - length
    at_the_end = place + length == len(words)
    if length == 1 and len(words[place].text) <= 2:
        return others >= (2 if at_the_end else 3) and (at_the_end or place == 0)
    return (at_the_end or place == 0 or length > 1) and others >= (2 if kind == "person" else 1)


def _form_at(words: list[Word], place: int) -> tuple[int, str]:
    """Return how many words from here are a legal form, and which; a slip in a long one is forgiven."""
    text = words[place].text
    if text not in _FORM_BEGINNINGS:
        return 1, _misspelt_form(text) if len(text) >= LONG_FORM else ""
    for length in range(min(LONGEST_FORM, len(words) - place), 0, -1):
        form = LEGAL_FORMS.get(tuple(word.text for word in words[place : place + length]))
        if form:
            return length, form
    return 1, ""


@lru_cache(maxsize=512)
def _misspelt_form(text: str) -> str:
    return next((form for known, form in _LONG_FORMS if Levenshtein.distance(known, text, score_cutoff=2) <= 2), "")


def _without_titles(words: list[Word]) -> list[Word]:
    """Leave titles out, so long as two words remain."""
    rest = [word for word in words if word.text not in TITLES]
    return rest if len(rest) > 1 or (rest and len(words) == len(rest) + 1) else words


def _numbers(words: list[Word], kind: Kind) -> list[Word]:
    """Read numbers as figures: forty four is 44, 1st is 1, Fund II is Fund 2."""
    numbers: list[Word] = []
    for place, word in enumerate(words):
        value = _number(word.text, kind, place)
        last = numbers[-1] if numbers else None
        if value is not None and value < 10 and last and last.role == "number" and words[place - 1].text in TENS:
            numbers[-1] = _figure(int(last.text) + value)
        elif value is not None:
            numbers.append(_figure(value))
        else:
            numbers.append(word)
    return numbers


def _figure(value: int) -> Word:
    return Word(str(value), "number", WEIGHTS["number"], heard=str(value))


def _number(text: str, kind: Kind, place: int) -> int | None:
    if text[0].isdigit():
        ordinal = _ORDINAL.fullmatch(text)
        return int(ordinal.group(1)) if ordinal else int(text) if text.isdecimal() else None
    if place and text in ROMAN and (kind == "company" or (kind == "any" and text not in NAMELIKE_ROMAN)):
        return ROMAN[text]
    if kind == "person":
        return None
    return _WRITTEN_NUMBERS.get(text)


def _with_role(word: Word, kind: Kind) -> Word:
    if word.role == "word" and len(word.text) > 1 and word.text not in _TELLING_LITTLE:
        return word
    role = word.role if word.role != "word" else _role(word, kind)
    text = (PARTICLES[word.text] or word.text) if role == "particle" else word.text
    weight = WEIGHTS[role]
    if word.text in WEAK_TITLES and kind != "company":
        weight = WEIGHTS["generic"]
    heard = sound(text) if role == "particle" else word.heard
    return replace(word, text=text, heard=heard, role=role, weight=0.1 if word.text in LINKING else weight)


def _role(word: Word, kind: Kind) -> Role:
    if word.text in PARTICLES and not word.symbols:
        return "particle"
    if len(word.text) == 1 and not word.symbols:
        return "initial"
    return "generic" if kind != "person" and word.text in GENERIC else "word"


def _key_words(words: list[Word]) -> list[str]:
    """Return the words as heard; a child-of word stays with the name after it, linking words are left out."""
    keys: list[str] = []
    bound = ""
    for word in words:
        if word.text in PATRONYMIC:
            bound = word.text
        elif word.text not in LINKING or len(words) == 1:
            keys.append(bound + word.heard)
            bound = ""
    return [*keys, bound] if bound else keys

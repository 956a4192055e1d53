"""How a description is judged: vague, or naming firearms, parts or convertible weapons. Pure functions of text."""

from __future__ import annotations

from features.indicators.lists import IndicatorLists
from features.indicators.terms import Text, read

MIN_LATIN_LETTERS = 2
LEAST_REPEATED = 3


def vagueness(description: str, lists: IndicatorLists) -> str | None:
    """Say why a description names no goods, None where it does.

    It is vague where it is a file's name, or where nothing specific is left once vague terms, qualifiers, fillers,
    numbers, single letters and words of one repeated character are taken out. `gift` is vague, `gift wrap machine` is
    not.
    """
    text = read(description)
    if text.empty:
        return "it holds no word at all"
    if _file_name(description, lists):
        return "it is the name of a file"
    if _certainly_specific(text, lists):
        return None
    words = [token for token in text.tokens if not token.isdigit()]
    if not words and not text.written:
        return "it is numbers only"
    if _repeats_only(words, text):
        return "it repeats one character"
    left = text
    # Longest first and terms before fillers, or "bits and pieces" would lose its "and" before it is recognised.
    for terms in (lists.vague, lists.qualifiers, lists.fillers):
        left = terms.without(left)
    return None if _specific(left) else "nothing in it names the goods"


def _file_name(description: str, lists: IndicatorLists) -> bool:
    stem, point, ending = description.strip().casefold().rpartition(".")
    return bool(stem and point) and ending in lists.file_extensions


def _repeats_only(words: list[str], text: Text) -> bool:
    pieces = [*words, *text.characters.split()]
    return bool(pieces) and all(map(_one_character, pieces))


def _one_character(piece: str) -> bool:
    return len(piece) >= LEAST_REPEATED and piece.count(piece[0]) == len(piece)


def _specific(text: Text) -> bool:
    if text.written and not _one_character(text.characters.strip()):
        return True
    return any(map(_names_something, text.tokens))


def _certainly_specific(text: Text, lists: IndicatorLists) -> bool:
    """Return whether some word names something and is in no term that would be taken out: so it is with most texts."""
    vague, qualifiers, fillers = lists.vague, lists.qualifiers, lists.fillers
    for token in text.tokens:
        if _names_something(token) and vague.leaves(token) and qualifiers.leaves(token) and fillers.leaves(token):
            return True
    return False


def _names_something(token: str) -> bool:
    if token.isalpha():
        return not _one_character(token)
    letters = sum(map(str.isalpha, token))
    if not token or letters < min(MIN_LATIN_LETTERS, len(token)) or _one_character(token):
        return False
    # A word with more digits than letters is an article number: true of the article, silent about its kind.
    return letters * 2 > len(token)


def firearm_words(description: str, lists: IndicatorLists) -> tuple[str, ...]:
    """Return the words that name firearms, parts or ammunition, harmless neighbours left out; empty where none."""
    text = read(description)
    if not lists.firearm.touches(text) and not lists.parts.touches(text):
        return ()
    text = lists.exclusions.without(text)
    certain = lists.firearm.found_in(text)
    rest = lists.firearm.without(text)
    parts = lists.parts.found_in(rest)
    if not parts:
        return certain
    contexts = lists.contexts.found_in(rest)
    return tuple(dict.fromkeys([*certain, *parts, *contexts])) if certain or contexts else ()


def convertible_words(description: str, lists: IndicatorLists) -> tuple[str, ...]:
    """Return the words that name convertible, blank-firing or imitation weapons; empty where none."""
    text = read(description)
    if not lists.convertible.touches(text):
        return ()
    return lists.convertible.found_in(lists.exclusions.without(text))

"""Dated lists of terms, and how they are looked for in a description.

Latin script is matched by whole normalised words (see `features.text`), so that `gun` is not found in `gunther`;
plurals in -s and -es count as their singular. A star at the end of a term stands for any ending. Chinese writes no
spaces, so its terms are matched anywhere in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from features.text import fold, words, words_of_folded

HEAD = 2
"""Letters by which it is told at once that no starred word can be in a text."""
KEPT_TEXTS = 256
"""Texts kept at hand, 1 kB each: a parcel reads each of its own about twice. Of those of 30,000 parcels of
`benchmarks.serving.traffic` 55 % were found among so many, 58 % among four times as many."""
_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, eq=False)
class TermList:
    """A versioned list of terms.

    Attributes:
        name: What the list is for.
        version: Raised with every change.
        reviewed: When the owner last read it through.
        source: Where the terms come from.
        terms: By language: en, es, fr, de, zh (characters), zh-latn (pinyin), and those of `terms_more`.
    """

    name: str
    version: str
    reviewed: date
    source: str
    terms: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return sum(len(terms) for terms in self.terms.values())

    @cached_property
    def _phrases(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Word sequences by their first word; one that begins with a starred word stands under the empty string."""
        grouped: dict[str, list[tuple[str, ...]]] = {}
        for term in self._all():
            if not _CJK.search(term):
                phrase = _phrase(term)
                grouped.setdefault("" if phrase[0].endswith("*") else phrase[0], []).append(phrase)
        return {first: tuple(phrases) for first, phrases in grouped.items()}

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The first words of all terms in Latin letters; the empty text where any of these first words is starred."""
        return frozenset(self._phrases)

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        """What the starred words begin with."""
        return tuple(phrase[0].removesuffix("*") for phrase in self._phrases.get("", ()))

    @cached_property
    def _words(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Every word of every term in Latin letters, and what those with a star begin with."""
        every = [word for phrases in self._phrases.values() for phrase in phrases for word in phrase]
        starred = tuple(word.removesuffix("*") for word in every if word.endswith("*"))
        return frozenset(every), starred

    @cached_property
    def _heads(self) -> frozenset[str]:
        """The first letters of what the starred words begin with, as many as `HEAD`, or fewer where one is shorter."""
        return frozenset(one[:HEAD] for one in self._beginnings)

    @cached_property
    def _characters(self) -> re.Pattern[str] | None:
        terms = sorted({fold(term) for term in self._all() if _CJK.search(term)}, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, terms))) if terms else None

    def _all(self) -> Iterator[str]:
        for terms in self.terms.values():
            yield from terms

    def _spans(self, text: Text) -> list[tuple[int, int]]:
        """Return [start, end) of every longest phrase found, left to right, not overlapping."""
        found: list[tuple[int, int]] = []
        if not self._may_hold(text):
            return found
        start = 0
        while start < len(text.tokens):
            length = self._length_at(text, start)
            if length:
                found.append((start, start + length))
            start += length or 1
        return found

    def _may_hold(self, text: Text) -> bool:
        # Most descriptions share no word with most lists; this one look spares the walk along their words.
        if not text.forms.isdisjoint(self.first_words):
            return True
        if not self._beginnings or text.heads.isdisjoint(self._heads):
            return False
        return any(token.startswith(self._beginnings) for token in text.tokens)

    def leaves(self, word: str) -> bool:
        """Return whether no term holds a normalised Latin word, so that it stays whatever stands beside it."""
        words_of_terms, beginnings = self._words
        return words_of_terms.isdisjoint(_singulars(word)) and not word.startswith(beginnings)

    def touches(self, text: Text) -> bool:
        """Return False where no term can be in a text; True means nothing yet."""
        return (text.written and self._characters is not None) or self._may_hold(text)

    def _length_at(self, text: Text, start: int) -> int:
        token, length = text.tokens[start], 0
        if not token:
            return 0
        for form in _singulars(token):
            # Nothing is left of a lone s or es: under the empty text stands something else.
            for phrase in self._phrases.get(form, ()) if form else ():
                if len(phrase) > length and _goes_on(phrase, text, start):
                    length = len(phrase)
        if self._beginnings and token.startswith(self._beginnings):
            for phrase in self._phrases[""]:
                if len(phrase) > length and _same(phrase[0], token) and _goes_on(phrase, text, start):
                    length = len(phrase)
        return length

    def without(self, text: Text) -> Text:
        """Return the text with every term of this list cut out; what stood left and right stays apart."""
        if not self.touches(text):
            return text
        spans = self._spans(text)
        tokens = list(text.tokens)
        for start, end in spans:
            tokens[start:end] = [""] * (end - start)
        characters = text.characters
        if text.written and self._characters:
            characters = self._characters.sub(" ", characters)
        return Text(tuple(tokens), characters, text) if spans or characters != text.characters else text

    def found_in(self, text: Text) -> tuple[str, ...]:
        """Return the terms found, as they stand in the normalised text, each once."""
        if not self.touches(text):
            return ()
        latin = [" ".join(text.tokens[start:end]) for start, end in self._spans(text)]
        chinese = self._characters.findall(text.characters) if text.written and self._characters else []
        return tuple(dict.fromkeys([*latin, *chinese]))


class Text:
    """A description in normal form; never changed once made.

    A word that was cut out leaves an empty string in its place.

    Attributes:
        tokens: Its Latin words in order.
        characters: Its Chinese characters as they stand; blanks, or nothing, where there are none.
        written: Whether there are Chinese characters.
        forms: The words and what they may be the plural of; those of words that were cut out may be among them.
    """

    # What few lists ask for is worked out when first asked, without a lock: some are made for every parcel.
    __slots__ = ("_heads", "characters", "forms", "tokens", "written")

    def __init__(self, tokens: tuple[str, ...], characters: str, whole: Text | None = None) -> None:
        """Make a text; `whole` is the one that words or characters were cut out of."""
        self.tokens = tokens
        self.characters = characters
        self.written = bool(characters) and not characters.isspace()
        # They only tell quickly what a text cannot hold, so that fewer words need no new ones.
        self.forms: frozenset[str] = whole.forms if whole else _forms(tokens)
        self._heads: frozenset[str] | None = whole._heads if whole else None

    @property
    def empty(self) -> bool:
        """Whether no word and no character is left."""
        return not self.written and not any(self.tokens)

    @property
    def heads(self) -> frozenset[str]:
        """What the words begin with: their first letters, as many as `HEAD` and fewer."""
        if self._heads is None:
            self._heads = frozenset([token[:length] for length in range(1, HEAD + 1) for token in self.tokens])
        return self._heads


@lru_cache(maxsize=KEPT_TEXTS)
def read(description: str) -> Text:
    """Return a description in normal form; several indicators read the same one in a row, hence the cache."""
    folded = fold(description)
    if folded.isascii():
        return Text(tuple(words_of_folded(folded)), "")
    latin = _CJK.sub(" ", folded)
    chinese = "".join(char if _CJK.match(char) else " " for char in folded)
    return Text(tuple(words(latin)), chinese)


def _phrase(term: str) -> tuple[str, ...]:
    parts = words(term)
    if term.endswith("*"):
        parts[-1] += "*"
    return tuple(parts)


def _singulars(token: str) -> tuple[str, ...]:
    if token.endswith("es"):
        return token, token[:-1], token[:-2]
    return (token, token[:-1]) if token.endswith("s") else (token,)


def _forms(tokens: tuple[str, ...]) -> frozenset[str]:
    found = set(tokens)
    for token in tokens:
        if token.endswith("s"):
            found.update(_singulars(token))
    found.discard("")
    return frozenset(found)


def _goes_on(phrase: tuple[str, ...], text: Text, start: int) -> bool:
    """Return whether the words after the first of a phrase stand in a text after a place."""
    if len(phrase) == 1:
        return True
    if start + len(phrase) > len(text.tokens):
        return False
    return all(_same(phrase[place], text.tokens[start + place]) for place in range(1, len(phrase)))


def _same(word: str, token: str) -> bool:
    if word.endswith("*"):
        return token.startswith(word[:-1])
    return word in _singulars(token)

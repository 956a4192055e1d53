"""Dated lists of terms, and how they are looked for in a description.

Latin script is matched by whole normalised words (see `features.text`), so that `gun` is not found in `gunther`;
plurals in -s and -es count as their singular. A star at the end of a term stands for any ending. Chinese writes no
spaces, so its terms are matched anywhere in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from features.text import fold, words

_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, eq=False)
class TermList:
    """A versioned list of terms.

    Attributes:
        name: What the list is for.
        version: Raised with every change.
        reviewed: When the owner last read it through.
        source: Where the terms come from.
        terms: By language: en, es, fr, de, zh (characters), zh-latn (pinyin).
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
        """Word sequences by their first word; a phrase of one starred word stands under the empty string."""
        grouped: dict[str, list[tuple[str, ...]]] = {}
        for term in self._all():
            if not _CJK.search(term):
                phrase = _phrase(term)
                grouped.setdefault("" if phrase[0].endswith("*") else phrase[0], []).append(phrase)
        return {first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in grouped.items()}

    @cached_property
    def _characters(self) -> re.Pattern[str] | None:
        terms = sorted({fold(term) for term in self._all() if _CJK.search(term)}, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, terms))) if terms else None

    def _all(self) -> Iterator[str]:
        for terms in self.terms.values():
            yield from terms

    def spans(self, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield [start, end) of every longest phrase found in normalised words, left to right, not overlapping."""
        start = 0
        while start < len(tokens):
            length = self._length_at(tokens, start)
            if length:
                yield start, start + length
            start += length or 1

    def _length_at(self, tokens: Sequence[str], start: int) -> int:
        lengths = (
            len(phrase)
            for first in (*_singulars(tokens[start]), "")
            for phrase in self._phrases.get(first, ())
            if _matches(phrase, tokens, start)
        )
        return max(lengths, default=0)

    def without(self, text: Text) -> Text:
        """Return the text with every term of this list cut out; what stood left and right stays apart."""
        tokens = list(text.tokens)
        for start, end in self.spans(text.tokens):
            tokens[start:end] = [""] * (end - start)
        characters = self._characters.sub(" ", text.characters) if self._characters else text.characters
        return Text(tuple(tokens), characters)

    def found_in(self, text: Text) -> tuple[str, ...]:
        """Return the terms found, as they stand in the normalised text, each once."""
        latin = [" ".join(text.tokens[start:end]) for start, end in self.spans(text.tokens)]
        chinese = self._characters.findall(text.characters) if self._characters else []
        return tuple(dict.fromkeys([*latin, *chinese]))


@dataclass(frozen=True, slots=True)
class Text:
    """A description in normal form: its Latin words in order, and its Chinese characters as they stand."""

    tokens: tuple[str, ...]
    characters: str

    @property
    def empty(self) -> bool:
        """Whether no word and no character is left."""
        return not any(self.tokens) and not self.characters.strip()


@lru_cache(maxsize=1024)
def read(description: str) -> Text:
    """Return a description in normal form; several indicators read the same one in a row, hence the cache."""
    folded = fold(description)
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


def _matches(phrase: tuple[str, ...], tokens: Sequence[str], start: int) -> bool:
    if start + len(phrase) > len(tokens):
        return False
    return all(_same(term, tokens[start + offset]) for offset, term in enumerate(phrase))


def _same(term: str, token: str) -> bool:
    return token.startswith(term[:-1]) if term.endswith("*") else term in _singulars(token)

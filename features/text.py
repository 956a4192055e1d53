"""Text as the models and the history see it: one normal form, whatever the language or the keyboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from features.manifest import Manifest

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d")
_SEPARATOR = " / "
MAX_CHARACTERS = 400


def fold(text: str) -> str:
    """Return NFKC, case-folded text with accents removed; CJK and other scripts stay."""
    if text.isascii():
        # Nothing to normalise, and by far the most frequent case.
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not unicodedata.combining(char)))


def words(text: str) -> list[str]:
    """Return the folded words (letters and digits) in order."""
    return words_of_folded(fold(text))


def words_of_folded(text: str) -> list[str]:
    """Return the words of a text that `fold` gave."""
    if text.isascii() and text.replace(" ", "").isalnum():
        # Letters, digits and blanks alone, as most: nothing needs to be told apart.
        return text.split()
    return _WORD.findall(text)


def letters_and_digits(text: str) -> str:
    """Return folded letters and digits alone: phone and tax numbers as people never write them twice the same way."""
    return "".join(words(text))


def manifest_text(manifest: Manifest) -> str:
    """Return the declared descriptions in normal form, joined; empty where none was declared.

    Digits become 0, so that sizes and article numbers count as shape and not as identity. At most `MAX_CHARACTERS`.
    """
    return text_of_words([words(item.description) for item in manifest.items if item.description])


def text_of_words(said: Iterable[Sequence[str]]) -> str:
    """Return the normal form of descriptions whose `words` are known."""
    return _DIGITS.sub("0", _SEPARATOR.join(" ".join(line) for line in said if line))[:MAX_CHARACTERS]

"""How the goods are put into words: exactly or vaguely, in a language known or not, neatly or not."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from features.contents_words import KINDS
from training.parcels.countries import COUNTRIES
from training.parcels.good import LANGUAGES, Good
from training.parcels.goods import COLOURS, VAGUE
from training.parcels.languages import VAGUE_ELSEWHERE
from training.parcels.people import word
from training.parcels.study import Study

OTHER_WORDS = 0.35
"""Share of descriptions with another everyday word of the same chapter, so that no code goes with one word alone."""
SIZES = ("S", "M", "L", "XL", "38", "42", "10 cm", "1/2", "M8", "12V", "500 ml", "2 kg", "A4", "DN15")


def describe(rng: Random, good: Good, country: str, vague: float, study: Study) -> str:
    """Word goods as a sender in a country would."""
    local = COUNTRIES.get(country, "en")
    language = "en" if rng.random() < study.english else local
    if rng.random() < vague:
        text = _vague(rng, language, study)
        return _written(rng, _detailed(rng, text) if rng.random() < 0.15 else text)
    return _written(rng, _detailed(rng, _named(rng, good, language, study)))


def _vague(rng: Random, language: str, study: Study) -> str:
    if language in LANGUAGES:
        return rng.choice(VAGUE[LANGUAGES.index(language)])
    if language in VAGUE_ELSEWHERE:
        return rng.choice(VAGUE_ELSEWHERE[language])
    return translated(rng.choice(VAGUE[0]), f"{study.dialect} {language}")


def _named(rng: Random, good: Good, language: str, study: Study) -> str:
    if language not in LANGUAGES:
        return translated(good.names[0], f"{study.dialect} {language}")
    if rng.random() < OTHER_WORDS and (others := _words_of_chapter(int(good.hs[:2]), language)):
        return rng.choice(others)
    return good.names[LANGUAGES.index(language)]


@lru_cache(maxsize=1024)
def _words_of_chapter(chapter: int, language: str) -> tuple[str, ...]:
    """Return everyday names of other goods of a chapter: whoever declares takes the code of something alike."""
    return tuple(term for kind in KINDS if chapter in kind.home for term in kind.words.terms[language])


@lru_cache(maxsize=4096)
def translated(text: str, language: str) -> str:
    """Return words of no language in place of English ones, always the same for the same word of one language."""
    return " ".join(_made_up(one, language) for one in text.split())


@lru_cache(maxsize=4096)
def _made_up(one: str, language: str) -> str:
    rng = Random(f"{language} {one}")
    return word(rng, rng.choice((2, 2, 3, 4))).lower()


def _detailed(rng: Random, text: str) -> str:
    words = [text]
    if rng.random() < 0.3:
        words.insert(rng.randrange(2), rng.choice(COLOURS))
    if rng.random() < 0.2:
        # A brand: as meaningless as most of them.
        words.insert(0, word(rng, rng.choice((1, 2, 2, 3))))
    if rng.random() < 0.3:
        words.append(rng.choice((rng.choice(SIZES), f"{rng.randrange(2, 60)} mm", _article_number(rng))))
    if rng.random() < 0.12:
        words.append(f"x{rng.randrange(2, 20)}")
    return " ".join(words)


def _article_number(rng: Random) -> str:
    return f"{chr(65 + rng.randrange(26))}{rng.randrange(10, 9999)}"


def _written(rng: Random, text: str) -> str:
    """Return the text with what happens on keyboards."""
    if rng.random() < 0.06 and len(text) > 5:
        place = rng.randrange(1, len(text) - 1)
        text = text[:place] + text[place + 1 :] if rng.random() < 0.5 else text[:place] + text[place] + text[place:]
    chance = rng.random()
    if chance < 0.12:
        return text.upper()
    return text.capitalize() if chance < 0.35 else text

"""How the goods are put into words: exactly or vaguely, in a language known or not, neatly or not."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from training.parcels.countries import COUNTRIES
from training.parcels.good import LANGUAGES, Good
from training.parcels.goods import COLOURS, VAGUE
from training.parcels.people import word
from training.parcels.study import Study

SIZES = ("S", "M", "L", "XL", "38", "42", "10 cm", "1/2", "M8", "12V", "500 ml", "2 kg", "A4", "DN15")


def describe(rng: Random, good: Good, country: str, vague: float, study: Study) -> str:
    """Word goods as a sender in a country would."""
    local = COUNTRIES.get(country, "en")
    language = "en" if rng.random() < study.english else local
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    choices = VAGUE[place] if rng.random() < vague else (good.names[place],)
    text = rng.choice(choices)
    if language not in LANGUAGES:
        text = translated(text, f"{study.dialect} {language}")
    if choices is not VAGUE[place] or rng.random() < 0.15:
        text = _detailed(rng, text)
    return _written(rng, text)


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

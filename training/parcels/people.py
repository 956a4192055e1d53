"""The people and firms of the synthetic world: syllables without meaning, so that no name points to a real origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

# Which language a country's senders write in; others write English. Countries differ in language and in nothing else:
# no country of this world is riskier than another, so a model trained here can learn nothing against one.
COUNTRIES: dict[str, str] = {
    "GB": "en", "US": "en", "CA": "en", "AU": "en", "IE": "en", "ZA": "en", "SG": "en", "DE": "de", "AT": "de",
    "CH": "de", "FR": "fr", "BE": "fr", "ES": "es", "MX": "es", "AR": "es", "CL": "es", "CO": "es", "CN": "zh",
    "HK": "zh", "TW": "zh", "IT": "en", "NL": "en", "PL": "en", "SE": "en", "PT": "en", "JP": "en", "KR": "en",
    "BR": "en", "TR": "en", "IN": "en",
}  # fmt: skip
CURRENCIES: dict[str, str] = {
    "GB": "GBP", "CA": "CAD", "AU": "AUD", "CH": "CHF", "MX": "MXN", "CN": "CNY", "JP": "JPY", "PL": "PLN",
    "SE": "SEK", "DE": "EUR", "AT": "EUR", "FR": "EUR", "BE": "EUR", "ES": "EUR", "IT": "EUR", "NL": "EUR",
    "IE": "EUR", "PT": "EUR",
}  # fmt: skip
CODES = tuple(COUNTRIES)
HUBS = ("NL", "DE", "HK", "SG", "TR", "US", "BE", "PL")
_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "tr", "kl")
_VOWELS = ("a", "e", "i", "o", "u")
_STREETS = ("Road", "Street", "Way", "Lane", "Square")
Quality = Literal["full", "usual", "poor"]


@dataclass(slots=True)
class Actor:
    """A person or firm that stays the same over the year.

    Attributes:
        party: The party as the manifest would show it with nothing left out.
        country: Where it lives.
        quality: How completely it declares.
        vague: How often it words vaguely, 0 to 1.
        undervalue: Factor on the values it declares; 1 is honest.
        contacts: Whom it writes to or buys from again and again.
    """

    party: dict[str, Any]
    country: str
    quality: Quality = "usual"
    vague: float = 0.1
    undervalue: float = 1.0
    contacts: list[Actor] = field(default_factory=list)

    def renamed(self, called: str) -> Actor:
        """Return the same actor under another name."""
        return Actor({**self.party, "name": called}, self.country, self.quality, self.vague, self.undervalue)


def word(rng: Random, syllables: int = 3) -> str:
    """Return a capitalised word of meaningless syllables."""
    return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(syllables)).capitalize()


def name(rng: Random) -> str:
    """Return a made-up name of two words."""
    return f"{word(rng, 2)} {word(rng)}"


def phone(rng: Random) -> str:
    """Return a telephone number under the country code 999, which is not assigned."""
    return f"+999{rng.randrange(10**7, 10**8)}"


def account(rng: Random, year: int) -> tuple[str, str]:
    """Return an account number and the day it was opened: mostly years ago, often lately."""
    age = rng.randrange(0, 400) if rng.random() < 0.35 else rng.randrange(400, 3500)
    return f"c-{rng.randrange(10**8)}", (date(year, 1, 1) - timedelta(days=age - 180)).isoformat()


def make_actor(rng: Random, year: int, country: str | None = None, firm: bool = False) -> Actor:
    """Make one actor with an address, a telephone, an e-mail and an account."""
    where = country or rng.choice(CODES)
    called = name(rng)
    number, opened = account(rng, year)
    party: dict[str, Any] = {
        "name": called,
        "company": f"{word(rng)} {word(rng, 2)} Co." if firm else None,
        "address": [f"{rng.randrange(1, 200)} {word(rng)} {rng.choice(_STREETS)}"],
        "city": word(rng),
        "postcode": f"{rng.randrange(10000, 99999)}",
        "country": where,
        "phone": phone(rng),
        "email": f"{called.split()[1].lower()}{rng.randrange(1000)}@example.com",
        "tax_id": f"T{rng.randrange(10**8)}" if firm else None,
        "account_id": number,
        "account_opened": opened,
        "known_consignor": rng.random() < 0.15 if firm else None,
    }
    return Actor(party, where, rng.choices(("full", "usual", "poor"), (0.35, 0.42, 0.23))[0])

"""The people and firms of the synthetic world: syllables without meaning, so that no name points to a real origin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

from features.indicators.lists import NO_POSTCODE

_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "tr", "kl")
_VOWELS = ("a", "e", "i", "o", "u")
_STREETS = ("Road", "Street", "Way", "Lane", "Square")
_FORMS = (" Co.", " Ltd", " LLC", " GmbH", "", " Trading", " Industries")
Quality = Literal["full", "usual", "poor"]


@dataclass(slots=True)
class Actor:
    """A person or firm that stays the same over the year.

    Attributes:
        party: The party as the manifest would show it with nothing left out.
        country: Where it lives.
        quality: How completely it declares.
        ways: Its habits (`training.parcels.habits.SENDER_HABITS`).
        undervalue: Factor on the values it declares; 1 is honest.
        contacts: Whom it writes to or buys from again and again.
    """

    party: dict[str, Any]
    country: str
    quality: Quality = "usual"
    ways: frozenset[str] = frozenset()
    undervalue: float = 1.0
    contacts: list[Actor] = field(default_factory=list)

    def renamed(self, called: str) -> Actor:
        """Return the same actor under another name."""
        return replace(self, party={**self.party, "name": called}, contacts=[])


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


def make_actor(rng: Random, year: int, country: str, firm: bool = False) -> Actor:
    """Make one actor with an address, a telephone, an e-mail and an account."""
    called = name(rng)
    number, opened = account(rng, year)
    party: dict[str, Any] = {
        "name": called if not firm or rng.random() < 0.6 else None,
        "company": f"{word(rng)} {word(rng, 2)}{rng.choice(_FORMS)}" if firm else None,
        "address": _address(rng),
        "city": word(rng),
        "postcode": None if country in NO_POSTCODE else f"{rng.randrange(10000, 99999)}",
        "country": country,
        "phone": phone(rng),
        "email": f"{called.split()[1].lower()}{rng.randrange(1000)}@example.{rng.choice(('com', 'org', 'net'))}",
        "tax_id": f"T{rng.randrange(10**8)}" if firm else None,
        "account_id": number,
        "account_opened": opened,
        "known_consignor": rng.random() < 0.15 if firm else None,
    }
    return Actor(party, country, rng.choices(("full", "usual", "poor"), (0.35, 0.42, 0.23))[0])


def _address(rng: Random) -> list[str]:
    if rng.random() < 0.05:
        return [f"PO Box {rng.randrange(1, 9999)}"]
    street = f"{rng.randrange(1, 200)} {word(rng)} {rng.choice(_STREETS)}"
    return [street, f"Flat {rng.randrange(1, 60)}"] if rng.random() < 0.15 else [street]

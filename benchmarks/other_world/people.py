"""People, firms and places made of syllables, a sound for each part of the world; nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

# Syllables by sound; a name of two or three of them is nobody's.
SOUNDS = {
    "east": ("xio", "wen", "zha", "lu", "mei", "tao", "qin", "hua", "jie", "rong"),
    "north": ("bjor", "stig", "hal", "ven", "dag", "rik", "tor", "sund", "mar", "lin"),
    "south": ("alo", "rez", "mara", "quin", "tero", "viel", "gado", "nuz", "cor", "lira"),
    "slav": ("bor", "mila", "drago", "ves", "stan", "iv", "kov", "rad", "zor", "lev"),
    "levant": ("har", "sam", "nadi", "youl", "zein", "kar", "bash", "fadi", "ras", "omi"),
    "isle": ("ken", "wil", "har", "tre", "mor", "ash", "ley", "ford", "bry", "col"),
}
LANGUAGE = {
    "CN": "zh", "HK": "zh", "TW": "zh", "TR": "tr", "PL": "pl", "UA": "ru", "KZ": "ru", "BG": "ru", "RS": "pl",
    "AE": "ar", "EG": "ar", "LB": "ar", "DE": "de", "AT": "de", "CH": "de", "FR": "fr", "BE": "fr", "NL": "nl",
    "ES": "es", "MX": "es", "CO": "es", "EC": "es", "PY": "es", "CL": "es", "PA": "es", "BR": "pt", "PT": "pt",
    "IT": "it",
}  # fmt: skip
SOUND = {"zh": "east", "tr": "levant", "ar": "levant", "pl": "slav", "ru": "slav", "es": "south", "pt": "south"}
SOUND |= {"it": "south", "de": "north", "nl": "north"}
CURRENCY = {
    "CN": "CNY", "HK": "HKD", "GB": "GBP", "US": "USD", "TR": "TRY", "PL": "PLN", "CH": "CHF", "SE": "SEK", "JP": "JPY",
    "AE": "AED", "IN": "INR", "CA": "CAD", "BR": "BRL", "MX": "MXN", "AU": "AUD", "ZA": "ZAR", "CZ": "CZK", "RS": "RSD",
}  # fmt: skip
USD_RATE = {
    "CNY": 7.2, "HKD": 7.8, "GBP": 0.79, "USD": 1.0, "EUR": 0.92, "TRY": 40.0, "PLN": 3.7, "CHF": 0.82, "SEK": 9.6,
    "JPY": 150.0, "AED": 3.67, "INR": 86.0, "CAD": 1.38, "BRL": 5.5, "MXN": 18.5, "AUD": 1.52, "ZAR": 17.8,
    "CZK": 21.0, "RSD": 101.0,
}  # fmt: skip
EURO = frozenset(("DE", "AT", "FR", "BE", "NL", "ES", "IT", "PT", "IE", "FI", "GR", "LT", "LV", "EE", "SK", "SI"))
STREETS = ("Rd", "St", "Avenue", "Lane", "Strasse", "Calle", "Cad.", "ul.", "Rue", "Blok")
FIRM = ("Trading", "Industrial", "Export", "Components", "Logistics", "Supply", "Home", "Parts", "Tech", "Import")
LEGAL = {"zh": "Co Ltd", "de": "GmbH", "es": "SA", "pt": "Ltda", "tr": "Ltd Sti", "pl": "Sp z o o", "it": "Srl"}
POSTCODE = {"GB": "AA1 1AA", "CA": "A1A 1A1", "NL": "1111 AA", "IE": None, "HK": None, "AE": None, "JM": None}
MAIL_HOSTS = ("mail.example", "post.example.org", "box.example.net")


@dataclass(frozen=True, slots=True)
class Person:
    """A party as the world knows it; a manifest shows only some of it."""

    country: str
    name: str
    city: str
    address: str
    postcode: str | None
    phone: str
    email: str
    company: str | None = None
    tax_id: str | None = None
    account: str | None = None
    opened: date | None = None
    consignor: bool | None = None


def language(country: str) -> str:
    """Return the language people write in at a country; English where the table has none."""
    return LANGUAGE.get(country, "en")


def currency(country: str) -> str:
    """Return the currency of a country; US dollars where the table has none."""
    return "EUR" if country in EURO else CURRENCY.get(country, "USD")


def word(rng: Random, country: str, least: int = 2, most: int = 3) -> str:
    """Make a capitalised word in a country's sound."""
    syllables = SOUNDS[SOUND.get(language(country), "isle")]
    return "".join(rng.choice(syllables) for _ in range(rng.randint(least, most))).capitalize()


def person(rng: Random, country: str) -> Person:
    """Make somebody of a country."""
    first, last = word(rng, country, 1, 2), word(rng, country)
    place = f"{rng.randint(1, 190)} {word(rng, country)} {rng.choice(STREETS)}"
    return Person(
        country=country,
        name=f"{first} {last}" if rng.random() < 0.9 else f"{first} {word(rng, country)} {last}",
        city=word(rng, country),
        address=place if rng.random() < 0.6 else f"{place}, flat {rng.randint(1, 60)}",
        postcode=_postcode(rng, country),
        phone=f"+{rng.randint(20, 98)}{rng.randint(10**8, 10**9 - 1)}",
        email=f"{first}.{last}{rng.randint(1, 99)}@{rng.choice(MAIL_HOSTS)}".lower(),
    )


def firm(rng: Random, country: str, day: date, *, oldest: int = 4000, youngest: int = 90) -> Person:
    """Make a firm with a customer account of some age."""
    somebody = person(rng, country)
    name = f"{word(rng, country)} {rng.choice(FIRM)} {LEGAL.get(language(country), 'Ltd')}"
    return replace(
        with_account(rng, somebody, day, youngest, oldest),
        company=name,
        name=name if rng.random() < 0.4 else somebody.name,
        tax_id=f"{rng.randint(10**8, 10**10)}" if rng.random() < 0.7 else None,
        consignor=rng.random() < 0.25,
    )


def with_account(rng: Random, somebody: Person, day: date, youngest: int, oldest: int) -> Person:
    """Give somebody a customer account opened so many days ago."""
    age = int(youngest * (oldest / youngest) ** rng.random()) if youngest > 0 else rng.randint(0, oldest)
    return replace(somebody, account=f"{somebody.country}{rng.randint(10**6, 10**7)}", opened=day - timedelta(days=age))


def declared(rng: Random, somebody: Person, shares: dict[str, float]) -> dict[str, Any]:
    """Return the party as a manifest shows it: each field with the share that the carrier's form gets filled."""
    fields: dict[str, Any] = {
        "name": written(rng, somebody.name),
        "company": somebody.company,
        "address": [part.strip() for part in somebody.address.split(",")],
        "city": somebody.city,
        "postcode": somebody.postcode,
        "phone": somebody.phone,
        "email": somebody.email,
        "tax_id": somebody.tax_id,
        "account_id": somebody.account,
        "account_opened": somebody.opened.isoformat() if somebody.opened else None,
        "known_consignor": somebody.consignor,
    }
    kept = {name: value for name, value in fields.items() if value is not None and rng.random() < shares.get(name, 1.0)}
    if "account_id" not in kept:
        kept.pop("account_opened", None)
        kept.pop("known_consignor", None)
    return {**kept, "country": somebody.country}


def written(rng: Random, name: str) -> str:
    """Return a name as it is written this time: capitals, an initial, the family name first."""
    draw, parts = rng.random(), name.split()
    if draw < 0.12:
        return name.upper()
    if draw < 0.17 and len(parts) == 2:
        return f"{parts[0][0]}. {parts[1]}"
    return f"{parts[-1]} {' '.join(parts[:-1])}" if draw < 0.21 and len(parts) == 2 else name


def _postcode(rng: Random, country: str) -> str | None:
    pattern = POSTCODE.get(country, "11111" if hash_free(country) % 3 else "1111")
    if pattern is None:
        return None
    letters = {"1": "0123456789", "A": "ABCEGHJKLMNPRSTVXY"}
    return "".join(rng.choice(letters[sign]) if sign in letters else sign for sign in pattern)


def hash_free(text: str) -> int:
    """Return a number of a text that is the same in every run (`hash` is not)."""
    return sum(ord(sign) * (place + 1) for place, sign in enumerate(text))

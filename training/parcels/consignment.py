"""A parcel of the synthetic world before it is declared: who sends what to whom, and what it truly weighs."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from training.parcels.goods import COLOURS, LANGUAGES, VAGUE, Good
from training.parcels.people import COUNTRIES, Actor

MailClass = Literal["letter", "parcel", "ems", "express"]
SPREAD = 0.5
"""Standard deviation of log unit weight and log price within one kind of goods."""


@dataclass(slots=True)
class Line:
    """One article line; `grams` and `usd` are of the whole line."""

    good: Good
    hs: str
    quantity: int
    grams: float
    usd: float
    description: str
    made_in: str


@dataclass(slots=True)
class Consignment:
    """One parcel.

    Attributes:
        sender: Who declares it.
        recipient: Who gets it.
        lines: What is declared; the grams are what the declaration rests on.
        group: Near-duplicates share it: one listing of a shop, one campaign of smugglers.
        day: Day of the year, 0 to 364.
        courier: Sent by courier instead of post.
        mail_class: Its class.
        nature: Declared nature.
        density: Kilograms per litre as packed.
        transit: Transit countries.
        marketplace: (platform, seller, listing) or None.
        licence: Reference of a licence, if one travels with it.
        licence_forgotten: A licence exists, but its reference is left out.
        illicit: The truth.
        parts: Names of firearm parts inside.
        postage_factor: On the usual postage.
    """

    sender: Actor
    recipient: Actor
    lines: list[Line]
    group: str
    day: float
    courier: bool = False
    mail_class: MailClass | None = "parcel"
    nature: str = "sale_of_goods"
    density: float = 0.3
    transit: list[str] = field(default_factory=list)
    marketplace: tuple[str, str, str] | None = None
    licence: str | None = None
    licence_forgotten: bool = False
    illicit: bool = False
    parts: tuple[str, ...] = ()
    postage_factor: float = 1.0


def make_line(rng: Random, good: Good, sender: Actor, quantity: int | None = None) -> Line:
    """Make an honest line: weight and value follow from the goods and the number of articles."""
    number = quantity or max(1, round(good.quantity * rng.random() ** 2))
    grams = number * good.unit_g * rng.lognormvariate(0.0, SPREAD)
    usd = grams / 1000.0 * good.usd_per_kg * rng.lognormvariate(0.0, SPREAD) * sender.undervalue
    made_in = sender.country if rng.random() < 0.6 else rng.choice(("CN", "CN", sender.country, "DE", "US", "IN"))
    return Line(good, good.hs, number, grams, usd, describe(rng, good, sender), made_in)


def pick_class(rng: Random, courier: bool, grams: float, hurry: float = 0.12) -> MailClass | None:
    """Draw a mail class as senders of any kind choose it; letters weigh at most 2 kg."""
    if courier:
        return rng.choices(("express", "parcel", None), (0.75, 0.15, 0.1))[0]
    letter = 0.3 if grams < 1800 else 0.0
    return rng.choices(("letter", "ems", "parcel"), (letter, hurry, 1.0 - letter - hurry))[0]


def describe(rng: Random, good: Good, sender: Actor) -> str:
    """Word a line as its sender would: in the own language or in English, exactly or vaguely."""
    language = COUNTRIES[sender.country] if rng.random() < 0.6 else "en"
    place = LANGUAGES.index(language)
    if rng.random() < sender.vague:
        return rng.choice(VAGUE[place])
    words = [good.names[place]]
    if rng.random() < 0.35:
        words.insert(rng.randrange(2), rng.choice(COLOURS))
    if rng.random() < 0.35:
        words.append(
            rng.choice((f"{rng.randrange(2, 60)} mm", f"{chr(65 + rng.randrange(26))}{rng.randrange(10, 999)}"))
        )
    if rng.random() < 0.15:
        words.append(f"x{rng.randrange(2, 20)}")
    text = " ".join(words)
    return text.upper() if rng.random() < 0.12 else text

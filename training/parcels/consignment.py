"""A parcel of the synthetic world before it is declared: who sends what to whom, and what it truly weighs."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from training.parcels.good import Good
from training.parcels.people import Actor
from training.parcels.study import Study
from training.parcels.wording import describe

MailClass = Literal["letter", "parcel", "ems", "express"]
COMMON_MAKERS = ("CN", "CN", "CN", "DE", "US", "IN", "VN", "TR")


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
        study: The conditions under which it is sent.
        sender: Who declares it.
        recipient: Who gets it.
        lines: What is declared; the grams are the true ones.
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
        hidden_g: Grams among true goods that the lines do not declare, but the scale of the post shows.
        net_factor: Declared net weight over the true one: the post weighs the parcel, the sender guesses the goods.
        careful: Declared as honest senders declare, though illicit.
    """

    study: Study
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
    hidden_g: float = 0.0
    net_factor: float = 1.0
    careful: bool = False


def make_line(rng: Random, good: Good, sender: Actor, study: Study, quantity: int | None = None) -> Line:
    """Make an honest line: weight and value follow from the goods and the number of articles."""
    number = quantity or max(1, round(good.quantity * rng.random() ** 2))
    weight, price = study.shifts(good.names[0])
    grams = number * good.unit_g * weight * rng.lognormvariate(0.0, study.spread)
    usd = (
        grams
        / 1000.0
        * good.usd_per_kg
        * price
        * study.price
        * rng.lognormvariate(0.0, study.spread)
        * sender.undervalue
    )
    made_in = sender.country if rng.random() < 0.6 else rng.choice((*COMMON_MAKERS, sender.country))
    vague = study.vague if "vague" in sender.ways else 0.04
    return Line(good, good.hs, number, grams, usd, describe(rng, good, sender.country, vague, study), made_in)


def packed(rng: Random, good: Good, study: Study, deviation: float) -> float:
    """Draw the kilograms per litre of a parcel of such goods."""
    return good.density * study.air * rng.lognormvariate(0.0, deviation)


def pick_class(rng: Random, courier: bool, grams: float, hurry: float = 0.12) -> MailClass | None:
    """Draw a mail class as senders of any kind choose it; letters weigh at most 2 kg."""
    if courier:
        return rng.choices(("express", "parcel", None), (0.75, 0.15, 0.1))[0]
    letter = 0.3 if grams < 1800 else 0.0
    return rng.choices(("letter", "ems", "parcel"), (letter, hurry, 1.0 - letter - hurry))[0]

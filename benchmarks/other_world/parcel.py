"""A parcel as it truly is, before anybody fills in a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from benchmarks.other_world.goods import Good
from benchmarks.other_world.people import Person


@dataclass(slots=True)
class Line:
    """One line of goods; grams and dollars are of the whole line, as the sender will declare them."""

    good: Good
    quantity: int
    grams: float
    usd: float
    made: str
    words: str
    hs: str | None


@dataclass(slots=True)
class Parcel:
    """One parcel: who, what, which way, and what nobody declared.

    Attributes:
        hidden_grams: Weight that is in the parcel and in no line.
        volume_l: Outer volume.
        modus: How it is illicit; None where it is harmless.
        parts: Firearm parts inside, by the contract's names.
        scruples: How exactly the sender fills in figures: 1 to the gram and cent, 0 by the round dozen.
    """

    sender: Person
    recipient: Person
    lines: list[Line]
    origin: str
    destination: str
    channel: str
    mail_class: str
    carrier: str
    nature: str
    at: datetime
    group: str
    volume_l: float
    scruples: float
    transits: list[str] = field(default_factory=list)
    documents: list[dict[str, str]] = field(default_factory=list)
    marketplace: dict[str, str] | None = None
    hidden_grams: float = 0.0
    modus: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def declared_grams(self) -> float:
        """Net weight of all lines."""
        return sum(line.grams for line in self.lines)

    @property
    def declared_usd(self) -> float:
        """Value of all lines in US dollars."""
        return sum(line.usd for line in self.lines)


def spread(rng: Random, median: float, sigma: float) -> float:
    """Draw a log-normal figure."""
    return median * rng.lognormvariate(0.0, sigma)


def later(rng: Random, start: datetime, days: float) -> datetime:
    """Draw a moment within so many days after another, in waking hours mostly, to the second."""
    hour = min(23.9, max(0.0, rng.gauss(13.5, 4.5)))
    day = start.replace(hour=0, minute=0, second=0) + timedelta(days=int(rng.random() * max(days, 1.0)))
    return day + timedelta(seconds=int(hour * 3600.0) + rng.randint(0, 59))


def pick(rng: Random, weights: dict[str, float]) -> str:
    """Draw a key by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]

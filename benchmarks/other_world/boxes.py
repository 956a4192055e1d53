"""How senders put lines into a box: habits, deals, and what all senders of the world share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from benchmarks.other_world import goods as stock
from benchmarks.other_world.goods import Good
from benchmarks.other_world.parcel import Line, Parcel, pick, spread
from benchmarks.other_world.people import Person, language, person
from benchmarks.other_world.routes import COURIERS, Form, draw_form, service, transits

FIRST_DAY = datetime(2025, 9, 1, tzinfo=UTC)
DAYS = 300
# What honest people write too when they are tired, in a hurry, or think it is nobody's business.
VAGUE = (
    "gift", "parts", "accessories", "samples", "merchandise", "personal items", "spare part", "goods", "various",
    "household items", "regalo", "prezent", "Geschenk", "подарок", "礼物", "hediye", "metal parts", "plastic parts",
    "other", "as invoice", "tools", "hobby items",
)  # fmt: skip
KNOWN_RESIDENT = 0.4
"""Share of parcels that go to somebody who was written to before."""


@dataclass
class World:
    """What all senders share: carriers' forms, residents who receive more than once, forwarders."""

    rng: Random
    forms: dict[str, Form] = field(default_factory=dict)
    residents: dict[str, list[Person]] = field(default_factory=dict)
    forwarders: list[tuple[Person, str]] = field(default_factory=list)
    serial: int = 0

    def form(self, carrier: str) -> Form:
        """Return a carrier's form."""
        if carrier not in self.forms:
            self.forms[carrier] = draw_form(self.rng, carrier in COURIERS)
        return self.forms[carrier]

    def resident(self, country: str, known: float = KNOWN_RESIDENT) -> Person:
        """Return somebody to write to, often somebody who was written to before."""
        people = self.residents.setdefault(country, [])
        if people and self.rng.random() < known:
            return self.rng.choice(people)
        people.append(person(self.rng, country))
        return people[-1]

    def group(self, kind: str) -> str:
        """Return a new name for near-duplicates."""
        self.serial += 1
        return f"{kind}-{self.serial}"


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody declares.

    Attributes:
        price: Factor on the goods' usual price.
        vague: Share of lines described by a vague word.
        wrong_hs: Share of lines with another goods' HS code.
        no_hs: Share of lines without one.
        scruples: How exact figures are, see `Parcel`.
        nature: Declared nature.
        courier: Share sent by courier.
    """

    price: float
    vague: float
    wrong_hs: float
    no_hs: float
    scruples: float
    nature: str
    courier: float


@dataclass(frozen=True, slots=True)
class Deal:
    """Who sends to whom, from where to where, declared how, near-duplicate of what."""

    sender: Person
    recipient: Person
    ends: tuple[str, str]
    habits: Habits
    group: str


def draw_habits(rng: Random, nature: dict[str, float], courier: float, vague: float, careful: float) -> Habits:
    """Draw a sender's habits; a third of all sellers put prices far too low, to spare the buyer duty."""
    level = spread(rng, 1.0, 0.35) * (rng.uniform(0.12, 0.5) if rng.random() < 0.3 else 1.0)
    lazy = rng.random() < vague
    return Habits(
        price=level,
        vague=rng.uniform(0.4, 1.0) if lazy else rng.uniform(0.0, 0.08),
        wrong_hs=rng.uniform(0.3, 0.9) if rng.random() < 0.15 else rng.uniform(0.0, 0.05),
        no_hs=rng.choice((0.0, 0.1, 0.9)),
        scruples=min(1.0, max(0.0, rng.gauss(careful, 0.25))),
        nature=pick(rng, nature),
        courier=courier,
    )


def one_line(rng: Random, good: Good, habits: Habits, origin: str, most: int = 4) -> Line:
    """Make one line as this sender would declare it."""
    quantity = 1 if rng.random() < 0.6 else rng.randint(1, most)
    words = rng.choice(good.words.get(language(origin) if rng.random() < 0.45 else "en") or good.words["en"])
    if rng.random() < 0.25:
        words = f"{words} {rng.choice('ABDKMRTX')}{rng.randint(1, 990)}"
    hs: str | None = good.hs
    if rng.random() < habits.wrong_hs:
        hs = rng.choice(tuple(stock.goods().values())).hs
    return Line(
        good=good,
        quantity=quantity,
        grams=spread(rng, good.grams, good.grams_spread) * quantity,
        usd=max(0.5, spread(rng, good.usd, good.usd_spread) * quantity * habits.price),
        made=origin if rng.random() < 0.6 else "CN",
        words=rng.choice(VAGUE) if rng.random() < habits.vague else words,
        hs=None if rng.random() < habits.no_hs else hs,
    )


def mixed(rng: Random, wares: Sequence[Good], habits: Habits, origin: str, lines: int, most: int = 4) -> list[Line]:
    """Make one line or a few, of so many at most."""
    count = min(lines, 1 + int(rng.expovariate(0.8)))
    return [one_line(rng, rng.choice(wares), habits, origin, most) for _ in range(count)]


def box(world: World, deal: Deal, lines: list[Line], at: datetime) -> Parcel:
    """Put lines into a box and give it to a carrier."""
    rng, habits, origin = world.rng, deal.habits, deal.ends[0]
    channel, mail_class = service(rng, habits.courier, sum(line.grams for line in lines))
    litres = sum(line.grams / 1000.0 / line.good.density for line in lines)
    return Parcel(
        sender=deal.sender,
        recipient=deal.recipient,
        lines=lines,
        origin=origin,
        destination=deal.ends[1],
        channel=channel,
        mail_class=mail_class,
        carrier=rng.choice(COURIERS) if channel == "courier" else f"{origin}POST",
        nature=habits.nature,
        at=at,
        group=deal.group,
        volume_l=max(0.2, litres * rng.uniform(1.05, 2.2)),
        scruples=habits.scruples,
        transits=transits(rng, *deal.ends, 0.35),
    )

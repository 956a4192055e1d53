"""Who lives in one block of the synthetic world: shops, private people, firms, forwarders and hobbyists, for a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from math import exp
from random import Random

from training.parcels.consignment import Line, make_line
from training.parcels.goods import GOODS
from training.parcels.habits import pick
from training.parcels.people import Actor, make_actor
from training.parcels.study import Study

DAYS = 365
PLATFORMS = ("market-one", "market-two", "market-three", "market-four", "market-five")


@dataclass(slots=True)
class Listing:
    """What a shop offers; its parcels are near-duplicates of one another."""

    number: str
    line: Line


@dataclass(slots=True)
class Shop:
    """A seller with a catalogue."""

    owner: Actor
    seller: str
    platform: str | None
    courier: bool
    listings: list[Listing]


@dataclass(slots=True)
class World:
    """Everybody who persists over the year, under one study's conditions.

    Attributes:
        origins: Countries from which harmless parcels come, each as often as they do; smugglers are spread alike, or a
            country would be the safer the more a big shop of it sends.
        careless: Whether a smuggler who appears now has a smuggler's habits, or those of honest senders.
    """

    rng: Random
    study: Study
    year: int
    name: str
    senders: list[Actor]
    recipients: list[Actor]
    firms: list[Actor]
    shops: list[Shop]
    forwarders: list[Actor]
    hobbyists: list[Actor]
    origins: list[str] = field(default_factory=list)
    careless: bool = True
    serials: Iterator[int] = field(default_factory=count)

    def fresh(self, prefix: str) -> str:
        """Return a new group name."""
        return f"{prefix}{self.name}-{next(self.serials)}"

    def by_courier(self, share: float) -> bool:
        """Draw whether a parcel goes by courier; a study shifts the share."""
        return self.rng.random() < min(0.9, share * self.study.courier)


def make_world(rng: Random, study: Study, year: int, parcels: int, name: str = "") -> World:
    """Make a world big enough for so many parcels; `name` tells its groups from those of other blocks."""
    world = World(rng, study, year, name, [], [], [], [], [], [])
    world.senders = [person(world, abroad=True) for _ in range(max(20, int(parcels * 0.2)))]
    world.recipients = [person(world, abroad=False) for _ in range(max(20, int(parcels * 0.35)))]
    world.hobbyists = [person(world, abroad=False) for _ in range(max(3, parcels // 150))]
    world.firms = [firm(world) for _ in range(max(8, parcels // 60))]
    world.forwarders = [make_actor(rng, year, rng.choice(study.hubs), firm=True) for _ in range(max(2, parcels // 900))]
    world.shops = [_shop(world) for _ in range(max(6, round(parcels / study.shops)))]
    homes = [make_actor(rng, year, study.home(rng), firm=True) for _ in range(max(8, parcels // 120))]
    for one in world.firms:
        one.contacts = rng.sample(homes, 4)
    for one in world.senders:
        one.contacts = rng.sample(world.recipients, 2)
    return world


def person(world: World, abroad: bool, illicit: bool = False) -> Actor:
    """Return a new private person, who sends from abroad or lives where the parcels go."""
    rng, study = world.rng, world.study
    actor = make_actor(rng, world.year, _origin(world) if abroad else study.home(rng))
    if rng.random() < 0.5:
        actor.party["account_id"] = actor.party["account_opened"] = None
    return with_ways(world, actor, illicit)


def firm(world: World, illicit: bool = False) -> Actor:
    """Return a new firm abroad: of an honest smith, or on paper."""
    return with_ways(world, make_actor(world.rng, world.year, _origin(world), firm=True), illicit)


def _origin(world: World) -> str:
    return world.rng.choice(world.origins) if world.origins else world.study.origin(world.rng)


def with_ways(world: World, actor: Actor, illicit: bool) -> Actor:
    """Give an actor the habits it keeps; it is changed and returned."""
    rng = world.rng
    actor.ways = pick(rng, world.study.sender_habits, illicit and world.careless)
    actor.undervalue = exp(rng.uniform(-3.5, -0.5)) if "undervalues" in actor.ways else rng.choice((1.0, 1.0, 0.9))
    return actor


def day_of_year(rng: Random) -> float:
    """Draw a day: evenly over the year, with a peak before its end."""
    return rng.random() * DAYS if rng.random() < 0.8 else min(DAYS - 1e-3, max(0.0, rng.gauss(330, 14)))


def _shop(world: World) -> Shop:
    rng = world.rng
    owner = firm(world) if rng.random() < 0.7 else person(world, abroad=True)
    family = rng.choice(GOODS).family
    goods = [good for good in GOODS if good.family == family] if rng.random() < 0.7 else list(GOODS)
    listings = [
        Listing(f"l-{rng.randrange(10**7)}", make_line(rng, rng.choice(goods), owner, world.study))
        for _ in range(rng.randrange(2, 9))
    ]
    platform = rng.choice(PLATFORMS) if rng.random() < 0.65 else None
    return Shop(owner, f"s-{rng.randrange(10**6)}", platform, world.by_courier(0.35), listings)

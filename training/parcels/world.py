"""The honest world: shops, private people, firms, forwarders and hobbyists who send parcels over a year."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from training.parcels.consignment import Consignment, Line, make_line, pick_class
from training.parcels.goods import GOODS, HOBBY_ARMS, LICENSED_ARMS, Good
from training.parcels.people import HUBS, Actor, make_actor

DAYS = 365
PLATFORMS = ("market-one", "market-two", "market-three")
ORIGINS = 2000
"""Harmless parcels drawn to learn where parcels come from: smugglers are then spread over countries alike."""
_METAL = [good for good in GOODS if good.family in {"machine", "tool", "metalware", "car"}]
_PRIVATE = [good for good in GOODS if good.family not in {"machine", "metalware"}]


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
    """Everybody who persists over the year."""

    rng: Random
    year: int
    people: list[Actor]
    firms: list[Actor]
    shops: list[Shop]
    forwarders: list[Actor]
    hobbyists: list[Actor]
    origins: list[str] = field(default_factory=list)
    serial: int = 0

    def fresh(self, prefix: str) -> str:
        """Return a new group name."""
        self.serial += 1
        return f"{prefix}{self.serial}"


def make_world(rng: Random, year: int, parcels: int) -> World:
    """Make a world big enough for so many parcels."""
    people = [_person(rng, year) for _ in range(max(20, int(parcels * 0.45)))]
    firms = [make_actor(rng, year, firm=True) for _ in range(max(8, parcels // 60))]
    hobbyists = [_person(rng, year) for _ in range(max(3, parcels // 150))]
    forwarders = [make_actor(rng, year, rng.choice(HUBS), firm=True) for _ in range(max(2, parcels // 900))]
    shops = [_shop(rng, year) for _ in range(max(6, parcels // 70))]
    for firm in firms:
        firm.vague, firm.undervalue = rng.choice((0.05, 0.2, 0.5)), rng.choice((1.0, 1.0, 0.9, 0.25))
        firm.contacts = rng.sample(firms, min(len(firms), 4))
    for person in people:
        person.contacts = rng.sample(people, 2)
    world = World(rng, year, people, firms, shops, forwarders, hobbyists)
    world.origins = [honest(world).sender.country for _ in range(ORIGINS)]
    return world


def honest(world: World) -> Consignment:
    """Return one harmless parcel."""
    return world.rng.choices((_from_shop, _private, _business, _forwarded, _hobby, _returned, _papers), _SHARES)[0](
        world
    )


_SHARES = (0.42, 0.24, 0.17, 0.06, 0.025, 0.035, 0.05)


def day_of_year(rng: Random) -> float:
    """Draw a day: evenly over the year, with a peak before its end."""
    return rng.random() * DAYS if rng.random() < 0.8 else min(DAYS - 1e-3, max(0.0, rng.gauss(330, 14)))


def _person(rng: Random, year: int, country: str | None = None) -> Actor:
    person = make_actor(rng, year, country)
    person.vague = rng.choice((0.05, 0.2, 0.45))
    person.undervalue = rng.choice((1.0, 1.0, 0.8, 0.3))
    if rng.random() < 0.5:
        person.party["account_id"] = person.party["account_opened"] = None
    return person


def _shop(rng: Random, year: int) -> Shop:
    owner = make_actor(rng, year, "CN" if rng.random() < 0.3 else None, firm=rng.random() < 0.7)
    owner.vague = 0.6 if rng.random() < 0.15 else 0.05
    owner.undervalue = rng.uniform(0.1, 0.5) if rng.random() < 0.15 else 1.0
    family = rng.choice(GOODS).family
    goods = [good for good in GOODS if good.family == family] if rng.random() < 0.7 else list(GOODS)
    listings = [
        Listing(f"l-{rng.randrange(10**7)}", make_line(rng, rng.choice(goods), owner))
        for _ in range(rng.randrange(2, 9))
    ]
    platform = rng.choice(PLATFORMS) if rng.random() < 0.65 else None
    return Shop(owner, f"s-{rng.randrange(10**6)}", platform, rng.random() < 0.35, listings)


def _from_shop(world: World) -> Consignment:
    rng = world.rng
    # Few shops send much, many send little.
    shop = world.shops[int(len(world.shops) * rng.random() ** 2)]
    listing = rng.choice(shop.listings)
    base = listing.line
    line = Line(
        base.good,
        base.hs,
        base.quantity,
        base.grams * rng.uniform(0.98, 1.02),
        base.usd * rng.choice((1, 1, 1, 0.9, 1.1)),
        base.description,
        base.made_in,
    )
    lines = [line]
    if rng.random() < 0.12:
        lines.append(rng.choice(shop.listings).line)
    market = (shop.platform, shop.seller, listing.number) if shop.platform else None
    grams = sum(one.grams for one in lines)
    return Consignment(
        shop.owner, rng.choice(world.people), lines, f"listing-{listing.number}", day_of_year(rng),
        courier=shop.courier, mail_class=pick_class(rng, shop.courier, grams, 0.05),
        density=base.good.density * rng.lognormvariate(0.0, 0.3), marketplace=market,
        transit=_usual_transit(rng),
    )  # fmt: skip


def _private(world: World) -> Consignment:
    rng = world.rng
    sender = rng.choice(world.people)
    recipient = rng.choice(sender.contacts) if rng.random() < 0.4 else rng.choice(world.people)
    courier = rng.random() < 0.25
    nature = rng.choice(("gift", "gift", "gift", "other", "sale_of_goods", "sale_of_goods"))
    lines = [
        make_line(rng, rng.choice(_PRIVATE if rng.random() < 0.8 else _METAL), sender)
        for _ in range(rng.choice((1, 1, 1, 2, 3)))
    ]
    return Consignment(
        sender, recipient, lines, world.fresh("private-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, sum(line.grams for line in lines), 0.2),
        nature=nature, marketplace=private_market(rng) if nature == "sale_of_goods" else None,
        density=lines[0].good.density * rng.lognormvariate(0.0, 0.5), transit=_usual_transit(rng),
        postage_factor=rng.lognormvariate(0.1, 0.3),
    )  # fmt: skip


def private_market(rng: Random) -> tuple[str, str, str] | None:
    """Draw the marketplace of somebody who sells now and then, or none."""
    if rng.random() < 0.5:
        return None
    return rng.choice(PLATFORMS), f"s-{rng.randrange(10**6)}", f"l-{rng.randrange(10**7)}"


def _business(world: World) -> Consignment:
    rng = world.rng
    sender = rng.choice(world.firms)
    recipient = rng.choice(sender.contacts) if rng.random() < 0.7 else rng.choice(world.people)
    line = make_line(rng, rng.choice(_METAL), sender)
    nature = rng.choice(("sale_of_goods", "commercial_sample", "commercial_sample", "other"))
    if nature == "commercial_sample":
        # Samples: one or two articles of whatever weight, at a token value.
        line.quantity = rng.choice((1, 1, 2))
        line.usd = rng.choice((line.usd, 1.0, 5.0, 10.0))
    courier = rng.random() < 0.55
    if rng.random() < 0.25:
        # Made to order: one heavy article under a heading of small ones, or a dear one.
        line.quantity, line.grams = 1, line.grams * rng.uniform(1.0, 4.0)
    return Consignment(
        sender, recipient, [line], world.fresh("business-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, line.grams, 0.25), nature=nature,
        density=line.good.density * rng.lognormvariate(0.1, 0.4), transit=_usual_transit(rng),
        postage_factor=rng.lognormvariate(0.2, 0.3),
    )  # fmt: skip


def _forwarded(world: World) -> Consignment:
    rng = world.rng
    inner = _from_shop(world) if rng.random() < 0.6 else _private(world)
    agent = rng.choice(world.forwarders)
    # A forwarder sends under its own address and telephone, often in the customer's name.
    party = dict(agent.party)
    if rng.random() < 0.5:
        party["name"], party["company"] = inner.sender.party["name"], None
    inner.sender = Actor(party, agent.country, inner.sender.quality, inner.sender.vague, inner.sender.undervalue)
    inner.transit = rng.sample(HUBS, rng.choice((1, 1, 2, 3)))
    inner.marketplace = None
    return inner


def _hobby(world: World) -> Consignment:
    rng = world.rng
    licensed, courier = rng.random() < 0.3, rng.random() < 0.4
    good: Good = rng.choice(LICENSED_ARMS if licensed else HOBBY_ARMS)
    sender = rng.choice(world.firms if licensed or rng.random() < 0.6 else world.people)
    reference = f"EXP-{rng.randrange(10**4)}" if licensed else None
    line = make_line(rng, good, sender)
    return Consignment(
        sender, rng.choice(world.hobbyists), [line], world.fresh("hobby-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, line.grams, 0.2),
        density=good.density * rng.lognormvariate(0.0, 0.3), licence=reference,
        licence_forgotten=licensed and rng.random() < 0.2, transit=_usual_transit(rng),
    )  # fmt: skip


def _returned(world: World) -> Consignment:
    parcel = _from_shop(world)
    parcel.sender, parcel.recipient = parcel.recipient, parcel.sender
    parcel.nature, parcel.marketplace, parcel.group = "returned_goods", None, world.fresh("return-")
    return parcel


def _papers(world: World) -> Consignment:
    rng = world.rng
    sender, courier = rng.choice(world.firms), rng.random() < 0.5
    paper = next(good for good in GOODS if good.hs == "491110")
    line = make_line(rng, paper, sender, quantity=rng.randrange(1, 4))
    line.description = rng.choice(("documents", "documentos", "dokumente", "文件", "contract papers"))
    return Consignment(
        sender, rng.choice(world.people), [line], world.fresh("papers-"), day_of_year(rng),
        courier=courier, mail_class="express" if courier else "letter", nature="documents", density=0.6,
    )  # fmt: skip


def _usual_transit(rng: Random) -> list[str]:
    return rng.sample(HUBS, rng.choice((1, 1, 2))) if rng.random() < 0.18 else []


def stranger(world: World) -> Actor:
    """Return a new private person, in a country drawn as the harmless parcels have it."""
    return _person(world.rng, world.year, world.rng.choice(world.origins))


def front(world: World) -> Actor:
    """Return a firm on paper, as new as any stranger, in a country drawn likewise."""
    return make_actor(world.rng, world.year, world.rng.choice(world.origins), firm=True)

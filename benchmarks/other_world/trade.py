"""Honest traffic: each function makes one sender's season of parcels, blemishes of honest people included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from benchmarks.other_world import goods as stock
from benchmarks.other_world.boxes import DAYS, FIRST_DAY, Deal, World, box, draw_habits, mixed, one_line
from benchmarks.other_world.goods import Good
from benchmarks.other_world.parcel import Parcel, later
from benchmarks.other_world.people import firm, person, with_account
from benchmarks.other_world.routes import FAMILIES, INDUSTRY, market_way, transits, way

PLATFORMS = ("tanduo", "barterbay", "kupido", "ofertal")
SHELVES = (stock.WEAR, stock.GADGETS, stock.CLUTTER, stock.VEHICLE)
AGENT_SHELVES = (stock.FAMILY, stock.APPLIANCES, stock.VEHICLE, stock.CLUTTER, stock.GADGETS)


def bazaar(world: World, origin: str | None = None, catalogue: Sequence[Good] | None = None) -> list[Parcel]:
    """A marketplace seller: few goods, many buyers."""
    rng = world.rng
    start = market_way(rng, origin)[0]
    opened = later(rng, FIRST_DAY, DAYS - 30)
    seller = firm(rng, start, opened.date(), youngest=3, oldest=2500)
    if rng.random() < 0.5:
        seller = replace(seller, company=None, tax_id=None)
    wares = catalogue or rng.sample(rng.choice(SHELVES), rng.randint(1, 4))
    natures = {"sale_of_goods": 6.0, "gift": 2.5, "other": 1.0, "commercial_sample": 0.5}
    habits = draw_habits(rng, natures, 0.25, 0.2, 0.6)
    listings = {good.key: world.group("listing") for good in wares}
    platform = rng.choice(PLATFORMS) if rng.random() < 0.7 else None
    season = []
    for _ in range(min(150, 1 + int(rng.expovariate(1 / 14)))):
        ends, good = market_way(rng, start), rng.choice(wares)
        deal = Deal(seller, world.resident(ends[1]), ends, habits, listings[good.key])
        season.append(box(world, deal, [one_line(rng, good, habits, start)], later(rng, opened, 90)))
        if platform:
            sale = {"platform": platform, "seller_id": f"{seller.account}", "listing_id": deal.group}
            season[-1].marketplace = sale
    return season


def family(world: World) -> list[Parcel]:
    """Relatives abroad: several lines, gifts, home language, round figures."""
    rng = world.rng
    ends = way(rng, FAMILIES)
    habits = draw_habits(rng, {"gift": 8, "other": 2, "sale_of_goods": 0.4}, 0.15, 0.35, 0.15)
    deal = Deal(person(rng, ends[0]), world.resident(ends[1], 0.15), ends, habits, world.group("family"))
    return [
        box(world, deal, mixed(rng, stock.FAMILY, habits, ends[0], 5), later(rng, FIRST_DAY, DAYS))
        for _ in range(1 + int(rng.expovariate(1 / 2.2)))
    ]


def supplier(world: World) -> list[Parcel]:
    """A firm that sends parts to its few customers, by courier mostly, with invoices."""
    rng = world.rng
    ends = way(rng, INDUSTRY)
    shelf = rng.choice((stock.ENGINEERING, stock.ENGINEERING, stock.VEHICLE, stock.SAMPLES))
    wares = rng.sample(shelf, rng.randint(1, 5))
    sender = firm(rng, ends[0], FIRST_DAY.date())
    habits = draw_habits(rng, {"sale_of_goods": 7, "commercial_sample": 2, "other": 1}, 0.75, 0.12, 0.85)
    season = []
    for _ in range(rng.randint(1, 4)):
        deal = Deal(sender, firm(rng, ends[1], FIRST_DAY.date()), ends, habits, world.group("supply"))
        for _ in range(1 + int(rng.expovariate(1 / 3.0))):
            lines = mixed(rng, wares, habits, ends[0], 4, most=30)
            season.append(box(world, deal, lines, later(rng, FIRST_DAY, DAYS)))
            season[-1].documents = [{"type": "invoice", "reference": f"INV{rng.randint(1000, 99999)}"}]
    return season


def forwarder(world: World) -> list[Parcel]:
    """A forwarding agent: everybody's goods under one sender, consolidated, often by way of a hub."""
    rng = world.rng
    start, usual = way(rng, FAMILIES if rng.random() < 0.6 else INDUSTRY)
    agent = firm(rng, start, FIRST_DAY.date(), youngest=60)
    world.forwarders.append((agent, start))
    season = []
    for _ in range(min(120, 4 + int(rng.expovariate(1 / 25)))):
        habits = draw_habits(rng, {"gift": 3, "sale_of_goods": 3, "other": 4}, 0.6, 0.4, 0.4)
        ends = (start, usual if rng.random() < 0.7 else market_way(rng, start)[1])
        deal = Deal(agent, world.resident(ends[1]), ends, habits, world.group("agent"))
        lines = mixed(rng, rng.choice(AGENT_SHELVES), habits, start, 4)
        season.append(box(world, deal, lines, later(rng, FIRST_DAY, DAYS)))
        season[-1].transits = transits(rng, *ends, 0.7)
    return season


def private_sale(world: World) -> list[Parcel]:
    """A collector or hobbyist who sells now and then: new account, odd goods, few words, and nothing wrong."""
    rng = world.rng
    start = market_way(rng)[0]
    day = later(rng, FIRST_DAY, DAYS - 10)
    seller = person(rng, start)
    if rng.random() < 0.6:
        youngest, oldest = (0, 60) if rng.random() < 0.5 else (30, 2000)
        seller = with_account(rng, seller, day.date(), youngest, oldest)
    habits = draw_habits(rng, {"sale_of_goods": 5, "gift": 3, "other": 2}, 0.35, 0.4, 0.35)
    season = []
    for _ in range(1 + int(rng.expovariate(1 / 0.8))):
        ends = market_way(rng, start)
        deal = Deal(seller, world.resident(ends[1], 0.25), ends, habits, world.group("private"))
        season.append(box(world, deal, mixed(rng, stock.PASTIME, habits, start, 2), later(rng, day, 25)))
    return season


def returns(world: World) -> list[Parcel]:
    """Somebody sends a thing back or in for repair."""
    rng = world.rng
    end, start = market_way(rng)
    habits = draw_habits(rng, {"returned_goods": 8, "other": 1, "sale_of_goods": 1}, 0.4, 0.3, 0.5)
    shop = firm(rng, end, FIRST_DAY.date())
    deal = Deal(world.resident(start), shop, (start, end), habits, world.group("return"))
    lines = [one_line(rng, rng.choice(stock.RETURNED), habits, start)]
    return [box(world, deal, lines, later(rng, FIRST_DAY, DAYS))]


def office(world: World) -> list[Parcel]:
    """Papers and samples between offices."""
    rng = world.rng
    ends = way(rng, INDUSTRY)
    habits = draw_habits(rng, {"documents": 8, "commercial_sample": 1, "other": 1}, 0.8, 0.2, 0.4)
    ours, theirs = (firm(rng, country, FIRST_DAY.date()) for country in ends)
    deal = Deal(ours, theirs, ends, habits, world.group("office"))
    return [
        box(world, deal, [one_line(rng, rng.choice(stock.PAPERS), habits, ends[0])], later(rng, FIRST_DAY, DAYS))
        for _ in range(1 + int(rng.expovariate(1 / 2.0)))
    ]


def outfitter(world: World) -> list[Parcel]:
    """A licensed hunting and shooting shop: sights, holsters, cleaning rods; declared for what they are."""
    rng = world.rng
    season = bazaar(world, None, rng.sample(stock.SPORT, 3))
    for one in season:
        if rng.random() < 0.3:
            one.documents = [{"type": "export licence", "reference": f"L{rng.randint(10**4, 10**6)}"}]
    return season


def mover(world: World) -> list[Parcel]:
    """Students and people who move: boxes of their own things."""
    rng = world.rng
    ends = way(rng, FAMILIES)
    ends = ends if rng.random() < 0.5 else (ends[1], ends[0])
    here, there = person(rng, ends[0]), person(rng, ends[1])
    habits = draw_habits(rng, {"other": 6, "gift": 3, "returned_goods": 1}, 0.4, 0.5, 0.1)
    deal = Deal(here, replace(there, name=here.name, email=here.email), ends, habits, world.group("move"))
    day = later(rng, FIRST_DAY, DAYS - 5)
    wares = (*stock.some("effects effects effects effects effects"), *stock.FAMILY)
    return [
        box(world, deal, mixed(rng, wares, habits, ends[0], 4), day + timedelta(minutes=7 * number))
        for number in range(1 + int(rng.expovariate(1 / 1.2)))
    ]


HONEST: dict[Callable[[World], list[Parcel]], float] = {
    bazaar: 30, family: 60, supplier: 15, forwarder: 3, private_sale: 60, returns: 50, office: 25, outfitter: 1.2,
    mover: 10,
}  # fmt: skip
"""Relative number of seasons, not of parcels: a seller's season is many parcels, a return is one."""


def honest_season(world: World) -> list[Parcel]:
    """Draw one honest sender's season."""
    return world.rng.choices(list(HONEST), list(HONEST.values()))[0](world)

"""Eight ways of sending arms by parcel; each shows only some of its marks, some of the time.

Each function makes one campaign: its illicit parcels carry `modus` and `parts`, the harmless ones around them (an
account's honest past, an agent's other customers) do not. Sources of the ways: see the package's docstring. The
ninth, `world.PERFECT_COVER`, is no function: it is an honest parcel with something else in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from benchmarks.other_world import goods as stock
from benchmarks.other_world.boxes import DAYS, FIRST_DAY, Deal, Habits, World, box, draw_habits, mixed, one_line
from benchmarks.other_world.goods import Good
from benchmarks.other_world.parcel import Line, Parcel, later, pick, spread
from benchmarks.other_world.people import Person, firm, person, with_account
from benchmarks.other_world.routes import ARMS, FAMILIES, INDUSTRY, transits, way
from benchmarks.other_world.trade import AGENT_SHELVES, bazaar, forwarder, supplier

# Grams of one piece, of the right order; a box of 50 pistol cartridges weighs some 600 g.
GRAMS = {
    "barrel": 420, "slide": 390, "frame": 300, "magazine": 110, "trigger_group": 140, "bolt": 380, "cylinder": 260,
    "suppressor": 380, "pistol": 820, "revolver": 900, "ammunition": 620, "firearm_like": 15,
}  # fmt: skip
SPLIT = ("barrel", "slide", "frame", "magazine", "trigger_group", "bolt", "cylinder")
FILTERS, TRINKETS = stock.some("fuelfilter pipefitting alublock camping"), stock.some("toy airsoft springs figurine")
LOOKALIKES = stock.some("toy airsoft model antique paintball figurine")
WORKSHOP = stock.some("alublock printerpart toolset model drillbits filament")
MACHINE_SHELVES = (stock.VEHICLE, stock.ENGINEERING, stock.CLUTTER)
# Half the truth: what sellers of alarm and deactivated weapons write when they do not write "toy".
HALF_TRUTHS = ("starter device", "film prop", "blank device", "decorative replica", "Dekowaffe", "atrapa")


def parts_apart(world: World) -> list[Parcel]:
    """One weapon in several parcels within weeks, from one or more senders to one or two addresses."""
    rng, ends = world.rng, _ends(world.rng)
    day = later(rng, FIRST_DAY, DAYS - 20)
    senders = [_stranger(rng, ends[0], day) for _ in range(rng.choice((1, 1, 2, 3)))]
    if rng.random() < 0.6:
        senders = [replace(one, phone=senders[0].phone) for one in senders]
    receivers = [world.resident(ends[1]) for _ in range(rng.choice((1, 1, 1, 2)))]
    habits = _sly(rng, {"sale_of_goods": 4, "gift": 4, "other": 2}, 0.3, 0.5)
    group = world.group("campaign")
    campaign = []
    for part in rng.sample(SPLIT, rng.randint(2, 5)):
        deal = Deal(rng.choice(senders), rng.choice(receivers), ends, habits, group)
        good = rng.choice(rng.choice(MACHINE_SHELVES))
        campaign.append(_instead(world, deal, good, later(rng, day, 18), "parts_apart", (part,)))
    return campaign


def market_device(world: World) -> list[Parcel]:
    """A marketplace seller of gadgets who also sells suppressors as filters and converters as toys."""
    rng = world.rng
    season = bazaar(world, rng.choice(("CN", "CN", "CN", "HK", "US", "TR", "DE")))[:60]
    part = rng.choice(("suppressor", "suppressor", "trigger_group"))
    cover = rng.choice(FILTERS if part == "suppressor" else TRINKETS)
    habits = _sly(rng, {"sale_of_goods": 6, "gift": 3, "other": 1}, 0.2, 0.3)
    first, group = season[0], world.group("campaign")
    campaign = []
    for _ in range(1 + int(rng.expovariate(1 / 3.0))):
        ends = (first.origin, pick(rng, {"US": 9, "FR": 3, "NL": 3, "GB": 3, "AU": 3, "CA": 3, "SE": 1}))
        deal = Deal(first.sender, world.resident(ends[1]), ends, habits, group)
        campaign.append(_instead(world, deal, cover, later(rng, first.at, 60), "market_device", (part,)))
        campaign[-1].marketplace = first.marketplace and {**first.marketplace, "listing_id": group}
    return [*season, *campaign]


def hollow_appliance(world: World) -> list[Parcel]:
    """A whole handgun inside an appliance that is declared truly; only the weight may tell."""
    rng, ends = world.rng, _ends(world.rng)
    day = later(rng, FIRST_DAY, DAYS - 40)
    habits = draw_habits(rng, {"gift": 6, "sale_of_goods": 2, "other": 2}, 0.45, 0.25, 0.3)
    deal = Deal(_stranger(rng, ends[0], day), world.resident(ends[1]), ends, habits, world.group("campaign"))
    campaign = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        lines = [one_line(rng, rng.choice(stock.APPLIANCES), habits, ends[0], 1)]
        weapon = rng.choice(("pistol", "pistol", "revolver"))
        campaign.append(_hidden(world, deal, lines, later(rng, day, 35), "hollow_appliance", (weapon,)))
    return campaign


def ammunition_among_gifts(world: World) -> list[Parcel]:
    """Cartridges and magazines among food and clothes for the family: too dense for what is declared."""
    rng, ends = world.rng, _ends(world.rng, FAMILIES, 0.5)
    day = later(rng, FIRST_DAY, DAYS - 40)
    habits = draw_habits(rng, {"gift": 8, "other": 2}, 0.2, 0.5, 0.2)
    deal = Deal(person(rng, ends[0]), world.resident(ends[1], 0.3), ends, habits, world.group("campaign"))
    campaign = []
    for _ in range(rng.choice((1, 1, 2, 2, 4))):
        lines = mixed(rng, stock.FAMILY, habits, ends[0], 4)
        parts = ("ammunition",) * rng.randint(1, 4) + (("magazine",) if rng.random() < 0.3 else ())
        campaign.append(_hidden(world, deal, lines, later(rng, day, 35), "ammunition_among_gifts", parts))
    return campaign


def through_forwarder(world: World) -> list[Parcel]:
    """Under the name of a forwarding agent with an honest record, by way of a hub, to somebody new."""
    rng = world.rng
    around = [] if world.forwarders and rng.random() < 0.8 else forwarder(world)
    agent, origin = rng.choice(world.forwarders)
    known = {end: weight for (start, end), weight in ARMS.items() if start == origin}
    ends = (origin, pick(rng, known or {end: 1.0 for _, end in ARMS if end != origin}))
    habits = _sly(rng, {"other": 5, "gift": 3, "sale_of_goods": 2}, 0.55, 0.6)
    deal = Deal(agent, world.resident(ends[1], 0.2), ends, habits, world.group("campaign"))
    day = later(rng, FIRST_DAY, DAYS - 30)
    campaign = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        parts = rng.sample((*SPLIT, "pistol", "ammunition"), rng.randint(1, 3))
        good = rng.choice(rng.choice(AGENT_SHELVES))
        campaign.append(_instead(world, deal, good, later(rng, day, 25), "through_forwarder", parts))
        campaign[-1].transits = transits(rng, *ends, 0.85)
    return [*around, *campaign]


def convertible(world: World) -> list[Parcel]:
    """Alarm and deactivated weapons for conversion, as toys, props or antiques: half of the truth."""
    rng, ends = world.rng, _ends(world.rng)
    day = later(rng, FIRST_DAY, DAYS - 30)
    seller = _stranger(rng, ends[0], day)
    habits = _sly(rng, {"sale_of_goods": 5, "gift": 4, "other": 1}, 0.35, 0.35)
    group = world.group("campaign")
    campaign = []
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        deal = Deal(seller, world.resident(ends[1]), ends, habits, group)
        parts = ("firearm_like", "pistol")
        campaign.append(_instead(world, deal, rng.choice(LOOKALIKES), later(rng, day, 28), "convertible", parts))
        if rng.random() < 0.25:
            campaign[-1].lines[0].words = rng.choice(HALF_TRUTHS)
    return campaign


def unfinished_kit(world: World) -> list[Parcel]:
    """Unfinished frames with jigs, mostly by courier, as samples of plastic or aluminium work."""
    rng, ends = world.rng, _ends(world.rng)
    day = later(rng, FIRST_DAY, DAYS - 30)
    seller = with_account(rng, person(rng, ends[0]), day.date(), 0, 90)
    seller = seller if rng.random() < 0.5 else firm(rng, ends[0], day.date(), youngest=5, oldest=900)
    habits = _sly(rng, {"commercial_sample": 5, "sale_of_goods": 4, "other": 1}, 0.65, 0.4)
    group = world.group("campaign")
    campaign = []
    for _ in range(rng.choice((1, 2, 2, 4))):
        deal = Deal(seller, world.resident(ends[1]), ends, habits, group)
        parts = ("frame", "trigger_group") if rng.random() < 0.5 else ("frame",)
        campaign.append(_instead(world, deal, rng.choice(WORKSHOP), later(rng, day, 28), "unfinished_kit", parts))
    return campaign


def front_firm(world: World) -> list[Parcel]:
    """A firm with honest business adds parts to a few of its consignments of machine parts."""
    rng = world.rng
    season = supplier(world)
    model = rng.choice(season)
    habits = draw_habits(rng, {"sale_of_goods": 1}, 0.8, 0.1, 0.85)
    ends = (model.origin, model.destination)
    deal = Deal(model.sender, model.recipient, ends, habits, world.group("campaign"))
    day = later(rng, FIRST_DAY, DAYS - 30)
    campaign = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        lines = mixed(rng, stock.ENGINEERING, habits, ends[0], 3, most=20)
        parts = rng.sample(SPLIT, rng.randint(1, 3))
        campaign.append(_hidden(world, deal, lines, later(rng, day, 30), "front_firm", parts))
        campaign[-1].documents = list(model.documents)
    return [*season, *campaign]


MODI: dict[Callable[[World], list[Parcel]], float] = {
    parts_apart: 16, market_device: 14, hollow_appliance: 14, ammunition_among_gifts: 14, through_forwarder: 11,
    convertible: 12, unfinished_kit: 10, front_firm: 11,
}  # fmt: skip
"""Relative number of campaigns, not of parcels."""


def draw_campaign(world: World) -> list[Parcel]:
    """Draw one campaign, with the honest parcels that belong to it."""
    return world.rng.choices(list(MODI), list(MODI.values()))[0](world)


def _ends(rng: Random, usual: dict[tuple[str, str], float] = INDUSTRY, share: float = 0.4) -> tuple[str, str]:
    """Draw a way: known for arms, or one that everybody uses."""
    return way(rng, usual if rng.random() < share else ARMS)


def _stranger(rng: Random, country: str, day: datetime) -> Person:
    """Make a sender without a past; half of them have an account, most of these a new one."""
    somebody, draw = person(rng, country), rng.random()
    if draw < 0.3:
        return with_account(rng, somebody, day.date(), 0, 45)
    return with_account(rng, somebody, day.date(), 20, 1500) if draw < 0.5 else somebody


def _sly(rng: Random, nature: dict[str, float], courier: float, vague: float) -> Habits:
    """Habits of one who hides something: vaguer and lower, but not always."""
    habits = draw_habits(rng, nature, courier, vague, 0.4)
    return replace(habits, price=habits.price * rng.uniform(0.1, 0.7)) if rng.random() < 0.6 else habits


def _instead(world: World, deal: Deal, good: Good, at: datetime, modus: str, parts: Sequence[str]) -> Parcel:
    """Make a parcel that holds parts and not the declared goods; most forms show the parts' true weight."""
    rng = world.rng
    line = one_line(rng, good, deal.habits, deal.ends[0], 3)
    weight = sum(spread(rng, GRAMS[part], 0.3) for part in parts)
    line = replace(line, grams=weight if rng.random() < 0.6 else min(line.grams, weight * 1.5))
    parcel = box(world, deal, [line], at)
    parcel.hidden_grams = max(0.0, weight - line.grams)
    parcel.volume_l = max(0.3, weight / 1000.0 / rng.uniform(0.18, 0.9))
    return _illicit(parcel, modus, parts)


def _hidden(world: World, deal: Deal, lines: list[Line], at: datetime, modus: str, parts: Sequence[str]) -> Parcel:
    """Make a parcel of true goods with parts among them; half of the senders spread the weight over the lines."""
    rng = world.rng
    parcel = box(world, deal, lines, at)
    weight = sum(spread(rng, GRAMS[part], 0.3) for part in parts)
    if rng.random() < 0.5:
        share = 1.0 + weight / parcel.declared_grams
        parcel.lines = [replace(line, grams=line.grams * share) for line in parcel.lines]
    else:
        parcel.hidden_grams = weight
    return _illicit(parcel, modus, parts)


def _illicit(parcel: Parcel, modus: str, parts: Sequence[str]) -> Parcel:
    parcel.modus, parcel.parts = modus, tuple(sorted(set(parts)))
    return parcel

"""Harmless parcels: orders from shops, gifts, business, forwarded and returned goods, hobbies, papers, samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from training.parcels.consignment import Consignment, Line, make_line, packed, pick_class
from training.parcels.good import Good
from training.parcels.goods import GOODS, HOBBY_ARMS, LICENSED_ARMS
from training.parcels.people import Actor
from training.parcels.world import PLATFORMS, World, day_of_year, person

_METAL = [good for good in GOODS if good.family in {"machine", "tool", "metalware", "car"}]
_PRIVATE = [good for good in GOODS if good.family not in {"machine", "metalware", "chemical"}]
_PAPER = next(good for good in GOODS if good.hs == "491110")


def honest(world: World) -> Consignment:
    """Return one harmless parcel."""
    kinds = world.study.kinds
    return _KINDS[world.rng.choices(tuple(kinds), tuple(kinds.values()))[0]](world)


def private_market(rng: Random) -> tuple[str, str, str] | None:
    """Draw the marketplace of somebody who sells now and then, or none."""
    if rng.random() < 0.5:
        return None
    return rng.choice(PLATFORMS), f"s-{rng.randrange(10**6)}", f"l-{rng.randrange(10**7)}"


def private_sender(world: World) -> Actor:
    """Draw a private sender: somebody who sends now and then, or this once."""
    if world.rng.random() >= world.study.first_time:
        return world.rng.choice(world.senders)
    stranger = person(world, abroad=True)
    stranger.contacts = world.rng.sample(world.recipients, 2)
    return stranger


def usual_transit(world: World) -> list[str]:
    """Draw the hubs that an ordinary parcel passes."""
    rng, study = world.rng, world.study
    return rng.sample(study.hubs, rng.choice((1, 1, 2))) if rng.random() < study.transit else []


def _from_shop(world: World) -> Consignment:
    rng = world.rng
    # Few shops send much, many send little.
    shop = world.shops[int(len(world.shops) * rng.random() ** 2)]
    listing = rng.choice(shop.listings)
    lines = [_again(rng, listing.line)]
    if rng.random() < (0.4 if max(world.study.lines) > 2 else 0.1):
        lines.append(rng.choice(shop.listings).line)
    market = (shop.platform, shop.seller, listing.number) if shop.platform else None
    grams = sum(one.grams for one in lines)
    return Consignment(
        world.study, shop.owner, rng.choice(world.recipients), lines, f"listing-{world.name}-{listing.number}",
        day_of_year(rng), courier=shop.courier, mail_class=pick_class(rng, shop.courier, grams, 0.05),
        density=packed(rng, listing.line.good, world.study, 0.3), marketplace=market,
        transit=usual_transit(world),
    )  # fmt: skip


def _again(rng: Random, line: Line) -> Line:
    return replace(line, grams=line.grams * rng.uniform(0.98, 1.02), usd=line.usd * rng.choice((1, 1, 1, 0.9, 1.1)))


def _private(world: World) -> Consignment:
    rng = world.rng
    sender = private_sender(world)
    recipient = rng.choice(sender.contacts if rng.random() < 0.4 else world.recipients)
    courier = world.by_courier(0.25)
    nature = rng.choice(("gift", "gift", "gift", "other", "sale_of_goods", "sale_of_goods"))
    lines = [
        make_line(rng, rng.choice(_PRIVATE if rng.random() < 0.8 else _METAL), sender, world.study)
        for _ in range(rng.choice(world.study.lines))
    ]
    return Consignment(
        world.study, sender, recipient, lines, world.fresh("private-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, sum(line.grams for line in lines), 0.2),
        nature=nature, marketplace=private_market(rng) if nature == "sale_of_goods" else None,
        density=packed(rng, lines[0].good, world.study, 0.5), transit=usual_transit(world),
        postage_factor=rng.lognormvariate(0.1, 0.3),
    )  # fmt: skip


def _business(world: World) -> Consignment:
    rng = world.rng
    sender = rng.choice(world.firms)
    recipient = rng.choice(sender.contacts if rng.random() < 0.7 else world.recipients)
    line = make_line(rng, rng.choice(_METAL if rng.random() < 0.7 else GOODS), sender, world.study)
    line.grams, line.usd = line.grams * world.study.bulk, line.usd * world.study.bulk
    line.quantity = max(1, round(line.quantity * world.study.bulk))
    if rng.random() < 0.25:
        # Made to order: one heavy article under a heading of small ones, or a dear one.
        line.quantity, line.grams = 1, line.grams * rng.uniform(1.0, 4.0)
    courier = world.by_courier(0.55)
    return Consignment(
        world.study, sender, recipient, [line], world.fresh("business-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, line.grams, 0.25),
        nature=rng.choice(("sale_of_goods", "sale_of_goods", "other")),
        density=packed(rng, line.good, world.study, 0.4), transit=usual_transit(world),
        postage_factor=rng.lognormvariate(0.2, 0.3),
    )  # fmt: skip


def _samples(world: World) -> Consignment:
    parcel = _business(world)
    rng, line = world.rng, parcel.lines[0]
    # One or two articles of whatever weight, at a token value.
    line.quantity = rng.choice((1, 1, 2))
    line.usd = rng.choice((line.usd, 1.0, 5.0, 10.0))
    parcel.nature = "commercial_sample"
    return parcel


def _forwarded(world: World) -> Consignment:
    rng = world.rng
    inner = _from_shop(world) if rng.random() < 0.6 else _private(world)
    agent = rng.choice(world.forwarders)
    # A forwarder sends under its own address and telephone, often in the customer's name.
    party = dict(agent.party)
    if rng.random() < 0.5:
        party["name"], party["company"] = inner.sender.party["name"] or inner.sender.party["company"], None
    inner.sender = replace(inner.sender, party=party, country=agent.country, contacts=[])
    inner.transit = rng.sample(world.study.hubs, rng.choice((1, 1, 2, 3)))
    inner.marketplace = None
    return inner


def _hobby(world: World) -> Consignment:
    rng = world.rng
    licensed, courier = rng.random() < 0.3, world.by_courier(0.4)
    good: Good = rng.choice(LICENSED_ARMS if licensed else HOBBY_ARMS)
    sender = rng.choice(world.firms if licensed or rng.random() < 0.6 else world.senders)
    reference = f"EXP-{rng.randrange(10**4)}" if licensed else None
    line = make_line(rng, good, sender, world.study)
    return Consignment(
        world.study, sender, rng.choice(world.hobbyists), [line], world.fresh("hobby-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, line.grams, 0.2),
        density=packed(rng, good, world.study, 0.3), licence=reference,
        licence_forgotten=licensed and rng.random() < 0.2, transit=usual_transit(world),
    )  # fmt: skip


def _returned(world: World) -> Consignment:
    # Sent home by a customer abroad: the shop is here.
    rng, parcel = world.rng, _from_shop(world)
    home, abroad = parcel.recipient, private_sender(world)
    parcel.sender, parcel.recipient = abroad, rng.choice(home.contacts) if home.contacts else home
    parcel.nature, parcel.marketplace, parcel.group = "returned_goods", None, world.fresh("return-")
    return parcel


def _papers(world: World) -> Consignment:
    rng = world.rng
    sender, courier = rng.choice(world.firms), world.by_courier(0.5)
    line = make_line(rng, _PAPER, sender, world.study, quantity=rng.randrange(1, 4))
    if rng.random() < 0.6:
        line.description = rng.choice(
            ("documents", "documentos", "dokumente", "文件", "contract papers", "Certificates")
        )
    return Consignment(
        world.study, sender, rng.choice(world.recipients), [line], world.fresh("papers-"), day_of_year(rng),
        courier=courier, mail_class="express" if courier else "letter", nature="documents", density=0.6,
    )  # fmt: skip


_KINDS: Mapping[str, Callable[[World], Consignment]] = {
    "shop": _from_shop, "private": _private, "business": _business, "forwarded": _forwarded, "hobby": _hobby,
    "returned": _returned, "papers": _papers, "samples": _samples,
}  # fmt: skip

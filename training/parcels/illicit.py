"""How illicit parcels are sent in the synthetic world: several ways, none with a mark of its own.

An illicit parcel borrows a cover: the description, code, quantity and value of ordinary goods. What it cannot borrow
is the weight of the thing inside, and a sender with a past. Shapes and weights are coarse, for recognition only.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from training.parcels.consignment import Consignment, describe, make_line, pick_class
from training.parcels.goods import CARELESS, COVER_FAMILIES, GOODS
from training.parcels.people import HUBS, Actor, account, name, phone
from training.parcels.world import DAYS, World, day_of_year, front, honest, private_market, stranger

# (part, grams from, grams to): the broad range in which such things weigh.
PARTS = (
    ("barrel", 120, 1300), ("slide", 250, 600), ("frame", 120, 700), ("magazine", 60, 350),
    ("trigger_group", 60, 300), ("bolt", 150, 700), ("cylinder", 150, 450), ("suppressor", 200, 700),
)  # fmt: skip
WHOLE = (("pistol", 500, 1300), ("revolver", 500, 1400), ("long_gun", 2200, 4500), ("ammunition", 300, 4000))


def campaigns(world: World, count: int) -> Iterator[Consignment]:
    """Yield so many illicit parcels; those of one campaign share a group.

    About 70 % hold parts, the rest whole firearms or ammunition.
    """
    made = 0
    while made < count:
        parcels = world.rng.choices((_kit, _single, _whole, _honest_looking), (0.20, 0.32, 0.26, 0.22))[0](world)
        for parcel in parcels[: count - made]:
            made += 1
            yield parcel


def _kit(world: World) -> list[Consignment]:
    """A firearm in pieces: several parcels to one recipient within weeks, under changing senders."""
    rng = world.rng
    group, recipient, start = world.fresh("campaign-"), _recipient(world), day_of_year(rng) * 0.9
    sender = _sender(world)
    parcels = []
    for part, low, high in rng.sample(PARTS, rng.choice((2, 2, 3, 3, 4))):
        parcel = _covered(world, _swap(rng, sender, world), _variant(rng, recipient), (part,), rng.uniform(low, high))
        parcel.group, parcel.day = group, min(DAYS - 1e-3, start + rng.uniform(0, 40))
        parcels.append(parcel)
    return parcels


def _single(world: World) -> list[Consignment]:
    part, low, high = world.rng.choice(PARTS)
    return [_covered(world, _sender(world), _recipient(world), (part,), world.rng.uniform(low, high))]


def _whole(world: World) -> list[Consignment]:
    kind, low, high = world.rng.choice(WHOLE)
    parcel = _covered(world, _sender(world), _recipient(world), (kind,), world.rng.uniform(low, high))
    parcel.density *= world.rng.uniform(0.9, 1.5)
    return [parcel]


def _honest_looking(world: World) -> list[Consignment]:
    """A parcel that nothing on paper tells from a harmless one: a bound on what any manifest model can find."""
    parcel = honest(world)
    part, _, _ = world.rng.choice(PARTS if world.rng.random() < 0.7 else WHOLE)
    parcel.illicit, parcel.parts, parcel.group = True, (part,), world.fresh("campaign-")
    return [parcel]


def _covered(world: World, sender: Actor, recipient: Actor, parts: tuple[str, ...], grams: float) -> Consignment:
    """Dress the true weight in a cover: the value and the number of articles come from the cover, not the weight."""
    rng = world.rng
    family = rng.choices([one for one, _ in COVER_FAMILIES], [share for _, share in COVER_FAMILIES])[0]
    cover = rng.choice([good for good in GOODS if good.family == family])
    line = make_line(rng, cover, sender)
    if rng.random() < 0.6:
        line.quantity = rng.choice((1, 1, 1, 2))
    line.grams = grams * rng.uniform(1.0, 1.25)
    line.usd *= rng.choice((1.0, 0.7, 0.4, 0.2))
    if rng.random() < 0.05:
        line.description = rng.choice(CARELESS)
    elif rng.random() < 0.3:
        line.description = describe(rng, cover, Actor(sender.party, sender.country, vague=1.0))
    lines, courier = [line], rng.random() < 0.4
    nature = rng.choices(("gift", "commercial_sample", "sale_of_goods", "other"), (0.2, 0.13, 0.57, 0.1))[0]
    if rng.random() < 0.2:
        # Something honest beside it.
        lines += [make_line(rng, rng.choice(GOODS), sender) for _ in range(rng.choice((1, 1, 2)))]
    return Consignment(
        sender, recipient, lines, world.fresh("campaign-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, grams, 0.22),
        nature=nature,
        density=rng.lognormvariate(-0.8, 0.45), transit=_detour(rng), illicit=True, parts=parts,
        marketplace=private_market(rng) if nature == "sale_of_goods" else None,
        postage_factor=rng.lognormvariate(0.35, 0.35),
    )  # fmt: skip


def _sender(world: World) -> Actor:
    """Usually somebody new, sometimes an established name."""
    rng = world.rng
    if rng.random() < 0.25:
        return rng.choice(world.firms if rng.random() < 0.5 else world.people)
    if rng.random() < 0.45:
        return front(world)
    person = stranger(world)
    person.quality = rng.choices(("full", "usual", "poor"), (0.2, 0.4, 0.4))[0]
    if person.party["account_id"]:
        person.party["account_opened"] = account(rng, world.year)[1]
    return person


def _recipient(world: World) -> Actor:
    rng = world.rng
    if rng.random() < 0.15:
        return rng.choice(world.hobbyists)
    return rng.choice(world.people) if rng.random() < 0.5 else stranger(world)


def _swap(rng: Random, sender: Actor, world: World) -> Actor:
    """Return the same smuggler under another name: something real stays, or all is new."""
    if rng.random() < 0.25:
        return stranger(world)
    other = sender.renamed(name(rng))
    if rng.random() < 0.5:
        other.party["phone"] = phone(rng)
    if rng.random() < 0.5:
        other.party["account_id"] = f"c-{rng.randrange(10**8)}" if other.party["account_id"] else None
    if rng.random() < 0.4:
        other.party["email"] = None
    return other


def _variant(rng: Random, recipient: Actor) -> Actor:
    """Return the recipient as another hand would write it."""
    if rng.random() < 0.6:
        return recipient
    first, _, last = recipient.party["name"].partition(" ")
    return recipient.renamed(rng.choice((f"{last} {first}", f"{first[0]}. {last}", name(rng))))


def _detour(rng: Random) -> list[str]:
    return rng.sample(HUBS, rng.choice((1, 2, 2, 3))) if rng.random() < 0.32 else []

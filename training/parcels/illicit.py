"""How illicit parcels are sent in the synthetic world: several ways, none with a mark of its own.

An illicit parcel borrows a cover: the description, code, quantity and value of ordinary goods. What it cannot borrow
is the weight of the thing inside, and a sender with a past. Shapes and weights are coarse, for recognition only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

from features.indicators.lists import COVER_HEADINGS
from training.parcels.consignment import Consignment, Line, make_line, packed, pick_class
from training.parcels.good import Good
from training.parcels.goods import GOODS, HOBBY_ARMS, LICENSED_ARMS
from training.parcels.honest import honest, private_market, usual_transit
from training.parcels.people import Actor, account, name, phone
from training.parcels.study import Study
from training.parcels.world import DAYS, World, day_of_year, firm, person, with_ways

# (part, grams from, grams to): the broad range in which such things weigh.
PARTS = (
    ("barrel", 120, 1300), ("slide", 250, 600), ("frame", 120, 700), ("magazine", 60, 350),
    ("trigger_group", 60, 300), ("bolt", 150, 700), ("cylinder", 150, 450), ("suppressor", 200, 700),
)  # fmt: skip
WHOLE = (("pistol", 500, 1300), ("revolver", 500, 1400), ("long_gun", 2200, 4500), ("ammunition", 300, 4000))
LONGEST_RING = 9
LARGEST_GAIN = 4.0
"""How much denser a box of true goods becomes at most by what is put into it; a fuller one gives way to a larger."""
KNOWN_COVER = 0.15
"""Share of covers taken from the headings that officers know as such, whatever the study's own habit."""
_KNOWN_COVERS = [good for good in GOODS if good.hs[:4] in COVER_HEADINGS]
TRUE_WEIGHT, GUESSED_NET = 0.6, 0.25
"""Share of covers whose net weight is the true one, and of those whose net weight belongs to the cover while the post
weighs the parcel; the rest declare the cover's weight throughout, as far as anybody can."""


def campaigns(world: World, count: int) -> Iterator[Consignment]:
    """Yield so many illicit parcels; those of one campaign share a group.

    About 70 % hold parts, the rest whole firearms or ammunition.
    """
    modi, made = world.study.modi, 0
    while made < count:
        careful = world.rng.random() < world.study.careful
        modus = _MODI[world.rng.choices(tuple(modi), tuple(modi.values()))[0]]
        parcels = modus(replace(world, careless=not careful))
        for parcel in parcels[: count - made]:
            made += 1
            parcel.illicit, parcel.careful = True, careful
            yield parcel


def _kit(world: World) -> list[Consignment]:
    """A firearm in pieces: several parcels to one recipient within weeks, often under changing senders."""
    rng = world.rng
    group, recipient, start = world.fresh("campaign-"), _recipient(world), day_of_year(rng) * 0.9
    sender, days = _sender(world), rng.choice((3.0, 14.0, 40.0))
    ways: Callable[[], Actor] = rng.choice((lambda: sender, lambda: _swap(world, sender), lambda: _sender(world)))
    parcels = []
    for part, low, high in rng.sample(PARTS, rng.choice((2, 2, 3, 3, 4, 5))):
        parcel = _covered(world, ways(), _variant(rng, recipient), part, rng.uniform(low, high))
        parcel.group, parcel.day = group, min(DAYS - 1e-3, start + rng.uniform(0, days))
        parcels.append(parcel)
    return parcels


def _ring(world: World) -> list[Consignment]:
    """The same people send to many recipients for months, until they are found out or not."""
    rng = world.rng
    group, sender, start = world.fresh("campaign-"), _sender(world), rng.uniform(0, DAYS * 0.8)
    pace, changing = rng.uniform(2.0, 25.0), rng.choice((0.0, 0.5, 1.0))
    parcels = []
    for _ in range(rng.randrange(3, LONGEST_RING + 1)):
        part, low, high = _content(rng)
        named = sender if rng.random() >= changing else _swap(world, sender)
        parcel = _covered(world, named, _recipient(world), part, rng.uniform(low, high))
        parcel.group, parcel.day = group, min(DAYS - 1e-3, start)
        start += rng.expovariate(1.0 / pace)
        parcels.append(parcel)
    return parcels


def _single(world: World) -> list[Consignment]:
    part, low, high = world.rng.choice(PARTS)
    return [_covered(world, _sender(world), _recipient(world), part, world.rng.uniform(low, high))]


def _whole(world: World) -> list[Consignment]:
    kind, low, high = world.rng.choice(WHOLE)
    parcel = _covered(world, _sender(world), _recipient(world), kind, world.rng.uniform(low, high))
    parcel.density *= world.rng.uniform(0.9, 1.5)
    return [parcel]


def _added(world: World) -> list[Consignment]:
    """Put among true goods: their lines, their values and their box stay, only weight comes in."""
    rng, parcel = world.rng, honest(world)
    part, low, high = _content(rng)
    grams = rng.uniform(low, high)
    before = sum(line.grams for line in parcel.lines)
    if rng.random() < 0.5:
        parcel.lines = [replace(parcel.lines[0], grams=parcel.lines[0].grams + grams), *parcel.lines[1:]]
    else:
        parcel.hidden_g = grams
    # The same box, unless the thing is too big for it.
    parcel.density *= min(LARGEST_GAIN, (before + grams) / before)
    if rng.random() < 0.6:
        parcel.sender, parcel.marketplace = _sender(world), None
    parcel.parts, parcel.group = (part,), world.fresh("campaign-")
    return [parcel]


def _open(world: World) -> list[Consignment]:
    """Declared as what it is, under a licence that does not exist."""
    return [_declared_as(world, world.rng.choice(LICENSED_ARMS), licence=0.25)]


def _convertible(world: World) -> list[Consignment]:
    """Declared as an imitation, a blank-firing or an air weapon."""
    return [_declared_as(world, world.rng.choice(HOBBY_ARMS), licence=0.0)]


def _papers(world: World) -> list[Consignment]:
    """Hidden in a parcel of books or papers."""
    part, low, high = _content(world.rng)
    cover = world.rng.choice([good for good in GOODS if good.family == "paper"])
    parcel = _covered(world, _sender(world), _recipient(world), part, world.rng.uniform(low, high), cover)
    parcel.nature = world.rng.choice(("documents", "gift", "other"))
    return [parcel]


def _honest_looking(world: World) -> list[Consignment]:
    """A parcel that nothing on paper tells from a harmless one: a bound on what any manifest model can find."""
    parcel = honest(world)
    part, _, _ = _content(world.rng)
    parcel.parts, parcel.group = (part,), world.fresh("campaign-")
    return [parcel]


def _content(rng: Random) -> tuple[str, int, int]:
    return rng.choice(PARTS if rng.random() < 0.7 else WHOLE)


def _declared_as(world: World, good: Good, licence: float) -> Consignment:
    rng = world.rng
    part, low, high = _content(rng)
    parcel = _covered(world, _sender(world), _recipient(world), part, rng.uniform(low, high), good)
    if rng.random() < licence:
        parcel.licence = f"EXP-{rng.randrange(10**4)}"
    return parcel


def _cover(world: World) -> Good:
    if world.rng.random() < KNOWN_COVER:
        return world.rng.choice(_KNOWN_COVERS)
    covers = world.study.covers
    family = world.rng.choices(tuple(covers), tuple(covers.values()))[0]
    return world.rng.choice([good for good in GOODS if good.family == family])


def _covered(
    world: World, sender: Actor, recipient: Actor, part: str, grams: float, cover: Good | None = None
) -> Consignment:
    """Dress the true weight in a cover: the value and the number of articles come from the cover, not the weight."""
    rng, study = world.rng, world.study
    line = make_line(rng, cover or _cover(world), sender, study)
    net = _dress(rng, line, grams)
    lines, courier = [line], world.by_courier(0.4)
    if rng.random() < 0.15:
        # Something honest beside it.
        lines += [make_line(rng, rng.choice(GOODS), sender, study) for _ in range(rng.choice((1, 1, 2)))]
    nature = rng.choices(("gift", "commercial_sample", "sale_of_goods", "other"), (0.22, 0.1, 0.58, 0.1))[0]
    return Consignment(
        study, sender, recipient, lines, world.fresh("campaign-"), day_of_year(rng),
        courier=courier, mail_class=pick_class(rng, courier, grams, 0.18),
        nature=nature, density=_density(rng, line.good, study), transit=usual_transit(world), parts=(part,),
        marketplace=private_market(rng) if nature == "sale_of_goods" else None,
        postage_factor=rng.lognormvariate(0.15, 0.35), net_factor=net,
    )  # fmt: skip


def _dress(rng: Random, line: Line, grams: float) -> float:
    """Put the true weight into a cover's line; returns the declared net weight over the true one."""
    cover = line.grams
    if rng.random() < 0.4:
        line.quantity = rng.choice((1, 1, 1, 2))
    line.usd *= rng.choice((1.0, 1.0, 0.7, 0.4))
    chance = rng.random()
    if chance > TRUE_WEIGHT + GUESSED_NET:
        return 1.0
    line.grams = grams * rng.uniform(1.0, 1.3)
    # Whoever guesses takes care that the goods are no heavier than the parcel will be.
    return 1.0 if chance < TRUE_WEIGHT else min(1.0, cover / line.grams)


def _density(rng: Random, cover: Good, study: Study) -> float:
    # A heavy thing in a small box, or in the cover's own box.
    return study.metal * rng.lognormvariate(0.0, 0.4) if rng.random() < 0.6 else packed(rng, cover, study, 0.5)


def _sender(world: World) -> Actor:
    """Usually somebody new, sometimes an established name."""
    rng = world.rng
    if rng.random() < world.study.established:
        return _with_a_past(world)
    if rng.random() < 0.35:
        return _front(world)
    stranger = person(world, abroad=True, illicit=True)
    if stranger.party["account_id"]:
        stranger.party["account_opened"] = account(rng, world.year)[1]
    return stranger


def _with_a_past(world: World) -> Actor:
    rng = world.rng
    chance = rng.random()
    # A shop on a marketplace, bought, hacked or the smuggler's own; a forwarder's, a firm's, a neighbour's name.
    known = world.forwarders if chance < 0.15 else world.firms if chance < 0.4 else world.senders
    actor = rng.choice(world.shops).owner if chance > 0.7 else rng.choice(known)
    # Half of them declare as the owner does, half as smugglers do.
    return actor if rng.random() < 0.5 else with_ways(world, replace(actor, contacts=[]), illicit=True)


def _front(world: World) -> Actor:
    """A firm on paper, made for the purpose, that often trades in dear goods at once."""
    actor = firm(world, illicit=True)
    if world.rng.random() < 0.3:
        actor.ways |= {"new_account", "high_value"}
    return actor


def _recipient(world: World) -> Actor:
    rng = world.rng
    if rng.random() < 0.12:
        return rng.choice(world.hobbyists)
    return rng.choice(world.recipients) if rng.random() < 0.5 else person(world, abroad=False)


def _swap(world: World, sender: Actor) -> Actor:
    """Return the same smuggler under another name: something real stays, or all is new."""
    rng = world.rng
    if rng.random() < 0.25:
        return replace(person(world, abroad=True, illicit=True), undervalue=sender.undervalue)
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
    if rng.random() < 0.6 or not recipient.party["name"]:
        return recipient
    first, _, last = recipient.party["name"].partition(" ")
    return recipient.renamed(rng.choice((f"{last} {first}", f"{first[0]}. {last}", name(rng))))


_MODI: Mapping[str, Callable[[World], list[Consignment]]] = {
    "kit": _kit, "single": _single, "whole": _whole, "added": _added, "ring": _ring, "open": _open,
    "convertible": _convertible, "honest_looking": _honest_looking, "papers": _papers,
}  # fmt: skip

"""Honest senders write again: orders in several boxes, things forgotten, the next gift.

Without them a second parcel between two strangers would be a smuggler's mark in this world, which it is not in ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from training.parcels.consignment import Consignment, Line, make_line, packed, pick_class
from training.parcels.goods import GOODS
from training.parcels.honest import honest
from training.parcels.world import DAYS, World

SOON, LATE = 4.0, 45.0
"""Mean days until then: boxes of one order, and the next occasion."""


def honest_parcels(world: World, count: int) -> Iterator[Consignment]:
    """Yield so many harmless parcels, some of them in a row between the same two people."""
    made = 0
    while made < count:
        parcel = honest(world)
        while made < count:
            yield parcel
            made += 1
            if world.rng.random() >= world.study.again:
                break
            parcel = follow_up(world, parcel)


def follow_up(world: World, first: Consignment) -> Consignment:
    """Return a later parcel from the same sender to the same recipient."""
    rng = world.rng
    mean = SOON if rng.random() < 0.6 else LATE
    day = min(DAYS - 1e-3, first.day + 0.1 + rng.expovariate(1.0 / mean))
    if first.licence or first.nature == "documents" or rng.random() < 0.5:
        return replace(first, lines=[_alike(rng, line) for line in first.lines], day=day)
    family = first.lines[0].good.family
    goods = [good for good in GOODS if good.family == family] or list(GOODS)
    line = make_line(rng, rng.choice(goods), first.sender, world.study)
    return replace(
        first,
        lines=[line],
        group=world.fresh("again-"),
        day=day,
        mail_class=pick_class(rng, first.courier, line.grams, 0.15),
        density=packed(rng, line.good, world.study, 0.4),
    )


def _alike(rng: Random, line: Line) -> Line:
    factor = rng.uniform(0.9, 1.1)
    return replace(line, grams=line.grams * factor, usd=line.usd * factor)

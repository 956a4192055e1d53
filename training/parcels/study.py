"""The conditions of one country's traffic, drawn at random: only what holds under all of them is worth learning.

A synthetic world has one level of prices, one postal tariff, one way of leaving fields empty and one kind of smuggler,
and a model trained on it takes them for laws. So a world here consists of many blocks of parcels, each under conditions
of its own (domain randomisation: Tobin et al. 2017, arXiv:1703.06907). What is drawn are assumptions of ours, broad
on purpose; no public figure stands behind any of them. No country is riskier than another in any study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from random import Random
from typing import TypeVar

from training.parcels.countries import COUNTRIES, HUBS
from training.parcels.gaps import Gaps, draw_gaps
from training.parcels.good import Family
from training.parcels.goods import COVER_FAMILIES
from training.parcels.habits import PARCEL_HABITS, SENDER_HABITS, Habit, draw_habits

Name = TypeVar("Name", bound=str)
HONEST_KINDS: Mapping[str, float] = {
    "shop": 0.40, "private": 0.23, "business": 0.17, "forwarded": 0.06, "hobby": 0.03, "returned": 0.04, "papers": 0.05,
    "samples": 0.02,
}  # fmt: skip
MODI: Mapping[str, float] = {
    "kit": 0.18, "single": 0.17, "whole": 0.13, "added": 0.17, "ring": 0.12, "open": 0.04, "convertible": 0.05,
    "honest_looking": 0.15, "papers": 0.04,
}  # fmt: skip
"""How often each way of sending is used, before a study shifts it; assumptions, as no figure is public."""


NOTHING_FOUND = 0.33
"""Share of studies in which nobody ever opens a parcel: a new station has no finds to go by, and must do without."""


@dataclass(frozen=True, slots=True)
class Study:
    """One block's conditions.

    Attributes:
        homes, home_weights: Where its parcels go.
        origins, origin_weights: Where they come from.
        english: Share of descriptions worded in English, whatever the sender's own language.
        dialect: Seed of the words of languages that the lists of goods do not know.
        price: Level of prices; factor.
        spread: Standard deviation of log unit weight and log price within one kind of goods.
        goods: Standard deviation of the logarithms of weight and of price of a kind of goods between studies.
        air: What parcels weigh for their size against the goods inside; factor.
        metal: Median kilograms per litre of an illicit parcel packed for what is in it.
        vague: How often a sender who words vaguely does so.
        postage: (fixed US dollars, US dollars per kilogram, factor of fast classes, deviation of the logarithm).
        gaps: Which fields stay empty how often.
        kinds: Share of each kind of honest parcel.
        modi: Share of each way of smuggling.
        covers: Families of goods that cover for illicit ones, with weights.
        sender_habits, parcel_habits: How often harmless senders and smugglers do what; see `habits`.
        careful: Share of smugglers who declare just as honest senders do.
        transit: Share of parcels that pass a hub.
        hubs: Those hubs.
        step_g: Steps to which gross weights are rounded, drawn from by turns.
        first_time: Share of private senders who never sent before and never send again.
        shops: Parcels for each shop, on the average.
        lines: How many lines a private parcel has, drawn from by turns.
        bulk: How much more a business sends than a private person; factor.
        established: Share of smugglers who use somebody's clean past: a firm's, a shop's, a forwarder's, a neighbour's.
        finding_hours: Hours until an opened parcel's finding is known, at most.
        again: Chance that an honest parcel is followed by another between the same two.
        courier: Shift of the share of courier parcels; factor.
        opened: How often a harmless and an illicit parcel are opened: at random, and on suspicion, which finds only
            some of what is there.
    """

    homes: tuple[str, ...]
    home_weights: tuple[float, ...]
    origins: tuple[str, ...]
    origin_weights: tuple[float, ...]
    english: float
    dialect: int
    price: float
    spread: float
    goods: tuple[float, float]
    air: float
    metal: float
    vague: float
    postage: tuple[float, float, float, float]
    gaps: Gaps
    kinds: Mapping[str, float]
    modi: Mapping[str, float]
    covers: Mapping[Family, float]
    sender_habits: Mapping[str, Habit]
    parcel_habits: Mapping[str, Habit]
    careful: float
    transit: float
    hubs: tuple[str, ...]
    step_g: tuple[int, ...]
    first_time: float
    shops: float
    lines: tuple[int, ...]
    bulk: float
    established: float
    finding_hours: int
    again: float
    courier: float
    opened: tuple[float, float]

    def home(self, rng: Random) -> str:
        """Draw a destination."""
        return rng.choices(self.homes, self.home_weights)[0]

    def origin(self, rng: Random) -> str:
        """Draw an origin."""
        return rng.choices(self.origins, self.origin_weights)[0]

    def shifts(self, good: str) -> tuple[float, float]:
        """Return the factors on weight and price of a kind of goods, always the same in one study."""
        return _shifts(good, self.dialect, *self.goods)


def draw_study(rng: Random) -> Study:
    """Draw the conditions of one block."""
    homes = rng.sample(tuple(COUNTRIES), rng.choice((1, 1, 2, 5, 20)))
    origins = rng.sample(tuple(COUNTRIES), rng.randrange(8, len(COUNTRIES)))
    steepness = rng.uniform(0.0, 1.3)
    # In some countries smugglers are blatant, in some there is hardly a mark on them.
    strength = rng.uniform(0.3, 2.0)
    return Study(
        homes=tuple(homes),
        home_weights=tuple(1.0 / place for place, _ in enumerate(homes, start=1)),
        origins=tuple(origins),
        origin_weights=tuple(place**-steepness for place, _ in enumerate(origins, start=1)),
        english=rng.uniform(0.1, 0.95),
        dialect=rng.randrange(10**6),
        price=rng.lognormvariate(0.0, 0.5),
        spread=rng.uniform(0.3, 0.9),
        goods=(rng.uniform(0.1, 0.6), rng.uniform(0.1, 0.8)),
        air=rng.lognormvariate(-0.4, 0.35),
        metal=rng.uniform(0.25, 0.9),
        vague=rng.uniform(0.4, 0.9),
        postage=(rng.uniform(1.0, 9.0), rng.uniform(2.0, 16.0), rng.uniform(1.0, 3.0), rng.uniform(0.1, 0.4)),
        gaps=draw_gaps(rng),
        kinds=_shifted(rng, HONEST_KINDS, 0.5),
        modi=_shifted(rng, MODI, 0.6),
        covers=_shifted(rng, dict(COVER_FAMILIES), 1.0),
        sender_habits=draw_habits(rng, SENDER_HABITS, strength),
        parcel_habits=draw_habits(rng, PARCEL_HABITS, strength),
        careful=rng.uniform(0.05, 0.35),
        transit=rng.choice((0.02, 0.1, 0.2, 0.4)),
        hubs=tuple(rng.sample(HUBS, 4)),
        step_g=rng.choice(((1,), (1, 1, 10), (10, 50), (1, 10, 50, 100), (100,), (1, 1, 10, 10, 50, 100))),
        first_time=rng.uniform(0.1, 0.9),
        shops=exp(rng.uniform(2.3, 5.0)),
        lines=rng.choice(((1,), (1, 1, 2, 3), (1, 2, 3, 4, 5), (2, 3, 4, 6, 8))),
        bulk=exp(rng.uniform(-0.3, 1.5)),
        established=rng.uniform(0.15, 0.7),
        finding_hours=rng.choice((24, 5 * 24, 14 * 24, 60 * 24)),
        again=rng.uniform(0.05, 0.25),
        courier=rng.lognormvariate(0.0, 0.6),
        opened=(0.0, 0.0) if rng.random() < NOTHING_FOUND else (rng.uniform(0.002, 0.04), rng.uniform(0.15, 0.7)),
    )


@lru_cache(maxsize=4096)
def _shifts(good: str, seed: int, weight: float, price: float) -> tuple[float, float]:
    rng = Random(f"{seed} {good}")
    return rng.lognormvariate(0.0, weight), rng.lognormvariate(0.0, price)


def _shifted(rng: Random, shares: Mapping[Name, float], deviation: float) -> dict[Name, float]:
    return {name: share * exp(rng.gauss(0.0, deviation)) for name, share in shares.items()}

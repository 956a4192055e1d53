"""What senders do to a declaration, harmless ones and smugglers: each habit of a smuggler is some honest sender's too.

For each habit a study draws how often harmless senders have it, and how much more often smugglers do who take no care.
In a fifth of the studies a habit tells nothing, and in a few it points the wrong way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from random import Random

NEUTRAL, REVERSED = 0.2, 0.06
MOST = 0.6
"""Share of studies in which a habit tells nothing, or the opposite; most often that anybody does anything."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How often something is done, 0 to 1: by the harmless, and by smugglers who take no care."""

    harmless: float
    illicit: float


# Habit: (usual share of harmless senders, usual odds ratio of smugglers). Assumptions; what people do is known from the
# WCO-UPU guidance on postal data and from published accounts of seizures, how often is not.
SENDER_HABITS: Mapping[str, tuple[float, float]] = {
    "vague": (0.22, 3.0),
    "undervalues": (0.2, 2.5),
    "round_values": (0.2, 1.6),
    "no_contact": (0.1, 3.0),
    "poor_address": (0.04, 3.0),
    "placeholder_name": (0.012, 4.0),
    "no_name": (0.01, 3.5),
    "no_codes": (0.1, 2.0),
    "new_account": (0.07, 5.0),
    "elsewhere": (0.02, 3.0),
    "bare": (0.015, 2.0),
    "rich": (0.1, 0.8),
}
"""Those of a sender, who keeps them."""
PARCEL_HABITS: Mapping[str, tuple[float, float]] = {
    "vague_words": (0.06, 3.0),
    "wrong_code": (0.05, 4.0),
    "invalid_code": (0.012, 2.5),
    "no_words": (0.01, 2.0),
    "token_value": (0.03, 3.0),
    "high_value": (0.04, 2.0),
    "overvalue": (0.008, 4.0),
    "kilograms_for_grams": (0.004, 1.0),
    "centimetres": (0.005, 1.5),
    "guessed_weight": (0.06, 2.0),
    "weights_disagree": (0.012, 3.5),
    "mistyped_number": (0.01, 2.0),
    "other_service": (0.012, 2.2),
    "reposted": (0.01, 3.0),
    "gift_claim": (0.05, 2.5),
    "documents_claim": (0.006, 4.0),
    "hurried": (0.08, 2.2),
    "paid_much": (0.08, 2.5),
    "detour": (0.03, 4.0),
    "one_article": (0.1, 2.5),
    "dense": (0.03, 2.5),
    "arms_words": (0.004, 8.0),
    "convertible_words": (0.002, 8.0),
    "filler": (0.05, 1.5),
    "no_invoice": (0.2, 1.5),
}
"""Those of a single parcel."""


def draw_habits(rng: Random, usual: Mapping[str, tuple[float, float]], strength: float) -> dict[str, Habit]:
    """Draw one study's habits from their usual shares and odds ratios; `strength` multiplies the ratios' logarithms."""
    return {name: _draw(rng, share, ratio**strength) for name, (share, ratio) in usual.items()}


def pick(rng: Random, habits: Mapping[str, Habit], illicit: bool) -> frozenset[str]:
    """Draw what one sender, or one parcel's sender, does."""
    return frozenset(
        name for name, habit in habits.items() if rng.random() < (habit.illicit if illicit else habit.harmless)
    )


def _draw(rng: Random, share: float, ratio: float) -> Habit:
    harmless = min(MOST, share * rng.lognormvariate(0.0, 0.7))
    odds = harmless / (1.0 - harmless) * _ratio(rng, ratio)
    return Habit(harmless, min(MOST, odds / (1.0 + odds)))


def _ratio(rng: Random, usual: float) -> float:
    chance = rng.random()
    strength = exp(rng.gauss(log(usual), 0.4))
    if chance < NEUTRAL:
        return 1.0
    return 1.0 / strength if chance < NEUTRAL + REVERSED else strength

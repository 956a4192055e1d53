"""Which fields stay empty: seldom by chance alone, mostly because a post, a carrier or a station never sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

# Field: how often it is missing on the whole; assumptions.
FIELDS: Mapping[str, float] = {
    "mail_class": 0.08, "direction": 0.15, "declared_at": 0.04, "transit_countries": 0.35, "carrier_id": 0.12,
    "nature": 0.12, "gross_weight_g": 0.07, "dimensions_mm": 0.3, "postage": 0.3, "documents": 0.4, "marketplace": 0.2,
    "sender.name": 0.01, "sender.company": 0.04, "sender.address": 0.04, "sender.city": 0.03, "sender.postcode": 0.1,
    "sender.country": 0.03, "sender.phone": 0.3, "sender.email": 0.4, "sender.tax_id": 0.4, "sender.account_id": 0.25,
    "sender.account_opened": 0.35, "sender.known_consignor": 0.4,
    "recipient.name": 0.01, "recipient.company": 0.04, "recipient.address": 0.03, "recipient.city": 0.03,
    "recipient.postcode": 0.06, "recipient.country": 0.04, "recipient.phone": 0.25, "recipient.email": 0.4,
    "recipient.tax_id": 0.4, "recipient.account_id": 0.4,
    "items.description": 0.01, "items.quantity": 0.08, "items.net_weight_g": 0.12, "items.value": 0.04,
    "items.hs_code": 0.18, "items.origin_country": 0.3,
}  # fmt: skip
NEVER_SENT, ALWAYS_SENT = 0.3, 0.3
"""Of the fields that are often missing: how many a whole study never, or always, has; both times the usual share."""
OWN_FORM = 0.6
"""Share of carriers with a form of their own, that is with gaps of their own in some of the fields."""
OWN_FIELDS = 0.4
OFTEN = 0.1
QUALITY: Mapping[str, float] = {"full": 0.2, "usual": 0.9, "poor": 2.2}


@dataclass(frozen=True, slots=True)
class Gaps:
    """One study's gaps.

    Attributes:
        shares: How often each field is missing, by field.
        seed: Decides what the forms of carriers ask for.
        forms: What was drawn for each carrier before.
    """

    shares: Mapping[str, float]
    seed: int
    forms: dict[str, Mapping[str, float]] = field(default_factory=dict)

    def of_carrier(self, carrier: str) -> Mapping[str, float]:
        """Return how often each field is missing in declarations of a carrier; 1 is never sent."""
        if carrier not in self.forms:
            self.forms[carrier] = self._form(Random(f"{self.seed} {carrier}"))
        return self.forms[carrier]

    def _form(self, rng: Random) -> Mapping[str, float]:
        if rng.random() > OWN_FORM:
            return self.shares
        own = [name for name, usual in FIELDS.items() if usual >= OFTEN and rng.random() < OWN_FIELDS]
        return {**self.shares, **{name: rng.choice((1.0, rng.random(), 0.02)) for name in own}}


def draw_gaps(rng: Random) -> Gaps:
    """Draw one study's gaps."""
    return Gaps({name: _share(rng, usual) for name, usual in FIELDS.items()}, rng.randrange(10**9))


def _share(rng: Random, usual: float) -> float:
    chance = rng.random()
    if usual >= OFTEN and chance < NEVER_SENT * usual:
        return 1.0
    if chance > 1.0 - ALWAYS_SENT:
        return usual * 0.05
    return min(0.9, usual * rng.lognormvariate(-0.2, 0.7))

"""What stays empty in a declaration: by chance, by carrier, by study, and by a sender's habit."""

from __future__ import annotations

from random import Random
from typing import Any

from training.parcels.consignment import Consignment
from training.parcels.gaps import QUALITY

REQUIRED = frozenset({"item_id", "channel", "origin_country", "destination_country", "sender", "recipient", "items"})
RICH = 0.02
"""Factor on the gaps of those who fill everything in."""
NO_PARTY, NAMED = 0.004, 0.9
"""Chance that a party is left out whole; and that who takes the parcel asks for a name that was forgotten."""
BARE_KEPT = 0.12
"""Chance that a field of a bare declaration is filled all the same."""


def leave_out(
    rng: Random, manifest: dict[str, Any], parcel: Consignment, carrier: str, habits: frozenset[str]
) -> dict[str, Any]:
    """Return the manifest without what was not declared; one line at least keeps words or a code."""
    blank = _Blanks(rng, parcel, carrier, habits)
    kept = {name: value for name, value in manifest.items() if name in REQUIRED or not blank.misses(name)}
    for role in ("sender", "recipient"):
        kept[role] = blank.party(role, manifest[role])
    kept["items"] = [blank.item(item) for item in manifest["items"]]
    return {name: value for name, value in kept.items() if value is not None}


class _Blanks:
    def __init__(self, rng: Random, parcel: Consignment, carrier: str, habits: frozenset[str]) -> None:
        self._rng, self._habits = rng, habits
        self._shares = parcel.study.gaps.of_carrier(carrier)
        self._factor = RICH if "rich" in habits else QUALITY[parcel.sender.quality]

    def misses(self, field: str) -> bool:
        share = self._shares.get(field, 0.0)
        if share == 1.0:
            return True
        if "bare" in self._habits and field != "items.description":
            return self._rng.random() > BARE_KEPT
        return self._rng.random() < share * self._factor

    def party(self, role: str, party: dict[str, Any]) -> dict[str, Any] | None:
        if self._rng.random() < NO_PARTY:
            return None
        left = {name: value for name, value in party.items() if value is not None and not self.misses(f"{role}.{name}")}
        if not left.get("name") and not left.get("company") and self._rng.random() < NAMED:
            left |= {name: value for name, value in party.items() if name in {"name", "company"} and value is not None}
        for name in self._hidden(role):
            left.pop(name, None)
        return left

    def _hidden(self, role: str) -> tuple[str, ...]:
        hidden: tuple[str, ...] = ()
        if "no_contact" in self._habits:
            hidden += ("phone", "email")
        # Most hide themselves and leave the recipient, who must get the parcel.
        concerns = role == "sender" or self._rng.random() < 0.3
        if "poor_address" in self._habits and concerns:
            hidden += ("address", "postcode")
        if "no_name" in self._habits and concerns:
            hidden += ("name", "company")
        return hidden

    def item(self, item: dict[str, Any]) -> dict[str, Any]:
        left = {name: value for name, value in item.items() if not self.misses(f"items.{name}")}
        if "no_codes" in self._habits:
            left.pop("hs_code", None)
        if "no_words" in self._habits and "hs_code" in left:
            left.pop("description", None)
        if "description" not in left and "hs_code" not in left:
            left["description"] = item["description"]
        return left

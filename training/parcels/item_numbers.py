"""Item numbers: S10 identifiers of postal parcels, with their usual faults, and free numbers of couriers."""

from __future__ import annotations

from random import Random

from features.identifiers import s10_check_digit
from training.parcels.consignment import Consignment

SERVICE = {"letter": ("R", "U", "L"), "parcel": ("C",), "ems": ("E",), "express": ("E",)}
OTHER_SERVICE = {"letter": ("C", "E"), "parcel": ("R", "U", "E"), "ems": ("C", "R"), "express": ("C", "R")}
REPOSTING = ("NL", "DE", "BE", "HK", "SG", "SE", "CH")
"""Posts under whose numbers goods of other countries travel."""


def item_number(rng: Random, parcel: Consignment, habits: frozenset[str]) -> str:
    """Draw the number of a parcel."""
    if parcel.courier:
        return f"{rng.randrange(10**11, 10**12)}"
    serial = f"{rng.randrange(10**8):08d}"
    check = s10_check_digit(serial)
    if "mistyped_number" in habits:
        check = (check + rng.randrange(1, 10)) % 10
    letters = (OTHER_SERVICE if "other_service" in habits else SERVICE)[parcel.mail_class or "parcel"]
    country = rng.choice(REPOSTING) if "reposted" in habits else parcel.sender.country
    return f"{rng.choice(letters)}{chr(65 + rng.randrange(26))}{serial}{check}{country}"

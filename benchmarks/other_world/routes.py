"""From where to where things travel in the other world, by whom they are carried, and what each form leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.other_world.parcel import pick

SELLERS: dict[str, float] = {
    "CN": 38,
    "HK": 9,
    "US": 13,
    "GB": 7,
    "TR": 8,
    "DE": 6,
    "IN": 5,
    "JP": 3,
    "PL": 3,
    "IT": 3,
    "AE": 3,
}
BUYERS: dict[str, float] = {
    "DE": 12, "FR": 11, "GB": 13, "US": 14, "BR": 9, "MX": 7, "AU": 7, "SE": 4, "NL": 5, "CL": 3, "ZA": 3, "CA": 5,
    "JM": 2, "PT": 2, "IE": 2, "AE": 2,
}  # fmt: skip
FAMILIES: dict[tuple[str, str], float] = {
    ("TR", "DE"): 8, ("PL", "GB"): 8, ("US", "MX"): 9, ("US", "JM"): 5, ("GB", "JM"): 3, ("FR", "SN"): 4,
    ("ES", "EC"): 4, ("US", "CO"): 5, ("IN", "GB"): 6, ("LB", "AU"): 3, ("RS", "SE"): 3, ("PT", "BR"): 4,
    ("CA", "PH"): 5, ("AE", "IN"): 4, ("DE", "UA"): 5, ("US", "BR"): 5, ("GB", "NG"): 5, ("NL", "SR"): 2,
}  # fmt: skip
INDUSTRY: dict[tuple[str, str], float] = {
    ("DE", "BR"): 6, ("DE", "US"): 7, ("CN", "DE"): 9, ("CN", "MX"): 6, ("IT", "FR"): 5, ("US", "CA"): 7,
    ("JP", "AU"): 4,
    ("US", "MX"): 8, ("PL", "SE"): 4, ("CZ", "GB"): 4, ("SE", "CL"): 3, ("TW", "US"): 5, ("KR", "NL"): 3,
    ("US", "AU"): 4,
}  # fmt: skip
# Known ways of arms by post and courier, roughly as press notices and public studies tell them; not their shares.
ARMS: dict[tuple[str, str], float] = {
    ("US", "MX"): 10, ("US", "JM"): 9, ("US", "BR"): 9, ("US", "TT"): 4, ("US", "AU"): 6, ("US", "GB"): 7,
    ("US", "SE"): 4,
    ("CN", "US"): 10, ("CN", "CA"): 4, ("HK", "AU"): 4, ("CN", "FR"): 5, ("TR", "GB"): 6, ("TR", "NL"): 4,
    ("BG", "FR"): 4,
    ("RS", "SE"): 5, ("PL", "GB"): 5, ("DE", "AU"): 3, ("CZ", "SE"): 3, ("PY", "BR"): 4, ("US", "CL"): 4,
    ("ES", "PT"): 2,
}  # fmt: skip
HUBS = ("NL", "DE", "AE", "HK", "SG", "US", "PA", "BE", "TR", "LV")
COURIERS = ("QXP", "HARROW", "LUMA", "NORDEX", "PALOMA", "KESTREL")


@dataclass(frozen=True, slots=True)
class Form:
    """Shares of filled fields on a carrier's form, drawn once for each carrier."""

    party: dict[str, float]
    recipient: dict[str, float]
    line: dict[str, float]
    parcel: dict[str, float]


def draw_form(rng: Random, courier: bool) -> Form:
    """Draw a form: couriers ask for more and insist more; posts differ widely."""
    strict = rng.uniform(0.55, 0.98) if courier else rng.uniform(0.1, 0.8)
    party = {
        "name": 0.99, "company": 0.9, "address": 0.97, "city": 0.97, "postcode": rng.uniform(0.7, 1.0),
        "phone": strict, "email": strict * rng.uniform(0.3, 0.9), "tax_id": strict * 0.6,
        "account_id": strict if courier else strict * 0.5, "account_opened": rng.choice((0.0, 0.6, 0.95)),
        "known_consignor": rng.choice((0.0, 0.5, 0.95)),
    }  # fmt: skip
    recipient = {**party, "phone": strict * rng.uniform(0.5, 1.0), "account_id": 0.1, "tax_id": 0.1}
    line = {
        "description": rng.uniform(0.95, 1.0), "quantity": rng.uniform(0.7, 1.0),
        "net_weight_g": rng.uniform(0.3, 0.95),
        "value": rng.uniform(0.85, 1.0), "hs_code": strict * rng.uniform(0.4, 1.0), "origin_country": strict * 0.8,
    }  # fmt: skip
    parcel = {
        "dimensions_mm": rng.uniform(0.5, 1.0) if courier else rng.uniform(0.0, 0.6),
        "gross_weight_g": rng.uniform(0.9, 1.0),
        "postage": rng.uniform(0.2, 0.8), "transit_countries": rng.uniform(0.1, 0.7), "nature": rng.uniform(0.8, 1.0),
        "mail_class": rng.uniform(0.85, 1.0), "direction": rng.choice((0.0, 1.0)),
        "declared_at": rng.uniform(0.9, 1.0),
        "documents": rng.uniform(0.3, 0.9),
    }  # fmt: skip
    return Form(party, recipient, line, parcel)


def way(rng: Random, pairs: dict[tuple[str, str], float]) -> tuple[str, str]:
    """Draw an origin and a destination."""
    return rng.choices(list(pairs), list(pairs.values()))[0]


def market_way(rng: Random, origin: str | None = None) -> tuple[str, str]:
    """Draw the way of a sale: seller's and buyer's country, not the same."""
    start = origin or pick(rng, SELLERS)
    return start, pick(rng, {country: weight for country, weight in BUYERS.items() if country != start})


def transits(rng: Random, origin: str, destination: str, share: float) -> list[str]:
    """Draw the transit countries that the carrier knows of."""
    places = [hub for hub in HUBS if hub not in (origin, destination)]
    return rng.sample(places, 1 if rng.random() < 0.85 else 2) if rng.random() < share else []


def service(rng: Random, courier_share: float, grams: float) -> tuple[str, str]:
    """Draw channel and mail class; letters hold two kilograms at most (UPU)."""
    if rng.random() < courier_share:
        return "courier", "express" if rng.random() < 0.8 else "parcel"
    if grams < 1900 and rng.random() < 0.55:
        return "postal", "letter"
    return "postal", "ems" if rng.random() < 0.22 else "parcel"

"""From a consignment to its manifest: what the sender writes, with the usual sloppiness and gaps."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from training.parcels.consignment import Consignment, Line
from training.parcels.people import CURRENCIES, Actor, Quality

# Roughly how many units of a currency one US dollar buys; only ratios inside this world depend on it.
UNITS_PER_USD = {
    "USD": 1.0, "EUR": 0.92, "GBP": 0.79, "CAD": 1.36, "AUD": 1.5, "CHF": 0.88, "MXN": 18.0, "CNY": 7.2, "JPY": 150.0,
    "PLN": 4.0, "SEK": 10.5,
}  # fmt: skip
NO_DECIMALS = frozenset({"JPY"})
# How often each quality of declaration leaves an optional field out.
GAPS: dict[Quality, float] = {"full": 0.04, "usual": 0.22, "poor": 0.5}
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
SERVICE = {"letter": ("R", "U", "L"), "parcel": ("C",), "ems": ("E",), "express": ("E",)}
CARRIERS = 24


def declare(rng: Random, parcel: Consignment, at: datetime) -> dict[str, Any]:
    """Return the manifest as a JSON object that `features.manifest_schema` accepts.

    Args:
        rng: The source of sloppiness.
        parcel: The consignment.
        at: When it was declared.
    """
    gap = GAPS[parcel.sender.quality]
    net = sum(line.grams for line in parcel.lines)
    gross = net * rng.uniform(1.03, 1.15) + rng.uniform(15, 120)
    manifest: dict[str, Any] = {
        "item_id": _item_id(rng, parcel),
        "channel": "courier" if parcel.courier else "postal",
        "mail_class": _keep(rng, gap * 0.3, parcel.mail_class),
        "direction": _keep(rng, 0.1, "import" if parcel.sender.country != parcel.recipient.country else None),
        "declared_at": _keep(rng, gap * 0.15, at.strftime("%Y-%m-%dT%H:%M:%SZ")),
        "origin_country": parcel.sender.country,
        "destination_country": parcel.recipient.country,
        "transit_countries": _transit(rng, parcel, gap),
        "carrier_id": _keep(rng, gap * 0.4, _carrier(parcel)),
        "nature": _keep(rng, gap * 0.5, parcel.nature),
        "gross_weight_g": _keep(rng, gap * 0.3, _rounded(rng, gross)),
        "dimensions_mm": _keep(rng, gap, _dimensions(rng, gross, parcel.density)),
        "postage": _keep(rng, gap, _money(rng, _postage(rng, gross, parcel), parcel.sender.country)),
        "sender": _party(rng, parcel.sender, gap, at),
        "recipient": _party(rng, parcel.recipient, gap * 0.7, at, sender=False),
        "items": [_item(rng, line, parcel.sender, gap) for line in parcel.lines],
        "documents": _documents(rng, parcel),
        "marketplace": _marketplace(parcel),
    }
    return {key: value for key, value in manifest.items() if value is not None}


def _keep(rng: Random, gap: float, value: Any) -> Any:
    return None if rng.random() < gap else value


def _item_id(rng: Random, parcel: Consignment) -> str:
    if parcel.courier:
        return f"{rng.randrange(10**11, 10**12)}"
    serial = f"{rng.randrange(10**8):08d}"
    check = s10_check_digit(serial)
    if rng.random() < 0.015:
        check = (check + rng.randrange(1, 10)) % 10
    letter = rng.choice(SERVICE[parcel.mail_class or "parcel"] if rng.random() < 0.985 else ("A", "Q"))
    country = parcel.sender.country if rng.random() < 0.985 else "NL"
    return f"{letter}{chr(65 + rng.randrange(26))}{serial}{check}{country}"


def s10_check_digit(serial: str) -> int:
    """Return the UPU S10 check digit of eight digits."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def _carrier(parcel: Consignment) -> str:
    # Each country of departure has a post and shares a few couriers with the rest of the world.
    if parcel.courier:
        return f"K{sum(map(ord, parcel.sender.party['city'])) % CARRIERS:02d}"
    return f"{parcel.sender.country}A"


def _transit(rng: Random, parcel: Consignment, gap: float) -> list[str] | None:
    if parcel.transit:
        return None if rng.random() < gap * 0.3 else parcel.transit
    return [] if rng.random() > gap + 0.3 else None


def _rounded(rng: Random, grams: float) -> float:
    step = rng.choice((1, 1, 10, 10, 50, 100))
    return float(max(step, round(grams / step) * step))


def _dimensions(rng: Random, grams: float, density: float) -> list[int]:
    edge = (grams / 1000.0 / max(density, 0.02) * 1e6) ** (1 / 3)
    stretch, flat = rng.uniform(1.0, 2.0), rng.uniform(0.4, 1.0)
    sides = (edge * stretch, edge / (stretch * flat) ** 0.5, edge * flat**0.5 / stretch**0.5)
    return [max(10, min(2000, int(round(side / 10) * 10))) for side in sides]


def _postage(rng: Random, grams: float, parcel: Consignment) -> float:
    fixed, per_kg = (14.0, 9.0) if parcel.courier or parcel.mail_class in {"ems", "express"} else (4.0, 7.0)
    return (fixed + per_kg * grams / 1000.0) * parcel.postage_factor * rng.lognormvariate(0.0, 0.2)


def _money(rng: Random, usd: float, country: str) -> dict[str, str]:
    currency = CURRENCIES.get(country, "USD") if rng.random() < 0.6 else "USD"
    amount = max(usd * UNITS_PER_USD[currency], 0.01)
    if currency in NO_DECIMALS or rng.random() < 0.35:
        return {"amount": str(max(1, round(amount))), "currency": currency}
    return {"amount": f"{amount:.2f}", "currency": currency}


def _party(rng: Random, actor: Actor, gap: float, at: datetime, sender: bool = True) -> dict[str, Any] | None:
    if rng.random() < gap * 0.03:
        return None
    keep = {"name": 0.04, "address": 0.25, "city": 0.15, "country": 0.1}
    party = {key: _keep(rng, gap * keep.get(key, 0.8), value) for key, value in actor.party.items()}
    if not sender:
        party["account_opened"] = party["known_consignor"] = party["tax_id"] = None
    if party["account_opened"] is not None:
        party["account_opened"] = min(party["account_opened"], (at - timedelta(days=1)).date().isoformat())
    return {key: value for key, value in party.items() if value is not None}


def _item(rng: Random, line: Line, sender: Actor, gap: float) -> dict[str, Any]:
    item: dict[str, Any] = {
        "description": _keep(rng, gap * 0.06, line.description),
        "quantity": _keep(rng, gap * 0.3, line.quantity),
        "net_weight_g": _keep(rng, gap * 0.5, round(line.grams * rng.choice((1.0, 1.0, 1.0, 0.9, 1.1)), 1)),
        "value": _keep(rng, gap * 0.15, _value(rng, line.usd, sender.country)),
        "hs_code": _keep(rng, gap, _hs(rng, line.hs)),
        "origin_country": _keep(rng, gap + 0.1, line.made_in),
    }
    if item["description"] is None and item["hs_code"] is None:
        item["description"] = line.description
    return {key: value for key, value in item.items() if value is not None}


def _value(rng: Random, usd: float, country: str) -> dict[str, str]:
    if rng.random() < 0.02:
        return {"amount": rng.choice(("0", "1", "1.00")), "currency": CURRENCIES.get(country, "USD")}
    if rng.random() < 0.25:
        return {"amount": str(max(5, round(usd / 5) * 5)), "currency": "USD"}
    return _money(rng, usd, country)


def _hs(rng: Random, code: str) -> str:
    if rng.random() < 0.05:
        return f"{rng.randrange(39, 96):02d}{rng.randrange(1, 20):02d}{rng.randrange(10, 99)}".replace("77", "76", 1)
    return rng.choices((code, code[:4], f"{code}{rng.randrange(10, 99)}"), (0.7, 0.18, 0.12))[0]


def _documents(rng: Random, parcel: Consignment) -> list[dict[str, str]] | None:
    documents: list[dict[str, str]] = []
    if parcel.licence:
        documents.append(
            {"type": "licence"} if parcel.licence_forgotten else {"type": "licence", "reference": parcel.licence}
        )
    if parcel.nature in {"sale_of_goods", "commercial_sample"} and rng.random() < 0.5:
        documents.append({"type": "invoice", "reference": f"INV-{rng.randrange(10**5)}"})
    return documents or (None if rng.random() < 0.6 else [])


def _marketplace(parcel: Consignment) -> dict[str, str] | None:
    if parcel.marketplace is None:
        return None
    platform, seller, listing = parcel.marketplace
    return {"platform": platform, "seller_id": seller, "listing_id": listing}

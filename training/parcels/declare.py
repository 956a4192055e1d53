"""From a consignment to its manifest: what the sender writes, with the usual sloppiness and gaps."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from features.rates import PER_USD
from training.parcels.blanks import leave_out
from training.parcels.consignment import Consignment, Line
from training.parcels.countries import COUNTRIES, CURRENCIES
from training.parcels.item_numbers import item_number
from training.parcels.people import Actor
from training.parcels.study import Study

# Currencies without a minor unit in daily use.
NO_DECIMALS = frozenset({"JPY", "KRW", "CLP", "VND", "IDR", "XOF", "HUF", "COP"})
CARRIERS = 24
PLACEHOLDERS = ("customer", "N/A", "xxx", "Unknown", "buyer", "recipient", "private person", "client", "test", "-")
# How senders without a valid code fill the field.
INVALID_CODES = ("0000", "000000", "77", "7700", "990000", "12", "123", "9999999999", "98765")


def declare(rng: Random, parcel: Consignment, at: datetime, habits: frozenset[str]) -> dict[str, Any]:
    """Return the manifest as a JSON object that `features.manifest_schema` accepts.

    Args:
        rng: The source of sloppiness.
        parcel: The consignment, its habits done to it.
        at: When it was declared.
        habits: What its sender does with a form.
    """
    net = sum(line.grams for line in parcel.lines) + parcel.hidden_g
    gross = net * rng.uniform(1.03, 1.15) + rng.uniform(15, 120)
    sender, recipient = parcel.sender.country, parcel.recipient.country
    carrier = _carrier(parcel)
    manifest: dict[str, Any] = {
        "item_id": item_number(rng, parcel, habits),
        "channel": "courier" if parcel.courier else "postal",
        "mail_class": parcel.mail_class,
        "direction": "import" if sender != recipient else None,
        "declared_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "origin_country": sender,
        "destination_country": recipient,
        "transit_countries": parcel.transit,
        "carrier_id": carrier,
        "nature": parcel.nature,
        "gross_weight_g": _rounded(rng, gross, parcel.study),
        "dimensions_mm": _dimensions(rng, gross, parcel.density, "centimetres" in habits),
        "postage": _money(rng, _postage(rng, gross, parcel), sender),
        "sender": _party(rng, parcel.sender, at, habits),
        "recipient": _party(rng, parcel.recipient, at, habits, sending=False),
        "items": [_item(rng, line, parcel, habits) for line in parcel.lines],
        "documents": _documents(rng, parcel, habits),
        "marketplace": _marketplace(parcel),
    }
    return leave_out(rng, manifest, parcel, carrier, habits)


def _carrier(parcel: Consignment) -> str:
    # Each country of departure has a post and shares a few couriers with the rest of the world.
    if parcel.courier:
        return f"K{sum(map(ord, parcel.sender.party['city'])) % CARRIERS:02d}"
    return f"{parcel.sender.country}A"


def _rounded(rng: Random, grams: float, study: Study) -> float:
    step = rng.choice(study.step_g)
    return float(max(step, round(grams / step) * step))


def _dimensions(rng: Random, grams: float, density: float, centimetres: bool) -> list[int]:
    edge = (grams / 1000.0 / max(density, 0.02) * 1e6) ** (1 / 3)
    stretch, flat = rng.uniform(1.0, 2.0), rng.uniform(0.4, 1.0)
    sides = (edge * stretch, edge / (stretch * flat) ** 0.5, edge * flat**0.5 / stretch**0.5)
    rounded = [max(10, min(2000, int(round(side / 10) * 10))) for side in sides]
    return [side // 10 for side in rounded] if centimetres else rounded


def _postage(rng: Random, grams: float, parcel: Consignment) -> float:
    fixed, per_kg, fast, deviation = parcel.study.postage
    factor = fast if parcel.courier or parcel.mail_class in {"ems", "express"} else 1.0
    return (fixed + per_kg * grams / 1000.0) * factor * parcel.postage_factor * rng.lognormvariate(0.0, deviation)


def _money(rng: Random, usd: float, country: str) -> dict[str, str]:
    currency = CURRENCIES.get(country, "USD") if rng.random() < 0.6 else "USD"
    amount = max(usd * PER_USD[currency], 0.01)
    if currency in NO_DECIMALS or rng.random() < 0.35:
        return {"amount": str(max(1, round(amount))), "currency": currency}
    return {"amount": f"{amount:.2f}", "currency": currency}


def _party(rng: Random, actor: Actor, at: datetime, habits: frozenset[str], sending: bool = True) -> dict[str, Any]:
    party = dict(actor.party)
    if not sending:
        party["account_opened"] = party["known_consignor"] = None
    elif "new_account" in habits and party["account_id"] is not None:
        party["account_opened"] = (at - timedelta(days=rng.randrange(0, 40))).date().isoformat()
    elif "elsewhere" in habits:
        party["country"] = rng.choice(tuple(COUNTRIES))
    if party["account_opened"] is not None:
        party["account_opened"] = min(party["account_opened"], at.date().isoformat())
    if "placeholder_name" in habits and rng.random() < (0.6 if sending else 0.3):
        party["name"], party["company"] = rng.choice(PLACEHOLDERS), None
    return party


def _item(rng: Random, line: Line, parcel: Consignment, habits: frozenset[str]) -> dict[str, Any]:
    grams = line.grams * parcel.net_factor * rng.choice((1.0, 1.0, 1.0, 0.9, 1.05))
    code = rng.choice(INVALID_CODES) if "invalid_code" in habits else _hs(rng, line.hs)
    return {
        "description": line.description,
        "quantity": line.quantity,
        "net_weight_g": max(0.1, round(grams, 1 if rng.random() < 0.4 else 0)),
        "value": _value(rng, line.usd, parcel.sender.country, habits),
        "hs_code": code,
        "origin_country": line.made_in,
    }


def _value(rng: Random, usd: float, country: str, habits: frozenset[str]) -> dict[str, str]:
    if "token_value" in habits:
        return {"amount": rng.choice(("0", "1", "1.00")), "currency": CURRENCIES.get(country, "USD")}
    if "round_values" in habits:
        # Round in the currency in which it was thought of.
        return {"amount": str(max(1, round(usd))), "currency": "USD"}
    return _money(rng, usd, country)


def _hs(rng: Random, code: str) -> str:
    return rng.choices((code, code[:4], f"{code}{rng.randrange(10, 99)}"), (0.7, 0.18, 0.12))[0]


def _documents(rng: Random, parcel: Consignment, habits: frozenset[str]) -> list[dict[str, str]]:
    documents: list[dict[str, str]] = []
    if parcel.licence:
        documents.append(
            {"type": "licence"} if parcel.licence_forgotten else {"type": "licence", "reference": parcel.licence}
        )
    if parcel.nature in {"sale_of_goods", "commercial_sample"} and "no_invoice" not in habits:
        documents.append({"type": "invoice", "reference": f"INV-{rng.randrange(10**5)}"})
    return documents


def _marketplace(parcel: Consignment) -> dict[str, str] | None:
    if parcel.marketplace is None:
        return None
    platform, seller, listing = parcel.marketplace
    return {"platform": platform, "seller_id": seller, "listing_id": listing}

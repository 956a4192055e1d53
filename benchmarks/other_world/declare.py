"""From a true parcel to the line of a file: what its sender and the carrier's form make of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.other_world.boxes import World
from benchmarks.other_world.parcel import Line, Parcel, spread
from benchmarks.other_world.people import USD_RATE, currency, declared, hash_free
from benchmarks.other_world.routes import Form

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
SERVICE = {"letter": "RU", "parcel": "CH", "ems": "E"}
DAYS_UNDER_WAY = {"letter": (4.0, 20.0), "parcel": (3.0, 18.0), "ems": (1.5, 7.0), "express": (0.6, 4.0)}
OPENED, FOUND = 0.02, 0.35
"""Shares of harmless parcels opened, and of illicit ones found at the belt; the others are known to the file's label
alone (from a later investigation, say)."""


def file_line(world: World, parcel: Parcel) -> dict[str, Any]:
    """Return one line of the file: the manifest, the truth, and what an officer found."""
    rng = world.rng
    declared_at = parcel.at
    screened = declared_at + timedelta(seconds=int(86400 * rng.uniform(*DAYS_UNDER_WAY[parcel.mail_class])))
    line: dict[str, Any] = {
        "manifest": manifest(world, parcel),
        "label": int(parcel.modus is not None),
        "modus": parcel.modus,
        "contents": list(parcel.parts),
        "group": parcel.group,
        "screened_at": _time(screened),
    }
    if rng.random() < (FOUND if parcel.modus else OPENED):
        line["found"] = parcel.modus is not None
        line["finding_at"] = _time(screened + timedelta(seconds=int(86400 * rng.uniform(0.02, 5.0))))
        line["parts"] = list(parcel.parts)
    return line


def manifest(world: World, parcel: Parcel) -> dict[str, Any]:
    """Return the manifest as the contract has it."""
    rng, form = world.rng, world.form(parcel.carrier)
    whole = _figures(rng, parcel)
    optional = {
        **whole,
        "mail_class": parcel.mail_class,
        "nature": parcel.nature,
        "direction": "import",
        "declared_at": _time(parcel.at),
        "transit_countries": parcel.transits,
        "documents": parcel.documents or None,
    }
    shown = {name: value for name, value in optional.items() if value is not None and _filled(rng, form.parcel, name)}
    shown["items"] = [_item(rng, form, parcel, line) for line in parcel.lines]
    shown["sender"] = declared(rng, parcel.sender, form.party)
    shown["recipient"] = declared(rng, parcel.recipient, form.recipient)
    if parcel.marketplace and rng.random() < 0.8:
        shown["marketplace"] = parcel.marketplace
    return {
        "item_id": _item_id(rng, parcel),
        "channel": parcel.channel,
        "origin_country": parcel.origin,
        "destination_country": parcel.destination,
        "carrier_id": parcel.carrier,
        **shown,
    }


def _figures(rng: Random, parcel: Parcel) -> dict[str, Any]:
    true_grams = parcel.declared_grams + parcel.hidden_grams
    gross = true_grams * rng.uniform(1.01, 1.1) + spread(rng, 70.0, 0.7)
    flat = parcel.mail_class == "letter"
    long, wide = spread(rng, 1.5, 0.2), spread(rng, 1.0, 0.15)
    side = (parcel.volume_l * 1e6 / (long * wide * (0.35 if flat else 0.7))) ** (1 / 3)
    box = (side * long, side * wide, side * (0.35 if flat else 0.7))
    usd = spread(rng, {"letter": 3.0, "parcel": 11.0, "ems": 21.0, "express": 26.0}[parcel.mail_class], 0.3)
    postage = usd + gross / 1000.0 * spread(rng, 6.0, 0.35)
    # The belt's scale reads grams; a sender without one guesses.
    careful = rng.random() < 0.35 + 0.5 * parcel.scruples
    return {
        "gross_weight_g": round(gross) if careful else max(100, round(gross, -2)),
        "dimensions_mm": [max(10, round(edge, -1 if rng.random() < 0.6 else 0)) for edge in box],
        "postage": _money(rng, postage, currency(parcel.origin), 0.9),
    }


def _item(rng: Random, form: Form, parcel: Parcel, line: Line) -> dict[str, Any]:
    hs = line.hs
    if hs and rng.random() < 0.3:
        hs = hs[:4] if rng.random() < 0.3 else f"{hs}{hash_free(line.good.key) % 90 + 10}"
    money = currency(parcel.origin) if rng.random() < 0.5 else "USD"
    grams = round(line.grams, 1 if parcel.scruples > 0.7 else None)
    fields = {
        "description": _case(rng, line.words),
        "quantity": line.quantity,
        "net_weight_g": grams if rng.random() < 0.3 + 0.7 * parcel.scruples else max(50, round(line.grams, -2)),
        "value": _money(rng, line.usd, money, parcel.scruples),
        "hs_code": hs,
        "origin_country": line.made,
    }
    kept = {name: value for name, value in fields.items() if value is not None and _filled(rng, form.line, name)}
    if not kept.get("description") and not kept.get("hs_code"):
        kept["description"] = fields["description"]
    return kept


def _money(rng: Random, usd: float, code: str, scruples: float) -> dict[str, str]:
    amount = usd * USD_RATE[code]
    if rng.random() > scruples:
        step = 5.0 if amount < 100 else 10.0 ** (len(str(int(amount))) - 2) * 5.0
        amount = max(step, round(amount / step) * step)
    elif rng.random() < 0.35:
        amount = max(1.0, round(amount)) - 0.01
    return {"amount": f"{max(amount, 0.01):.2f}", "currency": code}


def _case(rng: Random, words: str) -> str:
    draw = rng.random()
    if draw < 0.2:
        return words.upper()
    if draw < 0.25 and len(words) > 5:  # a slip of the finger
        place = rng.randint(1, len(words) - 2)
        return words[:place] + words[place + 1] + words[place] + words[place + 2 :]
    return words.capitalize() if draw < 0.6 else words


def _item_id(rng: Random, parcel: Parcel) -> str:
    if parcel.channel == "courier":
        return f"{parcel.carrier[:2]}{rng.randint(10**10, 10**11)}"
    serial = f"{rng.randint(0, 10**8 - 1):08d}"
    check = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True)) % 11
    check = {10: 0, 11: 5}.get(check, check)
    if rng.random() < 0.006:  # read wrongly from a label
        check = (check + rng.randint(1, 8)) % 10
    letter = rng.choice(SERVICE.get(parcel.mail_class, "L"))
    return f"{letter}{rng.choice('ABCEHKNTXY')}{serial}{check}{parcel.origin}"


def _filled(rng: Random, shares: Mapping[str, float], name: str) -> bool:
    return rng.random() < shares.get(name, 1.0)


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")

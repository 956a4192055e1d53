"""Manifests to load servers with: 1.4 kB, no two alike, with senders that come back as in a stream of mail.

Goods, countries, weights and values are those of the product's synthetic parcels; people are drawn here, because the
share of parcels whose sender is known decides what a look-up of the history costs.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from features.identifiers import s10_check_digit
from training.parcels.generate import generate

BASES, DRAWN = 2500, 9000
"""Synthetic parcels whose goods are used in turn: so many of so many drawn, those with the longest manifests."""
REGULARS, REGULAR_SHARE = 2000, 0.7
"""Senders that come back, and the share of parcels that are theirs; all others send once."""
BUSY = 0.8
"""The n-th regular sender sends in proportion to n ** -BUSY: the busiest about 4 % of all parcels."""
KNOWN_RECIPIENTS, KNOWN_SHARE = 20_000, 0.3
SYLLABLES = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]
WORDS = ["".join(parts).capitalize() for parts in itertools.islice(itertools.product(SYLLABLES, repeat=3), 7, None, 37)]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel to send: its number and its manifest as JSON."""

    item_id: str
    body: bytes


def parcels(seed: int, first: int = 0) -> Iterator[Parcel]:
    """Yield parcels without end; those of another `first` have other item numbers.

    Args:
        seed: The same seed gives the same people and goods.
        first: The serial number to begin with.
    """
    rng = random.Random(seed)
    bases = _bases(seed)
    regulars = [_sender(number) for number in range(REGULARS)]
    weights = list(itertools.accumulate((number + 1) ** -BUSY for number in range(REGULARS)))
    now = datetime.now(UTC)
    for serial in itertools.count(first):
        sender = rng.choices(regulars, cum_weights=weights)[0] if rng.random() < REGULAR_SHARE else _sender(-serial - 1)
        known = rng.random() < KNOWN_SHARE
        recipient = _recipient(rng.randrange(KNOWN_RECIPIENTS) if known else KNOWN_RECIPIENTS + serial)
        yield _parcel(bases[serial % BASES], serial, sender, recipient, now - timedelta(minutes=rng.randrange(2880)))


def _bases(seed: int) -> list[dict[str, Any]]:
    drawn = [record["manifest"] for record in generate(DRAWN, seed)]
    rng = random.Random(seed)
    return rng.sample(sorted(drawn, key=lambda manifest: -len(json.dumps(manifest)))[:BASES], BASES)


def _parcel(
    base: dict[str, Any], serial: int, sender: dict[str, Any], recipient: dict[str, Any], declared: datetime
) -> Parcel:
    origin, destination = base["origin_country"], base["destination_country"]
    item_id = s10("CX", serial, origin)
    manifest = base | {
        "item_id": item_id,
        "declared_at": declared.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sender": sender | {"country": origin},
        "recipient": recipient | {"country": destination},
        "documents": [{"type": "invoice", "reference": f"INV-{serial:08d}"}],
        "marketplace": {"platform": "market-five", "seller_id": sender["account_id"], "listing_id": f"l-{serial}"},
    }
    return Parcel(item_id, json.dumps(manifest, ensure_ascii=False).encode())


def s10(service: str, serial: int, country: str) -> str:
    """Return the UPU S10 identifier of a serial number of up to eight digits."""
    digits = f"{serial % 10**8:08d}"
    return f"{service}{digits}{s10_check_digit(digits)}{country}"


def _sender(number: int) -> dict[str, Any]:
    rng = random.Random(number)
    company = f"{_word(rng)} {_word(rng)} Trading"
    return {
        "name": f"{_word(rng)} {_word(rng)}",
        "company": company,
        "address": [f"{rng.randrange(1, 400)} {_word(rng)} Street", f"Unit {rng.randrange(1, 90)}"],
        "city": _word(rng),
        "postcode": f"{rng.randrange(10_000, 99_999)}",
        "phone": f"+999{rng.randrange(10**8):08d}",
        "email": f"orders{number + 10**8}@example.org",
        "tax_id": f"T{rng.randrange(10**8):08d}",
        "account_id": f"c-{number + 10**8}",
        "account_opened": f"20{rng.randrange(15, 26)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}",
        "known_consignor": False,
    }


def _recipient(number: int) -> dict[str, Any]:
    rng = random.Random(number + 10**9)
    return {
        "name": f"{_word(rng)} {_word(rng)}",
        "address": [f"{rng.randrange(1, 400)} {_word(rng)} Road", f"Flat {rng.randrange(1, 60)}"],
        "city": _word(rng),
        "postcode": f"{rng.randrange(10_000, 99_999)}",
        "phone": f"+999{rng.randrange(10**8):08d}",
        "email": f"home{number}@example.net",
        "account_id": f"c-{number + 2 * 10**8}",
    }


def _word(rng: random.Random) -> str:
    return WORDS[int(rng.random() * len(WORDS))]

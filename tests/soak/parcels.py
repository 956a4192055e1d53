"""Parcels to send: no two alike, so that each answer, picture and key can be told from all others."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from sample_images.parcels import FOLDER, SAMPLES
from tests.soak.http_wire import Request, form

PER_SENDER = 5
"""Parcels of one sender: enough that histories are read, few enough that they stay as long as at the start."""
PICTURE = FOLDER / "pistol.png"
_TEMPLATES: list[dict[str, Any]] = [json.loads(one.manifest_path.read_text(encoding="utf-8")) for one in SAMPLES]
_SCAN = PICTURE.read_bytes()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel and the request that screens it. `item_id` and the idempotency key belong to it alone."""

    item_id: str
    request: Request
    pictures: tuple[bytes, ...]

    @property
    def key(self) -> str:
        """The idempotency key of its request."""
        return self.request.idempotency_key or ""


def parcel(run: str, number: int, pictures: int = 0) -> Parcel:
    """Return parcel `number` of a run, with so many pictures."""
    item_id = f"SOAK-{run}-{number:07d}"
    body = json.dumps(_manifest(item_id, run, number)).encode()
    key, scans = f"{run}-{number}", tuple(picture(f"{item_id}/{n}") for n in range(pictures))
    if not scans:
        return Parcel(item_id, Request("POST", "/v1/screenings", body, idempotency_key=key), ())
    data, kind = form(body, list(scans))
    return Parcel(item_id, Request("POST", "/v1/screenings", data, kind, key), scans)


def picture(mark: str) -> bytes:
    """Return the sample scan with a mark in a text chunk: other bytes and another hash, the same pixels."""
    text = b"Comment\x00" + mark.encode()
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    end = _SCAN.rindex(b"IEND") - 4
    return _SCAN[:end] + chunk + _SCAN[end:]


def _manifest(item_id: str, run: str, number: int) -> dict[str, Any]:
    base = _TEMPLATES[number % len(_TEMPLATES)]
    sender, who = number // PER_SENDER, base["sender"]
    return {
        **base,
        "item_id": item_id,
        "channel": "courier",
        "sender": {**who, "name": f"Sender {run} {sender}", "account_id": f"c-{run}-{sender}", "email": None}
        | {"phone": f"+44 20 {sender:08d}", "address": [f"{sender} Soak Street"], "company": None},
        "recipient": {
            **base["recipient"],
            "name": f"Recipient {run} {number}",
            "address": [f"Calle {number} no. {number % 97}"],
            "phone": f"+52 33 {number:08d}",
        },
    }

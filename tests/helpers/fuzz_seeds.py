"""Where the fuzzer begins: small inputs of every form that a reader takes, made in code."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from fuzz_targets import joined
from sop_files import HEAD, HEADINGS, ORIGINS
from xray_pictures import AIR16, colour, grey8, jpeg, png, tiff

from features.manifest_schema import manifest_json_schema
from sop.active import shipped_policy_path
from sop.package import Package
from sop.reading.packages import load_package
from sop.reading.schema import schema_of

FULL: dict[str, Any] = {
    "item_id": "RR473124829GB", "channel": "postal", "mail_class": "parcel", "direction": "import",
    "declared_at": "2026-11-20T08:15:00Z", "origin_country": "GB", "destination_country": "MX",
    "transit_countries": ["US"], "carrier_id": "GBA", "nature": "gift", "gross_weight_g": 850,
    "dimensions_mm": [300, 200.5, 90], "postage": {"amount": "18.50", "currency": "GBP"},
    "sender": {"name": "A", "address": ["1 Street"], "postcode": "LS1", "country": "GB", "phone": "+44",
               "account_opened": "2026-11-01", "known_consignor": False},
    "recipient": {"name": "B", "address": [], "city": "Puebla", "email": "b@example.org"},
    "items": [{"description": "steel tube", "quantity": 2, "net_weight_g": 6e2,
               "value": {"amount": "25.00", "currency": "USD"}, "hs_code": "732690"}, {"hs_code": "9305"}],
    "documents": [{"type": "licence", "reference": "E-1"}], "marketplace": {"platform": "m", "seller_id": "s"},
    "extra": {"office": "A1", "rate": 8.0, "held": True, "none": None},
}  # fmt: skip
LEAST = {"item_id": "C-1", "channel": "courier", "origin_country": "DE", "destination_country": "AT",
         "items": [{"description": "pump"}]}  # fmt: skip
NUMBERS = (b"1e999", b"-0.0", b"1E-400", b"9" * 18, b"9" * 19, b"NaN", b"Infinity", b"-1", b"null", b"true")
SIGNS = ("\ufeff", "\u202e", "\u0000", "\u0085", "\u2028", "\ud800", "ı", "ß", "١", "㎏", "\u200b", "e\u0301")


def manifests() -> Iterator[bytes]:
    """Whole, least, and one with every odd sign and number."""
    for one in (FULL, LEAST, {**LEAST, "extra": {"a": "\\ud83d\\ude00", "n": 1e300}}, {"item_id": "C-1"}):
        yield json.dumps(one).encode()
        yield json.dumps(one, ensure_ascii=False, indent=1).encode()
    yield json.dumps({**LEAST, "items": [{"description": sign} for sign in SIGNS]}).encode()


def manifest_words() -> Iterator[bytes]:
    """Field names, codes, and pieces of JSON."""
    schema = manifest_json_schema()
    for part in (schema, *schema["$defs"].values()):
        yield from (f'"{name}":'.encode() for name in part.get("properties", {}))
        yield from (f'"{value}"'.encode() for value in part.get("enum", ())[:3])
    yield from (
        *NUMBERS,
        b'"postal"',
        b'"courier"',
        b"{}",
        b"[]",
        b"[[",
        b'"\\u0000"',
        b'"\\ud800"',
        b"\xff",
        b"\xc0\x80",
    )
    yield from (b'"2026-11-20T08:15:00Z"', b'"2100-01-01T00:00:00+23:59"', b'"0001-01-01"', b'"18.50"')


def pictures() -> Iterator[bytes]:
    """Every format, depth, colour, page and compression that is read, and some that are not, of 80 x 64 pixels."""
    grey = cv2.resize(grey8(), (80, 64), interpolation=cv2.INTER_AREA)
    deep = np.asarray(grey, np.uint16) * 240
    bright = cv2.resize(colour(), (80, 64), interpolation=cv2.INTER_AREA)
    for one in (grey, deep, bright, cv2.cvtColor(bright, cv2.COLOR_BGR2BGRA)):
        yield png(one)
    yield jpeg(grey)
    yield jpeg(bright)
    yield cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    yield cv2.imencode(".jpg", bright, [cv2.IMWRITE_JPEG_RST_INTERVAL, 4])[1].tobytes()
    yield palette_png(grey)
    high = np.asarray(AIR16 * (deep / AIR16) ** 0.8, np.uint16)
    for pages in ((grey,), (deep,), (deep, high), (bright,)):
        for compression in (None, "zlib"):
            yield tiff(*pages, compression=compression)
    yield cv2.imencode(".tiff", deep, [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1].tobytes()
    yield cv2.imencode(".tiff", grey, [cv2.IMWRITE_TIFF_COMPRESSION, 32773])[1].tobytes()
    yield cv2.imencode(".tiff", np.asarray(grey, np.float32))[1].tobytes()


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def palette_png(grey: Any) -> bytes:
    """The picture with four shades from a palette, two bits a pixel."""
    height, width = grey.shape
    levels = np.asarray(grey // 64, np.uint8).reshape(height, width // 4, 4)
    packed = np.packbits(np.unpackbits(levels[..., None], axis=-1)[..., -2:].reshape(height, -1), axis=-1)
    lines = b"".join(b"\0" + line.tobytes() for line in packed)
    header = struct.pack(">IIBBBBB", width, height, 2, 3, 0, 0, 0)
    shades = bytes(level for shade in (32, 96, 160, 250) for level in (shade,) * 3)
    parts = ((b"IHDR", header), (b"PLTE", shades), (b"tRNS", b"\xff"), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in parts)


def picture_words() -> Iterator[bytes]:
    """Names of chunks, markers and tags."""
    names = ("IHDR", "PLTE", "tRNS", "IDAT", "IEND", "acTL", "fcTL", "fdAT", "iCCP", "zTXt", "iTXt", "eXIf", "gAMA")
    yield from (name.encode() for name in names)
    yield from (bytes((0xFF, code)) for code in (0xC0, 0xC2, 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xE1))
    yield from (
        struct.pack("<H", tag) for tag in (256, 257, 258, 259, 262, 273, 277, 278, 279, 317, 322, 323, 330, 339)
    )
    yield from (b"II*\0", b"MM\0*", b"II+\0", b"\xff\xff\xff\xff", b"\0\0\0\0", b"Exif\0\0", b"ImageJ=", b"<OME")


def procedures() -> Iterator[bytes]:
    """The shipped procedure, a small one with lists, an override and cases, and pieces of YAML."""
    package: Package = load_package(shipped_policy_path())
    yield joined(package.files)[:6_000]
    small = SMALL.encode()
    yield small
    override = (
        HEAD + "rules:\n  - {id: B-1, title: T, when: {risk: {at_least: 0.3}}, lane: scan, reviewed: 2026-11-01}\n"
    )
    yield joined({
        "policy.yaml": small,
        "lists/origins.yaml": ORIGINS.encode(),
        "lists/headings.yaml": HEADINGS.encode(),
        "overrides/leeds.yaml": (HEAD + "add:\n").encode(),
        "overrides/north.yaml": override.encode(),
        "cases.yaml": b"cases:\n  - {name: a, given: {risk: 0.9}, lane: scan, rule: RK-020}\n",
    })  # fmt: skip
    yield from (
        b"",
        b"sop: &a [*a, *a]\n",
        b"? [a]\n: b\n",
        b"a: !!python/object:os.system x\n",
        b"a: |\n  b\n c\n",
        b"{a: [b",
    )


SMALL = """\
sop: example
version: "1"
effective_from: 2026-11-21
owner: Risk Analysis Unit
time_zone: Europe/Oslo
lanes: {detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}
rules:
  - id: XR-010
    title: Part seen
    when: {any: [{xray: {at_least: 0.90}}, {part: {barrel: {at_least: 0.5}}}]}
    lane: detain
    reviewed: 2026-11-01
  - id: RK-020
    title: High risk
    when: {stage: pre_arrival, risk: {at_least: 0.05}, origin_country: {codes: GB, list: origins}, hs_code: ["93"]}
    lane: scan
    reviewed: 2026-11-01
missing_evidence: {image_unreadable: examine, image_shielded: examine, scanner_uncalibrated: documents,
                   risk_unavailable: scan, xray_unavailable: examine}
random_selection: {rate: 0.01, lane: examine}
workload: {examine: {at_most_share: 0.02}, scan: {at_least_share: 0.05}}
default_lane: release
"""


def procedure_words() -> Iterator[bytes]:
    """Every key of the language, and the signs of YAML."""
    keys = sorted(set(re.findall(r'"([a-z_]{2,30})": \{', json.dumps(schema_of("policy")))))
    yield from (f"{key}: ".encode() for key in keys)
    yield from (
        b"&a ",
        b"*a",
        b"!!",
        b"? ",
        b"<<: ",
        b"|\n",
        b">-\n",
        b"%YAML 1.1\n---\n",
        b"--- ",
        b"...\n",
        b"- ",
        b"\t",
    )
    yield from (b"\0overrides/a.yaml\n", b"\0lists/a.yaml\n", b"\0cases.yaml\n", b"\0overrides/a.cases.yaml\n")
    yield from (b"0x10", b"1e3", b".inf", b"1_0", b"0o17", b"NO", b"~", b"12:30:45", b"2026-02-30", b"\xe2\x80\xae")


SEEDS = {"manifest": manifests, "picture": pictures, "procedure": procedures}
WORDS = {"manifest": manifest_words, "picture": picture_words, "procedure": procedure_words}

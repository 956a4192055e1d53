"""What must hold for any bytes at all: one function for each reader, used by the fuzzer and by the property tests.

Each takes the bytes as they would come from outside and raises AssertionError, or whatever the reader let slip, where
the reader does not keep its word. Documented refusals return.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import cv2
import numpy as np
from xray_pictures import PlantedEngine, planted_model

from features.errors import InputError, Problem
from features.indicators.lists import DEFAULT_LISTS
from features.indicators.register import raise_indicators
from features.manifest_schema import (
    JSON_CODES,
    PROBLEM_CODES,
    NotJson,
    manifest_to_dict,
    parse_manifest,
    parse_manifest_json,
)
from features.xray_header import UNREADABLE
from models.drawing import draw
from models.xray import Picture, PictureLimits, XrayModel
from service.store.chain import canonical
from sop.casework.cases import CASES, examine_cases
from sop.engine import decide
from sop.findings import CODES, POLICY
from sop.reading.packages import examine_package
from sop.types import LANES, Evidence

DAY = date(2026, 11, 21)
SEPARATOR = b"\0"
"""Between the files of a procedure in one input: no YAML file may hold it."""
PICTURE_LIMITS = PictureLimits(max_bytes=1_000_000, max_pixels=250_000, max_side=2_000)
LONGEST_MESSAGE = 2_000


def check_manifest(data: bytes) -> None:
    """A manifest is refused with documented codes, or is the same again after it was written and read."""
    try:
        manifest = parse_manifest_json(data)
    except NotJson as error:
        _told(error.problems, JSON_CODES)
        return
    except InputError as error:
        _told(error.problems, PROBLEM_CODES)
        return
    written = manifest_to_dict(manifest)
    assert parse_manifest(written) == manifest
    assert parse_manifest_json(json.dumps(written, ensure_ascii=False, allow_nan=False)) == manifest
    assert "\0" not in canonical(written), "PostgreSQL cannot store NUL"
    for one in raise_indicators(manifest, DEFAULT_LISTS):
        one.text.encode()


def check_picture(data: bytes) -> None:
    """A picture that cannot be read is never clear and says why; any picture can be drawn."""
    result = _detector().assess([Picture(data)], PICTURE_LIMITS)
    (image,) = result.images
    codes = {one.code for one in image.problems}
    assert "failed" not in codes, "the reader failed in a way nobody thought of"
    assert (image.ability == "unreadable") == bool(codes & UNREADABLE.keys())
    if image.ability != "no_interference":
        assert image.assessment != "clear"
        assert result.assessment != "clear"
    else:
        assert image.score is not None
        assert image.width * image.height <= PICTURE_LIMITS.max_pixels
    # Drawing costs ten times as much as reading: one input in sixteen shows as much, the same one each time.
    if zlib.crc32(data) % 16 == 0:
        drawn = cv2.imdecode(np.frombuffer(draw(data, image, PICTURE_LIMITS), np.uint8), cv2.IMREAD_UNCHANGED)
        assert drawn is not None


def check_procedure(data: bytes) -> None:
    """A procedure is refused with places in its files, or decides every parcel, and its cases are read likewise."""
    files = split_files(data)
    examined = examine_package(files)
    assert (examined.package is None) == bool(examined.errors)
    _found(examined.findings, files)
    if examined.package is not None:
        for parcel in PARCELS:
            policy = examined.package.policy_for(parcel.station, parcel.channel)
            assert decide(policy, parcel, on=DAY).lane in LANES
    if CASES in files:
        _found(examine_cases(files[CASES].decode("utf-8", "replace"), CASES).findings, files)


def split_files(data: bytes) -> dict[str, bytes]:
    """Return the files of one input: the policy, then `path NEWLINE content`, each after a SEPARATOR."""
    policy, *others = data.split(SEPARATOR)
    files = {POLICY: policy}
    for one in others:
        path, _, content = one.partition(b"\n")
        files[path.decode("utf-8", "replace")] = content
    return files


def joined(files: Mapping[str, bytes]) -> bytes:
    """Return the input that `split_files` reads."""
    others = (SEPARATOR + path.encode() + b"\n" + content for path, content in files.items() if path != POLICY)
    return files[POLICY] + b"".join(others)


def _told(problems: tuple[Problem, ...], codes: Any) -> None:
    assert problems, "a refusal without a reason"
    for one in problems:
        assert one.code in codes, one.code
        assert len(one.message) + len(one.path) <= LONGEST_MESSAGE
        f"{one.path} {one.message}".encode()


def _found(findings: Any, files: Mapping[str, bytes]) -> None:
    for one in findings:
        assert one.code in CODES
        assert one.line >= 1
        assert one.column >= 1
        assert one.file in files or one.file == POLICY
        assert one.line <= len(files.get(one.file, b"").decode("utf-8", "replace").splitlines()) + 1
        assert len(one.message) <= LONGEST_MESSAGE, one.message[:200]
        json.dumps(one.as_json(), ensure_ascii=False).encode()


def _detector() -> XrayModel:
    # A network that sees nothing anywhere (a fake, named so): whatever can be read comes out clear.
    return planted_model(PlantedEngine(gain=0.0))


PARCELS = (
    Evidence(item_id="RR473124829GB", stage="pre_arrival", channel="postal", origin_country="GB", risk=0.9,
             hs_codes=("930510",), indicators=frozenset({"DESCRIPTION_VAGUE"})),
    Evidence(item_id="C-1", stage="station", station="leeds-1", channel="courier", xray=0.95, combined=0.9,
             xray_assessment="alarm", parts={"barrel": 0.95}, missing=frozenset({"scanner_uncalibrated"})),
    Evidence(item_id="C-2", stage="station", missing=frozenset({"image_unreadable", "risk_unavailable"})),
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One reader under fire.

    Attributes:
        check: What must hold for any bytes.
        longest: Longest input in bytes that is tried.
        words: What is worth putting into an input.
    """

    check: Callable[[bytes], None]
    longest: int
    words: tuple[bytes, ...] = field(default=())


TARGETS = {
    "manifest": Target(check_manifest, 8_192),
    "picture": Target(check_picture, 24_576),
    "procedure": Target(check_procedure, 6_144),
}

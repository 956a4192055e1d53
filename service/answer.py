"""A screening as the JSON object of the contract."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from models.results import ImageResult, XrayResult
from service.screening import Screening


def answer(screening: Screening) -> dict[str, Any]:
    """Return the answer in JSON types, keys in the contract's order."""
    found = plain(_parts(screening))
    assert isinstance(found, dict)  # noqa: S101 - a dict stays one
    return found


def answer_text(screening: Screening) -> str:
    """Return the answer as JSON text, without blanks between its parts; to the byte what `json` makes of `answer`."""
    return _ENCODER.encode(_parts(screening))


def _parts(screening: Screening) -> dict[str, Any]:
    return {
        "screening_id": screening.screening_id,
        "item_id": screening.item_id,
        "created_at": timestamp(screening.created_at),
        "stage": screening.stage,
        "risk": screening.risk,
        "indicators": screening.indicators,
        "xray": _xray(screening.xray) if screening.xray else None,
        "combined": {"score": screening.combined} if screening.combined is not None else None,
        "contradictions": screening.contradictions,
        "decision": screening.decision,
        "carrier": screening.carrier,
        "versions": screening.versions,
        "warnings": screening.warnings,
    }


def timestamp(moment: datetime) -> str:
    """Return RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def image_answer(image: ImageResult) -> dict[str, Any]:
    """Return one picture's part of the answer."""
    found = plain(image)
    assert isinstance(found, dict)  # noqa: S101 - a dataclass becomes a dict
    return found


def _xray(xray: XrayResult) -> dict[str, Any]:
    return {
        "assessment": xray.assessment,
        "ability": xray.ability,
        "score": xray.score,
        "scanner": xray.scanner,
        "profile": xray.profile,
        "images": xray.images,
        "links": xray.links,
    }


def plain(value: Any) -> Any:
    """Turn dataclasses, mappings and sequences into dicts and lists; everything else stays as it is."""
    kind: Any = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple or kind is list:
        return [plain(inner) for inner in value]
    if kind is dict:
        return {key: plain(inner) for key, inner in value.items()}
    names = _field_names(kind)
    return {name: plain(getattr(value, name)) for name in names} if names else value


# What answers mostly consist of; looked up first, because every value of every answer comes along here.
_AS_THEY_ARE = frozenset({str, float, int, bool, type(None)})


@lru_cache(maxsize=256)
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass, for the encoder, which asks for all that is no JSON type."""
    kind: Any = type(value)
    names = _field_names(kind)
    if not names:
        raise TypeError(f"{kind.__name__} has no place in an answer.")
    return {name: getattr(value, name) for name in names}


# An answer is built anew from frozen parts and cannot hold itself, so that is not looked for.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_fields_of, check_circular=False
)

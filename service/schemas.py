"""What the routes take and give beside the manifest: the types that validate are the types the OpenAPI shows."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.config import JsonDict

from features.errors import Problem
from features.indicators.register import Raised
from features.manifest_schema.fields import Named, Time
from models.results import Contradiction, Part, RiskResult, XrayResult
from service.faults import problems
from service.problems import Refusal
from service.screening import Notice, Stage, Versions
from service.store.findings import Finding
from sop.placi.answer import CarrierAnswer
from sop.types import Decision, Lane

MAX_NAME = 64
MAX_PAGE = 200
# Control characters would break log lines and PostgreSQL refuses NUL.
NO_CONTROL = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=NO_CONTROL)]
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Unknown fields are an error: a misspelt option must not pass as an option left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScreeningParameters(Strict):
    """Form fields or query parameters of a screening."""

    station_id: Name | None = Field(None, description="The station that asks.")
    scanner_id: Name | None = Field(None, description="The scanner that took the pictures.")
    stage: Stage | None = Field(None, description="Default: station with a picture, pre_arrival without.")


class ScoreParameters(Strict):
    """Query parameters of a score."""

    history: Literal["0", "1"] = Field(
        "0", description="1: earlier parcels of the same people count, as in a screening; 0: as if nobody was seen yet."
    )


class ItemReference(Strict):
    """Stands for the manifest on file."""

    item_id: Named


class ListParameters(Strict):
    """Query parameters of the list."""

    item_id: Named | None = Field(None, description="Only this item.")
    lane: Lane | None = Field(None, description="Only this lane.")
    since: Time | None = Field(None, description="Only screenings from this moment on (RFC 3339).")
    limit: int = Field(50, ge=1, le=MAX_PAGE, description="Screenings on a page.")
    cursor: Annotated[str, Field(max_length=64)] | None = Field(None, description="`next_cursor` of the page before.")


class AccessParameters(Strict):
    """Query parameters of the access log."""

    screening: Named | None = Field(None, description="Only accesses to this screening.")
    key: Named | None = Field(None, description="Only accesses by this key.")
    since: Time | None = Field(None, description="Only accesses from this moment on (RFC 3339).")
    until: Time | None = Field(None, description="Only accesses before this moment (RFC 3339).")
    limit: int = Field(50, ge=1, le=MAX_PAGE, description="Accesses on a page.")
    before: int | None = Field(None, ge=1, description="`next_before` of the page before.")


class ImageParameters(Strict):
    """Query parameters of a picture."""

    raw: Literal["0", "1"] = Field("0", description="1: the picture as it was sent; 0: with the regions drawn in.")


class Override(Strict):
    """The lane taken instead of the one decided."""

    lane: Lane
    reason: Words = Field(description="Why; goes on record.")


_FINDING_SCHEMA: JsonDict = {
    "anyOf": [
        {"required": ["found"], "properties": {"found": {"type": "string"}}},
        {"required": ["override"], "properties": {"override": {"type": "object"}}},
    ],
}
"""The first thing that `_says_something` checks, for readers of the OpenAPI document."""


class FindingBody(Strict):
    """What the officer found, or an override of the lane with its reason, or both."""

    model_config = ConfigDict(json_schema_extra=_FINDING_SCHEMA)

    found: Literal["illicit", "other_offence", "nothing", "not_opened"] | None = Field(
        None,
        description="illicit: firearms, parts or ammunition; other_offence: opened, another offence; "
        "nothing: opened and as declared; not_opened: could not be opened.",
    )
    parts: tuple[Part, ...] = Field((), max_length=13, description="Firearm parts found; only with `illicit`.")
    reference: Name | None = Field(None, description="Number of the seizure or report.")
    notes: Words | None = Field(None, description="The officer's own words.")
    override: Override | None = None

    @model_validator(mode="after")
    def _says_something(self) -> FindingBody:
        if self.found is None and self.override is None:
            raise ValueError("Give `found`, `override`, or both")
        if self.parts and self.found != "illicit":
            raise ValueError("`parts` may only be given with `found`: illicit")
        return self


@dataclass(frozen=True, slots=True)
class Combined:
    """Manifest and pictures together, as a calibrated probability."""

    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer about one parcel; answers on record from releases before have no `carrier`."""

    screening_id: str
    item_id: str
    created_at: AwareDatetime
    stage: Stage
    risk: RiskResult | None
    indicators: tuple[Raised, ...]
    xray: XrayResult | None
    combined: Combined | None
    contradictions: tuple[Contradiction, ...]
    decision: Decision
    versions: Versions
    warnings: tuple[Notice, ...]
    carrier: CarrierAnswer | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of screenings, newest first; `next_cursor` is null on the last."""

    screenings: tuple[Answer, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """Who did what to which screening, key or order, and when; `account` names who ran a command on the machine."""

    id: int
    at: AwareDatetime
    action: str
    subject: str
    key_id: str | None
    account: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AccessPage:
    """One page of the access log, newest first; `next_before` is null on the last."""

    accesses: tuple[AccessAnswer, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class OverrideAnswer:
    """The lane taken instead of the one decided, and why."""

    lane: Lane
    reason: str


@dataclass(frozen=True, slots=True)
class FindingAnswer:
    """A recorded finding."""

    finding_id: str
    screening_id: str
    item_id: str
    created_at: AwareDatetime
    key_id: str | None
    found: str | None
    parts: tuple[str, ...]
    reference: str | None
    notes: str | None
    override: OverrideAnswer | None


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of one screening, oldest first."""

    findings: tuple[FindingAnswer, ...]


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One single fault and where it is."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """RFC 9457 problem."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: tuple[ProblemEntry, ...] = field(default=())


def finding_answer(finding: Finding) -> dict[str, Any]:
    """Return a finding in JSON types, as `FindingAnswer` describes it."""
    lane = finding.override_lane
    return {
        "finding_id": finding.id,
        "screening_id": finding.screening_id,
        "item_id": finding.item_id,
        "created_at": finding.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "key_id": finding.key_id,
        "found": finding.found,
        "parts": list(finding.parts),
        "reference": finding.reference,
        "notes": finding.notes,
        "override": {"lane": lane, "reason": finding.override_reason} if lane else None,
    }


def checked(model: type[Model], raw: Any, what: str) -> Model:
    """Return the validated model.

    Raises:
        Refusal: 422 `invalid` with every problem.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise Refusal("invalid", f"{what} cannot be used.", problems(error.errors(include_url=False))) from error


def single(pairs: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return query parameters or form fields, blank ones left out.

    Raises:
        Refusal: 422 where one is given twice: nobody could say which one counts.
    """
    twice = [name for name, values in pairs.items() if len(values) > 1]
    if twice:
        faults = [Problem(name, "given_twice", "Give it once.") for name in twice]
        raise Refusal("invalid", "A parameter is given twice.", faults)
    return {name: values[0] for name, values in pairs.items() if values[0].strip()}


def encode_cursor(seq: int) -> str:
    """Return an opaque cursor: the place in the chain after which a page ended."""
    return base64.urlsafe_b64encode(f"s{seq}".encode("ascii")).decode("ascii").rstrip("=")


def decode_cursor(cursor: str) -> int:
    """Return the place that a cursor names.

    Raises:
        Refusal: 422 where it is none of ours.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not text.startswith("s") or not text[1:].isdigit() or len(text) > 20:
            raise ValueError
        return int(text[1:])
    except (ValueError, binascii.Error) as error:
        fault = Problem("cursor", "not_allowed", "Not a cursor of this list; use `next_cursor` of the page before.")
        raise Refusal("invalid", "The cursor cannot be used.", [fault]) from error

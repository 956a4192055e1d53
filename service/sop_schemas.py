"""What the routes about the procedure's registry take and give; the OpenAPI document shows these types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import AwareDatetime, Field, field_validator

from service.schemas import MAX_PAGE, Strict, Words
from sop.registry.events import Action, By


class StopBody(Strict):
    """The order to switch the models off or on again."""

    stopped: bool = Field(strict=True, description="true: models off, rules alone decide; false: models on.")
    reason: Words = Field(description="Why; goes on record, and into every answer while the models are off.")

    @field_validator("reason")
    @classmethod
    def _says_something(cls, reason: str) -> str:
        if not reason.strip():
            raise ValueError("Whoever reads the history must learn why")
        return reason


class HistoryParameters(Strict):
    """Query parameters of the history."""

    limit: int = Field(50, ge=1, le=MAX_PAGE, description="Orders on a page.")
    before: int | None = Field(None, ge=1, description="`next_before` of the page before.")
    diff: Literal["0", "1"] = Field("0", description="1: what each activation and rollback changed, in words.")


@dataclass(frozen=True, slots=True)
class VersionAnswer:
    """A version of the procedure; `digest` is the SHA-256 over all its files."""

    digest: str
    name: str
    version: str
    title: str


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """Who ordered what, when and why. `effective` is from when it counts."""

    seq: int
    at: AwareDatetime
    effective: AwareDatetime
    action: Action
    by: By
    reason: str
    version: VersionAnswer | None


@dataclass(frozen=True, slots=True)
class StopState:
    """The stop switch.

    `order` is the order that switched the models off, null while they are on. `obeyed` says whether the process that
    answered obeys it already; all do within two seconds.
    """

    stopped: bool
    obeyed: bool
    order: OrderAnswer | None


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """One difference between two versions, in words."""

    kind: str
    what: str
    aspect: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An order with all that is on record about it."""

    seq: int
    at: AwareDatetime
    effective: AwareDatetime
    action: Action
    by: By
    reason: str
    version: VersionAnswer | None
    before: VersionAnswer | None
    withdraws: int | None
    withdrawn: bool
    examined: dict[str, Any] | None
    previous: str
    changes: tuple[ChangeAnswer, ...] | None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of the history, newest first; `next_before` is null on the last."""

    orders: tuple[HistoryEntry, ...]
    next_before: int | None

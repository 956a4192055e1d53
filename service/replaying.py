"""Makes whole answers again from the store, models included, and compares them with what was sent, field by field."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select

from features.errors import InputError
from features.manifest_schema import parse_manifest_json
from features.version import __version__
from models.scanner_profile_file import Profiles
from models.xray import Picture
from service.answer import answer
from service.composition import selection_secret
from service.deciding import Workload
from service.replay_context import Context, context_in, with_context
from service.replaying_tools import NotKept, Shelf
from service.screening import Notice, Recalled, Screening, ScreeningRequest, Tools, screen
from service.settings import Settings
from service.store import screenings
from service.store.pictures import PictureFolder
from service.store.store import Store
from service.store.tables import screening
from sop.engine import draws_of
from sop.evidence_json import Stored, from_json, to_json
from sop.package import Package

PAGE = 500
COMPUTED = frozenset({"list_expired", "station_without_image"})
"""Warnings that follow from the parcel and what decided; the others tell of the service as it was then."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that came out otherwise: its path in the answer, as it was sent, and as it comes out now."""

    path: str
    stored: Any
    now: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One answer, made again.

    Attributes:
        screening_id: Which.
        service: The release that answered then.
        identical: Whether the answer comes out byte for byte.
        differences: Fields that came out otherwise.
        hindrance: Why it could not be made again; None: it was.
    """

    screening_id: str
    service: str
    identical: bool = False
    differences: tuple[Difference, ...] = ()
    hindrance: str | None = None

    @property
    def same(self) -> bool:
        """Whether every value came out the same; another release may have fields that this answer had not yet."""
        return self.hindrance is None and not self.differences


@dataclass(frozen=True, slots=True)
class Asked:
    """Which screenings: those named, by screening or item number, or else all of a period, or so many of them."""

    names: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    sample: int | None = None
    seed: int = 0


def replay_answers(store: Store, connection: Connection, settings: Settings, asked: Asked) -> Iterator[Replayed]:
    """Yield each screening asked for, its answer made again, in the order of the chain.

    Args:
        store: Whose pictures are read.
        connection: To the store; a snapshot, where others write meanwhile.
        settings: All settings; the home keeps what ever decided.
        asked: Which screenings.
    """
    shelf, secret = Shelf(settings), selection_secret(settings.home)
    for row in _rows(connection, asked):
        yield _replayed(row, _Parts(shelf, secret, connection, store.pictures))


@dataclass(frozen=True, slots=True)
class _Parts:
    shelf: Shelf
    secret: bytes
    connection: Connection
    pictures: PictureFolder


def _replayed(row: Row[Any], parts: _Parts) -> Replayed:
    stored = json.loads(row.answer)
    release = stored["versions"]["service"]
    try:
        again = _again(row, stored, parts)
    except NotKept as gone:
        return Replayed(screening_id=row.id, service=release, hindrance=str(gone))
    made = answer(again)
    made["warnings"] = _warnings(stored["warnings"], made["warnings"])
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    evidence = with_context(to_json(again.record), again)
    if text == row.answer and evidence == row.evidence:
        return Replayed(screening_id=row.id, service=release, identical=True)
    found = [
        *_differences("", stored, json.loads(text), release == __version__),
        *_differences("evidence", json.loads(row.evidence), json.loads(evidence), release == __version__),
    ]
    others = tuple(one for one in found if one.path != "versions.service")
    if not others and release == __version__:
        # The values are the same, but this release would have sent other bytes: somebody wrote the text anew.
        others = (Difference("", row.answer, text),)
    return Replayed(screening_id=row.id, service=release, differences=others)


def _again(row: Row[Any], stored: dict[str, Any], parts: _Parts) -> Screening:
    """Screen the parcel again with what it was screened with.

    Raises:
        NotKept: Something of that is gone.
    """
    record, context = _record(row)
    versions = stored["versions"]
    package = parts.shelf.package(record.policy)
    policy = package.policy_for(row.station_id, record.evidence.channel)
    draws = draws_of(policy.name, row.item_id, parts.secret)
    if (draws.chance, draws.tie) != (record.draw, record.tie_draw):
        raise NotKept("The home's selection.key is not the one of then; restore it from a backup.")
    tools = _tools(versions, package, record, context, stored["warnings"], parts)
    known = Recalled(context.history, record.evidence.finding_history)
    return screen(_request(row, parts), tools, known, screening_id=row.id, at=record.at)


def _record(row: Row[Any]) -> tuple[Stored, Context]:
    if row.evidence is None:
        raise NotKept("What it rested on was not kept then.")
    try:
        context = context_in(json.loads(row.evidence))
        record = from_json(row.evidence)
    except ValueError as error:
        raise NotKept("Its stored evidence cannot be read.") from error
    if context is None:
        raise NotKept("What history said of it was not kept then; `sop replay` makes its decision again.")
    return record, context


def _tools(
    versions: dict[str, Any],
    package: Package,
    record: Stored,
    context: Context,
    warnings: Sequence[dict[str, str]],
    parts: _Parts,
) -> Tools:
    policy = package.policy_for(record.evidence.station, record.evidence.channel)
    profile = parts.shelf.profile(versions)
    return Tools(
        package=package,
        risk=parts.shelf.risk(versions),
        xray=parts.shelf.xray(versions),
        limits=context.limits,
        selection_secret=parts.secret,
        lists=parts.shelf.lists(versions),
        lists_version=versions["indicators"],
        watchlists=parts.shelf.watchlists(versions),
        watchlists_digest=versions.get("watchlists"),
        warnings=tuple(Notice(**one) for one in warnings if one["code"] not in COMPUTED),
        profiles=Profiles({profile.scanner: (profile,)}) if profile else Profiles(),
        workload=Workload({(package.digest, policy.title): record.cuts}),
    )


def _request(row: Row[Any], parts: _Parts) -> ScreeningRequest:
    try:
        manifest = parse_manifest_json(row.manifest)
    except InputError as error:
        raise NotKept(f"Its manifest is none that this version reads: {error.message}") from error
    kept = screenings.pictures_of(parts.connection, row.id)
    if broken := [one.n for one in kept if parts.pictures.broken(one.sha256)]:
        raise NotKept(f"Picture {broken[0]} is gone or was changed.")
    return ScreeningRequest(
        manifest=manifest,
        pictures=tuple(Picture(parts.pictures.read(one.sha256), one.view) for one in kept),
        station_id=row.station_id,
        scanner_id=row.scanner_id,
        stage=row.stage,
    )


def _warnings(stored: list[dict[str, str]], made: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the warnings in the order of then: those that tell of the service's state as they were, others as made."""
    told = [one for one in stored if one["code"] not in COMPUTED]
    computed = [one for one in made if one["code"] in COMPUTED]
    return stored if computed == [one for one in stored if one["code"] in COMPUTED] else [*told, *computed]


def _differences(path: str, stored: Any, now: Any, same_release: bool) -> Iterator[Difference]:
    """Yield every leaf that differs; what another release did not have yet is none."""
    if isinstance(stored, dict) and isinstance(now, dict):
        names = [name for name in dict.fromkeys([*stored, *now]) if name in stored or same_release]
        for name in names:
            inner = f"{path}.{name}" if path else name
            yield from _differences(inner, stored.get(name), now.get(name), same_release)
    elif isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        for place, (one, other) in enumerate(zip(stored, now, strict=True)):
            yield from _differences(f"{path}[{place}]", one, other, same_release)
    elif stored != now:
        yield Difference(path, stored, now)


def _rows(connection: Connection, asked: Asked) -> Iterator[Row[Any]]:
    names = ("seq", "id", "item_id", "stage", "station_id", "scanner_id", "manifest", "answer", "evidence")
    statement = select(*(screening.c[name] for name in names)).order_by(screening.c.seq)
    if asked.sample is not None:
        places = list(connection.execute(_chosen(select(screening.c.seq), asked)).scalars())
        taken = sorted(random.Random(asked.seed).sample(places, min(asked.sample, len(places))))
        for start in range(0, len(taken), PAGE):
            yield from connection.execute(statement.where(screening.c.seq.in_(taken[start : start + PAGE])))
        return
    after = 0
    while rows := connection.execute(_chosen(statement.where(screening.c.seq > after), asked).limit(PAGE)).all():
        yield from rows
        after = rows[-1].seq


def _chosen(statement: Select[Any], asked: Asked) -> Select[Any]:
    if asked.names:
        statement = statement.where(or_(screening.c.id.in_(asked.names), screening.c.item_id.in_(asked.names)))
    if asked.since is not None:
        statement = statement.where(screening.c.created_at >= asked.since)
    if asked.until is not None:
        statement = statement.where(screening.c.created_at < asked.until)
    return statement

"""Screens one parcel and puts the answer on disk before anybody hears it. No Flask in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from ulid import ULID

from features.history import PastParcel, entity_keys
from features.manifest import Manifest
from features.manifest_schema import manifest_to_dict
from models.xray import Picture
from service.answer import answer
from service.screening import Screening, ScreeningRequest, Tools, screen
from service.shadow import Screened, beside, write
from service.shadow_queue import ShadowQueue
from service.stages import Stages
from service.store import idempotency, screenings
from service.store.chain import canonical
from service.store.history import past_parcels
from service.store.idempotency import Claim, Earlier
from service.store.pictures import PictureFolder, StoredPicture, media_type
from service.store.screenings import NewScreening
from service.store.store import Store
from sop.evidence_json import to_json


class IdempotencyConflict(Exception):
    """The caller used the same idempotency key for another request."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that is on disk: `answer` is its JSON text; `screening` is None where an earlier answer is given."""

    screening_id: str
    answer: str
    screening: Screening | None


def screen_and_record(
    request: ScreeningRequest,
    tools: Tools,
    store: Store,
    *,
    key_id: str | None,
    at: datetime,
    claim: Claim | None = None,
    shadows: ShadowQueue | None = None,
    stages: Stages | None = None,
) -> Recorded:
    """Screen a parcel and record the answer in one transaction.

    Args:
        request: Manifest, pictures and parameters.
        tools: Models, policy and lists.
        store: Where history is read and the answer goes.
        key_id: Whose key asked.
        at: The moment of screening.
        claim: The caller's idempotency key, if any.
        shadows: Where parcels wait for the models of a candidate.
        stages: Takes the time of each stage.

    Raises:
        IdempotencyConflict: The key was used for another request.
        StoreUnavailable: Nothing was recorded.
    """
    stages = stages or Stages()
    with stages("look_up"):
        earlier, past = _look_up(store, request.manifest, claim)
    if earlier:
        return _again(earlier, claim)
    screening = screen(request, tools, past, screening_id=str(ULID.from_datetime(at)), at=at, stages=stages)
    with stages("answer"):
        text = json.dumps(answer(screening), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    with stages("pictures"):
        pictures = _keep(request.pictures, store.pictures)
    new = _record(request, screening, text, pictures, key_id)
    screened = Screened(request=request, screening=screening, past=past, pictures=pictures)
    try:
        with stages("store"), beside(tools, screened, store.pictures, shadows) as said, store.writing() as connection:
            screenings.append(connection, new)
            if claim:
                idempotency.record(connection, claim, new.id, at)
            write(connection, said)
    except IntegrityError:
        return _lost_the_race(store, claim)
    return Recorded(new.id, text, screening)


def _look_up(store: Store, manifest: Manifest, claim: Claim | None) -> tuple[Earlier | None, Sequence[PastParcel]]:
    with store.reading() as connection:
        earlier = idempotency.earlier(connection, claim) if claim else None
        return earlier, [] if earlier else past_parcels(connection, entity_keys(manifest), manifest.item_id)


def _again(earlier: Earlier, claim: Claim | None) -> Recorded:
    if claim is None or earlier.request_sha256 != claim.request_sha256:
        raise IdempotencyConflict
    return Recorded(earlier.screening_id, earlier.answer, None)


def _lost_the_race(store: Store, claim: Claim | None) -> Recorded:
    """Give the answer of the request with the same key that was recorded first."""
    with store.reading() as connection:
        earlier = idempotency.earlier(connection, claim) if claim else None
    if earlier is None:
        raise RuntimeError("the store refused a record for another reason than its idempotency key")
    return _again(earlier, claim)


def _keep(pictures: Sequence[Picture], folder: PictureFolder) -> tuple[StoredPicture, ...]:
    return tuple(
        StoredPicture(n, one.view, folder.keep(one.data), len(one.data), media_type(one.data))
        for n, one in enumerate(pictures)
    )


def _record(
    request: ScreeningRequest,
    screening: Screening,
    text: str,
    pictures: tuple[StoredPicture, ...],
    key_id: str | None,
) -> NewScreening:
    decision = screening.decision
    return NewScreening(
        id=screening.screening_id,
        item_id=screening.item_id,
        created_at=screening.created_at,
        declared_at=request.manifest.declared_at,
        stage=screening.stage,
        lane=decision.lane,
        outcome=decision.outcome,
        rule=decision.rule,
        random_selection=decision.random_selection,
        selection_probability=decision.selection_probability,
        station_id=request.station_id,
        scanner_id=request.scanner_id,
        key_id=key_id,
        versions=asdict(screening.versions),
        manifest=canonical(manifest_to_dict(request.manifest)),
        answer=text,
        evidence=to_json(screening.record),
        entities=entity_keys(request.manifest),
        pictures=pictures,
    )

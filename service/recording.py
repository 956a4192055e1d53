"""Screens one parcel and puts the answer on disk before anybody hears it. No Flask in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from ulid import ULID

from features.history import PastParcel
from features.manifest_schema.canonical import manifest_text
from service.answer import answer_text
from service.leftovers import Leftovers
from service.picture_keeping import Keeping
from service.replay_context import with_context
from service.screening import Screening, ScreeningRequest, Tools, Versions, screen
from service.shadow import Said, Screened, beside
from service.shadow_queue import ShadowQueue
from service.stages import Stages
from service.store import idempotency, screenings
from service.store.chain import Link
from service.store.entry import Entry, Outcome
from service.store.errors import StoreUnavailable
from service.store.group import Pending
from service.store.history import past_parcels_of_store
from service.store.idempotency import Claim, Earlier
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


@dataclass(frozen=True, slots=True)
class Underway:
    """An answer on its way to the disk; nobody may hear it before `recorded` returns it."""

    answer: Recorded
    claim: Claim | None
    pending: Pending | None
    stages: Stages

    def withdraw(self) -> bool:
        """Take it back; False where it is too late for that."""
        return self.pending is not None and self.pending.future.cancel()

    def recorded(self) -> Recorded:
        """Wait until the answer is on disk, and return it, or the one that a request with the same key got first.

        Raises:
            IdempotencyConflict: The key was used for another request.
            StoreUnavailable: Nothing was recorded.
        """
        if self.pending is None:
            return self.answer
        with self.stages("store"):
            outcome = self.pending.outcome()
        return _again(outcome, self.claim) if isinstance(outcome, Earlier) else self.answer


def screen_and_record(
    request: ScreeningRequest,
    tools: Tools,
    store: Store,
    *,
    key_id: str | None,
    at: datetime,
    claim: Claim | None = None,
    shadows: ShadowQueue | None = None,
    leftovers: Leftovers | None = None,
    stages: Stages | None = None,
) -> Recorded:
    """Screen a parcel and put the answer on disk; as `screen_to_record`, with `Underway.recorded` waited for."""
    underway = screen_to_record(
        request,
        tools,
        store,
        key_id=key_id,
        at=at,
        claim=claim,
        shadows=shadows,
        leftovers=leftovers,
        stages=stages,
    )
    return underway.recorded()


def screen_to_record(
    request: ScreeningRequest,
    tools: Tools,
    store: Store,
    *,
    key_id: str | None,
    at: datetime,
    claim: Claim | None = None,
    shadows: ShadowQueue | None = None,
    leftovers: Leftovers | None = None,
    stages: Stages | None = None,
) -> Underway:
    """Screen a parcel and hand the answer to the store's writer, all of it in one transaction.

    Args:
        request: Manifest, pictures and parameters.
        tools: Models, policy and lists.
        store: Where history is read and the answer goes.
        key_id: Whose key asked.
        at: The moment of screening.
        claim: The caller's idempotency key, if any.
        shadows: Where parcels wait for the models of a candidate.
        leftovers: Takes the pictures of a record that the store refuses.
        stages: Takes the time of each stage.

    Raises:
        IdempotencyConflict: The key was used for another request.
        StoreUnavailable: Nothing was recorded.
    """
    stages = stages or Stages()
    keys = request.entities
    with stages("look_up"):
        earlier, past = _look_up(store, request.manifest.item_id, keys, claim)
    if earlier:
        return Underway(_again(earlier, claim), claim, None, stages)
    screening = screen(request, tools, past, screening_id=str(ULID.from_datetime(at)), at=at, stages=stages)
    with stages("answer"):
        text = answer_text(screening)
    with Keeping(request.pictures, store.pictures, leftovers) as keeping:
        with stages("pictures"):
            pictures = keeping.keep()
        screened = Screened(request=request, screening=screening, past=past, pictures=pictures)
        said = beside(tools, screened, store.pictures, shadows)
        with stages("store"):
            new = _record(screened, text, keys, key_id)
            pending = _hand_over(store, screenings.entry(new, claim, said.rows), said)
        if pictures:
            pending.future.add_done_callback(lambda done: keeping.settle(recorded=_written(done)))
    return Underway(Recorded(new.id, text, screening), claim, pending, stages)


def _look_up(
    store: Store, item_id: str, keys: Sequence[str], claim: Claim | None
) -> tuple[Earlier | None, Sequence[PastParcel]]:
    earlier = idempotency.earlier_of_store(store.reader, claim) if claim else None
    return earlier, [] if earlier else past_parcels_of_store(store, keys, item_id)


def _hand_over(store: Store, entry: Entry, said: Said) -> Pending:
    try:
        pending = store.writer.submit(entry)
    except StoreUnavailable:
        said.lost()
        raise
    if said.job:
        pending.future.add_done_callback(lambda done: said.stored() if _written(done) else said.lost())
    return pending


def _written(done: Future[Outcome]) -> bool:
    return not done.cancelled() and done.exception() is None and isinstance(done.result(), Link)


def _again(earlier: Earlier, claim: Claim | None) -> Recorded:
    if claim is None or earlier.request_sha256 != claim.request_sha256:
        raise IdempotencyConflict
    return Recorded(earlier.screening_id, earlier.answer, None)


def _record(screened: Screened, text: str, keys: tuple[str, ...], key_id: str | None) -> NewScreening:
    request, screening = screened.request, screened.screening
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
        versions=_names(screening.versions),
        manifest=manifest_text(request.manifest),
        answer=text,
        evidence=with_context(to_json(screening.record), screening),
        entities=keys,
        pictures=tuple(screened.pictures),
    )


@lru_cache(maxsize=64)  # the same for every answer until a model or the procedure is replaced
def _names(versions: Versions) -> Mapping[str, str | None]:
    return asdict(versions)

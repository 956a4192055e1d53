"""Asks a candidate about the parcels that were just screened: its rules at once, its models in the background.

Whatever goes wrong with a candidate is logged and counted, and never reaches the answer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection

from features.history import PastParcel
from models.xray import Picture
from service.deciding import decide_parcel
from service.screening import Screening, ScreeningRequest, Tools, Versions, screen, versions
from service.shadow_queue import Job, ShadowQueue
from service.shadow_types import Candidate
from service.store import shadows
from service.store.pictures import PictureFolder, StoredPicture
from service.store.shadows import ShadowRow, State
from sop.types import Decision, Evidence

log = logging.getLogger("parcel_screening")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """One parcel as it was just screened, with all that judging it again takes."""

    request: ScreeningRequest
    screening: Screening
    past: Sequence[PastParcel]
    pictures: Sequence[StoredPicture]


@contextmanager
def beside(
    tools: Tools, screened: Screened, folder: PictureFolder, queue: ShadowQueue | None
) -> Iterator[ShadowRow | None]:
    """Ask the candidate about a parcel, if one runs, and yield the row to `write` with the screening.

    What takes models is queued when the block ends well, so when the parcel is on disk. Nothing here raises.

    Args:
        tools: With which the parcel was screened; they name the candidate.
        screened: The parcel.
        folder: Where its pictures lie: they are read again when their turn comes, so that few are held in memory.
        queue: Where parcels wait for a candidate's models; None: they are left out, and counted.
    """
    candidate = tools.shadow
    # Whoever stops the models means all of them, those that nobody sees too.
    if candidate is None or (tools.stopped is not None and candidate.has_models):
        yield None
    elif not candidate.has_models:
        yield _guarded(candidate, tools, screened)
    elif queue is None or not queue.reserve():
        yield _row(candidate, screened.screening, "dropped")
    else:
        waiting = _row(candidate, screened.screening, "waiting")
        try:
            yield waiting
        except BaseException:
            queue.release()
            raise
        queue.put(Job(waiting, _later(waiting, candidate, tools, screened, folder)))


def write(connection: Connection, row: ShadowRow | None) -> None:
    """Insert the row in the screening's transaction, so that what fails here takes nothing else with it."""
    if row is None:
        return
    try:
        with connection.begin_nested():
            shadows.append(connection, row)
    except Exception:
        log.exception("candidate's answer not stored", extra={"screening_id": row.screening_id})


def tools_of(candidate: Candidate, tools: Tools) -> Tools:
    """Return the tools with the candidate in place of what is in use."""
    kinds = {card.kind for card in candidate.cards}
    return replace(
        tools,
        package=candidate.package or tools.package,
        risk=candidate.risk or tools.risk,
        xray=candidate.xray or tools.xray,
        cards=(*candidate.cards, *(card for card in tools.cards if card.kind not in kinds)),
        shadow=None,
    )


def _guarded(candidate: Candidate, tools: Tools, screened: Screened) -> ShadowRow:
    screening = screened.screening
    row = _row(candidate, screening, "failed")
    try:
        own = tools_of(candidate, tools)
        decided = decide_parcel(
            own.package, screening.evidence, screening.created_at, own.selection_secret, own.workload
        )
        return _done(row, screening.evidence, decided.decision, versions(own, None, decided.policy))
    # A candidate that nobody approved yet must not cost an answer.
    except Exception:
        log.exception("candidate failed on a parcel", extra={"screening_id": screening.screening_id})
        return row


def _later(
    waiting: ShadowRow, candidate: Candidate, tools: Tools, screened: Screened, folder: PictureFolder
) -> Callable[[], ShadowRow]:
    screening, past, pictures = screened.screening, screened.past, tuple(screened.pictures)
    screening_id, at, own = screening.screening_id, screening.created_at, tools_of(candidate, tools)
    # The pictures' bytes are let go here: what waits holds their names alone. Without them the stage must be said.
    request = replace(screened.request, pictures=(), stage=screening.stage)

    def judge() -> ShadowRow:
        read = tuple(Picture(folder.read(one.sha256), one.view) for one in pictures)
        again = screen(replace(request, pictures=read), own, past, screening_id=screening_id, at=at)
        return _done(waiting, again.evidence, again.decision, again.versions)

    return judge


def _row(candidate: Candidate, screening: Screening, state: State) -> ShadowRow:
    at, screening_id = screening.created_at, screening.screening_id
    return ShadowRow(trial=candidate.trial, screening_id=screening_id, at=at, state=state)


def _done(row: ShadowRow, evidence: Evidence, decision: Decision, used: Versions) -> ShadowRow:
    return replace(
        row,
        state="done",
        lane=decision.lane,
        rule=decision.rule,
        placed_by=decision.placed_by,
        risk=evidence.risk,
        xray=evidence.xray,
        combined=evidence.combined,
        decision=json.dumps(asdict(decision), ensure_ascii=False, separators=(",", ":")),
        versions=json.dumps(asdict(used), sort_keys=True),
    )

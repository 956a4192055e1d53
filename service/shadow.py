"""Asks a candidate about the parcels that were just screened: its rules at once, its models in the background.

Whatever goes wrong with a candidate is logged and counted, and never reaches the answer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Table

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


@dataclass(frozen=True, slots=True)
class Said:
    """What a candidate says about a parcel: the row to store with the screening, and the job that completes it.

    `row` is None where no candidate was asked. Once the row is on disk `stored` must be called, or else `lost`.
    """

    row: ShadowRow | None = None
    job: Job | None = None
    queue: ShadowQueue | None = None

    @property
    def rows(self) -> tuple[tuple[Table, dict[str, object]], ...]:
        """The row as the store takes it."""
        return (shadows.row(self.row),) if self.row else ()

    def stored(self) -> None:
        """Let the candidate's models judge the parcel: its row is on disk."""
        if self.queue and self.job:
            self.queue.put(self.job)

    def lost(self) -> None:
        """Give back the place in the queue: nothing was recorded."""
        if self.queue and self.job:
            self.queue.release()


def beside(tools: Tools, screened: Screened, folder: PictureFolder, queue: ShadowQueue | None) -> Said:
    """Ask the candidate about a parcel, if one runs; nothing here raises.

    Args:
        tools: With which the parcel was screened; they name the candidate.
        screened: The parcel.
        folder: Where its pictures lie: they are read again when their turn comes, so that few are held in memory.
        queue: Where parcels wait for a candidate's models; None: they are left out, and counted.
    """
    candidate = tools.shadow
    # Whoever stops the models means all of them, those that nobody sees too.
    if candidate is None or (tools.stopped is not None and candidate.has_models):
        return Said()
    if not candidate.has_models:
        return Said(_guarded(candidate, tools, screened))
    if queue is None or not queue.reserve():
        return Said(_row(candidate, screened.screening, "dropped"))
    waiting = _row(candidate, screened.screening, "waiting")
    return Said(waiting, Job(waiting, _later(waiting, candidate, tools, screened, folder)), queue)


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

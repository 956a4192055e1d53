"""What the clients were promised: kept outside the service, and never killed with it."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field

from tests.soak.http_wire import Answer
from tests.soak.parcels import Parcel

CREATED = 201
REFUSED = frozenset({429, 503})
STORE_GONE = "store_unavailable"
"""The code with which the service says that it cannot record, and has not."""
IN_DOUBT = "in_doubt"
"""The code with which it says that the database was lost during the commit: it may be there."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One answer that a client received: it must be in the store, byte for byte."""

    screening_id: str
    item_id: str
    key: str
    body: bytes
    picture_hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that the service refused; `code` is the problem's."""

    parcel: Parcel
    code: str


@dataclass
class Ledger:
    """Everything clients sent, by how it ended. `mark` numbers tell what was added since the last look."""

    promises: list[Promise] = field(default_factory=list)
    findings: dict[str, str] = field(default_factory=dict)
    """Finding id to screening id, of those answered with 201."""
    unanswered: list[Parcel] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    """Why no answer came, as the client saw it; in the order of `unanswered`, and never cleared."""
    refused: list[Refused] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Answers that no client should ever have got."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, parcel: Parcel, answer: Answer) -> Promise | None:
        """Keep what was answered; the promise where it was a screening."""
        with self.lock:
            if answer.status == CREATED:
                promise = promise_of(parcel, answer.body)
                self.promises.append(promise)
                return promise
            if answer.status in REFUSED:
                self.refused.append(Refused(parcel, code_of(answer)))
                if "retry-after" not in answer.headers:
                    self.wrong.append(f"{parcel.item_id}: {answer.status} without Retry-After")
            else:
                self.wrong.append(f"{parcel.item_id}: {answer.status} {answer.body[:300]!r}")
            return None

    def lose(self, parcel: Parcel, cause: str = "") -> None:
        """Keep a request whose answer never came."""
        with self.lock:
            self.unanswered.append(parcel)
            self.causes.append(cause)


def code_of(answer: Answer) -> str:
    """Return the code of a problem document, or the status where it is none."""
    try:
        return str(json.loads(answer.body)["code"])
    except (ValueError, KeyError, TypeError):
        return str(answer.status)


def promise_of(parcel: Parcel, body: bytes) -> Promise:
    """Return what an answer promises."""
    hashes = tuple(hashlib.sha256(one).hexdigest() for one in parcel.pictures)
    return Promise(json.loads(body)["screening_id"], parcel.item_id, parcel.key, body, hashes)

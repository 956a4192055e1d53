"""Fifty clients with one idempotency key: the same body gets one record, another body 409."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.soak.desk import Desk, open_desk
from tests.soak.http_wire import Answer, Connection, Request
from tests.soak.ledger import CREATED, REFUSED, promise_of
from tests.soak.outcome import Outcome
from tests.soak.parcels import Parcel, parcel
from tests.soak.progress import Say

CLIENTS = 50
CONFLICT = 409
MOST_TRIES = 200
PAUSE_S = 0.05


def same_key(home: Path, times: int, say: Say, database_url: str = "", store: str = "SQLite") -> Outcome:
    """Let fifty clients ask the same at the same moment; then something else with the same key; then both at once."""
    statuses: Counter[int] = Counter()
    with open_desk(home, "i", database_url=database_url, clients=0) as desk:
        for number in range(times):
            say(f"{store}, {number + 1} of {times}")
            first = parcel("same", number, pictures=number % 2)
            other = replace(parcel("other", number).request, idempotency_key=first.key)
            same, another = (_all_at_once(desk, [one] * CLIENTS) for one in (first.request, other))
            _one_record(desk, first, same)
            _all_conflict(desk, first, another)
            mixed = _one_winner(desk, parcel("mixed", number), parcel("rival", number))
            statuses.update(one.status for one in (*same, *another, *mixed))
        desk.check_all()
    return Outcome(
        part="idempotency",
        tried=f"{CLIENTS} clients with one key: same body, another body, two bodies at once; {store}",
        times=times * 3 * CLIENTS,
        answers=len(desk.ledger.promises),
        lost=desk.lost,
        measured=f"{statuses[CREATED]} answers of {len(desk.ledger.promises)} records, {statuses[CONFLICT]} times 409",
        problems=tuple(desk.problems),
    )


def _one_record(desk: Desk, sent: Parcel, answers: list[Answer]) -> None:
    found = Counter((one.status, one.body) for one in answers)
    if len(found) != 1 or answers[0].status != CREATED:
        desk.problems.append(f"{sent.item_id}: not the same answer for all: {Counter(one.status for one in answers)}")
    _promised(desk, sent, answers)


def _all_conflict(desk: Desk, first: Parcel, answers: list[Answer]) -> None:
    found = Counter(one.status for one in answers)
    if set(found) != {CONFLICT}:
        desk.problems.append(f"{first.item_id}: another body with its key got {dict(found)}, not 409")


def _one_winner(desk: Desk, first: Parcel, rival: Parcel) -> list[Answer]:
    """Let two bodies race for one key: one of them wins for all, the other gets 409 from all."""
    racing = [first.request, replace(rival.request, idempotency_key=first.key)] * (CLIENTS // 2)
    answers = _all_at_once(desk, racing)
    for mine, sent in ((answers[::2], first), (answers[1::2], replace(rival, request=racing[1]))):
        if {one.status for one in mine} == {CREATED}:
            _promised(desk, sent, mine)
        elif {one.status for one in mine} != {CONFLICT}:
            desk.problems.append(f"{sent.item_id}: in a race, {Counter(one.status for one in mine)}")
    if desk.view.count_of(first.item_id) + desk.view.count_of(rival.item_id) != 1:
        desk.problems.append(f"{first.item_id}: a race for one key did not leave one record")
    return answers


def _promised(desk: Desk, sent: Parcel, answers: list[Answer]) -> None:
    bodies = {one.body for one in answers if one.status == CREATED}
    if len(bodies) > 1:
        ids = sorted({json.loads(body)["screening_id"] for body in bodies})
        desk.problems.append(f"{sent.item_id}: {len(bodies)} different answers ({', '.join(ids)})")
    desk.ledger.promises += [promise_of(sent, body) for body in bodies]


def _all_at_once(desk: Desk, requests: list[Request]) -> list[Answer]:
    """Send all at the same moment; who is refused for want of room asks again, as `Retry-After` says."""
    answers: list[Answer | None] = [None] * len(requests)
    start = threading.Barrier(len(requests))

    def client(number: int) -> None:
        connection = Connection(desk.service.base, desk.key)
        start.wait()
        for _ in itertools.repeat(None, MOST_TRIES):
            answers[number] = connection.ask(requests[number])
            if (answers[number] or _NONE).status not in REFUSED:
                break
            threading.Event().wait(PAUSE_S)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one or _NONE for one in answers]


_NONE = Answer(0, {}, b"")

"""What was stored comes back byte for byte, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from service.store import findings, idempotency, screenings
from service.store.findings import Finding
from service.store.idempotency import Claim, Earlier
from service.store.pictures import StoredPicture
from service.store.screenings import NewScreening, Query
from service.store.store import Store

NewOne = Callable[..., NewScreening]
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


def test_answer_and_moment_come_back_exactly(store: Store, new_screening: NewOne) -> None:
    answer = '{"text": "Ünïcode 中文 \\u0000", "n": 0.1}'
    new = new_screening(answer=answer)
    with store.writing() as connection:
        screenings.append(connection, new)
    with store.reading() as connection:
        stored = screenings.get(connection, new.id)
    assert stored is not None
    assert (stored.answer, stored.created_at, stored.seq) == (answer, new.created_at, 1)


def test_pictures_come_back_in_order(store: Store, new_screening: NewOne) -> None:
    pictures = tuple(StoredPicture(n, view, f"{n}" * 64, 10 + n, "image/png") for n, view in enumerate(["top", None]))
    new = new_screening(pictures=pictures)
    with store.writing() as connection:
        screenings.append(connection, new)
        assert screenings.pictures_of(connection, new.id) == list(pictures)


def test_a_moment_without_zone_is_refused(store: Store, new_screening: NewOne) -> None:
    with pytest.raises(Exception, match="time zone"), store.writing() as connection:
        screenings.append(connection, new_screening(created_at=datetime(2026, 1, 1)))


def test_list_pages_are_stable_while_new_ones_arrive(store: Store, new_screening: NewOne) -> None:
    made = [new_screening(item_id=f"I{n}", lane="examine" if n % 2 else "release") for n in range(10)]
    with store.writing() as connection:
        for one in made:
            screenings.append(connection, one)
    with store.writing() as connection:
        first = screenings.find(connection, Query(limit=4))
        screenings.append(connection, new_screening(item_id="late"))
        second = screenings.find(connection, Query(limit=100, before=first[-1].seq))
    assert [one.item_id for one in [*first, *second]] == [f"I{n}" for n in range(9, -1, -1)]


def test_list_filters(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:
        for n in range(6):
            moment = NOON + timedelta(hours=n)
            screenings.append(
                connection,
                new_screening(item_id=f"I{n % 2}", lane="scan" if n < 3 else "release", created_at=moment),
            )
        assert len(screenings.find(connection, Query(lane="scan"))) == 3
        assert len(screenings.find(connection, Query(item_id="I1"))) == 3
        assert len(screenings.find(connection, Query(since=NOON + timedelta(hours=4)))) == 2
        assert len(screenings.find(connection, Query(item_id="I1", lane="scan", since=NOON))) == 1


def test_latest_manifest_is_on_file(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:
        for number in range(3):
            screenings.append(connection, new_screening(item_id="A", manifest=f'{{"n":{number}}}'))
        assert screenings.manifest_on_file(connection, "A") == '{"n":2}'
        assert screenings.manifest_on_file(connection, "B") is None


def test_findings_come_back(store: Store, new_screening: NewOne, new_finding: Callable[..., Finding]) -> None:
    about = new_screening()
    made = [new_finding(about), new_finding(about, found=None, override_lane="examine", override_reason="seen before")]
    with store.writing() as connection:
        screenings.append(connection, about)
        for one in made:
            findings.append(connection, one)
        assert findings.of_screening(connection, about.id) == made


def test_a_finding_needs_its_screening(
    store: Store, new_screening: NewOne, new_finding: Callable[..., Finding]
) -> None:
    with pytest.raises(IntegrityError), store.writing() as connection:
        findings.append(connection, new_finding(new_screening()))


def test_idempotency_keys_of_different_callers_do_not_meet(store: Store, new_screening: NewOne) -> None:
    mine, other = Claim("k1", "order-7", "a" * 64), Claim("k2", "order-7", "b" * 64)
    new = new_screening()
    with store.writing() as connection:
        screenings.append(connection, new, mine)
        earlier = idempotency.earlier(connection, dataclasses.replace(mine, request_sha256="c" * 64))
        assert earlier is not None
        assert (earlier.answer, earlier.request_sha256) == (new.answer, "a" * 64)
        assert idempotency.earlier(connection, other) is None


def test_a_second_claim_gets_the_first_answer_and_no_record(store: Store, new_screening: NewOne) -> None:
    claim, first, second = Claim("k1", "order-7", "a" * 64), new_screening(), new_screening()
    with store.writing() as connection:
        screenings.append(connection, first, claim)
        again = screenings.append(connection, second, claim)
        assert again == Earlier("a" * 64, first.id, first.answer)
        assert screenings.get(connection, second.id) is None

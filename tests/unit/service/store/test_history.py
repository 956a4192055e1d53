"""History from the store: who was seen before, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from features.history import PER_KEY_LIMIT
from service.store import findings, screenings
from service.store.findings import Finding
from service.store.history import past_parcels
from service.store.screenings import NewScreening
from service.store.store import Store

NewOne = Callable[..., NewScreening]
NewFinding = Callable[..., Finding]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_only_parcels_that_share_a_key_come_back(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:
        screenings.append(connection, new_screening(item_id="A", entities=("sender:1", "recipient:9")))
        screenings.append(connection, new_screening(item_id="B", entities=("sender:2",)))
        found = past_parcels(connection, ["sender:1"], "now")
    assert [(one.item_id, one.entities, one.found) for one in found] == [("A", ("recipient:9", "sender:1"), None)]


def test_a_parcel_is_no_evidence_about_itself(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:
        screenings.append(connection, new_screening(item_id="A", entities=("sender:1",)))
        assert past_parcels(connection, ["sender:1"], "A") == []


def test_screened_twice_counts_once_from_the_first_moment(store: Store, new_screening: NewOne) -> None:
    later = NOON + timedelta(days=1)
    with store.writing() as connection:
        screenings.append(connection, new_screening(item_id="A", entities=("sender:1",), created_at=NOON))
        screenings.append(
            connection, new_screening(item_id="A", entities=("sender:1", "recipient:2"), created_at=later)
        )
        by_new_key = past_parcels(connection, ["recipient:2"], "now")
    assert [(one.at, one.entities) for one in by_new_key] == [(NOON, ("recipient:2", "sender:1"))]


def test_declaration_time_is_the_moment_where_it_is_known(store: Store, new_screening: NewOne) -> None:
    declared = NOON - timedelta(days=3)
    with store.writing() as connection:
        screenings.append(connection, new_screening(item_id="A", entities=("sender:1",), declared_at=declared))
        assert past_parcels(connection, ["sender:1"], "now")[0].at == declared


def test_a_declaration_dated_ahead_counts_from_its_screening(store: Store, new_screening: NewOne) -> None:
    ahead = {"entities": ("sender:1",), "created_at": NOON, "declared_at": NOON + timedelta(days=400)}
    with store.writing() as connection:
        screenings.append(connection, new_screening(item_id="A", **ahead))
        assert past_parcels(connection, ["sender:1"], "now")[0].at == NOON


def test_parcels_dated_ahead_do_not_crowd_out_the_present(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:
        for number in range(PER_KEY_LIMIT):
            ahead = {"created_at": NOON, "declared_at": NOON + timedelta(days=400)}
            screenings.append(connection, new_screening(item_id=f"I{number}", entities=("sender:1",), **ahead))
        later = NOON + timedelta(minutes=1)
        screenings.append(connection, new_screening(item_id="now", entities=("sender:1",), created_at=later))
        assert "now" in {one.item_id for one in past_parcels(connection, ["sender:1"], "next")}


def test_the_latest_finding_that_says_something_counts(
    store: Store, new_screening: NewOne, new_finding: NewFinding
) -> None:
    about = new_screening(item_id="A", entities=("sender:1",))
    later = NOON + timedelta(hours=1)
    with store.writing() as connection:
        screenings.append(connection, about)
        findings.append(connection, new_finding(about, found="nothing", parts=()))
        findings.append(connection, new_finding(about, created_at=later))
        findings.append(connection, new_finding(about, found="not_opened", parts=()))
        findings.append(connection, new_finding(about, found=None, override_lane="scan", override_reason="busy"))
        (past,) = past_parcels(connection, ["sender:1"], "now")
    assert (past.found, past.found_at, past.parts) == (True, later, ("barrel",))


def test_a_busy_shop_is_bounded_but_its_finds_are_not_forgotten(
    store: Store, new_screening: NewOne, new_finding: NewFinding
) -> None:
    oldest = new_screening(item_id="first", entities=("sender:1",), created_at=NOON - timedelta(days=300))
    with store.writing() as connection:
        screenings.append(connection, oldest)
        findings.append(connection, new_finding(oldest))
        for number in range(PER_KEY_LIMIT + 5):
            moment = NOON + timedelta(minutes=number)
            screenings.append(
                connection, new_screening(item_id=f"I{number}", entities=("sender:1",), created_at=moment)
            )
        found = past_parcels(connection, ["sender:1"], "now")
    assert len(found) == PER_KEY_LIMIT + 1
    assert (found[-1].item_id, found[-1].found) == ("first", True)
    assert "I0" not in {one.item_id for one in found}

"""Keys: valid as long as the store says so, whoever asks; wrong and unknown ones alike; rotation; the record of use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from features.errors import CheckFailed, UsageError
from service import auth
from service.auth import (
    Grant,
    Guesses,
    KeyRefused,
    KeyRing,
    Visit,
    create_key,
    network_of,
    revoke_key,
    rotate_key,
)
from service.certificates import ClientCertificate
from service.key_form import new_key
from service.key_journal import KeyJournal
from service.rate_limits import Buckets
from service.settings import Settings
from service.stations import Stations
from service.store import keys
from service.store.errors import StoreUnavailable
from service.store.store import Store, open_store
from service.store.tables import access

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NOWHERE = Visit()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store on SQLite for all tests that ask nothing of the database itself: each makes keys of its own."""
    opened = open_store(Settings(home=tmp_path_factory.mktemp("home")))
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def ring(lasting: Store) -> Iterator[KeyRing]:
    made = KeyRing(lasting, clock=lambda: NOON)
    yield made
    made.close()


def made(store: Store, **grant: Any) -> tuple[str, str]:
    record, token = create_key(store, "station", "Belt 4", NOON - DAY, Grant(**grant))
    return record.id, token


def why(ring: KeyRing, token: str, visit: Visit = NOWHERE) -> str:
    with pytest.raises(KeyRefused) as refused:
        ring.caller(token, visit)
    return refused.value.reason


def test_a_key_says_who_calls_and_how_far_it_reaches(lasting: Store, ring: KeyRing) -> None:
    key_id, token = made(lasting, stations=Stations(("belt-*",)), requests_per_minute=60, expires_at=NOON + DAY)
    caller = ring.caller(token)
    assert (caller.key_id, caller.name, caller.role, caller.requests_per_minute) == (key_id, "Belt 4", "station", 60)
    assert caller.sees("belt-1")
    assert not caller.sees("yard")
    assert not caller.sees(None)
    assert ring.caller(token) is caller  # nothing is made anew while nothing changes
    assert ring.by_id(key_id) is caller


def test_a_revocation_holds_from_the_next_request_in_every_process(store: Store) -> None:
    key_id, token = made(store)
    ring, elsewhere = (KeyRing(store, clock=lambda: NOON) for _ in range(2))  # as two processes: they share the store
    for one in (ring, elsewhere):
        assert one.caller(token).key_id == key_id
    assert revoke_key(store, key_id, NOON)
    assert not revoke_key(store, key_id, NOON)
    for one in (ring, elsewhere):
        assert why(one, token) == "revoked"
        with pytest.raises(KeyRefused):
            one.by_id(key_id)
        one.close()


def test_whatever_changes_in_the_store_holds_at_once(store: Store) -> None:
    ring = KeyRing(store, clock=lambda: NOON)
    key_id, token = made(store)
    assert ring.caller(token).stations is None
    with store.writing() as connection:
        connection.execute(text("UPDATE api_key SET role = 'officer', stations = '[\"a\"]'"))
    assert (ring.caller(token).role, ring.caller(token).stations) == ("officer", Stations(("a",)))
    with store.writing() as connection:
        connection.execute(text("DELETE FROM api_key"))
    assert why(ring, token) == "unknown"
    with pytest.raises(KeyRefused):
        ring.by_id(key_id)
    ring.close()


def test_a_key_ends_at_its_moment(lasting: Store) -> None:
    _, token = made(lasting, expires_at=NOON)
    now = [NOON - timedelta(microseconds=1)]
    ring = KeyRing(lasting, clock=lambda: now[0])
    assert ring.caller(token)
    now[0] = NOON
    assert why(ring, token) == "expired"
    ring.close()


def test_only_who_has_the_whole_key_learns_that_it_ended(lasting: Store, ring: KeyRing) -> None:
    key_id, token = made(lasting, expires_at=NOON - timedelta(hours=1))
    assert why(ring, token) == "expired"
    wrong = f"ps_{key_id}_{'0' * 64}"
    assert why(ring, wrong) == why(ring, new_key()[1]) == "unknown"
    assert why(ring, token.upper()) == why(ring, f"{token}\n") == why(ring, "ü" * 80) == "malformed"


def test_unknown_and_wrong_keys_cost_the_same(lasting: Store, ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id, token = made(lasting)
    ring.caller(token)
    compared: list[str] = []
    slow = auth.matches
    monkeypatch.setattr(auth, "matches", lambda kept, shown: (compared.append(kept), slow(kept, shown))[1])
    ring.caller(token)
    assert compared == []  # known: one comparison of digests
    for one in (f"ps_{key_id}_{'0' * 64}", new_key()[1]):
        assert why(ring, one) == "unknown"
    # One hash each, of the same setting, for the key that exists and the one that does not.
    assert [kept.rsplit("$", 2)[0] for kept in compared] == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_first_requests_that_come_together_cost_one_hash(
    lasting: Store, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = made(lasting)
    compared: list[str] = []
    slow = auth.matches
    monkeypatch.setattr(auth, "matches", lambda kept, shown: (compared.append(kept), slow(kept, shown))[1])
    with ThreadPoolExecutor(8) as pool:
        assert len({caller.key_id for caller in pool.map(ring.caller, [token] * 8)}) == 1
    assert len(compared) == 1


def test_guessing_is_limited_by_address_and_hits_nobody_who_has_a_key(lasting: Store) -> None:
    _, token = made(lasting)
    ring = KeyRing(lasting, Guesses(Buckets(), 6), clock=lambda: NOON)
    ring.caller(token, Visit("192.0.2.1"))
    broken = new_key()[1]
    assert [why(ring, broken, Visit("192.0.2.1")) for _ in range(3)] == ["unknown", "unknown", "guessing"]
    # One broken device: another key from the same address is looked at, ...
    _, fresh = made(lasting)
    assert ring.caller(fresh, Visit("192.0.2.1"))
    # ... until the address itself has shown too many.
    assert {why(ring, new_key()[1], Visit("192.0.2.1")) for _ in range(4)} == {"unknown"}
    with pytest.raises(KeyRefused) as refused:
        ring.caller(new_key()[1], Visit("192.0.2.1"))
    assert refused.value.reason == "guessing"
    assert 0 < refused.value.wait <= 60
    assert ring.caller(token, Visit("192.0.2.1"))
    assert why(ring, broken, Visit("192.0.2.2")) == "unknown"
    ring.close()


def test_wrong_keys_that_come_together_cost_no_more_than_the_limit(
    lasting: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = KeyRing(lasting, Guesses(Buckets(), 6), clock=lambda: NOON)
    broken, together, compared = new_key()[1], threading.Barrier(8, timeout=60), list[str]()
    slow = auth.matches
    monkeypatch.setattr(auth, "matches", lambda kept, shown: (compared.append(kept), slow(kept, shown))[1])

    def ask(_: int) -> str:
        together.wait()
        return why(ring, broken, Visit("192.0.2.1"))

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(ask, range(8)))
    assert told == ["guessing"] * 6 + ["unknown"] * 2
    assert len(compared) == 2
    ring.close()


def test_all_processes_note_the_use_of_keys_in_one_order(lasting: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that update the same rows in different orders wait for each other, and PostgreSQL ends one of them."""
    journal, updated = KeyJournal(lasting, lambda: NOON, gather_s=3600.0), list[str]()
    monkeypatch.setattr(keys, "used", lambda connection, key_id, *_: updated.append(key_id))
    for key_id in ("b", "c", "a"):
        journal.used(key_id)
    journal.write()
    assert updated == ["a", "b", "c"]


def test_addresses_are_counted_by_subscriber() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") != network_of("::ffff:192.0.2.2")
    assert network_of("unix:" + "x" * 200) == ("unix:" + "x" * 200)[:64]


def test_a_bound_key_needs_its_certificate(lasting: Store, ring: KeyRing) -> None:
    mine, other = ClientCertificate("a" * 64, "CN=belt-4"), ClientCertificate("b" * 64, "CN=belt-5")
    for binding in (f"sha256:{mine.fingerprint}", "subject:CN=belt-4"):
        key_id, token = made(lasting, certificate=binding)
        assert ring.caller(token, Visit("", mine)).key_id == key_id
        assert why(ring, token) == why(ring, token, Visit("", other)) == "certificate"
        with pytest.raises(KeyRefused):
            ring.by_id(key_id, Visit("", other))


def test_a_successor_has_the_same_scope_and_the_old_key_ends_after_the_overlap(lasting: Store) -> None:
    grant = {"stations": Stations(("belt-*",)), "requests_per_minute": 9, "expires_at": NOON + 29 * DAY}
    key_id, token = made(lasting, **grant)
    record, successor = rotate_key(lasting, key_id, NOON, timedelta(hours=2))
    assert (record.role, record.name, record.stations, record.requests_per_minute, record.replaces) == (
        "station", "Belt 4", '["belt-*"]', 9, key_id,
    )  # fmt: skip
    assert record.expires_at == NOON + 30 * DAY  # made for 30 days, and so is its successor
    now = [NOON + timedelta(hours=1)]
    ring = KeyRing(lasting, clock=lambda: now[0])
    assert ring.caller(token).key_id == key_id
    assert ring.caller(successor).key_id == record.id
    now[0] = NOON + timedelta(hours=2)
    assert why(ring, token) == "expired"
    with pytest.raises(CheckFailed, match="no valid key"):
        rotate_key(lasting, key_id, NOON + timedelta(hours=3))
    ring.close()


def test_a_key_has_one_successor_at_a_time_and_none_lengthens_its_life(lasting: Store) -> None:
    key_id, _ = made(lasting, expires_at=NOON + timedelta(hours=1))
    record, _ = rotate_key(lasting, key_id, NOON, 7 * DAY)
    with lasting.reading() as connection:
        old = keys.get(connection, key_id)
    assert old is not None
    assert old.expires_at == NOON + timedelta(hours=1)
    with pytest.raises(CheckFailed, match=record.id):
        rotate_key(lasting, key_id, NOON)
    revoke_key(lasting, record.id, NOON)
    assert rotate_key(lasting, key_id, NOON)[0].replaces == key_id
    for nothing in ("", "ffffffffffff"):
        with pytest.raises(CheckFailed):
            rotate_key(lasting, nothing, NOON)


def test_all_that_is_wrong_with_a_new_key_is_told_at_once(lasting: Store) -> None:
    grant = Grant(Stations(("a",)), NOON - DAY, 0, "sha256:zz")
    with pytest.raises(UsageError) as refused:
        create_key(lasting, "sop_author", "x" * 129, NOON, grant)
    told = [one.path for one in refused.value.problems]
    assert told == ["--name", "--station", "--expires", "--requests-per-minute", "--certificate"]


def notes(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [(row.action, row.subject) for row in connection.execute(select(access).order_by(access.c.id))]


def test_what_is_done_to_keys_is_on_record(lasting: Store) -> None:
    key_id, _ = made(lasting)
    record, _ = rotate_key(lasting, key_id, NOON)
    revoke_key(lasting, record.id, NOON)
    made_here = {key_id, record.id}
    assert [action for action, subject in notes(lasting) if subject in made_here] == [
        "key.create",
        "key.rotate",
        "key.create",
        "key.revoke",
    ]


def test_use_is_noted_once_a_minute_and_refusals_too(store: Store) -> None:
    key_id, _ = made(store)
    now = [NOON]
    journal, other = (KeyJournal(store, lambda: now[0], gather_s=3600.0) for _ in range(2))
    for _ in range(1000):
        journal.used(key_id)
        journal.refused(key_id, "role")
        journal.refused(key_id, "unknown")  # strangers write nothing
    journal.write()
    assert notes(store)[1:] == [("key.refused_role", key_id)]
    assert last_used(store, key_id) == NOON
    now[0] = NOON + timedelta(seconds=20)
    other.used(key_id)  # another process, within the same minute
    other.write()
    assert last_used(store, key_id) == NOON
    now[0] = NOON + timedelta(seconds=61)
    third = KeyJournal(store, lambda: now[0], gather_s=3600.0)
    third.used(key_id)
    third.write()
    assert last_used(store, key_id) == now[0]


def last_used(store: Store, key_id: str) -> datetime | None:
    with store.reading() as connection:
        found = keys.get(connection, key_id)
    return found.last_used_at if found else None


def test_an_outage_is_said_and_recovered_from(postgres_cluster: Any, tmp_path: Any) -> None:
    store = open_store(Settings(home=tmp_path, database_url=postgres_cluster.fresh_database()))
    store.upgrade()
    _, token = made(store)
    ring = KeyRing(store, clock=lambda: NOON)
    ring.caller(token)
    # Every connection is cut, as by a server that starts again.
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = user"
    with store.writing() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    assert ring.caller(token)
    ring.close()
    store.close()


@pytest.mark.parametrize("url", ["", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_store_that_is_gone_is_an_outage_and_no_refusal(tmp_path: Any, url: str) -> None:
    store = open_store(Settings(home=tmp_path / "home", database_url=url))
    with pytest.raises(StoreUnavailable):
        KeyRing(store).caller(new_key()[1])
    assert not (tmp_path / "home" / "store.sqlite3").exists()

"""The writer that all requests of a process share: groups, failures, and nobody who waits for ever."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.util import greenlet_spawn

from service.settings import Settings
from service.store import findings, group, screenings
from service.store.engine import writing
from service.store.entry import Outcome
from service.store.errors import StoreInDoubt, StoreUnavailable
from service.store.findings import Finding
from service.store.group import GroupWriter, Pending
from service.store.idempotency import Claim, Earlier
from service.store.screenings import NewScreening
from service.store.store import Store, open_store
from service.store.tables import screening
from service.store.verify import verify

NewOne = Callable[..., NewScreening]


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """Enough where it is the threads that are tested, not the database."""
    opened = open_store(Settings(home=tmp_path))
    opened.upgrade()
    yield opened
    opened.close()


def count(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(screening)).scalar_one())


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Somebody else holds the head of the chain, so that the writer has to wait and entries pile up."""
    with store.writing() as connection:
        connection.execute(text("UPDATE chain_head SET seq = seq"))
        yield


def until_picked_up(writer: GroupWriter) -> None:
    """Wait until the writer has taken what waits, and waits for the database itself."""
    while writer._queue.qsize():
        time.sleep(0.001)


def test_what_waits_is_written_in_one_transaction(store: Store, new_screening: NewOne) -> None:
    told: list[int] = []
    store.writer.tell(lambda *, records, seconds, lag, backlog: told.append(records))
    with held(store):
        first = store.writer.submit(screenings.entry(new_screening(item_id="first")))
        until_picked_up(store.writer)
        others = [store.writer.submit(screenings.entry(new_screening(item_id=str(n)))) for n in range(20)]
        assert not first.future.done()
    # SQLite lets the writer wait before it takes the others along, PostgreSQL as well, at the head of the chain.
    links = [one.outcome() for one in (first, *others)]
    assert [link.seq for link in links if not isinstance(link, Earlier) and link] == list(range(1, 22))
    store.close()  # what is told is told after those who wait
    assert told == [21]
    assert verify(store).problems == ()


def test_the_same_key_asked_for_at_once_gives_one_record(store: Store, new_screening: NewOne) -> None:
    claim = Claim("k1", "order-7", "a" * 64)
    made = [new_screening(answer=f'{{"n":{number}}}') for number in range(50)]
    start = threading.Barrier(50)

    def ask(new: NewScreening) -> Outcome:
        start.wait()
        return store.writer.write(screenings.entry(new, claim))

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(ask, made))
    (winner,) = [new for new, outcome in zip(made, outcomes, strict=True) if not isinstance(outcome, Earlier)]
    others = [outcome for outcome in outcomes if isinstance(outcome, Earlier)]
    assert others == [Earlier("a" * 64, winner.id, winner.answer)] * 49
    assert (count(store), verify(store).problems) == (1, ())


def test_one_that_cannot_be_written_takes_no_other_with_it(
    store: Store, new_screening: NewOne, new_finding: Callable[..., Finding]
) -> None:
    stray = findings.entry(new_finding(new_screening()))  # about a screening that is not there
    with held(store):
        first = store.writer.submit(screenings.entry(new_screening()))
        entries = [screenings.entry(new_screening()), stray, screenings.entry(new_screening())]
        pending = [store.writer.submit(one) for one in entries]
    for one in (first, pending[0], pending[2]):
        one.outcome()
    with pytest.raises(IntegrityError):
        pending[1].outcome()
    assert (count(store), verify(store).problems) == (3, ())


def test_an_outage_refuses_everybody_and_passes_by_itself(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE chain_head RENAME TO gone"))
    pending = [store.writer.submit(screenings.entry(new_screening())) for _ in range(5)]
    for one in pending:
        with pytest.raises(StoreUnavailable):
            one.outcome()
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO chain_head"))
    store.writer.write(screenings.entry(new_screening()))
    assert (count(store), verify(store).problems) == (1, ())


def test_who_waited_too_long_is_refused_and_never_recorded(sqlite_store: Store, new_screening: NewOne) -> None:
    with held(sqlite_store):
        first = sqlite_store.writer.submit(screenings.entry(new_screening()))
        until_picked_up(sqlite_store.writer)
        with pytest.raises(StoreUnavailable, match="did not get to"):
            sqlite_store.writer.write(screenings.entry(new_screening()), wait_s=0.05)
    first.outcome()
    sqlite_store.close()
    assert count(sqlite_store) == 1


def test_more_than_may_wait_are_refused_at_once(sqlite_store: Store, new_screening: NewOne) -> None:
    writer = GroupWriter(sqlite_store.engine, most_waiting=2)
    with held(sqlite_store):
        first = writer.submit(screenings.entry(new_screening()))
        until_picked_up(writer)
        waiting = [writer.submit(screenings.entry(new_screening())) for _ in range(2)]
        with pytest.raises(StoreUnavailable, match="Too many"):
            writer.submit(screenings.entry(new_screening()))
    for one in (first, *waiting):
        one.outcome()
    writer.close()
    assert count(sqlite_store) == 3


def test_who_is_told_of_commits_cannot_end_the_thread(
    sqlite_store: Store, new_screening: NewOne, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*, records: int, seconds: float, lag: float, backlog: int) -> None:
        raise RuntimeError("told to break")

    sqlite_store.writer.tell(broken)
    for _ in range(2):
        sqlite_store.writer.write(screenings.entry(new_screening()))
    sqlite_store.close()
    assert caplog.text.count("figures are lost") == 2


def test_closing_writes_what_waits_and_a_later_entry_starts_anew(sqlite_store: Store, new_screening: NewOne) -> None:
    pending = [sqlite_store.writer.submit(screenings.entry(new_screening())) for _ in range(30)]
    thread = sqlite_store.writer._thread
    sqlite_store.close()
    assert all(one.future.done() for one in pending)
    assert thread is not None
    assert not thread.is_alive()
    sqlite_store.writer.write(screenings.entry(new_screening()))
    assert count(sqlite_store) == 31


def test_only_what_was_being_committed_is_in_doubt(
    sqlite_store: Store, new_screening: NewOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, late = sqlite_store.writer, list[Pending]()

    @contextmanager
    def broken(engine: Engine) -> Iterator[Connection]:
        with writing(engine) as connection:
            yield connection
            late.append(writer.submit(screenings.entry(new_screening())))
            raise StoreInDoubt("lost while it committed")

    monkeypatch.setattr(group, "writing", broken)
    first = writer.submit(screenings.entry(new_screening()))
    with pytest.raises(StoreInDoubt):
        first.outcome()
    with pytest.raises(StoreUnavailable) as refused:
        late[0].outcome()
    assert not isinstance(refused.value, StoreInDoubt)


# SQLite has no line: it knows whether it has committed.
@pytest.mark.parametrize("store_settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_line_that_breaks_during_the_commit_leaves_a_doubt_and_says_so(store: Store, new_screening: NewOne) -> None:
    with store.writing() as connection:  # a check that runs within COMMIT, and ends the server's own process
        connection.execute(
            text(
                "CREATE FUNCTION break_line() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON screening DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION break_line()"
            )
        )
    with pytest.raises(StoreInDoubt, match="while it committed"):
        store.writer.write(screenings.entry(new_screening()))
    with store.writing() as connection:
        connection.execute(text("DROP TRIGGER broken ON screening"))
    store.writer.write(screenings.entry(new_screening()))
    assert (count(store), verify(store).problems) == (1, ())


def test_a_loop_takes_the_writing_over_from_the_thread_and_goes_on_after_a_failure(
    sqlite_store: Store, new_screening: NewOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = sqlite_store.writer
    writer.write(screenings.entry(new_screening(item_id="by the thread")))
    thread, by_loop = writer._thread, list[int]()
    settle = writer._settle

    def breaks(first: Pending) -> None:
        first.future.set_exception(StoreUnavailable("broken"))
        raise RuntimeError("broken")

    def noted(first: Pending) -> None:
        by_loop.append(threading.get_ident())
        settle(first)

    async def work() -> None:
        writer.work_on(asyncio.get_running_loop())
        monkeypatch.setattr(writer, "_settle", breaks)
        with pytest.raises(StoreUnavailable):
            await asyncio.to_thread(writer.write, screenings.entry(new_screening(item_id="lost")))
        monkeypatch.setattr(writer, "_settle", noted)
        entries = [screenings.entry(new_screening(item_id=f"item {number}")) for number in range(5)]
        await asyncio.gather(*(greenlet_spawn(writer.write, one, 5.0) for one in entries))

    asyncio.run(work())
    assert thread is not None
    assert not thread.is_alive()
    assert set(by_loop) == {threading.get_ident()}
    assert count(sqlite_store) == 6
    writer.write(screenings.entry(new_screening(item_id="after the loop")))
    assert count(sqlite_store) == 7


@pytest.mark.parametrize(("more", "groups"), [(True, [1, 3]), (False, [1, 1, 1, 1])])
def test_while_more_records_come_a_group_waits_for_them(
    sqlite_store: Store, new_screening: NewOne, monkeypatch: pytest.MonkeyPatch, *, more: bool, groups: list[int]
) -> None:
    writer, written = sqlite_store.writer, list[int]()
    monkeypatch.setattr(group, "PACE_S", 0.5)
    writer.tell(lambda *, records, **_: written.append(records))

    async def one_after_the_other() -> None:
        writer.work_on(asyncio.get_running_loop(), lambda: more)
        entries = [screenings.entry(new_screening(item_id=f"item {number}")) for number in range(4)]
        tasks = []
        for count, one in enumerate(entries, start=1):
            tasks.append(asyncio.create_task(greenlet_spawn(writer.write, one, 5.0)))
            while not more and len(written) < count:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.01)
        await asyncio.gather(*tasks)

    asyncio.run(asyncio.wait_for(one_after_the_other(), 30))
    assert written == groups
    assert count(sqlite_store) == 4

"""Slots, queues and what is told to those who find no room."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from service.admission import BURST_S, CALM, PATIENCE_S, Admission, Pool
from service.body_memory import BodyMemory
from service.capacity import DRAWING, Size, manifests_at_once, server_threads
from service.load_figures import LoadFigures
from service.problems import Refusal
from service.settings import Settings

FAR = 1e12


class Figures:
    """The real figures, and a look into them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.load = LoadFigures(self.registry)

    def __call__(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"parcel_screening_{name}", labels) or 0.0


@pytest.fixture
def figures() -> Figures:
    return Figures()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def waiting(figures: Figures, count: int, pool: str = "manifest") -> None:
    end = time.monotonic() + 30
    while figures("waiting", pool=pool) != count:
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.001)


@contextmanager
def in_thread(slot: Callable[[], AbstractContextManager[None]], done: list[str], name: str) -> Iterator[None]:
    def run() -> None:
        with slot():
            done.append(name)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join(30)
    assert not thread.is_alive()


def test_turns_come_in_the_order_of_arrival_and_batches_stand_back(figures: Figures) -> None:
    pool, done = Pool("manifest", Size(1, 2), figures.load), list[str]()
    with ExitStack() as threads, pool.slot():
        for number, (name, slot) in enumerate(
            [("batch", pool.spare_slot), ("first", pool.slot), ("second", pool.slot)], start=1
        ):
            threads.enter_context(in_thread(slot, done, name))
            waiting(figures, number)
        with pytest.raises(Refusal) as refused, pool.slot():
            pass
    assert done == ["first", "second", "batch"]
    assert (refused.value.code, int(refused.value.headers["Retry-After"]) >= 1) == ("overloaded", True)
    assert figures("load_refused_total", pool="manifest", reason="queue_full") == 1
    assert (figures("waiting", pool="manifest"), figures("working", pool="manifest")) == (0, 0)


def test_a_batch_that_gave_way_for_long_is_next(figures: Figures) -> None:
    clock, done = Clock(), list[str]()
    pool = Pool("manifest", Size(1, 2), figures.load, clock)
    with ExitStack() as threads, pool.slot():
        threads.enter_context(in_thread(pool.spare_slot, done, "batch"))
        waiting(figures, 1)
        threads.enter_context(in_thread(pool.slot, done, "belt"))
        waiting(figures, 2)
        clock.now += PATIENCE_S + 1
    assert done == ["batch", "belt"]


def test_who_waits_beyond_the_deadline_is_refused_and_takes_no_place(figures: Figures) -> None:
    pool = Pool("picture", Size(1, 1), figures.load)
    with pool.slot():
        with pytest.raises(Refusal) as refused, pool.slot(time.perf_counter() + 0.25):
            pass
        assert figures("waiting", pool="picture") == 0
    assert refused.value.code == "deadline"
    with pool.slot(time.perf_counter() + 30):
        assert figures("working", pool="picture") == 1


def test_a_queue_holds_no_more_than_can_be_served_before_the_deadline(figures: Figures) -> None:
    clock = Clock()
    pool = Pool("picture", Size(2, 100), figures.load, clock)
    with pool.slot():
        clock.now += 30
    assert pool.expected_wait() == pytest.approx(15)
    with pool.slot(), pool.slot():
        with pytest.raises(Refusal) as refused, pool.slot(clock.now + 14):
            pass
        assert (refused.value.code, refused.value.headers["Retry-After"]) == ("overloaded", "15")
        assert figures("working", pool="picture") == 2


@contextmanager
def some_wait(pool: Pool, figures: Figures, count: int = 1) -> Iterator[None]:
    with ExitStack() as threads, pool.slot():
        for number in range(1, count + 1):
            assert not pool.no_room()
            threads.enter_context(in_thread(pool.slot, [], "waits"))
            waiting(figures, number)
        yield


def overflown(figures: Figures) -> Pool:
    """Return a pool in which a slot is held for long, after a burst that was larger than its queue."""
    clock = Clock()
    pool = Pool("manifest", Size(1, 2, most_wait=1.0), figures.load, clock)
    with pool.slot():
        clock.now += 10
    with some_wait(pool, figures, 2):
        assert pool.fills()
        assert pool.no_room()
    assert not pool.fills()
    return pool


@pytest.mark.parametrize(("free", "crowded"), [((CALM - 1,), True), ((CALM,), False), ((CALM - 1, CALM - 1), True)])
def test_a_crowd_may_fill_the_queue_again_once_some_in_a_row_found_a_free_slot(
    figures: Figures, free: tuple[int, ...], crowded: bool
) -> None:
    pool = overflown(figures)
    for number, count in enumerate(free):
        if number:
            with pool.slot():
                assert pool.no_room()
        for _ in range(count - 1):
            with pool.slot():
                pass
    with pool.slot():  # the last of those that find a free slot
        assert bool(pool.no_room()) == crowded


@pytest.mark.parametrize(("most_wait", "left"), [(0.1, 0), (2.5, 2), (1e9, 4)])
def test_a_queue_that_overflows_for_longer_than_a_burst_keeps_only_who_waits_for_a_moment(
    figures: Figures, most_wait: float, left: int
) -> None:
    clock, told = Clock(), list[str]()
    pool = Pool("manifest", Size(1, 4, most_wait=most_wait), figures.load, clock)
    with pool.slot():
        clock.now += 1  # so long does one take
    with ExitStack() as threads, pool.slot():
        for number in range(1, 5):
            threads.enter_context(in_thread(lambda: telling(pool, told), [], "waits"))
            waiting(figures, number)
        assert pool.no_room()
        clock.now += BURST_S
        assert pool.no_room()
        assert (figures("waiting", pool="manifest"), told) == (4, [])  # a burst works itself off
        clock.now += BURST_S
        assert pool.no_room()
        waiting(figures, left)
    assert sorted(told) == ["overloaded"] * (4 - left) + ["served"] * left
    assert (figures("waiting", pool="manifest"), figures("working", pool="manifest")) == (0, 0)


@contextmanager
def telling(pool: Pool, told: list[str]) -> Iterator[None]:
    try:
        with pool.slot():
            told.append("served")
    except Refusal as refusal:
        told.append(refusal.code)
    yield


def test_bodies_share_the_memory_and_the_largest_is_always_taken(figures: Figures) -> None:
    memory = BodyMemory(100, figures.load)
    with memory.held(1000), pytest.raises(Refusal) as refused, memory.held(1):
        pass
    assert (refused.value.code, refused.value.headers["Retry-After"]) == ("overloaded", "1")
    with memory.held(40), memory.held(60), pytest.raises(Refusal), memory.held(1):
        pass
    with memory.held(99), memory.held(1):
        pass
    assert figures("load_refused_total", pool="body", reason="memory") == 2


def test_a_slot_is_given_back_after_a_failure(figures: Figures) -> None:
    pool = Pool("manifest", Size(1, 0), figures.load)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), pool.slot():
            raise ZeroDivisionError
    assert figures("working", pool="manifest") == 0


def test_no_slot_is_lost_or_made_under_many_threads(figures: Figures) -> None:
    pool, counts, lock, inside = (
        Pool("manifest", Size(3, 4), figures.load),
        dict.fromkeys("rdw", 0),
        threading.Lock(),
        [0],
    )

    def visit(number: int) -> None:
        for turn in range(60):
            low = number % 4 == 0
            try:
                with pool.spare_slot() if low else pool.slot(time.perf_counter() + 0.001 * (turn % 5)):
                    with lock:
                        inside[0] += 1
                        assert inside[0] <= 3
                    time.sleep(0.0001)
                    with lock:
                        inside[0] -= 1
                        counts["w"] += 1
            except Refusal as refusal:
                with lock:
                    counts["d" if refusal.code == "deadline" else "r"] += 1

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(counts.values()) == 12 * 60
    assert counts["w"] >= 3 * 60  # batches are never refused
    assert (figures("waiting", pool="manifest"), figures("working", pool="manifest")) == (0, 0)
    with pool.slot(), pool.slot(), pool.slot():
        assert figures("working", pool="manifest") == 3


@pytest.mark.parametrize(
    ("given", "at_once"),
    [({}, 1), ({"database_url": "postgresql://db/parcels"}, 8), ({"database_url": "sqlite:///a", "threads": 3}, 3)],
)
def test_how_many_manifests_are_begun_at_once_depends_on_the_store(given: dict[str, Any], at_once: int) -> None:
    assert manifests_at_once(Settings(**given)) == at_once


def test_a_worker_has_a_thread_for_everybody_who_may_work_or_wait() -> None:
    settings = Settings(threads=3, manifest_queue=5, picture_threads=2, picture_queue=7, batches=11, body_readers=13)
    admission = Admission(settings, Figures().load)
    storing = admission.storing._size
    assert storing.slots > 3 + 5 + 2 + 7
    assert server_threads(settings) >= 3 + 5 + 2 + 7 + 11 + 13 + 8 + storing.slots + DRAWING.slots + DRAWING.queue

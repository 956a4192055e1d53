"""Threads that compute take turns; who waits for something lets the next one, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.front.turns import Turns, away, give_way

LIMIT_S = 30.0


def test_one_thread_computes_at_a_time() -> None:
    turns, inside, most = Turns(patience=LIMIT_S, most=LIMIT_S), [0], [0]

    def compute(_: int) -> None:
        with turns.one():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.002)  # here it would compute
            inside[0] -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(compute, range(40)))
    assert most == [1]


def test_who_is_away_holds_nobody_up_and_waits_for_the_turn_afterwards() -> None:
    turns, left, back = Turns(patience=LIMIT_S, most=LIMIT_S), threading.Event(), threading.Event()
    order: list[str] = []

    def leaves() -> None:
        with turns.one():
            with away():
                left.set()
                assert back.wait(LIMIT_S)
                order.append("away")
            order.append("back")

    def computes() -> None:
        assert left.wait(LIMIT_S)
        with turns.one():
            back.set()
            time.sleep(0.1)
            order.append("computed")

    with ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(leaves), threads.submit(computes)]:
            future.result(LIMIT_S)
    assert order == ["away", "computed", "back"]


def test_who_waits_too_long_goes_on_without_a_turn() -> None:
    turns, holding = Turns(patience=0.01), threading.Event()

    def blocks(until: threading.Event) -> None:
        with turns.one():
            holding.set()
            assert until.wait(LIMIT_S)

    done = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        blocked = threads.submit(blocks, done)
        assert holding.wait(LIMIT_S)
        with turns.one(), away():
            pass
        done.set()
        blocked.result(LIMIT_S)
    with turns.one():
        pass  # and the turn is there again


def test_a_request_that_fails_gives_its_turn_back() -> None:
    turns = Turns(patience=LIMIT_S, most=LIMIT_S)
    with pytest.raises(RuntimeError), turns.one():
        raise RuntimeError
    with pytest.raises(RuntimeError), turns.one(), away():
        raise RuntimeError
    began = time.monotonic()
    with turns.one():
        assert time.monotonic() - began < LIMIT_S / 2


def test_elsewhere_it_does_nothing() -> None:
    with away():
        pass
    give_way()


def test_a_thread_begins_no_step_while_the_loop_has_a_request() -> None:
    turns, order = Turns(patience=LIMIT_S, most=LIMIT_S), list[str]()
    at_work, may_go_on = threading.Event(), threading.Event()

    def two_steps() -> None:
        with turns.one():
            at_work.set()
            assert may_go_on.wait(LIMIT_S)
            order.append("first step")
            give_way()
            order.append("second step")

    with ThreadPoolExecutor(1) as threads:
        thread = threads.submit(two_steps)
        assert at_work.wait(LIMIT_S)
        with turns.on_loop(), turns.on_loop():
            may_go_on.set()
            time.sleep(0.1)
            order.append("request")
        thread.result(LIMIT_S)
    assert order == ["first step", "request", "second step"]


def test_a_loop_that_never_rests_keeps_nobody_for_ever() -> None:
    turns = Turns(patience=0.01)
    with turns.on_loop(), ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: steps(turns, 3)).result(LIMIT_S)


def test_a_request_waits_so_long_and_no_longer_for_all_its_steps_together() -> None:
    turns, began = Turns(patience=0.05, most=0.2), time.monotonic()
    with turns.on_loop(), ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: steps(turns, 200)).result(LIMIT_S)
    assert time.monotonic() - began < 200 * 0.05 / 2


def steps(turns: Turns, count: int) -> None:
    with turns.one():
        for _ in range(count):
            give_way()

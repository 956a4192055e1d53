"""Connections over which nothing was sent for long are cut, others not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from service.connections import HASTY
from service.silent_connections import Cutter


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_only_connections_of_a_listener_that_heard_nothing_for_long_are_cut(opened: ExitStack) -> None:
    listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
    callers = [opened.enter_context(socket.create_connection(listener.getsockname(), timeout=10)) for _ in range(2)]
    served = [opened.enter_context(listener.accept()[0]) for _ in callers]
    for one in served:
        one.settimeout(10)
    time.sleep(0.6)
    served[1].sendall(b"an answer")
    assert Cutter(0.5).cut() == 1  # on a busy machine some time passes after the answer, too
    assert served[0].recv(10) == b""  # whoever waits for a body goes on
    served[0].sendall(b"a refusal")
    assert callers[0].recv(20) == b"a refusal"
    callers[1].sendall(b"more")
    assert served[1].recv(10) == b"more"
    assert Cutter(60).cut() == 0


def test_connections_to_others_are_left_alone(opened: ExitStack) -> None:
    elsewhere = socket.create_server(("127.0.0.1", 0))
    mine = opened.enter_context(socket.create_connection(elsewhere.getsockname(), timeout=10))
    other = opened.enter_context(elsewhere.accept()[0])
    elsewhere.close()  # as with a database in another process, no listener of ours has its port
    time.sleep(0.15)
    assert Cutter(0.1).cut() == 0
    other.sendall(b"still there")
    assert mine.recv(20) == b"still there"


def test_a_body_that_comes_in_haste_is_not_cut_until_it_stops(opened: ExitStack) -> None:
    listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
    caller = opened.enter_context(socket.create_connection(listener.getsockname(), timeout=10))
    served = opened.enter_context(listener.accept()[0])
    cutter, drained = Cutter(0.5), threading.Thread(target=lambda: served.recv(HASTY, socket.MSG_WAITALL))
    assert cutter.cut() == 0
    drained.start()
    caller.sendall(b"x" * HASTY)
    drained.join()
    time.sleep(0.6)
    assert cutter.cut() == 0  # it heard nothing for long, but has sent much since the last look
    time.sleep(0.6)
    caller.sendall(b"a trickle")
    assert cutter.cut() == 1

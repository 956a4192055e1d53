"""What the system tells of connections: which is whose, what was taken of an answer, and who is given up."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from service.connections import connection_of, told_of
from service.front.taken import NotTakenError, Taken, taken_by

PIECE = 64 * 1024
MOST = 8 * PIECE
Ends = tuple[socket.socket, socket.socket]
"""The service's and the caller's."""


@contextlib.contextmanager
def connected(address: str = "127.0.0.1") -> Iterator[Ends]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as listener, socket.socket(family) as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)  # so that its system takes little by itself
        caller.settimeout(20)
        caller.connect(listener.getsockname())
        served, _ = listener.accept()
        with served:
            served.setblocking(False)
            yield served, caller


def fill(served: socket.socket, taken: Taken, pieces: int) -> None:
    """Send as the server does: it holds what the system does not take."""
    held = bytearray()
    for _ in range(pieces):
        held += b"x" * PIECE
        with contextlib.suppress(BlockingIOError):
            while held:
                del held[: served.send(held)]
        taken.sent(PIECE)


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_no_more_is_sent_than_the_bound_until_the_caller_takes_it() -> None:
    with connected() as (served, caller):
        done = threading.Event()

        def send() -> None:
            fill(served, Taken(served, patience=20, most=MOST), 16)
            done.set()

        thread = threading.Thread(target=send)
        thread.start()
        assert not done.wait(0.3)
        received = 0
        while received < 8 * PIECE:
            received += len(caller.recv(PIECE))
        assert done.wait(10)
        thread.join()


def test_a_caller_who_takes_nothing_is_given_up_and_sees_that_the_answer_broke_off() -> None:
    with connected() as (served, caller):
        taken, began = Taken(served, patience=0.4, most=MOST), time.monotonic()
        with pytest.raises(NotTakenError):
            fill(served, taken, 32)
        assert time.monotonic() - began >= 0.4
        with pytest.raises(BrokenPipeError):
            served.send(b"the end of the answer")
        received = 0
        with contextlib.suppress(ConnectionError):
            while data := caller.recv(PIECE):
                received += len(data)
        assert received < 32 * PIECE


def test_a_caller_who_sends_much_meanwhile_is_not_given_up() -> None:
    with connected() as (served, caller):
        taken, ended = Taken(served, patience=0.5, most=MOST), threading.Event()

        def upload() -> None:
            for _ in range(12):  # ends a while after patience would have
                caller.sendall(b"y" * 1024 * 1024)
                time.sleep(0.1)
            ended.set()

        def read() -> None:
            served_too = served.dup()
            while not ended.is_set():
                with contextlib.suppress(BlockingIOError):
                    served_too.recv(1 << 20)
            served_too.close()

        threads = [threading.Thread(target=one) for one in (upload, read)]
        for one in threads:
            one.start()
        with pytest.raises(NotTakenError):
            fill(served, taken, 32)
        assert ended.is_set()
        for one in threads:
            one.join()


def test_a_caller_who_has_gone_holds_nobody_up() -> None:
    with connected() as (served, caller):
        began = time.monotonic()
        taken = Taken(served, patience=20, most=MOST)
        threading.Timer(0.1, caller.close).start()
        with pytest.raises(NotTakenError):
            fill(served, taken, 32)
        assert time.monotonic() - began < 10


def test_where_the_system_does_not_tell_nothing_waits() -> None:
    Taken(None, patience=20, most=1).sent(1000)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_connection_is_found_by_its_ends(address: str) -> None:
    def place(one: tuple[object, ...]) -> str:
        return f"[{one[0]}]:{one[1]}" if ":" in address else f"{one[0]}:{one[1]}"

    with connected(address) as (served, caller), connected(address) as (other, _):
        found = connection_of(place(served.getsockname()), place(caller.getsockname()))
        assert found is not None
        with found:
            assert (found.getsockname(), found.getpeername()) == (served.getsockname(), served.getpeername())
            assert found.fileno() != served.fileno()
        caller.sendall(b"abc")
        wait_for(lambda: told_of(served).come == 3)
        assert connection_of(place(served.getsockname()), place(other.getsockname())) is None
        assert connection_of("nowhere", "") is None
        with taken_by(place(other.getsockname()), "10.0.0.7:1", patience=1) as taken:
            taken.sent(10**9)

"""Look-ups outside of transactions: what a crowd needed at once is not kept for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from service.store.direct import MOST_IDLE, DirectReader
from service.store.store import Store

CROWD = MOST_IDLE + 5


class Slow:
    """A real connection, whose statement is answered when all of a crowd have asked theirs."""

    def __init__(self, connection: Any, together: threading.Barrier) -> None:
        self.connection, self.together, self.closed = connection, together, False

    def execute(self, statement: str, values: Any) -> Any:
        self.together.wait()
        return self.connection.execute(statement, values)

    def close(self) -> None:
        self.closed = True
        self.connection.close()


def test_connections_that_a_crowd_needed_are_not_all_kept(store: Store) -> None:
    reader, together, opened = DirectReader(store.engine), threading.Barrier(CROWD, timeout=60), list[Slow]()
    connect = reader._connect

    def slowly() -> Slow:
        opened.append(Slow(connect(), together))
        return opened[-1]

    reader._connect = slowly
    with ThreadPoolExecutor(CROWD) as pool:
        rows = list(pool.map(lambda _: reader.rows("SELECT seq FROM chain_head", ()), range(CROWD)))
    assert rows == [[(0,)]] * CROWD
    assert (len(opened), sum(one.closed for one in opened)) == (CROWD, CROWD - MOST_IDLE)
    reader.close()
    assert all(one.closed for one in opened)

"""Does a piece of work in a thread while the next one is prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(work: Iterable[Callable[[], T]]) -> Iterator[T]:
    """Yield what pieces of work return, in their order.

    Worth it where preparing a piece waits for something else (a database) than doing it does (a parser without the
    interpreter's lock). At most two results are held at once.

    Raises:
        Exception: What a piece raises, in its place.
    """
    with ThreadPoolExecutor(1, "one-ahead") as pool:
        doing: Future[T] | None = None
        for piece in work:
            following = pool.submit(piece)
            if doing is not None:
                yield doing.result()
            doing = following
        if doing is not None:
            yield doing.result()

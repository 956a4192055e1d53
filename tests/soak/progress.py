"""What is told while it runs: on a terminal one line that changes, in a pipe nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

Say = Callable[[str], None]


def silent(_: str) -> None:
    """Say nothing."""


@contextmanager
def saying(console: Console, part: str) -> Iterator[Say]:
    """Yield a function that shows how far a part is."""
    if not console.is_terminal:
        yield silent
        return
    with console.status(part) as status:
        yield lambda text: status.update(f"{part}: {text}")

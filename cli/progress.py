"""Progress for people: a bar with the time left on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY = 64
"""Rows between two updates: drawing each would cost more than the work."""


@contextmanager
def bar(title: str, total: int | None = None, every: int = EVERY) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr while the block runs; yields a function that takes the number done so far.

    `every` is how many of them lie between two updates: 1 where each takes long.
    """
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield lambda done: None
        return
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*shown, console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)

        def update(done: int) -> None:
            if done % every == 0 or done == total:
                progress.update(task, completed=done)

        yield update


@contextmanager
def steps(title: str) -> Iterator[Callable[[str], None]]:
    """Show which step runs, on a terminal; yields a function that takes the step's name."""
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield lambda step: None
        return
    with console.status(title) as status:
        yield lambda step: status.update(f"{title}: {step}")

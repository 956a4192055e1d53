"""Progress for people: bars with the time left on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

EVERY = 64
"""Rows between two updates: drawing each would cost more than the work."""
Update = Callable[[int], None]


class Stages:
    """The stages of one long command, each with its own bar; without a terminal nothing is shown."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def __call__(self, title: str, total: int | None = None, every: int = EVERY) -> Update:
        """Begin a stage.

        Args:
            title: What is counted.
            total: How many there will be; None where nobody knows.
            every: How many of them lie between two updates: 1 where each takes long.

        Returns:
            A function that takes the number done so far.
        """
        if self._progress is None:
            return lambda done: None
        # The clock of a stage starts with its first unit, so that waiting for its turn does not count as work.
        return _Bar(self._progress, self._progress.add_task(title, total=total, start=False), total, every)

    def steps(self, title: str, total: int) -> Callable[[str], None]:
        """Begin a stage of named steps, about `total` of them; returns a function told each step as it begins."""
        if self._progress is None:
            return lambda name: None
        progress = self._progress
        task, names = progress.add_task(title, total=total), iter(range(total + 1))

        def step(name: str) -> None:
            progress.update(task, completed=next(names, total), description=f"{title}: {name}")

        return step

    def counted(self, title: str) -> Callable[[int, int], None]:
        """Begin a stage whose total is known only with its first unit; returns a function told (done, total)."""
        if self._progress is None:
            return lambda done, total: None
        progress, task = self._progress, self._progress.add_task(title, total=None, start=False, visible=False)

        def update(done: int, total: int) -> None:
            progress.start_task(task)
            progress.update(task, completed=done, total=total, visible=True)

        return update

    def step(self, name: str) -> None:
        """Say which step runs, where nothing can be counted."""
        if self._progress is not None:
            for task in self._progress.tasks:
                if not task.finished and task.total is None:
                    self._progress.update(task.id, visible=False)
            self._progress.add_task(name, total=None)


class _Bar:
    def __init__(self, progress: Progress, task: TaskID, total: int | None, every: int) -> None:
        self._progress, self._task, self._total, self._every = progress, task, total, every
        self._begun = False

    def __call__(self, done: int) -> None:
        if not self._begun:
            self._progress.start_task(self._task)
            self._begun = True
        if done % self._every == 0 or done == self._total:
            self._progress.update(self._task, completed=done)


@contextmanager
def stages() -> Iterator[Stages]:
    """Show bars on stderr while the block runs, gone at its end."""
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield Stages(None)
        return
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*shown, console=console, transient=True) as progress:
        yield Stages(progress)


@contextmanager
def bar(title: str, total: int | None = None, every: int = EVERY) -> Iterator[Update]:
    """Show one bar; yields a function that takes the number done so far. See `Stages` for the arguments."""
    with stages() as stage:
        yield stage(title, total, every)

"""What came out, as one table for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.soak.http_wire import ConnectionLost
from tests.soak.service_process import SoakError

SHOWN = 20
"""Problems printed of one outcome; the JSON file has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One line of the table.

    Attributes:
        part: Name of the part.
        tried: What was done, in words.
        times: How many times.
        answers: Answers that clients received and that were looked up in the store, byte for byte.
        lost: How many of those were not there.
        recovery: Seconds until the service was up again, each time.
        measured: What else was measured, in words.
        problems: Everything that was not as promised.
        skipped: Why it was not run; empty where it was.
    """

    part: str
    tried: str
    times: int = 0
    answers: int = 0
    lost: int = 0
    recovery: tuple[float, ...] = ()
    measured: str = ""
    problems: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def kept(self) -> bool:
        """Whether everything was as promised."""
        return not self.lost and not self.problems


def attempted(part: str, tried: str, work: Callable[[], Outcome]) -> Outcome:
    """Return what came out, also where the harness could not go on."""
    try:
        return work()
    except (SoakError, ConnectionLost) as error:
        return could_not(part, tried, error)


def could_not(part: str, tried: str, error: Exception) -> Outcome:
    """Return the outcome of what the harness could not finish: a promise that was not shown to be kept."""
    return Outcome(part=part, tried=tried, problems=(f"could not go on: {error}",))


def within(seconds: Sequence[float], limit: float, what: str) -> tuple[str, ...]:
    """Return the problem that the slowest took longer than promised, or nothing."""
    slow = [one for one in seconds if one > limit]
    if not slow:
        return ()
    return (f"{what}: {len(slow)} of {len(seconds)} took longer than {limit:g} s (slowest {max(slow):.2f} s)",)


def show(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print the table, and below it what was not as promised."""
    table = Table(title="What was tried, and what was lost", title_justify="left")
    table.add_column("Tried", ratio=3)
    for name in ("Times", "Answers kept", "Lost"):
        table.add_column(name, justify="right")
    table.add_column("Up again: median, max s", justify="right")
    table.add_column("Measured", ratio=3)
    table.add_column("As promised")
    for one in outcomes:
        table.add_row(*_cells(one))
    console.print(table)
    for one in outcomes:
        for problem in one.problems[:SHOWN]:
            console.print(f"[red]{one.part}[/]: {escape(problem)}", soft_wrap=True)
        if len(one.problems) > SHOWN:
            console.print(f"[red]{one.part}[/]: and {len(one.problems) - SHOWN} more")


def _cells(one: Outcome) -> tuple[str, ...]:
    if one.skipped:
        return (escape(one.tried), "", "", "", "", escape(one.skipped), "[yellow]not run[/]")
    recovery = f"{median(one.recovery):.2f}, {max(one.recovery):.2f}" if one.recovery else ""
    verdict = "[green]yes[/]" if one.kept else "[bold red]no[/]"
    kept = f"{one.answers - one.lost:,}" if one.answers else ""
    return (escape(one.tried), f"{one.times:,}", kept, f"{one.lost:,}", recovery, escape(one.measured), verdict)


def write_json(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write all outcomes with every problem and every recovery time."""
    rows = [{**asdict(one), "kept": one.kept} for one in outcomes]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

"""From runs to medians, ratios of the same round, goals and tables in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.serving.catalogue import GOALS, WORKERS, Goal
from benchmarks.serving.measure import Run


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, smallest and largest over the rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Iterable[float]) -> Spread:
        """Return that of at least one figure."""
        found = sorted(figures)
        return cls(statistics.median(found), found[0], found[-1])

    def text(self, digits: int) -> str:
        """Return it for readers; without its ends where they are the same."""
        middle, ends = f"{self.median:,.{digits}f}", f"{self.least:,.{digits}f} to {self.most:,.{digits}f}"
        return middle if self.least == self.most else f"{middle} ({ends})"


@dataclass(frozen=True, slots=True)
class Judged:
    """A goal with the ratio that was found; `met` is None where no bound was asked for."""

    goal: Goal
    workers: int
    ratio: Spread
    met: bool | None


def judged(runs: Sequence[Run]) -> list[Judged]:
    """Return every goal whose two cases were run with the same number of workers."""
    by_case = {(run.case, run.round): run for run in runs}
    rounds = sorted({run.round for run in runs})
    found = []
    for goal in GOALS:
        for workers in WORKERS:
            mine, peers = (
                [by_case.get((f"{name}-{workers}", number)) for number in rounds] for name in (goal.case, goal.peer)
            )
            both = [(one, peer) for one, peer in zip(mine, peers, strict=True) if one and peer]
            ratios = [getattr(one, goal.figure) / getattr(peer, goal.figure) for one, peer in both]
            if ratios:
                found.append(_judge(goal, workers, Spread.of(ratios)))
    return found


def _judge(goal: Goal, workers: int, ratio: Spread) -> Judged:
    bounded = goal.least is not None or goal.most is not None
    return Judged(goal, workers, ratio, goal.met(ratio.median) if bounded else None)


def figures_table(runs: Sequence[Run], titles: dict[str, str]) -> str:
    """Return the table of all cases, in the order in which they were run."""
    lines = [
        "| server | workers | requests/s | p50 ms | p99 ms | errors | server CPU, ms each | generator, cores |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for case in dict.fromkeys(run.case for run in runs):
        lines.append(_row(titles[case], case.rpartition("-")[2], [run for run in runs if run.case == case]))
    return "\n".join(lines)


def _row(title: str, workers: str, mine: Sequence[Run]) -> str:
    rate = Spread.of(run.requests_per_second for run in mine).text(0)
    p50, p99 = (Spread.of(getattr(run, name) for run in mine).text(1) for name in ("p50_ms", "p99_ms"))
    cpu, generator = (Spread.of(getattr(run, name) for run in mine).median for name in ("cpu_ms", "generator"))
    errors = sum(run.errors for run in mine)
    return f"| {title} | {workers} | {rate} | {p50} | {p99} | {errors} | {cpu:.2f} | {generator:.2f} |"


def goals_table(found: Sequence[Judged]) -> str:
    """Return the table of the goals."""
    words = {True: "yes", False: "**no**", None: ""}
    lines = ["| ours divided by the peer, same round | workers | ratio | met |", "|---|---|---|---|"]
    for one in found:
        digits = 3 if one.goal.figure == "p99_ms" else 2
        lines.append(f"| {one.goal.text} | {one.workers} | {one.ratio.text(digits)} | {words[one.met]} |")
    return "\n".join(lines)


def noise(runs: Sequence[Run]) -> str:
    """Return what else the machine did meanwhile."""
    names = ("others", "stolen", "load_average")
    others, stolen, load = (Spread.of(getattr(run, name) for run in runs) for name in names)
    return (
        f"Everything else on the machine took {others.text(2)} cores, and other machines on its host kept "
        f"{stolen.text(2)} from it (steal); load average before a run {load.text(1)}."
    )


def report(result: dict[str, Any]) -> str:
    """Return all tables of a result as it stands in `serving.json`."""
    runs = [Run(**one) for one in result["runs"]]
    machine = result["machine"]
    options = result["options"]
    return "\n\n".join(
        [
            f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}, Python {machine['python']}; "
            f"{result['date']}, service {result['service']}. {options['connections']} connections, "
            f"{options['seconds']:g} s a run after {options['warm']:g} s of warm-up, {options['rounds']} rounds, "
            f"{options['past']:,} parcels on record before each run. Medians over the rounds (smallest to largest).",
            figures_table(runs, result["titles"]),
            goals_table(judged(runs)),
            noise(runs),
            *(f"**{case} failed:** {reason.splitlines()[0]}" for case, reason in result["failed"].items()),
            "Peers: " + ", ".join(f"{name} {version}" for name, version in result["peers"].items()) + ".",
        ]
    )

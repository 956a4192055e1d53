"""Figures of load: seconds by stage, who waits, who was refused, and how the store keeps up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from service.stages import STAGES, Stage

PREFIX = "parcel_screening"
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NOT_READ = ("died", "slow", "not_started", "broke")
"""Why a picture process gave no result; see `service.pictures.reader.Cause`."""
GROUPS = (1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(slots=True)
class _PoolFigures:
    """One pool's figures, and how many it was last shown to have waiting."""

    waiting: Gauge
    working: Gauge
    shown: int | None = None


class LoadFigures:
    """The figures of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        stages = Histogram(
            f"{PREFIX}_stage_seconds", "Seconds of a screening by stage.", ["stage"], buckets=SECONDS, registry=registry
        )
        self._stages = {name: stages.labels(name) for name in STAGES}
        self._waiting = Gauge(
            f"{PREFIX}_waiting",
            "Requests that wait for a slot, by pool.",
            ["pool"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._working = Gauge(
            f"{PREFIX}_working",
            "Requests that are worked on, by pool.",
            ["pool"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._pools: dict[str, _PoolFigures] = {}
        self._refused = Counter(
            f"{PREFIX}_load_refused",
            "Requests refused because of load, by pool and reason (queue_full, deadline).",
            ["pool", "reason"],
            registry=registry,
        )
        self._not_read = Counter(
            f"{PREFIX}_picture_process_failures",
            "Times a picture process gave no result, by cause (died, slow, not_started, broke).",
            ["cause"],
            registry=registry,
        )
        for cause in NOT_READ:
            self._not_read.labels(cause)  # shown as 0: a rise from nothing is none to Prometheus
        self._group = Histogram(
            f"{PREFIX}_store_group_records", "Records written by one commit.", buckets=GROUPS, registry=registry
        )
        self._commit = Histogram(
            f"{PREFIX}_store_commit_seconds", "Seconds of one commit.", buckets=SECONDS, registry=registry
        )
        self._lag = Gauge(
            f"{PREFIX}_store_lag_seconds",
            "Seconds that the oldest record of the latest commit waited until it was on disk; the worst worker's.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._backlog = Gauge(
            f"{PREFIX}_store_backlog",
            "Records that wait for the store.",
            registry=registry,
            multiprocess_mode="livesum",
        )

    def stages(self, seconds: Mapping[Stage, float]) -> None:
        """Count the stages of one request."""
        for name, spent in seconds.items():
            self._stages[name].observe(spent)

    def pool(self, pool: str, *, waiting: int, working: int) -> None:
        """Show how many requests of a pool wait, and how many are worked on; one call at a time for each pool."""
        figures = self._pools.get(pool)
        if figures is None:
            figures = self._pools[pool] = _PoolFigures(self._waiting.labels(pool), self._working.labels(pool))
        # Most requests find nobody waiting; every figure written costs a lock and a look at the process's number.
        if waiting != figures.shown:
            figures.waiting.set(waiting)
            figures.shown = waiting
        figures.working.set(working)

    def refused(self, pool: str, reason: str) -> None:
        """Count one request that was refused because of load."""
        self._refused.labels(pool, reason).inc()

    def not_read(self, cause: str) -> None:
        """Count one picture that a picture process gave no result for."""
        self._not_read.labels(cause).inc()

    def committed(self, *, records: int, seconds: float, lag: float, backlog: int) -> None:
        """Show one commit.

        Args:
            records: How many records it wrote.
            seconds: How long it took.
            lag: How long the oldest of them waited until it was on disk, in seconds.
            backlog: How many records wait now.
        """
        self._group.observe(records)
        self._commit.observe(seconds)
        self._lag.set(lag)
        self._backlog.set(backlog)

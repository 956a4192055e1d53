"""One run: start a server, load it, look at its answers and its store, stop it."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.serving.cases import Case, Site, Started
from benchmarks.serving.load import Outcome, Plan, Request, load
from benchmarks.serving.traffic import Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The figures of one run.

    Attributes:
        case: Its label.
        round: Its number.
        requests_per_second: Good answers in the window.
        p50_ms, p99_ms: Of their latencies, by nearest rank.
        errors: See `load.Outcome`.
        cpu_ms: Processor time of the server, its database included, for each good answer.
        generator: Share of one core that the generator took.
        others: Cores that everything else on the machine took.
        stolen: Cores that the machine asked for and did not get, because its host was at other machines' work (steal).
        load_average: Over one minute, before the run.
        records: Records that the run has added.
        first_error: The first answer that was none.
    """

    case: str
    round: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_ms: float
    generator: float
    others: float
    stolen: float
    load_average: float
    records: int
    first_error: str


@dataclass(frozen=True, slots=True)
class Supply:
    """What is sent: parcels without end, and some ready features as JSON arrays.

    Attributes:
        parcels: Made beforehand, so that making them costs nothing during a run.
        features: Sent in turn where features are given.
        score: Returns the model's score of a manifest, or of features where they are given.
    """

    parcels: Sequence[Parcel]
    features: Sequence[str]
    score: Callable[[Request], float]

    def requests(self, case: Case, headers: dict[str, str]) -> Iterator[Request]:
        """Yield the requests of a case; in every run the same ones.

        Raises:
            RuntimeError: The server is faster than there are parcels.
        """
        features: Iterator[str] = itertools.cycle(self.features) if case.given else itertools.repeat("")
        for parcel, ready in zip(self.parcels, features, strict=False):
            yield case.request(parcel, ready, headers)
        raise RuntimeError(f"{len(self.parcels)} parcels are not enough; ask for fewer --seconds.")


class Marks:
    """Processor times when the window begins and when it ends (Linux)."""

    def __init__(self, started: Started) -> None:
        self._started = started
        self.server: list[float] = []
        self.machine: list[float] = []
        self.stolen: list[float] = []

    def __call__(self) -> None:
        """Take both."""
        self.server.append(self._started.cpu_seconds())
        times = psutil.cpu_times()
        self.machine.append(times.user + times.system + times.nice + times.irq + times.softirq)
        self.stolen.append(times.steal)


def measured(case: Case, site: Site, supply: Supply, plan: Plan, number: int) -> Run:
    """Run one case.

    Raises:
        RuntimeError: The server does not start, an answer is wrong, or the store lacks an answer that was sent.
    """
    site.folder.mkdir()
    before = os.getloadavg()[0]
    try:
        with case.start(site, case.workers) as started:
            held = started.records()
            marks = Marks(started)
            requests = supply.requests(case, started.headers)
            outcome = load(started.running.port, requests, plan, marks)
            _look(case, outcome, supply)
            added = started.records() - held
        # An answer that the generator no longer waited for may be on record too.
        if added < outcome.good if started.recording else added:
            raise RuntimeError(f"{case.label}: {outcome.good} answers and {added} records")
        return _figures(case, number, outcome, marks, added, before)
    finally:
        shutil.rmtree(site.folder)


def _look(case: Case, outcome: Outcome, supply: Supply) -> None:
    for request, body in outcome.samples:
        answer: dict[str, Any] = json.loads(body)
        if wrong := case.check(answer, request.parcel, supply.score(request)):
            raise RuntimeError(f"{case.label}: {wrong}")


def _figures(case: Case, number: int, outcome: Outcome, marks: Marks, records: int, before: float) -> Run:
    ranked, seconds = sorted(outcome.latencies), outcome.seconds
    if not ranked:
        raise RuntimeError(f"{case.label}: no good answer at all; {outcome.first_error}")
    server, machine = marks.server[1] - marks.server[0], marks.machine[1] - marks.machine[0]
    return Run(
        case=case.label,
        round=number,
        requests_per_second=len(ranked) / seconds,
        p50_ms=1e3 * ranked[len(ranked) // 2],
        p99_ms=1e3 * ranked[min(int(0.99 * len(ranked)), len(ranked) - 1)],
        errors=outcome.errors,
        cpu_ms=1e3 * server / len(ranked),
        generator=outcome.own_cpu / seconds,
        others=max(0.0, (machine - server - outcome.own_cpu) / seconds),
        stolen=(marks.stolen[1] - marks.stolen[0]) / seconds,
        load_average=before,
        records=records,
        first_error=outcome.first_error,
    )

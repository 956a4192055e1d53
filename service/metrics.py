"""Figures for Prometheus: rates, latencies, lanes, what was degraded, and the versions in use.

With several workers every process writes its figures into a shared folder (PROMETHEUS_MULTIPROC_DIR, set by `serve`),
and whichever worker is asked adds them up. No label carries data of a parcel or a person.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import asdict, fields
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from service.load_figures import LoadFigures
from service.screening import Screening, Tools, Versions
from service.screening import versions as versions_of

PREFIX = "parcel_screening"
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
# A scanner's profile is of one answer, not of the service; `scanners` shows them.
_LABELS = [item.name for item in fields(Versions) if not item.name.startswith("scanner_profile")]
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self.load = LoadFigures(registry)
        self._requests = Counter(
            f"{PREFIX}_http_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            f"{PREFIX}_http_request_seconds",
            "Seconds from the request's first byte read to the answer.",
            ["route"],
            buckets=SECONDS,
            registry=registry,
        )
        self._screenings = Counter(
            f"{PREFIX}_screenings", "Screenings recorded.", ["lane", "stage", "chosen_by"], registry=registry
        )
        # Asked for with every request: looked up once for each combination that comes.
        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._screened: dict[tuple[str, str, str, str], tuple[Counter, Counter]] = {}
        self._placements = Counter(
            f"{PREFIX}_placements",
            "Screenings recorded, by what put the parcel into its lane.",
            ["lane", "placed_by"],
            registry=registry,
        )
        self._degraded = Counter(
            f"{PREFIX}_degraded", "Screenings that lacked a piece of evidence.", ["missing"], registry=registry
        )
        self._store_failures = Counter(
            f"{PREFIX}_store_failures", "Requests refused because the store failed.", registry=registry
        )
        self._versions = Gauge(
            f"{PREFIX}_versions",
            "1 for the versions in use.",
            _LABELS,
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._shown: Versions | None = None
        self._replacements = Counter(
            f"{PREFIX}_replacements",
            "Models taken (`taken`), or refused while the one before goes on (`refused`), without a restart.",
            ["part", "result"],
            registry=registry,
        )
        self._refused = Gauge(
            f"{PREFIX}_replacement_refused",
            "1 while what was put in place of a part cannot be used and the one before goes on.",
            ["part"],
            registry=registry,
            multiprocess_mode="livemax",
        )

        self._calibrated = Gauge(
            f"{PREFIX}_scanner_calibrated",
            "1 where a scanner has a profile that holds for the detector in use, 0 where it needs another.",
            ["scanner"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._drifts = Gauge(
            f"{PREFIX}_scanner_drift",
            "1 while a scanner's newest pictures differ from those it was calibrated on.",
            ["scanner"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._scanners: set[str] = set()
        self._keys_refused = Counter(
            f"{PREFIX}_keys_refused",
            "Requests whose key was not taken, by reason; unknown keys and wrong ones are told alike.",
            ["reason"],
            registry=registry,
        )
        self._findings = Counter(
            f"{PREFIX}_findings",
            "Findings recorded, by what was found and the lane.",
            ["found", "lane"],
            registry=registry,
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. `route` is the rule, never the path: paths hold identifiers."""
        # A caller may write any word for a method: one figure for each would fill the memory.
        of_method = (route, method if method in METHODS else "(other)", status)
        counted = self._answered.get(of_method)
        if counted is None:
            counted = self._requests.labels(*of_method), self._seconds.labels(route)
            self._answered[of_method] = counted
        counted[0].inc()
        counted[1].observe(seconds)

    def screened(self, screening: Screening) -> None:
        """Count one recorded screening."""
        decision = screening.decision
        chosen_by = "chance" if decision.random_selection else "rule"
        placed = (decision.lane, screening.stage, chosen_by, decision.placed_by)
        counted = self._screened.get(placed)
        if counted is None:
            screenings = self._screenings.labels(decision.lane, screening.stage, chosen_by)
            counted = self._screened[placed] = screenings, self._placements.labels(decision.lane, decision.placed_by)
        counted[0].inc()
        counted[1].inc()
        for missing in decision.degraded:
            self._degraded.labels(missing).inc()

    def finding(self, found: str | None, lane: str) -> None:
        """Count one finding; None: an override alone."""
        self._findings.labels(found or "override", lane).inc()

    def key_refused(self, reason: str) -> None:
        """Count one request whose key was not taken; never whose key it was."""
        self._keys_refused.labels(reason).inc()

    def store_failed(self) -> None:
        """Count one request that the store failed."""
        self._store_failures.inc()

    def uses(self, versions: Versions) -> None:
        """Show the versions in use, and no longer those before."""
        if self._shown is not None:
            self._version(self._shown).set(0)
        self._version(versions).set(1)
        self._shown = versions

    def taken(self, part: str, tools: Tools) -> None:
        """Count a part that was replaced, and show the versions now in use."""
        self._replacements.labels(part, "taken").inc()
        self._refused.labels(part).set(0)
        self.uses(versions_of(tools))

    def refused(self, part: str) -> None:
        """Count a replacement that could not be used."""
        self._replacements.labels(part, "refused").inc()
        self._refused.labels(part).set(1)

    def scanners(self, tools: Tools) -> None:
        """Show which scanners are calibrated and which drift; one whose profile was removed stays, as uncalibrated."""
        self._scanners |= tools.profiles.by_scanner.keys()
        for scanner in self._scanners:
            self._calibrated.labels(scanner).set(tools.profile_of(scanner) is not None)
            self._drifts.labels(scanner).set(scanner in tools.drift)

    def _version(self, versions: Versions) -> Gauge:
        shown = asdict(versions)
        return self._versions.labels(**{name: shown[name] or "none" for name in _LABELS})

    def exposition(self, home: Path | None = None) -> bytes:
        """Return all figures in Prometheus' text format, with the room left on the disk of `home`."""
        return self._own() + (generate_latest(_disk(home)) if home else b"")

    def _own(self) -> bytes:
        shared = os.environ.get(MULTIPROCESS)
        if not shared:
            return generate_latest(self._registry)
        _forget_ended(Path(shared))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
        return generate_latest(registry)


def _forget_ended(shared: Path) -> None:
    """Remove what workers that were replaced or killed last showed of themselves; what they counted stays.

    The library leaves that to the server. Without it the model of a worker that is gone would be shown for ever, and
    whoever waited in it would wait for ever.
    """
    for path in shared.glob("gauge_live*_*.db"):
        process_id = path.stem.rpartition("_")[2]
        try:
            os.kill(int(process_id), 0)
        except ProcessLookupError:
            with contextlib.suppress(FileNotFoundError):  # another worker does the same just now
                mark_process_dead(int(process_id), str(shared))  # type: ignore[no-untyped-call]  # as above
        except PermissionError:
            continue  # somebody else's process has the number now


def _disk(home: Path) -> CollectorRegistry:
    """Return the figures of a folder's disk; none where it cannot be asked (the store then says what is wrong)."""
    registry = CollectorRegistry()
    with contextlib.suppress(OSError):
        usage = shutil.disk_usage(home)
        for name, bytes_ in (("free", usage.free), ("size", usage.total)):
            text = f"Bytes of the home folder's disk: {name}."
            Gauge(f"{PREFIX}_home_disk_{name}_bytes", text, registry=registry).set(bytes_)
    return registry

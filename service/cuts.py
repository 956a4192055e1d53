"""Keeps the workload's cuts of a running service up to date, from the parcels that all its workers have recorded.

Every worker reads the same store, so that they agree but for the parcels of the last seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from features.errors import ParcelScreeningError
from service.deciding import Workload
from service.live import Part, from_first_look
from service.screening import Tools
from service.store import evidence
from service.store.store import Store
from sop.bulk import decide_all
from sop.columns import SCHEMA, from_ndjson
from sop.decided import Decided
from sop.package import Package
from sop.types import STAGES, Cut
from sop.workload import LEAST_PARCELS, MOST_PARCELS, Ranked, cuts_of

EVERY_SECONDS = 15.0
log = logging.getLogger("parcel_screening")


def workload_part(store: Store, least: int = LEAST_PARCELS, most: int = MOST_PARCELS) -> Part:
    """Return the part of the tools that holds the cuts, worked out every EVERY_SECONDS.

    Args:
        store: Where evidence is.
        least: From fewer parcels no cut is worked out.
        most: How many of a stage's newest parcels are looked at.
    """
    watch = CutWatch(store, least, most)

    def rebuilt(tools: Tools) -> Tools:
        return with_cuts(tools, watch)

    mark = from_first_look(lambda: int(time.monotonic() / EVERY_SECONDS))
    return Part("workload", mark, rebuilt, lambda tools: tools, True)


def with_cuts(tools: Tools, watch: CutWatch) -> Tools:
    """Return the tools with the cuts of now, those of a candidate too; where the store fails, with those before."""
    candidate = tools.shadow.package if tools.shadow else None
    try:
        found = watch.look([tools.package, *([candidate] if candidate else [])])
    except ParcelScreeningError as error:
        log.warning("workload not looked at", extra={"cause": error.message})
        return tools
    return tools if found == tools.workload else replace(tools, workload=found)


@dataclass(slots=True)
class _Window:
    """A stage's newest parcels as columns, and the place in the chain up to which they were read."""

    after: int = 0
    table: pa.Table = field(default_factory=SCHEMA.empty_table)


class CutWatch:
    """Holds the newest parcels of each stage; for one thread.

    Args:
        store: Where evidence is.
        least: From fewer parcels no cut is worked out.
        most: How many of a stage's newest parcels are looked at.
    """

    def __init__(self, store: Store, least: int = LEAST_PARCELS, most: int = MOST_PARCELS) -> None:
        self._store, self._least, self._most = store, least, most
        self._windows: dict[str, _Window] = {stage: _Window() for stage in STAGES}
        self._digests: list[str] = []
        self._found = Workload()

    def look(self, packages: Sequence[Package]) -> Workload:
        """Read what came since the last look and return the cuts of all policies of these packages.

        Raises:
            StoreUnavailable: The store cannot be read.
            InputError: Stored evidence is not readable by this version.
        """
        asking = [one for one in packages if any(policy.workload for policy in one.policies)]
        digests = [one.digest for one in asking]
        if not asking:
            # Nobody asks for shares: nothing is read, and a later procedure begins with what is then the newest.
            self._windows = {stage: _Window() for stage in STAGES}
            self._found = Workload()
        elif self._read() or digests != self._digests:
            self._found = Workload(_by_policy(asking, [one.table for one in self._windows.values()], self._least))
        self._digests = digests
        return self._found

    def _read(self) -> bool:
        """Read the newest parcels; return whether there are new ones."""
        with self._store.reading() as connection:
            lines = {
                stage: evidence.newest_lines(connection, stage, window.after, self._most)
                for stage, window in self._windows.items()
            }
        for stage, found in lines.items():
            if found:
                self._append(stage, found)
        return any(lines.values())

    def _append(self, stage: str, lines: Sequence[tuple[int, str]]) -> None:
        window = self._windows[stage]
        new = from_ndjson("\n".join(text for _, text in lines).encode("utf-8"))
        whole = pa.concat_tables([window.table, new])
        window.table = whole.slice(max(0, whole.num_rows - self._most)).combine_chunks()
        window.after = lines[-1][0]


def _by_policy(
    packages: Sequence[Package], tables: Sequence[pa.Table], least: int
) -> dict[tuple[str, str], tuple[Cut, ...]]:
    found: dict[tuple[str, str], tuple[Cut, ...]] = {}
    for package in packages:
        for stage, table in zip(STAGES, tables, strict=True):
            decided = decide_all(package, table)
            for place, policy in enumerate(decided.policies):
                key = (package.digest, policy.title)
                found[key] = (*found.get(key, ()), *cuts_of(policy, _ranked(decided, place), stage, least))
    return found


def _ranked(decided: Decided, policy: int) -> Ranked:
    mine = np.flatnonzero(decided.policy == policy)
    return Ranked(decided.before[mine], decided.out[mine], decided.rank[mine])

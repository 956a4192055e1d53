"""Works out the workload's cuts of a running service, from the parcels that all its workers have recorded.

Every worker reads the same store, so that they agree but for the parcels of the last seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from features.errors import ParcelScreeningError
from service.deciding import Workload
from service.no_pandas import tell_pyarrow_of_no_pandas
from service.screening import Tools
from service.store import evidence
from service.store.store import Store
from sop.bulk.columns import SCHEMA, from_ndjson
from sop.bulk.decide import decide_all
from sop.bulk.decided import Decided
from sop.package import Package
from sop.types import STAGES, Cut
from sop.workload import LEAST_PARCELS, MOST_PARCELS, Ranked, cuts_of

MOST_POLICIES = 4
"""Where a procedure has overrides, so many times the parcels of one policy are read, to find enough of each."""
log = logging.getLogger("parcel_screening")


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

    def append(self, lines: Sequence[tuple[int, str]], most: int) -> None:
        """Add newer parcels and let the oldest go."""
        new = from_ndjson("\n".join(text for _, text in lines).encode("utf-8"))
        whole = pa.concat_tables([self.table, new])
        self.table = whole.slice(max(0, whole.num_rows - most)).combine_chunks()
        self.after = lines[-1][0]


class CutWatch:
    """Holds the newest parcels of each stage; for one thread.

    Args:
        store: Where evidence is.
        least: From fewer parcels no cut is worked out.
        most: How many of the newest parcels of a policy and stage are looked at.
    """

    def __init__(self, store: Store, least: int = LEAST_PARCELS, most: int = MOST_PARCELS) -> None:
        tell_pyarrow_of_no_pandas()
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
        elif self._read(self._most * _policies(asking)) or digests != self._digests:
            self._found = Workload(self._by_policy(asking))
        self._digests = digests
        return self._found

    def _read(self, most: int) -> bool:
        """Read a stage's newest parcels, at most so many; return whether there are new ones."""
        with self._store.reading() as connection:
            lines = {
                stage: evidence.newest_lines(connection, stage, window.after, most)
                for stage, window in self._windows.items()
            }
        for stage, found in lines.items():
            if found:
                self._windows[stage].append(found, most)
        return any(lines.values())

    def _by_policy(self, packages: Sequence[Package]) -> dict[tuple[str, str], tuple[Cut, ...]]:
        found: dict[tuple[str, str], tuple[Cut, ...]] = {}
        for package in packages:
            for stage, window in self._windows.items():
                decided = decide_all(package, window.table)
                for place, policy in enumerate(decided.policies):
                    key, ranked = (package.digest, policy.title), _ranked(decided, place, self._most)
                    found[key] = (*found.get(key, ()), *cuts_of(policy, ranked, stage, self._least))
        return found


def _policies(packages: Sequence[Package]) -> int:
    """Return how many policies share the parcels of a stage, as far as more of them are read for that."""
    return min(max(len(one.policies) for one in packages), MOST_POLICIES)


def _ranked(decided: Decided, policy: int, most: int) -> Ranked:
    mine = np.flatnonzero(decided.policy == policy)[-most:]
    return Ranked(decided.before[mine], decided.out[mine], decided.rank[mine])

"""The registry of a home: which version of the procedure is approved, in force, to come, stopped or in shadow.

`sop.registry.chain` holds the lines, `sop.registry.versions` the files, `sop.registry.change` writes.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sop.registry.chain import events, locked
from sop.registry.events import Event, VersionRef, history_state
from sop.registry.state import State, fold

__all__ = ["ShadowOrder", "locked", "registry_state", "shadow_state", "stop_state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowOrder:
    """What is to run beside the procedure in force, and by whose order.

    Attributes:
        id: The line of the history; another number is another run.
        candidate: The version of the procedure, kept in the registry; None: only models run beside.
        risk_model, xray_model: Folders of bundles; None: the model in use.
        since: When it began.
        event: The whole line.
    """

    id: int
    candidate: VersionRef | None
    risk_model: Path | None
    xray_model: Path | None
    since: datetime
    event: Event


def registry_state(home: Path, at: datetime | None = None) -> State:
    """Return what the registry says at a moment; None: now.

    Raises:
        InputError: The history cannot be read.
        CheckFailed: The history was changed after it was written.
    """
    state = history_state(home)
    return fold(_events(home, state) if state else events(home), at or datetime.now(UTC))


def stop_state(home: Path) -> Event | None:
    """Return the order that switched the models off; None: they are on. Raises as `registry_state`."""
    return registry_state(home).stop


def shadow_state(home: Path) -> ShadowOrder | None:
    """Return what is to run in shadow; None: nothing. Raises as `registry_state`."""
    event = registry_state(home).shadow
    if event is None:
        return None
    models = event.shadow or {}
    return ShadowOrder(
        id=event.seq,
        candidate=event.version,
        risk_model=_path(models.get("risk_model")),
        xray_model=_path(models.get("xray_model")),
        since=event.recorded,
        event=event,
    )


@functools.lru_cache(maxsize=4)
def _events(home: Path, state: tuple[int, int, int]) -> tuple[Event, ...]:
    # A running service looks twice a second; the file is read again only when it changed.
    return events(home)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None

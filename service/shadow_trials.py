"""The runs of candidates beside what is in use: begun and ended by orders, and compared from what the store has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from features.errors import CheckFailed
from models.card import Kind
from models.loading import load_risk, load_xray
from models.registry import add
from models.registry import locked as models_locked
from service.bundles import open_allowed, trust_of
from service.settings import Settings
from service.shadow_figures import Comparison
from service.shadow_load import trial_of
from service.shadow_report import compare
from service.store import findings, shadows
from sop.package import Package
from sop.registry.change import Order, switch
from sop.registry.events import Event
from sop.registry.standing import registry_state
from sop.registry.versions import keep, reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run: the order that began it, and what ended it; None: it still runs."""

    started: Event
    ended: datetime | None

    @property
    def name(self) -> str:
        """As rows of the store name it."""
        return trial_of(self.started)

    @property
    def title(self) -> str:
        """What ran: the procedure's name and version, and the models' titles."""
        models = [Path(path).name for path in (self.started.shadow or {}).values() if path]
        return " with ".join([*([self.started.version.title] if self.started.version else []), *models])

    def as_json(self) -> dict[str, Any]:
        """Return JSON types."""
        event = self.started
        return {
            "trial": event.seq,
            "title": self.title,
            "digest": event.version.digest if event.version else None,
            "models": event.shadow or {},
            "started": event.at,
            "ended": self.ended.isoformat().replace("+00:00", "Z") if self.ended else None,
            "by": event.by.words,
            "reason": event.reason,
        }


def trials(events: Sequence[Event]) -> list[Trial]:
    """Return all runs, oldest first; one ends with the next order about a candidate."""
    orders = [one for one in events if one.action in ("shadow_start", "shadow_stop")]
    return [
        Trial(started=one, ended=then.recorded if then else None)
        for one, then in pairwise([*orders, None])
        if one is not None and one.action == "shadow_start"
    ]


def begin(
    settings: Settings, order: Order, package: Package | None, models: dict[Kind, Path], in_force: Package | None
) -> Event:
    """Let a candidate run beside; it is kept in the home first, so that it runs as it is now.

    Args:
        settings: All settings.
        order: Who and why.
        package: Its procedure; None: whichever is in force.
        models: Folders of its bundles.
        in_force: The procedure in force; None where it cannot be read.

    Raises:
        CheckFailed: One runs already, it is what is in use anyway, or a bundle is not what it should be.
        InputError: A bundle cannot be read, or the home not written.
    """
    running = registry_state(settings.home, order.at).shadow
    if running is not None:
        title = Trial(started=running, ended=None).title
        raise CheckFailed(f"{title} runs beside already; `sop shadow stop` ends that first.")
    if package is not None and not models and in_force is not None and package.digest == in_force.digest:
        raise CheckFailed(f"{package.title} is what is in force, to the last byte; there is nothing to compare.")
    kept = {f"{kind}_model": str(_kept(settings, kind, folder)) for kind, folder in models.items()}
    if package is not None:
        keep(settings.home, package.files)
    version = reference(package) if package else None
    event = switch(settings.home, "shadow_start", order, version=version, shadow=kept or None)
    assert event is not None  # noqa: S101 - a start is always recorded
    return event


def comparison(connection: Connection, trial: Trial) -> Comparison:
    """Return what a run says up to now."""
    since, until = trial.started.recorded, trial.ended
    return compare(
        shadows.compared(connection, trial.name),
        findings.words_by_screening(connection),
        shadows.states(connection, trial.name),
        shadows.recorded_between(connection, since, until),
    )


def comparison_json(trial: Trial, found: Comparison) -> dict[str, Any]:
    """Return a run and what it says in JSON types."""
    plain: dict[str, Any] = json.loads(json.dumps(found.as_json()))
    return {**trial.as_json(), **plain}


def _kept(settings: Settings, kind: Kind, folder: Path) -> Path:
    """Verify a bundle, load it once to see that it can be, and keep it in the home; return its path there."""
    bundle = open_allowed(settings, folder, kind)
    (load_risk if kind == "risk" else load_xray)(bundle)
    with models_locked(settings.home):
        return add(settings.home, bundle, trust_of(settings)).relative_to(settings.home)

"""What the history says at a moment: which version is in force, what is approved, what comes, what is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sop.registry.events import Event, VersionRef

CHANGES = ("activate", "rollback")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The registry at a moment.

    Attributes:
        at: The moment.
        events: The whole history.
        active: The activation or rollback that counts now; None: nothing was ever activated.
        pending: Activations to come, the next first.
        approvals: Those that were not withdrawn, oldest first.
        stop: The order that switched the models off; None: they are on.
        shadow: The order by which a candidate runs beside; None: none does.
    """

    at: datetime
    events: tuple[Event, ...]
    active: Event | None
    pending: tuple[Event, ...]
    approvals: tuple[Event, ...]
    stop: Event | None
    shadow: Event | None

    @property
    def version(self) -> VersionRef | None:
        """The activated version in force."""
        return self.active.version if self.active else None

    def approvals_of(self, digest: str) -> tuple[Event, ...]:
        """Return the approvals of a version that still count."""
        return tuple(one for one in self.approvals if one.reference.digest == digest)

    def taken(self) -> tuple[Event, ...]:
        """Return the activations and rollbacks that came into force up to now, in the order in which they did."""
        return _due(self.events, self.at)

    def activation_of(self, digest: str) -> Event | None:
        """Return the newest activation or rollback that put a version in force; None where none did."""
        return next((one for one in reversed(self.taken()) if one.reference.digest == digest), None)


def fold(events: Sequence[Event], at: datetime) -> State:
    """Return what a history says at a moment.

    A pending activation takes effect by the clock. Of those due, the one that came into force last counts; of two that
    did at the same moment, the one ordered later.
    """
    gone = withdrawn(events)
    due = _due(events, at)
    pending = [one for one in events if one.action == "activate" and one.seq not in gone and not _is_due(one, at)]
    return State(
        at=at,
        events=tuple(events),
        active=due[-1] if due else None,
        pending=tuple(sorted(pending, key=_moment)),
        approvals=tuple(one for one in events if one.action == "approve" and one.seq not in gone),
        stop=_switch(events, "stop", "resume"),
        shadow=_switch(events, "shadow_start", "shadow_stop"),
    )


def withdrawn(events: Sequence[Event]) -> frozenset[int]:
    """Return the numbers of the lines that were withdrawn."""
    return frozenset(one.withdraws for one in events if one.withdraws is not None)


def previous(state: State) -> VersionRef | None:
    """Return what `rollback` goes back to; None where nothing was in force before.

    Activations stack up and rollbacks take away, so that a second rollback goes one further back and not forth again.
    """
    stack: list[VersionRef] = []
    for one in state.taken():
        if not stack and one.before is not None:
            stack = [one.before]
        stack = _down_to(stack, one.reference) if one.action == "rollback" else _onto(stack, one.reference)
    return stack[-2] if len(stack) > 1 else None


def ever_in_force(state: State) -> dict[str, VersionRef]:
    """Return every version that was in force up to now, by digest, including what no activation had put there."""
    found: dict[str, VersionRef] = {}
    for one in state.taken():
        for version in (one.before, one.version):
            if version is not None:
                found[version.digest] = version
    return found


def moment_text(at: datetime) -> str:
    """Return a moment as the history writes it: UTC, whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _due(events: Sequence[Event], at: datetime) -> tuple[Event, ...]:
    gone = withdrawn(events)
    asked = (one for one in events if one.action in CHANGES and one.seq not in gone and _is_due(one, at))
    return tuple(sorted(asked, key=_moment))


def _is_due(event: Event, at: datetime) -> bool:
    # What takes effect at once counts from the moment it is on record, whatever this machine's clock says.
    return event.effective is None or event.starts <= at


def _moment(event: Event) -> tuple[datetime, int]:
    return (event.starts, event.seq)


def _switch(events: Sequence[Event], on: str, off: str) -> Event | None:
    last = next((one for one in reversed(events) if one.action in (on, off)), None)
    return last if last is not None and last.action == on else None


def _onto(stack: list[VersionRef], version: VersionRef) -> list[VersionRef]:
    return stack if stack and stack[-1].digest == version.digest else [*stack, version]


def _down_to(stack: list[VersionRef], wanted: VersionRef) -> list[VersionRef]:
    for place in range(len(stack), 0, -1):
        if stack[place - 1].digest == wanted.digest:
            return stack[:place]
    return [*stack, wanted]

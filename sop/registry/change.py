"""Approval, activation, rollback and withdrawal: each is on record, chained, before anything takes effect.

Nothing else is written when one happens: what is in force is read from the history (`sop.registry.state`), so that a
command which is cut off has happened or not happened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from features.errors import CheckFailed, UsageError
from models.account import account
from sop.engine import day_of
from sop.package import Package
from sop.registry.chain import append, events, locked
from sop.registry.events import Action, By, Event, VersionRef
from sop.registry.state import State, ever_in_force, fold, moment_text, previous
from sop.registry.versions import keep, kept_files, reference

MAX_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who wants a change, when and why.

    Attributes:
        at: The moment, timezone-aware.
        by: Whose key gave the order; the caller has verified it and its role.
        reason: Why.
    """

    at: datetime
    by: By
    reason: str


def approve(home: Path, package: Package, order: Order, *, in_force: Package | None, examined: dict[str, Any]) -> Event:
    """Put on record that a version may be activated, and keep its files.

    Args:
        home: The home folder.
        package: Checked and tested.
        order: Who and why.
        in_force: What decides now; None where that cannot be read.
        examined: What check and tests said, for the record.

    Raises:
        CheckFailed: Another content of this name and version is known, or this key has approved it already.
    """
    wanted = reference(package)
    with locked(home):
        state = _state(home, order)
        _refuse_double(state, wanted, in_force)
        if any(one.by.key_id == order.by.key_id for one in state.approvals_of(wanted.digest)):
            raise CheckFailed(f"{wanted.title} was approved with this key already; nothing was changed.")
        keep(home, package.files)
        return append(home, _event("approve", state, order, version=wanted, examined=examined))


def activate(
    home: Path,
    package: Package,
    order: Order,
    *,
    in_force: Package | None,
    effective: datetime | None = None,
    revoked: Collection[str] = (),
) -> Event:
    """Put an approved version in force, at once or from a moment to come.

    Args:
        home: The home folder.
        package: The version, its files as they were approved.
        order: Who and why; another key than that of the approval.
        in_force: What decides now; it is kept, so that a rollback finds it. None where it cannot be read: what is
            broken must not stand in the way of what mends it.
        effective: From when it is in force; None: at once.
        revoked: Ids of keys that were revoked: whatever such a key approved must be approved again.

    Raises:
        CheckFailed: It is not approved, or not by another key that still counts, or in force already, or its
            `effective_from` is later.
        UsageError: `effective` has passed.
    """
    wanted, before = reference(package), reference(in_force) if in_force else None
    with locked(home):
        state = _state(home, order)
        _check_approved(state, wanted, order.by, revoked)
        _check_moment(state, package, effective)
        if effective is None and state.version == wanted:
            raise CheckFailed(f"{wanted.title} is in force already; nothing was changed.")
        kept_files(home, wanted.digest)
        if in_force is not None:
            keep(home, in_force.files)
        text = moment_text(effective) if effective else None
        return append(home, _event("activate", state, order, version=wanted, before=before, effective=text))


def rollback(
    home: Path,
    order: Order,
    to: VersionRef | None = None,
    check: Callable[[Mapping[str, bytes]], object] = lambda files: None,
) -> Event:
    """Put back in force what was in force before, at once; one key suffices.

    Args:
        home: The home folder.
        order: Who and why.
        to: Which of the versions that were in force; None: the one before the present one.
        check: Is called with the version's files; raises where this installation cannot use them.

    Raises:
        CheckFailed: There is nothing to go back to, its approval was withdrawn, or its files were changed.
    """
    with locked(home):
        state = _state(home, order)
        target = to or previous(state)
        if state.version is None:
            raise CheckFailed("Nothing was ever activated here, so there is nothing to go back from.")
        if target is None:
            raise CheckFailed(f"{state.version.title} is in force, and nothing on record was in force before it.")
        _check_was_good(state, target)
        check(kept_files(home, target.digest))
        return append(home, _event("rollback", state, order, version=target, before=state.version))


def withdraw(home: Path, version: VersionRef, order: Order) -> tuple[Event, ...]:
    """Withdraw the pending activations of a version or, where there are none, its approvals.

    Raises:
        CheckFailed: There is nothing to withdraw, or the version is in force.
    """
    with locked(home):
        state = _state(home, order)
        pending = [one for one in state.pending if one.reference.digest == version.digest]
        approvals = state.approvals_of(version.digest)
        if not pending and not approvals:
            raise CheckFailed(f"{version.title} is neither approved nor to be activated; nothing was changed.")
        if not pending and state.version == version:
            raise CheckFailed(f"{version.title} is in force; `sop rollback` first, then withdraw its approval.")
        return tuple(
            append(home, _event("withdraw", state, order, version=version, withdraws=one.seq))
            for one in (pending or approvals)
        )


def switch(home: Path, action: Action, order: Order, **more: Any) -> Event | None:
    """Record an order of the stop switch or of a shadow; None where it is so already.

    Args:
        home: The home folder.
        action: stop, resume, shadow_start or shadow_stop.
        order: Who and why.
        more: Further fields of `Event`: `version` and `shadow`.
    """
    with locked(home):
        state = _state(home, order)
        so_already = {
            "stop": state.stop is not None,
            "resume": state.stop is None,
            "shadow_stop": state.shadow is None,
        }
        return None if so_already.get(action) else append(home, _event(action, state, order, **more))


def _state(home: Path, order: Order) -> State:
    _check_reason(order.reason)
    return fold(history := events(home), _not_before(history, order.at))


def _not_before(history: tuple[Event, ...], at: datetime) -> datetime:
    # A clock that was set back must not put a new order before an old one.
    return max(at, history[-1].recorded) if history else at


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("Give a reason: whoever reads the history must learn why.")
    if len(reason) > MAX_REASON:
        raise UsageError(f"The reason has {len(reason)} characters; at most {MAX_REASON} are kept.")


def _refuse_double(state: State, wanted: VersionRef, in_force: Package | None) -> None:
    """Answers name the version that decided: one name and version must mean one content for ever."""
    now = [reference(in_force)] if in_force else []
    for one in (*(one.reference for one in state.approvals), *ever_in_force(state).values(), *now):
        if one.title == wanted.title and one.digest != wanted.digest:
            raise CheckFailed(
                f"{wanted.title} is known already with another content (SHA-256 {one.short}, this one {wanted.short}); "
                "give the changed policy a new `version`."
            )


def _check_approved(state: State, wanted: VersionRef, by: By, revoked: Collection[str]) -> None:
    given = state.approvals_of(wanted.digest)
    if not given:
        raise CheckFailed(_not_approved(state, wanted))
    approvals = [one for one in given if one.by.key_id not in revoked]
    if not approvals:
        whose = ", ".join(sorted({one.by.words for one in given}))
        raise CheckFailed(f"{wanted.title} was approved by {whose}, revoked since; let somebody approve it again.")
    if all(one.by.key_id == by.key_id for one in approvals):
        raise CheckFailed(
            f"{wanted.title} was approved with this same key; activation takes a second person's key. Let a colleague "
            "with the role sop_author or admin activate it, or approve it too."
        )


def _not_approved(state: State, wanted: VersionRef) -> str:
    same = next((one for one in reversed(state.approvals) if one.reference.title == wanted.title), None)
    if same is None:
        return f"{wanted.title} (SHA-256 {wanted.short}) is not approved; `sop approve` comes first."
    return (
        f"{wanted.title} was changed after its approval: {same.reference.short} was approved on {same.at}, this is "
        f"{wanted.short}. Give it a new `version` and have it approved, or activate {same.reference.short} as it was."
    )


def _check_moment(state: State, package: Package, effective: datetime | None) -> None:
    if effective is not None and effective <= state.at:
        raise UsageError(
            f"--effective {moment_text(effective)} has passed; it is {moment_text(state.at)}. Leave it out to activate "
            "at once."
        )
    first, day = package.base.effective_from, day_of(package.base, effective or state.at)
    if day < first:
        when = f"on {day}" if effective else f"today, {day}"
        raise CheckFailed(
            f"{package.title} says `effective_from: {first}`, so it cannot be in force {when}. Schedule it with "
            f"--effective {first}, or change the date in the file and have it approved again."
        )


def _check_was_good(state: State, target: VersionRef) -> None:
    if target == state.version:
        raise CheckFailed(f"{target.title} is in force; nothing was changed.")
    was = ever_in_force(state)
    if target.digest not in was:
        raise CheckFailed(
            f"{target.title} was never in force, so nothing goes back to it; `sop activate` puts it there."
        )
    approved = [one for one in state.events if one.action == "approve" and one.reference.digest == target.digest]
    if approved and not state.approvals_of(target.digest):
        raise CheckFailed(f"The approval of {target.title} was withdrawn; it must be approved again and activated.")


def _event(action: Action, state: State, order: Order, **more: Any) -> Event:
    reason = " ".join(order.reason.split())
    return Event(at=moment_text(state.at), action=action, by=order.by, account=account(), reason=reason, **more)

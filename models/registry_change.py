"""Promotion and rollback: each is verified first, on record before it happens, and done in one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from features.errors import CheckFailed, ParcelScreeningError
from models.account import account
from models.bundle import Bundle, open_bundle
from models.card import Kind
from models.places import PROMOTED, shipped_bundles
from models.registry import Standing, add, locked, standing, switch
from models.registry_history import Event, append, events, previous
from models.signature import key_name, signer
from models.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who wants a change, when and why.

    Attributes:
        at: The moment, timezone-aware.
        by: Who gave the order, where it was said.
        reason: Why, where it was said.
        forced: Whether the judgement is overridden.
    """

    at: datetime
    by: str | None = None
    reason: str | None = None
    forced: bool = False


def promote(
    home: Path, bundle: Bundle, trust: Trust, order: Order, *, judged_against: Standing, judgement: dict[str, Any]
) -> Event:
    """Copy a verified bundle into the registry and put it in use.

    Args:
        home: The home folder.
        bundle: Verified, loadable, and judged.
        trust: Whose signature is asked for.
        order: Who and why.
        judged_against: What was in use when it was judged.
        judgement: What was found, for the record.

    Raises:
        CheckFailed: Another model was put in use meanwhile, or a bundle of this name and version is another one.
        InputError: The registry cannot be written.
    """
    kind = bundle.card.kind
    with locked(home):
        now = standing(home, kind)
        if now != judged_against:
            raise CheckFailed(
                f"{bundle.card.title} was compared with {judged_against.title}, but meanwhile {now.title} was put in "
                "use; nothing was changed. Give the command again."
            )
        folder = add(home, bundle, trust)
        after = Standing(bundle.card.title, False, bundle.digest)
        event = _event("promote", kind, now, after, order, judgement, signed_by(bundle, trust))
        append(home, event)
        switch(home, kind, folder)
    return event


def refused(home: Path, bundle: Bundle, order: Order, judged_against: Standing, judgement: dict[str, Any]) -> None:
    """Put on record that a promotion was refused, and why."""
    after = Standing(bundle.card.title, False, bundle.digest)
    with locked(home):
        append(home, _event("refused", bundle.card.kind, judged_against, after, order, judgement, None))


def rollback(home: Path, kind: Kind, trust: Trust, order: Order, check: Callable[[Bundle], object]) -> Event:
    """Put back in use what was in use before the present model.

    Args:
        home: The home folder.
        kind: Of the model.
        trust: Whose signature is asked for.
        order: Who and why.
        check: Called with the verified bundle; raises where it cannot be used here.

    Raises:
        CheckFailed: There is nothing to go back to, or it is not usable (the message says why); nothing was changed.
    """
    with locked(home):
        now = standing(home, kind)
        target = previous(events(home), kind, now)
        if target is None:
            raise CheckFailed(f"{kind}: {now.title} is in use, and nothing on record was in use before it.")
        folder = _folder(home, kind, target)
        bundle = _usable(folder, kind, trust, target, check)
        after = Standing(bundle.card.title, target.shipped, bundle.digest)
        event = _event("rollback", kind, now, after, order, None, signed_by(bundle, trust))
        append(home, event)
        switch(home, kind, None if target.shipped else folder)
    return event


def signed_by(bundle: Bundle, trust: Trust) -> str | None:
    """Return the name of the trusted key that signed a bundle; None where none did."""
    key = signer(bundle.card_bytes, bundle.signature, trust.keys)
    return key_name(key) if key else None


def _folder(home: Path, kind: Kind, target: Standing) -> Path:
    if not target.shipped:
        return home / PROMOTED / target.title
    shipped = shipped_bundles(kind)
    if not shipped:
        raise CheckFailed(f"{kind}: the model before was the shipped one, and none is shipped with this installation.")
    return shipped[-1]


def _usable(folder: Path, kind: Kind, trust: Trust, target: Standing, check: Callable[[Bundle], object]) -> Bundle:
    try:
        bundle = open_bundle(folder, kind, trust)
        if not target.shipped and target.digest is not None and bundle.digest != target.digest:
            raise CheckFailed(f"{folder}: the card is not the one that was in use then.")
        check(bundle)
    except ParcelScreeningError as error:
        text = f"{kind}: cannot go back to {target.title}; nothing was changed. {error.message}"
        raise CheckFailed(text, error.problems) from error
    return bundle


def _event(
    action: Any,
    kind: Kind,
    before: Standing,
    after: Standing,
    order: Order,
    judgement: dict[str, Any] | None,
    key: str | None,
) -> Event:
    return Event(
        at=order.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        action=action,
        kind=kind,
        before=before,
        after=after,
        user=account(),
        by=order.by,
        reason=order.reason,
        forced=order.forced,
        judgement=judgement,
        signed_by=key,
    )

"""Whose key gives an order: from a file, from the environment, or typed; verified against the store."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from features.errors import CheckFailed, InputError, UsageError
from service.auth import Caller, KeyRefused, KeyRing
from service.settings import Settings
from service.store.keys import all_keys
from service.store.store import Store, existing_store
from sop.registry.change import Order
from sop.registry.events import By

AUTHORS = ("sop_author", "admin")
"""Roles that change the procedure."""
STOPPERS = ("officer", "sop_author", "admin")
"""Roles that switch the models off; switching them on again takes one of AUTHORS."""
VARIABLE = "PARCEL_SCREENING_KEY"
_REFUSED = {
    "revoked": "The key was revoked",
    "expired": "The key has expired",
    "certificate": "The key is bound to a client certificate and works over HTTP only",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The settings, the order that a command carries out, and the ids of the keys that are revoked."""

    settings: Settings
    order: Order
    revoked: frozenset[str]


def order_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --reason and --key-file."""
    file = click.option(
        "--key-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"File with your key; else {VARIABLE}, else it is asked for.",
    )
    return click.option("--reason", required=True, help="Why; goes on record.")(file(command))


def desk(key_file: Path | None, reason: str, roles: Collection[str] = AUTHORS) -> Desk:
    """Return the settings and an order of now, by whoever the key belongs to.

    Raises:
        UsageError: There is no key, or no reason.
        CheckFailed: The key is unknown, wrong or revoked, or its role may not do this.
    """
    settings = Settings.from_environment(os.environ)
    if not reason.strip():
        raise UsageError("--reason must say why: whoever reads the history must learn it.")
    by, revoked = _owner(_token(key_file, settings), settings, roles)
    return Desk(settings, Order(at=datetime.now(UTC), by=by, reason=reason), revoked)


def _token(file: Path | None, settings: Settings) -> str:
    if file is not None:
        return _first_line(file)
    if settings.key:
        return settings.key.strip()
    if not sys.stdin.isatty():
        raise UsageError(f"Whose order is it? Name a file with your key (--key-file), or set {VARIABLE}.")
    typed: str = click.prompt("Your key", hide_input=True, err=True)
    return typed.strip()


def _first_line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "not a text file"
        raise InputError(f"{file}: the key cannot be read ({cause}).") from error
    if not lines:
        raise InputError(f"{file}: is empty; it must hold the key that `keys create` showed.")
    return lines[0]


def _owner(token: str, settings: Settings, roles: Collection[str]) -> tuple[By, frozenset[str]]:
    store = existing_store(settings)
    if store is None:
        how = "parcel-screening keys create --role sop_author --name NAME"
        raise CheckFailed(f"There are no keys yet; make one for each person: {how}.")
    try:
        caller = _caller(store, token)
        with store.reading() as connection:
            revoked = frozenset(one.id for one in all_keys(connection) if one.revoked_at is not None)
    finally:
        store.close()
    if caller.role not in roles:
        raise CheckFailed(f"Role {caller.role} may not do this; it takes {' or '.join(roles)}.")
    return By(caller.key_id, caller.name, caller.role), revoked


def _caller(store: Store, token: str) -> Caller:
    ring = KeyRing(store)
    try:
        return ring.caller(token)
    except KeyRefused as refused:
        text = _REFUSED.get(refused.reason, "The key is unknown or wrong")
        raise CheckFailed(f"{text}; see `parcel-screening keys list`.") from None
    finally:
        ring.close()

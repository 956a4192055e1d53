"""`db removals`: what was purged or erased, and doing it again after a restore."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import click

from cli.db_store import store_of_this_version
from features.errors import InputError, Problem, UsageError
from models.account import account
from service.answer import timestamp
from service.removing import remove_all
from service.store.removal import Action, Order, on_record
from service.store.store import Store


@click.command()
@click.option("--apply", "file", type=click.Path(path_type=Path), help="Remove again what this list names.")
@click.option("--reason", default="", help="Why it is removed again; goes on record.")
def removals(file: Path | None, reason: str) -> None:
    """List what was purged or erased, one JSON object a line; after a restore, remove it again.

    A backup holds what was erased since it was made. Keep this list apart from the backups, and give it to
    `db removals --apply FILE` after a restore: it names screenings by their identifiers, and nobody.
    """
    with store_of_this_version() as store:
        if file is None:
            _list(store)
        elif not reason.strip():
            raise UsageError("--reason must say why, for example: restored from the backup of 2026-11-20.")
        else:
            _apply(store, file, reason.strip())


def _list(store: Store) -> None:
    with store.reading() as connection:
        for one in on_record(connection):
            click.echo(json.dumps({**asdict(one), "at": timestamp(one.at)}, ensure_ascii=False))


def _apply(store: Store, file: Path, reason: str) -> None:
    listed, count = list(_read(file)), 0
    for one in listed:
        order = Order(
            action=one["action"], at=datetime.now(UTC), by=account(), reason=reason, criteria={"again": one["id"]}
        )
        count += remove_all(store, one["screenings"], order).screenings
    click.echo(f"{count:,} screenings were there again and are removed; the list names {len(listed):,} removals.")


def _read(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the removals of a list.

    Raises:
        InputError: It cannot be read, or a line is no removal; all are named, and nothing was removed.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'}).") from error
    read = [(number, _removal(line)) for number, line in enumerate(lines, start=1) if line.strip()]
    text = "Is no line of `db removals`."
    if problems := [Problem(f"line {number}", "not_a_removal", text) for number, one in read if one is None]:
        raise InputError(f"{file}: nothing was removed.", problems)
    yield from (one for _, one in read if one is not None)


def _removal(line: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(line)
        whole = found["action"] in get_args(Action) and isinstance(found["id"], str)
        return found if whole and all(isinstance(one, str) for one in found["screenings"]) else None
    except (ValueError, TypeError, KeyError):
        return None

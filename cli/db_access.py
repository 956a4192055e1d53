"""`db access`: who looked at or changed what, and when."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from cli.db_store import store_of_this_version
from cli.period import MOMENT
from models.account import account
from service.answer import timestamp
from service.store import access
from service.store.access import Access, Query


@click.command("access")
@click.option("--screening", help="Identifier of a screening: who read it, its pictures, its findings.")
@click.option("--key", "key_id", help="Id of a key: what it was used for.")
@click.option("--since", type=MOMENT, help="From this moment on: 2026-11-20 (00:00 UTC), 2026-11-20T08:00Z, or 7d.")
@click.option("--until", type=MOMENT, help="Before this moment.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def show(
    screening: str | None,
    key_id: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show the access log, newest first: reading, listing, pictures, findings, exports, removals, keys.

    What was done by a command names the account of the operating system, all else the key. Looking here is noted too.
    """
    with store_of_this_version() as store:
        with store.reading() as connection:
            query = Query(subject=screening, key_id=key_id, since=since, until=until, limit=limit)
            found = access.find(connection, query)
        with store.writing() as connection:
            subject = screening or key_id or "all"
            access.note(connection, "db.access", subject, at=datetime.now(UTC), key_id=None, account=account())
    for one in found:
        click.echo(json.dumps({**asdict(one), "at": timestamp(one.at)}) if as_json else _line(one))
    if not found and not as_json:
        click.echo("Nobody did anything of that kind.")


def _line(one: Access) -> str:
    who = f"key {one.key_id}" if one.key_id else f"account {one.account}" if one.account else "a command"
    return f"{timestamp(one.at)}  {who:<24}  {one.action:<20}  {one.subject}"

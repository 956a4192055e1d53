"""`db export`: screenings pseudonymised for training, or everything about one item."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cli.db_export_table import write_ndjson, write_parquet
from cli.db_store import store_of_this_version
from cli.files import whole_file
from cli.period import MOMENT
from cli.progress import bar
from features.errors import CheckFailed, UsageError
from models.account import account
from service.export import Period, everything_about, training_rows
from service.home import secret_of_home
from service.pseudonyms import GRAINS, Grain, Pseudonyms
from service.settings import Settings
from service.store import access
from service.store.engine import snapshot
from service.store.store import Store

KEY_FILE = "pseudonyms.key"
NDJSON, PARQUET, JSON = ".ndjson", ".parquet", ".json"


@click.command()
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Name of the file.",
)
@click.option("--since", type=MOMENT, help="Screened from this moment on: 2026-11-20, 2026-11-20T08:00Z, or 30d.")
@click.option("--until", type=MOMENT, help="Screened before this moment.")
@click.option("--dates", "grain", type=click.Choice(GRAINS), default="exact", show_default=True, help="Cut dates down.")
@click.option("--extra", multiple=True, metavar="NAME", help="Hand out this column of the site's own; repeat it.")
@click.option("--rotate", is_flag=True, help="Make a new secret first: earlier exports can no longer be linked.")
@click.option("--item", "item_id", help="Everything about one item instead, in the clear.")
def export(
    output: Path,
    since: datetime | None,
    until: datetime | None,
    grain: Grain,
    extra: tuple[str, ...],
    rotate: bool,
    item_id: str | None,
) -> None:
    """Export screenings for training, without anybody's name, or with --item everything about one item.

    Names, addresses, numbers of people, accounts and items become pseudonyms under a secret of the home
    (`pseudonyms.key`, mode 0600), so that the same sender stays one sender. Descriptions of goods stay as they were
    declared: somebody may have written a name there. With each parcel stand what was decided, with what probability it
    was selected, and the newest finding as its label.

    FILE.ndjson goes into `train risk --data` as it is; beside FILE.parquet lies FILE.mapping.yaml for --mapping.
    """
    suffix = output.suffix.lower()
    if suffix not in ({JSON} if item_id else {NDJSON, PARQUET}):
        raise UsageError(f"{output}: name a file that ends in {JSON if item_id else f'{NDJSON} or {PARQUET}'}.")
    settings = Settings.from_environment(os.environ)
    with store_of_this_version() as store:
        if item_id is not None:
            _export_item(store, item_id, output)
            return
        if rotate:
            (settings.home / KEY_FILE).unlink(missing_ok=True)
        pseudonyms = Pseudonyms(secret_of_home(settings.home, KEY_FILE), grain)
        with snapshot(store.engine) as connection, bar("screenings exported") as update:
            rows = _counted(training_rows(connection, Period(since, until), pseudonyms, frozenset(extra)), update)
            write = write_parquet if suffix == PARQUET else write_ndjson
            count, labelled = write(output, rows, extra)
        _note(store, f"{count} screenings")
    click.echo(f"{count:,} screenings were exported to {output}, {labelled:,} of them with a finding.")
    if not labelled:
        click.echo("Without a finding there is nothing to train on; the histories of people are in it all the same.")


def _export_item(store: Store, item_id: str, output: Path) -> None:
    with snapshot(store.engine) as connection:
        found = everything_about(connection, item_id)
    if not found["screenings"]:
        raise CheckFailed("No screening of this item is on record.")
    _note(store, *(one["answer"]["screening_id"] for one in found["screenings"]))
    with whole_file(output) as path:
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    click.echo(
        f"{len(found['screenings']):,} screenings were exported to {output}; pictures are named by their SHA-256."
    )


def _note(store: Store, *subjects: str) -> None:
    with store.writing() as connection:
        access.note_all(connection, "db.export", subjects, at=datetime.now(UTC), key_id=None, account=account())


def _counted(rows: Iterator[dict[str, Any]], update: Any) -> Iterator[dict[str, Any]]:
    for count, row in enumerate(rows, start=1):
        update(count)
        yield row

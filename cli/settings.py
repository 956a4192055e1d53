"""`settings`: every setting, its default and its value here."""

from __future__ import annotations

import json
import os

import click
from rich.console import Console
from rich.table import Table

from service.settings import describe


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array instead of a table.")
def settings(as_json: bool) -> None:
    """List every setting: environment variable, default, value now, meaning."""
    rows = [
        {"name": name, "default": default, "value": os.environ.get(name, ""), "meaning": meaning}
        for name, default, meaning in describe()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table("Variable", "Default", "Set to", "Meaning", show_lines=False)
    for row in rows:
        table.add_row(row["name"], row["default"], _shown(row["name"], row["value"]), row["meaning"])
    Console().print(table)


def _shown(name: str, value: str) -> str:
    # A database URL or a secret carries a password; a table of settings is often pasted into a ticket.
    secret = name.endswith(("_URL", "_SECRET", "_KEY"))
    return "(set)" if value and secret else value

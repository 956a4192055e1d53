"""`settings`: every setting, its default and its value here."""

from __future__ import annotations

import json
import os

import click

from service.settings import describe


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def settings(as_json: bool) -> None:
    """List every setting: environment variable, default, value now, meaning."""
    rows = [
        {"name": name, "default": default, "value": _shown(name, os.environ.get(name, "")), "meaning": meaning}
        for name, default, meaning in describe()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(click.style(row["name"], bold=True))
        click.echo(f"  {row['meaning']}")
        click.echo(f"  default {row['default'] or '(none)'}" + (f", here {row['value']}" if row["value"] else ""))


def _shown(name: str, value: str) -> str:
    # A database URL or a secret carries a password; a list of settings is often pasted into a ticket.
    secret = name.endswith(("_URL", "_SECRET", "_KEY"))
    return "(set)" if value and secret else value

"""`models history`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from features.errors import Problem
from models.card import KINDS
from models.registry import Standing, standing
from models.registry_history import Event, events, happened
from service.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, the oldest first, with the figures compared.")
def show_history(as_json: bool) -> None:
    """Show who changed the model in use, when, from what to what, and why; the newest first.

    The file is models/history.ndjson in the home folder; the service and its commands only ever add to it.
    """
    settings = Settings.from_environment(os.environ)
    history = events(settings.home)
    done = [one for kind in KINDS for one in happened(history, kind, standing(settings.home, kind))]
    if as_json:
        rows = [{**asdict(one), "took_place": any(one is other for other in done)} for one in history]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not history:
        click.echo("No model was ever promoted here; the shipped ones are in use.")
    for one in reversed(history):
        took_place = one.action == "refused" or any(one is other for other in done)
        click.echo(_head(one) + ("" if took_place else "  (cut off: it did not take place)"))
        for line in _details(one):
            click.echo(f"  {line}")


def _head(one: Event) -> str:
    action = {"promote": "promoted", "rollback": "rolled back", "refused": "refused"}[one.action]
    forced = ", forced" if one.forced else ""
    return f"{one.at}  " + click.style(f"{one.kind} {action}{forced}", bold=True)


def _details(one: Event) -> list[str]:
    arrow = "kept, not" if one.action == "refused" else "->"
    lines = [f"{told(one.before)} {arrow} {told(one.after)}"]
    who = f"{one.by} (account {one.user})" if one.by else f"account {one.user}"
    lines.append(f"by {who}" + (f", signed by key {one.signed_by}" if one.signed_by else ""))
    lines += [f"reason: {one.reason}"] if one.reason else []
    judgement = one.judgement or {}
    lines += [f"compared by {judgement['grounds']}"] if judgement.get("figures") else []
    lines += [f"against it: {Problem(**one)}" for one in judgement.get("refusals", [])]
    return lines


def told(one: Standing) -> str:
    """Return a standing in words."""
    return f"{one.title} (shipped)" if one.shipped else one.title

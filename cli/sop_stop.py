"""`sop stop` and `sop resume`: the models off, so that rules alone decide, and on again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from cli.sop_key import STOPPERS, desk, order_options
from cli.sop_order_words import moment
from features.errors import CheckFailed
from sop.registry.change import switch
from sop.registry.standing import stop_state

_as_json = click.option("--json", "as_json", is_flag=True, help="Print the line of the history as JSON.")


@click.command()
@order_options
@_as_json
def stop(key_file: Path | None, reason: str, as_json: bool) -> None:
    """Switch the models off: within two seconds rules alone decide, and every answer says so and why.

    What follows without models stands in the policy, under missing_evidence. Roles: officer, sop_author, admin.
    """
    at = desk(key_file, reason, STOPPERS)
    event = switch(at.settings.home, "stop", at.order)
    if event is None:
        raise CheckFailed(f"The models are switched off already: {_told(at.settings.home)}")
    if as_json:
        click.echo(json.dumps(asdict(event), indent=2, ensure_ascii=False))
        return
    click.echo(click.style("The models are switched off.", bold=True) + " Running services obey within two seconds.")
    click.echo("To switch them on again: parcel-screening sop resume --reason ...")


@click.command()
@order_options
@_as_json
def resume(key_file: Path | None, reason: str, as_json: bool) -> None:
    """Switch the models on again. Roles: sop_author, admin."""
    at = desk(key_file, reason)
    event = switch(at.settings.home, "resume", at.order)
    if event is None:
        raise CheckFailed("The models are not switched off; nothing was changed.")
    if as_json:
        click.echo(json.dumps(asdict(event), indent=2, ensure_ascii=False))
        return
    click.echo(click.style("The models are switched on again.", bold=True) + " Running services load them now.")


def _told(home: Path) -> str:
    one = stop_state(home)
    return f"on {moment(one.recorded)} by {one.by.words}: {one.reason}" if one else "just now."

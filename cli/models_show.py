"""`models show`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from cli.models_card import card_lines
from cli.models_find import described, find
from models.card import read_card
from service.settings import Settings


@click.command()
@click.argument("model")
@click.option("--all", "whole", is_flag=True, help="Every figure that the card holds, each with its interval.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole card as JSON.")
def show_model(model: str, whole: bool, as_json: bool) -> None:
    """Show the card of MODEL, a folder or a name as `models list` shows it: data, period, figures, limits, command."""
    settings = Settings.from_environment(os.environ)
    folder = find(model, settings)
    card = read_card(folder)
    if as_json:
        click.echo(json.dumps({**asdict(card), "folder": str(folder)}, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(card_lines(card, described(folder, settings), whole)))

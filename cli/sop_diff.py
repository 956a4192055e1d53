"""`sop diff`: what changed from one procedure to another, in words."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click
from rich.markup import escape
from rich.text import Text

from cli.sop_present import WHOLE, console, count
from service.settings import Settings
from sop.active import active_policy_path
from sop.diff.packages import compare_packages
from sop.diff.policies import Change
from sop.reading.packages import load_package


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
def diff(old: Path, new: Path | None, as_json: bool) -> None:
    """Show in words what changed from procedure OLD to procedure NEW; of one alone, from the procedure in force to it.

    Each is a policy or its folder; its lists and overrides are compared with it.
    """
    if new is None:
        settings = Settings.from_environment(os.environ)
        old, new = active_policy_path(settings.sop, settings.home), old
    changes = compare_packages(load_package(old), load_package(new))
    if as_json:
        click.echo(json.dumps([one.as_json() for one in changes], indent=2, ensure_ascii=False))
    else:
        _tell(old, new, changes)


def _tell(old: Path, new: Path, found: Sequence[Change]) -> None:
    out = console()
    if not found:
        out.print(f"[green]{escape(str(old))} and {escape(str(new))} decide alike and read alike.[/]", **WHOLE)
        return
    for change in found:
        out.print(Text.assemble((change.what, "bold"), f"  {change.aspect}  ", (change.kind, "dim")), **WHOLE)
        if change.before is not None:
            out.print(Text(f"  - {change.before}", style="red"), **WHOLE)
        if change.after is not None:
            out.print(Text(f"  + {change.after}", style="green"), **WHOLE)
    out.print(f"\n{count(len(found), 'difference')}.")

"""`sop simulate`: what a candidate would have done with past parcels, beside the procedure in force."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cli.files import whole_file
from cli.progress import stages
from features.errors import InputError
from service.settings import Settings
from sop.active import active_policy_path
from sop.reading.packages import load_package

if TYPE_CHECKING:
    from cli.sop_simulate_input import Screenings
    from sop.package import Package
    from sop.simulation.replay import Asked, Replayed
    from sop.simulation.simulate import Simulation

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("candidate", type=PATH)
@click.option("--against", type=PATH, help="The procedure to compare with. Default: the one in force.")
@click.option("--since", help="From this day, or 7d, 12h, 4w ago. Default: from the first screening.")
@click.option("--until", help="Before this moment, written like --since. Default: to the newest.")
@click.option("--parquet", type=PATH, help="Replay this file of stored evidence instead of the store.")
@click.option("--as-of", metavar="DATE", help="Take the candidate's dated rules and lists as they stand on this day.")
@click.option("--workload", type=click.Choice(["on", "off"]), default="on", show_default=True,
              help="Whether both procedures keep lanes to the shares of their `workload`.")  # fmt: skip
@click.option("--at-most", multiple=True, metavar="LANE=SHARE",
              help="Look for thresholds with which a lane holds at most this share, e.g. examine=2%.")  # fmt: skip
@click.option("--at-least", multiple=True, metavar="LANE=SHARE", help="The same for a share that it holds at least.")
@click.option("--capacity", multiple=True, metavar="LANE=N/day", help="What a lane's officers can do in a day.")
@click.option("--full", is_flag=True, help="Every rule, group and changed parcel on the terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
@click.option("--report", type=PATH, help="Write the whole as one HTML page with plots.")
@click.option("--save", type=PATH, help="Write every screening with both decisions as Parquet; --parquet reads it.")
def simulate(
    candidate: Path,
    against: Path | None,
    since: str | None,
    until: str | None,
    parquet: Path | None,
    as_of: str | None,
    workload: Literal["on", "off"],
    at_most: tuple[str, ...],
    at_least: tuple[str, ...],
    capacity: tuple[str, ...],
    full: bool,
    as_json: bool,
    report: Path | None,
    save: Path | None,
) -> None:
    """Replay past screenings under CANDIDATE and under the procedure in force, and compare.

    CANDIDATE is a policy.yaml, its folder, or one of its overrides. Stored evidence, days and random draws are those of
    then; nothing is changed. The figures are explained in docs/simulation.md.

    Exit code 0 when it was compared, 3 when a file cannot be read or nothing was screened in the period.
    """
    from cli import sop_simulate_input as given
    from sop.simulation.replay import Asked, replay

    settings = Settings.from_environment(os.environ)
    wanted = given.wanted(at_most, at_least)
    asked = Asked(workload=workload == "on", capacity=given.capacities(capacity), wanted=wanted)
    new = given.candidate(candidate, as_of)
    active = load_package(active_policy_path(settings.sop, settings.home, against))
    zone, now = new.base.time_zone, datetime.now(UTC)
    period = given.moment(since, "--since", zone, now), given.moment(until, "--until", zone, now)
    with stages() as stage:
        step = stage.steps("simulating", 3)
        step("reading")
        read = given.from_file(parquet, *period) if parquet else given.from_store(settings, *period)
        _refuse_empty(read)
        step("deciding")
        secret = given.secret_of(settings)
        replayed = replay(read.table, active, new, secret, asked.workload)
        step("comparing")
        found = _compared(read, replayed, active, new, secret, asked)
    _write(found, replayed, report, save)
    _print(found, full, as_json)


def _compared(
    read: Screenings, replayed: Replayed, active: Package, candidate: Package, secret: bytes, asked: Asked
) -> Simulation:
    from sop.simulation.replay import simulate as compare

    found = compare(replayed, active, candidate, secret, asked, read.source, read.left_out)
    return replace(found, command=_command(click.get_current_context()))


def _command(context: click.Context) -> str:
    """Return the command with file names alone, so that a page does not depend on where the files lie."""
    words = ["parcel-screening", "sop", "simulate"]
    for option in context.command.params:
        value = context.params[str(option.name)]
        if value in (None, (), False, option.default) or option.name in ("report", "save", "as_json", "full"):
            continue
        name = option.opts[0] if isinstance(option, click.Option) else None
        for one in value if isinstance(value, tuple) else (value,):
            words += [*([name] if name else []), one.name if isinstance(one, Path) else str(one)]
    return shlex.join(words)


def _refuse_empty(read: Screenings) -> None:
    if not read.table.num_rows:
        left = "".join(f" {count:,} could not be replayed: {reason}." for reason, count in read.left_out.items())
        raise InputError(f"No screening of this period can be replayed ({read.source}).{left}")


def _write(found: Simulation, replayed: Replayed, report: Path | None, save: Path | None) -> None:
    if report is not None:
        from cli.sop_simulate_report import render

        with whole_file(report) as scratch:
            scratch.write_text(render(found), encoding="utf-8")
    if save is not None:
        _save(replayed, save)


def _save(replayed: Replayed, path: Path) -> None:
    import pyarrow.parquet as pq

    from sop.simulation.save import with_decisions

    with whole_file(path) as scratch:
        pq.write_table(with_decisions(replayed), scratch, compression="zstd")


def _print(found: Simulation, full: bool, as_json: bool) -> None:
    if as_json:
        from sop.simulation.simulate import as_json as plain

        click.echo(json.dumps(plain(found), indent=2, ensure_ascii=False, allow_nan=False))
        return
    from cli.sop_simulate_present import show

    show(found, full)

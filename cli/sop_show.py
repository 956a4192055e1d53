"""`sop show`: a procedure in plain words, with its lists and what its overrides change."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.sop_present import LANE_STYLES, WHOLE, console, count, lane_text
from service.settings import Settings
from sop.active import active_policy_path
from sop.diff.packages import own_changes, own_version
from sop.engine import day_of
from sop.export import package_as_json
from sop.lists import NamedList
from sop.package import Override, Package
from sop.reading.lanes import OUTCOME_WORDS
from sop.reading.override import name_of
from sop.reading.packages import load_package
from sop.rule_words import count_words, expiry_words, in_force_words, scope_words, trim_words
from sop.types import LANES, Policy, Rule
from sop.words import MISSING_WORDS, random_words, share_words, when_lines


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--full", is_flag=True, help="Also what the officer and the carrier are told, and every code of the lists."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
def show(file: Path | None, full: bool, as_json: bool) -> None:
    """Show a procedure in plain words: its rules, lists and overrides.

    FILE is a policy, its folder or one of its overrides; without it, the procedure in force.
    """
    settings = Settings.from_environment(os.environ)
    path = active_policy_path(settings.sop, settings.home, file)
    package = load_package(path)
    on = day_of(package.base, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(package_as_json(package, on), indent=2, ensure_ascii=False))
        return
    out = console()
    _policy(out, path, package.base, on, full)
    if package.lists:
        out.print()
        out.print(_lists_table(package.lists, on, full))
    for one in package.overrides:
        _override(out, package, one)


def _policy(out: Console, path: Path, shown: Policy, on: date, full: bool) -> None:
    out.print(f"[bold]{escape(shown.name)}[/] version [bold]{escape(shown.version)}[/]")
    head = f"{shown.owner} · effective from {shown.effective_from} · days begin in {shown.time_zone} · {path}"
    out.print(f"[dim]{escape(head)}[/]", **WHOLE)
    out.print(_rules_table(shown, on, full))
    out.print(_lanes_table(shown))
    out.print(_missing_table(shown, full))
    out.print(Text.assemble(("By chance: ", "bold"), random_words(shown.random_selection, full)))
    for lane, share in shown.workload.items():
        out.print(Text.assemble(("Workload: ", "bold"), f"{lane} {share_words(share, full)}"))
    out.print(Text.assemble(("Otherwise: ", "bold"), lane_text(shown.default_lane)))
    for code, reason in shown.accepted:
        out.print(Text.assemble(("Accepted: ", "bold"), f"{code}: {reason}"))


def _rules_table(shown: Policy, on: date, full: bool) -> Table:
    table = Table(box=box.HORIZONTALS, title="Rules: the first that matches decides", title_justify="left",
                  title_style="bold", show_lines=True)  # fmt: skip
    table.add_column("Rule", no_wrap=True)
    table.add_column("When", ratio=1)
    table.add_column("Lane", no_wrap=True)
    table.add_column("Reference", no_wrap=True)
    for rule in shown.rules:
        lane = lane_text(rule.lane)
        answer = Group(lane, Text(rule.outcome, style="bold")) if rule.outcome else lane
        table.add_row(rule.id, Group(*_rule_lines(shown, rule, on, full)), answer, Text(rule.reference or ""))
    return table


def _rule_lines(shown: Policy, rule: Rule, on: date, full: bool) -> Iterator[RenderableType]:
    yield Text(rule.title, style="bold")
    yield from (Text(line) for line in when_lines(rule.when))
    if period := in_force_words(rule):
        today = "" if rule.in_force(on) else f"; not on {on}"
        yield Text(f"{period}{today}", style="magenta")
    if rule.outcome:
        yield Text(f"answers {rule.outcome}: {OUTCOME_WORDS[rule.outcome]}", style="dim")
    share = shown.workload.get(rule.lane)
    if rule.trim or (share is not None and share.at_most_share is not None):
        yield Text(trim_words(rule), style="dim")
    for code, reason in rule.accepted:
        yield Text(f"accepted: {code}: {reason}", style="dim")
    if full and rule.instructions:
        yield Text(f"→ {rule.instructions}", style="dim")
    if full and rule.carrier_text:
        yield Text(f"→ to the carrier: {rule.carrier_text}", style="dim")


def _lanes_table(shown: Policy) -> Table:
    table = _plain_table("Answer to advance data")
    for lane in LANES:
        outcome = shown.lanes[lane]
        table.add_row(lane_text(lane), outcome, OUTCOME_WORDS[outcome])
    return table


def _missing_table(shown: Policy, full: bool) -> Table:
    table = _plain_table("When something could not be judged")
    for key, step in shown.missing_evidence.items():
        lane = Text(f"at least {step.lane}", style=LANE_STYLES[step.lane])
        words = [Text(MISSING_WORDS[key])]
        if full and step.instructions:
            words.append(Text(f"→ {step.instructions}", style="dim"))
        table.add_row(key, Group(*words), lane, Text(step.reference or ""))
    return table


def _lists_table(lists: tuple[NamedList, ...], on: date, full: bool) -> Table:
    table = _plain_table("Named lists")
    for one in lists:
        counted = f"{count_words(one)}, {len(set(one.codes(on)))} in force on {on}"
        lines = [Text(counted), Text(f"{one.source}, issued {one.issued}", style="dim")]
        if full:
            lines.append(Text(", ".join(one.codes(on)) or "none", style="dim"))
        style = "bold red" if one.expired(on) else ""
        table.add_row(Text(one.name, style="bold"), Group(*lines), Text(expiry_words(one, on), style=style))
    return table


def _override(out: Console, package: Package, override: Override) -> None:
    head = f"Override {name_of(override.file)} version {own_version(override)}"
    out.print(Text.assemble("\n", (head, "bold"), f" for {scope_words(override.scope)}"), **WHOLE)
    changes = own_changes(package.base, override)
    for change in changes:
        out.print(Text.assemble(f"  {change.what}  {change.aspect}  ", (change.kind, "dim")), **WHOLE)
        if change.before is not None:
            out.print(Text(f"    - {change.before}", style="red"), **WHOLE)
        if change.after is not None:
            out.print(Text(f"    + {change.after}", style="green"), **WHOLE)
    out.print(f"  {count(len(changes), 'difference')} from the policy; all else is as there.")


def _plain_table(title: str) -> Table:
    return Table(box=box.SIMPLE, title=title, title_justify="left", title_style="bold", show_header=False)

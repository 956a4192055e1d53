"""Test runs of a procedure as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.sop_present import WHOLE, console
from sop.casework.placed import BASE
from sop.casework.verdicts import Covered, Pinned, TestRun, Verdict
from sop.types import MISSING_RULE
from sop.words import number

MOST_SHOWN = 5
HANGING = " " * 14


def show_run(path: Path, has_cases: bool, run: TestRun, full: bool) -> None:
    """Print how often each rule was put to the test, what no case tries, and last what differed and why."""
    out = console()
    for file in dict.fromkeys(row.policy for row in run.coverage):
        out.print(_table(file, [row for row in run.coverage if row.policy == file]))
    if has_cases:
        _gaps(out, "No case tries", list(_untried(run)), full, "`--full` shows all, `--write` proposes cases")
        _gaps(out, "No case notices when these move", list(_loose(run)), full, "`--full` shows all")
    else:
        out.print(
            f"[yellow]No cases.yaml beside {escape(str(path))}; only the boundaries of its rules were tried.[/]",
            **WHOLE,
        )
    # Last, where the reader's eye is when the command has ended.
    for failed in run.failures:
        out.print(_failure(failed, out.width), **WHOLE)
    out.print(_summary(run), **WHOLE)


def _failure(failed: Verdict, width: int) -> Text:
    place = f"{failed.file}:{failed.line} " if failed.line else "at a boundary: "
    under = "" if failed.policy == BASE else f"  under {failed.policy}"
    lines = [
        Text.assemble(
            ("✗ ", "bold red"), (place, "dim"), failed.name if failed.line else f"{failed.rule} {failed.name}"
        ),
        Text(f"    - expected  {failed.expected}", style="green"),
        Text.assemble((f"    + actual    {failed.actual}", "red"), (under, "dim")),
        *_hanging("      because ", failed.reason, "dim", width),
        *_hanging("      why not ", failed.why, "bold", width),
    ]
    return Text("\n").join([*lines, Text("")])


def _hanging(head: str, text: str, style: str, width: int) -> Iterator[Text]:
    for position, line in enumerate(wrap(text, width - len(HANGING), break_long_words=False)):
        yield Text.assemble((head if position == 0 else HANGING, "dim"), (line, style))


def _table(file: str, rows: list[Covered]) -> Table:
    title = "Coverage by rule" if file == BASE else f"Coverage by rule: {file}"
    table = Table(box=box.SIMPLE_HEAD, expand=True, title=title, title_justify="left", title_style="bold")
    table.add_column("Rule", no_wrap=True)
    table.add_column("Title", no_wrap=True, overflow="ellipsis", ratio=1)
    for name in ("Cases", "Ways", "Thresholds", "Boundaries", "Result"):
        table.add_column(name, justify="right")
    for row in rows:
        rule, heading = _names(row)
        ways = f"{sum(way.cases > 0 for way in row.ways)}/{len(row.ways)}" if len(row.ways) > 1 else ""
        held = f"{sum(one.held for one in row.thresholds)}/{len(row.thresholds)}" if row.thresholds else ""
        table.add_row(rule, Text(heading), _count(row.cases), ways, held, _count(row.boundaries), _result(row))
    return table


def _names(row: Covered) -> tuple[str, str]:
    # The long keys of missing evidence would take the titles' room.
    if row.rule.startswith(MISSING_RULE):
        return MISSING_RULE.rstrip(":"), row.rule.removeprefix(MISSING_RULE)
    return row.rule, row.title


def _untried(run: TestRun) -> Iterator[tuple[str, str]]:
    for row in run.coverage:
        if row.ways:
            yield from ((row.rule, way.words) for way in row.ways if way.cases == 0)
        elif row.cases + row.boundaries == 0:
            yield row.rule, row.title


def _loose(run: TestRun) -> Iterator[tuple[str, str]]:
    for row in run.coverage:
        for one in row.thresholds:
            if not one.held:
                yield row.rule, f"{one.words}: {_nearest(one)}"


def _nearest(one: Pinned) -> str:
    below, above = one.nearest_below, one.nearest_at_or_above
    if below is None and above is None:
        return "no case on either side"
    return f"no case below; the nearest above has {number(above)}" if above is not None else (
        f"no case at or above; the nearest below has {number(below or 0.0)}"
    )  # fmt: skip


def _gaps(out: Console, title: str, found: list[tuple[str, str]], full: bool, advice: str) -> None:
    if not found:
        return
    out.print(f"[yellow]{title}[/]")
    shown = found if full else found[:MOST_SHOWN]
    width = max(len(rule) for rule, _ in shown)
    for rule, words in shown:
        out.print(Text(f"  {rule:<{width}}  {words}"), **WHOLE)
    if len(found) > len(shown):
        out.print(f"[dim]  … and {len(found) - len(shown)} more; {advice}.[/]")
    out.print()


def _summary(run: TestRun) -> str:
    passed, total = len(run.verdicts) - len(run.failures), len(run.verdicts)
    style = "green" if not run.failures else "bold red"
    generated = total - run.cases
    word = "boundary" if generated == 1 else "boundaries"
    cases = f"{run.cases} {'case' if run.cases == 1 else 'cases'}"
    return f"[{style}]{passed} of {total} as expected[/] ({cases}, {generated} {word})."


def _count(count: int) -> str:
    return str(count) if count else "–"


def _result(row: Covered) -> str:
    if not row.cases + row.boundaries:
        return "[yellow]no case[/]"
    return "[green]as expected[/]" if row.passed else "[bold red]differs[/]"

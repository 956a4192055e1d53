"""Policies, findings and test runs as people read them in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sop.diff import Change
from sop.findings import Finding
from sop.lanes import OUTCOME_WORDS
from sop.types import LANES, Policy, Rule
from sop.words import MISSING_WORDS, random_words, share_words, when_lines

LANE_STYLES = {
    "detain": "bold red",
    "examine": "dark_orange",
    "scan": "yellow",
    "documents": "cyan",
    "release": "green",
}
SEVERITY_STYLES = {"error": "bold red", "warning": "yellow"}
PIPE_WIDTH = 120
EXCERPT = 100
WHOLE: dict[str, Any] = {"soft_wrap": True}
"""Lines that a person may search or copy are not broken at the console's width."""


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for a table in a pipe."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def findings(path: Path, text: str, found: Sequence[Finding]) -> None:
    """Print each finding under the line that it is about."""
    out = console()
    lines = text.splitlines()
    for one in found:
        style = SEVERITY_STYLES[one.severity]
        out.print(f"[{style}]{one.severity}[/] {escape(path.name)}:{one.line}:{one.column} [dim]{one.code}[/]", **WHOLE)
        if one.line <= len(lines):
            out.print(_excerpt(lines[one.line - 1], one.column, style), **WHOLE)
        out.print(Text(f"    {one.message}\n"), **WHOLE)
    counts = [sum(one.severity == severity for one in found) for severity in ("error", "warning")]
    mood = "green" if not counts[0] else "bold red"
    out.print(f"[{mood}]{escape(str(path))}: {_count(counts[0], 'error')}, {_count(counts[1], 'warning')}.[/]", **WHOLE)


def policy(path: Path, shown: Policy, full: bool) -> None:
    """Print a policy in words."""
    out = console()
    out.print(f"[bold]{escape(shown.name)}[/] version [bold]{escape(shown.version)}[/]")
    out.print(f"[dim]{escape(shown.owner)} · effective from {shown.effective_from} · {escape(str(path))}[/]", **WHOLE)
    out.print(_rules_table(shown, full))
    out.print(_lanes_table(shown))
    out.print(_missing_table(shown, full))
    out.print(Text.assemble(("By chance: ", "bold"), random_words(shown.random_selection, full)))
    for lane, share in shown.workload.items():
        note = " (kept for planning; single decisions do not use it)"
        out.print(Text.assemble(("Workload: ", "bold"), f"{lane} {share_words(share)}", (note, "dim")))
    out.print(Text.assemble(("Otherwise: ", "bold"), _lane(shown.default_lane)))


def changes(old: Path, new: Path, found: Sequence[Change]) -> None:
    """Print differences as before and after."""
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
    out.print(f"\n{_count(len(found), 'difference')}.")


def _rules_table(shown: Policy, full: bool) -> Table:
    table = Table(box=box.HORIZONTALS, title="Rules: the first that matches decides", title_justify="left",
                  title_style="bold", show_lines=True)  # fmt: skip
    table.add_column("Rule", no_wrap=True)
    table.add_column("When", ratio=1)
    table.add_column("Lane", no_wrap=True)
    table.add_column("Reference", no_wrap=True)
    for rule in shown.rules:
        table.add_row(rule.id, _rule_text(rule, full), _lane(rule.lane), Text(rule.reference or ""))
    return table


def _rule_text(rule: Rule, full: bool) -> Group:
    lines = [Text(rule.title, style="bold"), *(Text(line) for line in when_lines(rule.when))]
    if full and rule.instructions:
        lines.append(Text(f"→ {rule.instructions}", style="dim"))
    return Group(*lines)


def _lanes_table(shown: Policy) -> Table:
    table = Table(box=box.SIMPLE, title="Answer to advance data", title_justify="left", title_style="bold",
                  show_header=False)  # fmt: skip
    for lane in LANES:
        outcome = shown.lanes[lane]
        table.add_row(_lane(lane), outcome, OUTCOME_WORDS[outcome])
    return table


def _missing_table(shown: Policy, full: bool) -> Table:
    table = Table(box=box.SIMPLE, title="When something could not be judged", title_justify="left",
                  title_style="bold", show_header=False)  # fmt: skip
    for key, step in shown.missing_evidence.items():
        lane = Text(f"at least {step.lane}", style=LANE_STYLES[step.lane])
        words = [Text(MISSING_WORDS[key])]
        if full and step.instructions:
            words.append(Text(f"→ {step.instructions}", style="dim"))
        table.add_row(key, Group(*words), lane, Text(step.reference or ""))
    return table


def _excerpt(line: str, column: int, style: str) -> Text:
    start = max(0, column - 1 - EXCERPT // 2) if len(line) > EXCERPT else 0
    shown = line[start : start + EXCERPT].replace("\t", " ")
    lead = "…" if start else ""
    # In cells of the terminal: Chinese characters take two.
    indent = " " * cell_len(lead + shown[: column - 1 - start])
    return Text.assemble((f"    {lead}{shown}\n", "dim"), (f"    {indent}^", style))


def _lane(lane: str) -> Text:
    return Text(lane, style=LANE_STYLES[lane])


def _count(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"

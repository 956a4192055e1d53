"""A simulation on a terminal: one screen that answers what the change does, `--full` for the rest."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli import sop_simulate_words as words
from cli.sop_present import LANE_STYLES, console
from sop.simulation.changes import Changed
from sop.simulation.findings import LaneFinds
from sop.simulation.groups import NOT_KNOWN, Effect
from sop.simulation.lanes import LaneRow, RuleRow
from sop.simulation.simulate import Simulation
from sop.simulation.thresholds import Holding
from sop.types import LANES

RULES_SHOWN, CHANGED_SHOWN, GROUPS_SHOWN = 6, 3, 4
MILDER, MORE_SEVERE = "bold red", "bold green"
WIDEST = 118
NO_STATION = ("station", NOT_KNOWN)


def show(found: Simulation, full: bool) -> None:
    """Print a simulation; `full` adds every rule, group and changed parcel."""
    out = console()
    out.print(_head(found))
    out.print(_lanes(found))
    out.print(_asked(found))
    out.print(_finds(found))
    if found.wishes:
        out.print(_wishes(found))
    out.print(_side_by_side(_rules(found.rules if full else found.rules[:RULES_SHOWN]), _groups(found, full)))
    out.print(_changed(found.largest if full else found.largest[:CHANGED_SHOWN], len(found.largest)))
    if full:
        _details(out, found)
    for doubt in words.doubts(found):
        out.print(Text(f"• {doubt}", style="yellow"))
    if not full:
        out.print(Text("All rules, groups and parcels: --full, --json or --report FILE.html.", style="dim"))


def _head(found: Simulation) -> RenderableType:
    title = Text.assemble((found.before, "bold"), "  →  ", (found.after, "bold"))
    return Group(title, Text(words.material_words(found), style="dim"), Text(words.headline(found)))


def _lanes(found: Simulation) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("Lane")
    for name in ("Before", "After", "Change", "Share before", "after", "A day before", "after", "Busiest day"):
        table.add_column(name, justify="right")
    for row in found.lanes:
        table.add_row(*_lane_row(row))
    return table


def _lane_row(row: LaneRow) -> Sequence[RenderableType]:
    before, after = row.before, row.after
    return (
        Text(row.lane, style=LANE_STYLES[row.lane]),
        f"{before.count:,}", f"{after.count:,}", words.signed(after.count - before.count),
        words.percent(before.share), words.percent(after.share),
        words.a_day(before.mean_a_day), words.a_day(after.mean_a_day), f"{after.busiest_day:,}",
    )  # fmt: skip


def _asked(found: Simulation) -> RenderableType:
    lines = [_mark(row.met_after, words.share_sentence(found, row)) for row in found.shares]
    lines += [_mark(not row.days_over_after, words.capacity_sentence(found, row)) for row in found.capacity]
    return Group(*lines, "") if lines else ""


def _mark(met: bool, text: str) -> Text:
    return Text.assemble(("✓ ", "green") if met else ("✗ ", "bold red"), text)


def _finds(found: Simulation) -> Panel:
    finds = found.findings
    lost, advance = bool(finds.lost.value), words.advance_words(finds)
    lines = [
        Text(words.finds_words(finds), style="bold red" if lost else ""),
        *([Text(advance, style="bold red" if finds.advance.in_doubt else "")] if advance else []),
        Text(words.chance_words(finds.chance)),
        Text(words.unknown_words(finds), style="dim"),
    ]
    return Panel(Group(*lines), title="Finds", title_align="left", padding=(0, 1), width=WIDEST)


def _wishes(found: Simulation) -> Panel:
    lines: list[Text] = []
    for wish in found.wishes:
        lines.append(_wish(wish))
        rows = words.answers(found, wish)
        lines += [Text(f"  {words.threshold_words(row)}") for row in rows]
        if not rows and not wish.met:
            lines.append(Text(f"  {words.NO_THRESHOLD}"))
        lines += [
            Text(f"    # {row.rule}, to be pasted:\n    {row.yaml}", style="cyan") for row in rows[:1] if row.yaml
        ]
    return Panel(
        Group(*lines),
        title="Thresholds, each alone, workload not applied",
        title_align="left",
        padding=(0, 1),
        width=WIDEST,
    )


def _wish(wish: Holding) -> Text:
    mark = ("✓ ", "green") if wish.met else ("✗ ", "bold red")
    return Text.assemble(mark, words.wish_words(wish))


def _side_by_side(left: RenderableType, right: RenderableType) -> Table:
    grid = Table.grid(padding=(0, 4))
    grid.add_row(left, right)
    return grid


def _rules(rows: Sequence[RuleRow]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title="Rules that change most",
                  title_justify="left", title_style="bold")  # fmt: skip
    table.add_column("Rule", no_wrap=True)
    for name in ("Before", "After", "Change"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(row.rule, f"{row.before:,}", f"{row.after:,}", words.signed(row.difference))
    return table


def _groups(found: Simulation, full: bool) -> RenderableType:
    # Before arrival no station is known: the stage says it already.
    rows = ((kind, row) for kind, rows in found.groups.items() for row in rows if (kind, row.name) != NO_STATION)
    marked = [(kind, row) for kind, row in rows if row.stands_out]
    marked.sort(key=lambda pair: -max(abs(pair[1].opened.difference.value), abs(pair[1].held.difference.value)))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold",
                  title="Groups that change otherwise than the others, in points")  # fmt: skip
    for name in ("Group", "Opened", "Held"):
        table.add_column(name, justify="left" if name == "Group" else "right")
    for kind, row in marked if full else marked[:GROUPS_SHOWN]:
        table.add_row(f"{kind} {row.name}", _points(row.opened), _points(row.held))
    if not marked:
        table.add_row("none, beyond what chance explains", "", "")
    return table


def _points(effect: Effect) -> str:
    return f"{words.points(effect.difference.value)} {words.span(effect.difference, words.points)}"


def _changed(rows: Sequence[Changed], total: int) -> RenderableType:
    if not rows:
        return Text("No parcel changes its lane.", style="green")
    title = Text(f"Parcels whose lane changes most ({len(rows)} of {total} shown)", style="bold")
    return Group(title, *(_one_changed(row) for row in rows))


def _one_changed(row: Changed) -> Text:
    milder = LANES.index(row.lane_after) > LANES.index(row.lane_before)
    rank = "rank not known" if row.rank is None else f"rank {row.rank:.3f}"
    found = f", {row.found.replace('_', ' ')} found" if row.found else ""
    return Text.assemble(
        (f"{row.item_id}  ", "bold"),
        (row.lane_before, LANE_STYLES[row.lane_before]), " → ", (row.lane_after, LANE_STYLES[row.lane_after]),
        (f"  {'let go' if milder else 'held'}, {rank}{found}\n", MILDER if milder else MORE_SEVERE),
        (f"  - {row.rule_before}: {row.reason_before}\n  + {row.rule_after}: {row.reason_after}", "dim"),
    )  # fmt: skip


def _details(out: Console, found: Simulation) -> None:
    out.print(_finds_by_lane(found))
    out.print(_days(found))
    for kind, rows in found.groups.items():
        table = _plain(f"By {kind}", kind.capitalize(), "Screenings", "Changed",
                       *("Opened", "after", "Points", "Held", "after", "Points"))  # fmt: skip
        for row in rows:
            mark = " (few)" if row.small else " ◆" if row.stands_out else ""
            cells = *_cells(row.opened), *_cells(row.held)
            table.add_row(f"{row.name}{mark}", f"{row.screenings:,}", f"{row.changed:,}", *cells)
        out.print(table)


def _finds_by_lane(found: Simulation) -> Table:
    half = ("Known", "Illicit", "Hit rate")
    table = _plain("Parcels by their most severe lane, and what was in them", "Lane", "Parcels", *half, "After", *half)
    for one, two in zip(found.findings.before, found.findings.after, strict=True):
        table.add_row(one.lane, *_finds_of(one), *_finds_of(two))
    return table


def _finds_of(one: LaneFinds) -> tuple[str, str, str, str]:
    rate = f"{words.percent(one.hit_rate.value)} {words.span(one.hit_rate, words.percent)}" if one.known else "–"
    return f"{one.parcels:,}", f"{one.known:,}", f"{one.illicit:,}", rate


def _days(found: Simulation) -> Table:
    table = _plain("Screenings by day and lane, before → after", "Day", *LANES)
    for row in found.days:
        pairs = zip(row.before, row.after, strict=True)
        table.add_row(str(row.day), *(f"{one:,}" if one == two else f"{one:,} → {two:,}" for one, two in pairs))
    return table


def _plain(title: str, first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _cells(effect: Effect) -> tuple[str, str, str]:
    return words.percent(effect.before.value), words.percent(effect.after.value), _points(effect)

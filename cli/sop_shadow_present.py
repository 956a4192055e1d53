"""What a candidate would have changed, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.sop_order_words import moment, order_line
from cli.sop_present import LANE_STYLES, console
from cli.sop_simulate_words import percent, points, signed, span
from service.shadow_figures import Comparison, Counts, ScoreDifference
from service.shadow_trials import Trial
from sop.types import LANES

CHANGES_SHOWN = 12
DIRECTION_WORDS = {"same": "left in their lane", "raised": "raised", "lowered": "lowered"}


def show(trial: Trial, found: Comparison) -> None:
    """Print a run and what it says up to now."""
    out = console()
    out.print(_head(trial, found))
    if not found.counts.compared:
        out.print(Text("No parcel was judged by both sides yet.", style="yellow"))
        return
    out.print(_lanes(found))
    out.print(_matrix(found))
    if found.changes:
        out.print(_changes(found))
    for line in (*_scores(found), *_finds(found)):
        out.print(line)


def _head(trial: Trial, found: Comparison) -> RenderableType:
    end = f"ended {moment(trial.ended)}" if trial.ended else "runs"
    counts = found.counts
    lines = [
        Text.assemble((trial.title, "bold"), f"  beside what is in use  ({end})"),
        Text(f"begun {order_line(trial.started)}", style="dim"),
        Text(f"{counts.compared:,} of {counts.recorded:,} screenings compared" + _left_out(counts)),
    ]
    if counts.compared:
        interval = span(found.moved, percent)
        lines.append(Text(f"{percent(found.moved.value)} {interval} of them go to another lane."))
    return Group(*lines)


def _left_out(counts: Counts) -> str:
    named = {
        "waiting": counts.waiting,
        "dropped, as too many waited": counts.dropped,
        "failed": counts.failed,
        "screened without the candidate": counts.not_taken,
    }
    parts = [f"{count:,} {word}" for word, count in named.items() if count]
    return f"; {', '.join(parts)}." if parts else "."


def _lanes(found: Comparison) -> Table:
    table = _table("Lane", "In use", "Candidate", "Change", "Difference of its share, points (95 %)")
    for row in found.lanes:
        difference = f"{points(row.difference.value)} {span(row.difference, points)}"
        change = signed(row.candidate - row.active)
        cells = (f"{row.active:,}", f"{row.candidate:,}", change, difference)
        table.add_row(Text(row.lane, style=LANE_STYLES[row.lane]), *cells)
    return table


def _matrix(found: Comparison) -> Table:
    table = _table("In use ↓  candidate →", *LANES)
    for place, (lane, row) in enumerate(zip(LANES, found.matrix, strict=True)):
        cells = [_cell(count, other - place) for other, count in enumerate(row)]
        table.add_row(Text(lane, style=LANE_STYLES[lane]), *cells)
    return table


def _cell(count: int, milder: int) -> Text:
    style = "bold red" if milder > 0 else "bold green" if milder < 0 else ""
    return Text(f"{count:,}", style=style) if count else Text("·", style="dim")


def _changes(found: Comparison) -> Table:
    table = _table("In use", "Candidate", "Screenings", "Illicit found", left=2)
    for one in found.changes[:CHANGES_SHOWN]:
        before, after = f"{one.active_lane} by {one.active_rule}", f"{one.candidate_lane} by {one.candidate_rule}"
        table.add_row(before, after, f"{one.parcels:,}", f"{one.illicit:,}" if one.illicit else "·")
    left = sum(one.parcels for one in found.changes[CHANGES_SHOWN:]) + found.changes_left_out
    if left:
        table.add_row(Text("other changes", style="dim"), "", f"{left:,}", "")
    return table


def _scores(found: Comparison) -> Iterator[Text]:
    for one in found.scores:
        if one.changed or one.only_active or one.only_candidate:
            yield Text.assemble((f"{one.score}: ", "bold"), _score_words(one))


def _score_words(one: ScoreDifference) -> str:
    parts = []
    if one.both:
        parts.append(
            f"differs in {one.changed:,} of {one.both:,}; candidate minus in use: mean {one.mean:+.4f}, "
            f"median {one.p50:+.4f}, 90 % between {one.p05:+.4f} and {one.p95:+.4f}, largest {one.largest:.4f}"
        )
    parts += [f"known only in use: {one.only_active:,}"] if one.only_active else []
    parts += [f"known only to the candidate: {one.only_candidate:,}"] if one.only_candidate else []
    return "; ".join(parts) + "."


def _finds(found: Comparison) -> Iterator[Text]:
    for one in found.finds:
        if not one.parcels:
            continue
        words = f"{one.parcels:,} {DIRECTION_WORDS[one.direction]}: {one.known:,} opened with a result on record"
        share = f", {one.illicit:,} illicit: {percent(one.share.value)} {span(one.share, percent)}" if one.known else ""
        alarming = one.direction == "lowered" and one.illicit
        yield Text(f"{words}{share}.", style="bold red" if alarming else "")
    yield Text(
        "What nobody opened is not known: officers look by the lane in use, not by the candidate's.", style="dim"
    )


def _table(*names: str, left: int = 1) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for place, name in enumerate(names):
        table.add_column(name, justify="left" if place < left else "right")
    return table

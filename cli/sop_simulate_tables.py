"""The tables of a simulation's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from cli import sop_simulate_words as words
from sop.simulation.changes import Changed
from sop.simulation.groups import Effect, GroupRow
from sop.simulation.intervals import Estimate
from sop.simulation.simulate import Simulation
from sop.simulation.thresholds import Threshold
from sop.types import LANES
from training.report_tables import table


def lane_table(found: Simulation) -> str:
    """Return each lane's load before and after."""
    rows = [
        [
            escape(row.lane), f"{row.before.count:,}", f"{row.after.count:,}",
            words.signed(row.after.count - row.before.count), words.percent(row.before.share),
            words.percent(row.after.share), words.a_day(row.before.mean_a_day), words.a_day(row.after.mean_a_day),
            f"{row.before.busiest_day:,}", f"{row.after.busiest_day:,}",
        ]
        for row in found.lanes
    ]  # fmt: skip
    head = ["lane", "before", "after", "change", "share before", "share after", "a day before", "a day after",
            "busiest day before", "busiest day after"]  # fmt: skip
    return table(head, rows)


def share_table(found: Simulation) -> str:
    """Return the shares that `workload` asks for."""
    rows = [
        [
            f"{escape(row.lane)} {escape(words.place(row.stage))}<small>{escape(row.policy)}</small>",
            _limit(row.at_least, row.at_most), f"{row.screenings:,}", words.percent(row.before),
            words.percent(row.after), "yes" if row.met_after else "<b>no</b>",
        ]
        for row in found.shares
    ]  # fmt: skip
    return table(["lane", "asked for", "screenings", "before", "after", "met after"], rows) if rows else ""


def capacity_table(found: Simulation) -> str:
    """Return lanes against what officers can do in a day."""
    rows = [
        [
            escape(row.lane), f"{row.per_day:,}", f"{row.days_over_before:,}", f"{row.days_over_after:,}",
            f"{row.busiest_before:,}", f"{row.busiest_after:,}", f"{row.left_undone_before:,}",
            f"{row.left_undone_after:,}",
        ]
        for row in found.capacity
    ]  # fmt: skip
    head = ["lane", "a day", "days over before", "after", "busiest day before", "after", "beyond capacity before",
            "after"]  # fmt: skip
    return table(head, rows) if rows else ""


def moves_table(found: Simulation) -> str:
    """Return screenings by lane before and after; what stays is pale."""
    rows = [
        [
            f"{escape(lane)} <small>{sum(counts):,} before</small>",
            *(_move(at, to, count) for to, count in enumerate(counts)),
        ]
        for at, (lane, counts) in enumerate(zip(LANES, found.moves, strict=True))
    ]
    return table(["before \\ after", *LANES], rows)


def day_table(found: Simulation) -> str:
    """Return each day by lane, before and after."""
    rows = [
        [str(row.day), *(f"{one:,} → {two:,}" for one, two in zip(row.before, row.after, strict=True))]
        for row in found.days
    ]
    return table(["day", *LANES], rows)


def finds_table(found: Simulation) -> str:
    """Return parcels, known results and illicit ones by lane."""
    pairs = zip(found.findings.before, found.findings.after, strict=True)
    rows = [
        [
            escape(one.lane), f"{one.parcels:,}", f"{one.known:,}", f"{one.illicit:,}", _share(one.hit_rate, one.known),
            f"{two.parcels:,}", f"{two.known:,}", f"{two.illicit:,}", _share(two.hit_rate, two.known),
        ]
        for one, two in pairs
    ]  # fmt: skip
    half = ["parcels", "result known", "illicit", "hit rate"]
    head = ["most severe lane", *(f"{name} {side}" for side in ("before", "after") for name in half)]
    return table(head, rows)


def chance_table(found: Simulation) -> str:
    """Return what chance says about parcels that the rules left closed."""
    chance = found.findings.chance
    if chance is None:
        return ""
    named = {
        "all that the rules then left closed": chance.overlooked,
        "of them opened by the rules before": chance.before,
        "of them opened by the rules after": chance.after,
        "of them opened only after": chance.gained,
        "of them opened only before": chance.lost,
        "found by the rules, after less before, those on record included": found.findings.change,
    }
    rows = [[escape(name), words.whole(one.value), words.bare(one) or "–"] for name, one in named.items()]
    return table(["illicit parcels among", "estimate", "95 % interval"], rows)


def rules_table(found: Simulation) -> str:
    """Return every rule."""
    rows = [
        [escape(row.rule), f"{row.before:,}", f"{row.after:,}", words.signed(row.difference)] for row in found.rules
    ]
    return table(["rule", "before", "after", "change"], rows)


def placed_table(found: Simulation) -> str:
    """Return what put screenings into their lanes."""
    rows = [[escape(name.replace("_", " ")), f"{one:,}", f"{two:,}"] for name, (one, two) in found.placed_by.items()]
    return table(["put there by", "before", "after"], rows)


def group_table(kind: str, rows: Sequence[GroupRow]) -> str:
    """Return the groups of one trait."""
    body = [
        [
            f"{escape(row.name)}{' ◆' if row.stands_out else ''}{'<small>few</small>' if row.small else ''}",
            f"{row.screenings:,}", f"{row.changed:,}", *_effect(row.opened), *_effect(row.held),
        ]
        for row in rows
    ]  # fmt: skip
    head = [f"{what} {one}" for what in ("opened", "held") for one in ("before", "after", "points")]
    return table([kind, "screenings", "changed", *head], body)


def threshold_table(rows: Sequence[Threshold]) -> str:
    """Return what each threshold can do alone."""
    body = [
        [
            f"{escape(row.rule)}<small>{escape(row.signal)} {words.BOUND_WORDS[row.bound]}</small>", f"{row.now:g}",
            "cannot alone" if row.value is None else f"<b>{row.value:g}</b>", words.percent(row.share_then),
            _lost(row), f"{row.in_doubt:,}" if row.value is not None else "–",
            f"{row.gained.value:.0f}" if row.value is not None else "–",
        ]
        for row in rows
    ]  # fmt: skip
    return table(["rule", "now", "would meet it", "share then", "finds lost", "in doubt", "finds gained"], body)


def parcel_list(rows: Sequence[Changed]) -> str:
    """Return the parcels whose lane changes most, with both reasons."""
    return f'<ol class="parcels">{"".join(map(_parcel, rows))}</ol>' if rows else "<p>None.</p>"


def _parcel(row: Changed) -> str:
    milder = LANES.index(row.lane_after) > LANES.index(row.lane_before)
    verdict = '<span class="let">let go</span>' if milder else '<span class="held">held</span>'
    rank = "rank not known" if row.rank is None else f"rank {row.rank:.3f}"
    found = f", <b>{escape(row.found.replace('_', ' '))} found</b>" if row.found else ""
    return (
        f"<li><b>{escape(row.item_id)}</b> {escape(words.place(row.stage))}: "
        f'<span class="lane">{row.lane_before} → {row.lane_after}</span>, {verdict}, {rank}{found}'
        f"<small>before, {escape(row.rule_before)}: {escape(row.reason_before)}</small>"
        f"<small>after, {escape(row.rule_after)}: {escape(row.reason_after)}</small></li>"
    )


def _limit(at_least: float | None, at_most: float | None) -> str:
    parts = [f"at least {words.percent(at_least)}"] if at_least is not None else []
    parts += [f"at most {words.percent(at_most)}"] if at_most is not None else []
    return ", ".join(parts)


def _move(at: int, to: int, count: int) -> str:
    if not count:
        return "·"
    kind = "same" if at == to else "let" if to > at else "held"
    return f'<span class="{kind}">{count:,}</span>'


def _share(rate: Estimate, known: int) -> str:
    return _cell(rate, words.percent) if known else "–"


def _cell(estimate: Estimate, write: Callable[[float], str]) -> str:
    span = words.bare(estimate, write)
    return f"{write(estimate.value)}<small>{span}</small>" if span else write(estimate.value)


def _effect(effect: Effect) -> list[str]:
    shares = [_cell(one, words.percent) for one in (effect.before, effect.after)]
    return [*shares, _cell(effect.difference, words.points)]


def _lost(row: Threshold) -> str:
    if row.value is None:
        return "–"
    return f"{row.lost.value:.0f} of {row.finds_now:,}<small>{words.bare(row.lost)}</small>"

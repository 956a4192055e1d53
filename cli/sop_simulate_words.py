"""What a simulation says, in sentences: the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sop.simulation.findings import Chance, Findings
from sop.simulation.intervals import Estimate
from sop.simulation.lanes import CapacityRow, ShareRow
from sop.simulation.simulate import Simulation
from sop.simulation.thresholds import Holding, Threshold
from sop.simulation.types import OPENED

STAGE_WORDS = {"pre_arrival": "before arrival", "station": "at the station", "": "at an unknown stage"}
BOUND_WORDS = {"at_least": "at least", "below": "below"}
NO_THRESHOLD = "No threshold of a rule into this lane decides any of these screenings."
WISH_WORDS = {"at_most": "at most", "at_least": "at least"}


def percent(share: float) -> str:
    """Return a share with two or three digits, never rounded to nothing."""
    value = share * 100
    size = abs(value)
    digits = 0 if size >= 99.95 or size == 0 else 1 if size >= 1 else 2 if size >= 0.1 else 3
    return f"{value:.{digits}f} %".replace("-", "−")


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    size = abs(difference * 100)
    if size == 0:
        return "0"
    digits = 1 if size >= 1 else 2 if size >= 0.1 else 3
    return f"{difference * 100:+.{digits}f}".replace("-", "−")


def signed(count: int) -> str:
    """Return a difference of counts with its sign; nothing where there is none."""
    return f"{count:+,}".replace("-", "−") if count else "–"


def whole(value: float) -> str:
    """Return an estimate of a count: whole from 10 on, with one decimal below."""
    return f"{value:,.0f}" if value == 0 or abs(value) >= 10 else f"{value:.1f}".replace("-", "−")


def span(estimate: Estimate, write: Callable[[float], str] = whole) -> str:
    """Return an interval in brackets; nothing where there is none."""
    ends = bare(estimate, write)
    return f"({ends})" if ends else ""


def bare(estimate: Estimate, write: Callable[[float], str] = whole) -> str:
    """Return an interval; nothing where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{write(estimate.low)} to {write(estimate.high)}"


def a_day(value: float) -> str:
    """Return a mean of parcels a day."""
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.1f}"


def headline(found: Simulation) -> str:
    """Return what the change does, in one sentence."""
    share = found.changed / found.material.screenings
    moved = f"{found.changed:,} of {found.material.screenings:,} screenings ({percent(share)}) get another lane"
    before, after = opened_a_day(found)
    rows = [row for row in found.lanes if row.lane != "release"]
    was, now = (a_day(sum(getattr(row, side).mean_a_day for row in rows)) for side in ("before", "after"))
    return (
        f"{moved}; officers open {a_day(after)} parcels a day instead of {a_day(before)}, and {now} a day are held in "
        f"any lane but release instead of {was}."
    )


def opened_a_day(found: Simulation) -> tuple[float, float]:
    """Return how many parcels officers open in a day, before and after."""
    rows = [row for row in found.lanes if row.lane in OPENED]
    return sum(row.before.mean_a_day for row in rows), sum(row.after.mean_a_day for row in rows)


def finds_words(finds: Findings) -> str:
    """Return what becomes of the illicit parcels on record."""
    if not finds.illicit:
        return "No illicit parcel is on record for these screenings, so what the change does to finds is not known."
    lost = f"{finds.lost.value:.0f} are looked at less closely"
    if finds.lost.value:
        lost += f" (now {', '.join(f'{count} {lane}' for lane, count in finds.lost_to.items())})"
    return (
        f"Of {finds.illicit:,} illicit parcels on record {finds.found_after:,} are opened and {finds.scanned_after:,} "
        f"only X-rayed; before {finds.found_before:,} and {finds.scanned_before:,}. {lost}, {finds.gained.value:.0f} "
        f"more closely; in another such period {bare(finds.lost)} and {bare(finds.gained)} (95 % intervals)."
    )


def advance_words(finds: Findings) -> str:
    """Return what changes before arrival, and which finds are in doubt for it; nothing where nothing does."""
    one = finds.advance
    if not one.no_longer_sent + one.newly_sent:
        return ""
    moved = (
        f"On their advance data the candidate no longer sends {one.no_longer_sent:,} parcels to scan or a more severe "
        f"lane, and newly sends {one.newly_sent:,}."
    )
    if not one.in_doubt:
        return moved
    return (
        f"{one.in_doubt:,} of the finds that stay are in doubt: they were made at the station, to which the candidate "
        f"no longer sends them. {moved} Of the parcels not sent, {percent(one.came_anyway.value)} came to the station "
        f"anyway {span(one.came_anyway, percent)}."
    )


def unknown_words(finds: Findings) -> str:
    """Return what cannot be known."""
    never = (
        f"Nobody looked into {finds.never_opened:,} of the {finds.parcels:,} parcels, so what was in them is not known."
    )
    if not finds.newly_opened:
        return never
    opened = (
        f"Of the {finds.newly_opened:,} parcels that only the candidate opens, {finds.newly_opened_known:,} were "
        "opened then for another reason."
    )
    return f"{never} {opened}"


def chance_words(chance: Chance | None) -> str:
    """Return what the parcels that chance opened say about the others."""
    if chance is None:
        return (
            "No parcel that only chance opened has a result on record, so what the rules overlook cannot be estimated: "
            "set random_selection to a lane in which officers look, and record every result."
        )
    return (
        f"Chance alone opened {chance.selected:,} parcels; of {chance.known:,} with a result {chance.illicit:,} were "
        f"illicit. So about {whole(chance.overlooked.value)} of all that the rules then left closed were illicit (95 % "
        f"interval {bare(chance.overlooked)}). Of these the candidate opens about {whole(chance.gained.value)} that "
        f"the other leaves closed {span(chance.gained)}, and leaves closed about {whole(chance.lost.value)} that the "
        f"other opens {span(chance.lost)}."
    )


def share_sentence(found: Simulation, row: ShareRow) -> str:
    """Return what a lane holds beside what its procedure's `workload` asks for."""
    wanted = [f"at least {percent(row.at_least)}"] if row.at_least is not None else []
    wanted += [f"at most {percent(row.at_most)}"] if row.at_most is not None else []
    return (
        f"{_whose(found, row)}{row.lane} {place(row.stage)}: {percent(row.after)} ({percent(row.before)} before); "
        f"`workload` asks for {' and '.join(wanted)}."
    )


def _whose(found: Simulation, row: ShareRow) -> str:
    """Return the policy's title where there are several."""
    return f"{row.policy}: " if len({one.policy for one in found.shares}) > 1 else ""


def capacity_sentence(found: Simulation, row: CapacityRow) -> str:
    """Return what a lane holds beside what its officers can do in a day."""
    return (
        f"{row.lane}, capacity {row.per_day:,} a day: more on {row.days_over_after:,} of {found.material.days:,} days "
        f"({row.days_over_before:,} before), {row.busiest_after:,} on the busiest ({row.busiest_before:,}); "
        f"{row.left_undone_after:,} beyond capacity in all ({row.left_undone_before:,})."
    )


def wish_words(wish: Holding) -> str:
    """Return what a lane holds beside what somebody wants."""
    wanted = f"{WISH_WORDS[wish.wish]} {percent(wish.wanted)}"
    return f"{wish.lane} {wanted} {place(wish.stage)}: holds {percent(wish.share)}"


def answers(found: Simulation, wish: Holding) -> list[Threshold]:
    """Return what each threshold can do about a wish."""
    wanted = (wish.stage, wish.lane, wish.wish, wish.wanted)
    return [row for row in found.thresholds if (row.stage, row.lane, row.wish, row.wanted) == wanted]


def place(stage: str) -> str:
    """Return a stage in words."""
    return STAGE_WORDS.get(stage, stage)


def material_words(found: Simulation) -> str:
    """Return what was replayed."""
    one = found.material
    days = "1 day" if one.days == 1 else f"{one.days:,} days"
    how = "workload applied" if found.workload else "workload not applied"
    return (
        f"{one.screenings:,} screenings of {one.parcels:,} parcels, {one.first} to {one.last} ({days}, "
        f"{one.time_zone}), {one.source}; {how}."
    )


def doubts(found: Simulation) -> Iterator[str]:
    """Yield what the reader should know about the material."""
    one = found.material
    if one.rebuilt:
        yield f"{one.rebuilt:,} older screenings are rebuilt from answer and manifest, as their evidence was not kept."
    for reason, count in one.left_out.items():
        yield f"{count:,} could not be replayed: {reason}."
    if one.recorded and one.recorded_alike < one.recorded:
        other = one.recorded - one.recorded_alike
        yield (
            f"{other:,} of {one.recorded:,} screenings were decided otherwise then than {found.before} decides them: "
            "under an earlier version, other cuts of the workload, or an override."
        )


def threshold_words(row: Threshold) -> str:
    """Return what one threshold can do alone."""
    name = f"{row.rule} {row.signal} {BOUND_WORDS[row.bound]} {row.now:g}"
    if row.value is None:
        return f"{name}: cannot alone; the closest it comes is {percent(row.share_then)}"
    doubt = f", {row.in_doubt:,} in doubt" if row.in_doubt else ""
    finds = f"{row.lost.value:.0f} of {row.finds_now:,} finds lost{doubt}, {row.gained.value:.0f} gained"
    return f"{name} → {row.value:g}: {percent(row.share_then)}; {finds}"

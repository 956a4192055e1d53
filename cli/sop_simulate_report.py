"""A simulation as one self-contained page: what a director needs first, then the finds, the groups and the parcels."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cli import sop_simulate_tables as tables
from cli import sop_simulate_words as words
from cli.sop_simulate_plots import plots, threshold_plot
from cli.sop_simulate_style import PAGE_STYLE
from sop.simulation.groups import LEAST
from sop.simulation.simulate import Simulation
from sop.simulation.threshold_places import WHOLE
from sop.simulation.thresholds import Threshold
from training.report import tile

TERMS = (
    "Before: the procedure in force; after: the candidate; both decide the same stored evidence on the day of the "
    "screening. Screening: one decision about one parcel; a parcel may have several. Opened: in the lane detain or "
    "examine. Held: in any lane but release. Share: of the screenings. Result known: somebody wrote down what was in "
    "the parcel. Hit rate: illicit among the known. Points: percentage points. Rank: the combined score, or the "
    "manifest risk where there is no picture."
)
INTERVALS = (
    "Intervals are 95 %: Wilson's for shares, Garwood's exact Poisson interval for counts of finds, Newcombe's paired "
    "one for differences on the same screenings, and Fay and Feuer's gamma interval for estimates from chance."
)
CHANCE_TERMS = (
    "Each parcel that only chance opened stands for as many as its probability says (Horvitz and Thompson). The "
    "estimate holds for all parcels that the rules then did not open; it is unbiased as long as officers write down "
    "what they find, and what they do not find, in parcels that chance selects."
)
CURVES = 4


def render(found: Simulation) -> str:
    """Return the page."""
    title = f"What would change? {found.before} → {found.after}"
    parts = [
        f"<h1>{escape(title)}</h1><p class='quiet'>{escape(words.material_words(found))}</p>",
        *(f'<p class="quiet">{escape(text)}</p>' for text in words.doubts(found)),
        _warning(found),
        _summary(found),
        f"<h2>Work</h2>{tables.lane_table(found)}{_asked(found)}",
        f"<h3>Where parcels go</h3><p>Screenings by lane before (rows) and after (columns).</p>"
        f"{tables.moves_table(found)}<details><summary>Day by day, before → after</summary>"
        f"{tables.day_table(found)}</details>",
        _finds(found),
        _thresholds(found),
        f"<h2>Plots</h2>{plots(found)}",
        f"<h2>Rules</h2>{tables.rules_table(found)}<h3>What put parcels into their lanes</h3>"
        f"{tables.placed_table(found)}",
        _groups(found),
        f"<h2>The parcels whose lane changes most</h2>{tables.parcel_list(found.largest)}",
        f'<h2>Words and intervals</h2><p class="quiet">{TERMS}</p><p class="quiet">{INTERVALS}</p>',
        f"<h2>How this was made</h2><dl><dt>Command</dt><dd><code>{escape(found.command)}</code></dd></dl>",
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{PAGE_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _warning(found: Simulation) -> str:
    if not found.findings.advance.in_doubt:
        return ""
    return f'<p class="warning">{escape(words.advance_words(found.findings))}</p>'


def _summary(found: Simulation) -> str:
    finds = found.findings
    before, after = words.opened_a_day(found)
    chance, doubt = finds.chance, finds.advance.in_doubt
    tiles = [
        tile(words.a_day(after), "parcels a day opened", f"{words.a_day(before)} before", main=True),
        tile(f"{finds.found_after:,} of {finds.illicit:,}", "illicit parcels on record opened",
              f"{finds.found_before:,} before; only X-rayed {finds.scanned_after:,}, {finds.scanned_before:,} before"),
        tile(f"{finds.lost.value:.0f}", "finds looked at less closely" + (f", {doubt:,} in doubt" if doubt else ""),
              f"another such period: {words.bare(finds.lost)}"),
        tile(f"{finds.gained.value:.0f}", "finds looked at more closely",
              f"another such period: {words.bare(finds.gained)}"),
        tile(words.whole(chance.overlooked.value) if chance else "?", "illicit overlooked by the rules then",
              words.bare(chance.overlooked) if chance else "chance says nothing: no results"),
    ]  # fmt: skip
    mood = "bad" if finds.lost.value + doubt > finds.gained.value else "good"
    return f'<p class="lead {mood}">{escape(words.headline(found))}</p><div class="tiles">{"".join(tiles)}</div>'


def _asked(found: Simulation) -> str:
    shares, capacity = tables.share_table(found), tables.capacity_table(found)
    parts = [f"<h3>Shares that <code>workload</code> asks for</h3>{shares}"] if shares else []
    parts += [f"<h3>Against capacity</h3>{capacity}"] if capacity else []
    return "".join(parts)


def _finds(found: Simulation) -> str:
    finds = found.findings
    return (
        f"<h2>Finds</h2><p>{escape(words.finds_words(finds))}</p><p>{escape(words.advance_words(finds))}</p>"
        f"<p>{escape(words.unknown_words(finds))}</p>"
        f"{tables.finds_table(found)}<h3>What chance says about parcels that the rules left closed</h3>"
        f"<p>{escape(words.chance_words(finds.chance))}</p>{tables.chance_table(found)}"
        f'<p class="quiet">{CHANCE_TERMS}</p>'
    )


def _thresholds(found: Simulation) -> str:
    parts = []
    for wish in found.wishes:
        parts.append(f"<h3>{escape(words.wish_words(wish))}</h3>")
        rows = words.answers(found, wish)
        if wish.met:
            parts.append("<p>Met as it stands.</p>")
        elif rows:
            curves = "".join(threshold_plot(row) for row in rows[:CURVES] if row.signal != WHOLE)
            parts.append(f"{tables.threshold_table(rows)}{_lines(rows)}<div class='plots'>{curves}</div>")
        else:
            parts.append(f"<p>{words.NO_THRESHOLD}</p>")
    if not parts:
        return ""
    note = "Each alone, the others as they stand, workload not applied."
    return f"<h2>Thresholds that would meet a workload</h2><p>{note}</p>{''.join(parts)}"


def _lines(rows: Sequence[Threshold]) -> str:
    lines = "\n".join(f"# {row.rule}\n{row.yaml}" for row in rows if row.yaml)
    return f"<p>To be pasted, one of them:</p><pre>{escape(lines)}</pre>" if lines else ""


def _groups(found: Simulation) -> str:
    shown = [f"<h3>By {escape(kind)}</h3>{tables.group_table(kind, rows)}" for kind, rows in found.groups.items()]
    note = (
        f"Groups under {LEAST} screenings are marked as few. ◆: the group has another part of the screenings that "
        "change than it has of all, beyond what chance explains when so many groups are looked at."
    )
    return f"<h2>Whom the change meets</h2><p>{note}</p>{''.join(shown)}"

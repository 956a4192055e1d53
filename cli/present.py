"""An answer as a table for people; the same for `screen`, `demo` and whatever shows one parcel on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from sop.placi.words import OUTCOME_NAMES

LANE_STYLES = {
    "detain": "bold white on red3",
    "examine": "bold black on dark_orange",
    "scan": "bold black on yellow3",
    "documents": "bold white on dodger_blue3",
    "release": "bold white on green4",
}
REASONS_SHOWN = 4
REQUESTS = {"missing": "missing", "amend": "amend", "screening": "send back", "papers": "send"}


def parcel(answer: dict[str, Any], title: str = "", notes: tuple[tuple[str, str], ...] = ()) -> RenderableType:
    """Lay out one answer: lane first, then why, then where in the picture, then the versions behind it."""
    decision = answer["decision"]
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    lane = decision["lane"]
    grid.add_row("Lane", f"[{LANE_STYLES[lane]}] {lane.upper()} [/]  outcome {decision['outcome']}")
    grid.add_row("Rule", escape(_rule(decision)))
    grid.add_row("Why", escape(decision["reason"]))
    if decision.get("instructions"):
        grid.add_row("Do", escape(decision["instructions"]))
    if answer.get("carrier"):
        grid.add_row("Carrier", _carrier(answer["carrier"]))
    grid.add_row("Risk", _risk(answer))
    for row in _evidence(answer):
        grid.add_row(*row)
    for name, text in notes:
        grid.add_row(name, escape(text))
    used = {name: value for name, value in answer["versions"].items() if value}
    grid.add_row("Versions", "[dim]" + escape(", ".join(_version(*pair) for pair in used.items())) + "[/]")
    heading = f"{title}  " if title else ""
    return Panel(Group(grid), title=escape(f"{heading}{answer['item_id']}"), title_align="left", padding=(0, 1))


def _rule(decision: dict[str, Any]) -> str:
    parts = [decision["rule"]]
    if decision.get("reference"):
        parts.append(decision["reference"])
    if decision.get("random_selection"):
        parts.append("random selection")
    if decision.get("degraded"):
        parts.append("missing: " + ", ".join(decision["degraded"]))
    return "  |  ".join(parts)


def _risk(answer: dict[str, Any]) -> str:
    risk = answer["risk"]
    if risk is None:
        return "[red]not available[/]"
    lines = [f"{risk['score']:.4f}, higher than {risk['percentile']:.1f} % of parcels"]
    for reason in risk["reasons"][:REASONS_SHOWN]:
        lines.append(f"[dim]{reason['contribution']:+.2f}[/]  {escape(reason['text'])}")
    return "\n".join(lines)


def _carrier(carrier: dict[str, Any]) -> str:
    lines = [f"{carrier['outcome']}, {OUTCOME_NAMES[carrier['outcome']]}: {escape(carrier['text'])}"]
    for one in carrier["requests"]:
        lines.append(f"[bold]{REQUESTS[one['kind']]}[/] {escape(one['path'])}  {escape(one['text'])}")
    return "\n".join(lines)


def _evidence(answer: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    if answer["indicators"]:
        shown = [f"{escape(one['text'])} [dim]{one['code']}[/]" for one in answer["indicators"]]
        rows.append(("Indicators", "\n".join(shown)))
    if answer["xray"] is not None:
        rows.append(("X-ray", _xray(answer["xray"])))
    if answer["combined"] is not None and answer["xray"] is not None:
        rows.append(("Combined", f"{answer['combined']['score']:.4f}"))
    if answer["contradictions"]:
        rows.append(("Contradicts", "\n".join(escape(one["text"]) for one in answer["contradictions"])))
    if answer["warnings"]:
        rows.append(("Warnings", "\n".join(escape(one["message"]) for one in answer["warnings"])))
    return rows


def _xray(xray: dict[str, Any]) -> str:
    score = "no score" if xray["score"] is None else f"score {xray['score']:.2f}"
    lines = [f"{xray['assessment']}, {score}, {xray['ability']}, scanner {xray['scanner']}"]
    for number, image in enumerate(xray["images"]):
        for problem in image["problems"]:
            lines.append(f"picture {number}: {escape(problem['message'])}")
        for region in image["regions"]:
            x, y, width, height = region["box"]
            lines.append(
                f"picture {number}: {region['part']} {region['score']:.2f} at x {x}, y {y}, {width} x {height} px"
            )
    return "\n".join(lines)


def _version(name: str, value: str) -> str:
    is_digest = name.endswith("_digest") or name in {"feature_spec", "watchlists"}
    return f"{name} {value[:12] if is_digest else value}"

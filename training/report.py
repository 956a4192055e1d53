"""The evaluation as one self-contained page: what a director needs first, then tables and plots, then the method."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from training.metrics import SHARES
from training.peers import ORACLE, PROFILE
from training.pooled import MODEL
from training.report_plots import plots
from training.report_style import STYLE
from training.report_tables import (
    all_tables,
    ceiling_table,
    difference_table,
    drift_table,
    main_table,
    percent,
    seed_table,
    shared_table,
    slice_tables,
    work_table,
)  # fmt: skip

__all__ = ["STYLE", "render"]
NAMES = {
    "group": "By group", "both": "By group and time", "time": "By time", "route": "Unseen routes", "row": "By row",
    "file": "On another file", "bundle": "The given model",
}  # fmt: skip
RATES_APART = 1.5
TERMS = (
    "AUC: chance that an illicit parcel ranks above a harmless one (0.5 is by lot). AP: average precision, the mean "
    "precision over all recalls. P@ and R@: precision (share of the inspected that are illicit) and recall (share of "
    "the illicit that are inspected) when so much of the traffic is inspected. Lift: precision over the base rate. "
    "ECE: expected calibration error, how far probabilities lie from what is found. Brier: mean squared error of the "
    "probabilities."
)
DRIFT_WORDS = (
    "The population stability index (PSI) says how differently a feature's values are spread over the earlier and the "
    "later half of the parcels: 0 is the same; by custom, from 0.1 one looks and from 0.25 one retrains. 'By chance' "
    "is the range it has when each group's two halves are exchanged or not by lot: within it, nothing moved. "
    "Columns of history move by themselves where the table begins with nobody known."
)


def render(metrics: Mapping[str, Any]) -> str:
    """Return the page for what `training.evaluate` measured."""
    lead = next(iter(metrics["protocols"]))
    data = metrics["data"]
    title = f"How good is the risk model? {data['file']}" + (f", {data['test_file']}" if data["test_file"] else "")
    parts = [
        f"<h1>{escape(title)}</h1>",
        _warning(metrics["overlap"]),
        _summary(metrics, metrics["protocols"][lead]),
        _rates(metrics),
        *(_protocol(name, one) for name, one in metrics["protocols"].items()),
        f'<p class="quiet">{TERMS} In small print: {escape(metrics["intervals"])}.</p>',
        f"<h2>Plots: {escape(NAMES[lead].lower())}</h2>{plots(metrics, metrics['protocols'][lead])}",
        _parts_of_the_traffic(metrics["protocols"]),
        _drift(metrics),
        _seeds(metrics),
        _ceiling(metrics["ceiling"]),
        _all_figures(metrics["protocols"]),
        _about(metrics),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _warning(overlap: Mapping[str, Any] | None) -> str:
    if overlap is None or overlap["warning"] is None:
        return ""
    return f'<p class="warning">{escape(overlap["warning"])}</p>'


def _rates(metrics: Mapping[str, Any]) -> str:
    """Say where a bundle's probabilities speak for another share of illicit parcels than the table holds."""
    mine, theirs = metrics["model_base_rate"], metrics["data"]["base_rate"]
    if mine is None or 1 / RATES_APART < mine / theirs < RATES_APART:
        return ""
    return (
        f"<p>The model's probabilities speak for traffic with {percent(mine)} illicit parcels; here are "
        f"{percent(theirs)}. ECE and Brier score measure that gap too; the ranking is not touched by it.</p>"
    )


def _summary(metrics: Mapping[str, Any], measured: Mapping[str, Any]) -> str:
    figures, data = measured["figures"], metrics["data"]
    model, profile, best = (figures[name] for name in (MODEL, PROFILE, ORACLE))
    recall, precision = model["recall@0.01"], model["precision@0.01"]
    tiles = [
        tile(percent(recall[0]), "found by the risk model", f"{percent(recall[1])} to {percent(recall[2])}", main=True),
        tile(percent(profile["recall@0.01"][0]), "found by an HS risk profile", "rates of HS codes, the usual way"),
        tile("1.0 %", "found by inspecting by lot", "1 % of everything"),
        tile(percent(best["recall@0.01"][0]), "the most that is possible", "if every inspection were a find"),
    ]
    opened = [_of_100(one) for one in (precision[0], profile["precision@0.01"][0], measured["base_rate"])]
    return (
        f'<p class="lead">When 1 % of the parcels can be inspected, how many of the illicit ones are found?</p>'
        f'<div class="tiles">{"".join(tiles)}</div>'
        f"<h3>Share of the illicit that is found, by the share inspected (by lot: as much as is inspected)</h3>"
        f"{work_table(figures)}<p>At 1 % inspected, of 100 parcels opened {opened[0]} are illicit; with the HS risk "
        f"profile {opened[1]}, by lot {opened[2]}. {_better(measured['differences'][PROFILE]['recall@0.01'])}</p>"
        f'<p class="quiet">{escape(measured["what"])} Measured on {measured["rows"]:,} parcels, '
        f"{measured['illicit']:,} of them illicit ({percent(measured['base_rate'])}), in {measured['groups']:,} groups "
        f"of near-duplicates, {escape(str(data['from'] or 'times unknown'))} to {escape(str(data['to'] or ''))}.</p>"
    )


def _of_100(share: float | None) -> str:
    found = (share or 0.0) * 100
    return f"{found:.0f}" if found >= 1 else f"{found:.2g}"


def tile(number: str, what: str, small: str, main: bool = False) -> str:
    """Return one of the figures that stand first on a page."""
    mark = " main" if main else ""
    return f'<div class="tile{mark}"><b>{number}</b><span>{escape(what)}</span><small>{escape(small)}</small></div>'


def _better(difference: list[float | None]) -> str:
    value, low, high = difference
    if value is None or low is None or high is None:
        return ""
    if low > 0:
        return (
            f"The risk model finds {percent(low)} to {percent(high)} of the illicit more than the HS risk profile: "
            "more than chance explains."
        )
    if high < 0:
        return "<b>The risk model finds less than the HS risk profile: more than chance explains.</b>"
    return "Whether the risk model finds more than the HS risk profile at 1 % cannot be told from so few parcels."


def _protocol(name: str, measured: Mapping[str, Any]) -> str:
    return (
        f"<h2>{escape(NAMES[name])}</h2><p>{escape(measured['what'])} {measured['rows']:,} parcels tested, "
        f"{measured['illicit']:,} illicit.</p>{main_table(measured['figures'])}"
        f"<h3>Differences on the same parcels</h3>{difference_table(measured['differences'])}"
    )


def _parts_of_the_traffic(protocols: Mapping[str, Any]) -> str:
    tables = [
        f"<h3>{escape(NAMES[name])}</h3>{slice_tables(measured['slices'])}" for name, measured in protocols.items()
    ]
    return f"<h2>Parts of the traffic</h2><p>The risk model alone.</p>{''.join(tables)}"


def _drift(metrics: Mapping[str, Any]) -> str:
    if not metrics["drift"]:
        return "<h2>Drift</h2><p>The table says no times, so there are no halves to compare.</p>"
    return f"<h2>Drift</h2><p>{DRIFT_WORDS}</p>{drift_table(metrics['drift'])}"


def _seeds(metrics: Mapping[str, Any]) -> str:
    repeated = {name: one["seeds"] for name, one in metrics["protocols"].items() if one.get("seeds")}
    if not repeated:
        return ""
    tables = [f"<h3>{escape(NAMES[name])}</h3>{seed_table(one, metrics['seeds'])}" for name, one in repeated.items()]
    return f"<h2>Does luck of the draw matter?</h2>{''.join(tables)}"


def _ceiling(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    repeats = found["repeats"]
    return (
        f"<h2>How good could anybody be?</h2><p>{escape(found['sentence'])}</p>{ceiling_table(found['rows'])}"
        f"<p>{percent(repeats['rows_in_repeated'])} of the parcels repeat another one exactly; of the patterns that "
        f"repeat, {percent(repeats['repeated_with_one_label'])} always ended the same way.</p>"
        f"{shared_table(found['shared_codes'])}"
    )


def _all_figures(protocols: Mapping[str, Any]) -> str:
    tables = [f"<h3>{escape(NAMES[name])}</h3>{all_tables(one['figures'])}" for name, one in protocols.items()]
    shares = ", ".join(f"{share * 100:g}" for share in SHARES)
    return f"<h2>All figures</h2><p>At {shares} % inspected.</p>{''.join(tables)}"


def _about(metrics: Mapping[str, Any]) -> str:
    data, rate = metrics["data"], metrics["model_base_rate"]
    facts = {
        "Model": metrics["model"],
        "Data": f"{data['file']}, SHA-256 {data['sha256']}",
        **({"Tested on": f"{data['test_file']}, SHA-256 {data['test_sha256']}"} if data["test_file"] else {}),
        "Rows that could not be read": f"{data['rows_dropped']:,}",
        "Base rate": f"{percent(data['base_rate'])} in the data"
        + (f", {percent(rate)} is what the model's probabilities speak for" if rate is not None else ""),
        "Folds, seeds": f"{metrics['folds']} folds, {metrics['seeds']} seeds from {metrics['seed']}",
        "Feature specification": metrics["feature_spec"],
        "Command": metrics["command"],
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
    return f"<h2>How this was measured</h2><dl>{rows}</dl>"

"""The evaluation as one self-contained page: readable on a phone, printable, nothing loaded from anywhere."""

from __future__ import annotations

from html import escape
from typing import Any

from training.metrics import SHARES
from training.svg import Axis, bars, lines

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:1000px;margin:0 auto;padding:16px}
h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.15rem;margin:1.6em 0 .4em}
p{margin:.4em 0}.lead{font-size:1.05rem}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.86rem;width:100%}
th,td{padding:5px 9px;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal;min-width:11em}
thead th{border-bottom:2px solid #555;vertical-align:bottom}tbody tr:first-child{background:#eef5fb;font-weight:600}
td small{display:block;color:#555;font-weight:400}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:20px}
figure{margin:0}figcaption{font-weight:600;margin-bottom:4px}svg{width:100%;height:auto}
svg text{font:12px system-ui,sans-serif;fill:#333}svg .axis{font-size:12.5px;fill:#111}svg .grid{stroke:#e4e4e4}
.legend{font-size:.82rem}.key{display:inline-block;margin-right:14px}.swatch{width:30px;height:10px;margin-right:5px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;font-size:.88rem}dt{color:#555}
dd{margin:0;overflow-wrap:anywhere}code{font-size:.85em}
@media print{body{max-width:none;padding:0}.plots{grid-template-columns:1fr 1fr}figure{break-inside:avoid}}
"""
COLUMNS: tuple[tuple[str, str], ...] = (
    ("auc", "AUC"), ("ap", "AP"),
    *((f"precision@{share:g}", f"P@{share * 100:g} %") for share in SHARES),
    *((f"recall@{share:g}", f"R@{share * 100:g} %") for share in SHARES),
    *((f"lift@{share:g}", f"lift@{share * 100:g} %") for share in SHARES),
    ("ece", "ECE"), ("brier", "Brier"),
)  # fmt: skip


def render(metrics: dict[str, Any]) -> str:
    """Return the page for what `training.evaluate` measured."""
    title = f"Risk model {metrics['model']}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{_lead(metrics)}"
        f"<h2>Ranking, and precision of what is opened</h2>{_table(metrics, ('auc', 'ap', 'precision@'))}"
        f"<h2>Recall: how much of the illicit is found</h2>{_table(metrics, ('recall@',))}"
        f"<h2>Lift, and errors of the probabilities</h2>{_table(metrics, ('lift@', 'ece', 'brier'))}"
        f"<p>AUC: chance that an illicit parcel ranks above a harmless one. AP: average precision. P@, R@: precision "
        f"and recall when so much of the traffic is inspected; lift: precision over the base rate. ECE: expected "
        f"calibration error. In small print: {escape(metrics['intervals'])}.</p>"
        f'<h2>Plots</h2><div class="plots">{"".join(_plots(metrics))}</div>{_about(metrics)}</body></html>\n'
    )


def _lead(metrics: dict[str, Any]) -> str:
    data, figures = metrics["data"], metrics["figures"]["risk model"]
    recall, precision = figures["recall@0.01"], figures["precision@0.01"]
    return (
        f'<p class="lead">Inspecting the 1 % of parcels that the model ranks highest finds '
        f"<b>{_percent(recall[0])}</b> of the illicit ones ({_percent(recall[1])} to {_percent(recall[2])}); "
        f"{_percent(precision[0])} of the parcels opened are then illicit, against {_percent(data['base_rate'])} at "
        f"random.</p><p>Measured on {data['rows']:,} parcels, {data['illicit']:,} of them illicit, in "
        f"{data['groups']:,} groups of near-duplicates.</p>"
    )


def _table(metrics: dict[str, Any], wanted: tuple[str, ...]) -> str:
    columns = [column for column in COLUMNS if column[0].startswith(wanted)]
    head = "".join(f"<th>{escape(label)}</th>" for _, label in columns)
    rows = "".join(
        f"<tr><td>{escape(name)}</td>{''.join(_cell(figures.get(key), key) for key, _ in columns)}</tr>"
        for name, figures in metrics["figures"].items()
    )
    return f'<div class="scroll"><table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _cell(figure: list[float | None] | None, key: str) -> str:
    if figure is None or figure[0] is None:
        return "<td>–</td>"
    digits = 1 if key.startswith("lift") else 4 if key in {"ece", "brier"} else 3
    low, high = ("–" if one is None else f"{one:.{digits}f}" for one in figure[1:])
    return f"<td>{figure[0]:.{digits}f}<small>{low} to {high}</small></td>"


def _plots(metrics: dict[str, Any]) -> list[str]:
    curves = metrics["curves"]
    share = Axis("share of the traffic inspected", 0.001, 1.0, (0.001, 0.01, 0.1, 1.0), log=True)
    whole = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    recall, precision = Axis("recall", 0.0, 1.0, whole), Axis("precision", 0.0, 1.0, whole)
    gains = {name: list(zip(one["share"], one["recall"], strict=True)) for name, one in curves.items()}
    both = {name: list(zip(one["recall"], one["precision"], strict=True)) for name, one in curves.items()}
    return [
        _captioned("How much is found for how much work", lines("Recall by share inspected", share, recall, gains)),
        _captioned("Precision and recall", lines("Precision against recall", recall, precision, both)),
        _captioned("Lift over random inspection", _lift(metrics, share)),
        _captioned("Are the probabilities to be believed?", _reliable(metrics["reliability"])),
        _captioned("What the scores rest on", bars("Importance", dict(list(metrics["importance"].items())[:14]),
                   "mean absolute contribution to the score, log-odds")),
    ]  # fmt: skip


def _lift(metrics: dict[str, Any], share: Axis) -> str:
    rate = metrics["data"]["base_rate"]
    series = {
        name: [(s, p / rate) for s, p in zip(one["share"], one["precision"], strict=True) if s >= share.low]
        for name, one in metrics["curves"].items()
    }
    top = max(lift for points in series.values() for _, lift in points)
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if top / one <= 6)
    marks = [float(step * place) for place in range(int(top / step) + 2)]
    return lines("Lift", share, Axis("lift", 0.0, marks[-1], marks, percent=False), series)


def _reliable(found: dict[str, list[float]]) -> str:
    top = max(*found["predicted"], *found["observed"], 1e-6)
    # Both axes on a logarithmic scale: nearly all parcels have tiny probabilities.
    low = min([one for one in (*found["predicted"], *found["observed"]) if one > 0] or [1e-4]) / 2
    marks = [one for power in range(-6, 1) if low <= (one := 10.0**power) <= 1.0]
    x = Axis("predicted probability (mean of ten equal bins)", low, min(1.0, top * 2), marks, log=True)
    y = Axis("share found illicit", low, min(1.0, top * 2), marks, log=True)
    points = list(zip(found["predicted"], found["observed"], strict=True))
    return lines("Reliability", x, y, {"risk model": points}, dots=True, diagonal=True)


def _captioned(caption: str, chart: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{chart}</figure>"


def _about(metrics: dict[str, Any]) -> str:
    data = metrics["data"]
    facts = {
        "Data": f"{data['file']}, SHA-256 {data['sha256']}",
        "Rows that could not be read": f"{data['rows_dropped']:,}",
        "Base rate": f"{_percent(data['base_rate'])} in the data, {_percent(metrics['model_base_rate'])} in the model",
        "Feature specification": metrics["feature_spec"],
        "Command": metrics["command"],
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
    return f"<h2>About this measurement</h2><dl>{rows}</dl>"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.3g} %"

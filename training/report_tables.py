"""The tables of the evaluation's page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from training.metrics import SHARES
from training.peers import ORACLE, PROFILE
from training.pooled import MODEL

Cell = Sequence[float | None] | None
LABELS: dict[str, str] = {
    "auc": "AUC", "ap": "AP",
    **{f"precision@{share:g}": f"P@{share * 100:g}\u00a0%" for share in SHARES},
    **{f"recall@{share:g}": f"R@{share * 100:g}\u00a0%" for share in SHARES},
    **{f"lift@{share:g}": f"lift@{share * 100:g}\u00a0%" for share in SHARES},
    "ece": "ECE", "brier": "Brier",
}  # fmt: skip
MAIN = ("auc", "ap", "precision@0.01", "precision@0.1", "recall@0.01", "recall@0.1", "ece")
ALL = (
    ("Ranking and precision", ("auc", "ap", "precision@")),
    ("Recall: share of the illicit that is found", ("recall@",)),
    ("Lift over random inspection, errors of the probabilities", ("lift@", "ece", "brier")),
)
COMPARED = ("auc", "ap", "precision@0.01", "precision@0.1", "recall@0.01")
SLICED = ("auc", "ap", "precision@0.1", "recall@0.01", "recall@0.1", "ece")
FEATURES_SHOWN = 20


def main_table(figures: Mapping[str, Mapping[str, Cell]]) -> str:
    """Return the figures most people ask for, one model a row."""
    return _models(figures, MAIN)


def work_table(figures: Mapping[str, Mapping[str, Cell]]) -> str:
    """Return what is found for how much work, for people who plan the work."""
    rows = [
        [
            f"{share * 100:g} %",
            *(_cell(figures[name][f"recall@{share:g}"], "", write=percent) for name in (MODEL, PROFILE)),
            percent((figures[ORACLE][f"recall@{share:g}"] or [None])[0]),
        ]
        for share in SHARES
    ]
    found = table(["inspected", "risk model", "HS risk profile", "at most"], rows)
    return f'<div class="narrow">{found}</div>'


def all_tables(figures: Mapping[str, Mapping[str, Cell]]) -> str:
    """Return every figure, in tables narrow enough for paper."""
    return "".join(
        f"<h4>{escape(title)}</h4>{_models(figures, [key for key in LABELS if key.startswith(wanted)])}"
        for title, wanted in ALL
    )


def difference_table(differences: Mapping[str, Mapping[str, Cell]]) -> str:
    """Return risk model minus each peer, and in words what its interval says."""
    rows = [
        [escape(name), *(_cell(figures.get(key), key, signed=True) for key in COMPARED), _verdict(figures.get("ap"))]
        for name, figures in differences.items()
        if name != ORACLE
    ]
    return table(["risk model minus", *(LABELS[key] for key in COMPARED), "on AP"], rows)


def slice_tables(slices: Mapping[str, Any]) -> str:
    """Return one table for each kind of slice."""
    return "".join(_slices(kind, found) for kind, found in slices.items() if found["shown"])


def seed_table(seeds: Mapping[str, Mapping[str, Any]], count: int) -> str:
    """Return mean and spread over seeds."""
    keys = ("auc", "ap", "precision@0.01", "precision@0.1", "recall@0.01")
    rows = [[escape(name), *(_spread(figures.get(key), key) for key in keys)] for name, figures in seeds.items()]
    head = ["", *(LABELS[key] for key in keys)]
    return f"<p>Mean over {count} seeds; in small print least to greatest.</p>{table(head, rows, main_first=True)}"


def drift_table(features: Sequence[Mapping[str, Any]]) -> str:
    """Return the features that moved most between the halves."""
    rows = [
        [
            f"{escape(one['feature'])}<small>{escape(one['meaning'])}</small>",
            f"{one['psi']:.3f}",
            f"{one['null'][0]:.3f} to {one['null'][1]:.3f}",
            _from_to(one["missing"], percent),
            _from_to(one["mean"], lambda value: f"{value:.3g}"),
        ]
        for one in features[:FEATURES_SHOWN]
    ]
    return table(["feature", "PSI", "by chance", "missing, early to late", "mean, early to late"], rows)


def ceiling_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what each kind of knowledge would reach."""
    keys = ("auc", "ap", "precision@0.1")
    body = [
        [escape(one["name"]), *(_plain(one["figures"].get(key)) for key in keys), escape(one["assumes"])]
        for one in rows
    ]
    return table(["who ranks", *(LABELS[key] for key in keys), "what it knows or assumes"], body, words=(4,))


def shared_table(shared: Sequence[Mapping[str, Any]]) -> str:
    """Return how much of the label parcels of different groups share under the same codes."""
    rows = [
        [
            escape(" with ".join(one["codes"])),
            f"{percent(one['agreement'])}<small>standard error {percent(one['error'])}</small>",
            percent(one["covered"]),
            percent(one["explained"]),
        ]
        for one in shared
    ]
    return table(
        [
            "parcels of different groups with the same",
            "share of the label's variance",
            "rows with a partner",
            "of the whole table",
        ],
        rows,
    )


def table(
    head: Iterable[str], rows: Iterable[Sequence[str]], main_first: bool = False, words: Sequence[int] = ()
) -> str:
    """Return a table that scrolls by itself on a narrow screen; cells are HTML."""

    def cells(tag: str, texts: Iterable[str]) -> str:
        marked = ((' class="words"' if place in words else "", text) for place, text in enumerate(texts))
        return "".join(f"<{tag}{mark}>{text}</{tag}>" for mark, text in marked)

    body = "".join(
        f"<tr{' class=main' if main_first and place == 0 else ''}>{cells('td', row)}</tr>"
        for place, row in enumerate(rows)
    )
    return (
        f'<div class="scroll"><table><thead><tr>{cells("th", map(escape, head))}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def percent(share: float | None) -> str:
    """Return a share as percent with three digits at most, never rounded to nothing."""
    if share is None:
        return "–"
    value = share * 100
    size = abs(value)
    digits = 0 if size >= 99.95 or size == 0 else 1 if size >= 1 else 2 if size >= 0.1 else 3
    return f"{value:.{digits}f} %".replace("-", "−")


def _models(figures: Mapping[str, Mapping[str, Cell]], keys: Sequence[str]) -> str:
    rows = [[escape(name), *(_cell(one.get(key), key) for key in keys)] for name, one in figures.items()]
    return table(["", *(LABELS[key] for key in keys)], rows, main_first=next(iter(figures), "") == MODEL)


def _slices(kind: str, found: Mapping[str, Any]) -> str:
    rows = [
        [
            escape(name),
            f"{one['rows']:,}",
            percent(one["illicit"] / one["rows"]),
            *(_cell(one["figures"].get(key), key) for key in SLICED),
        ]
        for name, one in found["shown"].items()
    ]
    left = found["not_shown"]
    note = (
        f'<p class="quiet">{left} more with {found["rows_not_shown"]:,} parcels are not shown: too few illicit or '
        f"harmless parcels for a figure, or beyond the largest ones.</p>"
        if left
        else ""
    )
    head = [kind, "parcels", "illicit", *(LABELS[key] for key in SLICED)]
    return f"<h3>By {escape(kind)}</h3>{table(head, rows)}{note}"


def _cell(figure: Cell, key: str, signed: bool = False, write: Callable[[float | None], str] | None = None) -> str:
    if figure is None or figure[0] is None:
        return "–"
    digits, sign = (1 if key.startswith("lift") else 3), "+" if signed else ""
    value, low, high = (
        write(one) if write else "–" if one is None else f"{one:{sign}.{digits}f}".replace("-", "−") for one in figure
    )
    return value if figure[1] is None else f"{value}<small>{low} to {high}</small>"


def _spread(figure: Mapping[str, float | None] | None, key: str) -> str:
    if figure is None or figure["mean"] is None:
        return "–"
    return f"{figure['mean']:.3f}<small>{figure['least']:.3f} to {figure['greatest']:.3f}</small>"


def _verdict(figure: Cell) -> str:
    if figure is None or figure[1] is None or figure[2] is None:
        return "–"
    return "better" if figure[1] > 0 else "worse" if figure[2] < 0 else "no clear difference"


def _from_to(pair: Sequence[float | None] | None, write: Callable[[float], str]) -> str:
    if pair is None or None in pair:
        return "–"
    return " to ".join(write(one) for one in pair if one is not None)


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"

"""A model card for people, 80 columns wide: what it learnt from, how good it was, and what it must not be used for."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import click

from cli.models_figures import figure_lines, risk_table, xray_table
from cli.models_find import Found
from models.card import Card
from models.loading import spec_of

WIDTH = 80
LABELS = (10, 20)
"""Least and most columns for the names of entries."""


def card_lines(card: Card, found: Found, whole: bool) -> list[str]:
    """Lay out a card.

    Args:
        card: The card.
        found: How its bundle stands here.
        whole: Every figure instead of the chief ones.
    """
    figures = figure_lines(card.figures, "  ") if whole else _chief(card)
    return [
        click.style(card.title, bold=True),
        *_entries(_standing(card, found)),
        *_section("Made from", _entries(_data(card.data))),
        *_section("How good", figures),
        *_section("Limits", [line for limit in card.limits for line in _wrapped(limit, "- ", "  ")]),
        *_section("Made by", _entries({"command": card.command, **_parameters(card)})),
    ]


def _standing(card: Card, found: Found) -> dict[str, str]:
    marks = {"in use": found.in_use, "promoted": found.promoted, "shipped": found.shipped}
    spec = "as here" if card.feature_spec == spec_of(card) else "NOT the one of this version: it cannot be used here"
    return {
        "kind": {"risk": "risk model (manifests)", "xray": "X-ray detector"}.get(card.kind, card.kind),
        "made": card.created_at,
        "licence": card.licence + (" (the operator must allow it)" if card.research_only else ""),
        "standing": ", ".join(word for word, holds in marks.items() if holds) or "not in use",
        "signature": found.signature,
        "features": f"{card.feature_spec[:16]}, {spec}",
        "folder": str(found.folder),
    }


def _data(data: dict[str, Any]) -> dict[str, str]:
    """Return what a card says of its data: first what everybody asks, then the rest."""
    rest = dict(data)
    told: dict[str, str] = {}
    rows, illicit = rest.pop("rows", None), rest.pop("illicit", None)
    if isinstance(rows, int) and isinstance(illicit, int) and rows:
        told["parcels"] = f"{rows:,}, of them {illicit:,} illicit (base rate {illicit / rows:.2%})"
    start, end = rest.pop("from", None), rest.pop("to", None)
    if start and end:
        told["period"] = f"{str(start)[:10]} to {str(end)[:10]}"
    for name in ("file", "source", "note"):
        if value := rest.pop(name, None):
            told[name] = str(value)
    return told | {name.replace("_", " "): _plain(value) for name, value in rest.items() if value not in (None, "")}


def _parameters(card: Card) -> dict[str, str]:
    rate, seed = card.parameters.get("base_rate"), card.parameters.get("seed")
    told = {} if seed is None else {"seed": str(seed)}
    if isinstance(rate, float):
        told["speaks for"] = f"a base rate of {rate:.3%}: its probabilities hold where so many parcels are illicit"
    return told


def _chief(card: Card) -> list[str]:
    lines = risk_table(card.figures) if card.kind == "risk" else xray_table(card.figures)
    more = "Every figure with its interval: models show --all; as JSON: --json."
    return [*lines, *_wrapped(more, "", "")] if lines else figure_lines(card.figures, "  ")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", click.style(title, bold=True), *lines] if lines else []


def _entries(entries: dict[str, str]) -> list[str]:
    longest = max((len(name) for name in entries), default=0)
    label = min(max(longest, LABELS[0]), LABELS[1])
    return [line for name, text in entries.items() for line in _entry(name, text, label)]


def _entry(name: str, text: str, label: int) -> Iterator[str]:
    begin, blank = f"  {name:{label}}  ", " " * (label + 4)
    if len(begin) > len(blank):
        yield begin.rstrip()
        begin = blank
    yield from textwrap.wrap(text, WIDTH, initial_indent=begin, subsequent_indent=blank, break_on_hyphens=False) or [
        begin.rstrip()
    ]


def _wrapped(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"  {first}", subsequent_indent=f"  {then}")

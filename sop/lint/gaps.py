"""Bands of a number that lie between two rules and that no rule speaks about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sop.coverage import Plain, alternatives
from sop.lint.base import Notes, Subject, line_of
from sop.lint.day import Day
from sop.lint.example import describe, span_words
from sop.lint.space import Span
from sop.types import Evidence, Rule, Within
from sop.words import signal_name

Gaps = set[tuple[str, float, str]]


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where a rule's band of a number begins or ends, and what else the rule asks for there."""

    rule: Rule
    bound: float
    others: tuple[Plain, ...]


def check_gaps(subject: Subject, notes: Notes, day: Day, known: Gaps) -> None:
    """Report each band between a rule that ends below it and one that begins above it, where no rule matches.

    Args:
        subject: The policy.
        notes: Receives the warnings.
        day: The rules of a day.
        known: Bands that were reported, by signal, lower bound and one of the two rules; grows.

    Raises:
        TooHard: Too much was asked.
    """
    for signal in day.space.numbers:
        below, above = _edges(day, signal)
        pairs = [(low, high) for low in below for high in above if low.bound < high.bound]
        for low, high in sorted(pairs, key=lambda pair: pair[1].bound - pair[0].bound):
            for band, parcel in _bands(day, signal, low, high, known):
                message = _message(subject, signal, band, low.rule, high.rule, parcel)
                notes.warn(subject.rule_mark(high.rule, "when"), "rule_gap", message, high.rule)


def _edges(day: Day, signal: str) -> tuple[list[_Edge], list[_Edge]]:
    below: list[_Edge] = []
    above: list[_Edge] = []
    for rule in day.rules:
        for alternative in alternatives(rule.when):
            for one in alternative:
                if isinstance(one, Within) and one.signal == signal:
                    others = tuple(other for other in alternative if other is not one)
                    below += [_Edge(rule, one.below, others)] if one.below is not None else []
                    above += [_Edge(rule, one.at_least, others)] if one.at_least is not None else []
    return below, above


def _bands(day: Day, signal: str, low: _Edge, high: _Edge, known: Gaps) -> Iterator[tuple[Span, Evidence]]:
    """Yield the bands between two edges, neighbouring spans as one, with a parcel that falls through."""
    around = [day.space.holds(one) for one in (*low.others, *high.others)]
    open_band: tuple[Span, Evidence] | None = None
    for index, span in enumerate(day.space.numbers[signal].spans):
        if span is None or not low.bound <= span[0] < high.bound:
            continue
        keys = {(signal, span[0], low.rule.id), (signal, span[0], high.rule.id)}
        parcel = None
        if not keys & known:
            nobody = day.decided_by(len(day.rules))
            parcel = day.find(*day.limits, *around, day.space.span(signal, index), *nobody)
        if parcel is None:
            if open_band:
                yield open_band
            open_band = None
            continue
        known |= keys
        open_band = ((open_band[0][0], span[1]), open_band[1]) if open_band else (span, parcel)
    if open_band:
        yield open_band


def _message(subject: Subject, signal: str, band: Span, low: Rule, high: Rule, parcel: Evidence) -> str:
    falls = f"falls to default_lane {subject.policy.default_lane}"
    return (
        f"No rule speaks about a {signal_name(signal)} {span_words(band)}, between {low.id} on "
        f"{line_of(low, high)} and {high.id} on line {high.line}: {describe(parcel)} {falls}. "
        "Move one of the two thresholds, or write a rule for the band."
    )

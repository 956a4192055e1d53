"""What the sentences of the reasons are made from: one parcel's figures, codes and what the model knows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.history import History
from features.indicators.register import Raised
from features.manifest import Item, Manifest
from features.measures import Measures, main_item, measure
from features.spec import FEATURE_SPEC
from features.spec_codes import CODES, EXTRA, OFFSETS, bin_range, column_names
from models.coded import Coded
from models.hs_text import chapters, pair_scores
from models.memory import Evidence
from models.risk_fitted import Fitted
from models.risk_frame import CHAPTER, Observations, distances

HS_FITS = ("hs_text_fit", "hs_text_gap")
VALUE_NAMES = (*FEATURE_SPEC.base_names, *(f"norm_{one.name}" for one in FEATURE_SPEC.normed), *HS_FITS)
"""The names of `Facts.numbers`, in order."""
_PLACES = {name: place for place, name in enumerate(VALUE_NAMES)}
_WORDS = {one.name: one.words for one in CODES}


@dataclass(frozen=True, slots=True)
class Past:
    """How many comparable earlier declarations there were, and how many of them were illicit."""

    alike: str
    counted: float
    illicit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One parcel's facts.

    Attributes:
        manifest: The parcel.
        main: The line that stands for it.
        figures: Its figures.
        raised: Its indicators.
        history: What was known of its people.
        numbers: Base columns, norms (`norm_...`) and how the words fit the HS chapter, see `value`.
        fitted: What was learned in training.
        evidence: What the memory knows of its pattern.
        past: The strongest cross of codes, by group of reasons.
    """

    manifest: Manifest
    main: Item
    figures: Measures
    raised: Sequence[Raised]
    history: History
    numbers: Sequence[float]
    fitted: Fitted
    evidence: Evidence
    past: Mapping[str, Past]

    def value(self, name: str) -> float:
        """Return one of `numbers` by its name, which is one of VALUE_NAMES."""
        return self.numbers[_PLACES[name]]


def facts_of(
    fitted: Fitted,
    parcel: Observations,
    evidence: Evidence,
    strongest: Mapping[str, str],
    manifest: Manifest,
    raised: Sequence[Raised],
    history: History,
) -> Facts:
    """Collect the facts of one parcel.

    Args:
        fitted: What was learned.
        parcel: The parcel as observed, n = 1.
        evidence: What the memory knows of it.
        strongest: By group of reasons, the name of the cross that says most (see `column_names`).
        manifest: The parcel.
        raised: Its indicators.
        history: Its history.
    """
    fits = pair_scores(fitted.lifts, parcel.texts, chapters(parcel.codes[CHAPTER]))
    numbers = [*parcel.base[0].tolist(), *distances(parcel, fitted)[0].tolist(), *fits[0].tolist()]
    return Facts(
        manifest=manifest,
        main=main_item(manifest),
        figures=measure(manifest),
        raised=raised,
        history=history,
        numbers=numbers,
        fitted=fitted,
        evidence=evidence,
        past=past_of(fitted, parcel.codes, strongest),
    )


def past_of(fitted: Fitted, codes: Mapping[str, Coded], strongest: Mapping[str, str]) -> dict[str, Past]:
    """Return how declarations alike in the strongest crosses turned out, by group of reasons.

    Args:
        fitted: What was learned.
        codes: The codes of one parcel.
        strongest: See `facts_of`.
    """
    if not strongest:
        return {}
    places = {name: place for place, name in enumerate(column_names(fitted.rates.crosses))}
    _, counts, hits = fitted.rates.evidence(codes)
    found = {}
    for group, name in strongest.items():
        cross, place = fitted.rates.crosses[places[name]], places[name]
        parts = [_said(one, codes[one].texts()[0]) for one in cross]
        if all(parts):
            alike = ", ".join(part for part in parts if part)
            found[group] = Past(alike, float(counts[0, place]), float(hits[0, place]))
    return found


def _said(name: str, code: str | None) -> str | None:
    """Return how a sentence says a code; None where it is missing."""
    if code is None:
        return None
    if name in OFFSETS:
        low, high = bin_range(name, code)
        return _WORDS[name].format(f"{_short(low)} to {_short(high)}")
    if name in _WORDS:
        return _WORDS[name].format(code.replace("_", " "))
    return f"{name.removeprefix(EXTRA).removeprefix('bin:')} {code}"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"

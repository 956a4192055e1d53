"""The full row of the risk model: base columns, norms, learned scores, the site's own numbers, rates of codes.

Training builds its whole frame and serving its single row with the same function, so they agree bit for bit. Rows are
float32; what is fitted is looked up in float64 and rounded once, at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.declared import declared
from features.history import History
from features.indicators.register import Raised
from features.manifest import Manifest
from features.patterns import keys_of
from features.spec import FEATURE_SPEC
from features.spec_codes import BIN, EXTRA
from features.tabular import Row, build_codes, build_row, extra_bin, extra_code, extra_number
from models.coded import Coded, code
from models.hs_text import chapters, pair_scores
from models.risk_fitted import Fitted
from models.risk_text import TextModel
from models.site import NO_SITE, Site

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]
HEADING, CHAPTER = "hs_heading", "hs_chapter"
AT_ONCE = 50_000
"""Rows built together, so that columns the model does not look at never stand in memory for all parcels."""
TEXTS_AT_ONCE = 20_000
"""Texts scored together: their n-grams take some 2 kB each."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is read of one parcel before anything fitted is applied.

    Attributes:
        base: The base row.
        text: The descriptions in normal form.
        codes: Codes by name, the site's own as `extra:NAME`, its numbers in bins as `bin:NAME`.
        numbers: The site's own numbers, in the order of `Site.numeric`.
        patterns: See `features.patterns.pattern_keys`.
    """

    base: Row
    text: str
    codes: dict[str, str | None]
    numbers: tuple[float, ...]
    patterns: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What is read of n parcels, by column.

    Attributes:
        base: float32 of shape (n, len(FEATURE_SPEC.base)).
        texts: The descriptions in normal form; none where nothing was declared.
        codes: Codes by name, the site's own as `extra:NAME`, its numbers in bins as `bin:NAME`.
        numbers: The site's own numbers, float32 of shape (n, number of columns).
        patterns: Keys of the known-pattern memory, uint64 of shape (n, len(LEVELS)).
    """

    base: Rows
    texts: Coded
    codes: dict[str, Coded]
    numbers: Rows
    patterns: Keys


def observe(manifest: Manifest, raised: Sequence[Raised], history: History, site: Site = NO_SITE) -> Observation:
    """Read one parcel with the columns of the site's own that `site` names."""
    read, extra = declared(manifest), manifest.extra
    own = {EXTRA + name: extra_code(extra.get(name)) for name in site.categorical}
    bins = {BIN + name: extra_bin(extra.get(name)) for name in site.numeric}
    return Observation(
        base=build_row(manifest, raised, history, read),
        text=read.text,
        codes={**build_codes(manifest, read), **own, **bins},
        numbers=tuple(extra_number(extra.get(name)) for name in site.numeric),
        patterns=keys_of(read, site.pattern),
    )


def gather(observations: Sequence[Observation]) -> Observations:
    """Put parcels side by side; at least one, all read for the same site."""
    return Observations(
        base=np.stack([one.base for one in observations]),
        texts=code(one.text or None for one in observations),
        codes={name: code(one.codes[name] for one in observations) for name in observations[0].codes},
        numbers=np.array([one.numbers for one in observations], dtype=np.float32).reshape(len(observations), -1),
        patterns=np.array([one.patterns for one in observations], dtype=np.uint64),
    )


def full_rows(parcels: Observations, fitted: Fitted, learned: Numbers | None = None) -> Rows:
    """Return the columns that the trees look at, float32 of shape (n, len(fitted.columns)).

    Args:
        parcels: n parcels.
        fitted: What was learned.
        learned: Their `learned_scores`, where the caller has them.
    """
    size = len(parcels.base)
    learned = learned_scores(parcels, fitted) if learned is None else learned
    if size <= AT_ONCE:
        return _assembled(parcels, fitted, learned)
    rows = np.empty((size, len(fitted.columns)), dtype=np.float32)
    for start in range(0, size, AT_ONCE):
        span = np.arange(start, min(start + AT_ONCE, size))
        rows[span] = _assembled(part(parcels, span), fitted, learned[span])
    return rows


def _assembled(parcels: Observations, fitted: Fitted, learned: Numbers) -> Rows:
    rates = fitted.rates.columns(parcels.codes)
    parts = [parcels.base, distances(parcels, fitted), learned.astype(np.float32), parcels.numbers, rates]
    return np.ascontiguousarray(np.hstack(parts)[:, fitted.places])


def part(parcels: Observations, span: npt.NDArray[np.integer]) -> Observations:
    """Return the parcels at the given places, without what only training needs."""
    return Observations(
        base=parcels.base[span],
        texts=parcels.texts.take(span),
        codes={name: one.take(span) for name, one in parcels.codes.items()},
        numbers=parcels.numbers[span],
        patterns=parcels.patterns[span],
    )


def learned_scores(parcels: Observations, fitted: Fitted) -> Numbers:
    """Return the other models' scores, float64 of shape (n, len(FEATURE_SPEC.learned)), in that order."""
    fits = pair_scores(fitted.lifts, parcels.texts, chapters(parcels.codes[CHAPTER]))
    return np.column_stack([score_texts(fitted.text, parcels.texts), fits])


def score_texts(model: TextModel, texts: Coded) -> Numbers:
    """Return the log-odds of each parcel's text, NaN where it has none; equal texts are scored once."""
    wanted = np.flatnonzero(texts.used())
    scores = np.full(len(texts.values) + 1, np.nan)
    for start in range(0, len(wanted), TEXTS_AT_ONCE):
        some = wanted[start : start + TEXTS_AT_ONCE]
        scores[some] = model.score([texts.values[place] for place in some])
    return scores[texts.ids]


def distances(parcels: Observations, fitted: Fitted) -> Rows:
    """Return how far each normed figure lies from what its heading usually shows, shape (n, number of norms)."""
    headings = parcels.codes[HEADING]
    found = np.empty((len(parcels.base), len(FEATURE_SPEC.normed)), dtype=np.float32)
    for place, feature in enumerate(FEATURE_SPEC.normed):
        norm = fitted.norms[feature.name]
        figures = parcels.base[:, FEATURE_SPEC.base_names.index(feature.name)].astype(np.float64)
        usual = [norm.usual_for(heading)[1:] for heading in (*headings.values, None)]
        median, spread = np.array(usual, dtype=np.float64)[headings.ids].T
        found[:, place] = (figures - median) / spread
    return found

"""The full row of the risk model: base columns, norms, codes, the site's own columns.

Training builds its whole frame and serving its single row with the same function, so they agree bit for bit. Rows are
float32; what is fitted is looked up in float64 and rounded once, at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt

from features.history import History
from features.indicators.register import Raised
from features.manifest import Manifest
from features.spec import FEATURE_SPEC, Feature
from features.tabular import Row, build_codes, build_row, extra_code, extra_number
from features.text import manifest_text
from models.coded import Coded, code
from models.risk_fitted import Fitted, extra_names
from models.risk_text import TextModel

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
TEXT_COLUMN = FEATURE_SPEC.base_names.index("text_score")
HEADING = "hs_heading"
SITE = "SITE_COLUMNS"
TEXTS_AT_ONCE = 20_000
"""Texts scored together: their n-grams take some 2 kB each."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is read of one parcel before anything fitted is applied.

    Attributes:
        base: The base row, its text score NaN.
        text: The descriptions in normal form.
        codes: Codes by name, the site's own as `extra:NAME`.
        numbers: The site's own numbers, in the order of `Fitted.numeric`.
    """

    base: Row
    text: str
    codes: dict[str, str | None]
    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What is read of n parcels, by column.

    Attributes:
        base: float32 of shape (n, len(FEATURE_SPEC.base)), text scores NaN.
        texts: The descriptions in normal form; none where nothing was declared.
        codes: Codes by name, the site's own as `extra:NAME`.
        numbers: The site's own numbers, float32 of shape (n, number of columns).
    """

    base: Rows
    texts: Coded
    codes: dict[str, Coded]
    numbers: Rows


def observe(
    manifest: Manifest,
    raised: Sequence[Raised],
    history: History,
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
) -> Observation:
    """Read one parcel; `numeric` and `categorical` name the columns of `Manifest.extra` that the model uses."""
    own = {f"extra:{name}": extra_code(manifest.extra.get(name)) for name in categorical}
    numbers = tuple(extra_number(manifest.extra.get(name)) for name in numeric)
    return Observation(
        build_row(manifest, raised, history, nan), manifest_text(manifest), {**build_codes(manifest), **own}, numbers
    )


def gather(observations: Sequence[Observation]) -> Observations:
    """Put parcels side by side; at least one, all read with the same columns of the site's own."""
    return Observations(
        base=np.stack([one.base for one in observations]),
        texts=code(one.text or None for one in observations),
        codes={name: code(one.codes[name] for one in observations) for name in observations[0].codes},
        numbers=np.array([one.numbers for one in observations], dtype=np.float32).reshape(len(observations), -1),
    )


def columns(fitted: Fitted) -> tuple[Feature, ...]:
    """Return the features of the full row, in order."""
    normed = tuple(Feature(f"norm_{one.name}", one.meaning, one.reason, one.kind) for one in FEATURE_SPEC.normed)
    codes = tuple(Feature(f"code_{one.name}", one.meaning, one.reason, one.kind) for one in FEATURE_SPEC.codes)
    numbers = tuple(
        Feature(name, "A number of the site's own.", SITE, "number") for name in extra_names(fitted.numeric)
    )
    own = tuple(
        Feature(f"code_{name}", "A code of the site's own.", SITE, "encoded")
        for name in extra_names(fitted.categorical)
    )
    return (*FEATURE_SPEC.base, *normed, *codes, *numbers, *own)


def code_names(fitted: Fitted) -> tuple[str, ...]:
    """Return the names of all encoded codes, in column order."""
    return (*(one.name for one in FEATURE_SPEC.codes), *extra_names(fitted.categorical))


def full_rows(parcels: Observations, fitted: Fitted, text_scores: Numbers, codes: Rows) -> Rows:
    """Join everything into full rows.

    Args:
        parcels: n parcels.
        fitted: What was fitted.
        text_scores: Shape (n,); out of fold in training.
        codes: Encoded codes, shape (n, number of codes); out of fold in training.

    Returns:
        float32 of shape (n, len(columns(fitted))).
    """
    split = len(FEATURE_SPEC.codes)
    rows = np.hstack([parcels.base, distances(parcels, fitted), codes[:, :split], parcels.numbers, codes[:, split:]])
    rows[:, TEXT_COLUMN] = text_scores
    return rows


def encode(parcels: Observations, fitted: Fitted) -> Rows:
    """Return the encoded codes, shape (n, number of codes)."""
    names = code_names(fitted)
    encoded = np.empty((len(parcels.base), len(names)), dtype=np.float32)
    for place, name in enumerate(names):
        encoded[:, place] = parcels.codes[name].numbers(fitted.encodings[name].value, nan)
    return encoded


def score_texts(model: TextModel, texts: Coded) -> Numbers:
    """Return the log-odds of each parcel's text, NaN where it has none; equal texts are scored once."""
    wanted = np.flatnonzero(texts.used())
    scores = np.full(len(texts.values) + 1, nan)
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

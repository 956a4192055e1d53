"""The full row of the risk model: base columns, norms, codes, the site's own columns.

Training builds its whole frame and serving its single row with the same function, so they agree bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
import numpy.typing as npt

from features.history import History
from features.indicators.register import Raised
from features.manifest import Manifest
from features.spec import FEATURE_SPEC, Feature
from features.tabular import build_codes, build_row, extra_code, extra_number, history_values
from features.text import manifest_text
from models.risk_fitted import Fitted, extra_names

Numbers = npt.NDArray[np.float64]
TEXT_COLUMN = FEATURE_SPEC.base_names.index("text_score")
SITE = "SITE_COLUMNS"


@dataclass(frozen=True, slots=True)
class Observation:
    """What is read of one parcel before anything fitted is applied.

    Attributes:
        base: The base row, its text score NaN.
        text: The descriptions in normal form.
        codes: Codes by name, the site's own as `extra:NAME`.
        numbers: The site's own numbers, in the order of `Fitted.numeric`.
    """

    base: Numbers
    text: str
    codes: dict[str, str | None]
    numbers: tuple[float, ...]


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


def forget(observation: Observation, nothing: History) -> Observation:
    """Return the same parcel as a new installation would see it, whose store is empty.

    Args:
        observation: The parcel.
        nothing: Its history on an empty store.
    """
    base = observation.base.copy()
    for name, value in history_values(nothing).items():
        base[FEATURE_SPEC.base_names.index(name)] = value
    return replace(observation, base=base)


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


def full_rows(observations: Sequence[Observation], fitted: Fitted, text_scores: Numbers, codes: Numbers) -> Numbers:
    """Join everything into full rows.

    Args:
        observations: n parcels.
        fitted: What was fitted.
        text_scores: Shape (n,); out of fold in training.
        codes: Encoded codes, shape (n, number of codes); out of fold in training.

    Returns:
        float64 of shape (n, len(columns(fitted))).
    """
    base = np.stack([one.base for one in observations])
    base[:, TEXT_COLUMN] = text_scores
    split = len(FEATURE_SPEC.codes)
    numbers = np.array([one.numbers for one in observations], dtype=np.float64).reshape(len(base), -1)
    return np.hstack([base, _distances(base, observations, fitted), codes[:, :split], numbers, codes[:, split:]])


def encode(observations: Sequence[Observation], fitted: Fitted) -> Numbers:
    """Return the encoded codes, shape (n, number of codes)."""
    names = code_names(fitted)
    return np.array(
        [[fitted.encodings[name].value(one.codes[name]) for name in names] for one in observations], dtype=np.float64
    ).reshape(len(observations), len(names))


def _distances(base: Numbers, observations: Sequence[Observation], fitted: Fitted) -> Numbers:
    places = [FEATURE_SPEC.base_names.index(one.name) for one in FEATURE_SPEC.normed]
    rows = [
        [
            fitted.norms[feature.name].distance(float(row[place]), one.codes["hs_heading"])
            for feature, place in zip(FEATURE_SPEC.normed, places, strict=True)
        ]
        for row, one in zip(base, observations, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(len(base), len(places))

"""One parcel for the risk model, without the arrays and tables by which `models.risk_frame` reads thousands at once.

The same numbers by the same steps: the row, bit for bit, is the one that `full_rows` builds, and
`tests/unit/models/test_risk_one.py` holds both against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.declared import Declared, declared
from features.history import History
from features.indicators.register import Raised
from features.manifest import Manifest
from features.measures import HEADING_DIGITS
from features.patterns import keys_of
from features.spec_codes import BIN, EXTRA
from features.tabular import build_codes, build_row, extra_bin, extra_code, extra_number
from models.coded import Coded, code
from models.hs_text import CHAPTER_DIGITS, chapter_number, fit_score
from models.memory import Evidence
from models.risk_facts import Facts, past_of
from models.risk_fitted import Fitted

Row = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneParcel:
    """What the model sees of one parcel.

    Attributes:
        read: The manifest, read.
        row: The columns that the trees look at, float32.
        values: The numbers of `models.risk_facts.VALUE_NAMES`.
        patterns: Keys of the known-pattern memory.
        codes: Its codes, where the model looks at any; else none.
    """

    read: Declared
    row: Row
    values: tuple[float, ...]
    patterns: tuple[int, ...]
    codes: dict[str, Coded]


def read_one(manifest: Manifest, raised: Sequence[Raised], history: History, fitted: Fitted) -> OneParcel:
    """Read one parcel and build its row."""
    read = declared(manifest)
    base = build_row(manifest, raised, history, read)
    figures = base.tolist()
    distances = _distances(figures, read.digits, fitted)
    fits = fit_score(fitted.lifts, read.text, chapter_number(read.digits[:CHAPTER_DIGITS]))
    own = [extra_number(manifest.extra.get(name)) for name in fitted.site.numeric]
    more = np.array([*distances, fitted.text.score_one(read.text), *fits, *own], dtype=np.float32)
    codes = _codes(read, fitted) if fitted.rates.crosses else {}
    rates = [fitted.rates.columns(codes)[0]] if codes else []
    return OneParcel(
        read=read,
        row=np.concatenate([base, more, *rates]).take(fitted.order),
        # Distances are rounded like the columns they stand in before a sentence says them.
        values=(*figures, *more[: len(distances)].tolist(), *fits),
        patterns=keys_of(read, fitted.site.pattern),
        codes=codes,
    )


def facts_of_one(
    parcel: OneParcel, fitted: Fitted, evidence: Evidence, strongest: dict[str, str], raised: Sequence[Raised],
    history: History,
) -> Facts:  # fmt: skip
    """Collect what the sentences of the reasons are made from; see `models.risk_facts.facts_of`."""
    return Facts(
        manifest=parcel.read.manifest,
        main=parcel.read.main,
        figures=parcel.read.figures,
        raised=raised,
        history=history,
        numbers=parcel.values,
        fitted=fitted,
        evidence=evidence,
        past=past_of(fitted, parcel.codes, strongest),
    )


def _distances(figures: Sequence[float], digits: str, fitted: Fitted) -> list[float]:
    heading = digits[:HEADING_DIGITS] if len(digits) >= HEADING_DIGITS else None
    return [_distance(figures[place], *norm.usual_for(heading)[1:]) for place, norm in fitted.normed]


def _distance(figure: float, median: float, spread: float) -> float:
    return (figure - median) / spread


def _codes(read: Declared, fitted: Fitted) -> dict[str, Coded]:
    extra, site = read.manifest.extra, fitted.site
    own = {EXTRA + name: extra_code(extra.get(name)) for name in site.categorical}
    bins = {BIN + name: extra_bin(extra.get(name)) for name in site.numeric}
    return {name: code([value]) for name, value in {**build_codes(read.manifest, read), **own, **bins}.items()}

"""From a manifest to the row of numbers that the risk model sees: one pure function for training and serving.

No protected attribute of a person (sex, age, nationality, religion, the origin of a name) is read: names and addresses
enter only as missing or not, and as pseudonymous keys of the history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, log, nan
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from features.declared import Declared, declared
from features.history import History
from features.indicators.register import REGISTER, Raised
from features.manifest import ExtraValue, Manifest, Party
from features.measures import CHAPTER_DIGITS, HEADING_DIGITS, Measures, ratio
from features.spec import HISTORY, KINDS, MISSING_PATHS
from features.spec_codes import DIGITS, OFFSETS, SITE_DIGITS, bin_of

Row = npt.NDArray[np.float32]
MOST_NUMBER = 1e15
"""No figure of a parcel is larger; one that is cannot be squared and summed in the columns' float32."""
SUBHEADING_DIGITS = 6
MOST_ZEROS = 6
LICENCE_WORDS = ("licen", "permit", "authori")
_KIND_NAMES = tuple(feature.name for feature in KINDS)
_PLAIN_HISTORY = frozenset({"found_sender", "found_recipient"})
# Each column of the history, its number for whoever is not named, and whether it is a count.
_HISTORY = tuple(
    (
        feature.name,
        nan if feature.name.endswith("_first_days") else float(feature.name == "sender_names"),
        feature.name not in _PLAIN_HISTORY,
    )
    for feature in HISTORY
)


def build_row(manifest: Manifest, raised: Sequence[Raised], history: History, read: Declared | None = None) -> Row:
    """Build the base row.

    Args:
        manifest: The parcel.
        raised: Its indicators.
        history: What was known of its people.
        read: The manifest read, where the caller has it.

    Returns:
        float32 of shape (len(FEATURE_SPEC.base),), in that order; NaN where the declaration does not say.
    """
    read = read or declared(manifest)
    # One block after the other as the specification has them; `FEATURE_SPEC.base_names` says which value is which.
    values = [
        *_plausibility(manifest, read.figures).values(),
        *_route(manifest).values(),
        *_kinds(manifest),
        *_parties(manifest).values(),
        *_missing(manifest),
        *_indicators(raised),
        *_text(read),
        *history_values(history).values(),
    ]
    return np.array(values, dtype=np.float32)


def build_codes(manifest: Manifest, read: Declared | None = None) -> dict[str, str | None]:
    """Return the codes of `FEATURE_SPEC.codes` by name; None where a part of the code is missing."""
    read = read or declared(manifest)
    main, figures, digits = read.main, read.figures, read.digits
    return {
        "hs_code": digits[:SUBHEADING_DIGITS] if len(digits) >= SUBHEADING_DIGITS else None,
        "hs_heading": digits[:HEADING_DIGITS] if len(digits) >= HEADING_DIGITS else None,
        "hs_chapter": digits[:CHAPTER_DIGITS] or None,
        "origin": manifest.origin_country,
        "destination": manifest.destination_country,
        "route": f"{manifest.origin_country} to {manifest.destination_country}",
        "goods_origin": main.origin_country,
        "carrier": manifest.carrier_id,
        "mail_class": manifest.mail_class,
        "nature": manifest.nature,
        "weight_bin": bin_of(figures.weight_kg, OFFSETS["weight_bin"]),
        "value_bin": bin_of(figures.value_usd, OFFSETS["value_bin"]),
        "unit_value_bin": bin_of(figures.value_per_kg, OFFSETS["unit_value_bin"]),
        "weight": f"{figures.weight_kg:.{DIGITS}g}" if isfinite(figures.weight_kg) else None,
    }


def extra_code(value: ExtraValue) -> str | None:
    """Return a site's own categorical value as a code."""
    return None if value is None or value == "" else str(value)


def extra_number(value: ExtraValue) -> float:
    """Return a site's own numeric value; NaN where missing, not a number, or beyond MOST_NUMBER."""
    return float(value) if isinstance(value, int | float) and abs(value) <= MOST_NUMBER else nan


def extra_bin(value: ExtraValue) -> str | None:
    """Return a site's own numeric value as a code: two digits of it; None where missing or not a number."""
    number = extra_number(value)
    return f"{number:.{SITE_DIGITS}g}" if isfinite(number) else None


def logarithm(number: float) -> float:
    """Return log(1 + number); NaN stays NaN."""
    return log(1.0 + number) if isfinite(number) and number > -1.0 else nan


def _log_ratio(number: float) -> float:
    return log(number) if isfinite(number) and number > 0 else nan


def _plausibility(manifest: Manifest, figures: Measures) -> dict[str, float]:
    gross_g = figures.gross_kg * 1000.0
    return {
        "value_log": logarithm(figures.value_usd),
        "value_per_kg_log": logarithm(figures.value_per_kg),
        "value_per_article_log": logarithm(figures.value_per_article),
        "value_round": _share([item.value and item.value.amount % 10 == 0 for item in manifest.items]),
        "value_zeros": _mean([_zeros(float(item.value.amount)) for item in manifest.items if item.value]),
        "weight_log": logarithm(figures.weight_kg * 1000.0),
        "weight_per_article_log": logarithm(figures.weight_per_article_g),
        "gross_weight_log": logarithm(gross_g),
        "net_share": ratio(figures.net_kg, figures.gross_kg),
        "weight_round": float(gross_g % 100.0 == 0.0) if isfinite(gross_g) else nan,
        "weight_zeros": _mean([_zeros(item.net_weight_g) for item in manifest.items if item.net_weight_g]),
        "density": figures.density,
        "postage_share_log": _log_ratio(ratio(figures.postage_usd, figures.value_usd)),
        "postage_per_kg_log": logarithm(ratio(figures.postage_usd, figures.weight_kg)),
        "articles_log": logarithm(figures.articles),
        "lines": float(len(manifest.items)),
    }


def _route(manifest: Manifest) -> dict[str, float]:
    ends = {manifest.origin_country, manifest.destination_country}
    transit = manifest.transit_countries
    made = [item.origin_country and item.origin_country != manifest.origin_country for item in manifest.items]
    return {
        "transits": nan if transit is None else float(len(transit)),
        "transit_returns": nan if transit is None else float(bool(ends.intersection(transit))),
        "sender_elsewhere": _differs(manifest.sender, manifest.origin_country),
        "recipient_elsewhere": _differs(manifest.recipient, manifest.destination_country),
        "goods_elsewhere": _share(made),
    }


def _kinds(manifest: Manifest) -> list[bool]:
    said = (manifest.channel, f"class_{manifest.mail_class}", f"nature_{manifest.nature}")
    return [name in said for name in _KIND_NAMES]


def _parties(manifest: Manifest) -> dict[str, float]:
    sender = manifest.sender
    consignor = sender.known_consignor if sender else None
    licences = [one for one in manifest.documents or () if one.reference and _is_licence(one.type)]
    return {
        "account_age_log": _account_age(manifest),
        "known_consignor": nan if consignor is None else float(consignor),
        "documents": nan if manifest.documents is None else float(len(manifest.documents)),
        "licence": float(bool(licences)),
        "marketplace": float(manifest.marketplace is not None),
    }


def _account_age(manifest: Manifest) -> float:
    opened = manifest.sender.account_opened if manifest.sender else None
    if opened is None or manifest.declared_at is None:
        return nan
    return logarithm(float(max((manifest.declared_at.date() - opened).days, 0)))


def _is_licence(kind: str) -> bool:
    return any(word in kind.casefold() for word in LICENCE_WORDS)


def _missing(manifest: Manifest) -> list[float]:
    flags = _blanks(_MISSING[""](manifest))
    for owner, party in (("sender", manifest.sender), ("recipient", manifest.recipient)):
        flags += _blanks(_MISSING[owner](party or _NOBODY))
    lines = [_blanks(_MISSING["items"](item)) for item in manifest.items]
    flags += lines[0] if len(lines) == 1 else map(any, zip(*lines, strict=True))
    return [*flags, sum(flags) / len(flags)]


def _by_owner(paths: Sequence[str]) -> dict[str, Callable[[Any], tuple[Any, ...]]]:
    """Return what reads the values of several paths from their owner at once."""
    split = [path.rpartition(".") for path in paths]
    owners = {owner for owner, _, _ in split}
    return {one: attrgetter(*(name for owner, _, name in split if owner == one)) for one in owners}


def _blanks(values: Sequence[Any]) -> list[bool]:
    return [value is None or value == "" or value == () for value in values]


def _indicators(raised: Sequence[Raised]) -> list[float]:
    codes = {one.code for one in raised}
    return [*(one.code in codes for one in REGISTER), len(codes)]


def _text(read: Declared) -> tuple[float, float]:
    said = [word for line in read.words for word in line]
    digits = sum(any(char.isdigit() for char in word) for word in said if not word.isalpha())
    return float(len(said)), ratio(float(digits), float(len(said)))


def history_values(history: History) -> dict[str, float]:
    """Return the history's columns by name, counts as logarithms.

    Whoever is not named counts as never seen: leaving the sender out must not look better than a new name.
    """
    found = {}
    for name, unseen, logged in _HISTORY:
        value = getattr(history, name)
        number = unseen if value is None else float(value)
        found[name] = logarithm(number) if logged else number
    return found


def _share(marks: Sequence[Any]) -> float:
    known = [mark for mark in marks if mark is not None]
    return sum(map(bool, known)) / len(known) if known else nan


def _zeros(number: float) -> int:
    """Return the zeros at the end of a number, at most 6; none where it has decimals."""
    zeros = 0
    while number and zeros < MOST_ZEROS and number % 10.0 == 0.0:
        number /= 10.0
        zeros += 1
    return zeros


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else nan


def _differs(party: Party | None, country: str) -> float:
    return nan if party is None or not party.country else float(party.country != country)


_MISSING = _by_owner(MISSING_PATHS)
_NOBODY = Party()

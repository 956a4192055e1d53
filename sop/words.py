"""Conditions, and what met them, in words that an officer reads."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from sop.rule_words import either, list_words
from sop.signals import ANY, NO_PICTURE, NUMBERS, PART_PREFIX, VALUES, all_hold, fits
from sop.types import (
    AnyOf,
    BeginsWith,
    Condition,
    Evidence,
    Like,
    MissingPolicy,
    OneOf,
    RandomSelection,
    Share,
    When,
    Within,
)

NAMES = {
    "stage": "stage",
    "station": "station",
    "channel": "channel",
    "mail_class": "mail class",
    "direction": "direction",
    "nature": "declared nature",
    "origin_country": "origin country",
    "destination_country": "destination country",
    "transit_country": "transit country",
    "hs_code": "HS code",
    "risk": "manifest risk",
    "xray": "X-ray score",
    "combined": "combined risk",
    "xray_assessment": "X-ray assessment",
    "indicator": "indicator",
    "contradiction": "contradiction",
    "watchlist": "watch list",
    "finding_history": "earlier findings",
}

MISSING_WORDS: dict[str, str] = {
    "image_unreadable": "A picture came that cannot be read.",
    "image_shielded": "The picture shows an opaque region large enough to hide a part.",
    "scanner_uncalibrated": "The scanner has no calibration profile, so its X-ray score is not fully reliable.",
    "risk_unavailable": "The manifest risk could not be computed.",
    "xray_unavailable": "A picture came, but it could not be judged.",
}

SPECIAL_VALUES = {
    ("stage", "pre_arrival"): "before arrival",
    ("stage", "station"): "at the station",
    ("xray_assessment", NO_PICTURE): "no picture",
}

ANY_WORDS = {
    "watchlist": "on a watch list, whichever",
    "contradiction": "picture and declaration contradict each other in any way",
}


def signal_name(signal: str) -> str:
    """Return a signal's name in words; a part's is its own name."""
    if signal.startswith(PART_PREFIX):
        return f"{signal.removeprefix(PART_PREFIX).replace('_', ' ')} score"
    return NAMES[signal]


def number(value: float) -> str:
    """Return a threshold as a person writes it: 0.9 as 0.90, 3 as 3, 0.0005 as 0.0005."""
    if float(value).is_integer():
        return f"{value:.0f}"
    text = f"{value:.6f}".rstrip("0")
    return text if len(text.split(".")[1]) >= 2 else f"{value:.2f}"


def when_words(when: When) -> str:
    """Return all conditions as one phrase, for example `at the station and manifest risk at least 0.20`."""
    return " and ".join(condition_words(condition) for condition in when)


def when_lines(when: When) -> list[str]:
    """Return all conditions for a table: the plain ones as one phrase, the alternatives of `any` one below another."""
    plain = [condition for condition in when if not isinstance(condition, AnyOf)]
    lines = [when_words(tuple(plain))] if plain else []
    for condition in when:
        if isinstance(condition, AnyOf):
            lines.append("and one of:" if lines else "one of:")
            lines += [f"  • {when_words(alternative)}" for alternative in condition.alternatives]
    return lines


def condition_words(condition: Condition) -> str:
    """Return one condition as a phrase."""
    match condition:
        case OneOf("stage", (value,)):
            return SPECIAL_VALUES[("stage", value)]
        case OneOf(signal, values) if ANY in values:
            return ANY_WORDS[signal]
        case OneOf(signal, values, lists):
            named = [f"on {list_words(one)}" for one in lists]
            return f"{signal_name(signal)} {either([*(_value(signal, value) for value in values), *named])}"
        case BeginsWith(signal, prefixes, lists):
            named = [f"an entry of {list_words(one)}" for one in lists]
            return f"{signal_name(signal)} begins with {either([*prefixes, *named])}"
        case Within(signal, at_least, below):
            return f"{signal_name(signal)} {bounds_words(at_least, below)}"
        case Like(signal, patterns):
            return f"{signal_name(signal)} {either(patterns)}"
        case AnyOf(alternatives):
            return f"either {' or '.join(f'({when_words(one)})' for one in alternatives)}"


def bounds_words(at_least: float | None, below: float | None) -> str:
    """Return bounds as words, for example `at least 0.20 and below 0.50`."""
    parts = [f"at least {number(at_least)}"] if at_least is not None else []
    parts += [f"below {number(below)}"] if below is not None else []
    return " and ".join(parts)


def met_words(when: When, evidence: Evidence, on: date) -> str:
    """Return the parcel's own values that met the conditions, for example `X-ray score 0.93 (at least 0.90)`."""
    return "; ".join(phrase for condition in when if (phrase := _met(condition, evidence, on)))


def shown(value: float, *bounds: float | None) -> str:
    """Return a value with as few decimals as still stand on the same side of every bound.

    At least two decimals, and of a small value two digits that count (down to four decimals): 0.048 is not 0.05.
    """
    if float(value).is_integer() and value > 1:
        return f"{value:.0f}"
    known = [bound for bound in bounds if bound is not None]
    least = min(1 - math.floor(math.log10(value)), 4) if 0 < value < 0.1 else 2
    for decimals in range(least, 12):
        text = f"{value:.{decimals}f}"
        if all((float(text) >= bound) == (value >= bound) for bound in known):
            return text
    return repr(value)


def _met(condition: Condition, evidence: Evidence, on: date) -> str:
    match condition:
        case OneOf("stage", _):
            return ""  # the answer names the stage already
        case OneOf(signal, values):
            known = [value for value in sorted(VALUES[signal](evidence)) if value != ANY]
            met = known if ANY in values else [value for value in known if fits(condition, value, on)]
            return f"{signal_name(signal)} {', '.join(_met_value(condition, value, on) for value in met)}"
        case BeginsWith(signal):
            met = [value for value in dict.fromkeys(VALUES[signal](evidence)) if fits(condition, value, on)]
            return f"{signal_name(signal)} {', '.join(_met_value(condition, value, on) for value in met)}"
        case Within(signal, at_least, below):
            value = NUMBERS[signal](evidence)
            text = "unknown" if value is None else shown(value, at_least, below)
            return f"{signal_name(signal)} {text} ({bounds_words(at_least, below)})"
        case Like(signal, _):
            return f"{signal_name(signal)} {', '.join(VALUES[signal](evidence))}"
        case AnyOf(alternatives):
            return "; ".join(met_words(one, evidence, on) for one in alternatives if all_hold(one, evidence, on))


def _met_value(condition: OneOf | BeginsWith, value: str, on: date) -> str:
    text = _value(condition.signal, value)
    if not condition.lists:
        return text
    named = ", ".join(one.name for one in condition.lists if fits(replace(condition, lists=(one,)), value, on))
    own = fits(replace(condition, lists=()), value, on)
    return text if own or not named else f"{text} (list {named})"


def _value(signal: str, value: str) -> str:
    return SPECIAL_VALUES.get((signal, value), value)


def missing_step_words(step: MissingPolicy) -> str:
    """Return what follows from missing evidence."""
    return " · ".join(piece for piece in (f"at least {step.lane}", step.reference, step.instructions) if piece)


def random_words(chance: RandomSelection, full: bool = True) -> str:
    """Return what chance does, for example `1 % of all parcels to at least examine`; `full` adds the instructions."""
    share = f"{number(chance.rate * 100)} % of all parcels to at least {chance.lane}"
    return " · ".join(piece for piece in (share, chance.reference, chance.instructions if full else None) if piece)


def share_words(share: Share, full: bool = True) -> str:
    """Return a lane's share, for example `at most 2 % of all parcels`; `full` adds the instructions."""
    least = [f"at least {number(share.at_least_share * 100)} %"] if share.at_least_share is not None else []
    most = [f"at most {number(share.at_most_share * 100)} %"] if share.at_most_share is not None else []
    words = " and ".join(least + most) + " of all parcels"
    return " · ".join(piece for piece in (words, share.reference, share.instructions if full else None) if piece)

"""A site's own lists and thresholds, from a JSON document, laid over the defaults.

```json
{"transit_countries": ["AA"], "carrier_hubs": {"EXA": ["DE", "HK"]}, "high_value_usd": 1000,
 "cover_headings": {"8483": "gears"}, "add_terms": {"exclusions": ["paint pistol kit"]}}
```

Countries and terms are added, numbers replace the default, and `cover_headings` are added to the default ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from features.codes import COUNTRIES, hs_digits
from features.errors import InputError, Problem
from features.indicators.lists import DEFAULT_LISTS, IndicatorLists
from features.indicators.terms import TermList, read
from features.strict_json import load_json

# Name: least, most.
NUMBERS: dict[str, tuple[float, float]] = {
    "many_transits": (1, 20),
    "new_account_days": (1, 3650),
    "high_value_usd": (0, 1e9),
    "postage_ratio": (1, 1e6),
    "postage_floor_usd": (0, 1e6),
    "weight_tolerance": (0, 1),
    "densest_kg_per_litre": (1, 25),
}
TERM_LISTS = ("vague", "firearm", "convertible", "exclusions", "placeholders")
WHOLE = ("many_transits", "new_account_days")
KNOWN = (*NUMBERS, "transit_countries", "carrier_hubs", "cover_headings", "add_terms")
LONGEST_TERM = 100


def read_site_lists(data: bytes | str, name: str, base: IndicatorLists = DEFAULT_LISTS) -> IndicatorLists:
    """Read a site's document and lay it over `base`.

    Args:
        data: The JSON document.
        name: What to call it in messages, for example the file's path.
        base: The lists it changes.

    Raises:
        NotJson: It is not strict JSON.
        InputError: Something in it is not what it should be; `problems` lists all, each with its path.
    """
    raw = load_json(data)
    if not isinstance(raw, dict):
        raise InputError(f"{name}: must be one JSON object.", [Problem("", "wrong_type", "Must be a JSON object.")])
    problems = list(_problems(raw))
    if problems:
        raise InputError(f"{name}: {len(problems)} problem(s) in the site's lists; none of them was used.", problems)
    return _laid_over(base, raw)


def _laid_over(base: IndicatorLists, raw: dict[str, Any]) -> IndicatorLists:
    hubs = {carrier: frozenset(countries) for carrier, countries in raw.get("carrier_hubs", {}).items()}
    added = raw.get("add_terms", {})
    changes: dict[str, Any] = {name: raw[name] for name in NUMBERS if name in raw}
    changes |= {name: _with_terms(getattr(base, name), terms) for name, terms in added.items()}
    return replace(
        base,
        transit_countries=base.transit_countries | frozenset(raw.get("transit_countries", ())),
        carrier_hubs={**base.carrier_hubs, **hubs},
        cover_headings={**base.cover_headings, **raw.get("cover_headings", {})},
        **changes,
    )


def _with_terms(terms: TermList, added: list[str]) -> TermList:
    own = (*terms.terms.get("site", ()), *added)
    return dataclasses.replace(terms, version=f"{terms.version}+site", terms={**terms.terms, "site": own})


def _problems(raw: dict[str, Any]) -> Iterator[Problem]:
    for name in sorted(raw.keys() - set(KNOWN)):
        yield Problem(name, "unknown_field", f"There is no list of this name; known are {', '.join(KNOWN)}.")
    for name in NUMBERS:
        if name in raw:
            yield from _number(name, raw[name])
    yield from _countries("transit_countries", raw.get("transit_countries", []))
    yield from _hubs(raw.get("carrier_hubs", {}))
    yield from _headings(raw.get("cover_headings", {}))
    yield from _terms(raw.get("add_terms", {}))


def _number(name: str, value: Any) -> Iterator[Problem]:
    least, most = NUMBERS[name]
    whole = name in WHOLE
    right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not right or not least <= value <= most:
        kind = "whole number" if whole else "number"
        yield Problem(name, "out_of_range", f"Must be a {kind} from {least:g} to {most:g}.")


def _countries(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, "wrong_type", "Must be a list of country codes.")
        return
    for index, country in enumerate(value):
        if not isinstance(country, str) or country not in COUNTRIES:
            message = "Must be an ISO 3166-1 alpha-2 country code in upper case."
            yield Problem(f"{path}[{index}]", "not_a_country", message)


def _hubs(value: Any) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("carrier_hubs", "wrong_type", "Must be an object: carrier_id to a list of country codes.")
        return
    for carrier, countries in value.items():
        yield from _countries(f"carrier_hubs.{carrier}", countries)


def _headings(value: Any) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("cover_headings", "wrong_type", "Must be an object: four-digit heading to what it is.")
        return
    for heading, title in value.items():
        if len(heading) != 4 or hs_digits(heading) is None:
            yield Problem(f"cover_headings.{heading}", "not_a_heading", "Must be a four-digit HS heading in quotes.")
        if not isinstance(title, str) or not title.strip():
            yield Problem(f"cover_headings.{heading}", "wrong_type", "Say in words what the heading is.")


def _terms(value: Any) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("add_terms", "wrong_type", f"Must be an object with lists for {', '.join(TERM_LISTS)}.")
        return
    for name, terms in value.items():
        if name not in TERM_LISTS:
            yield Problem(f"add_terms.{name}", "unknown_field", f"Terms can be added to {', '.join(TERM_LISTS)}.")
        elif not isinstance(terms, list):
            yield Problem(f"add_terms.{name}", "wrong_type", "Must be a list of texts.")
        else:
            yield from _each_term(f"add_terms.{name}", terms)


def _each_term(path: str, terms: list[Any]) -> Iterator[Problem]:
    for index, term in enumerate(terms):
        if not isinstance(term, str) or len(term) > LONGEST_TERM or read(term).empty:
            message = f"Must be text with at least one word, at most {LONGEST_TERM} characters."
            yield Problem(f"{path}[{index}]", "not_a_term", message)

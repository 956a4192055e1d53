"""Sentences for reasons: every group of features says, with the parcel's own figures, what it looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import expm1, isfinite

from features.measures import heading, hs_digits
from features.patterns import LEVELS
from features.spec import MISSING_PATHS
from models.risk_facts import Facts
from models.risk_fitted import Norm

QUARTILE = 0.6745
"""Distance of a quartile from the median in standard deviations of a normal distribution."""
SHOWN = 3
FEWEST_NAMED = 2.0
"""A share of fewer declarations says nothing."""
CLEAR_FIT, CLEAR_GAP = 0.3, 1.0
"""In natural logarithms: a word 1.35 times as frequent under the chapter as elsewhere; another chapter 2.7 times."""


KNOWN_PATTERN = "KNOWN_PATTERN"
COMPARED = ("FIGURES", "GOODS_AND_ROUTE", "GOODS_AND_FIGURES", "ROUTE_AND_FIGURES", "GOODS_AND_ROUTE_AND_FIGURES")
"""Groups that are crosses of codes and nothing else."""
Sentence = tuple[str, str]


def sentence(group: str, facts: Facts) -> Sentence:
    """Return (code, text) for one group of features."""
    if group.startswith(_SIGNS):
        return _signs(group, facts)
    return _WRITERS[group](facts)


def groups() -> frozenset[str]:
    """Return every group that has its own writer; groups of indicators share one."""
    return frozenset(_WRITERS)


_SIGNS = "INDICATORS_"


def _signs(group: str, facts: Facts) -> Sentence:
    family = group.removeprefix(_SIGNS).lower()
    if family == "together":
        return group, f"{_count(len({one.code for one in facts.raised}), 'indicator')} raised in all."
    codes = sorted({one.code for one in facts.raised if one.family == family})
    if not codes:
        return group, f"No {family} indicator is raised."
    return group, f"{family.capitalize()} indicators raised: {_listed(codes)}."


def _price(facts: Facts) -> Sentence:
    figure, distance = facts.figures.value_per_kg, facts.value("norm_value_per_kg_log")
    if not isfinite(figure):
        return "PRICE_PER_KG_UNKNOWN", "The value per kilogram cannot be computed; value or weight is missing."
    code = f"PRICE_PER_KG_{_direction(distance)}"
    return code, f"Declared value of {_figure(figure)} USD per kg; {_usual(facts, 'value_per_kg_log', 'USD per kg')}."


def _article_weight(facts: Facts) -> Sentence:
    figure, distance = facts.figures.weight_per_article_g, facts.value("norm_weight_per_article_log")
    if not isfinite(figure):
        return "ARTICLE_WEIGHT_UNKNOWN", "The weight of one article cannot be computed."
    usual = _usual(facts, "weight_per_article_log", "g")
    return f"ARTICLE_WEIGHT_{_direction(distance)}", f"One article weighs {_figure(figure)} g; {usual}."


def _density(facts: Facts) -> Sentence:
    figure = facts.figures.density
    if not isfinite(figure):
        return "DENSITY_UNKNOWN", "The density cannot be computed; dimensions or gross weight are missing."
    usual = _usual(facts, "density", "kg per litre")
    return f"DENSITY_{_direction(facts.value('norm_density'))}", f"{_figure(figure)} kg per litre; {usual}."


def _value(facts: Facts) -> Sentence:
    if not isfinite(facts.figures.value_usd):
        return "DECLARED_VALUE", "The value is not declared for every line."
    each = _figure(facts.figures.value_per_article)
    return "DECLARED_VALUE", f"Declared value of {_figure(facts.figures.value_usd)} USD, {each} USD an article."


def _round(facts: Facts) -> Sentence:
    marks = [
        words
        for name, words in (("value_round", "the value is a multiple of ten"), ("weight_round", "the weight of 100 g"))
        if facts.value(name) and isfinite(facts.value(name))
    ]
    return "ROUND_FIGURES", f"Round figures: {' and '.join(marks)}." if marks else "Value and weight are not rounded."


def _parcel_weight(facts: Facts) -> Sentence:
    gross, share = facts.figures.gross_kg, facts.value("net_share")
    if not isfinite(gross):
        net = facts.figures.weight_kg
        told = f"Net weight of {_figure(net)} kg; the" if isfinite(net) else "The"
        return "PARCEL_WEIGHT", f"{told} gross weight is not declared."
    articles = f"; the articles make up {share:.0%} of it" if isfinite(share) else ""
    return "PARCEL_WEIGHT", f"Gross weight of {_figure(gross)} kg{articles}."


def _postage(facts: Facts) -> Sentence:
    paid, value = facts.figures.postage_usd, facts.figures.value_usd
    if not isfinite(paid):
        return "POSTAGE", "The postage is not declared."
    against = f" for goods declared at {_figure(value)} USD" if isfinite(value) else ""
    return "POSTAGE", f"Postage of about {_figure(paid)} USD{against}."


def _quantity(facts: Facts) -> Sentence:
    lines = _count(len(facts.manifest.items), "line")
    return "QUANTITY", f"{_count(int(facts.figures.articles), 'article')} on {lines}."


def _route(facts: Facts) -> Sentence:
    manifest = facts.manifest
    via = f" via {', '.join(manifest.transit_countries)}" if manifest.transit_countries else ""
    made = sorted({item.origin_country for item in manifest.items if item.origin_country} - {manifest.origin_country})
    goods = f"; goods made in {_listed(made)}" if made else ""
    said = f"Route {manifest.origin_country} to {manifest.destination_country}{via}{goods}."
    return "ROUTE", _with_experience("ROUTE", said, facts)


def _kind(facts: Facts) -> Sentence:
    manifest = facts.manifest
    nature = f"declared as {manifest.nature.replace('_', ' ')}" if manifest.nature else "its nature not declared"
    way = "post" if manifest.channel == "postal" else "courier"
    return "SHIPMENT_KIND", f"Sent by {way}, mail class {manifest.mail_class or 'not declared'}, {nature}."


def _account(facts: Facts) -> Sentence:
    age = facts.value("account_age_log")
    if isfinite(age):
        return "ACCOUNT", f"The sender's account was {_count(round(expm1(age)), 'day')} old."
    consignor = facts.value("known_consignor")
    text = "The sender is a known consignor" if consignor == 1.0 else "The age of the sender's account is not known"
    return "ACCOUNT", f"{text}."


def _documents(facts: Facts) -> Sentence:
    kinds = sorted({one.type for one in facts.manifest.documents or ()})
    return "DOCUMENTS", f"Documents named: {_listed(kinds)}." if kinds else "No document is named."


def _market(facts: Facts) -> Sentence:
    text = "Sold over a marketplace." if facts.manifest.marketplace else "No marketplace is named."
    return "MARKETPLACE", text


def _missing(facts: Facts) -> Sentence:
    gaps = [path for path in MISSING_PATHS if facts.value(f"missing_{path}")]
    return "MISSING_DATA", f"Not declared: {_listed(gaps, 5)}." if gaps else "Nothing of weight is left out."


def _wording(facts: Facts) -> Sentence:
    words = [item.description for item in facts.manifest.items if item.description]
    if not words:
        return "DESCRIPTION_WORDING", "No description is declared."
    return "DESCRIPTION_WORDING", f"Wording of the description: {_listed([_short(word) for word in words])}."


def _goods(facts: Facts) -> Sentence:
    code = hs_digits(facts.main)
    if not code:
        return "GOODS_CODE", "No goods code is declared."
    return "GOODS_CODE", _with_experience("GOODS_CODE", f"Goods code {code} of the main line.", facts)


def _carrier(facts: Facts) -> Sentence:
    carrier = facts.manifest.carrier_id
    if not carrier:
        return "CARRIER", "The carrier is not named."
    return "CARRIER", _with_experience("CARRIER", f"Carrier {_short(carrier)}.", facts)


def _sender(facts: Facts) -> Sentence:
    history = facts.history
    if history.sender_known is None:
        return "SENDER_HISTORY", "The manifest names no sender to look up."
    if history.sender_known == 0:
        return "SENDER_HISTORY", "The sender was never seen before."
    names = history.sender_names or 0
    behind = f", under {names} names" if names > 1 else ""
    text = f"{_count(history.sender_known, 'earlier parcel')} of this sender in a year{behind}, to "
    return "SENDER_HISTORY", text + f"{_count(history.sender_recipients or 0, 'recipient')}."


def _recipient(facts: Facts) -> Sentence:
    history = facts.history
    if history.recipient_known is None:
        return "RECIPIENT_HISTORY", "The manifest names no recipient to look up."
    if history.recipient_known == 0:
        return "RECIPIENT_HISTORY", "The recipient was never seen before."
    text = f"{_count(history.recipient_known, 'earlier parcel')} to this recipient in a year, "
    return "RECIPIENT_HISTORY", text + f"from {_count(history.recipient_senders or 0, 'sender')} in eight weeks."


def _findings(facts: Facts) -> Sentence:
    history = facts.history
    if history.found_sender or history.found_recipient:
        where = [w for w, found in (("sender", history.found_sender), ("recipient", history.found_recipient)) if found]
        parts = f"; {_count(history.parts_recipient, 'kind')} of part lately" if history.parts_recipient else ""
        return "EARLIER_FINDINGS", f"Earlier finds at this {' and '.join(where)}{parts}."
    if history.opened_harmless:
        return "EARLIER_FINDINGS", f"{_count(history.opened_harmless, 'earlier parcel')} opened and harmless."
    return "EARLIER_FINDINGS", "No earlier parcel of sender or recipient is known to have been opened."


def _site(facts: Facts) -> Sentence:
    own = {**facts.manifest.extra}
    site = facts.fitted.site
    used = [name for name in (*site.numeric, *site.categorical) if own.get(name) not in (None, "")]
    said = f"The site's own columns: {_listed([f'{name} {own[name]}' for name in used], 5)}."
    return "SITE_COLUMNS", _with_experience("SITE_COLUMNS", said, facts)


def _with_experience(group: str, said: str, facts: Facts) -> str:
    """Add how comparable declarations turned out, where the model looks at their codes."""
    return f"{said} {_experience(group, facts)}" if group in facts.past else said


def _experience(group: str, facts: Facts) -> str:
    """Say how comparable declarations turned out."""
    past, usual = facts.past.get(group), facts.fitted.rates.prior
    if past is None:
        return "Too little is declared to compare this with earlier declarations."
    what = past.alike[0].upper() + past.alike[1:]
    if past.counted < FEWEST_NAMED:
        return f"{what}: hardly any such declaration is known."
    counted, share = f"{past.counted:,.0f}", past.illicit / past.counted
    return f"{what}: of about {counted} such declarations {share:.1%} were illicit, of all {usual:.1%}."


def _compared(group: str, facts: Facts) -> Sentence:
    return group, _experience(group, facts)


def _against_code(facts: Facts) -> Sentence:
    group, fit = "DESCRIPTION_AGAINST_CODE", facts.value("hs_text_fit")
    if not isfinite(fit):
        return group, "Description and goods code cannot be compared; one of them is missing."
    chapter = hs_digits(facts.main)[:2]
    if facts.value("hs_text_gap") > CLEAR_GAP and fit < CLEAR_FIT:
        return group, f"The wording is unusual under HS chapter {chapter} and fits another one better."
    usual = "usual" if fit > CLEAR_FIT else "neither usual nor unusual"
    return group, f"The wording of the description is {usual} under HS chapter {chapter}."


def _pattern(facts: Facts) -> Sentence:
    known = facts.evidence.parcels[0]
    level = max(place for place, count in enumerate(known) if count)
    parcels, illicit = int(known[level]), int(facts.evidence.illicit[0, level])
    alike = _ALIKE[LEVELS[level]]
    if parcels == 1:
        return KNOWN_PATTERN, f"Declared {alike} 1 earlier parcel, which was {'illicit' if illicit else 'harmless'}."
    were = "none was" if not illicit else "1 was" if illicit == 1 else f"{illicit} were"
    return KNOWN_PATTERN, f"Declared {alike} {parcels:,} earlier parcels, of which {were} illicit."


_WRITERS: dict[str, Callable[[Facts], Sentence]] = {
    "PRICE_PER_KG": _price,
    "ARTICLE_WEIGHT": _article_weight,
    "DENSITY": _density,
    "DECLARED_VALUE": _value,
    "ROUND_FIGURES": _round,
    "PARCEL_WEIGHT": _parcel_weight,
    "POSTAGE": _postage,
    "QUANTITY": _quantity,
    "ROUTE": _route,
    "SHIPMENT_KIND": _kind,
    "ACCOUNT": _account,
    "DOCUMENTS": _documents,
    "MARKETPLACE": _market,
    "MISSING_DATA": _missing,
    "DESCRIPTION_WORDING": _wording,
    "GOODS_CODE": _goods,
    "CARRIER": _carrier,
    "SENDER_HISTORY": _sender,
    "RECIPIENT_HISTORY": _recipient,
    "EARLIER_FINDINGS": _findings,
    "SITE_COLUMNS": _site,
    "DESCRIPTION_AGAINST_CODE": _against_code,
    KNOWN_PATTERN: _pattern,
    **{group: partial(_compared, group) for group in COMPARED},
}
_ALIKE = {
    "goods": "with goods and route of",
    "weight": "with goods, route and weight of",
    "exact": "just as",
}


def _usual(facts: Facts, name: str, unit: str) -> str:
    """Say between what the middle half of the parcels under the same heading lies."""
    norm: Norm = facts.fitted.norms[name]
    key, median, spread = norm.usual_for(heading(facts.main))
    back = expm1 if name.endswith("_log") else float
    low, high = (max(back(median + side * QUARTILE * spread), 0.0) for side in (-1, 1))
    where = {4: f"under heading {key}", 2: f"of HS chapter {key}"}.get(len(key), "of all kinds")
    return f"parcels {where} usually have {_figure(low)} to {_figure(high)} {unit}"


def _direction(distance: float) -> str:
    if not isfinite(distance) or abs(distance) <= QUARTILE:
        return "USUAL"
    return "HIGH" if distance > 0 else "LOW"


def _figure(number: float) -> str:
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _short(text: str) -> str:
    cut = text if len(text) <= 40 else text[:39] + "…"
    return f'"{cut}"'


def _listed(words: Sequence[str], shown: int = SHOWN) -> str:
    rest = f" and {len(words) - shown} more" if len(words) > shown else ""
    return ", ".join(words[:shown]) + rest

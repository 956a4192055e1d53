"""Checks against selecting people for what they are or where they come from, instead of for what a parcel shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sop.coverage import Alternative, Plain, alternatives
from sop.lint.base import Notes, Subject
from sop.lint.lists import watchlists_of
from sop.signals import NO_PICTURE, PART_PREFIX
from sop.types import OneOf, Rule, Within
from sop.words import signal_name

COUNTRIES = ("origin_country", "destination_country", "transit_country")

EVIDENCE = frozenset({"hs_code", "indicator", "contradiction", "watchlist"})
"""Signals that say something about this very parcel, its goods or its people's record; those of SCORES do from some
value on. The rest (stage, station, channel, mail class, direction, declared nature) says it of thousands of others."""

SCORES = frozenset({"risk", "xray", "combined", "finding_history"})

ATTRIBUTES: Mapping[str, str] = {
    "religion": r"religi\w*|faith|muslims?|islam\w*|christians?|jew(s|ish)?|hindus?|sikhs?|buddhists?",
    "ethnic origin": r"ethni\w*|etni\w*|race|racial|raza|tribe|tribal|caste|gyps(y|ies)|arabs?|skin colou?r",
    "sex or gender": r"sex|sexual\w*|sexe|sexo|gender|género|women|woman",
    "nationality of people": r"nationalit(y|ies)|nationals of|nacionalidad|immigrants?|migrants?|refugees?|asylum",
    "political opinion": r"politic\w*|polític\w*|union members?|activists?",
    "disability or health": r"disab\w*|handicap\w*|illness|hiv",
}
"""Grounds on which nobody may be treated differently (International Covenant on Civil and Political Rights, articles 2
and 26; Universal Declaration of Human Rights, article 2) and words by which texts betray them. A list of words finds
what is named; what is meant and not named, only a colleague sees."""

WORDS = {ground: re.compile(rf"\b({words})\b", re.IGNORECASE) for ground, words in ATTRIBUTES.items()}


def check_people(subject: Subject, notes: Notes) -> None:
    """Report rules on a country alone, and rules and lists that name a protected attribute."""
    for rule in subject.policy.rules:
        if (signals := _alone(rule)) is not None:
            notes.warn(subject.rule_mark(rule, "when"), "origin_alone", _origin_message(rule, signals), rule)
        for key in ("title", "instructions", "carrier_text"):
            for word, ground in _named(getattr(rule, key) or ""):
                mark = subject.rule_mark(rule, key)
                notes.warn(mark, "protected_attribute", _protected(f"Rule {rule.id}", word, ground), rule)
        for word, ground in _named(" ".join(map(_as_words, watchlists_of(rule)))):
            mark = subject.rule_mark(rule, "when", "watchlist")
            notes.warn(mark, "protected_attribute", _protected(f"A watch list of rule {rule.id}", word, ground), rule)
    if subject.base is None:
        _lists(subject, notes)


def _lists(subject: Subject, notes: Notes) -> None:
    for one in subject.context.lists:
        file = f"lists/{one.name}.yaml"
        texts = [("list", _as_words(one.name)), ("source", one.source)]
        texts += [("entries", entry.note) for entry in one.entries if entry.note]
        for key, text in texts:
            for word, ground in _named(text):
                message = _protected(f"The list {one.name}", word, ground)
                notes.warn(subject.file_mark(file, key), "protected_attribute", message)


def _as_words(name: str) -> str:
    return re.sub(r"[-_.]", " ", name)


def _alone(rule: Rule) -> list[str] | None:
    """Return the country signals of an alternative that asks for nothing else about the parcel, None without one."""
    for alternative in alternatives(rule.when):
        countries = [one.signal for one in alternative if one.signal in COUNTRIES]
        if countries and not any(_is_evidence(one, alternative) for one in alternative):
            return countries
    return None


def _is_evidence(condition: Plain, alternative: Alternative) -> bool:
    if isinstance(condition, Within):
        # That a number is low, or known at all, is no reason to select anybody.
        score = condition.signal in SCORES or condition.signal.startswith(PART_PREFIX)
        return score and bool(condition.at_least)
    if condition.signal == "xray_assessment":
        return isinstance(condition, OneOf) and not {"clear", NO_PICTURE} & set(condition.values)
    return condition.signal in EVIDENCE


def _origin_message(rule: Rule, signals: list[str]) -> str:
    what = " and ".join(dict.fromkeys(signal_name(one) for one in signals))
    return (
        f"Rule {rule.id} sends parcels to {rule.lane} for their {what} alone. A country says nothing about a parcel: "
        "nearly all of those it selects are harmless, people are treated by where they come from, and whoever posts "
        "elsewhere is missed. Ask for evidence besides, for example `risk: {at_least: 0.02}`, an `indicator` or an "
        "`hs_code`; or accept it with the law or agreement that demands it."
    )


def _named(text: str) -> Iterator[tuple[str, str]]:
    for ground, words in WORDS.items():
        if found := words.search(text):
            yield found[0], ground


def _protected(what: str, word: str, ground: str) -> str:
    return (
        f"{what} names `{word}`: nobody may be selected for {ground}. It is unlawful in most places, and it says "
        "nothing about a parcel. Write what the parcel shows instead; or accept it with the reason why it stands here."
    )

"""Checks of what rules tell carriers: words that warn a smuggler, and words that no carrier will ever read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sop.coverage import alternatives
from sop.lint.base import Notes, Subject
from sop.types import OneOf, Policy, Rule

TELLING: Mapping[str, str] = {
    "what is looked for": r"fire-?arms?|guns?|weapons?|pistols?|rifles?|ammunition|explosives?|drugs|contraband",
    "how parcels are chosen": r"(high.)?risk|scores?|thresholds?|probabilit\w*|watch.?lists?|random\w*|indicators?",
    "what is known": r"suspect\w*|suspicio\w*|smuggl\w*|traffick\w*|investigat\w*|intelligence|informants?|police|"
    r"alarms?",
}
"""What a carrier's text must not give away, and words by which it does. A list of words finds what is named."""

WORDS = {what: re.compile(rf"\b({words})\b", re.IGNORECASE) for what, words in TELLING.items()}


def check_carrier(subject: Subject, notes: Notes) -> None:
    """Report texts for carriers that give something away, or that are never sent."""
    for rule in subject.policy.rules:
        if rule.carrier_text is None:
            continue
        mark = subject.rule_mark(rule, "carrier_text")
        for word, what in _given_away(rule.carrier_text):
            notes.warn(mark, "carrier_text_tells", _telling(rule, word, what), rule)
        if why := _unsent(subject.policy, rule):
            notes.warn(mark, "carrier_text_unsent", _never(rule, why), rule)


def _given_away(text: str) -> Iterator[tuple[str, str]]:
    for what, words in WORDS.items():
        if found := words.search(text):
            yield found[0], what


def _unsent(policy: Policy, rule: Rule) -> str | None:
    if (rule.outcome or policy.lanes[rule.lane]) == "AC":
        return "its outcome is AC, which says all by itself"
    ways = alternatives(rule.when)
    if ways and all(any(one == OneOf("stage", ("station",)) for one in parts) for parts in ways):
        return "it is about parcels at the station, and carriers are answered before arrival only"
    return None


def _telling(rule: Rule, word: str, what: str) -> str:
    return (
        f"Rule {rule.id} tells the carrier `{word}`, which gives away {what}: a sender who is warned takes the parcel "
        "back, or sends the next one another way. Say only what to send, to amend or to do; or accept it with the "
        "reason why carriers may know."
    )


def _never(rule: Rule, why: str) -> str:
    return f"Rule {rule.id} has a `carrier_text` that no carrier will read: {why}. Take it out, or change the rule."

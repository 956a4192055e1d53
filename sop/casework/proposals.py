"""Proposes cases for what no case tries yet: each rule, each alternative of `any`, and all else that can decide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sop.casework.boundary_moves import moves
from sop.casework.cases import OF_OVERRIDE, Case, examine_cases
from sop.casework.coverage import APPLIES_TO, own_rules
from sop.casework.given import harmless
from sop.casework.placed import BASE, place
from sop.casework.verdicts import Covered, TestRun
from sop.casework.witness import COUNTS, days, ways, with_number, witnesses
from sop.coverage import Alternative
from sop.package import Package
from sop.reading.package_files import CASES
from sop.signals import ANY, NO_PICTURE
from sop.types import DEFAULT_RULE, MISSING_RULE, RANDOM_RULE, STAGES, WORKLOAD_RULE, Evidence, Policy, Rule, Within
from sop.vocabulary import Vocabulary, default_vocabulary
from sop.words import when_words

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
TRAPS = frozenset({"no", "yes", "on", "off", "y", "n", "true", "false", "null"})
NEAR = 0.1
Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case as text, for a file of cases; `text` None: no parcel was found that the rule decides."""

    file: str
    rule: str
    about: str
    text: str | None


def proposals(package: Package, run: TestRun, vocabulary: Vocabulary | None = None) -> Iterator[Proposal]:
    """Yield a case for everything that the run's coverage says no case tries; each has been tried itself."""
    known = vocabulary or default_vocabulary()
    rules = {(file, rule.id): (policy, rule) for file, policy, own in own_rules(package) for rule in own}
    for row in run.coverage:
        if (found := rules.get((row.policy, row.rule))) is not None:
            yield from _of_rule(package, row, *found, known)
        elif row.cases == 0 and row.rule != APPLIES_TO:
            yield _first_that_fits(package, row, row.title, _of_engine(row.rule, package.base), known)


def as_yaml(found: list[Proposal], package: Package) -> str:
    """Return proposals as YAML to paste, by file; those for which no parcel was found as remarks."""
    if not found:
        return "# Every rule, and every alternative of `any`, has a case.\n"
    lines: list[str] = []
    for file in dict.fromkeys(one.file for one in found):
        lines.append(f"# For {file}:")
        lines += [] if file in package.files else ["cases:"]
        for one in found:
            if one.file == file:
                nothing = f"  # {one.rule}: an earlier rule takes every parcel that was tried ({one.about})."
                lines += [""] + ([nothing] if one.text is None else one.text.splitlines())
    return "\n".join(lines) + "\n"


def _of_rule(package: Package, row: Covered, policy: Policy, rule: Rule, known: Vocabulary) -> Iterator[Proposal]:
    for way, alternative in zip(row.ways, ways(rule), strict=True):
        if way.cases == 0:
            yield _first_that_fits(package, row, when_words(alternative), _typical(policy, rule, alternative), known)


def _first_that_fits(
    package: Package, row: Covered, about: str, candidates: Iterator[Given], known: Vocabulary
) -> Proposal:
    """Return the first candidate that the rule really decides, read back from its own text."""
    file = CASES if row.policy == BASE else row.policy.removesuffix(".yaml") + OF_OVERRIDE
    for given in candidates:
        named = _named(given, known)
        first = _read(_text(row.rule, about, named, "release"), file, known)
        if first is None:
            continue
        decision = place(package, first).decide()
        if decision.rule == row.rule:
            return Proposal(file, row.rule, about, _text(row.rule, about, named, decision.lane))
    return Proposal(file, row.rule, about, None)


def _read(text: str, file: str, known: Vocabulary) -> Case | None:
    cases = examine_cases("cases:\n" + text, file, known).cases
    return cases[0] if cases else None


def _typical(policy: Policy, rule: Rule, alternative: Alternative) -> Iterator[Given]:
    """Yield parcels a little inside every threshold, then parcels right at them."""
    for day in days(policy, rule, alternative):
        for evidence in witnesses(alternative, day):
            yield _given(_inside(evidence, alternative), day, policy)
            yield _given(evidence, day, policy)


def _inside(evidence: Evidence, alternative: Alternative) -> Evidence:
    for condition in alternative:
        if isinstance(condition, Within):
            evidence = with_number(evidence, condition.signal, _near(condition))
    return evidence


def _near(condition: Within) -> float:
    """Return a number a tenth of the way into the bounds, from the threshold that matters."""
    low, high = condition.at_least, condition.below
    if condition.signal in COUNTS:
        return low if low is not None else max(0.0, (high or 1.0) - 1)
    if low is None:
        return round((high or 1.0) * (1 - NEAR), 3)
    return round(low + NEAR * ((1.0 if high is None else high) - low), 3)


def _of_engine(rule: str, policy: Policy) -> Iterator[Given]:
    for stage in reversed(STAGES):
        if rule.startswith(MISSING_RULE):
            yield {"stage": stage, "missing": rule.removeprefix(MISSING_RULE)}
        elif rule == RANDOM_RULE:
            yield {"stage": stage, "chance": "selected"}
        elif rule == DEFAULT_RULE:
            yield {"stage": stage}
            yield {"stage": stage, "combined": "unknown"}
    if rule == WORKLOAD_RULE:
        for one in moves(policy):
            if one.by == WORKLOAD_RULE:
                word = "full" if one.cut.moves == "out" else "short"
                yield {**_given(one.evidence, one.on, policy), "workload": {one.cut.lane: word}}


def _given(evidence: Evidence, day: date, policy: Policy) -> Given:
    """Return what differs from the harmless parcel, under the names that cases use."""
    plain = harmless(evidence.stage)
    same = ("station", "channel", "mail_class", "direction", "nature", "origin_country", "destination_country", "risk")
    given: Given = {"stage": evidence.stage}
    given |= {name: value for name in same if (value := getattr(evidence, name)) != getattr(plain, name)}
    given |= {"transit_country": evidence.transit_countries, "hs_code": evidence.hs_codes}
    given |= _picture(evidence, plain)
    given |= {"part": dict(evidence.parts), "indicator": sorted(evidence.indicators)}
    given |= {"contradiction": sorted(evidence.contradictions), "watchlist": sorted(evidence.watchlists)}
    given |= {"finding_history": evidence.finding_history, "missing": sorted(evidence.missing)}
    given |= {"day": day} if day != policy.effective_from else {}
    return {name: value for name, value in given.items() if name in ("stage", "risk") or value not in ((), [], {}, 0)}


def _picture(evidence: Evidence, plain: Evidence) -> Given:
    if evidence.stage == "station" and evidence.xray_assessment is None and evidence.xray is None:
        return {"xray": {"assessment": NO_PICTURE}}
    given: Given = {}
    if evidence.xray != plain.xray and evidence.xray != max((0.0, *evidence.parts.values())):
        given["xray"] = evidence.xray
    if evidence.xray_assessment not in (plain.xray_assessment, None):
        score = {"score": evidence.xray} if evidence.xray else {}
        given["xray"] = {**score, "assessment": evidence.xray_assessment}
    if evidence.combined != plain.combined:
        given["combined"] = "unknown" if evidence.combined is None else evidence.combined
    return given


def _named(given: Given, known: Vocabulary) -> Given:
    """Return the parcel with a list and a contradiction by name, where a rule asks for any of them."""
    names = {"watchlist": "national", "contradiction": next(iter(known.contradictions), ANY)}
    return {
        key: [names[key] if one == ANY else one for one in value] if key in names else value
        for key, value in given.items()
    }


def _text(rule: str, about: str, given: Given, lane: str) -> str:
    name = _scalar(f"{rule}: {about}"[:200])
    return f"  - name: {name}\n    given: {_flow(given)}\n    expect: {{lane: {lane}, rule: {_scalar(rule)}}}\n"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return _flow(value[0]) if len(value) == 1 else "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return (
            value if PLAIN.fullmatch(value) and value.casefold() not in TRAPS else json.dumps(value, ensure_ascii=False)
        )
    if isinstance(value, float):
        return f"{value:.12f}".rstrip("0").rstrip(".") or "0"
    return str(value)

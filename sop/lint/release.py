"""Checks on what may leave: without a clear picture, or although something could not be judged."""

from __future__ import annotations

from sop.lint.base import Notes, Subject
from sop.lint.day import Day
from sop.lint.example import describe
from sop.lint.solver import Literal
from sop.signals import NO_PICTURE
from sop.types import Policy, Rule
from sop.words import MISSING_WORDS


def check_release(subject: Subject, notes: Notes, day: Day, known: set[str]) -> None:
    """Report every way in which a parcel at a station is released without a picture, or with an alarm.

    Pictures that could not be judged are left to `missing_evidence`, which raises them whatever the rules say.

    Args:
        subject: The policy.
        notes: Receives the warnings.
        day: The rules of a day.
        known: Rules that were reported; grows. The empty name is the default lane.

    Raises:
        TooHard: Too much was asked.
    """
    for index, rule in enumerate((*day.rules, None)):
        name = rule.id if rule else ""
        if name in known or (rule.lane if rule else subject.policy.default_lane) != "release":
            continue
        parcel = day.find(*day.limits, *day.decided_by(index), *_not_clear(day))
        if parcel is None:
            continue
        known.add(name)
        who = f"Rule {name} releases" if rule else "default_lane releases"
        message = (
            f"{who} {describe(parcel)}. A low risk cannot tell what a picture would show; ask for `xray: {{assessment: "
            "clear}` in rules that release at a station, and let default_lane be one in which somebody looks."
        )
        mark = subject.rule_mark(rule, "lane") if rule else subject.mark("default_lane")
        notes.warn(mark, "release_without_picture", message, rule)


def check_missing(subject: Subject, notes: Notes) -> None:
    """Report missing evidence that may be released."""
    for key, step in subject.policy.missing_evidence.items():
        if step.lane == "release":
            message = (
                f"With `{key}: release` a parcel goes its way although this could not be judged. "
                f"{MISSING_WORDS[key]} {_released_by(subject.policy)}"
            )
            notes.warn(subject.mark("missing_evidence", key), "missing_evidence_release", message)


def _not_clear(day: Day) -> list[Literal]:
    space = day.space
    known = [space.value("stage", "station"), space.value("xray_assessment", NO_PICTURE, "alarm")]
    if "risk" in space.numbers:
        spans = space.numbers["risk"].spans
        known.append(space.solver.opposite(space.span("risk", spans.index(None))))
    return known


def _released_by(policy: Policy) -> str:
    rules: list[Rule] = [rule for rule in policy.rules if rule.lane == "release"]
    names = [f"rule {rule.id}" for rule in rules] + (["default_lane"] if policy.default_lane == "release" else [])
    return (
        f"{', '.join(names).capitalize()} may then release it." if names else "Choose a lane in which somebody looks."
    )

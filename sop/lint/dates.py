"""Checks on dates: reviews, rules that are over, and rules with one purpose whose days overlap or leave a hole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from sop.lint.base import ONE_DAY, Notes, Subject, line_of
from sop.types import Rule

REVIEW_PERIOD = timedelta(days=365)


def check_dates(subject: Subject, notes: Notes) -> None:
    """Report everything about dates that is allowed, but hardly meant."""
    for rule in subject.policy.rules:
        _review(subject, notes, rule)
        _period(subject, notes, rule)
    for first, second in combinations(subject.policy.rules, 2):
        if _one_purpose(first, second) and first.lane != second.lane and (days := _common_days(subject, first, second)):
            _overlap(subject, notes, first, second, days)
    for last, following in _holes(subject):
        message = (
            f"Rule {last.id} ends on {last.ends}, and rule {following.id} with the same conditions begins on "
            f"{following.starts} only; on the days between, neither is in force. Close the gap, or accept "
            "it with the reason."
        )
        notes.warn(subject.rule_mark(following, "from"), "dates_gap", message, following)


def _review(subject: Subject, notes: Notes, rule: Rule) -> None:
    mark, today = subject.rule_mark(rule, "reviewed"), subject.context.today
    if rule.reviewed is None:
        message = f"Rule {rule.id} has no `reviewed:` date; nobody vouches for it."
        notes.warn(mark, "review_missing", message, rule)
    elif rule.reviewed > today:
        message = f"Rule {rule.id} is reviewed on {rule.reviewed}, which is to come."
        notes.warn(mark, "review_future", message, rule)
    elif today - rule.reviewed > REVIEW_PERIOD:
        message = f"Rule {rule.id} was last reviewed on {rule.reviewed}, over a year ago; confirm it or change it."
        notes.warn(mark, "review_overdue", message, rule)


def _period(subject: Subject, notes: Notes, rule: Rule) -> None:
    begins = subject.policy.effective_from
    if rule.ends is not None and rule.ends < subject.start:
        passed = rule.ends < subject.context.today
        why = "has passed" if passed else f"lies before the policy applies, from {begins} on"
        message = f"Rule {rule.id} decides nothing any more: its last day, {rule.ends}, {why}. Remove or extend it."
        notes.warn(subject.rule_mark(rule, "until"), "rule_ended", message, rule)
    elif rule.starts is not None and rule.starts < begins:
        message = (
            f"Rule {rule.id} begins on {rule.starts}, but the policy applies from {begins} only; before that day the "
            "rule is not in force either. Correct one of the two dates, or remove `from`."
        )
        notes.warn(subject.rule_mark(rule, "from"), "rule_before_policy", message, rule)


def _one_purpose(first: Rule, second: Rule) -> bool:
    """Return whether two rules, one of them dated, say that they are for the same: by conditions or by title."""
    dated = any(day is not None for rule in (first, second) for day in (rule.starts, rule.ends))
    return dated and (first.when == second.when or first.title.casefold() == second.title.casefold())


def _common_days(subject: Subject, first: Rule, second: Rule) -> tuple[date, date] | None:
    start = max(subject.start, *(rule.starts or date.min for rule in (first, second)))
    end = min(rule.ends or date.max for rule in (first, second))
    return (start, end) if start <= end else None


def _overlap(subject: Subject, notes: Notes, first: Rule, second: Rule, days: tuple[date, date]) -> None:
    same = "conditions" if first.when == second.when else "title"
    until = "without end" if days[1] == date.max else f"until {days[1]}"
    decides = f" Where both match, {first.id} decides, because it stands first."
    message = (
        f"Rules {first.id} ({first.lane}, {line_of(first, second)}) and {second.id} ({second.lane}) have the same "
        f"{same} and are both in force from {days[0]} {until}.{decides} Let one end the day before the other begins."
    )
    key = "from" if second.starts is not None else "until" if second.ends is not None else "when"
    notes.warn(subject.rule_mark(second, key), "dates_overlap", message, second)


def _holes(subject: Subject) -> Iterator[tuple[Rule, Rule]]:
    """Yield a rule that ends and the next one with its conditions, where days lie between on which neither counts."""
    for last in subject.policy.rules:
        alike = [rule for rule in subject.policy.rules if rule.when == last.when and rule is not last]
        if last.ends is None or last.ends == date.max or not alike:
            continue
        free = last.ends + ONE_DAY
        later = [rule for rule in alike if rule.starts is not None and rule.starts > free]
        if later and not any(rule.in_force(free) for rule in alike):
            following = min(later, key=lambda rule: rule.starts or date.min)
            if following.starts is not None and following.starts > subject.start:
                yield last, following

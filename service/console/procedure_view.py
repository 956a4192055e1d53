"""What the page about the procedure shows: policy, lists, overrides and history as plain rows. No Flask in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from features.watchlist import WatchList
from sop.active import Source
from sop.diff.policies import Change, compare
from sop.lists import NamedList
from sop.package import Package, Scope
from sop.registry.events import SHADOW_ACTIONS, Event
from sop.registry.state import State, withdrawn
from sop.types import AnyOf, BeginsWith, Lane, OneOf, Policy, Rule, When
from sop.words import random_words, share_words, when_lines

Origin = Source | Literal["unknown"]
SOURCES: Mapping[Origin, str] = {
    "setting": "The setting PARCEL_SCREENING_SOP names its file; nobody activated it here.",
    "registry": "The history puts another version in force, which this process has not taken yet or cannot use.",
    "home": "It stands in the home as policy.yaml; nobody activated it here.",
    "shipped": "It came with the product; nobody has activated another one yet.",
    "unknown": "What put it in force cannot be told.",
}
ACTIONS = {
    "approve": "Approved",
    "activate": "Activated",
    "rollback": "Rolled back to",
    "withdraw": "Withdrawn",
    "stop": "Models switched off",
    "resume": "Models switched on again",
    "shadow_start": "Shadow begun",
    "shadow_stop": "Shadow ended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule as a line of the table. `when` is one phrase a line; `sleeping` says why it does not count today."""

    rule: Rule
    when: tuple[str, ...]
    outcome: str | None
    days: str
    sleeping: str
    trim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A named list, the codes that count today, and the rules that name it."""

    list: NamedList
    codes: tuple[str, ...]
    expired: bool
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchListRow:
    """A watch list: its name, and how many entries it has and how many of them have expired."""

    name: str
    entries: int
    expired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """An override: for whom it is, and what it changes against the base."""

    file: str
    title: str
    scope: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A line of the history in words; `comparable` says that what it changed can be shown."""

    event: Event
    action: str
    withdrawn: bool
    comparable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """How the procedure in force came to be so: its activation and approvals, or the place it was read from."""

    source: str
    activation: Event | None
    approvals: tuple[Event, ...]


def rule_rows(policy: Policy, on: date) -> tuple[RuleRow, ...]:
    """Return the rules in the order in which they are asked."""
    return tuple(_rule_row(policy, rule, on) for rule in policy.rules)


def list_rows(package: Package, on: date) -> tuple[ListRow, ...]:
    """Return the named lists, with the rules of base and overrides that use them."""
    return tuple(
        ListRow(list=one, codes=one.codes(on), expired=one.expired(on), used_by=tuple(_used_by(package, one.name)))
        for one in package.lists
    )


def override_rows(package: Package) -> tuple[OverrideRow, ...]:
    """Return the overrides in the order in which they are asked."""
    return tuple(
        OverrideRow(
            file=one.file,
            title=one.policy.title,
            scope=scope_words(one.scope),
            changes=tuple(change for change in compare(package.base, one.policy) if change.aspect != "version"),
        )
        for one in package.overrides
    )


def watchlist_rows(lists: Sequence[WatchList], on: date) -> tuple[WatchListRow, ...]:
    """Return the watch lists, without anybody who stands on them."""
    return tuple(WatchListRow(name=one.name, entries=len(one.entries), expired=one.expired(on)) for one in lists)


def history_rows(state: State, *, with_shadow: bool) -> tuple[HistoryRow, ...]:
    """Return the history, newest first; without the lines about candidates in shadow where those are not shown."""
    gone = withdrawn(state.events)
    return tuple(
        HistoryRow(
            event=one,
            action=ACTIONS[one.action],
            withdrawn=one.seq in gone,
            comparable=one.action in ("activate", "rollback") and one.before is not None,
        )
        for one in reversed(state.events)
        if with_shadow or one.action not in SHADOW_ACTIONS
    )


def placement(package: Package, source: Origin, state: State) -> Placement:
    """Return who put the procedure in force, or where it was read from."""
    activation = state.activation_of(package.digest) if source == "registry" else None
    return Placement(source=SOURCES[source], activation=activation, approvals=state.approvals_of(package.digest))


def scope_words(scope: Scope) -> str:
    """Return for which parcels an override is: `station leeds-* or hull-1, channel courier`."""
    parts = [f"station {' or '.join(scope.stations)}"] if scope.stations else []
    parts += [f"channel {' or '.join(scope.channels)}"] if scope.channels else []
    return ", ".join(parts)


def chance_words(policy: Policy) -> str:
    """Return what chance does, without the instructions."""
    return random_words(policy.random_selection, full=False)


def workload_words(policy: Policy) -> tuple[tuple[Lane, str], ...]:
    """Return the share of each lane that has one."""
    return tuple((lane, share_words(share)) for lane, share in policy.workload.items())


def due_words(at: datetime, now: datetime) -> str:
    """Return how long it is until a moment: `in 3 days`, `in 5 hours`, `in 12 minutes`."""
    minutes = max(1, round((at - now).total_seconds() / 60))
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if (count := minutes // size) >= 1:
            return f"in {count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("a minute is at least one minute")


def _rule_row(policy: Policy, rule: Rule, on: date) -> RuleRow:
    return RuleRow(
        rule=rule,
        when=tuple(when_lines(rule.when)),
        outcome=rule.outcome if rule.outcome not in (None, policy.lanes[rule.lane]) else None,
        days=_days(rule),
        sleeping="" if rule.in_force(on) else "not yet" if rule.starts and rule.starts > on else "no longer",
        trim={None: "", "never": "never moved out for want of staff"}.get(
            rule.trim, f"lowest-ranked go to {rule.trim} when the lane is full"
        ),
    )


def _days(rule: Rule) -> str:
    parts = [f"from {rule.starts}"] if rule.starts else []
    parts += [f"until {rule.ends}"] if rule.ends else []
    return " ".join(parts)


def _used_by(package: Package, name: str) -> Iterator[str]:
    seen: dict[str, None] = {}
    for policy in package.policies:
        for rule in policy.rules:
            if name in _list_names(rule.when):
                seen[rule.id] = None
    yield from seen


def _list_names(when: When) -> frozenset[str]:
    found: set[str] = set()
    for condition in when:
        match condition:
            case OneOf(lists=lists) | BeginsWith(lists=lists):
                found.update(one.name for one in lists)
            case AnyOf(alternatives):
                found.update(*(_list_names(one) for one in alternatives))
            case _:
                pass
    return frozenset(found)

"""Checks on named lists and on the watch lists of the installation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from sop.lint.base import Notes, Subject
from sop.lint.space import leaves
from sop.lists import NamedList
from sop.signals import ANY
from sop.types import BeginsWith, OneOf, Policy, Rule

if TYPE_CHECKING:
    from features.watchlist import WatchList

SOON = timedelta(days=30)


def check_lists(subject: Subject, notes: Notes, used: frozenset[str]) -> None:
    """Report lists that have expired, say nothing today, or that no rule names.

    Args:
        subject: The base policy; its context has the lists.
        notes: Receives the warnings.
        used: The names of all lists that a rule of the package names.
    """
    for one in subject.context.lists:
        file = f"lists/{one.name}.yaml"
        if (message := _expiry(subject, one)) is not None:
            code = "list_expired" if one.expired(subject.context.today) else "list_expires_soon"
            notes.warn(subject.file_mark(file, "expires"), code, message)
        if one.name not in used:
            message = f"No rule names the list {one.name}; write `{{list: {one.name}}}` where it belongs, or remove it."
            notes.warn(subject.file_mark(file, "list"), "list_unused", message)
        elif not one.codes(subject.context.today):
            message = (
                f"No entry of the list {one.name} counts today; rules that name it match by it on other days only."
            )
            notes.warn(subject.file_mark(file, "entries"), "list_silent", message)


def check_watchlists(subject: Subject, notes: Notes) -> None:
    """Report watch lists that a rule names and that the installation does not have, or whose entries all expired."""
    if subject.context.watchlists is None:
        return
    there = {one.name: one for one in subject.context.watchlists}
    for rule in subject.policy.rules:
        for name in watchlists_of(rule):
            if (found := _watchlist_problem(subject, name, there)) is not None:
                code, message = found
                mark = subject.rule_mark(rule, "when", "watchlist")
                notes.warn(mark, code, f"Rule {rule.id}: {message}", rule)


def names_of_lists(policy: Policy) -> frozenset[str]:
    """Return the names of the lists that a policy's rules name."""
    named = (leaf for rule in policy.rules for leaf in leaves(rule.when) if isinstance(leaf, OneOf | BeginsWith))
    return frozenset(one.name for leaf in named for one in leaf.lists)


def _expiry(subject: Subject, one: NamedList) -> str | None:
    today = subject.context.today
    if one.expires is None or one.expires - today > SOON:
        return None
    if one.expired(today):
        return (
            f"The list {one.name} has expired on {one.expires}. It still counts, so that no parcel passes for it, but "
            f"nobody vouches for it any more: ask {one.source} for a new one and set `issued` and `expires`."
        )
    return f"The list {one.name} expires on {one.expires}, within 30 days; ask {one.source} for a new one in time."


def watchlists_of(rule: Rule) -> Iterator[str]:
    """Yield the names of the watch lists that a rule names."""
    for leaf in leaves(rule.when):
        if isinstance(leaf, OneOf) and leaf.signal == "watchlist":
            yield from (name for name in leaf.values if name != ANY)


def _watchlist_problem(subject: Subject, name: str, there: Mapping[str, WatchList]) -> tuple[str, str] | None:
    if name not in there:
        known = ", ".join(sorted(there)) or "none"
        return (
            "watchlist_unknown",
            f"this installation has no watch list `{name}` (it has: {known}), so nobody matches.",
        )
    entries = there[name].entries
    if entries and all(entry.expires is not None and entry.expires < subject.context.today for entry in entries):
        last = max(entry.expires for entry in entries if entry.expires is not None)
        return "watchlist_expired", f"every entry of the watch list `{name}` has expired, the last on {last}."
    return None

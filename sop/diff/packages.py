"""What changed between two whole procedures, in words: the policy, named lists, overrides and cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sop.diff.cases import case_changes
from sop.diff.policies import Change, aspects_changed, compare
from sop.lists import NamedList
from sop.package import Override, Package
from sop.reading.override import name_of
from sop.rule_words import count_words, entry_words, scope_words
from sop.types import Policy


def compare_packages(old: Package, new: Package) -> tuple[Change, ...]:
    """Return every difference that can change a decision or what an officer reads, and every case that changed."""
    return (
        *compare(old.base, new.base),
        *_lists(old, new),
        *_overrides(old, new),
        *case_changes(old, new),
    )


def _lists(old: Package, new: Package) -> Iterator[Change]:
    before, after = {one.name: one for one in old.lists}, {one.name: one for one in new.lists}
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield Change("removed", f"list {name}", "list", _list_summary(before[name]), None)
        elif name not in before:
            yield Change("added", f"list {name}", "list", None, _list_summary(after[name]))
        else:
            yield from _list(before[name], after[name])


def _list(old: NamedList, new: NamedList) -> Iterator[Change]:
    what = f"list {new.name}"
    yield from aspects_changed(what, _list_words(old), _list_words(new))
    before, after = entry_words(old), entry_words(new)
    if gone := [code for code in before if code not in after]:
        yield Change("removed", what, "entries", ", ".join(gone), None)
    if come := [code for code in after if code not in before]:
        yield Change("added", what, "entries", None, ", ".join(_entry(code, after[code]) for code in come))
    for code in after:
        if code in before and before[code] != after[code]:
            yield Change("changed", what, f"entry {code}", before[code], after[code])


def _list_words(named: NamedList) -> dict[str, str | None]:
    return {
        "kind": named.kind,
        "source": named.source,
        "issued": named.issued.isoformat(),
        "expires": named.expires.isoformat() if named.expires else None,
    }


def _list_summary(named: NamedList) -> str:
    expiry = f", expires {named.expires}" if named.expires else ""
    codes = ", ".join(_entry(code, words) for code, words in entry_words(named).items())
    return f"{count_words(named)} from {named.source}, issued {named.issued}{expiry}: {codes}"


def _entry(code: str, words: str) -> str:
    return code if words == "always" else f"{code} ({words})"


def _overrides(old: Package, new: Package) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    for name in sorted(before.keys() | after.keys()):
        what = f"override {name}"
        if name not in after:
            yield Change("removed", what, "override", _override_summary(before[name]), None)
        elif name not in before:
            yield Change("added", what, "override", None, _override_summary(after[name]))
            yield from _named(what, own_changes(new.base, after[name]))
        else:
            yield from _override(what, old, new, before[name], after[name])


def own_changes(base: Policy, override: Override) -> tuple[Change, ...]:
    """Return what an override changes of the policy that it extends."""
    return compare(replace(base, version=""), replace(override.policy, version=""))


def own_version(override: Override) -> str:
    """Return the override's own version: `2` of `2026.11-1 + leeds 2`."""
    return override.policy.version.rsplit(" ", 1)[-1]


def _override(what: str, old: Package, new: Package, before: Override, after: Override) -> Iterator[Change]:
    first = {"version": own_version(before), "applies_to": scope_words(before.scope)}
    second = {"version": own_version(after), "applies_to": scope_words(after.scope)}
    yield from aspects_changed(what, first, second)
    # What changed in the policy changed here too; that is told once, with the policy.
    shared = set(compare(old.base, new.base))
    old_policy, new_policy = replace(before.policy, version=""), replace(after.policy, version="")
    yield from _named(what, [one for one in compare(old_policy, new_policy) if one not in shared])


def _named(what: str, changes: tuple[Change, ...] | list[Change]) -> Iterator[Change]:
    for one in changes:
        yield replace(one, what=what if one.what == "policy" else f"{what}, {one.what}")


def _override_summary(override: Override) -> str:
    return f"version {own_version(override)} for {scope_words(override.scope)}"


def _by_name(package: Package) -> dict[str, Override]:
    return {name_of(one.file): one for one in package.overrides}

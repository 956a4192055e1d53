"""Lays an override over the policy that it extends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from sop.findings import Mark, Report
from sop.package import Override, Scope
from sop.patterns import common_name
from sop.reading.override_file import AddedRule, OverrideFile, Placed, RuleChange
from sop.reading.rules import ATTRIBUTES, attributes, conflicts
from sop.rule_words import scope_words
from sop.types import Policy, Rule

ANY_STATION = "*"


def laid_over(base: Policy, file: OverrideFile, path: str, report: Report) -> Override | None:
    """Return the override with its whole policy, or None after reporting what does not fit.

    Args:
        base: The policy that it extends.
        file: The override, whose references `sop.reading.override_references` found in order.
        path: Its path in the package, for example `overrides/leeds.yaml`.
        report: Receives what is wrong.
    """
    changes = {one.id: one for one in file.change}
    removed = {one.value for one in file.remove}
    kept = [_changed(rule, changes.get(rule.id), report) for rule in base.rules if rule.id not in removed]
    rules = [rule for rule in kept if rule is not None]
    if len(rules) < len(kept):
        return None
    ordered = _placed(rules, file.add)
    if not _complete(ordered, file, report):
        return None
    if _says_nothing(file):
        report.warning(file.mark, "override_empty", "This override changes nothing of the policy; remove it.")
    return Override(file=path, scope=file.scope, policy=_policy(base, file, ordered, name_of(path)))


def name_of(path: str) -> str:
    """Return an override's name: `leeds` for `overrides/leeds.yaml`."""
    return path.rsplit("/", 1)[-1].removesuffix(".yaml")


def check_scopes(scopes: Sequence[tuple[str, Mark, Scope]], report: Report) -> None:
    """Report every two overrides that could take the same parcel.

    Args:
        scopes: For each override its file, where its scope stands, and the scope.
        report: Receives what is wrong, at the later file of each two.
    """
    for (file, _, one), (_, mark, other) in combinations(scopes, 2):
        if (both := common_scope(one, other)) is not None:
            message = (
                f"This override and {file} could both take the same parcel ({scope_words(both)}), and nothing says "
                "which of them decides; narrow `applies_to` in one of the two."
            )
            report.error(mark, "override_ambiguous", message)


def common_scope(one: Scope, other: Scope) -> Scope | None:
    """Return the narrowest example of parcels that both scopes take, or None where there is none."""
    channels = _common_channels(one.channels, other.channels)
    if channels is None:
        return None
    if not one.stations and not other.stations:
        return Scope(channels=channels)
    pairs = ((a, b) for a in one.stations or (ANY_STATION,) for b in other.stations or (ANY_STATION,))
    names = [name for a, b in pairs if (name := common_name(a, b)) is not None]
    return Scope(stations=(min(names, key=len),), channels=channels) if names else None


def _common_channels(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...] | None:
    if not one or not other:
        return tuple(one or other)[:1]
    both = [channel for channel in one if channel in other]
    return tuple(both[:1]) if both else None


def _changed(rule: Rule, change: RuleChange | None, report: Report) -> Rule | None:
    if change is None:
        return rule
    new = {key: placed.value for key, placed in change.values.items()}
    merged = replace(rule, **attributes(new), line=change.mark.line, file=change.mark.file)
    found = list(conflicts(_by_key(merged)))
    for key, code, message in found:
        place: Placed[object] | None = change.values.get(key)
        report.error(place.mark if place else change.mark, code, message)
    return None if found else merged


def _by_key(rule: Rule) -> dict[str, object]:
    names = ("id", "from", "until", "lane", "trim", "outcome")
    return {key: value for key in names if (value := getattr(rule, ATTRIBUTES.get(key, key))) is not None}


def _placed(rules: Sequence[Rule], added: Sequence[AddedRule]) -> tuple[Rule, ...]:
    """Return all rules in their order; added ones that lean on each other in a circle are not among them."""
    before: defaultdict[str, list[Rule]] = defaultdict(list)
    after: defaultdict[str, list[Rule]] = defaultdict(list)
    first: list[Rule] = []
    for one in added:
        if one.before:
            before[one.before.value].append(one.rule)
        elif one.after:
            after[one.after.value].append(one.rule)
        else:
            first.append(one.rule)

    def with_neighbours(rule: Rule) -> Iterator[Rule]:
        for earlier in before[rule.id]:
            yield from with_neighbours(earlier)
        yield rule
        for later in after[rule.id]:
            yield from with_neighbours(later)

    return tuple(one for rule in (*first, *rules) for one in with_neighbours(rule))


def _complete(ordered: Sequence[Rule], file: OverrideFile, report: Report) -> bool:
    there = {rule.id for rule in ordered}
    lost = [one for one in file.add if one.rule.id not in there]
    for one in lost:
        message = f"The place of rule {one.rule.id} depends on itself; name a rule of the policy."
        report.error(one.mark, "rule_anchor", message)
    if not ordered:
        report.error(file.mark, "value_empty", "This override removes every rule; keep or add one.")
    return bool(ordered) and not lost


def _says_nothing(file: OverrideFile) -> bool:
    changed = (file.change, file.remove, file.add, file.missing_evidence)
    other = (file.random_selection, file.workload, file.default_lane)
    return not any(changed) and all(one is None for one in other)


def _policy(base: Policy, file: OverrideFile, rules: tuple[Rule, ...], name: str) -> Policy:
    return replace(
        base,
        # The name stays: with another one, chance would draw other parcels.
        version=f"{base.version} + {name} {file.version}",
        owner=file.owner or base.owner,
        rules=rules,
        missing_evidence={**base.missing_evidence, **file.missing_evidence},
        random_selection=file.random_selection or base.random_selection,
        workload=base.workload if file.workload is None else file.workload,
        default_lane=file.default_lane or base.default_lane,
        accepted=tuple(sorted({**dict(base.accepted), **dict(file.accepted)}.items())),
    )

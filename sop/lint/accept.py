"""Warnings that authors accept with a reason: those of the loader, and acceptances that nothing asks for any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sop.findings import POLICY, Finding, Mark
from sop.lint.base import Context, Notes, rule_node
from sop.package import Package
from sop.reading.yaml_reader import Mapping as Block
from sop.reading.yaml_reader import Node, Scalar, mark_at
from sop.reading.yaml_reader import Sequence as Items
from sop.types import Rule

ACCEPT = "accept"
Accepted = tuple[str, Rule | None, Mark, str]
"""The file, the rule or None for the whole file, where the acceptance stands, and the code that it accepts."""


def accepted_by_file(
    package: Package, trees: Mapping[str, Node], findings: Sequence[Finding], notes: Sequence[Notes]
) -> Iterator[Finding]:
    """Yield the loader's findings, accepted ones with the reason; `notes` learn which were used."""
    for finding in findings:
        for rule in (rule for policy in package.policies for rule in policy.rules):
            reason = dict(rule.accepted).get(finding.code)
            if reason is not None and finding.file == rule.file and _holds(trees, rule, finding.line):
                break
        else:
            rule, reason = None, _whole(package, finding)
        if reason is None or finding.severity != "warning":
            yield finding
            continue
        for one in notes:
            one.used.add((rule.id if rule else None, finding.code))
        yield replace(finding, severity="accepted", message=f"{finding.message} Accepted: {reason.rstrip('.')}.")


def unused(package: Package, trees: Mapping[str, Node], context: Context, notes: Sequence[Notes]) -> Iterator[Finding]:
    """Yield a warning for every acceptance of a warning that is not given; what could not be checked stays silent."""
    everywhere = set().union(*(one.used for one in notes))
    unchecked = _unchecked(context)
    by_file = {one.file: note.used for one, note in zip(package.overrides, notes[1:], strict=True)}
    for file, rule, mark, code in _acceptances(package, trees):
        used = everywhere if file == POLICY else by_file[file]
        if (rule.id if rule else None, code) in used or code in unchecked:
            continue
        message = f"The warning `{code}` is accepted here, but it is not given any more; remove the line."
        yield Finding(mark.line, mark.column, "warning", "accept_unused", message, file, mark.text)


def _acceptances(package: Package, trees: Mapping[str, Node]) -> Iterator[Accepted]:
    policies = {POLICY: package.base, **{one.file: one.policy for one in package.overrides}}
    for file, policy in policies.items():
        yield from ((file, None, *one) for one in _keys(trees.get(file)))
        for rule in policy.rules:
            if rule.file == file and (tree := trees.get(file)) is not None:
                yield from ((file, rule, *one) for one in _keys(rule_node(tree, rule)))


def _keys(node: Node | None) -> Iterator[tuple[Mark, str]]:
    entries = node.entries if isinstance(node, Block) else ()
    for block in (value for key, value in entries if key.text == ACCEPT):
        for key, _ in block.entries if isinstance(block, Block) else ():
            yield key.mark, key.text


def _unchecked(context: Context) -> set[str]:
    codes = set() if context.scores else {"threshold_unreached"}
    codes |= {"watchlist_unknown", "watchlist_expired"} if context.watchlists is None else set()
    return codes | ({"case_missing"} if context.cases is None else set())


def _whole(package: Package, finding: Finding) -> str | None:
    policies = {POLICY: package.base, **{one.file: one.policy for one in package.overrides}}
    policy = policies.get(finding.file, package.base)
    return dict(policy.accepted).get(finding.code)


def _holds(trees: Mapping[str, Node], rule: Rule, line: int) -> bool:
    node = rule_node(trees[rule.file], rule) if rule.file in trees else None
    return node is not None and line in _lines(node)


def _lines(node: Node) -> Iterator[int]:
    yield mark_at(node).line
    if isinstance(node, Block):
        for key, value in node.entries:
            yield key.mark.line
            yield from _lines(value)
    elif isinstance(node, Items):
        for item in node.items:
            yield from _lines(item)
    elif isinstance(node, Scalar):
        # A remark is reported where the text before it ends.
        yield node.mark.line + node.text.count("\n")

"""The rules that an override names, compared with its policy's: also where other things are wrong with either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sop.findings import Mark, Report
from sop.reading.rules import RULE_ID
from sop.reading.suggest import did_you_mean
from sop.reading.yaml_reader import Mapping, Node, Scalar
from sop.reading.yaml_reader import Sequence as Listed

Wrong = tuple[Mark, str, str]


@dataclass(frozen=True, slots=True)
class References:
    """Ids as they stand in an override's file, with their places; of an added rule also where the rule begins."""

    changed: tuple[Scalar, ...]
    removed: tuple[Scalar, ...]
    added: tuple[tuple[Mark, str], ...]
    anchors: tuple[Scalar, ...]


def check_references(tree: Node, ids: Sequence[str], report: Report) -> bool:
    """Report every rule that an override names and the policy does not have; return whether there is none.

    Args:
        tree: The override's file.
        ids: The ids of the policy's rules, in their order.
        report: Receives what is wrong.
    """
    named = _references(tree)
    removed, before = {one.text for one in named.removed}, len(report.findings)
    found = chain(
        _unknown(named, ids, report),
        _conflicting(named, removed),
        _taken(named, ids),
        _badly_placed(named, [*ids, *(name for _, name in named.added)], removed, report),
    )
    for mark, code, message in found:
        report.error(mark, code, message)
    return len(report.findings) == before


def _references(tree: Node) -> References:
    added = [one for one in _items(_value(tree, "add")) if isinstance(one, Mapping)]
    return References(
        changed=tuple(_ids(_value(one, "id") for one in _items(_value(tree, "change")))),
        removed=tuple(_ids(_items(_value(tree, "remove")))),
        added=tuple((one.mark, found.text) for one in added for found in _ids([_value(one, "id")])),
        anchors=tuple(_ids(_value(one, key) for one in added for key in ("before", "after"))),
    )


def _value(node: Node | None, name: str) -> Node | None:
    entries = node.entries if isinstance(node, Mapping) else ()
    return next((value for key, value in entries if key.text == name), None)


def _items(node: Node | None) -> Sequence[Node]:
    if isinstance(node, Listed):
        return node.items
    return [node] if node is not None else []


def _ids(nodes: Iterator[Node | None] | Sequence[Node | None]) -> Iterator[Scalar]:
    """Yield what is an id; what is none is told where the file is read."""
    for node in nodes:
        if isinstance(node, Scalar) and node.reads_as == "text" and re.fullmatch(RULE_ID.pattern, node.text):
            yield node


def _unknown(named: References, ids: Sequence[str], report: Report) -> Iterator[Wrong]:
    known = frozenset(ids)
    for one in (*named.changed, *named.removed):
        if one.text not in known:
            yield one.mark, "rule_unknown", f"The policy has no rule `{one.text}`{did_you_mean(one.text, ids, report)}"


def _conflicting(named: References, removed: set[str]) -> Iterator[Wrong]:
    for one in named.changed:
        if one.text in removed:
            yield one.mark, "override_conflict", f"Rule {one.text} is changed and removed here; do one of the two."


def _taken(named: References, ids: Sequence[str]) -> Iterator[Wrong]:
    known = frozenset(ids)
    for mark, name in named.added:
        if name in known:
            message = f"The policy has a rule {name} already; change that one, or choose another id."
            yield mark, "rule_id_repeated", message


def _badly_placed(named: References, ids: Sequence[str], removed: set[str], report: Report) -> Iterator[Wrong]:
    known = frozenset(ids)
    for anchor in named.anchors:
        if anchor.text not in known:
            message = f"There is no rule `{anchor.text}` to go beside{did_you_mean(anchor.text, ids, report)}"
            yield anchor.mark, "rule_unknown", message
        elif anchor.text in removed:
            yield anchor.mark, "rule_anchor", f"Rule {anchor.text} is removed here; name a rule that stays."

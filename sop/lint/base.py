"""What every check of `sop check` works with: the policy, where things stand in its files, and what is known beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from models.score_range import ScoreRange
from sop.findings import CODES, POLICY, Finding, Mark
from sop.lists import NamedList
from sop.reading.yaml_reader import Mapping as Block
from sop.reading.yaml_reader import Node, Scalar, Sequence, mark_at
from sop.types import Policy, Rule, When

if TYPE_CHECKING:
    from features.watchlist import WatchList

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a policy is checked against besides itself; what is None or absent is not known and not checked.

    Attributes:
        today: The day to which reviews, dates and expiries are compared.
        scores: What the models in use give, by signal: risk, xray, combined.
        watchlists: The watch lists of the installation.
        cases: The ids of rules that some case expects, as far as there are files of cases.
        lists: All named lists of the package.
    """

    today: date
    scores: Mapping[str, ScoreRange] = field(default_factory=dict)
    watchlists: tuple[WatchList, ...] | None = None
    cases: frozenset[str] | None = None
    lists: tuple[NamedList, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One policy under check.

    Attributes:
        policy: The base, or an override laid over it.
        file: Where it stands, as a path in the package.
        trees: The files of the package as read.
        context: What it is checked against.
        base: For an override, what it is laid over.
        scope: For an override, the conditions of the parcels that it is for.
    """

    policy: Policy
    trees: Mapping[str, Node]
    context: Context
    file: str = POLICY
    base: Policy | None = None
    scope: When = ()

    @property
    def start(self) -> date:
        """The first day that matters: today, or the day from which the policy applies."""
        return max(self.context.today, self.policy.effective_from)

    def rule_mark(self, rule: Rule, *path: str) -> Mark:
        """Return where a rule stands, or the value at a path in it."""
        tree = self.trees.get(rule.file)
        node = rule_node(tree, rule) if tree is not None else None
        return mark_at(node, *path) if node is not None else Mark(rule.line or 1, 1, "", rule.file)

    def mark(self, *path: str | int) -> Mark:
        """Return where a value of the policy stands: in the override's file where it is there, else in the base's."""
        for file in (self.file, POLICY):
            tree = self.trees.get(file)
            if isinstance(tree, Block) and any(key.text == path[0] for key, _ in tree.entries):
                return mark_at(tree, *path)
        return self.file_mark(self.file)

    def file_mark(self, file: str, *path: str | int) -> Mark:
        """Return where a file begins, or the value at a path in it."""
        tree = self.trees.get(file)
        return Mark(1, 1, "", file) if tree is None else mark_at(tree, *path)


@dataclass(slots=True)
class Notes:
    """Collects what the checks find about one policy, and which accepted warnings they met."""

    policy: Policy
    findings: list[Finding] = field(default_factory=list)
    used: set[tuple[str | None, str]] = field(default_factory=set)

    def warn(self, mark: Mark, code: str, message: str, rule: Rule | None = None) -> None:
        """Add a warning about a rule or about the whole; one that its author accepted is told with the reason."""
        reason = dict(rule.accepted if rule else self.policy.accepted).get(code)
        if reason is None:
            self._add(Finding(mark.line, mark.column, "warning", code, message, mark.file, mark.text))
            return
        self.used.add((rule.id if rule else None, code))
        accepted = f"{message} Accepted: {reason.rstrip('.')}."
        self._add(Finding(mark.line, mark.column, "accepted", code, accepted, mark.file, mark.text))

    def error(self, mark: Mark, code: str, message: str) -> None:
        """Add an error."""
        self._add(Finding(mark.line, mark.column, "error", code, message, mark.file, mark.text))

    def _add(self, finding: Finding) -> None:
        assert finding.code in CODES, finding.code  # noqa: S101 - authors look codes up, so none may be undocumented
        self.findings.append(finding)


def line_of(rule: Rule, seen_from: Rule) -> str:
    """Return where a rule stands, for a message about another one: its line, and its file where that is another."""
    return f"line {rule.line}" + (f" of {rule.file}" if rule.file != seen_from.file else "")


def rule_node(tree: Node, rule: Rule) -> Node | None:
    """Return the block of a rule, wherever in its file it stands."""
    if isinstance(tree, Sequence):
        found = (rule_node(item, rule) for item in tree.items)
        return next((one for one in found if one is not None), None)
    if not isinstance(tree, Block):
        return None
    if tree.mark.line == rule.line and any(_is_id(key, value, rule.id) for key, value in tree.entries):
        return tree
    found = (rule_node(value, rule) for _, value in tree.entries)
    return next((one for one in found if one is not None), None)


def _is_id(key: Scalar, value: Node, name: str) -> bool:
    return key.text == "id" and isinstance(value, Scalar) and value.text == name

"""Reads a policy from text alone, with nothing beside it; `sop.reading.packages` reads whole procedures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.errors import InputError
from sop.findings import POLICY, Finding, Report
from sop.reading.package_files import read_bytes
from sop.reading.packages import examine_package, usable
from sop.reading.yaml_reader import Node
from sop.reading.yaml_text import decoded
from sop.types import Policy
from sop.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Examined:
    """A policy after reading: the policy or None, all that was found, in the order of the file, and its tree."""

    policy: Policy | None
    findings: tuple[Finding, ...]
    tree: Node | None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the policy unusable."""
        return tuple(one for one in self.findings if one.severity == "error")


def parse_policy(text: str, name: str, vocabulary: Vocabulary | None = None) -> Policy:
    """Read a policy from text; `name` stands for the file in messages.

    Raises:
        InputError: The text is not a valid policy; every problem is listed with its place.
    """
    return usable(examine_package({POLICY: text.encode()}, vocabulary), name, name).base


def examine_policy(text: str, vocabulary: Vocabulary | None = None) -> Examined:
    """Read a policy from text and return it with everything found; the policy is None exactly where errors are."""
    examined = examine_package({POLICY: text.encode()}, vocabulary)
    policy = examined.package.base if examined.package else None
    return Examined(policy, examined.findings, examined.trees.get(POLICY))


def read_text(path: Path) -> str:
    """Return a file's text.

    Raises:
        InputError: There is no such file, it is larger than any policy, or it is not UTF-8.
    """
    report = Report()
    text = decoded(read_bytes(path), report, path.name)
    if text is None:
        raise InputError(f"{path}: not a text file in UTF-8.", [one.as_problem() for one in report.findings])
    return text

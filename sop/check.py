"""Everything that is to be said about a procedure: its errors, or, when it is valid, its warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sop.casework.cases import case_files, examine_cases
from sop.findings import POLICY, Finding
from sop.lint.base import Context
from sop.lint.run import in_order, lint
from sop.package import Package
from sop.reading.packages import examine_package, read_files
from sop.vocabulary import Vocabulary

__all__ = ["Checked", "Context", "check_file", "check_package", "check_text"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A procedure after its check.

    Attributes:
        package: The procedure, or None where the loader found an error.
        findings: By file, the policy first, and by their place in it.
    """

    package: Package | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What makes the procedure unusable."""
        return self._of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is hardly meant and was not accepted; `sop check --strict` fails on it."""
        return self._of("warning")

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """What its author lives with, each with the reason at the end of the message."""
        return self._of("accepted")

    def _of(self, severity: str) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == severity)


def check_package(files: Mapping[str, bytes], context: Context, vocabulary: Vocabulary | None = None) -> Checked:
    """Check a procedure.

    Args:
        files: Its files' bytes by their paths in it.
        context: What it is checked against; its lists and cases are taken from the files.
        vocabulary: The codes that rules may use; None: those of this installation.
    """
    examined = examine_package(files, vocabulary)
    cases, expected = _cases(files, vocabulary)
    if examined.package is None:
        return Checked(None, in_order([*examined.findings, *cases]))
    known = replace(context, cases=expected)
    found = lint(examined.package, examined.trees, known, examined.findings)
    return Checked(examined.package, in_order([*found, *cases]))


def check_text(text: str, today: date, vocabulary: Vocabulary | None = None) -> tuple[Finding, ...]:
    """Return all findings about a policy's text without anything beside it, in the order of the file."""
    return check_package({POLICY: text.encode()}, Context(today=today), vocabulary).findings


def check_file(path: Path, today: date) -> tuple[Finding, ...]:
    """Return all findings about the procedure of a policy file, of its folder or of one of its overrides.

    Raises:
        InputError: A file cannot be read at all.
    """
    return check_package(read_files(path), Context(today=today)).findings


def _cases(files: Mapping[str, bytes], vocabulary: Vocabulary | None) -> tuple[list[Finding], frozenset[str] | None]:
    """Return what is wrong with the files of cases, and the rules that they expect, None without such a file."""
    names = case_files(files)
    read = {name: examine_cases(files[name].decode("utf-8", "replace"), name, vocabulary) for name in names}
    findings = [replace(one, file=name) for name, examined in read.items() for one in examined.findings]
    broken = any(one.errors for one in read.values())
    if not names or broken:
        return findings, None
    return findings, frozenset(case.rule for examined in read.values() for case in examined.cases)

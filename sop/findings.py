"""What a check of a policy file finds: where, how bad, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from features.errors import Problem

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found in a file; line and column count from 1.

    `code` is stable and documented in docs/sop-language.md. An error makes the policy unusable, a warning does not.
    """

    line: int
    column: int
    severity: Severity
    code: str
    message: str

    def as_problem(self, name: str) -> Problem:
        """Return the finding as a problem of the file `name`."""
        return Problem(f"{name}:{self.line}:{self.column}", self.code, self.message)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `sop check --json` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file, counted from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Report:
    """Collects findings, so that all are shown at once."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, mark: Mark, code: str, message: str) -> None:
        """Add an error."""
        self.findings.append(Finding(mark.line, mark.column, "error", code, message))

    def warning(self, mark: Mark, code: str, message: str) -> None:
        """Add a warning."""
        self.findings.append(Finding(mark.line, mark.column, "warning", code, message))

"""What a check of a policy file finds: where, how bad, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from features.errors import Problem
from sop.lint.codes import LINT

Severity = Literal["error", "warning", "accepted"]
"""`accepted`: a warning with which the author lives, for a reason that stands in the file."""
POLICY = "policy.yaml"
"""What the main file of a procedure is called in its package."""
MOST_GUESSES = 50
"""Problems of which it is told what may have been meant: to look for that takes long, and a file may hold 100,000."""


CODES: Mapping[str, str] = {
    "yaml_syntax": "The file cannot be read as YAML from this place on.",
    "yaml_encoding": "The file is not UTF-8.",
    "yaml_empty": "The file says nothing.",
    "yaml_documents": "A second document begins; a policy is one.",
    "yaml_directive": "A line that begins with %.",
    "yaml_depth": "Nested deeper than any rule needs.",
    "yaml_anchor": "`&name`: a place is named for reuse.",
    "yaml_alias": "`*name`: another place is repeated.",
    "yaml_merge": "`<<`: keys are copied from elsewhere.",
    "yaml_tag": "`!name`: a value is given a type.",
    "yaml_trap": "YAML reads something else than what stands there; write it in quotes, or the number plainly.",
    "yaml_remark": "Warning: ` #` begins a remark, so what follows it is not read.",
    "key_form": "Something else than a name stands before a colon.",
    "key_duplicate": "A name stands twice in one block.",
    "key_unknown": "The language has no such name here.",
    "key_missing": "A name that must stand here does not.",
    "value_type": "A list, block or single value stands where another belongs.",
    "value_empty": "Nothing stands where something must.",
    "value_unknown": "Not one of the words allowed here.",
    "value_repeated": "A list holds a value twice.",
    "text_form": "A text, id or code does not have its form, or a sign stands in it that nobody sees.",
    "number_format": "Not written as a plain decimal number.",
    "number_range": "Outside the range; scores and shares go from 0 to 1.",
    "date_format": "Not a day of the calendar, written YYYY-MM-DD.",
    "date_order": "A period ends before it begins.",
    "time_zone_unknown": "No zone of the IANA time zone data.",
    "threshold_order": "The lower bound is not below the upper one.",
    "when_empty": "A `when` without conditions.",
    "rule_id_repeated": "Two rules have one id.",
    "rule_id_reserved": "The id is a word of the engine: DEFAULT, RANDOM or WORKLOAD.",
    "trim_lane": "`trim` names a lane that is not milder, or the rule detains.",
    "outcome_lane": "A rule answers `AC`, assessment complete, for a parcel that it holds.",
    "country_unknown": "No country of ISO 3166-1.",
    "country_unassigned": "Warning: a code that ISO leaves to its users, such as XK, or a placeholder.",
    "hs_chapter_unknown": "The Harmonized System has no such chapter.",
    "indicator_unknown": "The indicator register has no such code.",
    "contradiction_unknown": "There is no such contradiction.",
    "list_unknown": "A condition names a list that has no file.",
    "list_kind": "A list of countries stands where headings belong, or the other way round.",
    "list_name": "The name in a list's file is not that of the file.",
    "file_missing": "A file of the procedure is not there.",
    "file_unknown": "A file that is not read: its name or its folder is not one of a procedure.",
    "extends_unknown": "An override extends something else than `../policy.yaml`.",
    "rule_unknown": "An override names a rule that the policy does not have.",
    "rule_anchor": "The place of an added rule is not one: both `before` and `after`, a removed rule, or a circle.",
    "override_conflict": "An override changes and removes the same rule.",
    "override_ambiguous": "Two overrides could take the same parcel.",
    "override_empty": "Warning: an override changes nothing.",
    **LINT,
}
"""Every code of a finding and what it means; docs/sop-language.md and docs/lint.md explain each."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found in a file; line and column count from 1.

    `code` is stable and documented in docs/sop-language.md. An error makes the policy unusable, a warning does not.
    `file` is its path in the package, `text` what stands at the place.
    """

    line: int
    column: int
    severity: Severity
    code: str
    message: str
    file: str = POLICY
    text: str = ""

    def as_problem(self, name: str | None = None) -> Problem:
        """Return the finding as a problem of its file, or of the file `name`."""
        return Problem(f"{name or self.file}:{self.line}:{self.column}", self.code, self.message)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `sop check --json` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, counted from 1, and the text that stands there, its first line at most."""

    line: int
    column: int
    text: str = field(default="", compare=False)
    file: str = field(default=POLICY, compare=False)


@dataclass(slots=True)
class Report:
    """Collects findings, so that all are shown at once; each lies in the file that its mark names."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, mark: Mark, code: str, message: str) -> None:
        """Add an error."""
        self._add(mark, "error", code, message)

    def warning(self, mark: Mark, code: str, message: str) -> None:
        """Add a warning."""
        self._add(mark, "warning", code, message)

    @property
    def guesses(self) -> bool:
        """Whether a message still says what the author may have meant."""
        return len(self.findings) < MOST_GUESSES

    def _add(self, mark: Mark, severity: Severity, code: str, message: str) -> None:
        assert code in CODES, code  # noqa: S101 - authors look codes up, so none may be undocumented
        self.findings.append(Finding(mark.line, mark.column, severity, code, message, mark.file, mark.text))

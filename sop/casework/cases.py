"""Worked examples of a procedure: a parcel, and the lane and rule it must get. Written as data beside the policy."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from features.errors import InputError, Problem
from sop.casework.given import Pressure, given_shape
from sop.findings import Finding, Mark, Report
from sop.package import Package
from sop.reading.lanes import LANE, OUTCOME_WORDS
from sop.reading.loader import read_text
from sop.reading.package_files import CASES, OVERRIDE_CASES
from sop.reading.scalars import Choice, Text
from sop.reading.shapes import Key, ListOf, OneOrMany, Record
from sop.reading.yaml_reader import read_yaml
from sop.types import Evidence, Lane, Outcome, PlacedBy
from sop.vocabulary import Vocabulary, default_vocabulary
from sop.words import MISSING_WORDS

OF_OVERRIDE = ".cases.yaml"
NOTHING: Literal["nothing"] = "nothing"
PLACED_BY_WORDS: dict[PlacedBy, str] = {
    "rule": "A rule matched.",
    "default": "No rule matched.",
    "missing_evidence": "Something could not be judged.",
    "chance": "The random draw.",
    "workload": "A lane was over or under its share.",
}
assert set(PLACED_BY_WORDS) == set(get_args(PlacedBy))  # noqa: S101 - a new way must get its words here


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example.

    Attributes:
        name: What the case is about.
        file: Its file's path in the package, for example `overrides/leeds.cases.yaml`.
        line: Where it begins there.
        evidence: The parcel.
        selected: Whether chance selects the parcel; otherwise cases know no chance.
        day: The day on which it is decided; None: the first day of the policy that decides.
        pressures: Lanes over or under their share; otherwise cases know no workload.
        lane, rule: What must come out.
        outcome, placed_by, missing: What else must come out; None: the case does not say.
    """

    name: str
    evidence: Evidence
    selected: bool
    lane: Lane
    rule: str
    line: int
    file: str = CASES
    day: date | None = None
    pressures: tuple[Pressure, ...] = ()
    outcome: Outcome | None = None
    placed_by: PlacedBy | None = None
    missing: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ExaminedCases:
    """A file of cases after reading: its cases, none where it has an error, and all that was found."""

    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the file unusable."""
        return tuple(one for one in self.findings if one.severity == "error")


def load_cases(path: Path, vocabulary: Vocabulary | None = None) -> tuple[Case, ...]:
    """Read a file of cases.

    Raises:
        InputError: The file cannot be read, or holds something that is no case; all problems are listed.
    """
    examined = examine_cases(read_text(path), path.name, vocabulary)
    if examined.errors:
        raise _refusal(path.name, [one.as_problem(path.name) for one in examined.errors])
    return examined.cases


def cases_of(package: Package, vocabulary: Vocabulary | None = None) -> tuple[Case, ...]:
    """Return the cases of every file of a package: those of the base, then those of its overrides.

    Raises:
        InputError: A file holds something that is no case; all problems of all files are listed.
    """
    known = vocabulary or default_vocabulary()
    cases: list[Case] = []
    problems: list[Problem] = []
    for name in case_files(package.files):
        examined = examine_cases(package.files[name].decode("utf-8", "replace"), name, known)
        cases += examined.cases
        problems += [one.as_problem(name) for one in examined.errors]
    if problems:
        raise _refusal(package.title, problems)
    return tuple(cases)


def case_files(files: Map[str, bytes]) -> tuple[str, ...]:
    """Return the paths of a package's files of cases: the base's first."""
    found = [name for name in sorted(files) if OVERRIDE_CASES.fullmatch(name)]
    return (*((CASES,) if CASES in files else ()), *found)


def override_of(case_file: str) -> str | None:
    """Return the override whose cases a file holds (`overrides/leeds.yaml`), or None for those of the base."""
    return None if case_file == CASES else case_file.removesuffix(OF_OVERRIDE) + ".yaml"


def examine_cases(text: str, name: str = CASES, vocabulary: Vocabulary | None = None) -> ExaminedCases:
    """Read cases from text and return them with everything found; `name` is the file's path in its package."""
    report = Report()
    tree = read_yaml(text.removeprefix("\ufeff"), report, name)
    cases = cases_shape(vocabulary or default_vocabulary()).read(tree, report) if tree is not None else None
    findings = tuple(sorted(report.findings))
    clean = cases is not None and not any(one.severity == "error" for one in findings)
    return ExaminedCases(tuple(replace(one, file=name) for one in cases or ()) if clean else (), findings)


def cases_shape(vocabulary: Vocabulary) -> Record[tuple[Case, ...]]:
    """Return the shape of a whole file of cases."""
    case: tuple[Key[Any], ...] = (
        Key("name", Text(longest=200), "What the case is about.", "name: Barrel seen clearly", required=True),
        Key("given", given_shape(vocabulary), "What is different from a harmless parcel.",
            "given: {stage: station, xray: 0.95}", required=True),
        Key("expect", _expect_shape(), "What must follow.", "expect: {lane: detain, rule: XR-010}", required=True),
    )  # fmt: skip
    cases = ListOf(Record("a case", case, _case), "a list of cases")
    key: Key[Any] = Key("cases", cases, "The cases.", "cases: [...]", required=True)
    return Record("a file of cases", (key,), lambda values, _: values["cases"])


def _expect_shape() -> Record[dict[str, Any]]:
    rule = Text("a rule's id", r"[A-Za-z][A-Za-z0-9_.:-]*", "is a rule's id, DEFAULT, RANDOM, WORKLOAD or MISSING:...")
    missing = OneOrMany(Choice({**MISSING_WORDS, NOTHING: "Everything could be judged."}, "missing evidence"))
    keys: tuple[Key[Any], ...] = (
        Key("lane", LANE, "The lane it must get.", "lane: detain", required=True),
        Key("rule", rule, "The rule that must decide.", "rule: XR-010", required=True),
        Key("outcome", Choice(OUTCOME_WORDS, "outcome"), "The answer to advance data.", "outcome: RFI"),
        Key("placed_by", Choice(dict(PLACED_BY_WORDS.items()), "way into a lane"), "What put it into its lane.",
            "placed_by: workload"),
        Key("missing", missing, "All that the decision names as missing, or `nothing`.", "missing: image_shielded"),
    )  # fmt: skip
    return Record("`expect`", keys, lambda values, _: values)


def _case(values: dict[str, Any], mark: Mark) -> Case:
    given, expect = values["given"], values["expect"]
    missing = frozenset(expect["missing"]) - {NOTHING} if "missing" in expect else None
    return Case(
        name=values["name"],
        evidence=given.evidence,
        selected=given.selected,
        day=given.day,
        pressures=given.pressures,
        **{**expect, "missing": missing},
        line=mark.line,
    )


def _refusal(name: str, problems: list[Problem]) -> InputError:
    noun = "problem" if len(problems) == 1 else "problems"
    return InputError(f"{name}: not a valid file of cases; {len(problems)} {noun} to mend.", problems)
